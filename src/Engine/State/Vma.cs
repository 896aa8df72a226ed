// A mapping (vm_area_struct): range, kind, rights. Not covered: splitting, merging and the protection that fresh
// entries get (Kernel/Mmap, Kernel/Mprotect).

using System;

namespace MmFuzz.Engine.State;

/// <summary>What a mapping maps.</summary>
public enum VmaKind : byte
{
    /// <summary>Nothing: an unused place.</summary>
    None,

    /// <summary>Private anonymous memory.</summary>
    Anon,

    /// <summary>Shared anonymous memory: an inode that goes with its last mapping.</summary>
    SharedAnon,

    /// <summary>A memfd, shared.</summary>
    MemfdShared,

    /// <summary>A memfd, private.</summary>
    MemfdPrivate,

    /// <summary>A file on a disk, private.</summary>
    FilePrivate,

    /// <summary>Huge pages from the pool, shared.</summary>
    HugetlbShared,

    /// <summary>Huge pages from the pool, private.</summary>
    HugetlbPrivate,
}

/// <summary>vm_flags, and what else a mapping remembers.</summary>
[Flags]
public enum VmFlags : ushort
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>VM_READ.</summary>
    Read = 1,

    /// <summary>VM_WRITE.</summary>
    Write = 2,

    /// <summary>VM_MAYWRITE.</summary>
    MayWrite = 4,

    /// <summary>VM_SHARED.</summary>
    Shared = 8,

    /// <summary>VM_SOFTDIRTY: all of it counts as written.</summary>
    SoftDirty = 16,

    /// <summary>VM_UFFD_WP.</summary>
    UffdWp = 32,

    /// <summary>VM_UFFD_MISSING.</summary>
    UffdMissing = 64,

    /// <summary>VM_UFFD_MINOR.</summary>
    UffdMinor = 128,

    /// <summary>VM_MERGEABLE.</summary>
    Mergeable = 256,

    /// <summary>VM_HUGEPAGE.</summary>
    Hugepage = 512,

    /// <summary>VM_LOCKED.</summary>
    Locked = 1024,

    /// <summary>VM_DONTCOPY.</summary>
    DontCopy = 2048,

    /// <summary>VM_WIPEONFORK.</summary>
    WipeOnFork = 4096,

    /// <summary>It has an anon_vma: it has, or had, anonymous pages, so fork copies its page tables.</summary>
    AnonVma = 8192,

    /// <summary>vm_page_prot lets fresh entries be writable.</summary>
    PageProtWrite = 16384,

    /// <summary>All three ways of being registered with a userfaultfd.</summary>
    UffdAny = UffdWp | UffdMissing | UffdMinor,
}

/// <summary>A mapping.</summary>
public struct Vma
{
    /// <summary>vm_flags.</summary>
    public VmFlags Flags;

    /// <summary>What it maps.</summary>
    public VmaKind Kind;

    /// <summary>First page.</summary>
    public byte Start;

    /// <summary>First page behind it.</summary>
    public byte End;

    /// <summary>The inode, for mappings of one.</summary>
    public InodeId Inode;

    /// <summary>The inode's page at <see cref="Start"/>.</summary>
    public byte PageOffset;

    /// <summary>The userfaultfd context it is registered with, plus 1; 0 for none.</summary>
    public byte Uffd;

    private readonly uint reserved;

    /// <summary>Whether all of <paramref name="flags"/> are set.</summary>
    public readonly bool Has(VmFlags flags) => (Flags & flags) == flags;

    /// <summary>Whether stores go to the inode's own pages.</summary>
    public readonly bool IsShared => (Flags & VmFlags.Shared) != 0;

    /// <summary>is_cow_mapping: private, and may become writable.</summary>
    public readonly bool IsCow => (Flags & (VmFlags.Shared | VmFlags.MayWrite)) == VmFlags.MayWrite;

    /// <summary>Whether it maps memory without a file, privately.</summary>
    public readonly bool IsAnon => Kind == VmaKind.Anon;

    /// <summary>Whether nothing may be accessed.</summary>
    public readonly bool IsInaccessible => (Flags & (VmFlags.Read | VmFlags.Write)) == 0;

    /// <summary>userfaultfd_wp: registered for write-protection.</summary>
    public readonly bool UffdWp => (Flags & VmFlags.UffdWp) != 0;

    /// <summary>userfaultfd_missing.</summary>
    public readonly bool UffdMissing => (Flags & VmFlags.UffdMissing) != 0;

    /// <summary>userfaultfd_minor.</summary>
    public readonly bool UffdMinor => (Flags & VmFlags.UffdMinor) != 0;

    /// <summary>Whether page <paramref name="va"/> lies in it.</summary>
    public readonly bool Contains(Va va) => va.Value >= Start && va.Value < End;

    /// <summary>The inode page that backs page <paramref name="va"/>.</summary>
    public readonly CacheIndex CacheIndexOf(Va va) => new(Inode, va.Value - Start + PageOffset);

    /// <summary>vma_soft_dirty_enabled: the first store to a clean page must be noticed.</summary>
    public readonly bool SoftDirtyTracked => (Flags & VmFlags.SoftDirty) == 0;

    /// <summary>Whether the unused bytes are 0, as they always are.</summary>
    public readonly bool IsCanonical => reserved == 0;
}
