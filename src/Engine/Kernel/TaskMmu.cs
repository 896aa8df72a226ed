// /proc/pid/clear_refs, 4: forget what was written, write-protect, so that the next store to each page faults and
// leaves its mark; and what /proc/pid/pagemap then says. mmap_lock is held for writing throughout since 5.11; before,
// it was downgraded for the walk. Not covered: huge pages, PAGEMAP_SCAN.

using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Kernel;

internal static class TaskMmu
{
    private enum Stage : byte
    {
        Begin,
        Entry,
        Flush,
        End,
    }

    public static Progress ClearRefs(Context c, ref Task t) => (Stage)t.Stage switch
    {
        Stage.Begin => Begin(c, ref t), // mmap_lock for writing, kept to the end (up to 5.10 for reading)
        Stage.Entry => Entry(c, ref t), // PT lock inside, one entry
        Stage.Flush => Flush(c, ref t), // other CPUs stored unnoticed until here
        Stage.End => End(c, ref t),
    };

    /// <summary>Bit 55 of /proc/pid/pagemap: whether the page was or may have been written since clear_refs.</summary>
    public static bool PagemapSoftDirty(Context c, EntryIndex e)
    {
        int index = c.Machine.FindVma(e.Mm, e.Va);
        Pte pte = c.PteAt(e);
        return (index >= 0 && c.VmaAt(e.Mm, index).Has(VmFlags.SoftDirty)) || (pte.NamesPage && pte.SoftDirty);
    }

    private static Progress Begin(Context c, ref Task t)
    {
        if (!c.MmAt(t.Mm).IsLive)
        {
            return t.Finish(c, Errno.ESRCH);
        }

        if (!t.TryWriteMmap(c, t.Mm))
        {
            return Progress.Wait;
        }

        for (int i = 0; i < c.MmAt(t.Mm).VmaCount; i++)
        {
            c.ChangeVma(t.Mm, i).Flags &= ~VmFlags.SoftDirty;
            VmaTree.SetPageProt(c, t.Mm, i);
        }

        if (!c.Has(Fix.ClearRefsLocking))
        {
            t.DowngradeMmap(c, t.Mm);
        }

        TlbFlush.BeginGather(c, ref t, t.Mm);
        t.Cursor = 0;
        t.End = Limits.PagesPerMm;
        return t.Next(Stage.Entry);
    }

    private static Progress Entry(Context c, ref Task t)
    {
        for (int page = t.Cursor; page < t.End; page++)
        {
            var entry = new EntryIndex(t.Mm, new Va((byte)page));
            if (!t.MayLockPt(c, entry))
            {
                if (page > t.Cursor)
                {
                    t.Cursor = (byte)page; // what was passed is passed, even if it changes while this one is waited for
                    return t.Next(Stage.Entry);
                }

                return TaskOps.WaitForPt(c, entry);
            }

            if (ClearSoftDirty(c, ref t, entry))
            {
                t.Cursor = (byte)(page + 1);
                return t.Next(t.Cursor < t.End ? Stage.Entry : Stage.Flush);
            }
        }

        return t.Next(Stage.Flush);
    }

    private static Progress Flush(Context c, ref Task t)
    {
        if (c.Has(Fix.SoftDirtyFlush))
        {
            if (TlbFlush.MustWait(c, in t, t.Mm))
            {
                return TlbFlush.Wait(c, t.Mm);
            }

            TlbFlush.Mm(c, t.Mm);
        }

        return t.Next(Stage.End);
    }

    private static Progress End(Context c, ref Task t)
    {
        TlbFlush.EndGather(c, ref t, t.Mm);
        TlbFlush.Settle(c, ref t, t.Mm);
        return t.Finish(c, Errno.None);
    }

    /// <summary>clear_soft_dirty; false if the entry stays as it is.</summary>
    private static bool ClearSoftDirty(Context c, ref Task t, EntryIndex entry)
    {
        Pte pte = c.PteAt(entry);
        switch (pte.Kind)
        {
            case PteKind.Present:
                return ClearPresent(c, ref t, entry, pte);
            case PteKind.Swap:
                return ChangeProtection.Replace(c, entry, pte, Pte.Swap(pte.Slot, Cleared(c, pte, pte.Bits)));
            case PteKind.HwPoison:
                return ChangeProtection.Replace(c, entry, pte, Pte.HwPoison(pte.Pfn, Cleared(c, pte, pte.Bits)));
            case PteKind.MigrationRead:
            case PteKind.MigrationReadExclusive:
            case PteKind.MigrationWrite:
                return ChangeProtection.Replace(c, entry, pte, Pte.Migration(pte.Pfn, ClearedMigration(c, pte)));
            default:
                return false;
        }
    }

    private static bool ClearPresent(Context c, ref Task t, EntryIndex entry, Pte pte)
    {
        if (IsPinned(c, entry, pte))
        {
            c.Reach(Goal.ClearRefsKeptPinned);
            return c.Has(Fix.ClearRefsPinnedMark)
                && ChangeProtection.Replace(c, entry, pte, pte.With(EntryBits.SoftDirty));
        }

        EntryBits from = pte.Bits | Memory.ExclusiveBit(in c.FrameAt(pte.Pfn));
        EntryBits bits = Cleared(c, pte, from);
        Pte now = Pte.Present(pte.Pfn, bits);
        if (now == pte && bits == from)
        {
            return false;
        }

        ChangeProtection.SetPresent(c, entry, pte.Pfn, bits);
        if (ChangeProtection.IsWeaker(pte, now))
        {
            TlbFlush.Owe(ref t, t.Mm);
        }

        return true;
    }

    /// <summary>
    /// pte_is_pinned: write-protecting a page that a device writes to would make the next store leave the device's
    /// page behind, and the device's stores cannot be noticed anyway.
    /// </summary>
    private static bool IsPinned(Context c, EntryIndex entry, Pte pte)
    {
        int index = c.Machine.FindVma(entry.Mm, entry.Va);
        return c.Has(Fix.ClearRefsPinned) && pte.Write && index >= 0 && c.VmaAt(entry.Mm, index).IsCow
            && c.MmAt(entry.Mm).HasPinned && c.FrameAt(pte.Pfn).MaybeDmaPinned;
    }

    /// <summary>
    /// A write entry stays one in every release up to 6.18, so that the page comes back soft-clean and writable: a
    /// clean one is then stored to without anybody noticing. The repaired kernel makes it a read entry.
    /// </summary>
    private static EntryBits ClearedMigration(Context c, Pte pte)
    {
        EntryBits bits = Cleared(c, pte, ChangeProtection.MigrationBits(pte));
        return c.Has(Fix.ClearRefsMigration) ? ChangeProtection.MigrationReadBits(c, pte, bits) : bits;
    }

    private static EntryBits Cleared(Context c, Pte pte, EntryBits from)
    {
        EntryBits clear = pte.IsPresent ? EntryBits.SoftDirty | EntryBits.Write : EntryBits.SoftDirty;
        return Carry.Over(c, Transition.ClearRefs, ChangeProtection.KindOf(c, pte), from, EntryBits.None, clear);
    }
}
