// madvise(MADV_REMOVE): one mapping of shared memory after the other, a hole is punched into what it maps. For that
// mmap_lock is dropped, so that anything may become of the mappings meanwhile; the file is held. Where a userfaultfd
// asked for EVENT_REMOVE, its manager must have read of it first. Not covered: hugetlb.

using System;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Kernel;

internal static class MadviseRemove
{
    private enum Stage : byte
    {
        Begin,
        NextVma,
        Punch,
        NextPage,
        Relock,
    }

    public static Progress Step(Context c, ref Task t) => (Stage)t.Stage switch
    {
        Stage.Begin => Begin(c, ref t),     // mmap_lock for reading
        Stage.NextVma => NextVma(c, ref t), // the event comes before the hole
        Stage.Punch => Punch(ref t),        // vfs_fallocate, without mmap_lock
        Stage.NextPage => NextPage(ref t),
        Stage.Relock => Relock(c, ref t),
    };

    private static Progress Begin(Context c, ref Task t)
    {
        if (t.Length == 0)
        {
            return t.Finish(c, Errno.None);
        }

        if (!t.TryReadMmap(c, t.Mm))
        {
            return Progress.Wait;
        }

        t.FaultVa = t.Va;
        return t.Next(Stage.NextVma);
    }

    private static Progress NextVma(Context c, ref Task t)
    {
        int end = t.Va.Value + t.Length;
        int index = t.FaultVa.Value < end ? VmaTree.NextVma(c, t.Mm, t.FaultVa.Value, end) : -1;
        if (index < 0)
        {
            bool hole = t.Has(TaskFlags.MetHole) || t.FaultVa.Value != end;
            return t.Finish(c, hole ? Errno.ENOMEM : Errno.None);
        }

        ref readonly Vma vma = ref c.VmaAt(t.Mm, index);
        if (vma.Has(VmFlags.Locked))
        {
            return t.Finish(c, Errno.EINVAL);
        }

        if (vma.IsAnon || !vma.IsShared)
        {
            return t.Finish(c, vma.IsAnon ? Errno.EINVAL : Errno.EACCES);
        }

        t.Set(vma.Start > t.FaultVa.Value ? TaskFlags.MetHole : TaskFlags.None);
        t.FaultVa = new Va((byte)Math.Max(t.FaultVa.Value, vma.Start));
        t.Seq = (ushort)Math.Min(end, vma.End);
        t.Argument = vma.CacheIndexOf(t.FaultVa).Value;
        c.Machine.ChangeInodeCounts(ref c.Touched, vma.Inode).Mappings++; // get_file
        if (UffdEvents.Wants(c, in vma, UffdFeatures.EventRemove))
        {
            return UffdEvents.Remove(c, ref t, in vma, Stage.Punch);
        }

        t.UnlockMmaps(c);
        return t.Next(Stage.Punch);
    }

    private static Progress Punch(ref Task t)
    {
        t.Child = t.Mm;
        return t.Call(KernelPath.PunchHole, Stage.NextPage);
    }

    private static Progress NextPage(ref Task t)
    {
        t.Mm = t.Child;
        t.Child = MmId.None;
        t.FaultVa = new Va((byte)(t.FaultVa.Value + 1));
        if (t.FaultVa.Value == t.Seq)
        {
            return t.Next(Stage.Relock);
        }

        t.Argument++;
        return t.Next(Stage.Punch);
    }

    private static Progress Relock(Context c, ref Task t)
    {
        if (!t.TryReadMmap(c, t.Mm))
        {
            return Progress.Wait;
        }

        InodeId inode = new CacheIndex(t.Argument).Inode;
        c.Machine.ChangeInodeCounts(ref c.Touched, inode).Mappings--; // fput
        Shmem.EvictIfUnused(c, inode);
        return t.Next(Stage.NextVma);
    }
}
