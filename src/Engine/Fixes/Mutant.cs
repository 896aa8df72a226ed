// Generated faults: one bit dropped or invented when one kind of entry passes one transition. All entries are
// rebuilt by Kernel/Carry, so that a mutant is a mask in a table there and needs no line of its own.
// Not covered: which mutants are equivalent (the mutant matrix, a report).

using System;
using System.Collections.Immutable;
using System.Linq;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Fixes;

/// <summary>A transition in which an entry is rebuilt.</summary>
public enum Transition : byte
{
    /// <summary>fork: the parent's entry.</summary>
    ForkParent,

    /// <summary>fork: the child's entry.</summary>
    ForkChild,

    /// <summary>fork: the entry of a page that the child gets at once.</summary>
    ForkEarlyCopy,

    /// <summary>try_to_unmap.</summary>
    SwapOut,

    /// <summary>do_swap_page.</summary>
    SwapIn,

    /// <summary>unuse_pte.</summary>
    Swapoff,

    /// <summary>try_to_migrate.</summary>
    MigrateBegin,

    /// <summary>remove_migration_pte.</summary>
    MigrateEnd,

    /// <summary>Splitting a huge PMD.</summary>
    PmdSplit,

    /// <summary>collapse_huge_page.</summary>
    Collapse,

    /// <summary>Zapping, where a marker stays.</summary>
    Zap,

    /// <summary>move_ptes.</summary>
    Mremap,

    /// <summary>mprotect.</summary>
    Mprotect,

    /// <summary>UFFDIO_WRITEPROTECT, protect.</summary>
    UffdProtect,

    /// <summary>UFFDIO_WRITEPROTECT, resolve.</summary>
    UffdResolve,

    /// <summary>UFFDIO_UNREGISTER.</summary>
    Unregister,

    /// <summary>change_prot_numa.</summary>
    NumaHint,

    /// <summary>do_numa_page.</summary>
    NumaFault,

    /// <summary>A copy on a write fault.</summary>
    CowCopy,

    /// <summary>Reuse on a write fault.</summary>
    WpReuse,

    /// <summary>A copy for unsharing.</summary>
    Unshare,

    /// <summary>Remapping to the zero page.</summary>
    ZeroPageRemap,

    /// <summary>clear_refs.</summary>
    ClearRefs,

    /// <summary>MADV_FREE.</summary>
    Lazyfree,

    /// <summary>KSM's replacement.</summary>
    KsmMerge,

    /// <summary>A fault on an empty entry or a marker: do_anonymous_page, do_fault, fault-around.</summary>
    Fault,

    /// <summary>UFFDIO_COPY, ZEROPAGE and CONTINUE.</summary>
    UffdFill,

    /// <summary>A write fault that resolves protection by itself (WP_ASYNC).</summary>
    WpAsync,

    /// <summary>PAGEMAP_SCAN with WP_MATCHING.</summary>
    PagemapScan,

    /// <summary>MADV_COLD.</summary>
    Cold,

    /// <summary>What unmapping, migration and UFFDIO_MOVE put back when they give up.</summary>
    PutBack,

    /// <summary>UFFDIO_MOVE.</summary>
    UffdMove,
}

/// <summary>What kind of memory an entry maps.</summary>
public enum MemoryKind : byte
{
    /// <summary>An anonymous base page.</summary>
    Anon,

    /// <summary>An anonymous huge page.</summary>
    AnonPmd,

    /// <summary>Shared memory.</summary>
    Shmem,

    /// <summary>A huge page from the pool.</summary>
    Hugetlb,

    /// <summary>A file on a disk.</summary>
    File,
}

/// <summary>A generated fault.</summary>
/// <param name="Invents">True if the bit is set where it was not, false if it is dropped.</param>
/// <param name="Bit">One bit.</param>
/// <param name="Transition">In which transition.</param>
/// <param name="Kind">Of which entries.</param>
public readonly record struct Mutant(bool Invents, EntryBits Bit, Transition Transition, MemoryKind Kind)
{
    /// <summary>Kinds of memory.</summary>
    internal const int Kinds = (int)MemoryKind.File + 1;

    /// <summary>Entries of a table with a place for each transition of each kind.</summary>
    internal const int Places = ((int)Transition.UffdMove + 1) * Kinds;

    private static readonly ImmutableArray<(string Name, EntryBits Bit)> BitNames =
    [
        ("write", EntryBits.Write), ("dirty", EntryBits.Dirty), ("soft_dirty", EntryBits.SoftDirty),
        ("uffd_wp", EntryBits.UffdWp), ("exclusive", EntryBits.Exclusive),
    ];

    /// <summary>The bits that a fault can drop or invent, in the order of the matrix.</summary>
    public static ImmutableArray<EntryBits> Bits { get; } = [.. BitNames.Select(static one => one.Bit)];

    /// <summary>Reads <c>drop:uffd_wp@migrate-end@shmem</c>; says what was expected if it cannot.</summary>
    public static bool TryParse(string text, out Mutant mutant, out string expected)
    {
        mutant = default;
        string[] parts = text.Split('@');
        string[] head = parts[0].Split(':');
        expected = "drop:BIT@TRANSITION@KIND or invent:BIT@TRANSITION@KIND";
        if (parts.Length != 3 || head.Length != 2 || head[0] is not ("drop" or "invent"))
        {
            return false;
        }

        EntryBits bit = EntryBits.None;
        foreach ((string name, EntryBits value) in BitNames)
        {
            bit = name == head[1] ? value : bit;
        }

        expected = "a bit of write, dirty, soft_dirty, uffd_wp, exclusive";
        if (bit == EntryBits.None)
        {
            return false;
        }

        expected = "a transition such as fork-child, swap-in, migrate-end, cow-copy";
        if (!TryFind(parts[1], out Transition transition))
        {
            return false;
        }

        expected = "a kind of anon, anon-pmd, shmem, hugetlb, file";
        if (!TryFind(parts[2], out MemoryKind kind))
        {
            return false;
        }

        mutant = new Mutant(head[0] == "invent", bit, transition, kind);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        return $"{(Invents ? "invent" : "drop")}:{NameOf(Bit)}@{Names.Dashed(Transition)}@{Names.Dashed(Kind)}";
    }

    /// <summary>Where such a table has a transition of a kind.</summary>
    internal static int PlaceOf(Transition transition, MemoryKind kind) => ((int)transition * Kinds) + (int)kind;

    /// <summary>The name of a bit; empty if it is none of <see cref="Bits"/>.</summary>
    public static string NameOf(EntryBits bit)
    {
        string name = string.Empty;
        foreach ((string known, EntryBits value) in BitNames)
        {
            name = value == bit ? known : name;
        }

        return name;
    }

    private static bool TryFind<T>(string text, out T value)
        where T : struct, Enum
    {
        foreach (T candidate in Enum.GetValues<T>())
        {
            if (Names.Dashed(candidate) == text)
            {
                value = candidate;
                return true;
            }
        }

        value = default;
        return false;
    }
}
