// `mmfuzz guided`: its options, and a run from beginning to end. Not covered: the run itself (GuidedRun, AflRun), the
// answer's form (GuidedReport), measuring (GuidedSpeedCommand, GuidanceCommand).

using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Globalization;
using MmFuzz.Engine.Fixes;
using MmFuzz.Generators;
using MmFuzz.Generators.Guided;
using Spectre.Console;
using Profile = MmFuzz.Engine.Fixes.Profile;

namespace MmFuzz.Cli;

/// <summary>The command <c>guided</c>.</summary>
internal static class GuidedCommand
{
    private const string InProcess = "in-process";
    private const string Afl = "afl";

    /// <summary>Makes the command.</summary>
    public static Command Make(Session session, Dictionary<Command, string[]> examples)
    {
        var command = new Command(
            "guided", "Fuzz guided by coverage: keep and change programs that went where none had gone.");
        KernelOptions kernel = KernelOptions.On(command, $"the newest, {KernelVersion.Newest}");
        Option<ulong> seed = CliOptions.Seed();
        Option<TimeSpan?> budget = CliOptions.Budget();
        Option<long?> programs = CliOptions.Programs("How many programs each thread runs, instead of --budget.");
        Option<long?> jobs = CliOptions.Jobs();
        Option<long?> length = CliOptions.Number(
            "--length", "Operations of a program, at most. Default: 100.", 1, Generator.MaxLength);
        Option<Feedback> feedback = FeedbackOption.Make();
        Option<string> corpus = CorpusOption();
        Option<string> target = FuzzCommand.OutOption();
        Option<string> driver = DriverOption();
        foreach (Option option in (Option[])[seed, budget, programs, jobs, length, feedback, corpus, target, driver])
        {
            command.Options.Add(option);
        }

        command.Subcommands.Add(GuidedSpeedCommand.Make(session, examples));
        command.Subcommands.Add(GuidanceCommand.Make(session, examples));
        examples[command] =
        [
            "mmfuzz guided                                      60 seconds on the newest kernel",
            "mmfuzz guided --feedback shapes --budget 5m        learning from the world's shapes alone",
            "mmfuzz guided --driver afl --budget 10m            by AFL++, which must be installed",
            "mmfuzz guided compare --seeds 5                    does guidance help?",
        ];
        command.SetAction(parsed =>
        {
            bool byAfl = parsed.GetValue(driver) == Afl;
            (long? count, TimeSpan? time) = CliOptions.Extent(parsed, budget, programs, FuzzCommand.UsualBudget);
            Refuse(count is not null && byAfl,
                "found --programs with --driver afl, expected --budget: AFL++ is stopped by time");
            var settings = new GuidedSettings(
                kernel.Apply(parsed, Profile.Newest),
                parsed.GetValue(seed),
                count,
                time,
                CliOptions.JobsOr(parsed.GetValue(jobs)),
                (int)(parsed.GetValue(length) ?? FuzzSettings.UsualLength),
                parsed.GetValue(feedback),
                parsed.GetValue(corpus)!,
                parsed.GetValue(target)!);
            return byAfl ? AflRun.Execute(session, settings) : Run(session, settings);
        });
        return command;
    }

    /// <summary><c>--corpus</c>.</summary>
    public static Option<string> CorpusOption() => new("--corpus")
    {
        Description = "Where programs that covered something new are kept, as bytes.",
        HelpName = "DIRECTORY",
        DefaultValueFactory = _ => ByteCorpus.UsualDirectory,
    };

    /// <summary>Runs, with progress and announcements.</summary>
    public static GuidedResult Execute(Session session, GuidedSettings settings)
    {
        var progress = new ProgressLine(session);
        var run = new GuidedRun(
            settings, finding => progress.Remark(FuzzCommand.Announcement(finding)), session.Stop);
        GuidedResult result = run.Execute(now => progress.Show(string.Create(
            CultureInfo.InvariantCulture,
            $"{now.Elapsed.TotalSeconds:0} s: {Tables.Count(now.Programs)} programs, {Tables.Count(now.Operations)} "
            + $"operations, {Tables.Speed(now.Operations / now.Elapsed.TotalSeconds)}, {now.Kept} kept, "
            + $"{now.Findings} findings")));
        progress.End();
        return result;
    }

    private static int Run(Session session, GuidedSettings settings)
    {
        session.Remark(
            $"[dim]fuzzing {settings.Profile.ToString().EscapeMarkup()}, guided by "
            + $"{FeedbackOption.Word(settings.Feedback)}, seed {settings.Seed}[/]");
        GuidedResult result = Execute(session, settings);
        GuidedReport.Answer(session, result);
        return result.Failure is not null ? ExitCode.Internal
            : result.Findings.IsEmpty ? ExitCode.Clean
            : ExitCode.Violation;
    }

    private static Option<string> DriverOption()
    {
        var option = new Option<string>("--driver")
        {
            Description = "Who chooses programs: this process, or AFL++ (`afl-fuzz`).",
            HelpName = $"{InProcess}|{Afl}",
            DefaultValueFactory = _ => InProcess,
            CustomParser = result =>
            {
                string text = result.Tokens[0].Value;
                if (text is not (InProcess or Afl))
                {
                    result.AddError($"--driver: found `{text}`, expected {InProcess} or {Afl}");
                }

                return text;
            },
        };
        return option;
    }

    private static void Refuse(bool wrong, string words)
    {
        if (wrong)
        {
            throw new BadInputException(words);
        }
    }
}
