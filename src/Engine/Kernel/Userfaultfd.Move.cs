// move_pages (UFFDIO_MOVE, 6.8): takes pages out of one private anonymous mapping and puts them where nothing is in
// another, page by page, with mmap_lock for reading and the page-table locks of both places. Only exclusive, unpinned
// pages move: nobody else may notice. What moved before an error stays moved, and the answer is EAGAIN.
// Not covered: huge pages, folios of more than one page.

using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Kernel;

internal static class UffdMove
{
    /// <summary>UFFDIO_MOVE_MODE_ALLOW_SRC_HOLES.</summary>
    public const int ModeAllowHoles = 4;

    private enum Stage : byte
    {
        Begin,
        Look,
        LockFolio,
        CheckPins,
        Clear,
        Flush,
        Install,
        Unlock,
        Wake,
    }

    /// <summary>Argument: context; Argument2: modes; Va, Length: what moves; Cursor: where to.</summary>
    public static Progress Step(Context c, ref Task t) => (Stage)t.Stage switch
    {
        Stage.Begin => Begin(c, ref t),         // arguments, mmap_lock for reading, the two mappings
        Stage.Look => Look(c, ref t),           // both PT locks inside: may it move at all?
        Stage.LockFolio => LockFolio(c, ref t), // no PT lock: others may change either place
        Stage.CheckPins => CheckPins(c, ref t), // both PT locks kept; GUP-fast may still pin right behind
        Stage.Clear => Clear(c, ref t),         // GUP-fast can see the hole
        Stage.Flush => Flush(c, ref t),         // GUP-fast is over when this is
        Stage.Install => Install(c, ref t),     // the pins again; PT locks dropped
        Stage.Unlock => Unlock(c, ref t),
        Stage.Wake => Wake(c, ref t),
    };

    private static EntryIndex Source(in Task t) => new(t.Mm, new Va((byte)(t.Va.Value + t.Done)));

    private static EntryIndex Target(in Task t) => new(t.Mm, new Va((byte)(t.Cursor + t.Done)));

    private static bool AllowsHoles(in Task t) => (t.Argument2 & ModeAllowHoles) != 0;

    private static Progress Begin(Context c, ref Task t)
    {
        var uffd = new UffdId(t.Argument);
        MmId mm = c.Machine.UffdAt(uffd).Mm;
        if (!c.Has(Fix.UffdMove))
        {
            return t.Finish(c, Errno.EINVAL);
        }

        if (Userfaultfd.IsChanging(c, uffd))
        {
            return t.Finish(c, Errno.EAGAIN);
        }

        if (!Userfaultfd.IsRange(t.Va, t.Length) || !Userfaultfd.IsRange(new Va(t.Cursor), t.Length))
        {
            return t.Finish(c, Errno.EINVAL);
        }

        if (!Userfaultfd.IsWatching(c, uffd))
        {
            return t.Finish(c, Errno.EINVAL); // whoever calls is another process: the watched one is gone
        }

        if (!t.TryReadMmap(c, mm))
        {
            return Progress.Wait;
        }

        t.Mm = mm;
        int source = c.Machine.FindVma(mm, t.Va);
        int target = c.Machine.FindVma(mm, new Va(t.Cursor));
        if (target >= 0 && c.Has(Fix.MfillPreparesFirst) && !c.VmaAt(mm, target).IsShared)
        {
            Memory.PrepareAnonVma(c, mm, target); // uffd_move_lock, which looks at nothing else
        }

        if (source < 0 || target < 0)
        {
            return t.Finish(c, Errno.ENOENT);
        }

        if (!IsCompatible(c, in t, in c.VmaAt(mm, source), in c.VmaAt(mm, target)))
        {
            return t.Finish(c, Errno.EINVAL);
        }

        Memory.PrepareAnonVma(c, mm, target);
        return t.Next(Stage.Look);
    }

    /// <summary>validate_move_areas: one mapping each, private, anonymous, writable; the target is watched.</summary>
    private static bool IsCompatible(Context c, in Task t, in Vma source, in Vma target) =>
        source.IsAnon && target.IsAnon && source.Has(VmFlags.Write) && target.Has(VmFlags.Write)
        && source.End >= t.Va.Value + t.Length && target.End >= t.Cursor + t.Length
        && target.Uffd == t.Argument + 1 && source.Has(VmFlags.Locked) == target.Has(VmFlags.Locked);

    private static Progress Look(Context c, ref Task t)
    {
        if (t.Done == t.Length)
        {
            return t.Next(Stage.Unlock);
        }

        EntryIndex source = Source(in t);
        EntryIndex target = Target(in t);
        bool table = c.Machine.PmdAt(source).Kind != PmdKind.None;
        if (!table && !AllowsHoles(in t))
        {
            return Stop(c, ref t, Errno.ENOENT);
        }

        MakeTable(c, source);
        MakeTable(c, target);
        if (!t.MayLockPt(c, source) || !t.MayLockPt(c, target))
        {
            return TaskOps.WaitForPt(c, t.MayLockPt(c, source) ? target : source);
        }

        Pte pte = c.PteAt(source);
        if (!c.PteAt(target).IsNone)
        {
            return Stop(c, ref t, Errno.EEXIST);
        }

        if (pte.IsMigration)
        {
            return c.Wait(WaitKind.Migration, pte.Pfn.Value);
        }

        t.Original = pte;
        t.FaultVa = source.Va; // which entry is in hand, once it is cleared
        return pte.IsNone ? PassHole(c, ref t)
            : pte.IsPresent ? LookAtPage(c, ref t, pte.Pfn)
            : pte.IsSwap ? LookAtSwap(c, ref t, pte)
            : Stop(c, ref t, Errno.EFAULT); // a marker
    }

    private static void MakeTable(Context c, EntryIndex entry)
    {
        if (c.Machine.PmdAt(entry).Kind == PmdKind.None)
        {
            c.Machine.SetPmd(ref c.Touched, entry, Pmd.Table);
        }
    }

    private static Progress PassHole(Context c, ref Task t)
    {
        if (!AllowsHoles(in t))
        {
            return Stop(c, ref t, Errno.ENOENT);
        }

        t.Done++;
        return t.Next(Stage.Look);
    }

    private static Progress LookAtPage(Context c, ref Task t, Pfn pfn)
    {
        t.Pfn = pfn;
        if (pfn.IsZeroPage)
        {
            return t.Next(Stage.CheckPins);
        }

        if (!c.FrameAt(pfn).AnonExclusive)
        {
            return Stop(c, ref t, Errno.EBUSY);
        }

        t.Hold(c, pfn);
        return t.Next(Stage.LockFolio);
    }

    private static Progress LookAtSwap(Context c, ref Task t, Pte pte)
    {
        if ((pte.Bits & EntryBits.Exclusive) == 0)
        {
            return Stop(c, ref t, Errno.EBUSY);
        }

        t.Pfn = c.SlotAt(pte.Slot).CachePage;
        if (t.Pfn.IsZeroPage)
        {
            return t.Next(Stage.CheckPins);
        }

        t.Hold(c, t.Pfn);
        return t.Next(Stage.LockFolio);
    }

    private static Progress LockFolio(Context c, ref Task t) =>
        t.TryLockPage(c, t.Pfn) ? t.Next(Stage.CheckPins) : c.Wait(WaitKind.PageLock, t.Pfn.Value);

    private static Progress CheckPins(Context c, ref Task t)
    {
        EntryIndex source = Source(in t);
        EntryIndex target = Target(in t);
        if (!t.MayLockPt(c, source) || !t.MayLockPt(c, target))
        {
            return TaskOps.WaitForPt(c, t.MayLockPt(c, source) ? target : source);
        }

        if (!IsStable(c, in t, source, target))
        {
            GiveBack(c, ref t);
            return t.Next(Stage.Look); // EAGAIN inside: the page is looked at anew
        }

        if (t.Original.IsPresent && IsBusy(c, t.Pfn))
        {
            GiveBack(c, ref t);
            return Stop(c, ref t, Errno.EBUSY);
        }

        t.KeepPtLock(c, source);
        if (target.PtLock != source.PtLock)
        {
            t.KeepSecondPtLock(c, target);
        }

        return t.Next(Stage.Clear);
    }

    private static Progress Clear(Context c, ref Task t)
    {
        t.Carried = c.PteAt(Source(in t)); // the hardware may have set young and dirty since
        c.SetPte(Source(in t), Pte.None);
        if (!t.Carried.IsPresent)
        {
            return Install(c, ref t); // nobody without the locks can tell a swap entry from a hole
        }

        TlbFlush.Owe(ref t, t.Mm);
        return t.Next(Stage.Flush);
    }

    /// <summary>Whether both entries, and the swap cache beside them, are what they were.</summary>
    private static bool IsStable(Context c, in Task t, EntryIndex source, EntryIndex target) =>
        c.PteAt(source) == t.Original && c.PteAt(target).IsNone
        && (!t.Original.IsSwap || c.SlotAt(t.Original.Slot).CachePage == t.Pfn);

    private static bool IsBusy(Context c, Pfn pfn) =>
        !pfn.IsZeroPage && (c.FrameAt(pfn).MaybeDmaPinned || !c.FrameAt(pfn).AnonExclusive);

    private static Progress Flush(Context c, ref Task t)
    {
        if (TlbFlush.MustWait(c, in t, t.Mm))
        {
            return TlbFlush.Wait(c, t.Mm);
        }

        TlbFlush.Page(c, t.Mm, Source(in t).Va);
        TlbFlush.Settle(c, ref t, t.Mm);
        return t.Next(Stage.Install);
    }

    private static Progress Install(Context c, ref Task t)
    {
        bool met = t.Carried.IsPresent && IsBusy(c, t.Pfn) && c.Has(Fix.MovePinCheck);
        if (met)
        {
            c.Reach(Goal.UffdMoveMetPin);
            Rmap.PutBack(c, in t, Source(in t));
        }
        else
        {
            c.Reach(t.Carried.IsSwap ? Goal.UffdMovedSwapEntry : Goal.UffdMoved);
            c.SetPte(Target(in t), Moved(c, in t));
            c.Effect = new MemoryEffect(
                MemoryEffectKind.Move, Target(in t), t.Pfn, default, Until: Source(in t).Va.Value);
        }

        t.Carried = Pte.None;
        t.DropPtLocks(c);
        GiveBack(c, ref t);
        t.Done += (byte)(met ? 0 : 1);
        return met ? Stop(c, ref t, Errno.EBUSY) : t.Next(Stage.Look);
    }

    /// <summary>A fresh, writable entry that is marked as changed; a swap entry as it is, and marked.</summary>
    private static Pte Moved(Context c, in Task t)
    {
        ref readonly Vma vma = ref c.VmaAt(t.Mm, c.Machine.FindVma(t.Mm, Target(in t).Va));
        if (t.Carried.IsSwap)
        {
            EntryBits set = c.Has(Fix.MoveSoftDirtySwap) ? EntryBits.SoftDirty : EntryBits.None;
            EntryBits clear = c.Has(Fix.MoveUffdClear) ? EntryBits.UffdWp : EntryBits.None;
            return Pte.Swap(
                t.Carried.Slot, Carry.Over(c, Transition.UffdMove, MemoryKind.Anon, t.Carried.Bits, set, clear));
        }

        EntryBits fresh = EntryBits.Young | (Memory.PageProt(in vma) & ~EntryBits.Write);
        if (t.Pfn.IsZeroPage)
        {
            return Pte.Present(
                Pfn.Zero, Carry.Over(c, Transition.UffdMove, MemoryKind.Anon, EntryBits.None, fresh));
        }

        EntryBits dirty = t.Carried.Bits & EntryBits.Dirty;
        EntryBits from = dirty | Memory.ExclusiveBit(in c.FrameAt(t.Pfn));
        EntryBits bits = fresh | EntryBits.SoftDirty | Memory.MaybeMkWrite(in vma);
        bits = Carry.Over(c, Transition.UffdMove, MemoryKind.Anon, from, bits);
        if (((from ^ bits) & EntryBits.Exclusive) != 0)
        {
            Memory.SetExclusive(c, ref c.ChangeFrame(t.Pfn), (bits & EntryBits.Exclusive) != 0);
        }

        return Pte.Present(t.Pfn, bits);
    }

    private static void GiveBack(Context c, ref Task t)
    {
        if (t.HoldCount != 0)
        {
            Swapfile.PutPage(c, ref t, t.Pfn);
        }
    }

    private static Progress Stop(Context c, ref Task t, Errno errno) =>
        t.Done == 0 ? t.Finish(c, errno) : t.Next(Stage.Unlock);

    private static Progress Unlock(Context c, ref Task t)
    {
        t.UnlockMmaps(c);
        return t.Next(Stage.Wake);
    }

    private static Progress Wake(Context c, ref Task t)
    {
        if ((t.Argument2 & UffdFill.ModeDontwake) == 0)
        {
            Userfaultfd.Wake(c, new UffdId(t.Argument), t.Mm, t.Cursor, t.Cursor + t.Done);
        }

        return t.Finish(c, t.Done == t.Length ? Errno.None : Errno.EAGAIN);
    }
}
