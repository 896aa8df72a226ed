// `mmfuzz` without a command, the main job: replays the corpus, finds every known bug again, fuzzes the newest kernel
// for a minute, and says in a few lines whether all is well. Not covered: the three parts (a file each).

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.CommandLine;
using System.Linq;
using MmFuzz.Engine.Properties;
using MmFuzz.Generators;
using Spectre.Console;
using Profile = MmFuzz.Engine.Fixes.Profile;

namespace MmFuzz.Cli;

/// <summary>The main job in JSON.</summary>
internal sealed record MainDocument(
    bool AsExpected, IReadOnlyList<CorpusResult> Corpus, IReadOnlyList<BugDocument> Bugs, FuzzDocument Fuzz);

/// <summary>The main job.</summary>
internal static class MainJob
{
    /// <summary>How long each known bug is tried.</summary>
    private static readonly TimeSpan RowBudget = TimeSpan.FromSeconds(45); // the rarest race takes 13 M operations

    /// <summary>Makes the root command.</summary>
    public static RootCommand MakeCommand(Session session, Dictionary<Command, string[]> examples)
    {
        var root = new RootCommand(
            "An executable model of Linux memory management that is fuzzed. Without a command: replay the corpus, "
            + "find every known bug again, fuzz the newest kernel for a minute, and say whether all is well.");
        Option<ulong> seed = CliOptions.Seed();
        Option<TimeSpan?> budget = CliOptions.Duration("--budget", "How long to fuzz. Default: 60s.");
        Option<long?> jobs = CliOptions.Jobs();
        Option<string> target = FuzzCommand.OutOption();
        foreach (Option option in (Option[])[seed, budget, jobs, target])
        {
            root.Options.Add(option);
        }

        examples[root] =
        [
            "mmfuzz                                     the main job",
            "mmfuzz --budget 10s --seed 2               shorter, from another seed",
            "mmfuzz fuzz --profile v5.18 --budget 5m    fuzz an older kernel",
            "mmfuzz replay --trace bug.mm               what happens, stage by stage",
        ];
        root.SetAction(parsed => Run(
            session,
            new FuzzSettings(
                Profile.Newest,
                parsed.GetValue(seed),
                0,
                null,
                parsed.GetValue(budget) ?? FuzzCommand.UsualBudget,
                CliOptions.JobsOr(parsed.GetValue(jobs)),
                FuzzSettings.UsualLength,
                parsed.GetValue(target)!)));
        return root;
    }

    private static int Run(Session session, FuzzSettings settings)
    {
        session.Remark("[bold]1 of 3[/] replaying the corpus");
        string? directory = Corpus.Find();
        ImmutableArray<CorpusResult> corpus = directory is null ? [] : Corpus.Replay(session, directory);
        if (!session.Json)
        {
            WriteCorpus(session, corpus);
        }

        session.Remark($"[bold]2 of 3[/] putting {BugCatalogue.All.Length} known bugs back, one at a time");
        ImmutableArray<KillResult> bugs = BugsCommand.Execute(session, BugCatalogue.All, 1, RowBudget, settings.Jobs);
        if (!session.Json)
        {
            BugsCommand.Write(session, bugs);
        }

        string time = Tables.Time(settings.Budget!.Value);
        session.Remark($"[bold]3 of 3[/] fuzzing {settings.Profile}, {time}, seed {settings.Seed}");
        FuzzResult fuzz = FuzzCommand.Execute(session, settings);
        bool corpusHolds = corpus.Length > 0 && corpus.All(one => one.AsExpected);
        bool bugsFound = bugs.Length == BugCatalogue.All.Length && bugs.All(BugsCommand.IsAsExpected);
        bool quiet = fuzz.Failure is null && fuzz.Findings.All(finding => finding.Cause.IsKnown)
            && !fuzz.IsRed;
        bool well = corpusHolds && bugsFound && quiet;
        if (session.Json)
        {
            session.WriteJson(new MainDocument(
                well, corpus, BugsCommand.Documents(bugs), FuzzReport.Document(fuzz)));
        }
        else
        {
            FuzzReport.WriteFindings(session, fuzz);
            FuzzReport.WriteVacuous(session, fuzz);
            FuzzReport.WriteMissed(session, fuzz);
            WriteSummary(session, corpus, corpusHolds, bugs, bugsFound, fuzz, quiet);
        }

        if (fuzz.Failure is not null)
        {
            session.Complain(fuzz.Failure);
            return ExitCode.Internal;
        }

        return well ? ExitCode.Clean : ExitCode.Violation;
    }

    private static void WriteCorpus(Session session, ImmutableArray<CorpusResult> corpus)
    {
        foreach (CorpusResult result in corpus.Where(one => !one.AsExpected))
        {
            session.Say($"[red]{result.File.EscapeMarkup()}: not as expected, found {result.Found.EscapeMarkup()}[/]");
        }
    }

    private static void WriteSummary(
        Session session,
        ImmutableArray<CorpusResult> corpus,
        bool corpusHolds,
        ImmutableArray<KillResult> bugs,
        bool bugsFound,
        FuzzResult fuzz,
        bool quiet)
    {
        int kept = corpus.Count(one => one.AsExpected);
        string corpusWords = corpus.IsEmpty
            ? "no program was found to replay (no corpus/ above here or above the executable?)"
            : $"{kept} of {corpus.Length} programs did what they must";
        int unexplained = fuzz.Findings.Count(finding => !finding.Cause.IsKnown);
        int expected = fuzz.Findings.Length - unexplained;
        string found = fuzz.Findings.IsEmpty ? "nothing found"
            : unexplained > 0 ? $"{Tables.Plural(unexplained, "finding")} that nothing explains"
            : $"{Tables.Plural(expected, "finding")}, expected on this profile";
        string fuzzWords = found
            + $" in {Tables.Count(fuzz.Operations)} operations ({Tables.Speed(fuzz.Speed)})";
        Table table = Tables.Make(string.Empty, "part", "result");
        table.AddRow(Mark(corpusHolds), "corpus", corpusWords);
        table.AddRow(Mark(bugsFound), "known bugs", BugsCommand.Summary(bugs));
        table.AddRow(Mark(quiet), $"fuzzing {fuzz.Settings.Profile}", fuzzWords);
        session.Words.Write(table);
        bool well = corpusHolds && bugsFound && quiet;
        session.Say(well ? "[bold green]All is well.[/]" : "[bold red]Not all is well[/]: see above.");
    }

    private static string Mark(bool holds) => holds ? "[green]ok[/]" : "[red]NO[/]";
}
