// The kill matrix: one row per historical bug, found by the default generator alone and shrunk. A finding counts for a
// row only if it shows an expected property and its program is clean once the fixes are back, also while it shrinks.
// A bug has more faces than one: one that needs more operations than the row lists is kept, and the search goes on.
// Not covered: printing it (src/Reports).

using System;
using System.Diagnostics;
using System.Threading;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.Properties;
using MmFuzz.Generators.Shrinking;

namespace MmFuzz.Generators;

/// <summary>What became of a row.</summary>
/// <param name="Row">The row.</param>
/// <param name="Found">Whether it was found (a quiet row: whether anything was).</param>
/// <param name="Property">Which property showed it.</param>
/// <param name="Programs">Programs until then.</param>
/// <param name="Operations">Operations until then.</param>
/// <param name="Elapsed">Time until then.</param>
/// <param name="ShrunkOperations">Length of the shrunk program.</param>
/// <param name="ShrinkElapsed">Time it took to shrink.</param>
/// <param name="Program">The shrunk program.</param>
public sealed record KillResult(
    BugRow Row,
    bool Found,
    PropertyId? Property,
    long Programs,
    long Operations,
    TimeSpan Elapsed,
    int ShrunkOperations,
    TimeSpan ShrinkElapsed,
    MmProgram? Program)
{
    /// <summary>Whether the row is as it must be.</summary>
    public bool IsAsExpected => Row.IsQuiet ? !Found : Found && ShrunkOperations <= Row.ListedLength;
}

/// <summary>Runs rows.</summary>
public static class KillMatrix
{
    /// <summary>Programs after which a quiet row is taken for quiet.</summary>
    public const int QuietPrograms = 10_000;

    /// <summary>Runs one row until it is found, the budget is used up, or it is told to stop.</summary>
    public static KillResult Run(BugRow row, ulong seed, TimeSpan budget, CancellationToken stop) =>
        Run(row, seed, Effort.Of(budget), stop);

    /// <summary>Runs one row until it is found, has cost what it may, or is told to stop.</summary>
    public static KillResult Run(BugRow row, ulong seed, Effort effort, CancellationToken stop)
    {
        var fuzzer = new Fuzzer(row.Profile, seed);
        var clean = new CleanRun(row.Base);
        long start = Stopwatch.GetTimestamp();
        ulong program = 0;
        KillResult? longer = null;
        while (!stop.IsCancellationRequested && !effort.IsSpent(start, (long)program)
            && !(row.IsQuiet && program == QuietPrograms))
        {
            Finding? finding = fuzzer.RunProgram(program++);
            if (finding is not null && Counts(row, finding) && clean.IsClean(finding.Operations.AsSpan()))
            {
                TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
                KillResult result = Shrink(row, finding, fuzzer.Generator.Operations, elapsed, effort.Shrink);
                if (row.IsQuiet || result.IsAsExpected)
                {
                    return result;
                }

                longer = longer is null || result.ShrunkOperations < longer.ShrunkOperations ? result : longer;
            }
        }

        return longer ?? new KillResult(row, false, null, (long)program, fuzzer.Generator.Operations,
            Stopwatch.GetElapsedTime(start), 0, TimeSpan.Zero, null);
    }

    private static bool Counts(BugRow row, Finding finding) =>
        row.IsQuiet || row.Expected.Contains(finding.Violation.Property);

    private static KillResult Shrink(
        BugRow row, Finding finding, long operations, TimeSpan elapsed, TimeSpan budget)
    {
        ShrinkResult shrunk = new Shrinker().Shrink(
            finding.Profile, finding.Operations, finding.Violation, new ShrinkOptions(budget, row.Base));
        var expectation = new Expectation(shrunk.Violation.PropertyName, shrunk.Violation.ClauseName);
        return new KillResult(row, true, shrunk.Violation.Property, (long)finding.Program + 1, operations, elapsed,
            shrunk.Program.Length, shrunk.Elapsed, shrunk.Program.For(finding.Profile, expectation));
    }
}
