// try_to_migrate turns every entry that maps the page t.Pfn into a migration entry; remove_migration_ptes turns them
// back, to the new page t.NewPfn or, if the migration was given up, to the old one. While migration entries stand,
// nobody can reach the page but through caches and handles.
// Not covered: huge PMDs, device memory, the deferred flush of async migration (6.3).

using System.Numerics;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Kernel;

internal static partial class Rmap
{
    private enum MigrateStage : byte
    {
        Begin,
        Flush,
        Replace,
        ReplaceTested,
    }

    private enum RestoreStage : byte
    {
        Restore,
    }

    public static Progress TryToMigrate(Context c, ref Task t) => (MigrateStage)t.Stage switch
    {
        MigrateStage.Begin => BeginMigrate(c, ref t),           // PT lock taken and kept; entry cleared
        MigrateStage.Flush => FlushForMigrate(c, ref t),        // GUP-fast is over when this is
        MigrateStage.Replace => Replace(c, ref t, tests: true), // pin check, migration entry, PT lock dropped
        MigrateStage.ReplaceTested => ReplaceTested(c, ref t),  // all at once, long after the pin check
    };

    public static Progress RemoveMigrationPtes(Context c, ref Task t) => (RestoreStage)t.Stage switch
    {
        RestoreStage.Restore => RestoreLowest(c, ref t), // one entry a stage; fork may add some meanwhile
    };

    private static Progress BeginMigrate(Context c, ref Task t)
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
        t.Entry = entry.Value;
        t.Carried = c.PteAt(entry);
        bool clearsFirst = !c.Profile.TracksExclusive || c.Has(Fix.MigrateClearFirst);
        if (!clearsFirst && IsPinned(c, in frame))
        {
            return RestoreAndFail(c, ref t);
        }

        t.KeepPtLock(c, entry);
        if (!clearsFirst)
        {
            t.Carried = Pte.None; // the entry is not in hand yet
            return t.Next(MigrateStage.ReplaceTested);
        }

        c.SetPte(entry, Pte.None);
        TlbFlush.Owe(ref t, entry.Mm);
        return t.Next(MigrateStage.Flush);
    }

    private static Progress FlushForMigrate(Context c, ref Task t)
    {
        var entry = new EntryIndex(t.Entry);
        if (TlbFlush.MustWait(c, in t, entry.Mm))
        {
            return TlbFlush.Wait(c, entry.Mm);
        }

        TlbFlush.Page(c, entry.Mm, entry.Va);
        TlbFlush.Settle(c, ref t, entry.Mm);
        return t.Next(MigrateStage.Replace);
    }

    private static Progress ReplaceTested(Context c, ref Task t)
    {
        var entry = new EntryIndex(t.Entry);
        if (TlbFlush.MustWait(c, in t, entry.Mm))
        {
            return TlbFlush.Wait(c, entry.Mm);
        }

        t.Carried = c.PteAt(entry); // the hardware may have set young and dirty since
        TlbFlush.Page(c, entry.Mm, entry.Va);
        TlbFlush.Settle(c, ref t, entry.Mm);
        return Replace(c, ref t, tests: false);
    }

    /// <summary>page_try_share_anon_rmap, the part that fails.</summary>
    private static bool IsPinned(Context c, in Frame frame) =>
        frame.AnonExclusive && frame.MaybeDmaPinned && c.Has(Fix.SharePinCheckMigration);

    private static Progress Replace(Context c, ref Task t, bool tests)
    {
        ref Frame frame = ref c.ChangeFrame(t.Pfn);
        KeepDirty(c, in t, ref frame);
        if (tests && IsPinned(c, in frame))
        {
            return RestoreAndFail(c, ref t);
        }

        InstallMigrationEntry(c, in t, ref frame);
        t.DropPtLocks(c);
        return t.Next(MigrateStage.Begin);
    }

    /// <summary>What stood in the entry t.Entry becomes a migration entry, and its page shared.</summary>
    public static void InstallMigrationEntry(Context c, in Task t, ref Frame frame)
    {
        EntryBits from = t.Carried.Bits | Memory.ExclusiveBit(in frame);
        Memory.SetExclusive(c, ref frame, exclusive: false);
        EntryBits clear = c.Has(Fix.MigrationReadExclusive) ? EntryBits.None : EntryBits.Exclusive;
        clear |= c.Has(Fix.UffdMigration) ? EntryBits.None : EntryBits.UffdWp;
        clear |= c.Has(Fix.MigrationYoungDirty) ? EntryBits.None : EntryBits.Young | EntryBits.Dirty;
        EntryBits bits = Carry.Over(c, Transition.MigrateBegin, KindOf(in frame), from, EntryBits.None, clear);
        c.SetPte(new EntryIndex(t.Entry), Pte.Migration(t.Pfn, bits));
        Remove(c, t.Pfn);
    }

    private static Progress RestoreLowest(Context c, ref Task t)
    {
        ulong migrating = c.Machine.EntriesMigrating(t.Pfn);
        if (migrating == 0)
        {
            return t.Return();
        }

        var entry = new EntryIndex((byte)BitOperations.TrailingZeroCount(migrating));
        if (!t.MayLockPt(c, entry))
        {
            return TaskOps.WaitForPt(c, entry);
        }

        bool aborted = t.Has(TaskFlags.Failing);
        Pfn pfn = aborted ? t.Pfn : t.NewPfn;
        Pte pte = c.PteAt(entry);
        if (pte.UffdWp && !aborted)
        {
            c.Reach(Goal.MigratedProtectedPage);
        }

        ref Frame frame = ref c.ChangeFrame(pfn);
        EntryBits bits = RestoredBits(c, entry, pte, in frame);
        frame.Mapcount++;
        frame.Clear(VmaOf(c, entry).Has(VmFlags.Locked) ? FrameFlags.MissedMlock : FrameFlags.None);
        PageAlloc.Get(c, pfn, 1);
        if ((bits & EntryBits.Exclusive) != 0 && frame.IsAnon)
        {
            Memory.SetExclusive(c, ref frame, exclusive: true);
        }

        c.SetPte(entry, Pte.Present(pfn, bits));
        return t.Next(RestoreStage.Restore);
    }

    /// <summary>remove_migration_pte: a fresh entry out of vm_page_prot, and what the old one remembers.</summary>
    private static EntryBits RestoredBits(Context c, EntryIndex entry, Pte pte, in Frame frame)
    {
        Vma vma = VmaOf(c, entry);
        EntryBits set = Memory.PageProt(in vma);
        EntryBits clear = EntryBits.None;
        if (pte.Kind == PteKind.MigrationWrite)
        {
            set |= Memory.MaybeMkWrite(in vma);
            clear = EntryBits.UffdWp; // be it left behind by a registration that is gone, or PAGEMAP_SCAN's
        }
        else if (c.Has(Fix.MigrateWriteProtect))
        {
            // mm/migrate: fix read-only page got writable when recover pte (6.1): vm_page_prot may say "writable"
            set &= ~EntryBits.Write;
        }

        clear |= c.Has(Fix.UffdMigration) ? EntryBits.None : EntryBits.UffdWp;
        if (pte.UffdWp && clear == EntryBits.None)
        {
            set = Carry.MkUffdWp(c, set);
        }

        if (frame.IsAnon && c.Profile.TracksExclusive && pte.Kind != PteKind.MigrationRead)
        {
            set |= EntryBits.Exclusive;
        }

        if (!c.Has(Fix.MigrationYoungDirty))
        {
            clear |= EntryBits.Young | EntryBits.Dirty;
        }
        else if (!frame.Dirty)
        {
            clear |= EntryBits.Dirty; // it was written back meanwhile
        }
        else if (pte.Dirty)
        {
            set = Carry.MkDirty(set);
        }

        return Carry.Over(c, Transition.MigrateEnd, KindOf(in frame), pte.Bits, set, clear);
    }
}
