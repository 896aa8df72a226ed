// The numbers by which things of the machine are named, each a type of its own, so that a slot cannot be used
// as a page frame. Not covered: what the numbers stand for.

namespace MmFuzz.Engine.State;

/// <summary>A page frame number; 0 is the shared zero page.</summary>
/// <param name="Value">0 to <see cref="Limits.Frames"/> - 1.</param>
public readonly record struct Pfn(byte Value)
{
    /// <summary>The shared zero page, which is never counted and never written.</summary>
    public static Pfn Zero => default;

    /// <summary>Whether this is the shared zero page.</summary>
    public bool IsZeroPage => Value == 0;

    /// <inheritdoc/>
    public override string ToString() => $"pfn{Value}";
}

/// <summary>A virtual page number inside one address space.</summary>
/// <param name="Value">0 to <see cref="Limits.PagesPerMm"/> - 1.</param>
public readonly record struct Va(byte Value);

/// <summary>An address space, and the process that owns it.</summary>
/// <param name="Value">0 to <see cref="Limits.Mms"/> - 1.</param>
public readonly record struct MmId(byte Value)
{
    /// <summary>What a field holds that names no address space.</summary>
    public static MmId None => new(0xff);

    /// <summary>Whether an address space is named at all.</summary>
    public bool IsNone => Value == 0xff;

    /// <inheritdoc/>
    public override string ToString() => $"p{Value}";
}

/// <summary>
/// One page-table entry of the machine: address space times <see cref="Limits.PagesPerMm"/> plus page.
/// </summary>
/// <param name="Value">0 to <see cref="Limits.Entries"/> - 1.</param>
public readonly record struct EntryIndex(byte Value)
{
    /// <summary>The entry of page <paramref name="va"/> of <paramref name="mm"/>.</summary>
    public EntryIndex(MmId mm, Va va)
        : this((byte)((mm.Value << 4) | va.Value))
    {
    }

    /// <summary>The address space.</summary>
    public MmId Mm => new((byte)(Value >> 4));

    /// <summary>The page inside the address space.</summary>
    public Va Va => new((byte)(Value & 15));

    /// <summary>The page-table lock that guards the entry: 0 to <see cref="Limits.Pmds"/> - 1.</summary>
    public int PtLock => Value >> 2;

    /// <inheritdoc/>
    public override string ToString() => $"p{Value >> 4}:{Value & 15}";
}

/// <summary>A slot of the swap area.</summary>
/// <param name="Value">0 to <see cref="Limits.SwapSlots"/> - 1.</param>
public readonly record struct SlotId(byte Value)
{
    /// <inheritdoc/>
    public override string ToString() => $"slot{Value}";
}

/// <summary>An inode (a memfd or a shared anonymous mapping).</summary>
/// <param name="Value">0 to <see cref="Limits.Inodes"/> - 1.</param>
public readonly record struct InodeId(byte Value)
{
    /// <inheritdoc/>
    public override string ToString() => $"i{Value}";
}

/// <summary>A page of an inode: inode times <see cref="Limits.InodePages"/> plus index.</summary>
/// <param name="Value">0 to <see cref="Limits.CachePages"/> - 1.</param>
public readonly record struct CacheIndex(byte Value)
{
    /// <summary>Page <paramref name="index"/> of <paramref name="inode"/>.</summary>
    public CacheIndex(InodeId inode, int index)
        : this((byte)((inode.Value << 3) | index))
    {
    }

    /// <summary>The inode.</summary>
    public InodeId Inode => new((byte)(Value >> 3));

    /// <summary>The page's index inside the inode.</summary>
    public int Index => Value & 7;

    /// <inheritdoc/>
    public override string ToString() => $"i{Value >> 3}[{Value & 7}]";
}

/// <summary>A handle on pages taken by get_user_pages (a driver's buffer, a pipe).</summary>
/// <param name="Value">0 to <see cref="Limits.Handles"/> - 1.</param>
public readonly record struct HandleId(byte Value)
{
    /// <inheritdoc/>
    public override string ToString() => $"g{Value}";
}

/// <summary>A userfaultfd context.</summary>
/// <param name="Value">0 to <see cref="Limits.Uffds"/> - 1.</param>
public readonly record struct UffdId(byte Value)
{
    /// <inheritdoc/>
    public override string ToString() => $"u{Value}";
}

/// <summary>
/// Something that runs code on a CPU of its own: t0 to t3 are the main threads of p0 to p3, t4 to t7 their second
/// threads, t8 and t9 run what no process runs itself (reclaim, migration, the manager of a userfaultfd).
/// </summary>
/// <param name="Value">0 to <see cref="Limits.Actors"/> - 1.</param>
public readonly record struct ActorId(byte Value)
{
    /// <summary>Reclaim, and the first of the two actors outside the processes.</summary>
    public static ActorId Outside0 => new(8);

    /// <summary>Migration, and the second of the two actors outside the processes.</summary>
    public static ActorId Outside1 => new(9);

    /// <summary>Whether the actor is a thread of a process.</summary>
    public bool IsUser => Value < Limits.UserActors;

    /// <summary>The process whose thread this is, for a user actor.</summary>
    public MmId Mm => new((byte)(Value & 3));

    /// <summary>
    /// The CPU it runs on. The two threads of a process never share one, so that a stale TLB entry of the one
    /// outlives what the other does.
    /// </summary>
    public int Cpu => (Value + ((Value + 12) >> 4)) & (Limits.Cpus - 1); // one more from t4 on

    /// <inheritdoc/>
    public override string ToString() => $"t{Value}";
}

/// <summary>
/// The content of a page: which store wrote it last. It names the writer's entry and a running number, so that a
/// late observation can be judged without a history. 0 is a page full of zeros.
/// </summary>
/// <param name="Value">Running number in bits 0 to 9, the writer's entry in bits 10 to 15.</param>
public readonly record struct Token(ushort Value)
{
    /// <summary>The token of store number <paramref name="serial"/> through <paramref name="origin"/>.</summary>
    public Token(EntryIndex origin, int serial)
        : this((ushort)((origin.Value << 10) | serial))
    {
    }

    /// <summary>The entry that stands for write(2), which goes through none.</summary>
    public static EntryIndex FileOrigin => new(Limits.Entries - 1);

    /// <summary>The content of a fresh page.</summary>
    public static Token Zero => default;

    /// <summary>Whether the page is full of zeros.</summary>
    public bool IsZero => Value == 0;

    /// <summary>The entry through which (or the pin of which) it was written.</summary>
    public EntryIndex Origin => new((byte)(Value >> 10));

    /// <summary>The running number, 1 to <see cref="Limits.Serials"/> - 1.</summary>
    public int Serial => Value & (Limits.Serials - 1);

    /// <inheritdoc/>
    public override string ToString() => IsZero ? "0" : $"#{Serial}";
}
