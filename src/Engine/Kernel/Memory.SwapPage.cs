// do_swap_page: an access meets a swap entry. The page comes out of the swap cache, is read into it, or, from a
// synchronous device and with one user, is read past it. Under the PT lock the entry is compared with what was read
// first. Not covered: readahead, KSM pages of another anon_vma, pages that stay in the swap cache although they could
// not be read.

using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Kernel;

internal static class SwapPage
{
    private enum Stage : byte
    {
        Lookup,
        Read,
        Lock,
        Map,
    }

    public static Progress DoSwapPage(Context c, ref Task t) => (Stage)t.Stage switch
    {
        Stage.Lookup => Lookup(c, ref t), // swap cache, reservation, or a fresh page
        Stage.Read => Read(c, ref t),     // no lock but that of a page in the swap cache
        Stage.Lock => Lock(c, ref t),     // the page lock of a page that somebody else put there
        Stage.Map => Map(c, ref t),       // PT lock inside: the entry is what it was, or all is given back
    };

    private static Progress Lookup(Context c, ref Task t)
    {
        SlotId id = t.Original.Slot;
        ref readonly SwapSlot slot = ref c.SlotAt(id);
        if (slot.HasCachePage && c.FrameAt(slot.CachePage).HwPoison && !LocksFirst(c))
        {
            return t.Return(FaultResult.Hwpoison);
        }

        if (slot.HasCachePage)
        {
            c.Reach(Goal.SwapInFromCache);
            t.Slot = id;
            t.Pfn = slot.CachePage;
            t.Hold(c, t.Pfn);
            return t.Next(Stage.Lock);
        }

        if ((slot.Flags & SlotFlags.HasCache) != 0)
        {
            return c.Wait(WaitKind.SwapSlot, id.Value); // somebody reads it past the swap cache (6.8)
        }

        if (slot.Count == 0)
        {
            return t.Return(FaultResult.Done); // the entry has changed: the access tries again
        }

        if (!PageAlloc.Alloc(c, ref t, out Pfn pfn))
        {
            return t.Return(FaultResult.Oom);
        }

        t.Slot = id;
        t.Pfn = pfn;
        c.ChangeFrame(pfn).Set(FrameFlags.ReadFromSwap);
        if (c.Profile.Swap == SwapDevice.Synchronous && slot.Count == 1)
        {
            c.Reach(Goal.SwapInPastCache);
            if (c.Has(Fix.SwapInRace))
            {
                Swapfile.SwapcachePrepare(c, ref t);
            }
        }
        else
        {
            c.ChangeFrame(pfn).Kind = FrameKind.Anon;
            Swapfile.AddToSwapCache(c, pfn, id);
            t.TryLockPage(c, pfn);
        }

        return t.Next(Stage.Read);
    }

    private static Progress Read(Context c, ref Task t)
    {
        if (Injection.Strikes(c, InjectedFault.ReadIn))
        {
            return Unreadable(c, ref t);
        }

        c.Machine.SetContent(ref c.Touched, t.Pfn, c.SlotAt(t.Slot).Content);
        return t.Next(Stage.Map);
    }

    /// <summary>SIGBUS; the entry keeps its slot, and the next access tries to read it again.</summary>
    private static Progress Unreadable(Context c, ref Task t)
    {
        c.Reach(Goal.ReadInFailed);
        if (c.FrameAt(t.Pfn).InSwapCache)
        {
            Swapfile.RemoveMapping(c, t.Pfn);
        }

        Swapfile.SwapcacheClear(c, ref t);
        Swapfile.PutPage(c, ref t, t.Pfn);
        return t.Return(FaultResult.Sigbus);
    }

    /// <summary>mm, swap: check page poison flag after locking it (6.18).</summary>
    private static bool LocksFirst(Context c) => c.Profile.Version >= new KernelVersion(6, 18);

    private static Progress Lock(Context c, ref Task t)
    {
        ref readonly Frame frame = ref c.FrameAt(t.Pfn);
        if (!frame.InSwapCache || frame.Slot != t.Slot)
        {
            t.Drop(c, t.Pfn); // it left the swap cache, or was replaced there by migration
            return t.Return(FaultResult.Done);
        }

        if ((t.FaultFlags & FaultFlags.RetryNowait) != 0 && frame.Locked)
        {
            c.Reach(Goal.NowaitGaveUp);
            t.Drop(c, t.Pfn);
            return t.Return(FaultResult.Retry);
        }

        if (!t.TryLockPage(c, t.Pfn))
        {
            return c.Wait(WaitKind.PageLock, t.Pfn.Value);
        }

        bool locksFirst = LocksFirst(c);
        if (locksFirst ? frame.HwPoison : frame.IsIsolated)
        {
            Swapfile.PutPage(c, ref t, t.Pfn); // up to 6.17 it is merely not up to date any more
            return t.Return(locksFirst ? FaultResult.Hwpoison : FaultResult.Sigbus);
        }

        return t.Next(Stage.Map);
    }

    private static Progress Map(Context c, ref Task t)
    {
        EntryIndex entry = t.FaultEntry;
        if (!t.MayLockPt(c, entry))
        {
            return TaskOps.WaitForPt(c, entry);
        }

        if (c.PteAt(entry) != t.Original)
        {
            Swapfile.SwapcacheClear(c, ref t);
            Swapfile.PutPage(c, ref t, t.Pfn);
            return t.Return(FaultResult.Done);
        }

        bool cached = c.FrameAt(t.Pfn).InSwapCache;
        bool alone = IsAlone(c, ref t, cached);
        ref readonly Vma vma = ref c.VmaAt(t.Mm, c.Machine.FindVma(t.Mm, t.FaultVa));
        EntryBits bits = MappedBits(c, in t, in vma, alone, out bool written);
        CountGoals(c, in t, (bits & EntryBits.Exclusive) != 0);
        var pte = Pte.Present(t.Pfn, bits);
        Rmap.AddAnon(c, ref t, t.Pfn, (bits & EntryBits.Exclusive) != 0);
        MissMlock(c, ref c.ChangeFrame(t.Pfn), in vma);
        c.SetPte(entry, pte);
        Swapfile.SwapcacheClear(c, ref t);
        if (cached)
        {
            TaskOps.UnlockPage(c, t.Pfn);
        }

        if (t.IsWrite && !written && !Memory.UserfaultfdPteWp(in vma, pte))
        {
            t.Original = pte;
            return t.Jump(KernelPath.DoWpPage);
        }

        return t.Return(FaultResult.Done);
    }

    /// <summary>
    /// mm: use folio_add_new_anon_rmap() if folio_test_anon(folio)==false (6.11): what was just read from swap is not
    /// marked as mlocked any more (seen on 6.18).
    /// </summary>
    private static void MissMlock(Context c, ref Frame frame, in Vma vma)
    {
        if (vma.Has(VmFlags.Locked))
        {
            bool misses = (frame.Flags & FrameFlags.ReadFromSwap) != 0
                && c.Profile.Version >= new KernelVersion(6, 11);
            frame.Clear(FrameFlags.MissedMlock);
            frame.Set(misses ? FrameFlags.MissedMlock : FrameFlags.None);
        }

        frame.Clear(FrameFlags.ReadFromSwap);
    }

    /// <summary>
    /// Gives the entry's use of the slot back, and the swap cache with it where that is worth it; says whether the
    /// page is this entry's alone. Up to 5.18 only a store asks.
    /// </summary>
    private static bool IsAlone(Context c, ref Task t, bool cached) => c.Profile.Policy switch
    {
        CowPolicy.Mapcount => IsAloneByMapcount(c, ref t, cached),
        CowPolicy.PageCount => c.Has(Fix.SwapCacheFirst)
            ? IsAloneByPageCount(c, ref t, cached)
            : IsAloneByMapcount(c, ref t, cached),
        CowPolicy.AnonExclusive => IsExclusive(c, ref t, cached),
    };

    /// <summary>Up to 5.17: reuse_swap_page, before the entry's own use is given back.</summary>
    private static bool IsAloneByMapcount(Context c, ref Task t, bool cached)
    {
        bool alone = t.IsWrite && (!cached || ReuseSwapPage(c, t.Pfn, t.Slot));
        Swapfile.SwapFree(c, t.Slot);
        if (MayDropCache(c, in t))
        {
            Swapfile.FreeSwap(c, t.Pfn);
        }

        return alone;
    }

    private static bool ReuseSwapPage(Context c, Pfn pfn, SlotId slot)
    {
        ref readonly Frame frame = ref c.FrameAt(pfn);
        if (frame.Mapcount + c.SlotAt(slot).Count != 1)
        {
            return false;
        }

        if (frame.Writeback)
        {
            return !HasStableWrites(c);
        }

        Swapfile.DeleteFromSwapCache(c, pfn);
        return true;
    }

    /// <summary>mm: streamline COW logic in do_swap_page() (5.18).</summary>
    private static bool IsAloneByPageCount(Context c, ref Task t, bool cached)
    {
        ReleaseSlot(c, ref t);
        return t.IsWrite && (!cached || c.FrameAt(t.Pfn).Refcount == 1);
    }

    /// <summary>5.19: the entry says so, nobody else ever saw the page, or nobody else has a reference now.</summary>
    private static bool IsExclusive(Context c, ref Task t, bool cached)
    {
        ref readonly Frame frame = ref c.FrameAt(t.Pfn);
        bool unstable = frame.Writeback && HasStableWrites(c);
        bool exclusive = !cached || (t.Original.SwapExclusive && !unstable);
        ReleaseSlot(c, ref t);
        return exclusive || frame.Refcount == 1;
    }

    /// <summary>Whether a page must not be stored to while it is written out: zram compresses it then.</summary>
    private static bool HasStableWrites(Context c) => c.Profile.Swap == SwapDevice.Synchronous;

    /// <summary>swap_free, should_try_to_free_swap, folio_free_swap.</summary>
    private static void ReleaseSlot(Context c, ref Task t)
    {
        Swapfile.SwapFree(c, t.Slot);
        bool mayReuse = t.IsWrite && c.FrameAt(t.Pfn).Refcount == 2 && c.Has(Fix.SwapCacheFirst);
        if (mayReuse || MayDropCache(c, in t))
        {
            Swapfile.FreeSwap(c, t.Pfn);
        }
    }

    /// <summary>Whether the swap cache is not worth its slot: few are left, or the page stays anyway.</summary>
    private static bool MayDropCache(Context c, in Task t) =>
        Swapfile.IsFull(c) || Rmap.IsMlocked(c, t.Pfn)
        || c.VmaAt(t.Mm, c.Machine.FindVma(t.Mm, t.FaultVa)).Has(VmFlags.Locked);

    /// <summary>The new entry's bits; <paramref name="written"/> if the store needs no do_wp_page any more.</summary>
    private static EntryBits MappedBits(Context c, in Task t, in Vma vma, bool alone, out bool written)
    {
        bool uffdWp = t.Original.UffdWp && c.Has(Fix.UffdSwap);
        bool keepsReadOnly = uffdWp && c.Has(Fix.UffdSwapInWriteProtect);
        EntryBits set = EntryBits.Young | Memory.PageProt(in vma);
        EntryBits clear = c.Has(Fix.UffdSwap) ? EntryBits.None : EntryBits.UffdWp;
        set |= alone ? EntryBits.Exclusive : EntryBits.None;
        clear |= alone ? EntryBits.None : EntryBits.Exclusive;
        written = alone && t.IsWrite;
        if (c.Has(Fix.SwapInReadWritable))
        {
            // 6.11: a read too, unless soft-dirty tracking waits for the store; then the store goes on to do_wp_page
            bool tracked = vma.SoftDirtyTracked && !t.Original.SoftDirty;
            bool writable = alone && vma.Has(VmFlags.Write) && !keepsReadOnly && !tracked;
            written &= writable;
            set |= writable ? EntryBits.Write : EntryBits.None;
        }
        else if (written)
        {
            set |= Memory.MaybeMkWrite(in vma);
        }

        set = written ? Carry.MkDirty(set) : set;
        if (keepsReadOnly || (uffdWp && c.Has(Fix.MkUffdWpWriteProtect)))
        {
            clear |= EntryBits.Write;
        }

        return Carry.Over(c, Transition.SwapIn, MemoryKind.Anon, t.Original.Bits, set, clear);
    }

    private static void CountGoals(Context c, in Task t, bool exclusive)
    {
        if (t.Original.UffdWp)
        {
            c.Reach(Goal.SwapInOfProtectedPage);
        }

        if (exclusive && c.Profile.TracksExclusive)
        {
            c.Reach(Goal.SwapInExclusive);
        }
    }
}
