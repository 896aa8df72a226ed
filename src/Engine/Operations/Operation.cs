// One operation of a program, as a small value: what, by whom, on which slots and pages. The text of each kind is in
// OperationPrinter and OperationParser, when it is enabled in Enabled, what it does in Starter.
// Not covered: programs (MmProgram).

using System;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Operations;

/// <summary>What an operation does.</summary>
public enum OperationKind : byte
{
    /// <summary>mmap.</summary>
    Mmap,

    /// <summary>munmap.</summary>
    Munmap,

    /// <summary>madvise(MADV_DONTNEED).</summary>
    Dontneed,

    /// <summary>mprotect.</summary>
    Mprotect,

    /// <summary>fork.</summary>
    Fork,

    /// <summary>exit.</summary>
    Exit,

    /// <summary>A load.</summary>
    Load,

    /// <summary>A store.</summary>
    Store,

    /// <summary>pin_user_pages (FOLL_PIN).</summary>
    Pin,

    /// <summary>get_user_pages (FOLL_GET).</summary>
    Get,

    /// <summary>vmsplice of pages into a pipe.</summary>
    Vmsplice,

    /// <summary>Reading a pipe, which drops its references.</summary>
    PipeRead,

    /// <summary>Giving pages back that were pinned or got.</summary>
    Unpin,

    /// <summary>The device reads through a handle.</summary>
    DevRead,

    /// <summary>The device writes through a handle.</summary>
    DevWrite,

    /// <summary>Reclaim of one page.</summary>
    Swapout,

    /// <summary>Migration of one page.</summary>
    Migrate,

    /// <summary>userfaultfd and UFFDIO_API.</summary>
    UffdOpen,

    /// <summary>Closing a userfaultfd.</summary>
    UffdClose,

    /// <summary>UFFDIO_REGISTER.</summary>
    Register,

    /// <summary>UFFDIO_UNREGISTER.</summary>
    Unregister,

    /// <summary>UFFDIO_WRITEPROTECT, protect.</summary>
    Wp,

    /// <summary>UFFDIO_WRITEPROTECT, resolve.</summary>
    Unwp,

    /// <summary>The manager reads an event.</summary>
    UffdRead,

    /// <summary>UFFDIO_WAKE.</summary>
    Wake,

    /// <summary>/proc/pid/clear_refs, 4.</summary>
    ClearRefs,

    /// <summary>/proc/pid/pagemap, the soft-dirty bit of one page.</summary>
    Pagemap,

    /// <summary>Lets something fail, or go an awkward way, soon.</summary>
    Inject,

    /// <summary>swapoff, and swapon again: all that is in the swap area comes back.</summary>
    Swapoff,

    /// <summary>mremap: with MREMAP_FIXED, or in place.</summary>
    Mremap,

    /// <summary>madvise(MADV_FREE).</summary>
    Free,

    /// <summary>madvise(MADV_COLD).</summary>
    Cold,

    /// <summary>madvise(MADV_PAGEOUT).</summary>
    Pageout,

    /// <summary>madvise(MADV_POPULATE_READ or MADV_POPULATE_WRITE).</summary>
    Populate,

    /// <summary>madvise about fork: MADV_DONTFORK, MADV_DOFORK, MADV_WIPEONFORK, MADV_KEEPONFORK.</summary>
    Madvise,

    /// <summary>task_numa_work: the next access of each page faults, and says which node it is needed on.</summary>
    NumaHint,

    /// <summary>write(2) of one page of a file.</summary>
    FileWrite,

    /// <summary>A write of one page through /proc/pid/mem (FOLL_FORCE).</summary>
    ForceWrite,

    /// <summary>UFFDIO_COPY.</summary>
    Copy,

    /// <summary>UFFDIO_ZEROPAGE.</summary>
    Zeropage,

    /// <summary>UFFDIO_CONTINUE.</summary>
    Continue,

    /// <summary>UFFDIO_POISON.</summary>
    Poison,

    /// <summary>UFFDIO_MOVE.</summary>
    Move,

    /// <summary>migrate_vma on one page, for a driver that then has no page for it.</summary>
    MigrateVma,

    /// <summary>A speculative reference to a page, by somebody who looks it up.</summary>
    Ref,

    /// <summary>Letting go of it.</summary>
    Unref,

    /// <summary>PAGEMAP_SCAN for written pages.</summary>
    Scan,

    /// <summary>read(2) or write(2) of one page with O_DIRECT: the page is pinned for that long.</summary>
    DirectIo,

    /// <summary>process_vm_readv or process_vm_writev of one page, by the process itself.</summary>
    ProcessVm,

    /// <summary>fallocate(FALLOC_FL_PUNCH_HOLE) of one page of a file.</summary>
    Punch,

    /// <summary>madvise(MADV_REMOVE): punches a hole into what shared memory maps.</summary>
    Remove,

    /// <summary>mlock.</summary>
    Mlock,

    /// <summary>munlock.</summary>
    Munlock,

    /// <summary>ftruncate: a file gets so many pages.</summary>
    Truncate,

    /// <summary>madvise(MADV_GUARD_INSTALL).</summary>
    Guard,

    /// <summary>madvise(MADV_GUARD_REMOVE).</summary>
    Unguard,

    /// <summary>madvise(MADV_HWPOISON) of one page: its memory fails.</summary>
    MemoryFailure,

    /// <summary>Moves a path that was started.</summary>
    Step,
}

/// <summary>Details of an operation.</summary>
[Flags]
public enum OperationFlags : ushort
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>A write: <c>rw</c>.</summary>
    Write = 1,

    /// <summary>A read: <c>r</c> (mmap and mprotect without either: <c>none</c>).</summary>
    Read = 2,

    /// <summary>By the fast path first: <c>fast</c>.</summary>
    Fast = 4,

    /// <summary>UFFDIO_WRITEPROTECT_MODE_DONTWAKE: <c>dontwake</c>.</summary>
    DontWake = 8,

    /// <summary>UFFD_FEATURE_SIGBUS: <c>sigbus</c>.</summary>
    Sigbus = 16,

    /// <summary>Executes only its first stage; <c>step</c> moves it on.</summary>
    Started = 32,

    /// <summary>By follow_page, which looks and never faults: <c>follow</c>.</summary>
    Follow = 64,

    /// <summary>FOLL_FORCE: <c>force</c>.</summary>
    Force = 512,

    /// <summary>FOLL_LONGTERM: <c>longterm</c>.</summary>
    Longterm = 1024,

    /// <summary>FOLL_NOWAIT: <c>nowait</c>.</summary>
    Nowait = 2048,

    /// <summary>UFFDIO_COPY_MODE_WP, UFFDIO_CONTINUE_MODE_WP, PM_SCAN_WP_MATCHING: <c>wp</c>.</summary>
    Protect = 128,

    /// <summary>PM_SCAN_CHECK_WPASYNC: <c>check</c>.</summary>
    CheckAsync = 256,

    /// <summary>UFFDIO_MOVE_MODE_ALLOW_SRC_HOLES: <c>holes</c>.</summary>
    AllowHoles = 4096,

    /// <summary>MREMAP_DONTUNMAP: <c>dontunmap</c>.</summary>
    DontUnmap = 8192,

    /// <summary>mremap that may not move: without <c>-&gt;</c>.</summary>
    InPlace = 16384,

    /// <summary>MAP_FIXED: <c>fixed</c>.</summary>
    Fixed = 32768,
}

/// <summary>An operation.</summary>
public struct Operation : IEquatable<Operation>
{
    /// <summary>What it does.</summary>
    public OperationKind Kind;

    /// <summary>Details.</summary>
    public OperationFlags Flags;

    /// <summary>Who executes it; without meaning where nobody needs to.</summary>
    public ActorId Actor;

    /// <summary>On whose memory.</summary>
    public MmId Process;

    /// <summary>First page.</summary>
    public Va Va;

    /// <summary>Pages.</summary>
    public byte Length;

    /// <summary>What it creates or uses: handle, context, child, inode; of <c>inject</c>, which fault.</summary>
    public byte Slot;

    /// <summary>
    /// Page of the inode, page of the handle, stages of <c>step</c>, chances passed by before an injection, modes of
    /// <c>register</c> (none said: write-protection), features of <c>uffd</c>.
    /// </summary>
    public byte Number;

    /// <summary>mmap: what to map.</summary>
    public VmaKind Mapping;

    /// <summary>mremap: <c>to</c> how many pages; 0 if to as many as before.</summary>
    public byte Resized;

    /// <summary>mremap: pages that it has afterwards.</summary>
    public readonly int NewLength => Resized == 0 ? Length : Resized;

    /// <summary>The handle.</summary>
    public readonly HandleId Handle => new(Slot);

    /// <summary>The context.</summary>
    public readonly UffdId Uffd => new(Slot);

    /// <summary>The child.</summary>
    public readonly MmId Child => new(Slot);

    /// <summary>The inode.</summary>
    public readonly InodeId Inode => new(Slot);

    /// <summary>The modes to register in.</summary>
    public readonly UffdModes Modes => Number == 0 ? UffdModes.Wp : (UffdModes)Number;

    /// <summary>The fault to inject.</summary>
    public readonly InjectedFault Fault => (InjectedFault)(Slot + 1);

    /// <summary>The features asked for.</summary>
    public readonly UffdFeatures Features =>
        (UffdFeatures)Number | (Has(OperationFlags.Sigbus) ? UffdFeatures.Sigbus : UffdFeatures.None);

    /// <summary>First page behind it.</summary>
    public readonly int End => Va.Value + Length;

    /// <summary>Whether <c>step</c> is to move it.</summary>
    public readonly bool IsStarted => Has(OperationFlags.Started);

    /// <summary>Whether it puts entries where none are.</summary>
    public readonly bool Fills =>
        Kind is OperationKind.Copy or OperationKind.Zeropage or OperationKind.Continue or OperationKind.Poison;

    /// <summary>Whether it takes a page and gives it back before it returns.</summary>
    public readonly bool TakesForCall => Kind is OperationKind.DirectIo or OperationKind.ProcessVm;

    /// <summary>Whether it answers with what a page of a process holds.</summary>
    public readonly bool ReadsPage =>
        Kind == OperationKind.Load || (TakesForCall && !Has(OperationFlags.Write));

    /// <summary>Whether it takes references to pages, as a handle that it names.</summary>
    public readonly bool TakesHandle =>
        Kind is OperationKind.Pin or OperationKind.Get or OperationKind.Vmsplice
            or OperationKind.Ref;

    /// <summary>Whether it is one of those that only prepare the ground, which lengths do not count.</summary>
    public readonly bool IsSetUp =>
        Kind is OperationKind.UffdOpen or OperationKind.Register or OperationKind.Inject
            || (Kind == OperationKind.Mmap && !Has(OperationFlags.Fixed));

    /// <summary>Whether it counts in the length of a program (a staged path counts once, whatever its steps).</summary>
    public readonly bool Counts => !IsSetUp && Kind != OperationKind.Step;

    /// <summary>Equality.</summary>
    public static bool operator ==(Operation left, Operation right) => left.Equals(right);

    /// <summary>Inequality.</summary>
    public static bool operator !=(Operation left, Operation right) => !left.Equals(right);

    /// <summary>Whether the flag is set.</summary>
    public readonly bool Has(OperationFlags flag) => (Flags & flag) != 0;

    /// <inheritdoc/>
    public readonly bool Equals(Operation other) =>
        Kind == other.Kind && Flags == other.Flags && Actor == other.Actor && Process == other.Process
        && Va == other.Va && Length == other.Length && Slot == other.Slot && Number == other.Number
        && Mapping == other.Mapping && Resized == other.Resized;

    /// <inheritdoc/>
    public override readonly bool Equals(object? obj) => obj is Operation other && Equals(other);

    /// <inheritdoc/>
    public override readonly int GetHashCode() =>
        ((int)Kind | ((int)Flags << 8) | (Actor.Value << 24) | (Process.Value << 28))
        ^ ((Va.Value | (Length << 6) | (Slot << 12) | (Number << 18) | ((int)Mapping << 24) | (Resized << 27))
            * 0x9e3779b);

    /// <inheritdoc/>
    public override readonly string ToString() => OperationPrinter.Print(this);
}
