// What a step has changed, as sets of one word each: the properties look only there. The small ones share a word, so
// that whether anything was touched is soon said.
// It is kept outside the World, since it observes it. Not covered: who looks (Properties/Checker).

namespace MmFuzz.Engine.State;

/// <summary>Sets of things changed since they were last looked at.</summary>
public struct Touched
{
    private const int FirstSlot = 32;
    private const int FirstHandle = 48;
    private const int FirstFlushed = 56;
    private const int FirstMm = 60;
    private const ulong AllMms = 15ul << FirstMm;

    /// <summary>Page-table entries whose value, translation or rights changed.</summary>
    public ulong Entries;

    /// <summary>Frames whose counts or flags changed.</summary>
    public ulong Frames;

    /// <summary>Frames whose content changed.</summary>
    public ulong Contents;

    /// <summary>Rows of the reference memory that changed.</summary>
    public ulong Rows;

    private ulong others;

    /// <summary>Everything.</summary>
    public static Touched All => new()
    {
        Entries = ulong.MaxValue,
        Frames = ulong.MaxValue,
        Contents = ulong.MaxValue,
        Rows = ulong.MaxValue,
        others = ulong.MaxValue,
    };

    /// <summary>Inode pages.</summary>
    public readonly uint Caches => (uint)others;

    /// <summary>Swap slots.</summary>
    public readonly ushort Slots => (ushort)(others >> FirstSlot);

    /// <summary>Handles.</summary>
    public readonly byte Handles => (byte)(others >> FirstHandle);

    /// <summary>Address spaces that owe no flush any more, though they did.</summary>
    public readonly int Flushed => (int)(others >> FirstFlushed) & 15;

    /// <summary>Address spaces.</summary>
    public readonly int Mms => (int)(others >> FirstMm);

    /// <summary>Whether inode pages or swap slots are.</summary>
    internal readonly bool HasStores => (others & ((1ul << FirstHandle) - 1)) != 0;

    /// <summary>Whether address spaces are, in either set.</summary>
    internal readonly bool HasSpaces => others >> FirstFlushed != 0;

    /// <summary>Whether nothing is in any of them.</summary>
    public readonly bool IsEmpty => (Entries | Frames | Contents | Rows | others) == 0;

    /// <summary>0 if nothing is in any of them, but for address spaces.</summary>
    internal readonly ulong SomeButMms => Entries | Frames | Contents | Rows | (others & ~AllMms);

    /// <summary>Adds inode pages, bit n for page n.</summary>
    public void AddCaches(uint caches) => others |= caches;

    /// <summary>Adds a swap slot.</summary>
    public void Add(SlotId slot) => others |= 1ul << (FirstSlot + slot.Value);

    /// <summary>Adds a handle.</summary>
    public void Add(HandleId handle) => others |= 1ul << (FirstHandle + handle.Value);

    /// <summary>Adds an address space.</summary>
    public void Add(MmId mm) => others |= 1ul << (FirstMm + mm.Value);

    /// <summary>Adds an address space that owes no flush any more.</summary>
    public void AddFlushed(MmId mm) => others |= 1ul << (FirstFlushed + mm.Value);
}
