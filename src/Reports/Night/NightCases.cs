// What could have gone wrong in a part of a night, and whether it did: what continuous integration lists as tests.
// Not covered: how that is written (JUnitXml).

using System;
using System.Collections.Generic;
using System.Linq;

namespace MmFuzz.Reports.Night;

/// <summary>What became of a case.</summary>
public enum CaseVerdict
{
    /// <summary>As it must be.</summary>
    Passed,

    /// <summary>Not as it must be.</summary>
    Failed,

    /// <summary>mmfuzz failed, or took too long.</summary>
    Broken,

    /// <summary>Not tried.</summary>
    Skipped,
}

/// <summary>A case.</summary>
/// <param name="Name">What it is about.</param>
/// <param name="Verdict">What became of it.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Words">In a line.</param>
/// <param name="Details">In more.</param>
public sealed record NightCase(string Name, CaseVerdict Verdict, double Seconds, string Words, string Details);

/// <summary>Makes cases.</summary>
public static class NightCases
{
    /// <summary>The cases of a part; the part itself is the first.</summary>
    public static IEnumerable<NightCase> Of(NightReport report, NightPart part)
    {
        NightProblem[] problems = [.. report.Problems.Where(problem => problem.Part == part.Name)];
        NightCase[] passed = [.. Tried(report, part.Name).Where(one => !problems.Any(bad => bad.Name == one.Name))];
        double told = passed.Sum(one => one.Seconds);
        CaseVerdict whole = part.State is NightState.Skipped or NightState.Waiting
            ? CaseVerdict.Skipped
            : CaseVerdict.Passed;
        return
        [
            new NightCase(part.Name, whole, Math.Max(0, part.Seconds - told), part.Words, string.Empty),
            .. problems.Select(problem => Failed(report, problem)),
            .. passed,
        ];
    }

    private static NightCase Failed(NightReport report, NightProblem problem)
    {
        bool broken = problem.Kind is ProblemKind.Timeout or ProblemKind.Failure;
        string program = report.Findings.FirstOrDefault(one => one.File == problem.File)?.Program ?? string.Empty;
        string file = problem.File is null ? string.Empty : problem.File + "\n";
        return new NightCase(
            problem.Name, broken ? CaseVerdict.Broken : CaseVerdict.Failed, 0, problem.Words, file + program);
    }

    /// <summary>What was tried in a part, as if all had gone well.</summary>
    private static IEnumerable<NightCase> Tried(NightReport report, string part) =>
    [
        .. from bug in report.Bugs where part == NightParts.Bugs select Passed(bug.Id, bug.Seconds),
        .. from fault in report.Faults where part == NightParts.Faults select Passed(fault.Fault, fault.Seconds),
        .. from one in report.Variants
           where part == (one.Name == NightParts.Guided ? NightParts.Guided : NightParts.Fuzz)
           select Passed(one.Name, one.Seconds),
    ];

    private static NightCase Passed(string name, double seconds) =>
        new(name, CaseVerdict.Passed, seconds, string.Empty, string.Empty);
}

/// <summary>Names of the parts of a night.</summary>
public static class NightParts
{
    /// <summary>Findings of earlier nights and the corpus, replayed.</summary>
    public const string Replay = "replay";

    /// <summary>The bug that must be found.</summary>
    public const string Canary = "canary";

    /// <summary>The kill matrix.</summary>
    public const string Bugs = "known-bugs";

    /// <summary>The matrix of generated faults.</summary>
    public const string Faults = "faults";

    /// <summary>Programs on the real kernel.</summary>
    public const string Linux = "linux";

    /// <summary>Coverage-guided fuzzing.</summary>
    public const string Guided = "guided";

    /// <summary>All profiles, fuzzed.</summary>
    public const string Fuzz = "fuzz";
}
