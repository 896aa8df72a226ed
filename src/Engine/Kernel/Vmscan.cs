// shrink_folio_list on one page: lock it, give it a slot, unmap it, complete the deferred flushes, write it out, free
// it. Every stage judges by what it finds: between any two of them somebody may map, pin, share or zap the page.
// A page that stays in the swap cache stays there; a lazyfree one is dropped. Not covered: aging, LRU lists.

using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Kernel;

internal static class Vmscan
{
    private enum Stage : byte
    {
        Isolate,
        Add,
        FlushBatched,
        PageOut,
        EndWriteback,
        Free,
    }

    public static Progress ShrinkFolio(Context c, ref Task t) => (Stage)t.Stage switch
    {
        Stage.Isolate => Isolate(c, ref t),           // reference and page lock
        Stage.Add => Add(c, ref t),                   // swap cache; then try_to_unmap
        Stage.FlushBatched => FlushBatched(c, ref t), // no stale store after what is written or freed
        Stage.PageOut => PageOut(c, ref t),           // content to the slot; the page lock is dropped for it
        Stage.EndWriteback => EndWriteback(c, ref t),
        Stage.Free => Free(c, ref t),                 // only if nobody came back to it
    };

    private static Progress Isolate(Context c, ref Task t)
    {
        bool called = t.Depth > 1;
        Va va = called ? new Va(t.Cursor) : t.Va;
        if (!Rmap.TryFindFolio(c, t.Mm, va, swapCache: !called, out Pfn pfn))
        {
            return Leave(c, ref t, Errno.ENOENT);
        }

        return Rmap.TryIsolate(c, ref t, pfn) ? t.Next(Stage.Add) : Leave(c, ref t, Errno.EAGAIN);
    }

    private static Progress Add(Context c, ref Task t)
    {
        ref readonly Frame frame = ref c.FrameAt(t.Pfn);
        if (Rmap.IsMlocked(c, t.Pfn))
        {
            c.Reach(Goal.ReclaimKeptLocked);
            return Keep(c, ref t); // folio_evictable
        }

        bool swaps = frame.IsAnon && !frame.InSwapCache && !frame.Lazyfree;
        if (swaps && !AddToSwap(c, in frame, t.Pfn))
        {
            return Keep(c, ref t);
        }

        return frame.Mapcount > 0 ? t.Call(KernelPath.TryToUnmap, Stage.FlushBatched) : t.Next(Stage.FlushBatched);
    }

    /// <summary>A page that is in the swap cache already gets none of these checks.</summary>
    private static bool AddToSwap(Context c, in Frame frame, Pfn pfn)
    {
        if (frame.MaybeDmaPinned && c.Has(Fix.ReclaimPinned))
        {
            c.Reach(Goal.ReclaimKeptPinned); // mm: don't put pinned pages into the swap cache (5.11)
            return false;
        }

        if (frame.Mapcount == 0 || !Swapfile.AllocSlot(c, out SlotId slot))
        {
            return false;
        }

        Swapfile.AddToSwapCache(c, pfn, slot);
        c.ChangeFrame(pfn).Set(FrameFlags.Dirty);
        return true;
    }

    /// <summary>try_to_unmap_flush, also for a page that could not be unmapped.</summary>
    private static Progress FlushBatched(Context c, ref Task t)
    {
        for (int i = 0; i < Limits.Mms; i++)
        {
            var mm = new MmId((byte)i);
            if (TlbFlush.IsBatched(c, mm) && TlbFlush.MustWait(c, in t, mm))
            {
                return TlbFlush.Wait(c, mm);
            }
        }

        for (int i = 0; i < Limits.Mms; i++)
        {
            TlbFlush.Batched(c, new MmId((byte)i));
        }

        return t.Next(Stage.PageOut);
    }

    private static Progress PageOut(Context c, ref Task t)
    {
        ref Frame frame = ref c.ChangeFrame(t.Pfn);
        if (t.Has(TaskFlags.Failing) || frame.Mapcount > 0)
        {
            return Keep(c, ref t);
        }

        if (frame.MaybeDmaPinned)
        {
            c.Reach(Goal.ReclaimKeptPinned);
            return Keep(c, ref t);
        }

        if (!frame.Dirty)
        {
            return t.Next(Stage.Free);
        }

        if (!IsFreeable(in frame))
        {
            return Keep(c, ref t);
        }

        return frame.IsAnon ? SwapWritepage(c, ref t, ref frame)
            : frame.Kind == FrameKind.File ? FileWritepage(c, ref t, ref frame)
            : ShmemWritepage(c, ref t, in frame);
    }

    /// <summary>is_page_cache_freeable: none but the cache and reclaim itself have a reference.</summary>
    private static bool IsFreeable(in Frame frame) => (frame.InSwapCache || frame.InPageCache) && frame.Refcount == 2;

    private static Progress SwapWritepage(Context c, ref Task t, ref Frame frame)
    {
        if (c.SlotAt(frame.Slot).Count == 0)
        {
            return Keep(c, ref t); // zapped meanwhile: nobody will read it, so nobody writes it
        }

        frame.Clear(FrameFlags.Dirty);
        frame.Set(FrameFlags.Writeback);
        if (Injection.Strikes(c, InjectedFault.WriteOut))
        {
            t.Set(TaskFlags.Failing);
        }
        else
        {
            ref SwapSlot slot = ref c.ChangeSlot(frame.Slot);
            slot.Content = frame.Content;
            slot.Flags |= SlotFlags.Written;
        }

        TaskOps.UnlockPage(c, t.Pfn);
        return t.Next(Stage.EndWriteback);
    }

    /// <summary>The page stays in the page cache, and may be mapped and written to while it is written out.</summary>
    private static Progress FileWritepage(Context c, ref Task t, ref Frame frame)
    {
        c.Reach(Goal.FileWriteback);
        frame.Clear(FrameFlags.Dirty);
        frame.Set(FrameFlags.Writeback);
        c.ChangeCache(frame.Cache).Disk = frame.Content;
        TaskOps.UnlockPage(c, t.Pfn);
        return t.Next(Stage.EndWriteback);
    }

    /// <summary>
    /// shmem_writepage: the inode's entry names the slot now. The page would pass through the swap cache on its way
    /// out; nobody can come upon it there but by that entry, so here it goes at once.
    /// </summary>
    private static Progress ShmemWritepage(Context c, ref Task t, in Frame frame)
    {
        if (Injection.Strikes(c, InjectedFault.WriteOut) || !Swapfile.AllocSlot(c, out SlotId id))
        {
            return Keep(c, ref t);
        }

        ref SwapSlot slot = ref c.ChangeSlot(id);
        slot.Content = frame.Content;
        slot.Count = 1;
        slot.Flags = SlotFlags.Written;
        return LeavePageCache(c, ref t, CacheKind.Swap, id.Value);
    }

    private static Progress EndWriteback(Context c, ref Task t)
    {
        ref Frame frame = ref c.ChangeFrame(t.Pfn);
        frame.Clear(FrameFlags.Writeback);
        if (t.Has(TaskFlags.Failing))
        {
            c.Reach(Goal.WriteOutFailed);
            frame.Set(FrameFlags.Dirty); // end_swap_bio_write: memory still has the only copy
            return Keep(c, ref t);
        }

        return t.Next(Stage.Free);
    }

    private static Progress Free(Context c, ref Task t)
    {
        ref readonly Frame frame = ref c.FrameAt(t.Pfn);
        bool locked = frame.LockOwner == t.Actor.Value + 1 || t.TryLockPage(c, t.Pfn);
        bool discards = frame.Lazyfree && frame.Refcount == 1; // __remove_mapping: no cache has it
        if (!locked || frame.Mapcount > 0 || frame.Dirty || frame.Writeback || !(discards || IsFreeable(in frame)))
        {
            return Keep(c, ref t);
        }

        if (discards)
        {
            return Freed(c, ref t);
        }

        if (frame.InPageCache)
        {
            if (frame.Kind == FrameKind.File)
            {
                c.Reach(Goal.FilePageDropped);
            }

            return LeavePageCache(c, ref t, CacheKind.Hole, 0); // a hole reads the same, and so does the disk
        }

        Swapfile.RemoveMapping(c, t.Pfn);
        return Freed(c, ref t);
    }

    private static Progress LeavePageCache(Context c, ref Task t, CacheKind kind, byte number)
    {
        ref Frame frame = ref c.ChangeFrame(t.Pfn);
        ref CacheEntry entry = ref c.ChangeCache(frame.Cache);
        entry.Kind = kind;
        entry.Number = number;
        frame.Cache = default;
        frame.Clear(FrameFlags.PageCache);
        PageAlloc.Put(c, t.Pfn, 1);
        return Freed(c, ref t);
    }

    private static Progress Freed(Context c, ref Task t)
    {
        c.Reach(Goal.ReclaimFreed);
        Swapfile.PutPage(c, ref t, t.Pfn);
        return Leave(c, ref t, Errno.None);
    }

    /// <summary>keep: the page stays, unlocked; it went only if nobody else had a reference.</summary>
    private static Progress Keep(Context c, ref Task t)
    {
        t.Clear(TaskFlags.Failing);
        if (Rmap.IsMlocked(c, t.Pfn))
        {
            Swapfile.FreeSwap(c, t.Pfn); // it stays anyway, so it needs no slot
        }

        Swapfile.PutPage(c, ref t, t.Pfn);
        return Leave(c, ref t, Errno.EAGAIN);
    }

    /// <summary>MADV_PAGEOUT does not ask what became of a page, and has mmap_lock still.</summary>
    private static Progress Leave(Context c, ref Task t, Errno errno) =>
        t.Depth > 1 ? t.Return() : t.Finish(c, errno);
}
