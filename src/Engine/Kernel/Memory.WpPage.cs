// do_wp_page: a store (or a reader's pin that must unshare) meets a read-only entry. Three policies decide whether
// the page is reused in place; else it is copied without the page-table lock, and the entry is cleared, flushed
// and replaced under it. Not covered: huge pages.

using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Kernel;

internal static class WpPage
{
    private enum Stage : byte
    {
        Judge,
        Copy,
        Clear,
        Flush,
        Install,
    }

    public static Progress DoWpPage(Context c, ref Task t) => (Stage)t.Stage switch
    {
        Stage.Judge => Judge(c, ref t),     // PT lock inside: reuse, or hold the old page and go on
        Stage.Copy => Copy(c, ref t),       // no lock: others store, pin, unmap meanwhile
        Stage.Clear => Clear(c, ref t),     // PT lock taken and kept: GUP-fast can see the hole
        Stage.Flush => Flush(c, ref t),     // other CPUs stored through their translations until here
        Stage.Install => Install(c, ref t), // PT lock dropped, held page given back
    };

    private static Progress Judge(Context c, ref Task t)
    {
        EntryIndex entry = t.FaultEntry;
        if (!t.MayLockPt(c, entry))
        {
            return TaskOps.WaitForPt(c, entry);
        }

        Pte pte = c.PteAt(entry);
        if (pte != t.Original)
        {
            return t.Return();
        }

        ref readonly Vma vma = ref c.VmaAt(t.Mm, c.Machine.FindVma(t.Mm, t.FaultVa));
        if (t.IsWrite && Memory.UserfaultfdPteWp(in vma, pte))
        {
            if (!Userfaultfd.IsWpAsync(c, in vma))
            {
                return t.Jump(KernelPath.HandleUserfault);
            }

            if (c.MmAt(t.Mm).TlbFlushPending != 0 && TlbFlush.MustWait(c, in t, t.Mm))
            {
                return TlbFlush.Wait(c, t.Mm); // for the flush below, before anything is changed
            }

            if (!vma.IsShared && WaitsForPage(c, in c.FrameAt(pte.Pfn)))
            {
                return c.Wait(WaitKind.PageLock, pte.Pfn.Value); // likewise
            }

            pte = ResolveAsync(c, ref t, entry, pte);
        }

        if (vma.IsShared)
        {
            return ReuseShared(c, ref t, in vma, pte);
        }

        ref readonly Frame frame = ref c.FrameAt(pte.Pfn);
        CountPinned(c, in t, in frame);
        if (t.IsUnshare && !frame.IsAnon)
        {
            if (!c.Has(Fix.LongtermUnshare))
            {
                return t.Return(); // the zero page, or a file's page of a private mapping
            }

            c.Reach(Goal.LongtermUnshare); // nobody else asks
        }

        return ReuseOrCopy(c, ref t, in vma, pte);
    }

    private static Progress ReuseOrCopy(Context c, ref Task t, in Vma vma, Pte pte)
    {
        ref readonly Frame frame = ref c.FrameAt(pte.Pfn);
        if (vma.UffdWp && c.Has(Fix.UffdTlbFlush) && c.MmAt(t.Mm).TlbFlushPending != 0)
        {
            if (TlbFlush.MustWait(c, in t, t.Mm))
            {
                return TlbFlush.Wait(c, t.Mm);
            }

            c.Reach(Goal.UffdFlushBeforeCopy);
            TlbFlush.Page(c, t.Mm, t.FaultVa);
        }

        if (WaitsForPage(c, in frame))
        {
            return c.Wait(WaitKind.PageLock, pte.Pfn.Value);
        }

        return frame.IsAnon && CanReuse(c, ref t, pte.Pfn)
            ? Reuse(c, ref t, in vma, pte)
            : PrepareCopy(c, ref t, pte.Pfn);
    }

    /// <summary>Up to 5.8 it waits for the lock of the page; later it copies instead.</summary>
    private static bool WaitsForPage(Context c, ref readonly Frame frame) =>
        frame.IsAnon && c.Profile.Policy == CowPolicy.Mapcount && frame.Locked;

    /// <summary>WP_ASYNC (6.7): the bit alone records that the page is written; nobody is asked.</summary>
    private static Pte ResolveAsync(Context c, ref Task t, EntryIndex entry, Pte pte)
    {
        c.Reach(Goal.UffdResolvedAsync);
        EntryBits from = pte.Bits | Memory.ExclusiveBit(in c.FrameAt(pte.Pfn));
        MemoryKind kind = ChangeProtection.KindOf(c, pte);
        EntryBits bits = Carry.Over(c, Transition.WpAsync, kind, from, EntryBits.None, EntryBits.UffdWp);
        ChangeProtection.SetPresent(c, entry, pte.Pfn, bits);
        t.Original = c.PteAt(entry);
        c.Effect = new MemoryEffect(MemoryEffectKind.ResolveAsync, entry, pte.Pfn, c.FrameAt(pte.Pfn).Content);
        return t.Original;
    }

    private static void CountPinned(Context c, in Task t, in Frame frame)
    {
        if (frame.IsAnon && t.IsWrite && frame.MaybeDmaPinned)
        {
            c.Reach(Goal.CowBreakOfPinnedPage);
        }
    }

    private static Progress ReuseShared(Context c, ref Task t, in Vma vma, Pte pte)
    {
        if (t.IsWrite)
        {
            EntryBits set = Carry.MkDirty(EntryBits.Young | Memory.MaybeMkWrite(in vma));
            EntryBits bits = Carry.Over(c, Transition.WpReuse, MemoryKind.Shmem, pte.Bits, set);
            c.ChangeFrame(pte.Pfn).Set(FrameFlags.Dirty);
            c.SetPte(t.FaultEntry, Pte.Present(pte.Pfn, bits));
        }

        return t.Return();
    }

    private static Progress Reuse(Context c, ref Task t, in Vma vma, Pte pte)
    {
        c.Reach(t.IsUnshare ? Goal.UnshareReuse : Goal.CowReuse);
        ref Frame frame = ref c.ChangeFrame(pte.Pfn);
        Memory.SetExclusive(c, ref frame, exclusive: true);
        if (t.IsWrite)
        {
            t.Set(TaskFlags.BrokeCow);
            EntryBits set = Carry.MkDirty(EntryBits.Young | Memory.MaybeMkWrite(in vma) | Memory.ProtnoneBit(in vma));
            EntryBits from = pte.Bits | Memory.ExclusiveBit(in frame);
            EntryBits bits = Carry.Over(c, Transition.WpReuse, MemoryKind.Anon, from, set);
            Memory.SetExclusive(c, ref frame, (bits & EntryBits.Exclusive) != 0);
            c.SetPte(t.FaultEntry, Pte.Present(pte.Pfn, bits));
        }

        return t.Return();
    }

    private static bool CanReuse(Context c, ref Task t, Pfn pfn) => c.Profile.Policy switch
    {
        CowPolicy.Mapcount => CanReuseByMapcount(c, ref t, pfn),
        CowPolicy.PageCount => CanReuseByPageCount(c, ref t, pfn),
        CowPolicy.AnonExclusive => CanReuseExclusive(c, ref t, pfn),
    };

    /// <summary>reuse_swap_page, up to 5.8: mappings and swap entries together are one.</summary>
    private static bool CanReuseByMapcount(Context c, ref Task t, Pfn pfn)
    {
        ref readonly Frame frame = ref c.FrameAt(pfn);
        int users = frame.Mapcount + (frame.InSwapCache ? c.SlotAt(frame.Slot).Count : 0);
        if (users == 1 && frame.InSwapCache && !frame.Writeback)
        {
            Swapfile.DeleteFromSwapCache(c, pfn);
        }

        return users == 1;
    }

    /// <summary>5.9 to 5.18: nobody else has a reference, for whatever purpose.</summary>
    private static bool CanReuseByPageCount(Context c, ref Task t, Pfn pfn)
    {
        ref readonly Frame frame = ref c.FrameAt(pfn);
        if (frame.Ksm || frame.Locked)
        {
            return false;
        }

        if (c.Has(Fix.SwapCacheFirst) && frame.InSwapCache && frame.Refcount == 2)
        {
            Swapfile.FreeSwap(c, pfn);
        }

        return frame.Refcount == 1 && frame.Mapcount == 1;
    }

    /// <summary>5.19: exclusive, whatever the references; else nobody else has one, which makes it exclusive.</summary>
    private static bool CanReuseExclusive(Context c, ref Task t, Pfn pfn)
    {
        ref readonly Frame frame = ref c.FrameAt(pfn);
        if (frame.AnonExclusive && c.Has(Fix.ExclusiveReuse))
        {
            return true;
        }

        if (frame.Ksm || frame.Locked || frame.Refcount > 1 + (frame.InSwapCache ? 1 : 0))
        {
            return false;
        }

        if (frame.InSwapCache)
        {
            Swapfile.FreeSwap(c, pfn);
        }

        return frame.Refcount == 1;
    }

    private static Progress PrepareCopy(Context c, ref Task t, Pfn old)
    {
        if (!PageAlloc.Alloc(c, ref t, out Pfn fresh))
        {
            return t.Return(FaultResult.Oom);
        }

        ref readonly Frame frame = ref c.FrameAt(old);
        if (frame.IsAnon && frame.Mapcount == 1 && !(frame.InSwapCache && c.SlotAt(frame.Slot).Count > 0))
        {
            c.Reach(Goal.NeedlessCopy);
        }

        if (frame.InPageCache)
        {
            c.Reach(Goal.PrivateFileBreak);
        }

        Memory.PrepareAnonVma(c, t.Mm, c.Machine.FindVma(t.Mm, t.FaultVa));
        t.Pfn = old;
        t.NewPfn = fresh;
        if (c.Has(Fix.WpCopyHold))
        {
            t.Hold(c, old);
        }

        return t.Next(Stage.Copy);
    }

    private static Progress Copy(Context c, ref Task t)
    {
        if (MemoryFailure.StopsCopy(c, t.Pfn, Fix.CowMachineCheck))
        {
            t.Drop(c, t.NewPfn);
            DropOld(c, ref t);
            return t.Return(FaultResult.Hwpoison);
        }

        c.Machine.SetContent(ref c.Touched, t.NewPfn, c.FrameAt(t.Pfn).Content);
        return t.Next(Stage.Clear);
    }

    private static Progress Clear(Context c, ref Task t)
    {
        EntryIndex entry = t.FaultEntry;
        if (!t.MayLockPt(c, entry))
        {
            return TaskOps.WaitForPt(c, entry);
        }

        if (c.PteAt(entry) != t.Original)
        {
            c.Reach(Goal.CopyLostRace);
            t.Drop(c, t.NewPfn);
            DropOld(c, ref t);
            return t.Return();
        }

        t.KeepPtLock(c, entry);
        t.Carried = t.Original;
        c.SetPte(entry, Pte.None);
        TlbFlush.Owe(ref t, t.Mm);
        return t.Next(Stage.Flush);
    }

    private static Progress Flush(Context c, ref Task t)
    {
        if (TlbFlush.MustWait(c, in t, t.Mm))
        {
            return TlbFlush.Wait(c, t.Mm);
        }

        TlbFlush.Page(c, t.Mm, t.FaultVa);
        TlbFlush.Settle(c, ref t, t.Mm);
        return t.Next(Stage.Install);
    }

    private static Progress Install(Context c, ref Task t)
    {
        ref readonly Vma vma = ref c.VmaAt(t.Mm, c.Machine.FindVma(t.Mm, t.FaultVa));
        EntryBits bits = t.IsUnshare ? UnsharedBits(c, in t, in vma) : WrittenBits(c, in vma);
        if (t.IsWrite)
        {
            t.Set(TaskFlags.BrokeCow);
        }

        c.Reach(t.IsUnshare ? Goal.UnshareCopy : Goal.CowCopy);
        AddAndRemoveRmap(c, ref t, (bits & EntryBits.Exclusive) != 0);
        c.SetPte(t.FaultEntry, Pte.Present(t.NewPfn, bits));
        DropOld(c, ref t);
        t.DropPtLocks(c);
        return t.Return();
    }

    private static void AddAndRemoveRmap(Context c, ref Task t, bool exclusive)
    {
        Memory.AddNewAnonRmap(c, ref t, t.NewPfn, exclusive);
        if (!t.Pfn.IsZeroPage)
        {
            Rmap.Remove(c, t.Pfn);
        }
    }

    private static EntryBits WrittenBits(Context c, in Vma vma)
    {
        EntryBits set = EntryBits.Young | Memory.MaybeMkWrite(in vma) | Memory.ProtnoneBit(in vma);
        set = Carry.MkDirty(set) | EntryBits.Exclusive;
        return Carry.Over(c, Transition.CowCopy, MemoryKind.Anon, EntryBits.None, set);
    }

    private static EntryBits UnsharedBits(Context c, in Task t, in Vma vma)
    {
        EntryBits set = EntryBits.Young | EntryBits.Exclusive | Memory.ProtnoneBit(in vma);
        EntryBits clear = EntryBits.None;
        set |= c.Has(Fix.UnshareKeepsReadOnly) ? EntryBits.None : EntryBits.Write;
        clear |= c.Has(Fix.UnshareKeepsUffdWp) ? EntryBits.None : EntryBits.UffdWp;
        clear |= c.Has(Fix.UnshareKeepsSoftDirty) ? EntryBits.None : EntryBits.SoftDirty;
        if (t.Original.UffdWp && c.Has(Fix.MkUffdWpWriteProtect))
        {
            clear |= EntryBits.Write;
        }

        return Carry.Over(c, Transition.Unshare, MemoryKind.Anon, t.Original.Bits, set, clear);
    }

    private static void DropOld(Context c, ref Task t)
    {
        if (c.Has(Fix.WpCopyHold))
        {
            t.Drop(c, t.Pfn);
        }
    }
}
