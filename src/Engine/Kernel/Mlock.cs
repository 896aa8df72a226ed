// mlock and munlock: mappings of a range get VM_LOCKED, or lose it, with mmap_lock for writing; then, for mlock, their
// pages are faulted in with it for reading. What came before a hole or a failed split stays done.
// What VM_LOCKED means to reclaim and to madvise is where those are; mprotect faults in what it makes writable.
// Not covered: pages that one locked mapping has marked and another has not, MLOCK_ONFAULT, mlockall, RLIMIT_MEMLOCK,
// the batches in which mlocked pages wait for their list.

using System;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Kernel;

/// <summary>Argument: 1 locks, 0 unlocks.</summary>
internal static class Mlock
{
    /// <summary>So many faults on one page are taken for a loop without end.</summary>
    private const int EndlessFaults = 12;

    private enum Stage : byte
    {
        Fixup,
        Lock,
        Populate,
        AfterFault,
    }

    public static Progress Step(Context c, ref Task t) => (Stage)t.Stage switch
    {
        Stage.Fixup => Fixup(c, ref t),           // mmap_lock for writing, dropped at once
        Stage.Lock => Lock(c, ref t),             // __mm_populate: mmap_lock for reading
        Stage.Populate => Populate(c, ref t),     // PT lock inside: good as it is, or to be faulted in
        Stage.AfterFault => AfterFault(c, ref t), // others may have changed the entry again
    };

    /// <summary>populate_vma_page_range breaks COW of private pages that may be written, and reads others.</summary>
    public static bool PopulatesForWriting(in Vma vma) => vma.Has(VmFlags.Write) && !vma.IsShared;

    /// <summary>
    /// Looks at page t.Cursor: whether it is good, or the task has been sent to fault it in, or must wait.
    /// </summary>
    public static bool TryPage<TStage>(
        Context c, ref Task t, in Vma vma, FaultFlags retry, TStage afterFault, out Progress progress)
        where TStage : unmanaged, Enum
    {
        var entry = new EntryIndex(t.Mm, new Va(t.Cursor));
        bool write = PopulatesForWriting(in vma);
        progress = Progress.Advanced;
        if (!t.MayLockPt(c, entry))
        {
            progress = TaskOps.WaitForPt(c, entry);
            return false;
        }

        Pte pte = c.PteAt(entry);
        if (pte.IsPresent && (pte.Write || !write))
        {
            if (write && !pte.Dirty)
            {
                c.ChangeFrame(pte.Pfn).Set(FrameFlags.Dirty); // FOLL_TOUCH
            }

            t.Cursor++;
            t.Faults = 0;
            t.FaultFlags = FaultFlags.None;
            return true;
        }

        t.FaultVa = entry.Va;
        t.FaultFlags = (write ? FaultFlags.Write : FaultFlags.None) | retry; // FOLL_TRIED is never asked for
        t.Result = FaultResult.Done;
        t.Faults++;
        c.Warning = t.Faults > EndlessFaults ? KernelWarning.EndlessFault : c.Warning;
        progress = t.Call(KernelPath.HandleMmFault, afterFault);
        return false;
    }

    private static Progress Fixup(Context c, ref Task t)
    {
        if (t.Length == 0)
        {
            return t.Finish(c, Errno.None);
        }

        if (!t.TryWriteMmap(c, t.Mm))
        {
            return Progress.Wait;
        }

        bool locks = t.Argument != 0;
        Errno errno = Apply(c, in t, locks, out int until);
        VmaTree.Merge(c, t.Mm);
        if (until > t.Va.Value)
        {
            MemoryEffectKind kind = locks ? MemoryEffectKind.Locked : MemoryEffectKind.Unlocked;
            c.Effect = new MemoryEffect(kind, new EntryIndex(t.Mm, t.Va), default, default, Until: (byte)until);
        }

        if (errno != Errno.None || !locks)
        {
            return t.Finish(c, errno);
        }

        t.UnlockMmaps(c);
        t.Cursor = t.Va.Value;
        t.End = (byte)until;
        return t.Next(Stage.Lock);
    }

    /// <summary>apply_vma_lock_flags, and how far it came.</summary>
    private static Errno Apply(Context c, in Task t, bool locks, out int until)
    {
        int end = t.Va.Value + t.Length;
        until = t.Va.Value;
        while (until < end)
        {
            int index = until < Limits.PagesPerMm ? c.Machine.FindVma(t.Mm, new Va((byte)until)) : -1;
            if (index < 0)
            {
                return Errno.ENOMEM;
            }

            ref readonly Vma vma = ref c.VmaAt(t.Mm, index);
            int next = Math.Min(end, vma.End);
            if (vma.Has(VmFlags.Locked) != locks)
            {
                index = VmaTree.Isolate(c, t.Mm, until, next);
                if (index < 0)
                {
                    return Errno.ENOMEM;
                }

                ref Vma mine = ref c.ChangeVma(t.Mm, index);
                mine.Flags = locks ? mine.Flags | VmFlags.Locked : mine.Flags & ~VmFlags.Locked;
                MarkPages(c, t.Mm, until, next);
            }

            until = next;
        }

        return Errno.None;
    }

    /// <summary>mlock_vma_pages_range: whatever was missed before, these pages are marked, or no more.</summary>
    private static void MarkPages(Context c, MmId mm, int start, int end)
    {
        for (int va = start; va < end; va++)
        {
            Pte pte = c.PteAt(new EntryIndex(mm, new Va((byte)va)));
            const FrameFlags Wrong = FrameFlags.MissedMlock | FrameFlags.StaleMlock;
            if (pte.IsPresent && (c.FrameAt(pte.Pfn).Flags & Wrong) != 0)
            {
                c.ChangeFrame(pte.Pfn).Clear(Wrong);
            }
        }
    }

    /// <summary>A mapping has lost VM_LOCKED, and nobody has told its pages.</summary>
    public static void LeaveMarks(Context c, MmId mm, int start, int end)
    {
        for (int va = start; va < end; va++)
        {
            Pte pte = c.PteAt(new EntryIndex(mm, new Va((byte)va)));
            if (pte.IsPresent && !pte.IsZeroPage && (c.FrameAt(pte.Pfn).Flags & FrameFlags.MissedMlock) == 0)
            {
                c.ChangeFrame(pte.Pfn).Set(FrameFlags.StaleMlock);
            }
        }
    }

    private static Progress Lock(Context c, ref Task t) =>
        t.TryReadMmap(c, t.Mm) ? t.Next(Stage.Populate) : Progress.Wait;

    /// <summary>What was unmapped since is passed over.</summary>
    private static Progress Populate(Context c, ref Task t)
    {
        int index = VmaTree.NextVma(c, t.Mm, t.Cursor, t.End);
        if (index < 0)
        {
            return t.Finish(c, Errno.None);
        }

        ref readonly Vma vma = ref c.VmaAt(t.Mm, index);
        if (vma.IsInaccessible)
        {
            return t.Finish(c, Errno.ENOMEM); // __mlock_posix_error_return makes that of EFAULT
        }

        t.Cursor = Math.Max(t.Cursor, vma.Start);
        return TryPage(c, ref t, in vma, FaultFlags.AllowRetry, Stage.AfterFault, out Progress progress)
            ? t.Next(Stage.Populate)
            : progress;
    }

    private static Progress AfterFault(Context c, ref Task t)
    {
        if (t.Result == FaultResult.Retry)
        {
            return t.Next(Stage.Lock);
        }

        return t.Result == FaultResult.Done ? t.Next(Stage.Populate)
            : t.Finish(c, t.Result == FaultResult.Oom ? Errno.EAGAIN : Errno.ENOMEM);
    }
}
