// `mmfuzz fuzz`: its options, and a run from beginning to end with progress, announcements and the answer.
// Not covered: the run itself (FuzzRun), the answer's form (FuzzReport).

using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Globalization;
using MmFuzz.Engine.Fixes;
using MmFuzz.Generators;
using MmFuzz.Reports;
using Spectre.Console;
using Profile = MmFuzz.Engine.Fixes.Profile;

namespace MmFuzz.Cli;

/// <summary>The command <c>fuzz</c>.</summary>
internal static class FuzzCommand
{
    /// <summary>Where findings go if nothing else is said.</summary>
    public const string UsualDirectory = "findings";

    /// <summary>How long a run takes if nothing else is said.</summary>
    public static readonly TimeSpan UsualBudget = TimeSpan.FromSeconds(60);

    /// <summary>Makes the command.</summary>
    public static Command Make(Session session, Dictionary<Command, string[]> examples)
    {
        var command = new Command(
            "fuzz", "Generate programs, run them, and shrink, explain and store what they violate.");
        KernelOptions kernel = KernelOptions.On(command, $"the newest, {KernelVersion.Newest}");
        Option<ulong> seed = CliOptions.Seed();
        Option<TimeSpan?> budget = CliOptions.Budget();
        Option<long?> programs = CliOptions.Programs("How many programs to run, instead of --budget.");
        Option<long?> first = CliOptions.Number(
            "--first", "Number of the first program. Default: 0.", 0, long.MaxValue / 2);
        Option<long?> jobs = CliOptions.Jobs();
        Option<long?> length = CliOptions.Number(
            "--length", "Operations of a program. Default: 100.", 1, Generator.MaxLength);
        Option<string> target = OutOption();
        Option[] all = [seed, budget, programs, first, jobs, length, target];
        foreach (Option option in all)
        {
            command.Options.Add(option);
        }

        examples[command] =
        [
            "mmfuzz fuzz                                        60 seconds on the newest kernel",
            "mmfuzz fuzz --profile v5.18 --budget 5m            a kernel of 2022",
            "mmfuzz fuzz --without early-cow-fork --seed 7      the newest, with a known bug put back",
            "mmfuzz fuzz --programs 100000 --json               the same result on any number of threads",
        ];
        command.SetAction(parsed =>
        {
            (long? count, TimeSpan? time) = CliOptions.Extent(parsed, budget, programs, UsualBudget);
            return Run(session, new FuzzSettings(
                kernel.Apply(parsed, Profile.Newest),
                parsed.GetValue(seed),
                (ulong)(parsed.GetValue(first) ?? 0),
                count,
                time,
                CliOptions.JobsOr(parsed.GetValue(jobs)),
                (int)(parsed.GetValue(length) ?? FuzzSettings.UsualLength),
                parsed.GetValue(target)!));
        });
        return command;
    }

    /// <summary><c>--out</c>.</summary>
    public static Option<string> OutOption() => new("--out")
    {
        Description = "Where findings are stored.",
        HelpName = "DIRECTORY",
        DefaultValueFactory = _ => UsualDirectory,
    };

    /// <summary>Runs, with progress and announcements.</summary>
    public static FuzzResult Execute(Session session, FuzzSettings settings)
    {
        var progress = new ProgressLine(session);
        var run = new FuzzRun(settings, finding => progress.Remark(Announcement(finding)), session.Stop);
        FuzzResult result = run.Execute(now => progress.Show(string.Create(
            CultureInfo.InvariantCulture,
            $"{now.Elapsed.TotalSeconds:0} s: {Tables.Count(now.Programs)} programs, {Tables.Count(now.Operations)} "
            + $"operations, {Tables.Speed(now.Operations / now.Elapsed.TotalSeconds)}, {now.Findings} findings")));
        progress.End();
        return result;
    }

    private static int Run(Session session, FuzzSettings settings)
    {
        session.Remark($"[dim]fuzzing {settings.Profile.ToString().EscapeMarkup()}, seed {settings.Seed}[/]");
        FuzzResult result = Execute(session, settings);
        if (session.Json)
        {
            session.WriteJson(FuzzReport.Document(result));
        }
        else
        {
            FuzzReport.Write(session, result);
        }

        if (result.Failure is not null)
        {
            session.Complain(result.Failure);
            return ExitCode.Internal;
        }

        return result.Findings.IsEmpty && !result.IsRed ? ExitCode.Clean : ExitCode.Violation;
    }

    /// <summary>What is said when a finding is stored.</summary>
    public static string Announcement(StoredFinding finding)
    {
        string name = ClauseWords.Name(finding.Violation).EscapeMarkup();
        string cause = KernelWords.Sentence(finding.Cause).EscapeMarkup();
        string colour = finding.Cause.IsKnown ? "yellow" : "red";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"[{colour}]found[/] {name}, {finding.Program.Length} operations ({cause}): {finding.File.EscapeMarkup()}");
    }
}
