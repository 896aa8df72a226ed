// copy_pte_range: what becomes of each entry of the parent, and what the child gets. An anonymous page takes two
// stages, since GUP-fast can pin it between the look at its pins and the write-protection.
// Not covered: device memory, huge pages.

using System;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Kernel;

internal static partial class Fork
{
    private static EntryIndex ParentEntry(in Task t) => new(t.Mm, new Va(t.Cursor));

    private static EntryIndex ChildEntry(in Task t) => new(t.Child, new Va(t.Cursor));

    private static ref readonly Vma ParentVma(Context c, in Task t) => ref c.VmaAt(t.Mm, t.OuterCursor);

    private static ref readonly Vma ChildVma(Context c, in Task t) =>
        ref c.VmaAt(t.Child, c.Machine.FindVma(t.Child, new Va(t.Cursor)));

    private static Progress LockGroup(Context c, ref Task t)
    {
        int cursor = t.Cursor;
        while (cursor < t.End && c.Machine.PmdAt(new EntryIndex(t.Mm, new Va((byte)cursor))).Kind == PmdKind.None)
        {
            cursor++;
        }

        if (cursor == t.End)
        {
            return t.Next(Stage.EndVma);
        }

        var parent = new EntryIndex(t.Mm, new Va((byte)cursor));
        var child = new EntryIndex(t.Child, new Va((byte)cursor));
        if (!t.MayLockPt(c, parent))
        {
            return TaskOps.WaitForPt(c, parent);
        }

        if (!t.MayLockPt(c, child))
        {
            return TaskOps.WaitForPt(c, child); // an rmap walk met what an earlier mapping left there
        }

        t.KeepPtLock(c, parent);
        t.KeepSecondPtLock(c, child);
        c.Machine.SetPmd(ref c.Touched, child, Pmd.Table);
        t.Cursor = (byte)cursor;
        return GoOn(c, ref t);
    }

    /// <summary>To the next entry under the locks that has something to copy, or out of the locks.</summary>
    private static Progress GoOn(Context c, ref Task t)
    {
        int group = (t.PtLock - 1) % Limits.PmdsPerMm;
        int end = Math.Min(t.End, (group + 1) * Limits.HpagePmdNr);
        while (t.Cursor < end && HasNothingToCopy(c, in t, c.PteAt(ParentEntry(in t))))
        {
            t.Cursor++;
        }

        if (t.Cursor < end)
        {
            return t.Next(Stage.CopyEntry);
        }

        t.DropPtLocks(c);
        return t.Next(t.Cursor == t.End ? Stage.EndVma : Stage.LockGroup);
    }

    /// <summary>copy_pte_marker (6.2): a marker says "registered", which the child is only with EVENT_FORK.</summary>
    private static bool HasNothingToCopy(Context c, in Task t, Pte pte)
    {
        if (pte.IsMarker)
        {
            c.Reach(Goal.ForkOfMarker);
        }

        return pte.IsNone || (pte.IsMarker && !ChildVma(c, in t).UffdWp && c.Has(Fix.UffdMarkerFork));
    }

    private static Progress CopyEntry(Context c, ref Task t)
    {
        Pte pte = c.PteAt(ParentEntry(in t));
        if (pte.IsPresent)
        {
            return CopyPresentPte(c, ref t, pte);
        }

        if (pte.IsSwap)
        {
            CopySwapEntry(c, in t, pte);
        }
        else if (pte.IsMigration)
        {
            CopyMigrationEntry(c, in t, pte);
        }
        else
        {
            // errors and guards hold for the child, too; what a scan protected is made anew (make_pte_marker)
            MemoryKind kind = Carry.KindOf(in ChildVma(c, in t));
            Pte made = pte.Kind == PteKind.PoisonMarker ? Pte.Poisoned()
                : pte.IsGuard ? Guard(c)
                : pte.Kind == PteKind.HwPoison ? CopyHwPoison(c, in t, pte)
                : pte;
            c.SetPte(ChildEntry(in t), pte.IsMarker ? Carry.Marker(c, Transition.ForkChild, kind, pte.Bits) : made);
        }

        t.Cursor++;
        return GoOn(c, ref t);
    }

    private static Pte CopyHwPoison(Context c, in Task t, Pte pte)
    {
        MemoryKind kind = Rmap.KindOf(in c.FrameAt(pte.Pfn));
        EntryBits clear = UffdToClear(c, in t, present: false);
        return Pte.HwPoison(
            pte.Pfn, Carry.Over(c, Transition.ForkChild, kind, pte.Bits, EntryBits.None, clear));
    }

    private static Pte Guard(Context c)
    {
        c.Reach(Goal.ForkOfGuard);
        return Pte.Guard();
    }

    private static Progress CopyPresentPte(Context c, ref Task t, Pte pte)
    {
        Pfn pfn = pte.Pfn;
        if (!c.FrameAt(pfn).IsAnon)
        {
            MemoryKind kind = Rmap.KindOf(in c.FrameAt(pfn));
            PageAlloc.Get(c, pfn, 1);
            DupEntry(c, ref t, pte, kind);
            t.Cursor++;
            return GoOn(c, ref t);
        }

        if (NeedsCowForDma(c, in t, pfn))
        {
            return CopyPresentPage(c, ref t, pte);
        }

        Memory.SetExclusive(c, ref c.ChangeFrame(pfn), exclusive: false);
        t.Hold(c, pfn);
        t.Pfn = pfn;
        return t.Next(Stage.WriteProtect);
    }

    /// <summary>
    /// page_needs_cow_for_dma: write-protected, the page would be left behind by the parent's next store. Since
    /// 5.19 it is asked of exclusive pages only: no other can be pinned.
    /// </summary>
    private static bool NeedsCowForDma(Context c, in Task t, Pfn pfn)
    {
        ref readonly Frame frame = ref c.FrameAt(pfn);
        return c.Has(Fix.EarlyCowFork)
            && ParentVma(c, in t).IsCow
            && c.MmAt(t.Mm).HasPinned
            && frame.MaybeDmaPinned
            && (frame.AnonExclusive || !c.Profile.TracksExclusive);
    }

    /// <summary>The child gets its own copy now; the parent keeps the page, its rights and its exclusivity.</summary>
    private static Progress CopyPresentPage(Context c, ref Task t, Pte pte)
    {
        if (!PageAlloc.Alloc(c, ref t, out Pfn fresh))
        {
            t.Set(TaskFlags.Failing);
            t.DropPtLocks(c);
            return t.Next(Stage.EndVma);
        }

        if (MemoryFailure.StopsCopy(c, pte.Pfn, Fix.ForkMachineCheck))
        {
            t.Drop(c, fresh);
            t.Set(TaskFlags.Failing);
            t.DropPtLocks(c);
            return t.Next(Stage.EndVma);
        }

        c.Reach(Goal.ForkEarlyCopy);
        c.Machine.SetContent(ref c.Touched, fresh, c.FrameAt(pte.Pfn).Content);
        ref readonly Vma child = ref ChildVma(c, in t);
        EntryBits set = EntryBits.Young | Memory.PageProt(in child) | Memory.MaybeMkWrite(in child);
        set = Carry.MkDirty(set) | EntryBits.Exclusive;
        EntryBits clear = child.UffdWp ? EntryBits.None : EntryBits.UffdWp;
        if (child.UffdWp && pte.UffdWp)
        {
            set &= ~EntryBits.Write;
        }

        EntryBits bits = Carry.Over(c, Transition.ForkEarlyCopy, MemoryKind.Anon, pte.Bits, set, clear);
        Memory.AddNewAnonRmap(c, ref t, fresh, (bits & EntryBits.Exclusive) != 0);
        c.SetPte(ChildEntry(in t), Pte.Present(fresh, bits));
        t.Cursor++;
        return GoOn(c, ref t);
    }

    private static Progress WriteProtect(Context c, ref Task t)
    {
        DupEntry(c, ref t, c.PteAt(ParentEntry(in t)), MemoryKind.Anon);
        t.HandOver(t.Pfn);
        t.Cursor++;
        return GoOn(c, ref t);
    }

    /// <summary>One page, two entries; the reference of the child's entry has been taken.</summary>
    private static void DupEntry(Context c, ref Task t, Pte pte, MemoryKind kind)
    {
        Pfn pfn = pte.Pfn;
        EntryBits clear = UffdToClear(c, in t, present: true);
        bool cow = ParentVma(c, in t).IsCow;
        EntryBits set = cow ? EntryBits.None : pte.Bits & EntryBits.Write;
        clear |= cow ? EntryBits.None : EntryBits.Dirty; // what was stored through is the parent's to tell
        EntryBits child = Carry.Over(c, Transition.ForkChild, kind, pte.Bits, set, clear);
        EntryBits parent = pte.Bits;
        if (cow)
        {
            parent = Carry.Over(c, Transition.ForkParent, kind, pte.Bits);
            c.SetPte(ParentEntry(in t), Pte.Present(pfn, parent));
            if ((pte.Bits & ~parent & EntryBits.Write) != 0)
            {
                TlbFlush.Owe(ref t, t.Mm);
            }
        }

        if (!pfn.IsZeroPage)
        {
            ref Frame frame = ref c.ChangeFrame(pfn);
            frame.Mapcount++;
            if (frame.IsAnon)
            {
                Memory.SetExclusive(c, ref frame, ((parent | child) & EntryBits.Exclusive) != 0);
            }
        }

        c.SetPte(ChildEntry(in t), Pte.Present(pfn, child));
    }

    /// <summary>
    /// Only with EVENT_FORK the child is registered. Up to 5.13 the parent's mapping was asked instead, and for swap
    /// and migration entries nobody.
    /// </summary>
    private static EntryBits UffdToClear(Context c, in Task t, bool present)
    {
        bool child = ChildVma(c, in t).UffdWp;
        bool keeps = child ? c.Has(Fix.UffdForkKeep)
            : c.Has(Fix.UffdForkClear) ? child
            : !present || ParentVma(c, in t).UffdWp;
        return keeps ? EntryBits.None : EntryBits.UffdWp;
    }

    private static void CopySwapEntry(Context c, in Task t, Pte pte)
    {
        c.Reach(Goal.ForkOfSwapEntry);
        Swapfile.SwapDuplicate(c, pte.Slot);
        EntryBits clear = c.Has(Fix.SwapExclusiveForkParent) ? EntryBits.Exclusive : EntryBits.None;
        EntryBits bits = Carry.Over(c, Transition.ForkParent, MemoryKind.Anon, pte.Bits, EntryBits.None, clear);
        c.SetPte(ParentEntry(in t), Pte.Swap(pte.Slot, bits));

        clear = c.Has(Fix.SwapExclusiveForkChild) ? EntryBits.Exclusive : EntryBits.None;
        clear |= UffdToClear(c, in t, present: false);
        bits = Carry.Over(c, Transition.ForkChild, MemoryKind.Anon, pte.Bits, EntryBits.None, clear);
        c.SetPte(ChildEntry(in t), Pte.Swap(pte.Slot, bits));
    }

    private static void CopyMigrationEntry(Context c, in Task t, Pte pte)
    {
        c.Reach(Goal.ForkOfMigrationEntry);
        MemoryKind kind = Rmap.KindOf(in c.FrameAt(pte.Pfn));
        EntryBits rights = pte.Kind switch
        {
            PteKind.MigrationWrite => EntryBits.Write | EntryBits.Exclusive,
            PteKind.MigrationReadExclusive => EntryBits.Exclusive,
            PteKind.MigrationRead or PteKind.None or PteKind.Present or PteKind.Swap or PteKind.DevicePrivate
                or PteKind.DeviceExclusive or PteKind.HwPoison or PteKind.Marker or PteKind.PoisonMarker
                or PteKind.GuardMarker => EntryBits.None,
        };

        // make_readable_migration_entry: the page flag is cleared already, so the kind of entry is all there is.
        // Kernels without AnonExclusive turned write entries into read ones ever since
        bool shares = c.Has(Fix.ForkMigrationExclusive) || !c.Profile.TracksExclusive;
        EntryBits keep = shares && ParentVma(c, in t).IsCow ? EntryBits.None : rights;
        EntryBits bits = Carry.Over(c, Transition.ForkParent, kind, pte.Bits, keep);
        c.SetPte(ParentEntry(in t), Pte.Migration(pte.Pfn, bits));

        EntryBits clear = UffdToClear(c, in t, present: false);
        bits = Carry.Over(c, Transition.ForkChild, kind, pte.Bits, keep, clear);
        c.SetPte(ChildEntry(in t), Pte.Migration(pte.Pfn, bits));
    }
}
