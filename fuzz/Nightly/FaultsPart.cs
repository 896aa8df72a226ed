// The matrix of generated faults, slice by slice. Where to begin depends on the seed, so that nights too short for all
// of them try others each time. Not covered: trying a fault (Generators/Mutants).

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Generators;
using MmFuzz.Generators.Mutants;
using MmFuzz.Reports.Night;

namespace MmFuzz.Cli.Nightly;

/// <summary>Generated faults.</summary>
internal sealed class FaultsPart : INightPart
{
    /// <summary>Slices; where programs are counted, a night tries one.</summary>
    public const int Slices = 16;

    /// <inheritdoc/>
    public string Name => NightParts.Faults;

    /// <inheritdoc/>
    public int Share => 20;

    /// <inheritdoc/>
    public string? WhyNot() => null;

    /// <inheritdoc/>
    public bool Run(Night night, PartTime time)
    {
        ImmutableArray<Mutant> all = MutantMatrix.Cells(MutantMatrix.Rows());
        ImmutableArray<Mutant> wanted = [.. Wanted(all, night.Settings)];
        ImmutableArray<Mutant> cells =
            [.. wanted.Where(cell => !night.Progress.Faults.ContainsKey(cell.ToString()))];
        Effort effort = night.Settings.Programs is { } count ? Effort.OfPrograms(count)
            : Effort.Of(MatrixCommand.UsualBudget);
        ImmutableArray<MmProgram> kept = Corpus.Mutated();
        using CancellationTokenSource end = Ends.At(night, time);
        int done = 0;
        Parallelism.Map(cells, night.Jobs, Try, Tell, end.Token);
        return wanted.All(cell => night.Progress.Faults.ContainsKey(cell.ToString()));

        Trial<CellResult> Try(Mutant cell) => Ends.Try(
            night, NightParts.Faults, cell.ToString(), effort,
            () => CellTrial.Run(cell, night.Settings.Seed, effort, MutantArguments.All, kept, night.Session.Stop));

        void Tell(Trial<CellResult> trial)
        {
            if (trial.Result is { } cell)
            {
                string? problem = cell.IsAsExpected ? null : MatrixReport.Problem(cell)[$"{cell.Mutant}: ".Length..];
                night.Record(new FaultDone(Of(cell), problem, all.Length));
                night.Show(Name, $"{++done} of {cells.Length}, last: {cell.Mutant}");
            }
        }
    }

    /// <summary>The faults that a night tries, in order: slice after slice.</summary>
    private static IEnumerable<Mutant> Wanted(ImmutableArray<Mutant> all, NightSettings settings)
    {
        IEnumerable<int> slices = BugsPart.Rotated([.. Enumerable.Range(1, Slices)], settings.Seed);
        return slices.Take(settings.Programs is null ? Slices : 1)
            .SelectMany(slice => MutantMatrix.Slice(all, slice, Slices));
    }

    private static NightFault Of(CellResult result) => new(
        result.Mutant.ToString(),
        new MatrixRow(result.Mutant.Transition, result.Mutant.Kind).ToString(),
        result.Mutant.Invents ? "invent" : "drop",
        Mutant.NameOf(result.Mutant.Bit),
        Tables.Words(result.Verdict),
        result.Violation?.PropertyName,
        result.Programs,
        Math.Round(result.Elapsed.TotalSeconds, 3),
        result.IsAsExpected);
}
