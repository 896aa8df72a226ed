// "Sometimes" goals: situations that a good run must have met. Paths count them; runs report them, so that a run
// that never met one is not taken for a quiet one. Not covered: when a missed goal turns a run red.

using System;

namespace MmFuzz.Engine.Kernel;

/// <summary>A situation worth meeting.</summary>
public enum Goal : byte
{
    /// <summary>do_wp_page copied.</summary>
    CowCopy,

    /// <summary>do_wp_page reused in place.</summary>
    CowReuse,

    /// <summary>do_wp_page was asked about a page that may be pinned.</summary>
    CowBreakOfPinnedPage,

    /// <summary>An unsharing fault copied.</summary>
    UnshareCopy,

    /// <summary>An unsharing fault only marked the page exclusive.</summary>
    UnshareReuse,

    /// <summary>A copy was thrown away because the entry had changed meanwhile.</summary>
    CopyLostRace,

    /// <summary>fork copied a pinned page at once.</summary>
    ForkEarlyCopy,

    /// <summary>fork met a swap entry.</summary>
    ForkOfSwapEntry,

    /// <summary>fork met a migration entry.</summary>
    ForkOfMigrationEntry,

    /// <summary>GUP-fast lost against fork.</summary>
    GupFastLostToFork,

    /// <summary>GUP-fast found the entry changed after it took its reference.</summary>
    GupFastEntryChanged,

    /// <summary>GUP-fast refused a page that must be unshared first.</summary>
    GupFastMustUnshare,

    /// <summary>A swap-in of a page protected by userfaultfd.</summary>
    SwapInOfProtectedPage,

    /// <summary>A swap-in found its page in the swap cache.</summary>
    SwapInFromCache,

    /// <summary>A swap-in read past the swap cache.</summary>
    SwapInPastCache,

    /// <summary>A swap-in came out exclusive.</summary>
    SwapInExclusive,

    /// <summary>Reclaim found a pinned page and kept it.</summary>
    ReclaimKeptPinned,

    /// <summary>Reclaim put its flush off.</summary>
    ReclaimDeferredFlush,

    /// <summary>Reclaim freed a page.</summary>
    ReclaimFreed,

    /// <summary>A page was migrated.</summary>
    Migrated,

    /// <summary>A migration was given up and its entries restored.</summary>
    MigrationAborted,

    /// <summary>A protected page was migrated.</summary>
    MigratedProtectedPage,

    /// <summary>A thread waited for a migration to end.</summary>
    WaitedForMigration,

    /// <summary>A store went through a translation that the page table no longer holds.</summary>
    StoreThroughStaleEntry,

    /// <summary>A load went through a translation that the page table no longer holds.</summary>
    LoadThroughStaleEntry,

    /// <summary>A userfaultfd event was delivered.</summary>
    UffdEvent,

    /// <summary>A thread was woken by a resolve and its store then landed.</summary>
    UffdResolvedStore,

    /// <summary>handle_userfault did not sleep because the entry had been resolved meanwhile.</summary>
    UffdRecheckedAway,

    /// <summary>do_wp_page flushed because a write-protection was pending.</summary>
    UffdFlushBeforeCopy,

    /// <summary>A marker was met by a fault.</summary>
    MarkerFault,

    /// <summary>clear_refs left a pinned page alone.</summary>
    ClearRefsKeptPinned,

    /// <summary>A second gatherer flushed on behalf of a pending one.</summary>
    NestedGatherFlush,

    /// <summary>A pin outlived its mapping.</summary>
    PinOutlivedMapping,

    /// <summary>An allocation failed.</summary>
    OutOfMemory,

    /// <summary>swapoff brought a protected page back.</summary>
    SwapoffOfProtectedPage,

    /// <summary>swapoff brought a page of an inode back.</summary>
    SwapoffOfInodePage,

    /// <summary>swapoff had to look again, since somebody had used the area meanwhile.</summary>
    SwapoffAgain,

    /// <summary>mremap moved a swap entry.</summary>
    MremapOfSwapEntry,

    /// <summary>mremap moved a migration entry.</summary>
    MremapOfMigrationEntry,

    /// <summary>mremap moved a page that may be pinned.</summary>
    MremapOfPinnedPage,

    /// <summary>mremap moved a page that userfaultfd protected.</summary>
    MremapOfProtectedPage,

    /// <summary>mremap moved a page.</summary>
    MremapOfPage,

    /// <summary>MADV_FREE made a page lazyfree.</summary>
    LazyfreeMarked,

    /// <summary>MADV_FREE skipped a page: somebody else may need it.</summary>
    LazyfreeSkipped,

    /// <summary>Reclaim discarded a lazyfree page.</summary>
    LazyfreeDiscarded,

    /// <summary>Reclaim found a lazyfree page stored to again.</summary>
    LazyfreeRedirtied,

    /// <summary>Reclaim kept a lazyfree page because of a reference.</summary>
    LazyfreeReferenced,

    /// <summary>MADV_PAGEOUT skipped a page that is mapped more than once.</summary>
    PageoutSkippedShared,

    /// <summary>fork left out a mapping with VM_DONTCOPY.</summary>
    ForkLeftOut,

    /// <summary>fork gave the child an empty mapping for one with VM_WIPEONFORK.</summary>
    ForkWiped,

    /// <summary>NUMA hinting made an entry fault.</summary>
    NumaHinted,

    /// <summary>A NUMA hinting fault was taken.</summary>
    NumaFault,

    /// <summary>A NUMA hinting fault gave the write bit back.</summary>
    NumaFaultGaveWrite,

    /// <summary>A task waited for a lock.</summary>
    WaitedForLock,

    /// <summary>A store into a private mapping of a file copied the file's page at once.</summary>
    PrivateFileCopy,

    /// <summary>A read-only page of a file was copied for a store into a private mapping.</summary>
    PrivateFileBreak,

    /// <summary>fork met a marker.</summary>
    ForkOfMarker,

    /// <summary>Reclaim wrote a page back to its file.</summary>
    FileWriteback,

    /// <summary>Reclaim dropped a clean page of a file.</summary>
    FilePageDropped,

    /// <summary>FOLL_FORCE broke COW in a mapping that may not be written.</summary>
    ForcedCowBreak,

    /// <summary>A long-term pin unshared the zero page or a page of a file.</summary>
    LongtermUnshare,

    /// <summary>
    /// A cost, not a fault: do_wp_page copied a page that nobody else maps, because somebody holds a reference to it.
    /// </summary>
    NeedlessCopy,

    /// <summary>An injected fault struck.</summary>
    InjectedFaultStruck,

    /// <summary>A page could not be written to the swap area.</summary>
    WriteOutFailed,

    /// <summary>A page could not be read in.</summary>
    ReadInFailed,

    /// <summary>A pin that does not wait found that it would have to.</summary>
    NowaitGaveUp,

    /// <summary>A userfaultfd event about a missing page was delivered.</summary>
    UffdMissingEvent,

    /// <summary>A userfaultfd minor event was delivered.</summary>
    UffdMinorEvent,

    /// <summary>UFFDIO_COPY or its kin put an entry.</summary>
    UffdFilled,

    /// <summary>...and then met an error: the answer is EAGAIN.</summary>
    UffdFilledInPart,

    /// <summary>A store to a protected page cleared the protection itself.</summary>
    UffdResolvedAsync,

    /// <summary>An event about a fork was delivered.</summary>
    UffdForkEvent,

    /// <summary>PAGEMAP_SCAN found a page written.</summary>
    ScanFoundWritten,

    /// <summary>An event about an mremap was delivered.</summary>
    UffdRemapEvent,

    /// <summary>An event about a discard to come was delivered.</summary>
    UffdRemoveEvent,

    /// <summary>An event about a munmap was delivered.</summary>
    UffdUnmapEvent,

    /// <summary>A hole was punched where a page of a file was.</summary>
    HolePunched,

    /// <summary>...where it was pinned.</summary>
    HoleOfPinnedPage,

    /// <summary>...and somebody had mapped the page between its unmapping and its lock.</summary>
    HoleMetMapping,

    /// <summary>A file was cut.</summary>
    FileTruncated,

    /// <summary>...and a store had copied a page between its unmapping and its lock.</summary>
    TruncationMetCopy,

    /// <summary>A fault came behind the end of a file.</summary>
    FaultBehindEnd,

    /// <summary>UFFDIO_MOVE moved a page.</summary>
    UffdMoved,

    /// <summary>UFFDIO_MOVE moved a swap entry.</summary>
    UffdMovedSwapEntry,

    /// <summary>UFFDIO_MOVE found a page pinned behind its first look at the pins: it put it back.</summary>
    UffdMoveMetPin,

    /// <summary>migrate_vma replaced an entry and put it back.</summary>
    MigrateVmaGaveUp,

    /// <summary>Reclaim kept a page that is mlocked.</summary>
    ReclaimKeptLocked,

    /// <summary>...and found one mlocked behind its first look.</summary>
    ReclaimMetMlock,

    /// <summary>A guard was installed.</summary>
    GuardInstalled,

    /// <summary>MADV_GUARD_INSTALL met something else than a guard, and zapped it.</summary>
    GuardMetPage,

    /// <summary>...and looked again, and a fault had been faster.</summary>
    GuardMetFault,

    /// <summary>An access met a guard.</summary>
    GuardFault,

    /// <summary>fork copied a guard.</summary>
    ForkOfGuard,

    /// <summary>A guard was removed.</summary>
    GuardRemoved,

    /// <summary>mremap moved a mapping, as long as it was.</summary>
    MremapOfMapping,

    /// <summary>mremap left a mapping behind without its pages (MREMAP_DONTUNMAP).</summary>
    MremapKeptSource,

    /// <summary>...and it had been locked.</summary>
    MremapLeftUnlocked,

    /// <summary>mremap moved a mapping, and cut some of it off or made it longer.</summary>
    MremapResizedMoving,

    /// <summary>mremap cut off the end of a mapping, in place.</summary>
    MremapShrank,

    /// <summary>mremap made a mapping longer, in place.</summary>
    MremapGrew,

    /// <summary>mremap faulted in what is new of a locked mapping.</summary>
    MremapPopulated,

    /// <summary>mmap replaced what was mapped (MAP_FIXED).</summary>
    MmapReplaced,

    /// <summary>A page without a file failed, and its entries say so.</summary>
    AnonFailed,

    /// <summary>A page failed that the swap cache keeps.</summary>
    SwapCacheFailed,

    /// <summary>A page of a file or of shared memory failed.</summary>
    FilePageFailed,

    /// <summary>A page failed to which others have references.</summary>
    FailureMetReference,
}

/// <summary>Names of goals.</summary>
public static class GoalNames
{
    /// <summary>How many goals there are.</summary>
    public static readonly int Count = Enum.GetValues<Goal>().Length;
}
