// The PMD entry: nothing, a table of base-page entries, or a huge page (mapped, or under migration).
// Base-page paths make and use tables only; the huge kinds are here so that the layout is final.

namespace MmFuzz.Engine.State;

/// <summary>What a PMD entry holds.</summary>
public enum PmdKind : byte
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A table of <see cref="Limits.HpagePmdNr"/> base-page entries.</summary>
    Table,

    /// <summary>A mapped huge page.</summary>
    Huge,

    /// <summary>A huge page under migration.</summary>
    HugeMigration,
}

/// <summary>A PMD entry.</summary>
/// <param name="Raw">Kind in bits 0 to 3, <see cref="EntryBits"/> in 8 to 15, head frame in 16 to 23.</param>
public readonly record struct Pmd(uint Raw)
{
    /// <summary>What the entry holds.</summary>
    public PmdKind Kind => (PmdKind)(Raw & 15);

    /// <summary>A table, empty or not.</summary>
    public static Pmd Table => new((uint)PmdKind.Table);
}
