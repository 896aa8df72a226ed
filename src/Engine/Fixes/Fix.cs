// The names of all historical fixes and changes that the engine knows, one switch each.
// What each is, since when, and how it is tested stands in FixCatalogue; what it does stands at the line it
// concerns, as `Has(Fix.X)`.

namespace MmFuzz.Engine.Fixes;

/// <summary>A fix, or a change of behaviour, that a kernel has or has not. Its text name is in the catalogue.</summary>
public enum Fix : byte
{
    /// <summary>do_wp_page reuses by page_count instead of mapcount.</summary>
    PageCountReuse,

    /// <summary>do_wp_page reuses by PageAnonExclusive: what ends the bug "page-count-cow".</summary>
    AnonExclusiveReuse,

    /// <summary>GUP breaks COW for every read reference (5.8 only).</summary>
    GupForceCowBreak,

    /// <summary>fork copies a pinned page at once.</summary>
    EarlyCowFork,

    /// <summary>write_protect_seq keeps GUP-fast out while fork write-protects.</summary>
    GupFastForkSeq,

    /// <summary>clear_refs leaves pages alone that may be pinned.</summary>
    ClearRefsPinned,

    /// <summary>Reclaim keeps a pinned page before it enters the swap cache.</summary>
    ReclaimPinned,

    /// <summary>do_wp_page flushes before it copies while a flush is pending on a uffd-wp mapping.</summary>
    UffdTlbFlush,

    /// <summary>clear_refs flushes before it returns.</summary>
    SoftDirtyFlush,

    /// <summary>do_wp_page frees the swap cache before it judges by reference count.</summary>
    SwapCacheFirst,

    /// <summary>do_wp_page trusts PageAnonExclusive whatever the reference count.</summary>
    ExclusiveReuse,

    /// <summary>GUP unshares before a read-only pin of a shared page.</summary>
    GupUnshareSlow,

    /// <summary>GUP-fast refuses a read-only pin of a shared page.</summary>
    GupUnshareFast,

    /// <summary>Sharing a page for swap-out fails if it may be pinned.</summary>
    SharePinCheckSwap,

    /// <summary>Sharing a page for migration fails if it may be pinned.</summary>
    SharePinCheckMigration,

    /// <summary>Reclaim flushes at once if the page was exclusive (5.19 to 6.0).</summary>
    UnmapExclusiveFlush,

    /// <summary>GUP-fast reads the entry again after it took the reference.</summary>
    GupFastReread,

    /// <summary>Migration clears the entry before it tests for pins.</summary>
    MigrateClearFirst,

    /// <summary>Migration entries can say "read-only, but exclusive".</summary>
    MigrationReadExclusive,

    /// <summary>mprotect turns a writable migration entry into a read-exclusive one, not a plain read one.</summary>
    MprotectMigrationExclusive,

    /// <summary>fork turns exclusive migration entries into plain read ones.</summary>
    ForkMigrationExclusive,

    /// <summary>mprotect looks up the page of migration entries only, not of swap entries.</summary>
    MprotectSwapPage,

    /// <summary>An unsharing copy keeps uffd_wp.</summary>
    UnshareKeepsUffdWp,

    /// <summary>An unsharing copy keeps soft_dirty.</summary>
    UnshareKeepsSoftDirty,

    /// <summary>An unsharing copy stays read-only.</summary>
    UnshareKeepsReadOnly,

    /// <summary>GUP-fast that lost against fork drops its pins without the sanity check.</summary>
    GupFastSeqUnpin,

    /// <summary>A failed arch_unmap_one gives the swap use count back.</summary>
    UnmapSwapFree,

    /// <summary>Swap entries remember exclusivity.</summary>
    SwapExclusive,

    /// <summary>fork clears the exclusive bit in the child's copy of a swap entry.</summary>
    SwapExclusiveForkChild,

    /// <summary>fork clears the exclusive bit in the parent's swap entry.</summary>
    SwapExclusiveForkParent,

    /// <summary>A migration entry that is not writable is restored read-only.</summary>
    MigrateWriteProtect,

    /// <summary>A mapping registered for write-protection wants write-notify.</summary>
    UffdWriteNotify,

    /// <summary>pte_mkuffd_wp drops the write bit itself.</summary>
    MkUffdWpWriteProtect,

    /// <summary>Swap-out and swap-in carry uffd_wp.</summary>
    UffdSwap,

    /// <summary>Migration carries uffd_wp.</summary>
    UffdMigration,

    /// <summary>Swap-in of a protected page leaves it read-only even on a write fault.</summary>
    UffdSwapInWriteProtect,

    /// <summary>fork clears uffd_wp in a child that is not registered.</summary>
    UffdForkClear,

    /// <summary>UNREGISTER clears uffd_wp.</summary>
    UffdUnregister,

    /// <summary>userfaultfd write-protection works on shmem.</summary>
    UffdWpShmem,

    /// <summary>UFFDIO_WRITEPROTECT may span mappings.</summary>
    WpMultiVma,

    /// <summary>A shared mapping wants write-notify once VM_SOFTDIRTY is cleared.</summary>
    SoftDirtyNotify,

    /// <summary>mprotect hands the write bit back where that is safe.</summary>
    MprotectTryWritable,

    /// <summary>The write bit may be handed back to clean private entries too.</summary>
    ChangeWritableClean,

    /// <summary>UFFDIO_WRITEPROTECT's resolve hands the write bit back where that is safe, and only there.</summary>
    UffdResolveWritable,

    /// <summary>A read swap-in maps an exclusive page writable.</summary>
    SwapInReadWritable,

    /// <summary>A fault that skips the swap cache reserves the slot.</summary>
    SwapInRace,

    /// <summary>Migration carries young and dirty.</summary>
    MigrationYoungDirty,

    /// <summary>A gather that sees another one pending flushes its whole range.</summary>
    ZapFlush,

    /// <summary>do_wp_page holds a reference to the page that it copies without the lock.</summary>
    WpCopyHold,

    /// <summary>handle_userfault looks at the entry again after it queued itself.</summary>
    UserfaultRecheck,

    /// <summary>Unmapping hands the entry's dirty bit to the page.</summary>
    UnmapDirty,

    /// <summary>UFFDIO_UNREGISTER wakes who waits in its range.</summary>
    UnregisterWake,

    /// <summary>follow_page hands out no pins, since it cannot unshare.</summary>
    FollowPagePin,

    /// <summary>UFFDIO_UNREGISTER refuses what another userfaultfd has registered.</summary>
    UnregisterForeign,

    /// <summary>clear_refs takes the write bit out of migration entries. No release has it.</summary>
    ClearRefsMigration,

    /// <summary>clear_refs marks the pinned pages that it leaves alone. No release has it.</summary>
    ClearRefsPinnedMark,

    /// <summary>swapoff keeps uffd_wp.</summary>
    UnuseKeepsUffdWp,

    /// <summary>swapoff keeps soft_dirty.</summary>
    UnuseKeepsSoftDirty,

    /// <summary>swapoff keeps exclusivity.</summary>
    UnuseKeepsExclusive,

    /// <summary>mremap flushes the old range before it drops the page-table locks.</summary>
    MremapFlush,

    /// <summary>mremap marks swap entries as such.</summary>
    MremapSoftDirtySwap,

    /// <summary>mremap clears uffd_wp if the registration does not move along.</summary>
    MremapUffdClear,

    /// <summary>mremap moves several mappings at once.</summary>
    MremapMultiVma,

    /// <summary>MREMAP_DONTUNMAP is known, for private anonymous memory.</summary>
    MremapDontUnmap,

    /// <summary>...and for any mapping.</summary>
    MremapDontUnmapFile,

    /// <summary>MREMAP_DONTUNMAP unlocks what has moved, and nothing beside it. No release has it.</summary>
    DontUnmapKeepsLock,

    /// <summary>mremap tells of a move before it faults in what is new of it. No release has it.</summary>
    MremapTellsFirst,

    /// <summary>Reclaim keeps a lazyfree page to which anybody else has a reference.</summary>
    LazyfreeReferences,

    /// <summary>MADV_POPULATE_READ and MADV_POPULATE_WRITE exist.</summary>
    MadvisePopulate,

    /// <summary>MADV_FREE passes over pages that others map. No release has it.</summary>
    MadvFreeShared,

    /// <summary>Reclaim flushes at once where it leaves a hole in private memory. No release has it.</summary>
    LazyfreeFlush,

    /// <summary>A NUMA hinting fault hands the write bit back where that is safe; none is saved.</summary>
    NumaChangeWritable,

    /// <summary>GUP takes pages behind NUMA hinting entries.</summary>
    GupFollowProtnone,

    /// <summary>fork copies no marker into a child that is not registered.</summary>
    UffdMarkerFork,

    /// <summary>A forced write looks for a broken COW instead of for anything to read.</summary>
    DirtyCow,

    /// <summary>A forced write into a read-only mapping uses an exclusive anonymous page or nothing.</summary>
    ForceCowExclusive,

    /// <summary>Long-term pins for reading unshare the zero page and the pages of files in private mappings.</summary>
    LongtermUnshare,

    /// <summary>Long-term pins let mmap_lock go while they fault.</summary>
    LongtermRetry,

    /// <summary>Shared memory can be registered for minor faults, and UFFDIO_CONTINUE resolves them.</summary>
    UffdMinorShmem,

    /// <summary>UFFDIO_CONTINUE can protect.</summary>
    UffdContinueWp,

    /// <summary>UFFDIO_POISON.</summary>
    UffdPoison,

    /// <summary>UFFDIO_COPY with MODE_WP protects whatever the mapping's rights.</summary>
    UffdCopyWpReadonly,

    /// <summary>A fault on shared memory is missing only if the page cache has nothing.</summary>
    MissingOnlyHole,

    /// <summary>REGISTER in another mode takes protection back. No release has it.</summary>
    RegisterResetsProtection,

    /// <summary>UNREGISTER wakes whoever waits, for whatever reason. No release has it.</summary>
    UnregisterWakesAll,

    /// <summary>UFFD_FEATURE_WP_UNPOPULATED.</summary>
    UffdWpUnpopulated,

    /// <summary>UFFD_FEATURE_WP_ASYNC.</summary>
    UffdWpAsync,

    /// <summary>PAGEMAP_SCAN.</summary>
    PagemapScan,

    /// <summary>PAGEMAP_SCAN protects an entry as it is, not as it was read before.</summary>
    ScanWpAtomic,

    /// <summary>A child that stays registered (EVENT_FORK) keeps its uffd_wp bits.</summary>
    UffdForkKeep,

    /// <summary>userfaultfd can write-protect at all.</summary>
    UffdWp,

    /// <summary>mprotect hands the write bit back only where soft-dirty tracking wants no fault.</summary>
    MprotectSoftDirty,

    /// <summary>clear_refs keeps mmap_lock for writing while it walks.</summary>
    ClearRefsLocking,

    /// <summary>UFFDIO_MOVE.</summary>
    UffdMove,

    /// <summary>UFFDIO_MOVE marks what moves as changed, a swap entry too.</summary>
    MoveSoftDirtySwap,

    /// <summary>UFFDIO_MOVE leaves protection behind, of a swap entry too. No release has it.</summary>
    MoveUffdClear,

    /// <summary>Resolving clears uffd_wp of a poison marker that PAGEMAP_SCAN put there. No release has it.</summary>
    PoisonResolve,

    /// <summary>A hole leaves the markers of others where its page was mapped again. No release has it.</summary>
    HoleMarker,

    /// <summary>PAGEMAP_SCAN makes migration entries that it protects readable. No release has it.</summary>
    ScanMigration,

    /// <summary>UFFDIO_MOVE looks at the pins again behind the clearing of the entry.</summary>
    MovePinCheck,

    /// <summary>migrate_vma fails to share a pinned page.</summary>
    SharePinCheckMigrateVma,

    /// <summary>migrate_vma hands the dirty bit of the entry that it replaces to the page.</summary>
    MigrateVmaDirty,

    /// <summary>UFFDIO_COPY and its kin prepare a private mapping before they look whether it is watched.</summary>
    MfillPreparesFirst,

    /// <summary>Whoever gives back pages that he had for writing marks them dirty.</summary>
    UnpinDirty,

    /// <summary>Direct I/O pins the pages that it reads into or writes from.</summary>
    DirectIoPin,

    /// <summary>Truncation unmaps a page again once it has the page's lock.</summary>
    TruncateUnmapLocked,

    /// <summary>Truncation unmaps once more what was copied while it was under way.</summary>
    TruncateUnmapAgain,

    /// <summary>MADV_GUARD_INSTALL and MADV_GUARD_REMOVE are known, for anonymous memory.</summary>
    MadviseGuard,

    /// <summary>...and for mappings of files.</summary>
    MadviseGuardFile,

    /// <summary>UFFDIO_COPY and UFFDIO_CONTINUE answer EEXIST where a guard is, and keep it.</summary>
    FillKeepsGuard,

    /// <summary>MADV_GUARD_INSTALL takes uffd-wp markers of files away, and gets on.</summary>
    GuardOverMarker,

    /// <summary>MADV_GUARD_INSTALL flushes where others have taken pages away and not flushed yet.</summary>
    GuardFlush,

    /// <summary>A page of shared memory stays in the page cache when its memory fails.</summary>
    ShmemKeepsFailed,

    /// <summary>swapoff makes an error entry of what cannot be read, or whose memory has failed.</summary>
    UnuseUnreadable,

    /// <summary>do_wp_page survives a memory error in the page that it copies.</summary>
    CowMachineCheck,

    /// <summary>...and so does do_cow_fault.</summary>
    CowFaultMachineCheck,

    /// <summary>...and fork's early copy of a pinned page.</summary>
    ForkMachineCheck,
}
