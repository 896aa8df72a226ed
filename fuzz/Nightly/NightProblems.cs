// Why a night is red. Not covered: how that is said to people (Reports/Night).

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using MmFuzz.Reports.Night;

namespace MmFuzz.Cli.Nightly;

/// <summary>Finds out why a night is red.</summary>
internal static class NightProblems
{
    /// <summary>All reasons, part by part.</summary>
    public static ImmutableArray<NightProblem> Of(
        NightProgress progress, ImmutableArray<NightFinding> findings, ImmutableArray<NightVariant> variants) =>
    [
        .. from one in OfReplay(progress)
               .Concat(OfCanary(progress))
               .Concat(OfBugs(progress))
               .Concat(OfFaults(progress))
               .Concat(OfLinux(progress))
               .Concat(OfFindings(progress, findings))
               .Concat(OfGoals(variants))
               .Concat(OfTroubles(progress))
           orderby NightPlan.Order(one.Part)
           select one,
    ];

    /// <summary>Why a finding turns a night red; null if it does not.</summary>
    public static NightProblem? Of(string part, FoundProgram finding) => finding.AttributedTo is not null
        ? null
        : new NightProblem(
            ProblemKind.Finding, part, finding.Key,
            $"{finding.Property} ({finding.Clause}) is violated, and nothing explains it", finding.File);

    private static IEnumerable<NightProblem> OfReplay(NightProgress progress) =>
    [
        .. from one in progress.Replay?.Wrong ?? []
           select new NightProblem(
               ProblemKind.Regression, NightParts.Replay, one.File, $"not as expected, found {one.Found}", one.File),
        .. from replay in new[] { progress.Replay }.OfType<ReplayDone>()
           where replay.Corpus == 0
           select new NightProblem(
               ProblemKind.Regression, NightParts.Replay, "corpus",
               "found no program to replay, expected a corpus/ above here or above the executable", null),
    ];

    private static IEnumerable<NightProblem> OfCanary(NightProgress progress) =>
        progress.Canary is { Canary.Found: false } silent
            ? [new NightProblem(ProblemKind.Canary, NightParts.Canary, silent.Canary.Bug, silent.Canary.Words, null)]
            : [];

    private static IEnumerable<NightProblem> OfBugs(NightProgress progress) =>
        from bug in progress.Bugs.Values.OrderBy(one => one.Id, StringComparer.Ordinal)
        where !bug.IsAsExpected
        let words = bug.IsQuiet
            ? $"found as {bug.Property}, expected it quiet"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"not found in {bug.Programs:N0} programs and {bug.Seconds:0.0} s, expected it")
        select new NightProblem(ProblemKind.Bug, NightParts.Bugs, bug.Id, words, null);

    private static IEnumerable<NightProblem> OfFaults(NightProgress progress) =>
        from fault in progress.Faults.Values.OrderBy(one => one.Fault.Fault, StringComparer.Ordinal)
        where fault.Problem is not null
        select new NightProblem(
            ProblemKind.Fault, NightParts.Faults, fault.Fault.Fault, fault.Problem!, null);

    private static IEnumerable<NightProblem> OfLinux(NightProgress progress) =>
        from one in progress.Divergences
        select new NightProblem(ProblemKind.Divergence, NightParts.Linux, one.Kind, one.Words, one.File);

    private static IEnumerable<NightProblem> OfFindings(
        NightProgress progress, ImmutableArray<NightFinding> findings)
    {
        ILookup<string, string> parts = progress.Findings.ToLookup(one => one.Finding.Key, one => one.Part);
        return from one in findings
               where one.AttributedTo is null && one.Age != FindingAge.Gone
               let part = parts[one.Key].FirstOrDefault(NightParts.Replay)
               select new NightProblem(
                   ProblemKind.Finding, part, one.Key,
                   $"{one.Property} ({one.Clause}) is violated, and nothing explains it", one.File);
    }

    private static IEnumerable<NightProblem> OfGoals(ImmutableArray<NightVariant> variants) =>
        from variant in variants
        where variant.NotJudged is null
        from goal in variant.GoalsMissed
        select new NightProblem(
            ProblemKind.Goal, NightParts.Fuzz, $"{goal} on {variant.Name}",
            string.Create(
                CultureInfo.InvariantCulture,
                $"never reached in {variant.Operations:N0} operations, expected it at least once"),
            null);

    private static IEnumerable<NightProblem> OfTroubles(NightProgress progress) =>
    [
        .. from late in progress.TimedOut
           select new NightProblem(
               ProblemKind.Timeout, late.Part, late.Name,
               string.Create(
                   CultureInfo.InvariantCulture, $"not done after {late.Seconds:0} s, and not waited for any longer"),
               null),
        .. from failure in progress.Failures
           select new NightProblem(ProblemKind.Failure, failure.Part, failure.Name, failure.Words, null),
    ];
}
