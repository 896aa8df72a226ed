// What a step has changed, as sets of one word each: the properties look only there.
// It is kept outside the World, since it observes it. Not covered: who looks (Properties/Checker).

namespace MmFuzz.Engine.State;

/// <summary>Sets of things changed since they were last looked at.</summary>
public struct Touched
{
    /// <summary>Page-table entries whose value, translation or rights changed.</summary>
    public ulong Entries;

    /// <summary>Frames whose counts or flags changed.</summary>
    public ulong Frames;

    /// <summary>Frames whose content changed.</summary>
    public ulong Contents;

    /// <summary>Rows of the reference memory that changed.</summary>
    public ulong Rows;

    /// <summary>Inode pages.</summary>
    public uint Caches;

    /// <summary>Swap slots.</summary>
    public ushort Slots;

    /// <summary>Handles.</summary>
    public byte Handles;

    /// <summary>Address spaces.</summary>
    public byte Mms;

    /// <summary>Address spaces that owe no flush any more, though they did.</summary>
    public byte Flushed;

    /// <summary>Whether nothing is in any of them, but for address spaces.</summary>
    public readonly bool IsEmptyButMms =>
        (Entries | Frames | Contents | Rows | Caches | Slots | Handles | Flushed) == 0;

    /// <summary>Everything.</summary>
    public static Touched All => new()
    {
        Entries = ulong.MaxValue,
        Frames = ulong.MaxValue,
        Contents = ulong.MaxValue,
        Rows = ulong.MaxValue,
        Caches = uint.MaxValue,
        Slots = ushort.MaxValue,
        Handles = byte.MaxValue,
        Mms = (1 << Limits.Mms) - 1,
        Flushed = (1 << Limits.Mms) - 1,
    };
}
