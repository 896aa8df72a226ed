// What a night adds to what is remembered: its seeds, its line, its findings, its canary. The canary's seed has failed,
// as it must. Not covered: which of it is kept (SeedRecords, NightRecords).

using System;
using System.Collections.Generic;
using System.Linq;
using MmFuzz.Reports.Night;

namespace MmFuzz.Cli.Nightly;

/// <summary>Makes records of a night.</summary>
internal static class NightSeeds
{
    /// <summary>The records.</summary>
    public static NightRecords Of(NightProgress progress, NightReport report)
    {
        NightBegun begun = progress.Begun!;
        NightLine line = report.History.First(one =>
            one.Started == begun.Started && one.Commit == begun.Commit && one.Seed == begun.Settings.Seed);
        return new NightRecords(
            NightRecords.Empty.Version,
            [.. Seeds(progress, report).Select(seed => seed with
            {
                Commit = begun.Commit, CommitTime = begun.CommitTime, Started = begun.Started,
            })],
            [line],
            [
                .. from finding in report.Findings
                   where finding.Age != FindingAge.Gone
                   select new SeenFinding(
                       finding.Key, finding.FirstSeen, finding.FirstCommit, begun.Started, begun.Commit),
            ],
            report.Canary is { Found: true } ? new SeenCanary(begun.Started, begun.Commit) : null);
    }

    private static IEnumerable<SeedRecord> Seeds(NightProgress progress, NightReport report) =>
    [
        .. Fuzzed(progress, report),
        .. Tried(progress, report, NightParts.Bugs, progress.Bugs.Count, $"mmfuzz bugs --seed {Seed(progress)}"),
        .. Tried(
            progress, report, NightParts.Faults, progress.Faults.Count,
            $"mmfuzz bugs --matrix --seed {Seed(progress)}"),
        .. Tried(
            progress, report, NightParts.Linux, progress.Compared.Count,
            $"mmfuzz linux fuzz --seed {Seed(progress)}"),
        .. from canary in new[] { progress.Canary }.OfType<CanaryDone>()
           select Record(
               progress, NightParts.Canary, !canary.Canary.Found, canary.Seconds, canary.Canary.Words,
               $"mmfuzz fuzz --without {canary.Canary.Bug} --seed {Seed(progress)} --first {canary.Canary.Program ?? 0}"
               + " --programs 1"),
    ];

    /// <summary>A variant: its findings that nothing explains, or else that all of it was quiet.</summary>
    private static IEnumerable<SeedRecord> Fuzzed(NightProgress progress, NightReport report)
    {
        foreach (NightVariant variant in report.Variants)
        {
            string part = variant.Name == NightParts.Guided ? NightParts.Guided : NightParts.Fuzz;
            string fuzzer = part == variant.Name ? part : $"{part} {variant.Name}";
            double begun = progress.Part(part).Begun?.At ?? 0;
            SeedRecord[] failed =
            [
                .. from one in progress.Findings
                   where one.Variant == variant.Name && one.Finding.AttributedTo is null
                   select Record(
                       progress, fuzzer, false, one.At - begun, one.Finding.Key, one.Finding.FoundBy),
                .. from late in progress.TimedOut
                   where late.Part == part && late.Name == variant.Name
                   select Record(
                       progress, fuzzer, false, late.Seconds, "timeout", report.Head.Command),
            ];
            string quiet = $"{Tables.Count(variant.Programs)} programs, nothing unexplained";
            foreach (SeedRecord record in failed.Length > 0
                ? failed
                : [Record(progress, fuzzer, true, variant.Seconds, quiet, Command(progress, variant))])
            {
                yield return record;
            }
        }
    }

    private static string Command(NightProgress progress, NightVariant variant) =>
        FuzzVariant.All.FirstOrDefault(one => one.Name == variant.Name) is { } known
            ? new FuzzSettings(
                known.Profile, Seed(progress), 0, variant.Programs, null, 1, known.Length, string.Empty).Command
            : $"mmfuzz guided --seed {Seed(progress)}";

    /// <summary>A part that tries many things: those that went wrong, or else that none did.</summary>
    private static IEnumerable<SeedRecord> Tried(
        NightProgress progress, NightReport report, string part, int tried, string command)
    {
        NightProblem[] problems = [.. report.Problems.Where(problem => problem.Part == part)];
        double seconds = report.Parts.First(one => one.Name == part).Seconds;
        return tried + problems.Length == 0 ? []
            : problems.Length == 0 ? [Record(progress, part, true, seconds, $"{tried} tried, all as expected", command)]
            : problems.Select(problem => Record(
                progress, part, false, seconds, $"{problem.Name}: {Words(problem)}", command + Only(problem)));
    }

    private static string Words(NightProblem problem) =>
        problem.Kind == ProblemKind.Timeout ? "timeout" : problem.Words;

    private static string Only(NightProblem problem) =>
        problem.Kind is ProblemKind.Bug or ProblemKind.Fault ? $" --only {problem.Name}" : string.Empty;

    private static SeedRecord Record(
        NightProgress progress, string fuzzer, bool ok, double seconds, string result, string command) => new(
        string.Empty, string.Empty, fuzzer, ok, Seed(progress), Math.Round(seconds, 3), string.Empty, result, command);

    private static ulong Seed(NightProgress progress) => progress.Begun!.Settings.Seed;
}
