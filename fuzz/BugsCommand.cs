// `mmfuzz bugs`: the kill matrix. Every known bug is put back, one at a time, and must be found again; rows that are
// no bug must stay quiet. Not covered: the search of one row (Generators/KillMatrix), the rows (BugCatalogue).

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Linq;
using MmFuzz.Engine.Properties;
using MmFuzz.Generators;
using Spectre.Console;

namespace MmFuzz.Cli;

/// <summary>A row in JSON.</summary>
internal sealed record BugDocument(
    string Id,
    string SeedDocument,
    string Profile,
    string? Property,
    IReadOnlyList<string> ExpectedProperty,
    bool Quiet,
    bool Found,
    bool AsExpected,
    long Programs,
    long Operations,
    double Seconds,
    int ShrunkOperations,
    int ListedOperations,
    double ShrinkSeconds,
    string? Program);

/// <summary>The command <c>bugs</c>.</summary>
internal static class BugsCommand
{
    /// <summary>How long a row is tried if nothing else is said.</summary>
    public static readonly TimeSpan UsualBudget = TimeSpan.FromSeconds(20);

    /// <summary>How long a row that must stay quiet is tried, at most.</summary>
    public static readonly TimeSpan QuietBudget = TimeSpan.FromSeconds(5);

    /// <summary>Makes the command.</summary>
    public static Command Make(Session session, Dictionary<Command, string[]> examples)
    {
        var command = new Command(
            "bugs", "Put every known bug back, one at a time, and find it again. Exit code 1: one was not found.");
        var only = new Option<string[]>("--only")
        {
            Description = "Only this known bug, or with --matrix this fault. Can be repeated.",
            HelpName = "ID",
            Arity = ArgumentArity.OneOrMore,
        };
        Option<ulong> seed = CliOptions.Seed();
        Option<TimeSpan?> budget = CliOptions.Duration(
            "--budget", "How long to try each row. Default: 20s; rows that must stay quiet are tried 5s at most.");
        Option<long?> jobs = CliOptions.Jobs();
        var matrix = new Option<bool>("--matrix")
        {
            Description = "Put in every generated fault instead: each bit of each kind of entry, dropped and invented "
                + "in each transition. Exit code 1: one survived without an argument, or an argument was refuted.",
        };
        var slice = new Option<MatrixSlice?>("--slice")
        {
            Description = "Only part K of N of the matrix.",
            HelpName = "K/N",
            CustomParser = MatrixCommand.ParseSlice,
        };
        Option<TimeSpan?> perCell = CliOptions.Duration(
            "--budget-per-cell", "How long to try each fault of the matrix in each kernel. Default: 3s.");
        foreach (Option option in (Option[])[only, seed, budget, jobs, matrix, slice, perCell])
        {
            command.Options.Add(option);
        }

        examples[command] =
        [
            "mmfuzz bugs                                    all of them",
            "mmfuzz bugs --only early-cow-fork --seed 3     one, from another seed",
            "mmfuzz bugs --jobs 1 --json > matrix.json      times on one core",
            "mmfuzz bugs --matrix --slice 1/8               an eighth of the generated faults",
            "mmfuzz bugs --matrix --only drop:uffd_wp@migrate-end@shmem",
        ];
        command.SetAction(parsed => parsed.GetValue(matrix) ? RunMatrix(parsed) : RunBugs(parsed));
        return command;

        int RunMatrix(ParseResult parsed) => parsed.GetValue(budget) is not null
            ? throw new BadInputException("found --budget beside --matrix, expected --budget-per-cell")
            : MatrixCommand.Run(
                session,
                parsed.GetValue(only),
                parsed.GetValue(slice),
                parsed.GetValue(seed),
                parsed.GetValue(perCell) ?? MatrixCommand.UsualBudget,
                CliOptions.JobsOr(parsed.GetValue(jobs)));

        int RunBugs(ParseResult parsed) => parsed.GetValue(slice) is not null || parsed.GetValue(perCell) is not null
            ? throw new BadInputException("found --slice or --budget-per-cell without --matrix, expected it too")
            : Run(
                session,
                Rows(parsed.GetValue(only)),
                parsed.GetValue(seed),
                parsed.GetValue(budget) ?? UsualBudget,
                CliOptions.JobsOr(parsed.GetValue(jobs)));
    }

    /// <summary>Whether the row did what it must: a bug found, or a quiet row quiet.</summary>
    public static bool IsAsExpected(KillResult result) => result.Found != result.Row.IsQuiet;

    /// <summary>Runs rows, with progress. Rows that were not begun when the run was stopped are left out.</summary>
    public static ImmutableArray<KillResult> Execute(
        Session session, ImmutableArray<BugRow> rows, ulong seed, TimeSpan budget, int jobs)
    {
        var progress = new ProgressLine(session);
        int done = 0;
        ImmutableArray<KillResult?> results = Parallelism.Map(
            rows,
            jobs,
            row =>
            {
                TimeSpan time = row.IsQuiet && budget > QuietBudget ? QuietBudget : budget;
                return KillMatrix.Run(row, seed, time, session.Stop);
            },
            result => progress.Show(string.Create(
                CultureInfo.InvariantCulture, $"{++done} of {rows.Length} known bugs tried, last: {result.Row.Id}")),
            session.Stop);
        progress.End();
        return [.. results.OfType<KillResult>()];
    }

    /// <summary>The matrix as documents.</summary>
    public static IReadOnlyList<BugDocument> Documents(ImmutableArray<KillResult> results) =>
        [.. results.Select(Document)];

    /// <summary>The matrix as a table, and a line about it.</summary>
    public static void Write(Session session, ImmutableArray<KillResult> results)
    {
        Table table = Tables.Make(
            "known bug", "seed", "found as", ">programs", ">operations", ">time", ">shrunk", ">listed", ">shrink time");
        foreach (KillResult result in results)
        {
            table.AddRow(
                result.Row.Id.EscapeMarkup(),
                result.Row.SeedDocument.EscapeMarkup(),
                FoundAs(result),
                Tables.Count(result.Programs),
                Tables.Count(result.Operations),
                Tables.Time(result.Elapsed),
                Shrunk(result),
                result.Row.IsQuiet ? string.Empty : Tables.Count(result.Row.ListedLength),
                result.Found ? Tables.Time(result.ShrinkElapsed) : string.Empty);
        }

        session.Words.Write(table);
        session.Say(Summary(results));
    }

    /// <summary>The matrix in a line.</summary>
    public static string Summary(ImmutableArray<KillResult> results)
    {
        int bugs = results.Count(result => !result.Row.IsQuiet);
        int found = results.Count(result => result is { Row.IsQuiet: false, Found: true });
        int quiet = results.Count(result => result.Row.IsQuiet);
        int stayed = results.Count(result => result is { Row.IsQuiet: true, Found: false });
        double[] times = [.. results.Where(result => !result.Row.IsQuiet && result.Found)
            .Select(result => result.Elapsed.TotalSeconds).Order()];
        string median = times.Length == 0
            ? string.Empty
            : $", median {Tables.Time(TimeSpan.FromSeconds(times[times.Length / 2]))}";
        string colour = found == bugs && stayed == quiet ? "green" : "red";
        string rest = quiet == 0 ? string.Empty : $"; {stayed} of {quiet} quiet rows stayed quiet";
        return $"[{colour}]{found} of {bugs} known bugs found[/]{median}{rest}";
    }

    private static int Run(Session session, ImmutableArray<BugRow> rows, ulong seed, TimeSpan budget, int jobs)
    {
        ImmutableArray<KillResult> results = Execute(session, rows, seed, budget, jobs);
        if (session.Json)
        {
            session.WriteJson(Documents(results));
        }
        else
        {
            Write(session, results);
        }

        return results.Length == rows.Length && results.All(IsAsExpected) ? ExitCode.Clean : ExitCode.Violation;
    }

    private static ImmutableArray<BugRow> Rows(string[]? only)
    {
        if (only is null || only.Length == 0)
        {
            return BugCatalogue.All;
        }

        string[] unknown = [.. only.Where(id => BugCatalogue.Find(id) is null)];
        return unknown.Length == 0
            ? [.. BugCatalogue.All.Where(row => only.Contains(row.Id))]
            : throw new BadInputException(unknown.Select(id =>
                $"--only: found `{id}`, expected the name of a known bug (see `mmfuzz list bugs`)"));
    }

    private static BugDocument Document(KillResult result) => new(
        result.Row.Id,
        result.Row.SeedDocument,
        result.Row.Profile.ToString(),
        result.Property is { } property ? PropertyCatalogue.Of(property).Name : null,
        [.. result.Row.Expected.Select(id => PropertyCatalogue.Of(id).Name)],
        result.Row.IsQuiet,
        result.Found,
        IsAsExpected(result),
        result.Programs,
        result.Operations,
        Math.Round(result.Elapsed.TotalSeconds, 6),
        result.ShrunkOperations,
        result.Row.ListedLength,
        Math.Round(result.ShrinkElapsed.TotalSeconds, 6),
        result.Program?.Print());

    private static string FoundAs(KillResult result)
    {
        string property = result.Property is { } id ? PropertyCatalogue.Of(id).Name : "something";
        return (result.Row.IsQuiet, result.Found) switch
        {
            (true, false) => "[green]quiet, as it must be[/]",
            (true, true) => $"[red]{property}, but it must be quiet[/]",
            (false, false) => "[red]not found[/]",
            (false, true) => result.Property is { } found && result.Row.Expected.Contains(found)
                ? $"[green]{property}[/]"
                : $"[yellow]{property} (expected otherwise)[/]",
        };
    }

    private static string Shrunk(KillResult result)
    {
        if (!result.Found)
        {
            return string.Empty;
        }

        string length = Tables.Count(result.ShrunkOperations);
        return result.ShrunkOperations > result.Row.ListedLength ? $"[yellow]{length}[/]" : length;
    }
}
