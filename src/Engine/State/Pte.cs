// The page-table entry: a tagged union in four bytes. Asking it for something that its kind does not have is a
// defect of the kernel path that asks (seed 004, v2: pfn_swap_entry_to_page on a true swap entry), so every
// accessor checks, and throws EncodingException, which the runner turns into a violation of "encoding".
// Not covered: which entry a transition makes of which (Kernel/Carry) and PMD entries (Pmd.cs).

using System;
using System.Diagnostics.CodeAnalysis;

namespace MmFuzz.Engine.State;

/// <summary>What a page-table entry holds.</summary>
[SuppressMessage("Naming", "CA1720", Justification = "the kernel's words")]
public enum PteKind : byte
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A mapped page.</summary>
    Present,

    /// <summary>A slot of the swap area.</summary>
    Swap,

    /// <summary>A page under migration, mapped read-only and possibly shared.</summary>
    MigrationRead,

    /// <summary>A page under migration, mapped read-only by this entry alone (5.19).</summary>
    MigrationReadExclusive,

    /// <summary>A page under migration, mapped writable.</summary>
    MigrationWrite,

    /// <summary>A page in device memory.</summary>
    DevicePrivate,

    /// <summary>A page that a device uses exclusively.</summary>
    DeviceExclusive,

    /// <summary>A page with a memory error.</summary>
    HwPoison,

    /// <summary>No page, only "write-protected by userfaultfd".</summary>
    Marker,

    /// <summary>No page: an access gets SIGBUS.</summary>
    PoisonMarker,

    /// <summary>No page: a guard region (6.13).</summary>
    GuardMarker,
}

/// <summary>The bits of an entry that a transition carries on, drops or changes.</summary>
[Flags]
public enum EntryBits : byte
{
    /// <summary>None of them.</summary>
    None = 0,

    /// <summary>The hardware may store.</summary>
    Write = 1,

    /// <summary>Stored to since it was last cleaned.</summary>
    Dirty = 2,

    /// <summary>Stored to since the last clear_refs.</summary>
    SoftDirty = 4,

    /// <summary>Write-protected by userfaultfd.</summary>
    UffdWp = 8,

    /// <summary>Used since it was last aged.</summary>
    Young = 16,

    /// <summary>Present for the kernel, not for the hardware.</summary>
    Protnone = 32,

    /// <summary>
    /// What the entry names belongs to it alone; for a present entry the page's flag says so instead.
    /// </summary>
    Exclusive = 64,
}

/// <summary>Thrown where a kernel path asks an entry or a count for something that it does not have.</summary>
public sealed class EncodingException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">What was asked of what.</param>
    public EncodingException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception without words.</summary>
    public EncodingException()
    {
    }

    /// <summary>Makes the exception with a cause.</summary>
    /// <param name="message">What was asked of what.</param>
    /// <param name="innerException">The cause.</param>
    public EncodingException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>A page-table entry.</summary>
/// <param name="Raw">Kind in bits 0 to 3, <see cref="EntryBits"/> in 8 to 15, frame or slot number in 16 to 23.</param>
public readonly record struct Pte(uint Raw)
{
    /// <summary>Kind and number: what an entry stands for, whatever its bits.</summary>
    internal const uint NameMask = 0xff000f;

    private Pte(PteKind kind, EntryBits bits, int number)
        : this((uint)kind | ((uint)bits << 8) | ((uint)number << 16))
    {
    }

    /// <summary>The empty entry.</summary>
    public static Pte None => default;

    /// <summary>What the entry holds.</summary>
    public PteKind Kind => (PteKind)(Raw & 15);

    /// <summary>All its bits, meaningful or not for the kind.</summary>
    public EntryBits Bits => (EntryBits)(Raw >> 8);

    /// <summary>Whether nothing is there.</summary>
    public bool IsNone => Raw == 0;

    /// <summary>Whether a page is mapped (for the kernel; see <see cref="Protnone"/>).</summary>
    public bool IsPresent => LacksFor(EntryBits.None) == 0;

    /// <summary>Whether the hardware may load through it.</summary>
    public bool IsOpen => (Raw & (15 | ((uint)EntryBits.Protnone << 8))) == (uint)PteKind.Present;

    /// <summary>0 if it is present and has the bits.</summary>
    internal uint LacksFor(EntryBits bits) =>
        (Raw & (15 | ((uint)bits << 8))) ^ ((uint)PteKind.Present | ((uint)bits << 8));

    /// <summary>Whether it is present and maps the frame.</summary>
    public bool Maps(Pfn pfn) => (Raw & NameMask) == (((uint)pfn.Value << 16) | (uint)PteKind.Present);

    /// <summary>Whether it names a slot of the swap area.</summary>
    public bool IsSwap => (Raw & 15) == (uint)PteKind.Swap;

    /// <summary>Whether it names a page under migration, in any of the three ways.</summary>
    public bool IsMigration =>
        Kind is PteKind.MigrationRead or PteKind.MigrationReadExclusive or PteKind.MigrationWrite;

    /// <summary>Whether it is a userfaultfd marker.</summary>
    public bool IsMarker => (Raw & 15) == (uint)PteKind.Marker;

    /// <summary>pte_none_mostly: nothing, or a marker of whatever kind.</summary>
    public bool IsNoneMostly => IsNone || Kind >= PteKind.Marker;

    /// <summary>Whether it is a guard marker.</summary>
    public bool IsGuard => Kind == PteKind.GuardMarker;

    /// <summary>Whether the entry is neither empty nor a marker: it stands for a page.</summary>
    public bool NamesPage => !IsNone && Kind < PteKind.Marker;

    /// <summary>Whether the hardware may store; present entries only.</summary>
    public bool Write => PresentBit(EntryBits.Write);

    /// <summary>Whether a store went through it; present and migration entries.</summary>
    public bool Dirty => IsPresent || IsMigration ? Has(EntryBits.Dirty) : throw Misuse(nameof(Dirty));

    /// <summary>Whether it is present for the kernel but not for the hardware; present entries only.</summary>
    public bool Protnone => PresentBit(EntryBits.Protnone);

    /// <summary>Whether it was used lately; present entries only.</summary>
    public bool Young => PresentBit(EntryBits.Young);

    /// <summary>The soft-dirty bit; entries that stand for a page.</summary>
    public bool SoftDirty => NamesPage ? Has(EntryBits.SoftDirty) : throw Misuse(nameof(SoftDirty));

    /// <summary>The userfaultfd write-protect bit; any entry but an empty one.</summary>
    public bool UffdWp => !IsNone ? Has(EntryBits.UffdWp) : throw Misuse(nameof(UffdWp));

    /// <summary>Whether a swap entry is the only user of its slot; swap entries only.</summary>
    public bool SwapExclusive => IsSwap ? Has(EntryBits.Exclusive) : throw Misuse(nameof(SwapExclusive));

    /// <summary>The frame of a present, migration or device entry.</summary>
    public Pfn Pfn => IsPresent || Kind is >= PteKind.MigrationRead and <= PteKind.HwPoison
        ? new Pfn((byte)(Raw >> 16))
        : throw Misuse(nameof(Pfn));

    /// <summary>The slot of a swap entry.</summary>
    public SlotId Slot => IsSwap ? new SlotId((byte)(Raw >> 16)) : throw Misuse(nameof(Slot));

    /// <summary>A frame, which is the entry's own if it is present, and has no meaning if it is not.</summary>
    internal Pfn AnyPfn => new((byte)AnyNumber);

    /// <summary>Its number.</summary>
    internal int AnyNumber => (int)(Raw >> 16) & (Limits.Frames - 1);

    /// <summary>Whether it maps the shared zero page.</summary>
    public bool IsZeroPage => IsPresent && (Raw >> 16) == 0;

    /// <summary>A present entry.</summary>
    public static Pte Present(Pfn pfn, EntryBits bits) => new(PteKind.Present, bits & ~EntryBits.Exclusive, pfn.Value);

    /// <summary>A swap entry, with soft-dirty, uffd-wp and exclusive out of <paramref name="bits"/>.</summary>
    public static Pte Swap(SlotId slot, EntryBits bits) =>
        new(PteKind.Swap, bits & (EntryBits.SoftDirty | EntryBits.UffdWp | EntryBits.Exclusive), slot.Value);

    /// <summary>
    /// A migration entry whose kind follows from write and exclusive in <paramref name="bits"/>; soft-dirty,
    /// uffd-wp, young and dirty stay.
    /// </summary>
    public static Pte Migration(Pfn pfn, EntryBits bits)
    {
        PteKind kind = (bits & EntryBits.Write) != 0 ? PteKind.MigrationWrite
            : (bits & EntryBits.Exclusive) != 0 ? PteKind.MigrationReadExclusive
            : PteKind.MigrationRead;
        const EntryBits Kept = EntryBits.SoftDirty | EntryBits.UffdWp | EntryBits.Young | EntryBits.Dirty;
        return new(kind, bits & Kept, pfn.Value);
    }

    /// <summary>An entry of a page with a memory error; of bits it is born with none.</summary>
    public static Pte HwPoison(Pfn pfn, EntryBits bits) =>
        new(PteKind.HwPoison, bits & (EntryBits.SoftDirty | EntryBits.UffdWp), pfn.Value);

    /// <summary>A marker that says "write-protected by userfaultfd".</summary>
    public static Pte UffdWpMarker() => new(PteKind.Marker, EntryBits.UffdWp, 0);

    /// <summary>A marker that says "an access gets SIGBUS".</summary>
    public static Pte Poisoned() => new(PteKind.PoisonMarker, EntryBits.None, 0);

    /// <summary>A marker that says "an access gets SIGSEGV".</summary>
    public static Pte Guard() => new(PteKind.GuardMarker, EntryBits.None, 0);

    /// <summary>The entry with <paramref name="bits"/> set.</summary>
    public Pte With(EntryBits bits) => new(Raw | ((uint)bits << 8));

    /// <summary>The entry without <paramref name="bits"/>.</summary>
    public Pte Without(EntryBits bits) => new(Raw & ~((uint)bits << 8));

    /// <inheritdoc/>
    public override string ToString() => PteText.Describe(this);

    /// <summary>
    /// What pfn_swap_entry_to_page does without looking at the kind: takes the number for a frame. Only valid on
    /// migration and device entries; anything else is a misuse.
    /// </summary>
    public Pfn PfnSwapEntryToPage() => Kind is >= PteKind.MigrationRead and <= PteKind.DeviceExclusive
        ? new Pfn((byte)(Raw >> 16))
        : throw Misuse(nameof(PfnSwapEntryToPage));

    /// <summary>Whether the bit is set, whatever it means for the kind.</summary>
    internal bool HasBit(EntryBits bit) => Has(bit);

    private bool Has(EntryBits bit) => (Raw & ((uint)bit << 8)) != 0;

    private bool PresentBit(EntryBits bit) => IsPresent ? Has(bit) : throw Misuse(bit.ToString());

    private EncodingException Misuse(string what) => new($"{what} asked of {PteText.Describe(this)}");
}
