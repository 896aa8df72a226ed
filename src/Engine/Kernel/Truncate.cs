// ftruncate: the size first, so that no fault finds what lies behind it any more; then all that maps it is unmapped,
// private copies too (even_cows), its pages are truncated one by one under their locks, as PunchHole does it, and what
// a store copied meanwhile is unmapped as well. A file that grows only gets its size. Task.Length: the new size, Seq:
// the old one, Argument: the page in hand. Not covered: sizes that are no whole pages, seals, the locks of a file
// system's own, munmap and mremap that wait for who walks the mappings.

using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Kernel;

internal static class Truncate
{
    private enum Stage : byte
    {
        Begin,
        Unmap,
        NextPage,
        UnmapAgain,
        LookAgain,
    }

    public static Progress Step(Context c, ref Task t) => (Stage)t.Stage switch
    {
        Stage.Begin => Begin(c, ref t),                      // inode_lock, i_size_write
        Stage.Unmap => Unmap(c, ref t, Stage.Unmap),         // unmap_mapping_range, for efficiency only
        Stage.NextPage => NextPage(c, ref t),                // shmem_undo_range, truncate_inode_pages
        Stage.UnmapAgain => Unmap(c, ref t, Stage.UnmapAgain), // what was copied while its page was still there
        Stage.LookAgain => LookAgain(c, ref t),              // i_mmap_rwsem would have kept entries from moving
    };

    private static InodeId InodeOf(ref readonly Task t) => new CacheIndex(t.Argument).Inode;

    private static Progress Begin(Context c, ref Task t)
    {
        InodeId id = InodeOf(in t);
        if (c.Machine.InodeAt(id).LockOwner != 0)
        {
            return c.Wait(WaitKind.InodeLock, id.Value);
        }

        ref Inode inode = ref c.Machine.ChangeInodeCounts(ref c.Touched, id);
        t.Seq = (ushort)inode.Size;
        t.Done = t.Length;
        inode.Size = t.Length;
        c.Effect = new MemoryEffect(
            MemoryEffectKind.SizeChanged, default, default, default, File: new CacheIndex(id, 0), Until: t.Length);
        if (t.Length >= t.Seq)
        {
            return t.Finish(c, Errno.None);
        }

        inode.LockOwner = (byte)(t.Actor.Value + 1);
        t.OuterCursor = 0;
        return t.Next(Stage.Unmap);
    }

    /// <summary>Whether a mapping has at the entry what is behind the end of the file, whatever is there now.</summary>
    private static bool Maps(Context c, ref readonly Task t, EntryIndex entry)
    {
        int index = c.Machine.FindVma(entry.Mm, entry.Va);
        return index >= 0 && !c.VmaAt(entry.Mm, index).IsAnon
            && IsCut(c, in t, c.VmaAt(entry.Mm, index).CacheIndexOf(entry.Va));
    }

    private static bool IsCut(Context c, ref readonly Task t, CacheIndex index) =>
        index.Inode == InodeOf(in t) && Shmem.IsBehindEnd(c, index);

    /// <summary>
    /// Whether what the entry has is what is truncated: the mapping may have changed while nobody looked.
    /// </summary>
    public static bool IsMeant(Context c, ref readonly Task t, EntryIndex entry, Pte pte) =>
        pte.IsPresent && !pte.IsZeroPage && c.FrameAt(pte.Pfn).InPageCache
            ? IsCut(c, in t, c.FrameAt(pte.Pfn).Cache)
            : Maps(c, in t, entry);

    /// <summary>Mapping by mapping: of each, all from the first page behind the end.</summary>
    private static Progress Unmap(Context c, ref Task t, Stage stage)
    {
        for (int i = t.OuterCursor; i < Limits.Entries; i++)
        {
            var entry = new EntryIndex((byte)i);
            if (Maps(c, in t, entry)) // even where nothing is: others may have cleared it, and not flushed yet
            {
                int end = c.VmaAt(entry.Mm, c.Machine.FindVma(entry.Mm, entry.Va)).End;
                t.OuterCursor = (byte)(i - entry.Va.Value + end);
                t.Mm = entry.Mm;
                Zap.Prepare(ref t, entry.Va.Value, end, dropMarkers: false, ofTruncation: true);
                t.Call(KernelPath.ZapPageRange, stage);
                return Zap.Step(c, ref t); // its gather begins at once, and keeps the address space from going away
            }
        }

        return t.Next(stage == Stage.Unmap ? Stage.NextPage : Stage.LookAgain);
    }

    private static Progress NextPage(Context c, ref Task t)
    {
        if (t.Done < t.Seq)
        {
            t.Argument = new CacheIndex(InodeOf(in t), t.Done).Value;
            t.Done++;
            return PunchHole.TruncatePage(ref t, Stage.NextPage);
        }

        if (!c.Has(Fix.TruncateUnmapAgain))
        {
            return End(c, ref t);
        }

        t.OuterCursor = 0;
        return t.Next(HasLeft(c, in t) ? MetCopy(c) : Stage.UnmapAgain);
    }

    private static Stage MetCopy(Context c)
    {
        c.Reach(Goal.TruncationMetCopy);
        return Stage.UnmapAgain;
    }

    private static bool HasLeft(Context c, ref readonly Task t)
    {
        for (int i = 0; i < Limits.Entries; i++)
        {
            var entry = new EntryIndex((byte)i);
            if (c.PteAt(entry).NamesPage && Maps(c, in t, entry))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Somebody may have moved or copied an entry past the walk, and may have one in hand, under its lock, that he will
    /// put back.
    /// </summary>
    private static Progress LookAgain(Context c, ref Task t)
    {
        for (int i = 0; i < Limits.Entries; i++)
        {
            var entry = new EntryIndex((byte)i);
            if (!t.MayLockPt(c, entry) && Maps(c, in t, entry))
            {
                return TaskOps.WaitForPt(c, entry);
            }
        }

        if (HasLeft(c, in t))
        {
            t.OuterCursor = 0;
            return t.Next(Stage.UnmapAgain);
        }

        return End(c, ref t);
    }

    private static Progress End(Context c, ref Task t)
    {
        c.Reach(Goal.FileTruncated);
        InodeId id = InodeOf(in t);
        c.Machine.ChangeInodeCounts(ref c.Touched, id).LockOwner = 0;
        t.Mm = MmId.None;
        c.Effect = new MemoryEffect(
            MemoryEffectKind.Truncated, default, default, default, File: new CacheIndex(id, 0), Until: t.Length);
        return t.Finish(c, Errno.None);
    }
}
