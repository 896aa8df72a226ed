// Faults on shared memory and on files: what is mapped already near by (fault-around), the page cache, a hole, swap or
// the disk; a store into a private mapping gets a copy at once (do_cow_fault). Where a file ends, and an inode, is in
// Shmem.End.cs. Not covered: truncation by the user (Truncate), how reclaim gets rid of an inode page (Vmscan).

using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Kernel;

internal static partial class Shmem
{
    private enum Stage : byte
    {
        FaultAround,
        Lookup,
        Read,
        LockPage,
        Map,
        CopyPrivate,
        MapPrivate,
    }

    public static Progress DoSharedFault(Context c, ref Task t) => (Stage)t.Stage switch
    {
        Stage.FaultAround => FaultAround(c, ref t),
        Stage.Lookup => Lookup(c, ref t),
        Stage.Read => Read(c, ref t),
        Stage.LockPage => LockPage(c, ref t),
        Stage.Map => Map(c, ref t),
        Stage.CopyPrivate => CopyPrivate(c, ref t), // the page is locked, but others may store into it
        Stage.MapPrivate => MapPrivate(c, ref t),
    };

    /// <summary>Finds a page of the page cache for a write, past all mappings: it comes back held and locked.</summary>
    public static Progress FindForWrite<TStage>(ref Task t, CacheIndex index, TStage then)
        where TStage : unmanaged, System.Enum
    {
        t.Mm = MmId.None;
        t.Entry = index.Value;
        t.FaultFlags = FaultFlags.Write;
        t.Result = FaultResult.Done;
        return t.Call(KernelPath.DoSharedFault, then);
    }

    private static ref readonly Vma VmaOf(Context c, ref readonly Task t) =>
        ref c.VmaAt(t.Mm, c.Machine.FindVma(t.Mm, t.FaultVa));

    /// <summary>Whether the page is wanted for a write past all mappings.</summary>
    private static bool IsFileWrite(ref readonly Task t) => t.Mm.IsNone;

    private static CacheIndex IndexOf(Context c, ref readonly Task t) =>
        IsFileWrite(in t) ? new CacheIndex(t.Entry) : VmaOf(c, in t).CacheIndexOf(t.FaultVa);

    /// <summary>Whether the fault is a store into a private mapping, which never maps the file's own page.</summary>
    private static bool IsCowFault(Context c, ref readonly Task t) =>
        t.IsWrite && !IsFileWrite(in t) && !VmaOf(c, in t).IsShared;

    /// <summary>
    /// do_fault_around: maps neighbours in the page cache; not where userfaultfd wants to hear of each.
    /// </summary>
    private static Progress FaultAround(Context c, ref Task t)
    {
        if (IsFileWrite(in t))
        {
            return t.Next(Stage.Lookup);
        }

        if (IsCowFault(c, in t))
        {
            return PrepareCopy(c, ref t);
        }

        ref readonly Vma vma = ref VmaOf(c, in t);
        if (t.IsWrite || vma.UffdWp || vma.UffdMinor)
        {
            t.Next(Stage.Lookup);
            return Lookup(c, ref t);
        }

        if (!t.MayLockPt(c, t.FaultEntry))
        {
            return TaskOps.WaitForPt(c, t.FaultEntry);
        }

        // sixteen pages, whatever one page table spans; where somebody else has the lock of the neighbours, they stay
        for (int va = vma.Start; va < vma.End; va++)
        {
            var entry = new EntryIndex(t.Mm, new Va((byte)va));
            if (t.MayLockPt(c, entry) && c.PteAt(entry).IsNone)
            {
                MapCached(c, in vma, entry, va == t.FaultVa.Value ? EntryBits.Young : EntryBits.None);
            }
        }

        return c.PteAt(t.FaultEntry).IsNone ? t.Next(Stage.Lookup) : t.Return();
    }

    /// <summary>do_cow_fault begins with what can fail: the page that will be the copy.</summary>
    private static Progress PrepareCopy(Context c, ref Task t)
    {
        if (!PageAlloc.Alloc(c, ref t, out Pfn fresh))
        {
            return t.Return(FaultResult.Oom);
        }

        Memory.PrepareAnonVma(c, t.Mm, c.Machine.FindVma(t.Mm, t.FaultVa));
        t.NewPfn = fresh;
        return t.Next(Stage.Lookup);
    }

    /// <summary>Ends without a page; a copy that was to be made of it goes with it.</summary>
    private static Progress GiveUp(Context c, ref Task t, FaultResult result)
    {
        DropCopy(c, ref t);
        return t.Return(result);
    }

    private static void DropCopy(Context c, ref Task t)
    {
        if (IsCowFault(c, in t))
        {
            t.Drop(c, t.NewPfn);
        }
    }

    private static void MapCached(Context c, in Vma vma, EntryIndex entry, EntryBits bits)
    {
        ref readonly CacheEntry cached = ref c.Machine.CacheAt(vma.CacheIndexOf(entry.Va));
        if (cached.Kind != CacheKind.Page || c.FrameAt(cached.Pfn).Locked || c.FrameAt(cached.Pfn).HwPoison
            || IsBehindEnd(c, vma.CacheIndexOf(entry.Va)))
        {
            return;
        }

        if (c.Machine.PmdAt(entry).Kind == PmdKind.None)
        {
            c.Machine.SetPmd(ref c.Touched, entry, Pmd.Table);
        }

        PageAlloc.Get(c, cached.Pfn, 1);
        c.ChangeFrame(cached.Pfn).Mapcount++;
        bits |= Memory.PageProt(in vma);
        bits = Carry.Over(c, Transition.Fault, Rmap.KindOf(in c.FrameAt(cached.Pfn)), EntryBits.None, bits);
        c.SetPte(entry, Pte.Present(cached.Pfn, bits));
    }

    /// <summary>shmem_get_folio, filemap_get_folio: the page cache, a fresh page, what swap or the disk has.</summary>
    private static Progress Lookup(Context c, ref Task t)
    {
        CacheIndex index = IndexOf(c, in t);
        CacheEntry cached = c.Machine.CacheAt(index);
        if (!MayMake(c, in t, index, cached.Kind))
        {
            c.Reach(Goal.FaultBehindEnd);
            return GiveUp(c, ref t, FaultResult.Sigbus);
        }

        if (RaisesEvent(c, ref t, cached.Kind == CacheKind.Hole))
        {
            return Progress.Advanced;
        }

        if (cached.Kind == CacheKind.Page)
        {
            t.Pfn = cached.Pfn;
            t.Hold(c, t.Pfn);
            return t.Next(Stage.LockPage);
        }

        if (cached.Kind == CacheKind.Swap && c.SlotAt(cached.Slot).HasCachePage)
        {
            t.Pfn = c.SlotAt(cached.Slot).CachePage;
            t.Hold(c, t.Pfn);
            return t.Next(Stage.LockPage);
        }

        if (cached.Kind == CacheKind.Swap && c.SlotAt(cached.Slot).Reader != 0)
        {
            return c.Wait(WaitKind.SwapSlot, cached.Slot.Value); // a fault on a stale entry of the slot has reserved it
        }

        if (!PageAlloc.Alloc(c, ref t, out Pfn fresh))
        {
            return GiveUp(c, ref t, FaultResult.Oom);
        }

        t.Pfn = fresh;
        bool onDisk = c.Machine.InodeAt(index.Inode).IsOnDisk;
        ref Frame frame = ref c.ChangeFrame(fresh);
        frame.Kind = onDisk ? FrameKind.File : FrameKind.Shmem;
        frame.LockOwner = (byte)(t.Actor.Value + 1);
        if (cached.Kind == CacheKind.Swap)
        {
            t.Slot = cached.Slot;
            Swapfile.AddToSwapCache(c, fresh, cached.Slot);
            return t.Next(Stage.Read);
        }

        AddToPageCache(c, fresh, index);
        return onDisk && !IsFileWrite(in t) ? t.Next(Stage.Read) : Found(c, ref t); // a write replaces all of it
    }

    private static Progress Found(Context c, ref Task t) =>
        IsFileWrite(in t) ? t.Return() : t.Next(IsCowFault(c, in t) ? Stage.CopyPrivate : Stage.Map);

    /// <summary>A hole is missing; what the page cache or swap has only lacks an entry.</summary>
    private static bool RaisesEvent(Context c, ref Task t, bool hole)
    {
        if (IsFileWrite(in t))
        {
            return false;
        }

        ref readonly Vma vma = ref VmaOf(c, in t);
        bool missing = vma.UffdMissing && (hole || !c.Has(Fix.MissingOnlyHole));
        if (missing || (vma.UffdMinor && !hole))
        {
            DropCopy(c, ref t);
            t.Jump(missing ? KernelPath.HandleMissing : KernelPath.HandleMinor);
            return true;
        }

        return false;
    }

    /// <summary>shmem_add_to_page_cache: the page cache takes a reference of its own.</summary>
    public static void AddToPageCache(Context c, Pfn pfn, CacheIndex index)
    {
        PageAlloc.Get(c, pfn, 1);
        ref Frame frame = ref c.ChangeFrame(pfn);
        frame.Set(FrameFlags.PageCache);
        frame.Cache = index;
        ref CacheEntry entry = ref c.ChangeCache(index);
        entry.Kind = CacheKind.Page;
        entry.Number = pfn.Value;
    }

    private static Progress Read(Context c, ref Task t)
    {
        if (c.FrameAt(t.Pfn).InPageCache && Injection.Strikes(c, InjectedFault.ReadIn))
        {
            return Unreadable(c, ref t);
        }

        Token content = c.FrameAt(t.Pfn).InPageCache
            ? c.Machine.CacheAt(IndexOf(c, in t)).Disk
            : c.SlotAt(t.Slot).Content;
        c.Machine.SetContent(ref c.Touched, t.Pfn, content);
        TaskOps.UnlockPage(c, t.Pfn);
        return t.Next(Stage.LockPage);
    }

    /// <summary>The disk cannot read the page: SIGBUS, and the next access tries again.</summary>
    private static Progress Unreadable(Context c, ref Task t)
    {
        c.Reach(Goal.ReadInFailed);
        ref Frame frame = ref c.ChangeFrame(t.Pfn);
        ref CacheEntry entry = ref c.ChangeCache(frame.Cache);
        entry.Kind = CacheKind.Hole;
        entry.Number = 0;
        frame.Cache = default;
        frame.Clear(FrameFlags.PageCache);
        PageAlloc.Put(c, t.Pfn, 1);
        TaskOps.UnlockPage(c, t.Pfn);
        t.Drop(c, t.Pfn);
        return GiveUp(c, ref t, FaultResult.Sigbus);
    }

    private static Progress LockPage(Context c, ref Task t)
    {
        ref readonly Frame frame = ref c.FrameAt(t.Pfn);
        if (frame.Locked)
        {
            return c.Wait(WaitKind.PageLock, t.Pfn.Value);
        }

        CacheIndex index = IndexOf(c, in t);
        CacheEntry cached = c.Machine.CacheAt(index);
        if (cached.Kind == CacheKind.Swap && frame.InSwapCache && frame.Slot == cached.Slot && !frame.Writeback)
        {
            ComeBackFromSwap(c, ref t, index, cached.Slot);
        }
        else if (cached.Kind != CacheKind.Page || cached.Pfn != t.Pfn)
        {
            t.Drop(c, t.Pfn); // reclaimed, or moved, while nobody had the lock: the access tries again
            return GiveUp(c, ref t, FaultResult.Done);
        }

        t.TryLockPage(c, t.Pfn);
        return IsCutMeanwhile(c, in t, index) ? GiveBack(c, ref t, FaultResult.Sigbus)
            : HasFailed(c, in t) ? GiveBack(c, ref t, FaultResult.Hwpoison)
            : Found(c, ref t);
    }

    /// <summary>shmem_swapin_folio: the page leaves the swap cache (so it is dirty) for the page cache.</summary>
    public static void ComeBackFromSwap(Context c, ref Task t, CacheIndex index, SlotId slot)
    {
        AddToPageCache(c, t.Pfn, index);
        c.ChangeFrame(t.Pfn).Kind = FrameKind.Shmem; // a fault on a stale anonymous entry of the slot may have read it
        Swapfile.DeleteFromSwapCache(c, t.Pfn);
        Swapfile.SwapFree(c, slot);
    }

    private static Progress Map(Context c, ref Task t)
    {
        if (!t.MayLockPt(c, t.FaultEntry))
        {
            return TaskOps.WaitForPt(c, t.FaultEntry);
        }

        ref readonly Vma vma = ref VmaOf(c, in t);
        TaskOps.UnlockPage(c, t.Pfn);
        if (c.PteAt(t.FaultEntry) != t.Original)
        {
            t.Drop(c, t.Pfn);
            return t.Return();
        }

        EntryBits bits = EntryBits.Young | Memory.PageProt(in vma);
        if (t.IsWrite)
        {
            bits = Carry.MkDirty(bits | Memory.MaybeMkWrite(in vma));
            c.ChangeFrame(t.Pfn).Set(FrameFlags.Dirty);
        }

        if (t.Original.IsMarker && vma.UffdWp)
        {
            bits = Carry.MkUffdWp(c, bits & ~EntryBits.Write); // even on a write fault: the retry raises the event
        }

        bits = Carry.Over(c, Transition.Fault, Rmap.KindOf(in c.FrameAt(t.Pfn)), EntryBits.None, bits);
        c.ChangeFrame(t.Pfn).Mapcount++;
        t.HandOver(t.Pfn);
        c.SetPte(t.FaultEntry, Pte.Present(t.Pfn, bits));
        return t.Return();
    }

    private static Progress CopyPrivate(Context c, ref Task t)
    {
        if (MemoryFailure.StopsCopy(c, t.Pfn, Fix.CowFaultMachineCheck))
        {
            return GiveBack(c, ref t, FaultResult.Hwpoison);
        }

        c.Machine.SetContent(ref c.Touched, t.NewPfn, c.FrameAt(t.Pfn).Content);
        return t.Next(Stage.MapPrivate);
    }

    private static Progress MapPrivate(Context c, ref Task t)
    {
        if (!t.MayLockPt(c, t.FaultEntry))
        {
            return TaskOps.WaitForPt(c, t.FaultEntry);
        }

        TaskOps.UnlockPage(c, t.Pfn);
        t.Drop(c, t.Pfn);
        if (c.PteAt(t.FaultEntry) != t.Original)
        {
            c.Reach(Goal.CopyLostRace);
            t.Drop(c, t.NewPfn);
            return t.Return();
        }

        c.Reach(Goal.PrivateFileCopy);
        ref readonly Vma vma = ref VmaOf(c, in t);
        EntryBits bits = Carry.MkDirty(EntryBits.Young | Memory.MaybeMkWrite(in vma) | Memory.ProtnoneBit(in vma));
        bits = t.Original.IsMarker ? Carry.MkUffdWp(c, bits & ~EntryBits.Write) : bits;
        bits = Carry.Over(c, Transition.Fault, MemoryKind.Anon, EntryBits.None, bits | EntryBits.Exclusive);
        Memory.AddNewAnonRmap(c, ref t, t.NewPfn, (bits & EntryBits.Exclusive) != 0);
        c.SetPte(t.FaultEntry, Pte.Present(t.NewPfn, bits));
        return t.Return();
    }
}
