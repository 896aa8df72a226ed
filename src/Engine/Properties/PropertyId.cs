// The properties that every step is checked against, by the names of the specification, and their clauses: which
// part of a property is violated. A finding is a property, a clause and a kind of memory.
// Not covered: how they are checked (a file each).

using System.Collections.Immutable;
using MmFuzz.Engine.Fixes;

namespace MmFuzz.Engine.Properties;

/// <summary>A property.</summary>
public enum PropertyId : byte
{
    /// <summary>Writable entries of anonymous pages imply exclusivity.</summary>
    ExclWritable,

    /// <summary>An exclusive page has one mapping.</summary>
    ExclSingle,

    /// <summary>Pins stay coherent through COW.</summary>
    PinCoherent,

    /// <summary>A pinned page stays exclusive.</summary>
    PinExclusive,

    /// <summary>uffd-wp never writes through.</summary>
    UffdWpNoWriteThrough,

    /// <summary>uffd-wp bits are neither lost nor invented.</summary>
    UffdWpNotLost,

    /// <summary>After a resolve the store gets through.</summary>
    UffdLive,

    /// <summary>What is read equals the reference memory.</summary>
    CowIsolation,

    /// <summary>Content is never lost.</summary>
    DirtyNotLost,

    /// <summary>No modified page is reported clean.</summary>
    SoftDirtyComplete,

    /// <summary>Counts equal the references that exist.</summary>
    Counts,

    /// <summary>Translations agree with the page table once no flush is pending.</summary>
    Tlb,

    /// <summary>Entries change under their locks; nobody waits for ever.</summary>
    Locks,

    /// <summary>Results are those of the profile's kernel.</summary>
    Errno,

    /// <summary>Entries and counts are asked only for what they have.</summary>
    Encoding,

    /// <summary>What is mlocked stays in memory.</summary>
    MlockResident,

    /// <summary>Nobody gets past a guard, and it stays.</summary>
    GuardHolds,

    /// <summary>Nobody comes upon a page whose memory has failed.</summary>
    HwpoisonContained,
}

/// <summary>A part of a property.</summary>
public enum Clause : byte
{
    /// <summary>excl-writable: writable, and possibly shared.</summary>
    WritableButShared,

    /// <summary>excl-single: two entries map an exclusive page.</summary>
    MappedTwice,

    /// <summary>excl-single: an exclusive page in the swap cache of a slot that entries name.</summary>
    SlotStillUsed,

    /// <summary>excl-single: a swap-exclusive entry is not its slot's only user.</summary>
    SwapExclusiveShared,

    /// <summary>excl-single: an exclusive migration entry is not the page's only one.</summary>
    MigrationExclusiveShared,

    /// <summary>pin-coherent: the page table names another page than the pin.</summary>
    PageReplaced,

    /// <summary>pin-coherent: the device reads something else than the process has there.</summary>
    DeviceReadsOther,

    /// <summary>pin-exclusive: a pinned page is not exclusive.</summary>
    PinnedButShared,

    /// <summary>pin-exclusive: the kernel's own check warned.</summary>
    UnpinWarning,

    /// <summary>uffd-wp-no-write-through: a store landed without an event.</summary>
    StoreWithoutEvent,

    /// <summary>uffd-wp-no-write-through: pages were taken for writing without an event.</summary>
    GupWithoutEvent,

    /// <summary>uffd-wp-not-lost: the bit is gone.</summary>
    BitLost,

    /// <summary>uffd-wp-not-lost: the bit is there though nothing is protected.</summary>
    BitSpurious,

    /// <summary>uffd-live: an access faults without end.</summary>
    EndlessFault,

    /// <summary>uffd-live: an event was raised for a page that nobody protects.</summary>
    EventWithoutCause,

    /// <summary>cow-isolation: a load returned something else.</summary>
    WrongLoad,

    /// <summary>cow-isolation: a mapped page holds something else.</summary>
    WrongContent,

    /// <summary>cow-isolation: a handle shows somebody else's store.</summary>
    HandleReadsForeign,

    /// <summary>cow-isolation: a file holds what was stored to private memory.</summary>
    FileHoldsForeign,

    /// <summary>cow-isolation: a page, or a private copy of one, behind the end of its file.</summary>
    BehindEnd,

    /// <summary>dirty-not-lost: the swap area holds something else.</summary>
    SwapContentLost,

    /// <summary>dirty-not-lost: the inode holds something else.</summary>
    InodeContentLost,

    /// <summary>dirty-not-lost: nothing is left of what was written.</summary>
    NothingLeft,

    /// <summary>soft-dirty-complete: written, and not marked.</summary>
    NotReported,

    /// <summary>counts: reference count.</summary>
    Refcount,

    /// <summary>counts: mapcount.</summary>
    Mapcount,

    /// <summary>counts: swap use count.</summary>
    SwapCount,

    /// <summary>counts: tlb_flush_pending, readers of mmap_lock.</summary>
    MmCount,

    /// <summary>counts: an entry where no mapping is.</summary>
    OutsideMapping,

    /// <summary>tlb: a translation names another page than the page table.</summary>
    StalePage,

    /// <summary>tlb: a translation allows more than the page table.</summary>
    StaleRights,

    /// <summary>tlb: a translation names a freed page.</summary>
    FreedPage,

    /// <summary>tlb: a call returned while translations in its range still lived.</summary>
    StaleAfterReturn,

    /// <summary>locks: an entry changed while another held its lock.</summary>
    WithoutLock,

    /// <summary>locks: a path ended with locks, references or debts.</summary>
    LeftBehind,

    /// <summary>locks: threads wait for each other.</summary>
    Deadlock,

    /// <summary>locks: a thread waits for an event that nobody can answer.</summary>
    NobodyWakes,

    /// <summary>errno: another result than the contract's.</summary>
    WrongResult,

    /// <summary>encoding: an accessor was misused.</summary>
    Misuse,

    /// <summary>mlock-resident: a page that mlock has brought in was swapped out.</summary>
    LockedSwappedOut,

    /// <summary>guard-holds: the guard is gone.</summary>
    GuardLost,

    /// <summary>guard-holds: a guard where nobody has installed one.</summary>
    GuardSpurious,

    /// <summary>guard-holds: an access landed where a guard is.</summary>
    GuardPassed,

    /// <summary>hwpoison-contained: a page is mapped whose memory has failed.</summary>
    FailedPageMapped,

    /// <summary>hwpoison-contained: the kernel copies a page whose memory has failed, and dies of it.</summary>
    FailedPageCopied,
}

/// <summary>What is known of a property.</summary>
/// <param name="Id">The property.</param>
/// <param name="Name">Its name in reports.</param>
/// <param name="Rule">The rule, as a sentence.</param>
/// <param name="Seed">Where it comes from.</param>
public sealed record PropertyInfo(PropertyId Id, string Name, string Rule, string Seed);

/// <summary>Names and rules.</summary>
public static class PropertyCatalogue
{
    /// <summary>All properties, in the order of the enum.</summary>
    public static ImmutableArray<PropertyInfo> All { get; } =
    [
        Row(PropertyId.ExclWritable, "004", "a present, writable entry of an anonymous page implies that this "
            + "process alone maps the page (PageAnonExclusive)"),
        Row(PropertyId.ExclSingle, "004", "an exclusive page has at most one mapping, and nothing else names it"),
        Row(PropertyId.PinCoherent, "001, 004", "a pin and the page table name the same page until the owner "
            + "discards it: the device and the process see each other's stores"),
        Row(PropertyId.PinExclusive, "004", "a pinned anonymous page stays exclusive until it is unpinned"),
        Row(PropertyId.UffdWpNoWriteThrough, "000", "no store lands in a page that userfaultfd protects without "
            + "an event having been delivered"),
        Row(PropertyId.UffdWpNotLost, "000, 003", "uffd-wp survives swap, migration, mprotect, unsharing and the "
            + "zap of shared memory, and is nowhere where nothing is protected"),
        Row(PropertyId.UffdLive, "002", "after a resolve the store completes within a bounded number of faults"),
        Row(PropertyId.CowIsolation, "001, 004", "what a process reads equals a flat memory with snapshots at fork: "
            + "no store is lost and none shows through to others"),
        Row(PropertyId.DirtyNotLost, "002", "what is reclaimed clean equals its backing store"),
        Row(PropertyId.SoftDirtyComplete, "000, 001", "no page stored to since the last clear_refs is reported clean"),
        Row(PropertyId.Counts, "004", "reference counts, mapcounts and swap counts equal the references that exist"),
        Row(PropertyId.Tlb, "001", "once no flush is pending, a cached translation names the page that the page "
            + "table maps, allows no more than it, and never names a freed page"),
        Row(PropertyId.Locks, "004", "an entry changes only under its lock, and whoever waits can be woken"),
        Row(PropertyId.Errno, "003", "results are those that the profile's kernel promises"),
        Row(PropertyId.Encoding, "004", "entries and counts are asked only for what they have"),
        Row(PropertyId.MlockResident, "history", "private pages that mlock has brought in are not swapped out until "
            + "they are unlocked"),
        Row(PropertyId.GuardHolds, "history", "no access lands on a guarded page, and its guard survives all but its "
            + "removal and the end of its mapping"),
        Row(PropertyId.HwpoisonContained, "history", "once a memory error has been dealt with, its page is mapped "
            + "nowhere, and the kernel survives whoever copies it before"),
    ];

    /// <summary>What is known of a property.</summary>
    public static PropertyInfo Of(PropertyId id) => All[(int)id];

    /// <summary>Finds a property by name; null if there is none.</summary>
    public static PropertyInfo? Find(string name)
    {
        foreach (PropertyInfo info in All)
        {
            if (info.Name == name)
            {
                return info;
            }
        }

        return null;
    }

    /// <summary>The property that a clause belongs to.</summary>
    public static PropertyId PropertyOf(Clause clause) => clause switch
    {
        Clause.WritableButShared => PropertyId.ExclWritable,
        Clause.MappedTwice or Clause.SlotStillUsed or Clause.SwapExclusiveShared
            or Clause.MigrationExclusiveShared => PropertyId.ExclSingle,
        Clause.PageReplaced or Clause.DeviceReadsOther => PropertyId.PinCoherent,
        Clause.PinnedButShared or Clause.UnpinWarning => PropertyId.PinExclusive,
        Clause.StoreWithoutEvent or Clause.GupWithoutEvent => PropertyId.UffdWpNoWriteThrough,
        Clause.BitLost or Clause.BitSpurious => PropertyId.UffdWpNotLost,
        Clause.EndlessFault or Clause.EventWithoutCause => PropertyId.UffdLive,
        Clause.WrongLoad or Clause.WrongContent or Clause.HandleReadsForeign
            or Clause.FileHoldsForeign or Clause.BehindEnd => PropertyId.CowIsolation,
        Clause.SwapContentLost or Clause.InodeContentLost or Clause.NothingLeft => PropertyId.DirtyNotLost,
        Clause.NotReported => PropertyId.SoftDirtyComplete,
        Clause.Refcount or Clause.Mapcount or Clause.SwapCount or Clause.MmCount
            or Clause.OutsideMapping => PropertyId.Counts,
        Clause.StalePage or Clause.StaleRights or Clause.FreedPage or Clause.StaleAfterReturn => PropertyId.Tlb,
        Clause.WithoutLock or Clause.LeftBehind or Clause.Deadlock or Clause.NobodyWakes => PropertyId.Locks,
        Clause.WrongResult => PropertyId.Errno,
        Clause.Misuse => PropertyId.Encoding,
        Clause.LockedSwappedOut => PropertyId.MlockResident,
        Clause.GuardLost or Clause.GuardSpurious or Clause.GuardPassed => PropertyId.GuardHolds,
        Clause.FailedPageMapped or Clause.FailedPageCopied => PropertyId.HwpoisonContained,
    };

    private static PropertyInfo Row(PropertyId id, string seed, string rule) => new(id, Names.Dashed(id), rule, seed);
}
