// `mmfuzz guided compare`: does guidance help? Every known bug of four or more operations, or with a race, is looked
// for by the plain generator and by the guided loop with each feedback, from several seeds, until it is found or the
// operations are used up; the page that is written says how it went and what follows.
// Not covered: one trial (GuidanceTrial), the page (GuidancePage), the plot (GuidancePlot).

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.IO;
using System.Linq;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.Properties;
using MmFuzz.Generators.Guided;

namespace MmFuzz.Cli;

/// <summary>One way of choosing programs.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Feedback">What it learns from; null for the plain generator.</param>
internal sealed record Guidance(string Name, Feedback? Feedback)
{
    /// <summary>Those that are compared, the plain generator first.</summary>
    public static ImmutableArray<Guidance> All { get; } =
    [
        new("plain", null),
        new("edges", Generators.Guided.Feedback.Edges),
        new("shapes", Generators.Guided.Feedback.Shapes),
        new("both", Generators.Guided.Feedback.Both),
    ];
}

/// <summary>What one way did with one bug.</summary>
/// <param name="Row">The bug.</param>
/// <param name="Races">Whether its program has operations that overlap.</param>
/// <param name="Guidance">The way.</param>
/// <param name="Trials">A trial for each seed.</param>
internal sealed record GuidanceCell(BugRow Row, bool Races, Guidance Guidance, ImmutableArray<TrialResult> Trials)
{
    /// <summary>How many seeds found it.</summary>
    public int Found => Trials.Count(trial => trial.Found);

    /// <summary>Operations that the part of the seeds needed; those that were used up count as all.</summary>
    public long Quantile(double part)
    {
        long[] sorted = [.. Trials.Select(trial => trial.Operations).Order()];
        double at = part * (sorted.Length - 1);
        int below = (int)at;
        int above = Math.Min(below + 1, sorted.Length - 1);
        return (long)(sorted[below] + ((at - below) * (sorted[above] - sorted[below])));
    }
}

/// <summary>A comparison that is over.</summary>
/// <param name="Seeds">Seeds of each cell.</param>
/// <param name="Most">Operations allowed.</param>
/// <param name="Cells">The cells, by bug and way.</param>
internal sealed record GuidanceResult(int Seeds, long Most, ImmutableArray<GuidanceCell> Cells);

/// <summary>A cell in JSON.</summary>
internal sealed record GuidanceDocument(
    string Bug, string Guidance, int Seeds, int Found, long Median, long LowerQuartile, long UpperQuartile);

/// <summary>The command <c>guided compare</c>.</summary>
internal static class GuidanceCommand
{
    private const int LongBug = 4;
    private const long UsualSeeds = 20;
    private const long UsualMost = 1_000_000;

    /// <summary>Makes the command.</summary>
    public static Command Make(Session session, Dictionary<Command, string[]> examples)
    {
        var command = new Command("compare", "Measure whether guidance finds known bugs in fewer operations.");
        Option<long?> seeds = CliOptions.Number("--seeds", $"Seeds of each trial. Default: {UsualSeeds}.", 1, 1000);
        Option<long?> most = CliOptions.Number(
            "--operations", "Operations allowed for each trial. Default: 1000000.", 1000, long.MaxValue / 128);
        Option<long?> jobs = CliOptions.Jobs();
        var only = new Option<string[]>("--only")
        {
            Description = "Only these known bugs. Can be repeated.",
            HelpName = "BUG",
            Arity = ArgumentArity.OneOrMore,
        };
        var target = new Option<string?>("--out")
        {
            Description = "Write the page there, and its plot beside it (.svg).",
            HelpName = "FILE.md",
        };
        foreach (Option option in (Option[])[seeds, most, jobs, only, target])
        {
            command.Options.Add(option);
        }

        examples[command] =
        [
            "mmfuzz guided compare --out docs/guidance.md",
            "mmfuzz guided compare --seeds 5 --operations 300000 --only gupfast-fork-seq",
        ];
        command.SetAction(parsed => Run(
            session,
            Chosen(parsed.GetValue(only)),
            (int)(parsed.GetValue(seeds) ?? UsualSeeds),
            parsed.GetValue(most) ?? UsualMost,
            CliOptions.JobsOr(parsed.GetValue(jobs)),
            parsed.GetValue(target)));
        return command;
    }

    private static int Run(
        Session session, ImmutableArray<(BugRow Row, bool Races)> rows, int seeds, long most, int jobs, string? target)
    {
        var progress = new ProgressLine(session);
        ImmutableArray<(BugRow Row, bool Races, Guidance Guidance)> cells =
        [
            .. from row in rows from guidance in Guidance.All select (row.Row, row.Races, guidance),
        ];
        int done = 0;
        ImmutableArray<GuidanceCell?> tried = Parallelism.Map(
            cells,
            jobs,
            cell => Try(session, cell.Row, cell.Races, cell.Guidance, seeds, most),
            cell => progress.Show(string.Create(
                CultureInfo.InvariantCulture,
                $"{++done} of {cells.Length}: {cell.Row.Id}, {cell.Guidance.Name}, {cell.Found} of {seeds} found")),
            session.Stop);
        progress.End();
        if (session.Stop.IsCancellationRequested)
        {
            session.Complain("stopped: a comparison that is not over says nothing");
            return ExitCode.Violation;
        }

        var result = new GuidanceResult(seeds, most, [.. tried.OfType<GuidanceCell>()]);
        string page = GuidancePage.Make(result, Path.GetFileNameWithoutExtension(target ?? "guidance") + ".svg");
        if (target is not null)
        {
            SafeFile.Write(target, page);
            SafeFile.Write(Path.ChangeExtension(target, ".svg"), GuidancePlot.Make(result));
        }

        if (session.Json)
        {
            session.WriteJson(result.Cells.Select(Document));
        }
        else if (target is null)
        {
            session.Output.Write(page);
        }

        return ExitCode.Clean;
    }

    private static GuidanceCell Try(
        Session session, BugRow row, bool races, Guidance guidance, int seeds, long most)
    {
        var trial = new GuidanceTrial(row);
        var trials = ImmutableArray.CreateBuilder<TrialResult>(seeds);
        for (ulong seed = 1; seed <= (ulong)seeds; seed++)
        {
            trials.Add(guidance.Feedback is { } feedback
                ? trial.Guided(
                    InstrumentedTarget.Make(row.Profile, feedback, FuzzSettings.UsualLength), seed, most, session.Stop)
                : trial.Plain(seed, most, session.Stop));
        }

        return new GuidanceCell(row, races, guidance, trials.MoveToImmutable());
    }

    /// <summary>Bugs whose shrunk program is long, or has operations that are only started.</summary>
    private static ImmutableArray<(BugRow Row, bool Races)> Chosen(string[]? only)
    {
        string[] unknown = [.. (only ?? []).Where(name => BugCatalogue.Find(name) is null or { IsQuiet: true })];
        if (unknown.Length > 0)
        {
            throw new BadInputException(unknown.Select(name =>
                $"--only: found `{name}`, expected a known bug (see `mmfuzz bugs`)"));
        }

        string corpus = Corpus.Find() ?? throw new BadInputException(
            "found no corpus above this directory or the program, expected corpus/known-bugs, whose programs tell "
            + "which bugs are races");
        return
        [
            .. from row in BugCatalogue.All
               where !row.IsQuiet && (only is null or [] || only.Contains(row.Id))
               let races = Races(Path.Combine(corpus, "known-bugs", row.Id + ".mm"))
               where races || row.ListedLength >= LongBug || only is { Length: > 0 }
               select (row, races),
        ];
    }

    private static bool Races(string file) =>
        File.Exists(file) && MmProgramParser.Parse(File.ReadAllText(file), out _) is { } program
        && program.Operations.Any(operation => operation.IsStarted);

    private static GuidanceDocument Document(GuidanceCell cell) => new(
        cell.Row.Id, cell.Guidance.Name, cell.Trials.Length, cell.Found, cell.Quantile(0.5), cell.Quantile(0.25),
        cell.Quantile(0.75));
}
