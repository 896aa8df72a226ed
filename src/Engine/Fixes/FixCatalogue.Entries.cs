// The entries of the catalogue, in four groups. Titles are those of the commits; the words are ours.

using System.Collections.Generic;

namespace MmFuzz.Engine.Fixes;

public static partial class FixCatalogue
{
    private const string NoRelease = "255.0";
    private const string Part2 = "mm: remember exclusively mapped anonymous pages with PG_anon_exclusive";
    private const string UnshareTitle = "mm: support GUP-triggered unsharing of anonymous pages";
    private const string GupUnshareTitle =
        "mm/gup: trigger FAULT_FLAG_UNSHARE when R/O-pinning a possibly shared anonymous page";

    private const string SwapBitTitle = "mm/swap: remember PG_anon_exclusive via a swp pte bit";
    private const string UnuseTitle = "mm/swapfile: fix lost swap bits in unuse_pte()";
    private const string UffdMoveTitle = "userfaultfd: wp: support swap and page migration";

    private static IEnumerable<FixInfo> Cow()
    {
        yield return Row(Fix.PageCountReuse, "page-count-reuse", "5.9", "001", "mm: do_wp_page() simplification",
            "do_wp_page reuses a page by its mapcount, whatever other references there are");
        yield return Row(Fix.AnonExclusiveReuse, "page-count-cow", "5.19", "001, 004", Part2,
            "do_wp_page copies as soon as anyone else holds a reference, so a pinned page is left behind");
        yield return Row(Fix.EarlyCowFork, "early-cow-fork", "5.9", "004",
            "mm: do early cow for pinned pages during fork() for ptes",
            "fork shares a page that may be pinned; the parent's next store leaves the pin behind");
        yield return Row(Fix.SwapCacheFirst, "swap-cache-first", "5.18", "004",
            "mm: optimize do_wp_page() for exclusive pages in the swapcache",
            "a page in the swap cache is always copied by do_wp_page");
        yield return Row(Fix.ExclusiveReuse, "exclusive-reuse", "5.19", "004", Part2,
            "do_wp_page ignores PageAnonExclusive and judges by the reference count, so a pin forces a copy");
        yield return Row(Fix.UnshareKeepsUffdWp, "unshare-keeps-uffd-wp", "5.19", "004", UnshareTitle,
            "an unsharing copy drops uffd_wp");
        yield return Row(Fix.UnshareKeepsSoftDirty, "unshare-keeps-soft-dirty", "5.19", "004", UnshareTitle,
            "an unsharing copy drops soft_dirty");
        yield return Row(Fix.UnshareKeepsReadOnly, "unshare-keeps-read-only", "5.19", "004", UnshareTitle,
            "an unsharing copy maps the new page writable and clean");
        yield return Row(Fix.WpCopyHold, "wp-copy-hold", "2.6", "engine", "do_wp_page: get_page before the copy",
            "do_wp_page holds no reference to the page that it copies without the lock");
    }

    private static IEnumerable<FixInfo> Gup()
    {
        yield return Row(Fix.GupForceCowBreak, "vmsplice-reuse", "5.8-5.9", "history",
            "gup: document and work around \"COW can break either way\" issue",
            "a child keeps a FOLL_GET reference and unmaps; the parent reuses the page and the child sees its stores");
        yield return Row(Fix.GupFastForkSeq, "gupfast-fork-seq", "5.11", "history",
            "mm/gup: prevent gup_fast from racing with COW during fork",
            "GUP-fast pins a page between fork's look at its pins and the write-protection");
        yield return Row(Fix.GupUnshareSlow, "gup-unshare-slow", "5.19", "004", GupUnshareTitle,
            "GUP pins a shared page read-only without unsharing it first");
        yield return Row(Fix.GupUnshareFast, "gup-unshare-fast", "5.19", "004", GupUnshareTitle,
            "GUP-fast pins a shared page read-only instead of leaving it to the slow path");
        yield return Row(Fix.FollowPagePin, "follow-page-pin", "5.19", "004", "mm/gup: disallow follow_page(FOLL_PIN)",
            "follow_page hands out a pin of a shared page without unsharing it");
        yield return Row(Fix.DirectIoPin, "direct-io-pin", "6.5", "history",
            "block: Convert bio_iov_iter_get_pages to use iov_iter_extract_pages",
            "direct I/O takes plain references: beside a fork, what the disk reads lands in the child's page");
        yield return Row(Fix.TruncateUnmapLocked, "truncate-unmap-locked", "2.6", "history",
            "mm: fix fault vs invalidate race for linear mappings",
            "a fault maps a page between its unmapping and its lock, and keeps what the file has no more");
        yield return Row(Fix.TruncateUnmapAgain, "truncate-unmap-again", "2.6", "history",
            "mm: fix fault vs invalidate race for linear mappings",
            "a store copies a page while it is truncated, and the copy stays behind the end of the file");
        yield return Row(Fix.DirtyCow, "dirty-cow", "4.9", "history",
            "mm: remove gup_flags FOLL_WRITE games from __get_user_pages()",
            "a forced write that has broken COW takes whatever is mapped when it looks again, also the file's page");
        yield return Row(Fix.ForceCowExclusive, "force-cow-dirty", "6.0", "history",
            "mm/gup: fix FOLL_FORCE COW security issue and remove FOLL_COW",
            "a forced write takes a dirty entry for one whose COW is broken");
        yield return Row(Fix.LongtermUnshare, "longterm-unshare", "6.2", "history",
            "mm/gup: reliable R/O long-term pinning in COW mappings",
            "a long-term pin for reading keeps the zero page or the file's page, and the next store leaves it behind");
        yield return Row(Fix.LongtermRetry, "longterm-retry", "6.3", "history",
            "mm/gup: add FOLL_UNLOCKABLE",
            "a long-term pin cannot wait for a userfault's manager, and fails with EFAULT");
        yield return Row(Fix.GupFastReread, "gupfast-exclusive-recheck", "3.19", "history",
            "mm: introduce a general RCU get_user_pages_fast()",
            "GUP-fast does not read the entry again once it has its reference");
        yield return Row(Fix.GupFastSeqUnpin, "gupfast-seq-unpin", "5.19", "004",
            "mm/gup: sanity-check with CONFIG_DEBUG_VM that anonymous pages are exclusive when (un)pinning",
            "GUP-fast that lost against fork unpins with the sanity check on: a false alarm");
        yield return Row(Fix.MadvisePopulate, "madvise-populate", "5.14", "history",
            "mm/madvise: introduce MADV_POPULATE_(READ|WRITE) to prefault page tables",
            "MADV_POPULATE_READ and MADV_POPULATE_WRITE are refused with EINVAL");
        yield return Row(Fix.GupFollowProtnone, "gup-follow-protnone", "6.6", "history",
            "mm/gup: reintroduce FOLL_NUMA as FOLL_HONOR_NUMA_FAULT",
            "GUP takes the NUMA hinting fault first");
    }

    private static IEnumerable<FixInfo> Moving()
    {
        yield return Row(Fix.ReclaimPinned, "reclaim-pinned", "5.11", "001",
            "mm: don't put pinned pages into the swap cache",
            "reclaim finds out about pins only after it has put the page into the swap cache");
        yield return Row(Fix.SharePinCheckSwap, "share-clears-pin-check-swap", "5.19", "004", Part2,
            "page_try_share_anon_rmap does not fail for a pinned page in try_to_unmap");
        yield return Row(Fix.SharePinCheckMigration, "share-clears-pin-check-migration", "5.19", "004", Part2,
            "page_try_share_anon_rmap does not fail for a pinned page in try_to_migrate");
        yield return Row(Fix.UnmapExclusiveFlush, "unmap-exclusive-flush", "5.19-6.1", "004", Part2,
            "reclaim defers the flush of an exclusive page, and GUP-fast pins it behind the look at its pins");
        yield return Row(Fix.MigrateClearFirst, "migrate-gupfast", "5.19", "004", Part2,
            "migration looks at the pins while the entry is still there, and GUP-fast pins behind its back");
        yield return Row(Fix.MigrationReadExclusive, "migration-read-exclusive", "5.19", "004", Part2,
            "a read-only exclusive page comes back from migration as possibly shared");
        yield return Row(Fix.MprotectMigrationExclusive, "mprotect-migration-exclusive", "5.19", "004", Part2,
            "mprotect turns a writable migration entry into a plain read one");
        yield return Row(Fix.ForkMigrationExclusive, "fork-migration-exclusive", "5.19", "004", Part2,
            "fork leaves exclusive migration entries as they are, and both sides come back exclusive");
        yield return Row(Fix.MprotectSwapPage, "mprotect-swap-page", "5.19", "004", Part2 + " (as posted in v2)",
            "pfn_swap_entry_to_page is asked about a true swap entry");
        yield return Row(Fix.UnmapSwapFree, "unmap-swap-free", "5.19", "004",
            "mm/rmap: fix missing swap_free() in try_to_unmap() after arch_unmap_one() failed",
            "the swap use count is not given back when arch_unmap_one fails");
        yield return Row(Fix.SwapExclusive, "swap-exclusive", "5.19", "004", SwapBitTitle,
            "exclusivity is lost by swap-out");
        yield return Row(Fix.SwapExclusiveForkChild, "swap-exclusive-fork-child", "5.19", "history", SwapBitTitle,
            "fork leaves the exclusive bit in the child's swap entry");
        yield return Row(Fix.SwapExclusiveForkParent, "swap-exclusive-fork", "5.19", "history", SwapBitTitle,
            "fork leaves the exclusive bit in the parent's swap entry");
        yield return Row(Fix.SwapInReadWritable, "swapin-read-writable", "6.11", "history",
            "mm: set pte writable while pte_soft_dirty() is true in do_swap_page()",
            "a read swap-in maps even an exclusive page read-only");
        yield return Row(Fix.SwapInRace, "swapin-race", "6.8", "history", "mm/swap: fix race when skipping swapcache",
            "two threads read the slot past the swap cache, and the second installs a stale copy");
        yield return Row(Fix.MigrationYoungDirty, "migration-young-dirty", "6.1", "history",
            "mm: remember young/dirty bit for page migrations", "migration loses the entry's young and dirty bits");
        yield return Row(Fix.UnmapDirty, "unmap-dirty", "2.6", "engine", "try_to_unmap: hand pte_dirty to the page",
            "unmapping a page forgets that it was stored to");
        yield return Row(Fix.ZapFlush, "zap-flush", "4.13", "history",
            "mm: fix MADV_[FREE|DONTNEED] TLB flush miss problem",
            "a second zapper finds nothing, flushes nothing, and returns while translations still live");
        yield return Row(Fix.UnuseKeepsUffdWp, "unuse-pte-uffd-wp", "5.19", "000", UnuseTitle,
            "swapoff drops uffd_wp of the pages that it brings back");
        yield return Row(Fix.UnuseKeepsSoftDirty, "unuse-pte-soft-dirty", "5.19", "000", UnuseTitle,
            "swapoff drops soft_dirty of the pages that it brings back");
        yield return Row(Fix.UnuseKeepsExclusive, "unuse-pte-exclusive", "5.19", "000", SwapBitTitle,
            "swapoff forgets that an entry is its slot's only user: the next store faults, and may copy");
        yield return Row(Fix.LazyfreeReferences, "lazyfree-references", "5.18", "history",
            "mm: fix race between MADV_FREE reclaim and blkdev direct IO read",
            "reclaim discards a lazyfree page that a device is about to write to");
        yield return Row(Fix.MadvFreeShared, "madv-free-shared", NoRelease, "engine", "none: present in 6.18",
            "MADV_FREE makes a clean page lazyfree that others map too, and reclaim discards it for them as well");
        yield return Row(Fix.LazyfreeFlush, "lazyfree-flush", NoRelease, "engine", "none: present in 6.18",
            "a thread reads a reclaimed page (lazyfree, or of a file) by a stale translation after a new one is there");
    }

    private static IEnumerable<FixInfo> Remapping()
    {
        yield return Row(Fix.MremapFlush, "mremap-flush", "4.19", "history",
            "mremap: properly flush TLB before releasing the page",
            "mremap flushes the old range only when anybody can have the moved pages already");
        yield return Row(Fix.MremapSoftDirtySwap, "softdirty-mremap-swap", "3.13", "history",
            "mm: move_ptes -- Set soft dirty bit depending on pte type",
            "mremap marks a swap entry as if it were a present one");
        yield return Row(Fix.MremapMultiVma, "mremap-multi-vma", "6.17", "history",
            "mm/mremap: permit mremap() move of multiple VMAs",
            "a range over two mappings is refused with EFAULT, after its target was unmapped");
        yield return Row(Fix.MremapDontUnmap, "mremap-dontunmap", "5.7", "history",
            "mm/mremap: add MREMAP_DONTUNMAP to mremap()", "MREMAP_DONTUNMAP is refused with EINVAL");
        yield return Row(Fix.MremapDontUnmapFile, "mremap-dontunmap-file", "5.13", "history",
            "mm: extend MREMAP_DONTUNMAP to non-anonymous mappings",
            "MREMAP_DONTUNMAP of anything but private anonymous memory is refused, after its target was unmapped");
        yield return Row(Fix.DontUnmapKeepsLock, "dontunmap-keeps-lock", NoRelease, "engine", "none: present in 6.18",
            "MREMAP_DONTUNMAP of a part of a locked mapping unlocks all of it, also what has not moved");
        yield return Row(Fix.MremapUffdClear, "uffd-mremap", "6.13", "history",
            "mm: clear uffd-wp PTE/PMD state on mremap()",
            "mremap carries uffd_wp bits and markers into a range that is not registered");
        yield return Row(Fix.MremapTellsFirst, "mremap-tells-first", NoRelease, "engine", "none: present in 6.18",
            "mremap faults in what a locked mapping grew by before its manager can read of the move, and may answer");
    }

    private static IEnumerable<FixInfo> Watching()
    {
        yield return Row(Fix.NumaChangeWritable, "numa-change-writable", "6.2", "history",
            "mm/autonuma: use can_change_pte_writable() to replace savedwrite",
            "NUMA hinting leaves the write bit in the entry, and the fault gives it back");
        yield return Row(Fix.ClearRefsPinned, "clear-refs-pinned", "5.11", "001",
            "mm: don't play games with pinned pages in clear_page_refs",
            "clear_refs write-protects a page that may be pinned, and the next store leaves the pin behind");
        yield return Row(Fix.SoftDirtyFlush, "softdirty-tlb", "5.11", "001",
            "mm: proc: Invalidate TLB after clearing soft-dirty page state",
            "clear_refs returns without a flush, and stores through stale translations go unnoticed");
        yield return Row(Fix.SoftDirtyNotify, "softdirty-notify", "3.18", "history",
            "mm: softdirty: enable write notifications on VMAs after VM_SOFTDIRTY cleared",
            "a shared mapping gets writable clean entries although clear_refs wants to hear of the first store");
        yield return Row(Fix.UffdTlbFlush, "uffd-tlb-flush", "5.12", "001",
            "mm/userfaultfd: fix memory corruption due to writeprotect",
            "do_wp_page copies while another CPU still stores through a translation that awaits its flush");
        yield return Row(Fix.MigrateWriteProtect, "migrate-wrprotect", "6.1", "000",
            "mm/migrate: fix read-only page got writable when recover pte",
            "a read migration entry of shared memory is restored with the write bit of vm_page_prot");
        yield return Row(Fix.UffdWriteNotify, "uffd-writenotify", "6.2", "000",
            "mm/userfaultfd: enable writenotify while userfaultfd-wp is enabled for a VMA",
            "vm_page_prot of a uffd-wp mapping stays writable, and mprotect puts the write bit beside uffd_wp");
        yield return Row(Fix.MkUffdWpWriteProtect, "mkuffd-wp-wrprotect", "6.3", "000",
            "mm/uffd: always wr-protect pte in pte|pmd_mkuffd_wp()",
            "pte_mkuffd_wp sets its bit and leaves the write bit alone");
        yield return Row(Fix.UffdSwap, "uffd-swap", "5.7", "history", UffdMoveTitle, "uffd_wp is lost by swap-in");
        yield return Row(Fix.UffdMigration, "uffd-migration", "5.7", "history", UffdMoveTitle,
            "uffd_wp is lost by migration");
        yield return Row(Fix.UffdSwapInWriteProtect, "uffd-swapin-wrprotect", "5.7", "history", UffdMoveTitle,
            "a write swap-in maps a protected page writable");
        yield return Row(Fix.UffdForkClear, "uffd-fork", "5.14", "history",
            "mm/userfaultfd: fix uffd-wp special cases for fork()",
            "a child that is not registered inherits uffd_wp bits");
        yield return Row(Fix.UffdMarkerFork, "uffd-marker-fork", "6.2", "history",
            "mm/uffd: fix pte marker when fork() without fork event",
            "fork copies the markers of a private file mapping into a child that is not registered");
        yield return Row(Fix.UffdUnregister, "uffd-unregister", "6.0", "history",
            "mm/uffd: reset write protection when unregister with wp-mode",
            "uffd_wp bits and markers stay behind when the mapping is unregistered");
        yield return Row(Fix.UffdWpShmem, "uffd-wp-shmem", "5.19", "000",
            "mm/uffd: enable write protection for shmem & hugetlbfs", "shared memory cannot be registered");
        yield return Row(Fix.WpMultiVma, "wp-multi-vma", "6.4", "003", "mm/userfaultfd: support WP on multiple VMAs",
            "a range over two registered mappings is refused with ENOENT");
        yield return Row(Fix.MprotectTryWritable, "mprotect-try-writable", "6.0", "history",
            "mm/mprotect: try avoiding write faults for exclusive anonymous pages when changing protection",
            "mprotect to RW leaves private pages read-only until they fault");
        yield return Row(Fix.ChangeWritableClean, "change-writable-clean", "6.2", "history",
            "mm/mprotect: allow clean exclusive anon pages to be writable",
            "only dirty entries get the write bit back");
        yield return Row(Fix.UffdResolveWritable, "uffd-resolve-writable", "6.3", "history",
            "mm/userfaultfd: rely on vma->vm_page_prot in uffd_wp_range()",
            "resolve never gives the write bit back to private pages, and always to shared ones");
        yield return Row(Fix.UserfaultRecheck, "userfault-recheck", "4.3", "engine",
            "userfaultfd: solve the race between UFFDIO_COPY|ZEROPAGE and read",
            "handle_userfault sleeps without another look at the entry, and the resolve that came before wakes nobody");
        yield return Row(Fix.UnregisterForeign, "unregister-foreign", "6.17", "history",
            "userfaultfd: prevent unregistering VMAs through a different userfaultfd",
            "UNREGISTER takes away what another userfaultfd has registered");
        yield return Row(Fix.ClearRefsPinnedMark, "clear-refs-pinned-mark", NoRelease, "engine",
            "none: present in 6.18",
            "clear_refs leaves a pinned page writable that only VM_SOFTDIRTY marked, and takes that mark away");
        yield return Row(Fix.ClearRefsMigration, "clear-refs-migration", NoRelease, "engine",
            "none: present in 6.18",
            "clear_refs leaves a writable migration entry writable, and a clean page is stored to without a mark");
        yield return Row(Fix.UnregisterWake, "unregister-wake", "4.11", "engine",
            "userfaultfd: non-cooperative: wake userfaults after UFFDIO_UNREGISTER",
            "UNREGISTER leaves threads asleep that wait for missing pages in its range");
    }

    private static IEnumerable<FixInfo> Filling()
    {
        yield return Row(Fix.UffdMinorShmem, "uffd-minor-shmem", "5.14", "history",
            "userfaultfd/shmem: support minor fault registration for shmem",
            "shared memory cannot be registered for minor faults, and there is no UFFDIO_CONTINUE for it");
        yield return Row(Fix.UffdContinueWp, "uffd-continue-wp", "6.4", "history",
            "mm: userfaultfd: add UFFDIO_CONTINUE_MODE_WP to install WP PTEs", "UFFDIO_CONTINUE cannot protect");
        yield return Row(Fix.UffdPoison, "uffd-poison", "6.6", "history",
            "mm: userfaultfd: add new UFFDIO_POISON ioctl", "there is no UFFDIO_POISON");
        yield return Row(Fix.UffdCopyWpReadonly, "uffd-copy-wp-readonly", "5.18", "history",
            "userfaultfd: mark uffd_wp regardless of VM_WRITE flag",
            "UFFDIO_COPY with MODE_WP into a mapping that is read-only for now does not protect");
        yield return Row(Fix.MissingOnlyHole, "missing-only-hole", "4.11", "engine",
            "userfaultfd: shmem: add shmem_mcopy_atomic_pte for userfaultfd support",
            "a page that the page cache has raises an event as if it were missing");
        yield return Row(Fix.UffdWpUnpopulated, "uffd-wp-unpopulated", "6.4", "003",
            "mm/uffd: UFFD_FEATURE_WP_UNPOPULATED", "what is not there of anonymous memory cannot be protected");
        yield return Row(Fix.UffdWpAsync, "uffd-wp-async", "6.7", "003",
            "userfaultfd: UFFD_FEATURE_WP_ASYNC", "every store to a protected page needs a manager's answer");
        yield return Row(Fix.UffdForkKeep, "uffd-fork-keep", "5.14", "history",
            "mm/userfaultfd: fix uffd-wp special cases for fork()",
            "a child that stays registered through EVENT_FORK loses its uffd_wp bits");
        yield return Row(Fix.PagemapScan, "pagemap-scan", "6.7", "003",
            "fs/proc/task_mmu: implement IOCTL to get and optionally clear info about PTEs",
            "there is no PAGEMAP_SCAN");
        yield return Row(Fix.ScanWpAtomic, "scan-wp-atomic", "6.9", "history",
            "fs/proc/task_mmu: fix loss of young/dirty bits during pagemap scan",
            "PAGEMAP_SCAN protects an entry as it was read before, and a dirty bit set meanwhile is lost");
        yield return Row(Fix.SharePinCheckMigrateVma, "share-clears-pin-check-migrate-vma", "5.19", "004", Part2,
            "page_try_share_anon_rmap does not fail for a pinned page in migrate_vma_collect");
        yield return Row(Fix.MigrateVmaDirty, "migrate-vma-dirty", "6.1", "history",
            "mm/migrate_device.c: copy pte dirty bit to page",
            "migrate_vma forgets that the page was stored to when it replaces the entry");
        yield return Row(Fix.UffdMove, "uffd-move", "6.8", "history", "userfaultfd: UFFDIO_MOVE uABI",
            "there is no UFFDIO_MOVE");
        yield return Row(Fix.MoveSoftDirtySwap, "move-soft-dirty-swap", "6.15", "history",
            "mm: userfaultfd: correct dirty flags set for both present and swap pte",
            "UFFDIO_MOVE does not mark a swap entry as changed");
        yield return Row(Fix.MoveUffdClear, "move-uffd-clear", NoRelease, "engine", "none: present in 6.18",
            "UFFDIO_MOVE carries uffd_wp of a swap entry to where nobody has protected anything");
        yield return Row(Fix.PoisonResolve, "poison-resolve", NoRelease, "engine", "none: present in 6.18",
            "resolving and unregistering leave uffd_wp in a poison marker that PAGEMAP_SCAN has protected");
        yield return Row(Fix.HoleMarker, "hole-marker", NoRelease, "engine", "none: present in 6.18",
            "a hole whose page was mapped again before it was locked takes uffd-wp markers from all mappings of it");
        yield return Row(Fix.ScanMigration, "scan-migration", NoRelease, "engine", "none: present in 6.18",
            "PAGEMAP_SCAN protects a writable migration entry, which stays writable and comes back unprotected");
        yield return Row(Fix.MovePinCheck, "move-pin-check", "6.8", "engine", "userfaultfd: UFFDIO_MOVE uABI",
            "UFFDIO_MOVE looks at the pins before it clears the entry, and GUP-fast pins in between");
        yield return Row(Fix.RegisterResetsProtection, "register-resets-protection", NoRelease, "engine",
            "none: present in 6.18",
            "REGISTER without MODE_WP where there was MODE_WP leaves uffd_wp bits behind, beside which stores land");
        yield return Row(Fix.UnregisterWakesAll, "unregister-wakes-all", NoRelease, "engine",
            "none: present in 6.18",
            "UNREGISTER leaves threads asleep that wait for write-protection or minor faults in its range");
        yield return Row(Fix.MfillPreparesFirst, "uffd-mfill-lock", "6.9", "history",
            "userfaultfd: use per-vma locks in userfaultfd operations",
            "a fill or move that is refused leaves the mapping as it was, and fork need not copy its page tables");
        yield return Row(Fix.UnpinDirty, "unpin-dirty", "5.2", "history",
            "mm: introduce put_user_page*(), placeholder versions",
            "a driver unpins without marking pages dirty, as io_uring does: reclaim drops what its device wrote");
    }

    private static IEnumerable<FixInfo> Guards()
    {
        yield return Row(Fix.MadviseGuard, "madvise-guard", "6.13", "history",
            "mm: madvise: implement lightweight guard page mechanism",
            "MADV_GUARD_INSTALL and MADV_GUARD_REMOVE answer EINVAL");
        yield return Row(Fix.MadviseGuardFile, "madvise-guard-file", "6.15", "history",
            "mm: allow guard regions in file-backed and read-only mappings",
            "MADV_GUARD_INSTALL and MADV_GUARD_REMOVE answer EINVAL for mappings of files");
        yield return Row(Fix.FillKeepsGuard, "fill-keeps-guard", "6.19", "engine",
            "mm: correctly handle UFFD PTE markers",
            "UFFDIO_COPY and UFFDIO_CONTINUE put pages where a guard is, and the guard is lost");
        yield return Row(Fix.GuardOverMarker, "guard-over-marker", NoRelease, "engine", "none: present in 6.18",
            "MADV_GUARD_INSTALL meets a uffd-wp marker of a file, which no zap takes away, and starts anew for ever");
        yield return Row(Fix.GuardFlush, "guard-flush", NoRelease, "engine", "none: present in 6.18",
            "MADV_GUARD_INSTALL finds an entry empty whose flush is still to come, and returns before it");
    }

    private static IEnumerable<FixInfo> Failing()
    {
        yield return Row(Fix.ShmemKeepsFailed, "shmem-keeps-failed", "5.16", "history",
            "mm: shmem: don't truncate page if memory failure happens",
            "a page of shared memory whose memory fails becomes a hole: what was stored reads as zeros, unannounced");
        yield return Row(Fix.UnuseUnreadable, "unuse-unreadable", "5.19", "history",
            "mm/swapfile: unuse_pte can map random data if swap read fails",
            "swapoff maps a page of the swap cache although it could not be read, or its memory has failed");
        yield return Row(Fix.CowMachineCheck, "cow-machine-check", "6.2", "history",
            "mm, hwpoison: try to recover from copy-on write faults",
            "a memory error in the page that do_wp_page copies kills the kernel");
        yield return Row(Fix.CowFaultMachineCheck, "cow-fault-machine-check", "6.12", "history",
            "mm: support poison recovery from do_cow_fault()",
            "a memory error in the page of a file that do_cow_fault copies kills the kernel");
        yield return Row(Fix.ForkMachineCheck, "fork-machine-check", "6.12", "history",
            "mm: support poison recovery from copy_present_page()",
            "a memory error in the pinned page that fork copies at once kills the kernel");
    }

    private static IEnumerable<FixInfo> Older()
    {
        yield return Row(Fix.UffdWp, "uffd-wp", "5.7", "history",
            "userfaultfd: wp: enabled write protection in userfaultfd API",
            "REGISTER for write-protection and WRITEPROTECT answer EINVAL");
        yield return Row(Fix.MprotectSoftDirty, "mprotect-softdirty", "6.0", "history",
            "mm/mprotect: fix soft-dirty checks in can_change_pte_writable()",
            "mprotect makes a dirty entry of shared memory writable again although clear_refs waits for a store");
        yield return Row(Fix.ClearRefsLocking, "clear-refs-locking", "5.11", "history",
            "mm: fix clear_refs_write locking",
            "clear_refs walks with mmap_lock for reading, so that faults run beside it");
    }
}
