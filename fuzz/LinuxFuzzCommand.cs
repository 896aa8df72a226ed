// `mmfuzz linux fuzz`: its options, and a differential run from beginning to end.
// Not covered: the run itself (LinuxFuzzRun).

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Linq;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Linux;
using Spectre.Console;
using Capabilities = MmFuzz.Linux.Capabilities;

namespace MmFuzz.Cli;

/// <summary>The command <c>linux fuzz</c>.</summary>
internal static class LinuxFuzzCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Make(Session session, Dictionary<Command, string[]> examples)
    {
        var command = new Command(
            "fuzz", "Generate programs for the kernel below; shrink and store those on which it and the model differ.");
        Option<ulong> seed = CliOptions.Seed();
        Option<TimeSpan?> budget = CliOptions.Budget();
        Option<long?> programs = CliOptions.Programs("How many programs to run, instead of --budget.");
        Option<long?> first = CliOptions.Number(
            "--first", "Number of the first program. Default: 0.", 0, long.MaxValue / 2);
        Option<long?> jobs = CliOptions.Number(
            "--jobs", "Executors, each on a processor. Default: as many as there are.", 1, CliOptions.MostJobs);
        Option<long?> length = CliOptions.Number(
            "--length", $"Operations of a program. Default: {LinuxFuzzSettings.UsualLength}.", 1, 1000);
        Option<List<Fix>> without = KernelOptions.Fixes(
            "--without", "Take this fix out of the model, so that it is wrong. Can be repeated.");
        Option<string> target = FuzzCommand.OutOption();
        Option<bool> allow = LinuxCommand.AllowOption();
        Option<bool> migrate = LinuxCommand.MigrateOption();
        Option[] all = [seed, budget, programs, first, jobs, length, without, target, allow, migrate];
        foreach (Option option in all)
        {
            command.Options.Add(option);
        }

        examples[command] =
        [
            "mmfuzz linux fuzz --budget 60s                      what whoever you are may do",
            "sudo mmfuzz linux fuzz --allow-system-changes       with swap in memory for the time of the run",
            "sudo mmfuzz linux fuzz --allow-system-changes --migrate",
            "sudo mmfuzz linux fuzz --without early-cow-fork     a model made wrong on purpose: is it noticed?",
            "sudo mmfuzz linux fuzz --programs 20000 --json      the same digest every time",
        ];
        command.SetAction(parsed =>
        {
            (long? count, TimeSpan? time) = CliOptions.Extent(parsed, budget, programs, FuzzCommand.UsualBudget);
            bool migrates = parsed.GetValue(migrate);
            SystemSettings changes = LinuxCommand.SettingsOf(parsed.GetValue(allow), migrates);
            int executors = JobsOf(parsed.GetValue(jobs), migrates);
            using Turn turn = LinuxCommand.TakeTurn(session, changes);
            Capabilities found = LinuxCommand.Guarded(() => Capabilities.Find(turn.Blocks));
            FixSet wrong = FixSet.Of(parsed.GetValue(without) ?? []);
            var settings = new LinuxFuzzSettings(
                found.Profile.WithFixes(found.Profile.Fixes.Except(wrong)),
                found.Filter(migrates),
                parsed.GetValue(seed),
                (ulong)(parsed.GetValue(first) ?? 0),
                count,
                time,
                executors,
                (int)(parsed.GetValue(length) ?? LinuxFuzzSettings.UsualLength),
                parsed.GetValue(target)!,
                wrong,
                changes,
                turn.Blocks);
            return LinuxCommand.Guarded(() => Run(session, settings, found));
        });
        return command;
    }

    /// <summary>Memory that is taken offline is everybody's: two executors would move each other's pages.</summary>
    private static int JobsOf(long? asked, bool migrates) =>
        !migrates ? CliOptions.JobsOr(asked)
        : asked is null or 1 ? 1
        : throw new BadInputException(
            $"--jobs: found {asked}, expected 1 with --migrate, which moves everybody's pages");

    private static int Run(Session session, LinuxFuzzSettings settings, Capabilities found)
    {
        session.Remark(
            $"[dim]Linux {found.Kernel.EscapeMarkup()} and {settings.Profile.ToString().EscapeMarkup()}, "
            + $"seed {settings.Seed}[/]");
        var run = new LinuxFuzzRun(
            settings,
            divergence => session.Remark(
                $"[red]differs[/] {divergence.Difference.EscapeMarkup()}: {divergence.File.EscapeMarkup()}"),
            session.Stop);
        LinuxFuzzResult result = run.Execute();
        if (session.Json)
        {
            session.WriteJson(DocumentOf(found, settings, result));
        }
        else
        {
            Write(session, result);
        }

        return result.Divergences.IsEmpty ? ExitCode.Clean : ExitCode.Violation;
    }

    private static void Write(Session session, LinuxFuzzResult result)
    {
        foreach (StoredDivergence one in result.Divergences)
        {
            session.Say($"[red]{one.Difference.EscapeMarkup()}[/] ({one.File.EscapeMarkup()})");
            LinuxRunCommand.WriteTraces(session, one.Rows);
        }

        Table table = Tables.Make("compared", ">times");
        foreach ((string name, long times) in Comparisons(result))
        {
            table.AddRow(name, Tables.Count(times));
        }

        foreach ((string name, long times) in Cuts(result))
        {
            table.AddRow($"[dim]compared in part: {name}[/]", Tables.Count(times));
        }

        session.Words.Write(table);
        WriteSlow(session, result);
        string lost = result.Lost == 0 ? string.Empty : $"{result.Lost} executors lost and replaced; ";
        session.Say(string.Create(
            CultureInfo.InvariantCulture,
            $"{Tables.Count(result.Programs)} programs, {Tables.Count(result.Operations)} operations in "
            + $"{Tables.Time(result.Elapsed)}: {result.Programs / result.Elapsed.TotalSeconds:0} programs/s; digest "
            + $"{result.Digest:x16}; {result.Noise} differences that did not come back; "
            + $"{lost}"
            + $"{result.Divergences.Length} divergences"));
    }

    /// <summary>Slow operations apart: the rest is what the speed of a run is about.</summary>
    private static void WriteSlow(Session session, LinuxFuzzResult result)
    {
        if (result.Slow.IsEmpty)
        {
            return;
        }

        Table table = Tables.Make("took over 100 us", ">times", ">of", ">on average");
        foreach (TimeOfKind one in result.Slow)
        {
            table.AddRow(
                OperationPrinter.Word(one.Kind), Tables.Count(one.Slow), Tables.Count(one.Times),
                Tables.Time(TimeSpan.FromSeconds(one.SlowSeconds / one.Slow)));
        }

        session.Words.Write(table);
        session.Say(string.Create(
            CultureInfo.InvariantCulture,
            $"{result.SlowSeconds:0.0} s in those; without that time up to {result.RateWithoutSlow:0} programs/s"));
    }

    private static IEnumerable<(string Name, long Times)> Comparisons(LinuxFuzzResult result) =>
        result.Comparisons.Select(static (times, kind) => (Tables.Words((ComparisonKind)kind), times));

    private static IEnumerable<(string Name, long Times)> Cuts(LinuxFuzzResult result) =>
        result.Cuts.Skip(1).Select(static (times, i) =>
            (DeclaredDifferences.Of((DeclaredDifference)(i + 1)).Name, times));

    private static FuzzDocument DocumentOf(
        Capabilities found, LinuxFuzzSettings settings, LinuxFuzzResult result) => new(
        found.Kernel,
        settings.Profile.ToString(),
        settings.Seed,
        result.Programs,
        result.Operations,
        result.Elapsed.TotalSeconds,
        result.Digest.ToString("x16", CultureInfo.InvariantCulture),
        Comparisons(result).ToImmutableSortedDictionary(static pair => pair.Name, static pair => pair.Times),
        Cuts(result).ToImmutableSortedDictionary(static pair => pair.Name, static pair => pair.Times),
        result.Noise,
        result.Lost,
        result.Slow.ToImmutableSortedDictionary(
            static one => OperationPrinter.Word(one.Kind),
            static one => new SlowDocument(one.Times, one.Slow, one.SlowSeconds)),
        result.RateWithoutSlow,
        result.Divergences);

    private sealed record SlowDocument(long Times, long Slow, double SlowSeconds);

    private sealed record FuzzDocument(
        string Kernel,
        string Profile,
        ulong Seed,
        long Programs,
        long Operations,
        double Seconds,
        string Digest,
        ImmutableSortedDictionary<string, long> Comparisons,
        ImmutableSortedDictionary<string, long> ComparedInPart,
        long Noise,
        int ExecutorsLost,
        ImmutableSortedDictionary<string, SlowDocument> SlowOperations,
        double ProgramsPerSecondWithoutSlow,
        ImmutableArray<StoredDivergence> Divergences);
}
