// memory_failure of the page that madvise(MADV_HWPOISON) has taken: flagged, locked, unmapped everywhere (Rmap.Unmap),
// then dealt with by what kind of page it is. The flag comes without any lock: others may map, copy and pin the page
// until it is unmapped. The error is one of a line: accesses of others land meanwhile, copying the page does not.
// Not covered: huge pages, the signals (who maps a page that cannot be unmapped is killed), mf_mutex, unpoisoning; that
// reclaim (but in 6.3 to 6.14), migration and faults of others unmap a page that is flagged already; pages that others
// have isolated; truncation up to 5.17, which left such entries behind; TTU_SYNC's absence up to 5.13.

using System.Numerics;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Kernel;

internal static class MemoryFailure
{
    private const byte NoSlot = Limits.SwapSlots;

    private enum Stage : byte
    {
        SetPoison,
        Lock,
        Unmap,
        Handle,
    }

    public static Progress Step(Context c, ref Task t) => (Stage)t.Stage switch
    {
        Stage.SetPoison => SetPoison(c, ref t), // no lock
        Stage.Lock => Lock(c, ref t),
        Stage.Unmap => Unmap(c, ref t),         // not while it is written out; then try_to_unmap
        Stage.Handle => Handle(c, ref t),       // nobody maps it, and who looks for it waits for its lock
    };

    /// <summary>
    /// Whether content is lost with the page, so that its entries must say so: the swap cache is found by its own
    /// entries, and a clean page of a file is read again.
    /// </summary>
    public static bool LosesContent(in Frame frame) =>
        !frame.InSwapCache && (frame.Kind != FrameKind.File || frame.Dirty);

    /// <summary>
    /// Whether copying a page meets its memory error, and the kernel has a way out; without one it dies of it.
    /// </summary>
    public static bool StopsCopy(Context c, Pfn pfn, Fix survives)
    {
        if (!c.FrameAt(pfn).HwPoison || pfn.IsZeroPage) // of which nothing is read: a page of zeros takes its place
        {
            return false;
        }

        bool stops = c.Has(survives);
        c.Warning = stops ? c.Warning : KernelWarning.MachineCheck;
        return stops;
    }

    private static Progress SetPoison(Context c, ref Task t)
    {
        t.Pfn = t.Pages[0];
        bool again = c.FrameAt(t.Pfn).HwPoison;
        if (t.Pfn.IsZeroPage || again)
        {
            c.ChangeFrame(t.Pfn).Set(FrameFlags.HwPoison); // of the zero page, too, and for ever: nobody else looks
            t.Drop(c, t.Pfn);
            bool says = !again || c.Profile.Version >= new KernelVersion(5, 14);
            return t.Finish(c, !says ? Errno.None : again ? Errno.EHWPOISON : Errno.EBUSY);
        }

        c.ChangeFrame(t.Pfn).Set(FrameFlags.HwPoison);
        t.UnlockMmaps(c);
        return t.Next(Stage.Lock);
    }

    private static Progress Lock(Context c, ref Task t) =>
        t.TryLockPage(c, t.Pfn) ? t.Next(Stage.Unmap) : c.Wait(WaitKind.PageLock, t.Pfn.Value);

    private static Progress Unmap(Context c, ref Task t)
    {
        ref readonly Frame frame = ref c.FrameAt(t.Pfn);
        if (frame.Writeback)
        {
            return c.Wait(WaitKind.Writeback, t.Pfn.Value);
        }

        t.Clear(TaskFlags.Failing | TaskFlags.WasExclusive);
        return frame.Mapcount > 0 ? t.Call(KernelPath.TryToUnmap, Stage.Handle) : t.Next(Stage.Handle);
    }

    private static Progress Handle(Context c, ref Task t)
    {
        ref readonly Frame frame = ref c.FrameAt(t.Pfn);
        if (frame.Mapcount > 0)
        {
            return t.Has(TaskFlags.Failing) ? End(c, ref t, Errno.EBUSY) : Again(c, ref t);
        }

        var failed = new MemoryEffect(
            MemoryEffectKind.PageFailed, default, t.Pfn, default, Until: frame.InSwapCache ? frame.Slot.Value : NoSlot);
        bool truncated = !frame.IsAnon && !frame.InPageCache;
        if (frame.InSwapCache)
        {
            HandleSwapCache(c, t.Pfn);
        }
        else if (frame.InPageCache)
        {
            c.Reach(Goal.FilePageFailed);
            failed = frame.Kind == FrameKind.Shmem && c.Has(Fix.ShmemKeepsFailed)
                ? failed
                : DropFromPageCache(c, t.Pfn);
        }
        else
        {
            c.Reach(Goal.AnonFailed);
        }

        c.ChangeFrame(t.Pfn).Clear(FrameFlags.Lru); // delete_from_lru_cache
        c.Effect = failed;
        int expected = 1 + (frame.InSwapCache || frame.InPageCache ? 1 : 0);
        bool others = frame.Refcount > expected;
        bool owned = frame.IsAnon && !frame.InSwapCache && c.Has(Fix.ShmemKeepsFailed); // nobody counts those any more
        if (others)
        {
            c.Reach(Goal.FailureMetReference);
        }

        return End(c, ref t, truncated || (others && !owned) ? Errno.EBUSY : Errno.None);
    }

    /// <summary>
    /// A dirty page stays, for those to find who swap it in; of a clean one the area has the content. Nobody needs the
    /// slot if nobody names it.
    /// </summary>
    private static void HandleSwapCache(Context c, Pfn pfn)
    {
        c.Reach(Goal.SwapCacheFailed);
        ref Frame frame = ref c.ChangeFrame(pfn);
        if (!frame.Dirty)
        {
            Swapfile.RemoveMapping(c, pfn);
        }
        else if (!Swapfile.FreeSwap(c, pfn))
        {
            frame.Clear(FrameFlags.Dirty); // no use in writing it out
        }
    }

    /// <summary>truncate_error_folio: what was not written back is lost, and fsync will say so.</summary>
    private static MemoryEffect DropFromPageCache(Context c, Pfn pfn)
    {
        ref Frame frame = ref c.ChangeFrame(pfn);
        CacheIndex index = frame.Cache;
        ref CacheEntry entry = ref c.ChangeCache(index);
        entry.Kind = CacheKind.Hole;
        entry.Number = 0;
        frame.Cache = default;
        frame.Clear(FrameFlags.PageCache | FrameFlags.Dirty);
        PageAlloc.Put(c, pfn, 1);
        return new MemoryEffect(MemoryEffectKind.PageDropped, default, pfn, default, File: index);
    }

    /// <summary>
    /// TTU_SYNC: somebody has an entry in hand, under its lock, and will put it back, or has put it back since.
    /// </summary>
    private static Progress Again(Context c, ref Task t)
    {
        if (c.Machine.EntriesMapping(t.Pfn) != 0)
        {
            return t.Call(KernelPath.TryToUnmap, Stage.Handle);
        }

        uint mapped = Pte.Present(t.Pfn, EntryBits.None).Raw;
        for (int busy = c.Machine.BusyTasks; busy != 0; busy &= busy - 1)
        {
            ref readonly Task task = ref c.Machine.TaskAt(new ActorId((byte)BitOperations.TrailingZeroCount(busy)));
            if (task.PtLock != 0 && (task.Carried.Raw & Pte.NameMask) == mapped)
            {
                return c.Wait(WaitKind.PtLock, task.PtLock - 1);
            }
        }

        throw new EncodingException($"{t.Pfn} is mapped, and nobody has an entry of it");
    }

    /// <summary>The reference that madvise took is never given back.</summary>
    private static Progress End(Context c, ref Task t, Errno errno)
    {
        c.ChangeFrame(t.Pfn).Set(FrameFlags.FailureKept);
        TaskOps.UnlockPage(c, t.Pfn);
        t.HandOver(t.Pfn);
        return t.Finish(c, errno);
    }
}
