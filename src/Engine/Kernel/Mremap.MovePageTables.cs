// move_page_tables: takes each entry out of the old place and puts it in at the new one, as it is but for its marks,
// under the page-table locks of both; and flushes the old place before it drops them, since from then on others can
// take the moved pages away at the new one. Not covered: moving whole page tables (move_normal_pmd), huge PMDs.

using System;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Kernel;

/// <summary>Cursor, End: what is moved; Va and Argument say how far.</summary>
internal static class MovePageTables
{
    private enum Stage : byte
    {
        Lock,
        Move,
        Flush,
        FlushLate,
    }

    public static Progress Step(Context c, ref Task t) => (Stage)t.Stage switch
    {
        Stage.Lock => Lock(c, ref t),   // both PT locks, kept for what lies under one PMD on either side
        Stage.Move => Move(c, ref t),   // GUP-fast and the hardware see it at one place or the other
        Stage.Flush => Flush(c, ref t), // PT locks dropped
        Stage.FlushLate => FlushLate(c, ref t),
    };

    private static EntryIndex Source(in Task t) => SourceOf(in t, t.Cursor);

    private static EntryIndex Target(in Task t) => TargetOf(in t, t.Cursor);

    private static EntryIndex SourceOf(in Task t, int va) => new(t.Mm, new Va((byte)va));

    private static EntryIndex TargetOf(in Task t, int va) => new(t.Mm, new Va((byte)(va - t.Va.Value + t.Argument)));

    private static Progress Lock(Context c, ref Task t)
    {
        int cursor = t.Cursor;
        while (cursor < t.End && c.Machine.PmdAt(SourceOf(in t, cursor)).Kind == PmdKind.None)
        {
            cursor++;
        }

        if (cursor == t.End)
        {
            return t.OwesFlush == 0 ? t.Return() : t.Next(Stage.FlushLate);
        }

        EntryIndex source = SourceOf(in t, cursor);
        EntryIndex target = TargetOf(in t, cursor);
        if (!t.MayLockPt(c, source) || !t.MayLockPt(c, target))
        {
            return TaskOps.WaitForPt(c, t.MayLockPt(c, source) ? target : source);
        }

        if (TlbFlush.IsBatched(c, t.Mm) && TlbFlush.MustWait(c, in t, t.Mm))
        {
            return TlbFlush.Wait(c, t.Mm);
        }

        TlbFlush.Batched(c, t.Mm); // what reclaim has emptied must not hide a translation that still lives
        t.KeepPtLock(c, source);
        if (target.PtLock != source.PtLock)
        {
            t.KeepSecondPtLock(c, target);
        }

        if (c.Machine.PmdAt(target).Kind == PmdKind.None)
        {
            c.Machine.SetPmd(ref c.Touched, target, Pmd.Table);
        }

        t.Cursor = (byte)cursor;
        t.Entry = (byte)cursor; // where the flush begins
        return t.Next(Stage.Move);
    }

    /// <summary>The first page that is under another PMD than the one at hand, on either side, or the end.</summary>
    private static int ExtentEnd(in Task t)
    {
        int left = Limits.HpagePmdNr - Math.Max(
            Source(in t).Va.Value % Limits.HpagePmdNr, Target(in t).Va.Value % Limits.HpagePmdNr);
        return Math.Min(t.End, t.Cursor + left);
    }

    private static Progress Move(Context c, ref Task t)
    {
        int end = ExtentEnd(in t);
        while (t.Cursor < end && c.PteAt(Source(in t)).IsNone)
        {
            t.Cursor++;
        }

        if (t.Cursor == end)
        {
            return t.Next(Stage.Flush);
        }

        EntryIndex source = Source(in t);
        Pte pte = c.PteAt(source);
        ref readonly Vma old = ref c.VmaAt(t.Mm, c.Machine.FindVma(t.Mm, source.Va));
        bool watched = (old.Flags & VmFlags.UffdAny) != 0; // in whatever mode, if EVENT_REMAP was not asked for
        bool unprotects = watched && c.Has(Fix.MremapUffdClear)
            && !UffdEvents.Wants(c, in old, UffdFeatures.EventRemap);
        c.SetPte(source, Pte.None);
        c.SetPte(Target(in t), Moved(c, in old, pte, unprotects));
        if (pte.IsPresent)
        {
            TlbFlush.Owe(ref t, t.Mm);
        }

        t.Cursor++;
        return t.Next(t.Cursor == end ? Stage.Flush : Stage.Move);
    }

    private static Pte Moved(Context c, in Vma old, Pte pte, bool unprotects)
    {
        EntryBits clear = unprotects ? EntryBits.UffdWp : EntryBits.None;
        switch (pte.Kind)
        {
            case PteKind.Present:
                return MovedPresent(c, pte, clear);
            case PteKind.Swap:
                c.Reach(Goal.MremapOfSwapEntry);
                bool mistaken = !c.Has(Fix.MremapSoftDirtySwap) && pte.Write; // asks what only a present entry has
                EntryBits set = mistaken ? EntryBits.None : EntryBits.SoftDirty;
                return Pte.Swap(pte.Slot, Carry.Over(c, Transition.Mremap, MemoryKind.Anon, pte.Bits, set, clear));
            case PteKind.HwPoison:
                MemoryKind failed = ChangeProtection.KindOf(c, pte);
                return Pte.HwPoison(
                    pte.Pfn, Carry.Over(c, Transition.Mremap, failed, pte.Bits, EntryBits.SoftDirty, clear));
            case PteKind.MigrationRead:
            case PteKind.MigrationReadExclusive:
            case PteKind.MigrationWrite:
                c.Reach(Goal.MremapOfMigrationEntry);
                EntryBits from = ChangeProtection.MigrationBits(pte);
                MemoryKind kind = ChangeProtection.KindOf(c, pte);
                return Pte.Migration(
                    pte.Pfn, Carry.Over(c, Transition.Mremap, kind, from, EntryBits.SoftDirty, clear));
            default:
                return pte.IsMarker
                    ? Carry.Marker(c, Transition.Mremap, Carry.KindOf(in old), pte.Bits, EntryBits.None, clear)
                    : pte.IsNone ? pte : pte.Without(clear);
        }
    }

    private static Pte MovedPresent(Context c, Pte pte, EntryBits clear)
    {
        ref readonly Frame frame = ref c.FrameAt(pte.Pfn);
        c.Reach(frame.MaybeDmaPinned ? Goal.MremapOfPinnedPage : Goal.MremapOfPage);
        if (pte.UffdWp)
        {
            c.Reach(Goal.MremapOfProtectedPage);
        }

        EntryBits from = pte.Bits | Memory.ExclusiveBit(in frame);
        MemoryKind kind = ChangeProtection.KindOf(c, pte);
        EntryBits bits = Carry.Over(c, Transition.Mremap, kind, from, EntryBits.SoftDirty, clear);
        if (frame.IsAnon && frame.AnonExclusive != ((bits & EntryBits.Exclusive) != 0))
        {
            Memory.SetExclusive(c, ref c.ChangeFrame(pte.Pfn), (bits & EntryBits.Exclusive) != 0);
        }

        return Pte.Present(pte.Pfn, bits);
    }

    private static Progress Flush(Context c, ref Task t)
    {
        if (t.OwesFlush != 0 && c.Has(Fix.MremapFlush))
        {
            if (TlbFlush.MustWait(c, in t, t.Mm))
            {
                return TlbFlush.Wait(c, t.Mm);
            }

            TlbFlush.Range(c, t.Mm, t.Entry, t.Cursor);
            TlbFlush.Settle(c, ref t, t.Mm);
        }

        t.DropPtLocks(c);
        return t.Next(Stage.Lock);
    }

    /// <summary>Up to 4.18: when anybody can have taken the pages away at their new place.</summary>
    private static Progress FlushLate(Context c, ref Task t)
    {
        if (TlbFlush.MustWait(c, in t, t.Mm))
        {
            return TlbFlush.Wait(c, t.Mm);
        }

        TlbFlush.Range(c, t.Mm, t.OuterCursor, t.End);
        TlbFlush.Settle(c, ref t, t.Mm);
        return t.Return();
    }
}
