// The matrix of generated faults as a JSON document and as a table: a line for each row and way, a column for each bit.
// Not covered: trying the cells (MatrixCommand).

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MmFuzz.Engine.Fixes;
using MmFuzz.Generators.Mutants;
using MmFuzz.Reports;
using Spectre.Console;

namespace MmFuzz.Cli;

/// <summary>An argument in JSON.</summary>
internal sealed record ArgumentDocument(string Cells, string Kind, string Profiles, string Text);

/// <summary>A cell in JSON.</summary>
internal sealed record CellDocument(
    string Cell,
    string Verdict,
    string Profile,
    string Swap,
    string? Property,
    string? Clause,
    long Programs,
    long Operations,
    long Applied,
    int ComparedPrograms,
    int DifferentPrograms,
    double Seconds,
    int ShrunkOperations,
    string? Program,
    bool Kept,
    ArgumentDocument? Argument);

/// <summary>Writes the matrix.</summary>
internal static class MatrixReport
{
    /// <summary>A cell as a document.</summary>
    public static CellDocument Document(CellResult result) => new(
        result.Mutant.ToString(),
        Tables.Words(result.Verdict),
        result.Base.ToString(),
        Tables.Words(result.Base.Swap),
        result.Violation?.PropertyName,
        result.Violation?.ClauseName,
        result.Programs,
        result.Operations,
        result.Applied,
        result.Violation is null ? CellTrial.ComparedPrograms : 0,
        result.Different,
        Math.Round(result.Elapsed.TotalSeconds, 6),
        result.Program?.Length ?? 0,
        result.Program?.Print(),
        result.Kept,
        result.Argument is { } argument ? Document(argument) : null);

    /// <summary>An argument as a document.</summary>
    public static ArgumentDocument Document(MutantArgument argument) =>
        new(argument.Cells, Tables.Words(argument.Kind), argument.Profiles, argument.Text);

    /// <summary>The matrix as tables, with what is wrong below it.</summary>
    public static void Write(Session session, ImmutableArray<CellResult> results)
    {
        WriteGrid(session, results);
        WriteKills(session, results);
        session.Say("[dim]= changes nothing, ~ harms nobody: argued, see `mmfuzz list arguments`; "
            + "* only a program of the corpus shows it[/]");
        foreach (CellResult result in results.Where(one => !one.IsAsExpected))
        {
            session.Say($"[red]{Problem(result).EscapeMarkup()}[/]");
        }

        session.Say(Summary(results));
    }

    private static void WriteGrid(Session session, ImmutableArray<CellResult> results)
    {
        IEnumerable<string> bits = Mutant.Bits.Select(Mutant.NameOf);
        Table table = Tables.Make(["!entries", "way", .. bits]);
        var lines = results.GroupBy(one =>
            (Row: new MatrixRow(one.Mutant.Transition, one.Mutant.Kind), one.Mutant.Invents));
        foreach (var line in lines.OrderBy(one => one.Key.Row.Transition).ThenBy(one => one.Key.Row.Kind)
            .ThenBy(one => one.Key.Invents))
        {
            IEnumerable<string> cells = Mutant.Bits.Select(bit =>
                line.FirstOrDefault(one => one.Mutant.Bit == bit) is { } result ? Mark(result) : string.Empty);
            table.AddRow([line.Key.Row.ToString().EscapeMarkup(), line.Key.Invents ? "invent" : "drop", .. cells]);
        }

        session.Words.Write(table);
    }

    private static string Mark(CellResult result) => result.Verdict switch
    {
        CellVerdict.Killed => $"[green]{result.Violation!.PropertyName}{(result.Kept ? " *" : string.Empty)}[/]",
        CellVerdict.Argued => result.Argument!.Kind == ArgumentKind.Identity ? "=" : "~",
        CellVerdict.Survived => "[red]SURVIVED[/]",
        CellVerdict.Refuted => "[red]REFUTED[/]",
    };

    private static void WriteKills(Session session, ImmutableArray<CellResult> results)
    {
        Table table = Tables.Make(
            "killed by", ">faults", ">median programs", ">median time", ">slowest", "slowest fault");
        var groups = results.Where(one => one.Verdict == CellVerdict.Killed && !one.Kept)
            .GroupBy(one => one.Violation!.PropertyName, StringComparer.Ordinal);
        foreach (IGrouping<string, CellResult> group in groups.OrderByDescending(one => one.Count()))
        {
            CellResult[] byTime = [.. group.OrderBy(one => one.Elapsed)];
            table.AddRow(
                group.Key.EscapeMarkup(),
                Tables.Count(byTime.Length),
                Tables.Count(group.Select(one => one.Programs).Order().ElementAt(byTime.Length / 2)),
                Tables.Time(byTime[byTime.Length / 2].Elapsed),
                Tables.Time(byTime[^1].Elapsed),
                byTime[^1].Mutant.ToString().EscapeMarkup());
        }

        session.Words.Write(table);
    }

    /// <summary>What is wrong with a cell that is not as it must be.</summary>
    public static string Problem(CellResult result)
    {
        string tried = $"{Tables.Count(result.Programs)} programs, {Tables.Count(result.Operations)} operations";
        string different =
            $"{result.Different} of {CellTrial.ComparedPrograms} programs end in another machine";
        return result.Verdict == CellVerdict.Survived
            ? $"{result.Mutant}: survived {tried}, and no argument says why (it changed {Tables.Count(result.Applied)}"
                + $" entries; {different})"
            : result.Violation is { } violation
            ? $"{result.Mutant}: the argument for {result.Argument!.Cells} is refuted by "
                + $"{ClauseWords.Name(violation)}: "
                + result.Program!.Print().TrimEnd().Replace("\n", "; ", StringComparison.Ordinal)
            : $"{result.Mutant}: the argument for {result.Argument!.Cells} says that nothing changes, but {different}";
    }

    private static string Summary(ImmutableArray<CellResult> results)
    {
        int killed = results.Count(one => one.Verdict == CellVerdict.Killed);
        int same = results.Count(one =>
            one is { Verdict: CellVerdict.Argued, Argument.Kind: ArgumentKind.Identity });
        int harmless = results.Count(one => one.Verdict == CellVerdict.Argued) - same;
        int survived = results.Count(one => one.Verdict == CellVerdict.Survived);
        int refuted = results.Count(one => one.Verdict == CellVerdict.Refuted);
        string colour = survived + refuted == 0 ? "green" : "red";
        return $"[{colour}]{Tables.Plural(results.Length, "fault")}: {killed} killed, {same} change nothing, "
            + $"{harmless} harm nobody, {survived} survived without an argument, {refuted} refuted an argument[/]";
    }
}
