// The swap area: slots, their use counts (swap_map) and the swap cache. A page in the swap cache has one reference
// more than its mappings account for; a slot is free when nobody names it and nothing caches it.
// Not covered: swapoff (Swapoff.cs), several areas, clusters, readahead, slots that the device cannot read.

using System.Numerics;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Kernel;

internal static class Swapfile
{
    /// <summary>The lowest free slot, with no use yet; false if none is left, or the area is going off.</summary>
    public static bool AllocSlot(Context c, out SlotId slot)
    {
        slot = c.Machine.LastFreedSlot;
        if (IsGoingOff(c) || Injection.Strikes(c, InjectedFault.SwapFull))
        {
            return false;
        }

        if (!c.SlotAt(slot).InUse && Injection.Strikes(c, InjectedFault.SameSlot))
        {
            return true;
        }

        for (int i = 0; i < Limits.SwapSlots; i++)
        {
            slot = new SlotId((byte)i);
            if (!c.SlotAt(slot).InUse)
            {
                return true;
            }
        }

        slot = default;
        return false;
    }

    /// <summary>SWP_WRITEOK is cleared while swapoff empties the area.</summary>
    public static bool IsGoingOff(Context c)
    {
        for (int busy = c.Machine.BusyTasks; busy != 0; busy &= busy - 1)
        {
            ref readonly Task task = ref c.Machine.TaskAt(new ActorId((byte)BitOperations.TrailingZeroCount(busy)));
            if (task.Depth > 0 && (KernelPath)(byte)task.Stack[0] == KernelPath.Swapoff && task.Stage != 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>vm_swap_full: more than half of the area is used, so slots are worth more than saved I/O.</summary>
    public static bool IsFull(Context c) => c.Machine.SlotsInUse() * 2 > Limits.SwapSlots;

    private static EncodingException Misuse(SlotId slot, string what) => new($"{slot} {what}");

    /// <summary>swap_duplicate: one more entry (or path in flight) names the slot.</summary>
    public static void SwapDuplicate(Context c, SlotId slot)
    {
        ref SwapSlot now = ref c.ChangeSlot(slot);
        if (!now.InUse)
        {
            throw Misuse(slot, "is free, and swap_duplicate counts one more");
        }

        now.Count++;
    }

    /// <summary>swap_free: one entry less names the slot.</summary>
    public static void SwapFree(Context c, SlotId slot)
    {
        ref SwapSlot now = ref c.ChangeSlot(slot);
        if (now.Count == 0)
        {
            throw Misuse(slot, "has a use count below zero");
        }

        now.Count--;
        FreeIfUnused(c, slot);
    }

    /// <summary>add_to_swap_cache; whether the page is dirty is the caller's business.</summary>
    public static void AddToSwapCache(Context c, Pfn pfn, SlotId slot)
    {
        ref SwapSlot now = ref c.ChangeSlot(slot);
        if ((now.Flags & SlotFlags.HasCache) != 0)
        {
            throw Misuse(slot, "has a page in the swap cache, or a reader, already");
        }

        now.CachePage = pfn;
        now.Flags |= SlotFlags.HasCache;
        ref Frame frame = ref c.ChangeFrame(pfn);
        frame.Slot = slot;
        frame.Set(FrameFlags.SwapCache);
        PageAlloc.Get(c, pfn, 1);
    }

    /// <summary>delete_from_swap_cache: memory has the only copy from now on, so the page is dirty.</summary>
    public static void DeleteFromSwapCache(Context c, Pfn pfn)
    {
        c.ChangeFrame(pfn).Set(FrameFlags.Dirty);
        RemoveMapping(c, pfn);
    }

    /// <summary>__remove_mapping of a clean page: the slot has the content, nothing is left to be saved.</summary>
    public static void RemoveMapping(Context c, Pfn pfn)
    {
        ref Frame frame = ref c.ChangeFrame(pfn);
        if (!frame.InSwapCache)
        {
            throw new EncodingException($"{pfn} is not in the swap cache");
        }

        ref SwapSlot now = ref c.ChangeSlot(frame.Slot);
        now.CachePage = default;
        now.Flags &= ~SlotFlags.HasCache;
        FreeIfUnused(c, frame.Slot);
        frame.Slot = default;
        frame.Clear(FrameFlags.SwapCache);
        PageAlloc.Put(c, pfn, 1);
    }

    /// <summary>folio_free_swap: takes the page out of the swap cache unless its slot is still needed.</summary>
    public static bool FreeSwap(Context c, Pfn pfn)
    {
        ref readonly Frame frame = ref c.FrameAt(pfn);
        if (!frame.InSwapCache || frame.Writeback || c.SlotAt(frame.Slot).Count != 0)
        {
            return false;
        }

        DeleteFromSwapCache(c, pfn);
        return true;
    }

    /// <summary>free_swap_cache: the same where a page loses a user, if nobody maps it and its lock is free.</summary>
    public static void FreeSwapCache(Context c, Pfn pfn)
    {
        ref readonly Frame frame = ref c.FrameAt(pfn);
        if (frame.Mapcount == 0 && !frame.Locked)
        {
            FreeSwap(c, pfn);
        }
    }

    /// <summary>free_swap_and_cache: a swap entry is gone, and with the last one the page that nobody maps.</summary>
    public static void FreeSwapAndCache(Context c, SlotId slot)
    {
        Pfn cached = c.SlotAt(slot).CachePage;
        SwapFree(c, slot);
        if (!cached.IsZeroPage)
        {
            FreeSwapCache(c, cached);
        }
    }

    /// <summary>swapcache_prepare by a fault that reads past the swap cache (6.8).</summary>
    public static void SwapcachePrepare(Context c, ref Task t)
    {
        ref SwapSlot now = ref c.ChangeSlot(t.Slot);
        now.Flags |= SlotFlags.HasCache;
        now.Reader = (byte)(t.Actor.Value + 1);
        t.Set(TaskFlags.ReadsSlot);
    }

    /// <summary>swapcache_clear: gives the reservation back, if the task has one.</summary>
    public static void SwapcacheClear(Context c, ref Task t)
    {
        if (t.Has(TaskFlags.ReadsSlot))
        {
            ref SwapSlot now = ref c.ChangeSlot(t.Slot);
            now.Flags &= ~SlotFlags.HasCache;
            now.Reader = 0;
            FreeIfUnused(c, t.Slot);
            t.Clear(TaskFlags.ReadsSlot);
        }
    }

    /// <summary>
    /// Unlocks a page if the task has its lock, and drops the task's reference. A page in the swap cache that
    /// nobody names any more goes with it: the kernel would find it on the LRU list later, but reclaim of the
    /// model starts from an entry and never would.
    /// </summary>
    public static void PutPage(Context c, ref Task t, Pfn pfn)
    {
        if (c.FrameAt(pfn).LockOwner == t.Actor.Value + 1)
        {
            TaskOps.UnlockPage(c, pfn);
        }

        FreeSwapCache(c, pfn);
        t.Drop(c, pfn);
    }

    private static void FreeIfUnused(Context c, SlotId id)
    {
        ref SwapSlot slot = ref c.ChangeSlot(id);
        if (!slot.InUse)
        {
            slot = default;
            c.Machine.NoteFreedSlot(id);
        }
    }
}
