// The names of the kernel paths that a task can be in, and of the flags that they hand each other. Names only:
// what a path does is in Kernel/, one file per path.

using System;

namespace MmFuzz.Engine.State;

/// <summary>A kernel path (or the hardware's own): what one level of a task's stack executes.</summary>
public enum KernelPath : byte
{
    /// <summary>None.</summary>
    None,

    /// <summary>A load or store of a user thread: TLB, walk, fault, again.</summary>
    UserAccess,

    /// <summary>handle_mm_fault: find the mapping, look at the entry, go on to the right path.</summary>
    HandleMmFault,

    /// <summary>do_anonymous_page.</summary>
    DoAnonymousPage,

    /// <summary>do_fault: shared memory and files; and what finds a page of the page cache for a write.</summary>
    DoSharedFault,

    /// <summary>do_swap_page.</summary>
    DoSwapPage,

    /// <summary>do_wp_page.</summary>
    DoWpPage,

    /// <summary>handle_userfault.</summary>
    HandleUserfault,

    /// <summary>migration_entry_wait.</summary>
    MigrationEntryWait,

    /// <summary>get_user_pages and pin_user_pages with mmap_lock.</summary>
    GupSlow,

    /// <summary>get_user_pages_fast and pin_user_pages_fast.</summary>
    GupFast,

    /// <summary>dup_mmap.</summary>
    Fork,

    /// <summary>mmap.</summary>
    Mmap,

    /// <summary>munmap.</summary>
    Munmap,

    /// <summary>madvise(MADV_DONTNEED).</summary>
    MadviseDontneed,

    /// <summary>exit_mmap.</summary>
    Exit,

    /// <summary>unmap_page_range with its gather.</summary>
    ZapPageRange,

    /// <summary>mprotect.</summary>
    Mprotect,

    /// <summary>change_protection of a part of one mapping.</summary>
    ChangeProtection,

    /// <summary>UFFDIO_WRITEPROTECT.</summary>
    MwriteprotectRange,

    /// <summary>UFFDIO_REGISTER.</summary>
    UffdRegister,

    /// <summary>UFFDIO_UNREGISTER, and closing the descriptor.</summary>
    UffdUnregister,

    /// <summary>/proc/pid/clear_refs, 4.</summary>
    ClearRefs,

    /// <summary>shrink_folio_list on one page.</summary>
    ShrinkFolio,

    /// <summary>try_to_unmap.</summary>
    TryToUnmap,

    /// <summary>migrate_pages on one page.</summary>
    MigrateFolio,

    /// <summary>try_to_migrate.</summary>
    TryToMigrate,

    /// <summary>remove_migration_ptes.</summary>
    RemoveMigrationPtes,

    /// <summary>try_to_unuse.</summary>
    Swapoff,

    /// <summary>mremap.</summary>
    Mremap,

    /// <summary>move_page_tables.</summary>
    MovePageTables,

    /// <summary>madvise, other than MADV_DONTNEED: one mapping after the other.</summary>
    Madvise,

    /// <summary>madvise_free_single_vma.</summary>
    MadviseFree,

    /// <summary>madvise_cold and madvise_pageout.</summary>
    MadvisePageout,

    /// <summary>madvise_vma_behavior with advice about fork.</summary>
    MadviseFork,

    /// <summary>task_numa_work.</summary>
    TaskNumaWork,

    /// <summary>do_numa_page.</summary>
    DoNumaPage,

    /// <summary>generic_perform_write.</summary>
    FileWrite,

    /// <summary>access_remote_vm, once GUP has its page.</summary>
    AccessRemoteVm,

    /// <summary>handle_userfault for a page that is missing.</summary>
    HandleMissing,

    /// <summary>handle_userfault for a page that only the page table lacks.</summary>
    HandleMinor,

    /// <summary>mfill_atomic: UFFDIO_COPY, ZEROPAGE, CONTINUE and POISON.</summary>
    MfillAtomic,

    /// <summary>do_pagemap_scan.</summary>
    PagemapScan,

    /// <summary>userfaultfd_event_wait_completion, of every event that the task has to raise.</summary>
    UserfaultfdEvent,

    /// <summary>move_pages: UFFDIO_MOVE.</summary>
    MovePages,

    /// <summary>migrate_vma_setup, migrate_vma_pages and migrate_vma_finalize on one page.</summary>
    MigrateVma,

    /// <summary>A hole is punched where a page of a file was (shmem_fallocate, truncate_pagecache_range).</summary>
    PunchHole,

    /// <summary>ftruncate (shmem_setattr, truncate_setsize).</summary>
    Truncate,

    /// <summary>madvise(MADV_REMOVE).</summary>
    MadviseRemove,

    /// <summary>madvise(MADV_GUARD_INSTALL), madvise(MADV_GUARD_REMOVE).</summary>
    MadviseGuard,

    /// <summary>What a call does with a page that it has taken: O_DIRECT, process_vm_*.</summary>
    PinnedCall,

    /// <summary>do_mlock, __mm_populate and munlock.</summary>
    Mlock,

    /// <summary>memory_failure, once madvise has taken the page.</summary>
    MemoryFailure,
}

/// <summary>FAULT_FLAG_*. A type of its own: GUP flags cannot be tested here by mistake (seed 004 #13, v2).</summary>
[Flags]
public enum FaultFlags : byte
{
    /// <summary>A read.</summary>
    None = 0,

    /// <summary>A store.</summary>
    Write = 1,

    /// <summary>Make the page exclusive without making it writable; never with <see cref="Write"/>.</summary>
    Unshare = 2,

    /// <summary>From user mode.</summary>
    User = 4,

    /// <summary>On behalf of another process.</summary>
    Remote = 8,

    /// <summary>mmap_lock may be dropped.</summary>
    AllowRetry = 16,

    /// <summary>...but not waited for.</summary>
    RetryNowait = 32,

    /// <summary>Not the first try.</summary>
    Tried = 64,
}

/// <summary>FOLL_*.</summary>
[Flags]
public enum GupFlags : byte
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>FOLL_WRITE.</summary>
    Write = 1,

    /// <summary>FOLL_PIN; without it FOLL_GET.</summary>
    Pin = 2,

    /// <summary>FOLL_LONGTERM.</summary>
    Longterm = 4,

    /// <summary>FOLL_FORCE.</summary>
    Force = 8,

    /// <summary>follow_page: look, and never fault.</summary>
    NoFault = 16,

    /// <summary>FOLL_NOWAIT.</summary>
    Nowait = 32,

    /// <summary>FOLL_REMOTE, by a caller that keeps mmap_lock: no fault may drop it.</summary>
    Remote = 64,

    /// <summary>FOLL_COW: a fault for this page has broken COW (up to 5.19).</summary>
    Cow = 128,
}

/// <summary>How a fault ended (vm_fault_t).</summary>
public enum FaultResult : byte
{
    /// <summary>Done; try the access again.</summary>
    Done,

    /// <summary>VM_FAULT_RETRY: mmap_lock was dropped.</summary>
    Retry,

    /// <summary>VM_FAULT_SIGSEGV.</summary>
    Sigsegv,

    /// <summary>VM_FAULT_SIGBUS.</summary>
    Sigbus,

    /// <summary>VM_FAULT_OOM.</summary>
    Oom,

    /// <summary>VM_FAULT_HWPOISON: a memory error, or a page that is made to look like one.</summary>
    Hwpoison,
}

/// <summary>What change_protection does to the entries of its range.</summary>
public enum ProtectionChange : byte
{
    /// <summary>mprotect: the mapping's new protection.</summary>
    Mprotect,

    /// <summary>MM_CP_UFFD_WP.</summary>
    UffdProtect,

    /// <summary>MM_CP_UFFD_WP_RESOLVE.</summary>
    UffdResolve,

    /// <summary>MM_CP_PROT_NUMA.</summary>
    NumaHint,
}

/// <summary>How far a task is.</summary>
public enum TaskState : byte
{
    /// <summary>Nothing to do.</summary>
    Idle,

    /// <summary>In a path, and free to move.</summary>
    Running,

    /// <summary>In a path, waiting for an event, a lock or the end of a migration.</summary>
    Blocked,
}

/// <summary>What a task waits for.</summary>
public enum WaitKind : byte
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A page-table lock.</summary>
    PtLock,

    /// <summary>A page lock.</summary>
    PageLock,

    /// <summary>mmap_lock for reading.</summary>
    MmapRead,

    /// <summary>mmap_lock for writing.</summary>
    MmapWrite,

    /// <summary>The manager of a userfaultfd.</summary>
    Userfault,

    /// <summary>The end of a migration.</summary>
    Migration,

    /// <summary>Somebody who reads a swap slot past the swap cache.</summary>
    SwapSlot,

    /// <summary>A CPU that has interrupts off.</summary>
    Interrupts,

    /// <summary>The end of a page's write-out.</summary>
    Writeback,

    /// <summary>inode_lock.</summary>
    InodeLock,

    /// <summary>Another thread of the process, which must return before the process can go.</summary>
    Sibling,

    /// <summary>i_mmap_rwsem: somebody who walks the mappings of a file is at this address space's.</summary>
    FileMappings,
}

/// <summary>What a task owes or has reserved.</summary>
[Flags]
public enum TaskFlags : ushort
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The program moves it with <c>step</c> only.</summary>
    Started = 1,

    /// <summary>Interrupts are off: a flush by IPI waits for it (GUP-fast).</summary>
    InterruptsOff = 2,

    /// <summary>One use of <see cref="Task.Slot"/> is its own.</summary>
    HoldsSlot = 4,

    /// <summary>It has reserved <see cref="Task.Slot"/> to read past the swap cache.</summary>
    ReadsSlot = 8,

    /// <summary>The fault in flight took mmap_lock itself.</summary>
    FaultTookLock = 16,

    /// <summary>The page in hand was exclusive when its entry was cleared.</summary>
    WasExclusive = 32,

    /// <summary>The path failed and is undoing what it did.</summary>
    Failing = 256,

    /// <summary>It has to tell managers before it discards (EVENT_REMOVE), so it goes mapping by mapping.</summary>
    Notifies = 64,

    /// <summary>All is done, and mmap_lock dropped: it only waits for managers to read of it.</summary>
    Announces = 128,

    /// <summary>At least one entry or mapping was changed.</summary>
    Changed = 512,

    /// <summary>write_protect_seq was raised by this task.</summary>
    RaisedSeq = 1024,

    /// <summary>The range that it walks has a hole: ENOMEM in the end.</summary>
    MetHole = 4096,

    /// <summary>faultin_page_range: GUP only faults, and takes nothing.</summary>
    Populates = 8192,

    /// <summary>What GUP takes is used and given back by the same call (O_DIRECT, process_vm_readv).</summary>
    OneCall = 16384,

    /// <summary>VM_FAULT_WRITE: the last fault has broken COW, or found that it need not.</summary>
    BrokeCow = 2048,

    /// <summary>MADV_HWPOISON: what GUP takes, and what try_to_unmap unmaps, is a page whose memory fails.</summary>
    MemoryFailure = 32768,
}
