// The canary: a known bug is put into the repaired kernel and must be found, stored, replayed from its file, and turn a
// night red if nothing explained it. A night whose canary is silent proves nothing by being quiet.
// Not covered: how fresh it is (NightReporter).

using System;
using System.Collections.Immutable;
using System.Globalization;
using System.IO;
using System.Linq;
using MmFuzz.Engine.Fixes;
using MmFuzz.Reports;
using MmFuzz.Reports.Night;

namespace MmFuzz.Cli.Nightly;

/// <summary>The canary.</summary>
internal sealed class CanaryPart : INightPart
{
    /// <summary>Its bug.</summary>
    public const Fix Bug = Fix.EarlyCowFork;

    /// <summary>Programs that it is looked for in; it is found in the first few.</summary>
    private const long Programs = 500;

    /// <inheritdoc/>
    public string Name => NightParts.Canary;

    /// <inheritdoc/>
    public int Share => 0;

    /// <inheritdoc/>
    public string? WhyNot() => null;

    /// <inheritdoc/>
    public bool Run(Night night, PartTime time)
    {
        double start = night.Now;
        if (Directory.Exists(night.Place.Canary))
        {
            Directory.Delete(night.Place.Canary, recursive: true);
        }

        var settings = new FuzzSettings(
            Profile.Repaired.Without(Bug), night.Settings.Seed, 0, Programs, null, night.Jobs,
            FuzzSettings.UsualLength, night.Place.Canary);
        FuzzResult result = new FuzzRun(settings, _ => { }, night.Session.Stop).Execute(_ => { });
        if (night.IsStopped)
        {
            return false;
        }

        NightCanary canary = Judge(night, settings, result.Findings);
        night.Record(new CanaryDone(canary, Math.Round(night.Now - start, 3)));
        return true;
    }

    private static NightCanary Judge(Night night, FuzzSettings settings, ImmutableArray<StoredFinding> findings)
    {
        string bug = KernelWords.Name(Bug);
        StoredFinding? shown = findings.FirstOrDefault(one => one.Cause.Lacking.Contains(Bug));
        if (shown is null)
        {
            return new NightCanary(
                bug, false, $"not found in {Tables.Count(Programs)} programs, expected it", null, null, null, null);
        }

        string? wrong = Replays(night.Session, shown.File) ? null : "its stored program does not show it";
        FoundProgram unexplained = FuzzUnit.Found(night, settings, shown) with { AttributedTo = null };
        wrong ??= NightProblems.Of(NightParts.Canary, unexplained) is null ? "it would not turn a night red" : null;
        string words = wrong is null
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"found, as it must be, by program {shown.First}: {ClauseWords.Name(shown.Violation)}")
            : $"found by program {shown.First}, but {wrong}";
        return new NightCanary(bug, wrong is null, words, shown.First, null, null, null);
    }

    private static bool Replays(Session session, string file)
    {
        try
        {
            ProgramExplanation explanation = ProgramExplanation.Of(
                ProgramFiles.Read(session, file).Program, withStages: false);
            return explanation is { IsAsExpected: true, Violation: not null };
        }
        catch (BadInputException)
        {
            return false;
        }
    }
}
