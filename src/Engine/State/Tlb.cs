// One entry of a CPU's TLB. A CPU that has one does not look at the page table, except for the first store
// through an entry without dirty. Not covered: filling and flushing (Kernel/Hardware, Kernel/TlbFlush).

namespace MmFuzz.Engine.State;

/// <summary>A cached translation.</summary>
/// <param name="Raw">Frame in bits 0 to 7, address space in 8 and 9, dirty 13, write 14, valid 15.</param>
public readonly record struct TlbEntry(ushort Raw)
{
    private const int DirtyBit = 1 << 13;
    private const int WriteBit = 1 << 14;
    private const int ValidBit = 1 << 15;

    /// <summary>A translation of a page of <paramref name="mm"/> to <paramref name="pfn"/>.</summary>
    public TlbEntry(MmId mm, Pfn pfn, bool write, bool dirty)
        : this((ushort)(ValidBit | (write ? WriteBit : 0) | (dirty ? DirtyBit : 0) | (mm.Value << 8) | pfn.Value))
    {
    }

    /// <summary>Whether there is one.</summary>
    public bool IsValid => (Raw & ValidBit) != 0;

    /// <summary>Whether stores go through.</summary>
    public bool Write => (Raw & WriteBit) != 0;

    /// <summary>Whether the page-table entry's dirty bit was set when it was cached.</summary>
    public bool Dirty => (Raw & DirtyBit) != 0;

    /// <summary>The address space it translates for.</summary>
    public MmId Mm => new((byte)((Raw >> 8) & 3));

    /// <summary>The frame.</summary>
    public Pfn Pfn => new((byte)Raw);

    /// <summary>Whether it is a translation of <paramref name="mm"/>.</summary>
    public bool IsOf(MmId mm) => DiffersFrom(mm) == 0;

    /// <summary>0 if it is a translation of <paramref name="mm"/>.</summary>
    internal uint DiffersFrom(MmId mm) => (uint)((Raw & (ValidBit | 0x300)) ^ (ValidBit | (mm.Value << 8)));

    /// <summary>0 if stores go through.</summary>
    internal uint LacksWrite => (uint)(~Raw & WriteBit);

    /// <summary>0 if stores go through, and the page-table entry is known to be dirty.</summary>
    internal uint LacksForStores => (uint)(~Raw & (WriteBit | DirtyBit));

    /// <inheritdoc/>
    public override string ToString() =>
        IsValid ? $"{Mm} {Pfn}{(Write ? " write" : string.Empty)}{(Dirty ? " dirty" : string.Empty)}" : "-";
}
