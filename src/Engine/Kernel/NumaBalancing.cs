// NUMA balancing: task_numa_work takes the hardware's rights from entries for a while, and do_numa_page, the fault that
// follows, builds each entry anew from vm_page_prot. A protected page must not come back writable by that.
// Not covered: moving the page to the node that faulted (Migrate.cs moves pages), huge pages, tiered memory.

using System;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Kernel;

internal static class NumaBalancing
{
    private enum WorkStage : byte
    {
        Begin,
        NextVma,
    }

    private enum FaultStage : byte
    {
        Rebuild,
    }

    public static Progress TaskNumaWork(Context c, ref Task t) => (WorkStage)t.Stage switch
    {
        WorkStage.Begin => Begin(c, ref t),     // mmap_lock for reading, if it is to be had
        WorkStage.NextVma => NextVma(c, ref t), // change_prot_numa
    };

    public static Progress DoNumaPage(Context c, ref Task t) => (FaultStage)t.Stage switch
    {
        FaultStage.Rebuild => Rebuild(c, ref t), // PT lock inside
    };

    /// <summary>
    /// Not what others share or may have pinned in a mapping that copies on write, nor the zero page, nor a page that
    /// would be written out first.
    /// </summary>
    public static bool MayHint(Context c, in Vma vma, Pte pte)
    {
        ref readonly Frame frame = ref c.FrameAt(pte.Pfn);
        bool others = vma.IsCow && (frame.Mapcount != 1 || frame.MaybeDmaPinned);
        return !pte.Protnone && !pte.IsZeroPage && !frame.Ksm && !others && !(frame.Lazyfree && frame.Dirty);
    }

    /// <summary>What an entry keeps: up to 6.1 its write bit, where the hardware ignores it.</summary>
    public static EntryBits HintRights(Context c, Pte pte)
    {
        c.Reach(Goal.NumaHinted);
        return EntryBits.Protnone
            | (c.Has(Fix.NumaChangeWritable) ? EntryBits.None : pte.Bits & EntryBits.Write);
    }

    private static Progress Begin(Context c, ref Task t)
    {
        if (t.Length == 0 || !t.TryReadMmap(c, t.Mm))
        {
            return t.Finish(c, Errno.None); // a trylock: there will be another time
        }

        t.OuterCursor = t.Va.Value;
        return t.Next(WorkStage.NextVma);
    }

    private static Progress NextVma(Context c, ref Task t)
    {
        int end = t.Va.Value + t.Length;
        for (int index = VmaTree.NextVma(c, t.Mm, t.OuterCursor, end); index >= 0;
            index = VmaTree.NextVma(c, t.Mm, t.OuterCursor, end))
        {
            ref readonly Vma vma = ref c.VmaAt(t.Mm, index);
            t.Cursor = Math.Max(t.OuterCursor, vma.Start);
            t.End = (byte)Math.Min(end, vma.End);
            t.OuterCursor = t.End;
            bool library = !vma.IsAnon && !vma.Has(VmFlags.Write); // read-only and of a file
            if (!vma.IsInaccessible && !library)
            {
                t.Change = ProtectionChange.NumaHint;
                return t.Call(KernelPath.ChangeProtection, WorkStage.NextVma);
            }
        }

        return t.Finish(c, Errno.None);
    }

    private static Progress Rebuild(Context c, ref Task t)
    {
        EntryIndex entry = t.FaultEntry;
        if (!t.MayLockPt(c, entry))
        {
            return TaskOps.WaitForPt(c, entry);
        }

        Pte pte = c.PteAt(entry);
        if (pte != t.Original)
        {
            return t.Return();
        }

        c.Reach(Goal.NumaFault);
        ref readonly Vma vma = ref c.VmaAt(t.Mm, c.Machine.FindVma(t.Mm, t.FaultVa));
        EntryBits from = pte.Bits | Memory.ExclusiveBit(in c.FrameAt(pte.Pfn));
        EntryBits set = Memory.PageProt(in vma) | EntryBits.Young;
        EntryBits rebuilt = (pte.Bits & ~(EntryBits.Protnone | EntryBits.Write)) | set;
        bool saved = !c.Has(Fix.NumaChangeWritable) && pte.Write;
        if (saved || (c.Has(Fix.NumaChangeWritable)
            && ChangeProtection.CanChangePteWritable(c, in vma, pte, rebuilt)))
        {
            c.Reach(Goal.NumaFaultGaveWrite);
            set |= EntryBits.Write;
        }

        EntryBits bits = Carry.Over(c, Transition.NumaFault, ChangeProtection.KindOf(c, pte), from, set);
        ChangeProtection.SetPresent(c, entry, pte.Pfn, bits);
        return t.Return();
    }
}
