// An inode and its pages: what the page cache holds of a memfd, of a shared anonymous mapping or of a file on a disk.
// Not covered: faults on it (Kernel/Shmem).

using System;

namespace MmFuzz.Engine.State;

/// <summary>What an inode holds at one index.</summary>
public enum CacheKind : byte
{
    /// <summary>A hole.</summary>
    Hole,

    /// <summary>A page.</summary>
    Page,

    /// <summary>A slot of the swap area.</summary>
    Swap,
}

/// <summary>One index of an inode.</summary>
public struct CacheEntry
{
    /// <summary>What is on the disk, for a file that has one.</summary>
    public Token Disk;

    /// <summary>What is there.</summary>
    public CacheKind Kind;

    /// <summary>The frame or the slot.</summary>
    public byte Number;

    /// <summary>The frame, of a page.</summary>
    public readonly Pfn Pfn => Kind == CacheKind.Page
        ? new Pfn(Number)
        : throw Misuse(nameof(Pfn));

    /// <summary>The slot, of a swap entry.</summary>
    public readonly SlotId Slot => Kind == CacheKind.Swap
        ? new SlotId(Number)
        : throw Misuse(nameof(Slot));

    private readonly EncodingException Misuse(string what) => new($"{what} asked of an inode entry that is {Kind}");
}

/// <summary>Flags of an inode.</summary>
[Flags]
public enum InodeFlags : byte
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>It exists.</summary>
    Exists = 1,

    /// <summary>It goes with its last mapping (a shared anonymous mapping, which has no other name).</summary>
    Unlinked = 2,

    /// <summary>It is a file on a disk, not a memfd.</summary>
    OnDisk = 4,
}

/// <summary>An inode, beside its pages.</summary>
public struct Inode
{
    /// <summary>Flags.</summary>
    public InodeFlags Flags;

    /// <summary>Mappings of it, in all address spaces, and calls that use its file.</summary>
    public byte Mappings;

    /// <summary>Private ones among them.</summary>
    public byte PrivateMappings;

    /// <summary>Bits 0 to 3: who has inode_lock, plus 1; bits 4 to 7: pages that it lacks of its full size.</summary>
    private byte lockAndCut;

    /// <summary>inode_lock: who has it, plus 1; 0 for nobody.</summary>
    public byte LockOwner
    {
        readonly get => (byte)(lockAndCut & 15);
        set => lockAndCut = (byte)((lockAndCut & ~15) | value);
    }

    /// <summary>i_size, in pages: at first all that an inode can have.</summary>
    public int Size
    {
        readonly get => Limits.InodePages - (lockAndCut >> 4);
        set => lockAndCut = (byte)((lockAndCut & 15) | ((Limits.InodePages - value) << 4));
    }

    /// <summary>Whether it is a file on a disk.</summary>
    public readonly bool IsOnDisk => (Flags & InodeFlags.OnDisk) != 0;

    /// <summary>Whether a descriptor names it, and not its mappings alone.</summary>
    public readonly bool IsNamed => (Flags & InodeFlags.Unlinked) == 0;

    /// <summary>Whether it exists.</summary>
    public readonly bool Exists => (Flags & InodeFlags.Exists) != 0;
}
