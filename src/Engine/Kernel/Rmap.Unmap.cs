// try_to_unmap: every entry that maps the page t.Pfn, which the task has locked, becomes a swap entry (anonymous) or
// is zapped (shared memory, pages of files). The entry is cleared before the page is tested for pins, since GUP-fast
// takes no lock.
// A page whose memory fails (TTU_HWPOISON) leaves entries that say so, unless nothing is lost with it.
// Not covered: large folios.

using System.Numerics;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Kernel;

internal static partial class Rmap
{
    private enum UnmapStage : byte
    {
        Clear,
        Flush,
        Share,
        Install,
    }

    public static Progress TryToUnmap(Context c, ref Task t) => (UnmapStage)t.Stage switch
    {
        UnmapStage.Clear => ClearForUnmap(c, ref t), // PT lock taken and kept: GUP-fast can see the hole
        UnmapStage.Flush => FlushForUnmap(c, ref t), // only if it is not put off
        UnmapStage.Share => Share(c, ref t),         // dirty, use count, pin check: a pin may have slipped in
        UnmapStage.Install => InstallSwap(c, ref t), // PT lock dropped, on to the next entry
    };

    private static Progress ClearForUnmap(Context c, ref Task t)
    {
        ulong mapping = c.Machine.EntriesMapping(t.Pfn);
        if (mapping == 0)
        {
            return t.Return();
        }

        var entry = new EntryIndex((byte)BitOperations.TrailingZeroCount(mapping));
        if (!t.MayLockPt(c, entry))
        {
            return TaskOps.WaitForPt(c, entry);
        }

        ref readonly Frame frame = ref c.FrameAt(t.Pfn);
        if (VmaOf(c, entry).Has(VmFlags.Locked) && !t.Has(TaskFlags.MemoryFailure))
        {
            c.Reach(Goal.ReclaimMetMlock); // locked since reclaim looked at the page, or never marked
            c.ChangeFrame(t.Pfn).Clear(FrameFlags.MissedMlock);
            t.Set(TaskFlags.Failing);
            return t.Return();
        }

        t.KeepPtLock(c, entry);
        t.Entry = entry.Value;
        t.Carried = c.PteAt(entry);
        c.SetPte(entry, frame.IsAnon ? Pte.None : ZapShared(c, entry, t.Carried));
        bool hasPinCheck = frame.AnonExclusive && c.Has(Fix.UnmapExclusiveFlush);
        bool leavesHole = frame.IsAnon ? frame.Lazyfree && !frame.InSwapCache : !VmaOf(c, entry).IsShared;
        if (hasPinCheck || (leavesHole && c.Has(Fix.LazyfreeFlush)) || t.Has(TaskFlags.MemoryFailure))
        {
            // 5.19 to 6.0: the IPI waits for GUP-fast, so that none pins behind the look at the pins. A hole: who
            // faults on it, or fills it, waits for no page lock and puts a new page beside stale translations. Only
            // reclaim puts flushes off
            TlbFlush.Owe(ref t, entry.Mm);
            return t.Next(UnmapStage.Flush);
        }

        TlbFlush.Defer(c, entry.Mm); // under the PT lock, where who relies on the hole completes it
        return t.Next(UnmapStage.Share);
    }

    /// <summary>pte_install_uffd_wp_if_needed (5.19): what is left of an entry of shared memory.</summary>
    private static Pte ZapShared(Context c, EntryIndex entry, Pte pte)
    {
        Vma vma = VmaOf(c, entry);
        Pte left = Carry.Marker(c, Transition.Zap, KindOf(in c.FrameAt(pte.Pfn)), pte.Bits);
        return vma.UffdWp ? left : Pte.None;
    }

    private static Progress FlushForUnmap(Context c, ref Task t)
    {
        var entry = new EntryIndex(t.Entry);
        if (TlbFlush.MustWait(c, in t, entry.Mm))
        {
            return TlbFlush.Wait(c, entry.Mm);
        }

        TlbFlush.Page(c, entry.Mm, entry.Va);
        TlbFlush.Settle(c, ref t, entry.Mm);
        return t.Next(UnmapStage.Share);
    }

    private static Progress Share(Context c, ref Task t)
    {
        ref Frame frame = ref c.ChangeFrame(t.Pfn);
        KeepDirty(c, in t, ref frame);
        bool poisons = t.Has(TaskFlags.MemoryFailure) && MemoryFailure.LosesContent(in frame);
        if (poisons)
        {
            c.SetPte(new EntryIndex(t.Entry), Pte.HwPoison(t.Pfn, EntryBits.None)); // over a marker, too
        }

        if (poisons || !frame.IsAnon)
        {
            Remove(c, t.Pfn);
            t.DropPtLocks(c);
            return t.Next(UnmapStage.Clear);
        }

        if (frame.Lazyfree && !frame.InSwapCache)
        {
            return Discard(c, ref t, ref frame);
        }

        if (!frame.InSwapCache)
        {
            return RestoreAndFail(c, ref t); // there is nowhere to swap it to
        }

        t.Slot = frame.Slot;
        Swapfile.SwapDuplicate(c, t.Slot);
        t.Set(TaskFlags.HoldsSlot);
        if (Injection.Strikes(c, InjectedFault.ArchUnmapOne))
        {
            // mm/rmap: fix missing swap_free() in try_to_unmap() after arch_unmap_one() failed (5.19)
            return GiveUp(c, ref t, c.Has(Fix.UnmapSwapFree));
        }

        if (frame.AnonExclusive)
        {
            if (frame.MaybeDmaPinned && c.Has(Fix.SharePinCheckSwap))
            {
                c.Reach(Goal.ReclaimKeptPinned);
                return GiveUp(c, ref t, freesSlot: true);
            }

            Memory.SetExclusive(c, ref frame, exclusive: false);
            t.Set(TaskFlags.WasExclusive);
        }

        return t.Next(UnmapStage.Install);
    }

    /// <summary>
    /// A lazyfree page goes without swap, unless it was stored to since: then it is an ordinary page again. A device
    /// that has a reference may be about to store (5.18).
    /// </summary>
    private static Progress Discard(Context c, ref Task t, ref Frame frame)
    {
        const int Isolated = 1;
        if (frame.Dirty)
        {
            c.Reach(Goal.LazyfreeRedirtied);
            frame.Set(FrameFlags.SwapBacked);
            return RestoreAndFail(c, ref t);
        }

        if (frame.Refcount != Isolated + frame.Mapcount && c.Has(Fix.LazyfreeReferences))
        {
            c.Reach(Goal.LazyfreeReferenced);
            return RestoreAndFail(c, ref t);
        }

        c.Reach(Goal.LazyfreeDiscarded);
        Remove(c, t.Pfn);
        t.DropPtLocks(c);
        return t.Next(UnmapStage.Clear);
    }

    private static Progress GiveUp(Context c, ref Task t, bool freesSlot)
    {
        if (freesSlot)
        {
            Swapfile.SwapFree(c, t.Slot);
        }

        t.Clear(TaskFlags.HoldsSlot);
        return RestoreAndFail(c, ref t);
    }

    private static Progress InstallSwap(Context c, ref Task t)
    {
        EntryBits from = t.Carried.Bits | (t.Has(TaskFlags.WasExclusive) ? EntryBits.Exclusive : EntryBits.None);
        EntryBits clear = c.Has(Fix.UffdSwap) ? EntryBits.None : EntryBits.UffdWp;
        clear |= c.Has(Fix.SwapExclusive) ? EntryBits.None : EntryBits.Exclusive;
        EntryBits bits = Carry.Over(c, Transition.SwapOut, MemoryKind.Anon, from, EntryBits.None, clear);
        c.SetPte(new EntryIndex(t.Entry), Pte.Swap(t.Slot, bits));
        t.Clear(TaskFlags.HoldsSlot | TaskFlags.WasExclusive); // the use count is the entry's from now on
        Remove(c, t.Pfn);
        t.DropPtLocks(c);
        return t.Next(UnmapStage.Clear);
    }
}
