// Where a file ends, and what its faults make of that: SIGBUS, before the page cache is looked at, and for files on a
// disk once more when their page is locked; what they make of a page whose memory has failed; and the end of an inode
// that only mappings named. Not covered: who changes the size (Truncate, FileWrite).

using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Kernel;

internal static partial class Shmem
{
    /// <summary>shmem_evict_inode: gives back what an inode holds that has no mapping and no other name.</summary>
    public static void EvictIfUnused(Context c, InodeId id)
    {
        ref readonly Inode inode = ref c.Machine.InodeAt(id);
        if (inode.Mappings != 0 || (inode.Flags & InodeFlags.Unlinked) == 0)
        {
            return;
        }

        for (int i = 0; i < Limits.InodePages; i++)
        {
            ref CacheEntry entry = ref c.ChangeCache(new CacheIndex(id, i));
            switch (entry.Kind)
            {
                case CacheKind.Page:
                    c.ChangeFrame(entry.Pfn).Clear(FrameFlags.PageCache | FrameFlags.Dirty);
                    PageAlloc.Put(c, entry.Pfn, 1);
                    break;
                case CacheKind.Swap:
                    Swapfile.FreeSwapAndCache(c, entry.Slot);
                    break;
                case CacheKind.Hole:
                    break;
            }

            entry = default;
        }

        c.Machine.ChangeInode(ref c.Touched, id) = default;
    }

    /// <summary>Whether the page lies behind the end of its file.</summary>
    public static bool IsBehindEnd(Context c, CacheIndex index) =>
        index.Index >= c.Machine.InodeAt(index.Inode).Size;

    /// <summary>write(2) has inode_lock, and makes the file longer; UFFDIO_CONTINUE makes nothing.</summary>
    private static bool MayMake(Context c, ref readonly Task t, CacheIndex index, CacheKind found) =>
        IsFileWrite(in t)
            ? c.Machine.InodeAt(index.Inode).LockOwner == t.Actor.Value + 1
                || (found != CacheKind.Hole && !IsBehindEnd(c, index))
            : !IsBehindEnd(c, index);

    /// <summary>filemap_fault looks at the size again, with the page locked; shmem leaves that to Truncate.</summary>
    private static bool IsCutMeanwhile(Context c, ref readonly Task t, CacheIndex index) =>
        !IsFileWrite(in t) && c.FrameAt(t.Pfn).Kind == FrameKind.File && IsBehindEnd(c, index);

    /// <summary>
    /// A page whose memory has failed stays in the page cache to be found there: by faults ever, by writes and
    /// UFFDIO_CONTINUE since it stays (5.16), and only in shared memory.
    /// </summary>
    private static bool HasFailed(Context c, ref readonly Task t) =>
        c.FrameAt(t.Pfn).HwPoison
        && (!IsFileWrite(in t) || (c.FrameAt(t.Pfn).Kind == FrameKind.Shmem && c.Has(Fix.ShmemKeepsFailed)));

    private static Progress GiveBack(Context c, ref Task t, FaultResult result)
    {
        TaskOps.UnlockPage(c, t.Pfn);
        t.Drop(c, t.Pfn);
        return GiveUp(c, ref t, result);
    }
}
