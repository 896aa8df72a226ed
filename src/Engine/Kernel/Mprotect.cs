// mprotect: gives each mapping of a range its new rights and then its entries the protection that follows from them,
// under mmap_lock for writing. What was changed before a hole or a failed split stays changed.
// Not covered: PROT_EXEC, protection keys, PROT_GROWSDOWN, accounting limits.

using System;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Kernel;

internal static class Mprotect
{
    private enum Stage : byte
    {
        Begin,
        Fixup,
        Populate,
        AfterFault,
    }

    public static Progress Step(Context c, ref Task t) => (Stage)t.Stage switch
    {
        Stage.Begin => Begin(c, ref t), // mmap_lock for writing, kept to the end
        Stage.Fixup => Fixup(c, ref t), // one mapping: rights first, so that rmap walkers see them with the entries
        Stage.Populate => Populate(c, ref t), // what is mlocked must not fault later: COW is broken now
        Stage.AfterFault => AfterFault(ref t),
    };

    private static Progress Begin(Context c, ref Task t)
    {
        if (t.Length == 0)
        {
            return t.Finish(c, Errno.None);
        }

        if (!t.TryWriteMmap(c, t.Mm))
        {
            return Progress.Wait;
        }

        t.OuterCursor = t.Va.Value;
        return t.Next(Stage.Fixup);
    }

    private static Progress Fixup(Context c, ref Task t)
    {
        const VmFlags Access = VmFlags.Read | VmFlags.Write;
        int end = t.Va.Value + t.Length;
        while (t.OuterCursor < end)
        {
            int index = c.Machine.FindVma(t.Mm, new Va(t.OuterCursor));
            if (index < 0)
            {
                return Leave(c, ref t, Errno.ENOMEM);
            }

            ref readonly Vma vma = ref c.VmaAt(t.Mm, index);
            int start = t.OuterCursor;
            t.OuterCursor = (byte)Math.Min(end, vma.End);
            if ((vma.Flags & Access) == (VmFlags)t.Argument)
            {
                continue;
            }

            index = VmaTree.Isolate(c, t.Mm, start, t.OuterCursor);
            if (index < 0)
            {
                return Leave(c, ref t, Errno.ENOMEM);
            }

            ref Vma mine = ref c.ChangeVma(t.Mm, index);
            bool populates = mine.Has(VmFlags.Locked) && !mine.Has(VmFlags.Write);
            mine.Flags = (mine.Flags & ~Access) | (VmFlags)t.Argument;
            populates &= Mlock.PopulatesForWriting(in mine);
            t.FaultVa = new Va((byte)start);
            VmaTree.SetPageProt(c, t.Mm, index);
            t.Cursor = (byte)start;
            t.End = t.OuterCursor;
            t.Change = ProtectionChange.Mprotect;
            return t.Call(KernelPath.ChangeProtection, populates ? Stage.Populate : Stage.Fixup);
        }

        return Leave(c, ref t, Errno.None);
    }

    /// <summary>Whether it succeeds does not matter; mmap_lock is kept for writing, so no fault may retry.</summary>
    private static Progress Populate(Context c, ref Task t)
    {
        t.Cursor = t.FaultVa.Value;
        if (t.Cursor == t.OuterCursor)
        {
            return t.Next(Stage.Fixup);
        }

        ref readonly Vma vma = ref c.VmaAt(t.Mm, c.Machine.FindVma(t.Mm, t.FaultVa));
        if (!Mlock.TryPage(c, ref t, in vma, FaultFlags.None, Stage.AfterFault, out Progress progress))
        {
            return progress;
        }

        t.FaultVa = new Va(t.Cursor);
        return t.Next(Stage.Populate);
    }

    private static Progress AfterFault(ref Task t) =>
        t.Next(t.Result == FaultResult.Done ? Stage.Populate : Stage.Fixup);

    private static Progress Leave(Context c, ref Task t, Errno errno)
    {
        VmaTree.Merge(c, t.Mm);
        return t.Finish(c, errno);
    }
}
