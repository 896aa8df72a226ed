// PAGEMAP_SCAN for written pages, and with WP_MATCHING their protection in the same pass. An entry without uffd_wp
// counts as written, one that is none too. The PT lock is kept for all entries under one PMD, and their flush comes
// before it is dropped.
// Not covered: other categories, limits on the output, protecting without output, huge pages.

using System;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Kernel;

internal static class PagemapScan
{
    /// <summary>PM_SCAN_WP_MATCHING.</summary>
    public const int WpMatching = 1;

    /// <summary>PM_SCAN_CHECK_WPASYNC.</summary>
    public const int CheckWpAsync = 2;

    private enum Stage : byte
    {
        Begin,
        Visit,
        LockGroup,
        Look,
        Protect,
        Flush,
    }

    /// <summary>Argument2: flags; Value: bit n for page n that was written.</summary>
    public static Progress Step(Context c, ref Task t) => (Stage)t.Stage switch
    {
        Stage.Begin => Begin(c, ref t),
        Stage.Visit => Visit(c, ref t),         // one mapping; what came before an error stays done
        Stage.LockGroup => LockGroup(c, ref t), // PT lock, kept for the entries under one PMD
        Stage.Look => Look(c, ref t),           // the hardware may set dirty between the look and the change
        Stage.Protect => Protect(c, ref t),
        Stage.Flush => Flush(c, ref t),         // then the PT lock is dropped
    };

    private static bool Protects(in Task t) => (t.Argument2 & WpMatching) != 0;

    private static Progress Begin(Context c, ref Task t)
    {
        if (!c.Has(Fix.PagemapScan))
        {
            return t.Finish(c, Errno.ENOTTY);
        }

        if (!t.TryReadMmap(c, t.Mm))
        {
            return Progress.Wait;
        }

        t.OuterCursor = t.Va.Value;
        return t.Next(Stage.Visit);
    }

    private static Progress Visit(Context c, ref Task t)
    {
        int end = t.Va.Value + t.Length;
        int index = VmaTree.NextVma(c, t.Mm, t.OuterCursor, end);
        if (index < 0)
        {
            return t.Finish(c, Errno.None);
        }

        ref readonly Vma vma = ref c.VmaAt(t.Mm, index);
        t.Cursor = Math.Max(t.OuterCursor, vma.Start);
        t.End = (byte)Math.Min(end, vma.End);
        t.OuterCursor = t.End;
        if (Userfaultfd.IsWpAsync(c, in vma))
        {
            return t.Next(Stage.LockGroup);
        }

        return (t.Argument2 & CheckWpAsync) != 0 ? t.Finish(c, Errno.EPERM)
            : t.Next(Protects(in t) ? Stage.Visit : Stage.LockGroup);
    }

    private static Progress LockGroup(Context c, ref Task t)
    {
        if (t.Cursor == t.End)
        {
            return t.Next(Stage.Visit);
        }

        var entry = new EntryIndex(t.Mm, new Va(t.Cursor));
        if (!t.MayLockPt(c, entry))
        {
            return TaskOps.WaitForPt(c, entry);
        }

        if (Protects(in t) && c.Machine.PmdAt(entry).Kind == PmdKind.None)
        {
            c.Machine.SetPmd(ref c.Touched, entry, Pmd.Table); // none entries get markers, and those need a table
        }

        t.KeepPtLock(c, entry);
        t.Entry = t.Cursor; // where the flush begins
        t.Clear(TaskFlags.Changed);
        return t.Next(Stage.Look);
    }

    private static Progress Look(Context c, ref Task t)
    {
        int end = Math.Min(t.End, (t.Entry & ~(Limits.HpagePmdNr - 1)) + Limits.HpagePmdNr);
        for (; t.Cursor < end; t.Cursor++)
        {
            Pte pte = c.PteAt(new EntryIndex(t.Mm, new Va(t.Cursor)));
            if (!pte.IsNone && pte.UffdWp)
            {
                continue;
            }

            c.Reach(Goal.ScanFoundWritten);
            t.Value = new Token((ushort)(t.Value.Value | (1 << t.Cursor)));
            if (Protects(in t))
            {
                t.Original = pte;
                return t.Next(Stage.Protect);
            }
        }

        return t.Next(Stage.Flush);
    }

    /// <summary>
    /// make_uffd_wp_pte. Up to 6.8 the entry was built from what was read before it was cleared, so that a dirty bit
    /// set meanwhile was lost.
    /// </summary>
    private static Progress Protect(Context c, ref Task t)
    {
        var entry = new EntryIndex(t.Mm, new Va(t.Cursor));
        Pte now = c.PteAt(entry);
        Pte pte = c.Has(Fix.ScanWpAtomic) ? now : t.Original;
        if (pte.IsPresent)
        {
            EntryBits from = pte.Bits | Memory.ExclusiveBit(in c.FrameAt(pte.Pfn));
            MemoryKind kind = ChangeProtection.KindOf(c, pte);
            EntryBits bits = Carry.Over(
                c, Transition.PagemapScan, kind, from, EntryBits.UffdWp, EntryBits.Write);
            ChangeProtection.SetPresent(c, entry, pte.Pfn, bits);
        }
        else if (pte.IsSwap)
        {
            EntryBits bits = Carry.Over(c, Transition.PagemapScan, MemoryKind.Anon, pte.Bits, EntryBits.UffdWp);
            c.SetPte(entry, Pte.Swap(pte.Slot, bits));
        }
        else if (pte.Kind == PteKind.HwPoison)
        {
            MemoryKind kind = ChangeProtection.KindOf(c, pte);
            EntryBits bits = Carry.Over(c, Transition.PagemapScan, kind, pte.Bits, EntryBits.UffdWp);
            c.SetPte(entry, Pte.HwPoison(pte.Pfn, bits));
        }
        else if (pte.IsMigration)
        {
            EntryBits from = ChangeProtection.MigrationBits(pte);
            MemoryKind kind = ChangeProtection.KindOf(c, pte);
            EntryBits bits = Carry.Over(c, Transition.PagemapScan, kind, from, EntryBits.UffdWp);
            bits = c.Has(Fix.ScanMigration) ? ChangeProtection.MigrationReadBits(c, pte, bits) : bits;
            c.SetPte(entry, Pte.Migration(pte.Pfn, bits));
        }
        else if (pte.IsNone)
        {
            MemoryKind kind = Carry.KindOf(in c.VmaAt(t.Mm, c.Machine.FindVma(t.Mm, entry.Va)));
            c.SetPte(entry, Carry.Marker(c, Transition.PagemapScan, kind, EntryBits.None, EntryBits.UffdWp));
        }
        else if (pte.Kind == PteKind.PoisonMarker)
        {
            MemoryKind kind = Carry.KindOf(in c.VmaAt(t.Mm, c.Machine.FindVma(t.Mm, entry.Va)));
            c.SetPte(entry, Carry.Poisoned(c, Transition.PagemapScan, kind, pte.Bits, EntryBits.UffdWp));
        }
        else if (pte.IsGuard)
        {
            MemoryKind kind = Carry.KindOf(in c.VmaAt(t.Mm, c.Machine.FindVma(t.Mm, entry.Va)));
            c.SetPte(entry, Carry.Guard(c, Transition.PagemapScan, kind, pte.Bits, EntryBits.UffdWp));
        }

        t.Set(TaskFlags.Changed); // whatever was there: reclaim may owe a flush of what the entry was before
        TlbFlush.Owe(ref t, t.Mm);
        t.Cursor++;
        return t.Next(Stage.Look);
    }

    private static Progress Flush(Context c, ref Task t)
    {
        if (t.Has(TaskFlags.Changed))
        {
            if (TlbFlush.MustWait(c, in t, t.Mm))
            {
                return TlbFlush.Wait(c, t.Mm);
            }

            TlbFlush.Range(c, t.Mm, t.Entry, t.Cursor);
            TlbFlush.Settle(c, ref t, t.Mm);
        }

        t.DropPtLocks(c);
        return t.Next(Stage.LockGroup);
    }
}
