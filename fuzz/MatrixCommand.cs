// `mmfuzz bugs --matrix`: every generated fault is put in, one at a time; a property must show it, or an argument must
// say why none can. Exit code 1: one survived without an argument, or an argument was refuted.
// Not covered: trying a cell (Generators/Mutants), the answer's form (MatrixReport).

using System;
using System.Collections.Immutable;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Linq;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Generators.Mutants;

namespace MmFuzz.Cli;

/// <summary>A part of the cells.</summary>
/// <param name="Number">Which, from 1.</param>
/// <param name="Of">Of how many.</param>
internal readonly record struct MatrixSlice(int Number, int Of);

/// <summary>The matrix of generated faults.</summary>
internal static class MatrixCommand
{
    /// <summary>How long a cell is tried in each kernel if nothing else is said.</summary>
    public static readonly TimeSpan UsualBudget = TimeSpan.FromSeconds(3);

    private const int MostSlices = 1000;

    /// <summary>Tries the cells and answers with all of them.</summary>
    public static int Run(
        Session session, string[]? only, MatrixSlice? slice, ulong seed, TimeSpan budget, int jobs)
    {
        ImmutableArray<Mutant> cells = Chosen(only);
        cells = slice is { } part ? MutantMatrix.Slice(cells, part.Number, part.Of) : cells;
        ImmutableArray<MmProgram> kept = Corpus.Mutated();
        var progress = new ProgressLine(session);
        int done = 0;
        ImmutableArray<CellResult?> tried = Parallelism.Map(
            cells,
            jobs,
            cell => CellTrial.Run(cell, seed, budget, MutantArguments.All, kept, session.Stop),
            result => progress.Show(string.Create(
                CultureInfo.InvariantCulture, $"{++done} of {cells.Length} faults tried, last: {result.Mutant}")),
            session.Stop);
        progress.End();
        ImmutableArray<CellResult> results = [.. tried.OfType<CellResult>()];
        if (session.Json)
        {
            session.WriteJson(results.Select(MatrixReport.Document));
        }
        else
        {
            MatrixReport.Write(session, results);
        }

        return results.Length == cells.Length && results.All(result => result.IsAsExpected)
            ? ExitCode.Clean
            : ExitCode.Violation;
    }

    /// <summary>Reads <c>2/8</c>.</summary>
    public static MatrixSlice? ParseSlice(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        string[] parts = text.Split('/');
        if (parts.Length == 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int of)
            && number >= 1 && number <= of && of <= MostSlices)
        {
            return new MatrixSlice(number, of);
        }

        result.AddError($"--slice: found `{text}`, expected a slice such as 2/8 (at most /{MostSlices})");
        return null;
    }

    private static ImmutableArray<Mutant> Chosen(string[]? only)
    {
        ImmutableArray<Mutant> all = MutantMatrix.Cells(MutantMatrix.Rows());
        if (only is null or [])
        {
            return all;
        }

        string[] unknown = [.. only.Where(name => !all.Any(cell => cell.ToString() == name))];
        return unknown.Length == 0
            ? [.. all.Where(cell => only.Contains(cell.ToString()))]
            : throw new BadInputException(unknown.Select(name =>
                $"--only: found `{name}`, expected a fault of the matrix such as {all[0]} (or a known bug, "
                + "without --matrix)"));
    }
}
