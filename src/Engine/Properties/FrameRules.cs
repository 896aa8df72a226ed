// What a page frame must be: its counts equal the references that exist, and if it is exclusive nothing but one entry
// names it. Checked after every stage, whoever holds which lock: references in flight are state too.
// Not covered: swap slots (SlotRules), content (EntryRules, InodeRules).

using System.Numerics;
using System.Runtime.CompilerServices;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Properties;

internal static class FrameRules
{
    public static Violation? Check(Checker checker, in World w, Pfn pfn)
    {
        ref readonly Frame frame = ref w.Machine.FrameAt(pfn);
        ulong mappings = w.Machine.EntriesMapping(pfn);
        int mapped = BitOperations.PopCount(mappings);
        int references = checker.ReferencesOn(in w.Machine, pfn) + Caches(in w.Machine, in frame, pfn)
            + Number((frame.Flags & FrameFlags.FailureKept) != 0);
        for (int busy = w.Machine.BusyTasks; busy != 0; busy &= busy - 1)
        {
            ref readonly Task task = ref w.Machine.TaskAt(new ActorId((byte)BitOperations.TrailingZeroCount(busy)));
            if (IsInHand(in task, pfn))
            {
                mapped++;
            }

            references += Holds(in task, pfn);
        }

        references += mapped;
        checker.Note((1ul << (int)Clause.Mapcount) | (1ul << (int)Clause.Refcount));
        bool free = ((w.Machine.FreeFrames >> pfn.Value) & 1) != 0;
        bool counts = ((frame.Mapcount ^ mapped) | (frame.Refcount ^ references)) == 0;
        if (!counts | (free ? !frame.IsFree | references != 0 : references == 0))
        {
            return frame.Mapcount != mapped
                ? WrongMapcount(in frame, pfn, mapped)
                : WrongRefcount(in frame, pfn, references, free);
        }

        if (free)
        {
            checker.Note(Clause.FreedPage);
            return w.Machine.TlbsNaming(pfn) == 0 ? null : FreedButTranslated(pfn);
        }

        if (frame.HwPoison && FailureContracts.Check(checker, in frame, pfn) is { } loose)
        {
            return loose;
        }

        bool exclusive = frame.AnonExclusive;
        checker.Note(Clause.MappedTwice, exclusive);
        bool migrating = frame.Locked & frame.IsAnon & checker.TracksExclusive;
        if (!(exclusive | migrating))
        {
            return null;
        }

        bool look = (exclusive & ((mapped > 1) | frame.InSwapCache)) || w.Machine.EntriesNaming(pfn) != mappings;
        return !look ? null
            : exclusive ? CheckExclusive(checker, in w, pfn, mappings, mapped)
            : CheckMigrating(checker, in w, pfn, mapped);
    }

    private static int Number(bool one) => Unsafe.BitCast<bool, byte>(one);

    private static Violation WrongMapcount(in Frame frame, Pfn pfn, int mapped) =>
        new(Clause.Mapcount, KindOf(in frame), pfn.ToString(),
            $"mapcount is {frame.Mapcount}, but {mapped} entries map it");

    private static Violation WrongRefcount(in Frame frame, Pfn pfn, int references, bool free) =>
        new(Clause.Refcount, KindOf(in frame), pfn.ToString(),
            $"reference count is {frame.Refcount}, but {references} references exist"
            + (free ? "; it is on the free list" : string.Empty));

    private static Violation FreedButTranslated(Pfn pfn) =>
        new(Clause.FreedPage, MemoryKind.Anon, pfn.ToString(),
            "the page was freed, and a CPU still translates to it");

    /// <summary>A write or read-exclusive migration entry is the only entry of its page.</summary>
    private static Violation? CheckMigrating(Checker checker, in World w, Pfn pfn, int mapped)
    {
        ulong migrating = w.Machine.EntriesMigrating(pfn);
        int names = mapped + BitOperations.PopCount(migrating);
        for (ulong left = migrating; left != 0; left &= left - 1)
        {
            var entry = new EntryIndex((byte)BitOperations.TrailingZeroCount(left));
            if (w.Machine.PteAt(entry).Kind == PteKind.MigrationRead)
            {
                continue;
            }

            checker.Note(Clause.MigrationExclusiveShared);
            if (names > 1 && w.Machine.PtLockOwner(entry.PtLock) == 0)
            {
                return new Violation(Clause.MigrationExclusiveShared, MemoryKind.Anon, entry.ToString(),
                    $"the entry is {w.Machine.PteAt(entry)}, but {names} entries name the page");
            }
        }

        return null;
    }

    private static MemoryKind KindOf(in Frame frame) =>
        frame.Kind == FrameKind.Shmem ? MemoryKind.Shmem
        : frame.Kind == FrameKind.File ? MemoryKind.File
        : MemoryKind.Anon;

    private static Violation? CheckExclusive(Checker checker, in World w, Pfn pfn, ulong mappings, int mapped)
    {
        if (mapped > 1)
        {
            return new Violation(Clause.MappedTwice, MemoryKind.Anon, pfn.ToString(),
                $"the page is exclusive, but {mapped} entries map it");
        }

        ulong migrating = w.Machine.EntriesMigrating(pfn);
        if (migrating != 0 && mappings != 0)
        {
            var entry = new EntryIndex((byte)BitOperations.TrailingZeroCount(migrating));
            return new Violation(Clause.MigrationExclusiveShared, MemoryKind.Anon, pfn.ToString(),
                $"the page is mapped and exclusive, but {entry} is a migration entry of it");
        }

        ref readonly Frame frame = ref w.Machine.FrameAt(pfn);
        if (!frame.InSwapCache || frame.Locked)
        {
            return null;
        }

        checker.Note(Clause.SlotStillUsed);
        int count = w.Machine.SlotAt(frame.Slot).Count;
        return count == 0
            ? null
            : new Violation(Clause.SlotStillUsed, MemoryKind.Anon, pfn.ToString(),
                $"the page is exclusive, but its {frame.Slot} is still used by {count}");
    }

    /// <summary>References of the swap cache and the page cache, where they have it as it says.</summary>
    private static int Caches(in Machine machine, in Frame frame, Pfn pfn)
    {
        ref readonly CacheEntry cached = ref machine.CacheAt(frame.Cache);
        bool swap = frame.InSwapCache & machine.SlotAt(frame.Slot).CachePage == pfn;
        bool page = frame.InPageCache & ((int)(cached.Kind ^ CacheKind.Page) | (cached.Number ^ pfn.Value)) == 0;
        return Number(swap) + Number(page);
    }

    /// <summary>The entry was taken out of the page table under its lock; its mapping still counts.</summary>
    private static bool IsInHand(in Task task, Pfn pfn) => task.Carried.Maps(pfn) && task.PtLock != 0;

    /// <summary>References in flight.</summary>
    private static int Holds(in Task task, Pfn pfn)
    {
        int holds = task.HoldsOf(pfn);
        return BitOperations.PopCount((uint)holds)
            + (BitOperations.PopCount((uint)(holds & task.PinnedHolds)) * (Limits.GupPinCountingBias - 1));
    }
}
