// The matrix of generated faults: every bit dropped and invented in every transition of every kind of entry. Which
// transitions entries really pass is found out by running programs, so the matrix grows by itself with the paths; few
// rows, which hardly any program meets, are named.
// Not covered: trying one cell (CellTrial), why a cell survives (MutantArguments).

using System;
using System.Collections.Immutable;
using System.Linq;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Kernel;

namespace MmFuzz.Generators.Mutants;

/// <summary>Entries of one kind that pass one transition: a row of the matrix.</summary>
/// <param name="Transition">The transition.</param>
/// <param name="Kind">The kind.</param>
public readonly record struct MatrixRow(Transition Transition, MemoryKind Kind)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Names.Dashed(Transition)}@{Names.Dashed(Kind)}";
}

/// <summary>The cells of the matrix, and the kernels in which they are tried.</summary>
public static class MutantMatrix
{
    /// <summary>Programs that are run to see which entries pass which transition.</summary>
    private const ulong ProbePrograms = 4000;

    /// <summary>
    /// The kernels in which a cell is tried until it is killed. The newest, repaired, comes first. A disk keeps pages
    /// in the swap cache, which a synchronous device does not. What hands the write bit back, or takes it away beside
    /// uffd_wp, hides that it was dropped or invented; AnonExclusive hides what the older policies would show. All
    /// other fixes stay in, so that what is found is the fault's doing.
    /// </summary>
    public static ImmutableArray<Profile> Bases { get; } =
    [
        Profile.Repaired,
        Profile.Repaired.WithSwap(SwapDevice.Asynchronous),
        Without(
            Fix.MkUffdWpWriteProtect, Fix.SwapInReadWritable, Fix.MprotectTryWritable, Fix.ChangeWritableClean),
        Without(Fix.AnonExclusiveReuse),
        Without(Fix.AnonExclusiveReuse, Fix.PageCountReuse),
    ];

    /// <summary>
    /// Rows that so few programs meet that looking for them would take longer than trying them: only WP_ASYNC can watch
    /// a private mapping of a file.
    /// </summary>
    public static ImmutableArray<MatrixRow> Rare { get; } =
    [
        new(Transition.UffdProtect, MemoryKind.File), new(Transition.UffdResolve, MemoryKind.File),
        new(Transition.Unregister, MemoryKind.File), new(Transition.NumaFault, MemoryKind.File),
        new(Transition.WpAsync, MemoryKind.File), new(Transition.PagemapScan, MemoryKind.File),
    ];

    /// <summary>The rows: what passes some transition in generated programs, and what rarely does.</summary>
    public static ImmutableArray<MatrixRow> Rows()
    {
        var fuzzer = new Fuzzer(Profile.Repaired, seed: 1);
        var seen = new Mutations(Profile.Repaired);
        fuzzer.Runner.Context.Mutations = seen;
        for (ulong i = 0; i < ProbePrograms; i++)
        {
            fuzzer.RunProgram(Fuzzer.Apart(i));
        }

        return
        [
            .. from transition in Enum.GetValues<Transition>()
               from kind in Enum.GetValues<MemoryKind>()
               let row = new MatrixRow(transition, kind)
               where seen.Passed(transition, kind) > 0 || Rare.Contains(row)
               select row,
        ];
    }

    /// <summary>The cells of rows: each bit dropped and invented.</summary>
    public static ImmutableArray<Mutant> Cells(ImmutableArray<MatrixRow> rows) =>
    [
        .. from row in rows
           from bit in Mutant.Bits
           from invents in (bool[])[false, true]
           select new Mutant(invents, bit, row.Transition, row.Kind),
    ];

    /// <summary>One of several equal parts, numbered from 1.</summary>
    public static ImmutableArray<Mutant> Slice(ImmutableArray<Mutant> cells, int slice, int slices) =>
        [.. cells.Where((_, number) => number % slices == slice - 1)];

    private static Profile Without(params Fix[] fixes) =>
        Profile.Repaired.WithFixes(Profile.Repaired.Fixes.Except(FixSet.Of(fixes)));
}
