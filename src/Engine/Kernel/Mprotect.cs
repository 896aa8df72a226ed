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
    }

    public static Progress Step(Context c, ref Task t) => (Stage)t.Stage switch
    {
        Stage.Begin => Begin(c, ref t), // mmap_lock for writing, kept to the end
        Stage.Fixup => Fixup(c, ref t), // one mapping: rights first, so that rmap walkers see them with the entries
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
            mine.Flags = (mine.Flags & ~Access) | (VmFlags)t.Argument;
            VmaTree.SetPageProt(c, t.Mm, index);
            t.Cursor = (byte)start;
            t.End = t.OuterCursor;
            t.Change = ProtectionChange.Mprotect;
            return t.Call(KernelPath.ChangeProtection, Stage.Fixup);
        }

        return Leave(c, ref t, Errno.None);
    }

    private static Progress Leave(Context c, ref Task t, Errno errno)
    {
        VmaTree.Merge(c, t.Mm);
        return t.Finish(c, errno);
    }
}
