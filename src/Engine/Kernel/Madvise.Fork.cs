// MADV_DONTFORK, MADV_DOFORK, MADV_WIPEONFORK, MADV_KEEPONFORK: flags of mappings, which are split for them and joined
// again, with mmap_lock held for writing; no entry changes, so that it is one stage.
// Not covered: what fork makes of the flags (Fork.cs), mappings of devices.

using System;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Kernel;

/// <summary>Argument: the advice, in the order of the title.</summary>
internal static class MadviseFork
{
    private const int Wipe = 2;

    private enum Stage : byte
    {
        Advise,
    }

    public static Progress Step(Context c, ref Task t) => (Stage)t.Stage switch
    {
        Stage.Advise => Advise(c, ref t),
    };

    private static Progress Advise(Context c, ref Task t)
    {
        if (t.Length == 0)
        {
            return t.Finish(c, Errno.None);
        }

        if (!t.TryWriteMmap(c, t.Mm))
        {
            return Progress.Wait;
        }

        int end = t.Va.Value + t.Length;
        bool hole = VmaTree.MappedPages(c, t.Mm, t.Va.Value, end) != t.Length;
        Errno errno = Advise(c, in t, end);
        VmaTree.Merge(c, t.Mm);
        return t.Finish(c, errno == Errno.None && hole ? Errno.ENOMEM : errno);
    }

    private static Errno Advise(Context c, in Task t, int end)
    {
        int start = t.Va.Value;
        for (int index = VmaTree.NextVma(c, t.Mm, start, end); index >= 0;
            index = VmaTree.NextVma(c, t.Mm, start, end))
        {
            ref readonly Vma vma = ref c.VmaAt(t.Mm, index);
            if (t.Argument == Wipe && !vma.IsAnon)
            {
                return Errno.EINVAL;
            }

            int first = Math.Max(start, vma.Start);
            start = Math.Min(end, vma.End);
            if (Advised(vma.Flags, t.Argument) == vma.Flags)
            {
                continue;
            }

            index = VmaTree.Isolate(c, t.Mm, first, start);
            if (index < 0)
            {
                return Errno.EAGAIN; // as madvise says it when there is no memory for a split
            }

            ref Vma mine = ref c.ChangeVma(t.Mm, index);
            mine.Flags = Advised(mine.Flags, t.Argument);
        }

        return Errno.None;
    }

    private static VmFlags Advised(VmFlags flags, int advice) => advice switch
    {
        0 => flags | VmFlags.DontCopy,
        1 => flags & ~VmFlags.DontCopy,
        Wipe => flags | VmFlags.WipeOnFork,
        _ => flags & ~VmFlags.WipeOnFork,
    };
}
