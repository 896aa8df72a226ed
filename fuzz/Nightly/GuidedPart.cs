// Guided fuzzing of the repaired kernel, on which nothing may be found: in slices, all on one corpus, which is kept
// from night to night. Where programs are counted it is one run on one thread that begins without a corpus, so that it
// repeats itself. Not covered: the run (GuidedRun), AFL++.

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using MmFuzz.Engine.Fixes;
using MmFuzz.Reports.Night;

namespace MmFuzz.Cli.Nightly;

/// <summary>Guided fuzzing.</summary>
internal sealed class GuidedPart : INightPart
{
    private const double LongestSlice = 120;

    /// <summary>Each slice has seeds of its own, one for each thread.</summary>
    private const ulong SeedsOfUnit = 1000;

    /// <inheritdoc/>
    public string Name => NightParts.Guided;

    /// <inheritdoc/>
    public int Share => 15;

    /// <inheritdoc/>
    public string? WhyNot() => null;

    /// <inheritdoc/>
    public bool Run(Night night, PartTime time)
    {
        int unit = night.Progress.UnitsOf(NightParts.Guided, Name).Count();
        if (time.Left is null)
        {
            RunUnit(night, unit, Counted(night));
            return !night.IsStopped;
        }

        for (; !time.IsOver; unit++)
        {
            RunUnit(night, unit, Timed(night, unit, Math.Min(LongestSlice, time.Left!.Value)));
        }

        return !night.IsStopped && unit > 0;
    }

    private static GuidedSettings Timed(Night night, int unit, double seconds) => new(
        Profile.Repaired, unchecked(night.Settings.Seed + ((ulong)unit * SeedsOfUnit)), null,
        TimeSpan.FromSeconds(seconds), night.Jobs, FuzzSettings.UsualLength, FeedbackOption.Usual,
        night.Place.Corpus, night.Place.Findings);

    /// <summary>What a run that was cut off put into the corpus would be another beginning.</summary>
    private static GuidedSettings Counted(Night night)
    {
        string corpus = night.Place.In("counted-corpus");
        if (Directory.Exists(corpus))
        {
            Directory.Delete(corpus, recursive: true);
        }

        return new GuidedSettings(
            Profile.Repaired, night.Settings.Seed, night.Settings.Programs, null, 1, FuzzSettings.UsualLength,
            FeedbackOption.Usual, corpus, night.Place.Findings);
    }

    private static void RunUnit(Night night, int unit, GuidedSettings settings)
    {
        var run = new GuidedRun(settings, Take, night.Session.Stop);
        TimeSpan patience = Watchdog.Patience(settings.Budget);
        GuidedResult? result = Watchdog.Run(
            () => run.Execute(now => night.Show(
                NightParts.Guided,
                $"{Tables.Count(now.Operations)} operations, {now.Kept} programs kept, {now.Findings} findings")),
            patience);
        if (result is null)
        {
            night.Record(new TimedOut(NightParts.Guided, NightParts.Guided, patience.TotalSeconds));
        }
        else if (result.Failure is { } failure)
        {
            night.Record(new Failed(NightParts.Guided, NightParts.Guided, failure));
        }

        if (!night.IsStopped)
        {
            night.Record(Done(night, unit, result));
        }

        void Take(StoredFinding finding)
        {
            FoundProgram found = FuzzUnit.Found(night, settings.ForFindings(), finding);
            found = found with { FoundBy = $"mmfuzz replay {found.File}" };
            night.Record(new FindingMade(NightParts.Guided, NightParts.Guided, unit, found));
            night.Announce(found);
        }
    }

    private static FuzzDone Done(Night night, int unit, GuidedResult? result) => new(
        NightParts.Guided,
        NightParts.Guided,
        unit,
        0,
        result?.Programs ?? 0,
        result?.Operations ?? 0,
        Math.Round(result?.Elapsed.TotalSeconds ?? 0, 3),
        [],
        [],
        [],
        result?.ShapesMet ?? 0,
        [.. (result?.Findings ?? []).Select(one => night.Place.Relative(one.File))],
        new Dictionary<string, long>((result?.Findings ?? []).Select(one =>
            KeyValuePair.Create(night.Place.Relative(one.File), one.Programs))));
}
