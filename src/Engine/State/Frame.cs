// A page frame: its counts, flags and content. Frames change through Machine.ChangeFrame only, which marks them
// touched. Not covered: who maps or references a frame (Machine.References), the rules of the counts (Properties).

using System;

namespace MmFuzz.Engine.State;

/// <summary>What a frame is used for.</summary>
public enum FrameKind : byte
{
    /// <summary>On the free list.</summary>
    Free,

    /// <summary>The shared zero page: never counted.</summary>
    Zero,

    /// <summary>Memory without a file.</summary>
    Anon,

    /// <summary>Page cache of a memfd or of a shared anonymous mapping.</summary>
    Shmem,

    /// <summary>Page cache of a file on a disk.</summary>
    File,

    /// <summary>From the pool of huge pages.</summary>
    Hugetlb,

    /// <summary>Device memory.</summary>
    DevicePrivate,

    /// <summary>Allocated, not yet anything: a path is filling it.</summary>
    Fresh,
}

/// <summary>Page flags.</summary>
[Flags]
public enum FrameFlags : ushort
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>
    /// PageAnonExclusive: the one entry that maps it may map it writable without further checks (5.19).
    /// </summary>
    AnonExclusive = 1,

    /// <summary>In the swap cache of the slot that the frame names.</summary>
    SwapCache = 2,

    /// <summary>In the page cache of the inode page that the frame names.</summary>
    PageCache = 4,

    /// <summary>Differs, or may differ, from its backing store.</summary>
    Dirty = 8,

    /// <summary>Being written to its backing store.</summary>
    Writeback = 16,

    /// <summary>Merged by KSM.</summary>
    Ksm = 32,

    /// <summary>Backed by swap; cleared by MADV_FREE.</summary>
    SwapBacked = 64,

    /// <summary>On an LRU list, so that reclaim can find it.</summary>
    Lru = 128,

    /// <summary>Has a memory error.</summary>
    HwPoison = 256,

    /// <summary>Head of a compound page.</summary>
    Head = 512,

    /// <summary>Tail of a compound page.</summary>
    Tail = 1024,

    /// <summary>Read from swap, and mapped by nobody since.</summary>
    ReadFromSwap = 2048,

    /// <summary>A locked mapping has it, and it is not marked as mlocked: reclaim has to find that out.</summary>
    MissedMlock = 4096,

    /// <summary>No locked mapping has it any more, and it is still marked as mlocked.</summary>
    StaleMlock = 8192,

    /// <summary>
    /// Its memory error has been dealt with: the reference that this took is kept, so that nobody gets it again.
    /// </summary>
    FailureKept = 16384,
}

/// <summary>A page frame.</summary>
public struct Frame
{
    /// <summary>References: mappings, caches, handles (a pin counts 1024) and paths in flight.</summary>
    public ushort Refcount;

    /// <summary>The content.</summary>
    public Token Content;

    /// <summary>Page flags.</summary>
    public FrameFlags Flags;

    /// <summary>PTEs that map it.</summary>
    public byte Mapcount;

    /// <summary>PMDs that map the compound page.</summary>
    public byte EntireMapcount;

    /// <summary>Pins of a large folio (small pages count pins in <see cref="Refcount"/>).</summary>
    public byte Pincount;

    /// <summary>What it is used for.</summary>
    public FrameKind Kind;

    /// <summary>Its slot, while <see cref="FrameFlags.SwapCache"/> is set.</summary>
    public SlotId Slot;

    /// <summary>Its place in a file, while <see cref="FrameFlags.PageCache"/> is set.</summary>
    public CacheIndex Cache;

    /// <summary>Who holds the page lock: actor + 1, or 0.</summary>
    public byte LockOwner;

    /// <summary>Order of the compound page, on its head; 0 for a small page.</summary>
    public byte Order;

    /// <summary>The head of the compound page, on a tail.</summary>
    public Pfn Head;

    private readonly byte reserved;

    /// <summary>Whether it is memory without a file.</summary>
    public readonly bool IsAnon => Kind == FrameKind.Anon;

    /// <summary>The flag of that name.</summary>
    public readonly bool AnonExclusive => (Flags & FrameFlags.AnonExclusive) != 0;

    /// <summary>The flag of that name.</summary>
    public readonly bool InSwapCache => (Flags & FrameFlags.SwapCache) != 0;

    /// <summary>The flag of that name.</summary>
    public readonly bool InPageCache => (Flags & FrameFlags.PageCache) != 0;

    /// <summary>The flag of that name.</summary>
    public readonly bool Dirty => (Flags & FrameFlags.Dirty) != 0;

    /// <summary>The flag of that name.</summary>
    public readonly bool Writeback => (Flags & FrameFlags.Writeback) != 0;

    /// <summary>The flag of that name.</summary>
    public readonly bool Ksm => (Flags & FrameFlags.Ksm) != 0;

    /// <summary>Anonymous, and not backed by swap: MADV_FREE lets reclaim discard it while it is clean.</summary>
    public readonly bool Lazyfree => Kind == FrameKind.Anon && (Flags & FrameFlags.SwapBacked) == 0;

    /// <summary>The flag of that name.</summary>
    public readonly bool HwPoison => (Flags & FrameFlags.HwPoison) != 0;

    /// <summary>Its memory error has been dealt with: it is on no list any more where anybody would find it.</summary>
    public readonly bool IsIsolated => (Flags & (FrameFlags.FailureKept | FrameFlags.Lru)) == FrameFlags.FailureKept;

    /// <summary>Whether somebody holds the page lock.</summary>
    public readonly bool Locked => LockOwner != 0;

    /// <summary>Whether all is as on a free list (the unused byte included, which is always 0).</summary>
    public readonly bool IsFree => Kind == FrameKind.Free && Refcount == 0 && reserved == 0;

    /// <summary>
    /// page_maybe_dma_pinned: true for every pinned page, and for a small page with that many ordinary references.
    /// </summary>
    public readonly bool MaybeDmaPinned => Order > 0 ? Pincount > 0 : Refcount >= Limits.GupPinCountingBias;

    /// <summary>Sets flags.</summary>
    public void Set(FrameFlags flags) => Flags |= flags;

    /// <summary>Clears flags.</summary>
    public void Clear(FrameFlags flags) => Flags &= ~flags;
}
