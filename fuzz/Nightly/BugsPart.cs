// The kill matrix, a row at a time. Where to begin depends on the seed, so that nights too short for all of them do not
// leave out the same ones each time. Not covered: trying a row (Generators/KillMatrix).

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using MmFuzz.Engine.Properties;
using MmFuzz.Generators;
using MmFuzz.Reports.Night;

namespace MmFuzz.Cli.Nightly;

/// <summary>The kill matrix.</summary>
internal sealed class BugsPart : INightPart
{
    /// <summary>Where programs are counted: so many for a row, for each that a variant has.</summary>
    private const int ProgramsOfRow = 50;

    /// <summary>A row is not tried for longer, however long the night.</summary>
    private static readonly TimeSpan LongestRow = TimeSpan.FromMinutes(2);

    /// <inheritdoc/>
    public string Name => NightParts.Bugs;

    /// <inheritdoc/>
    public int Share => 15;

    /// <inheritdoc/>
    public string? WhyNot() => null;

    /// <inheritdoc/>
    public bool Run(Night night, PartTime time)
    {
        ImmutableArray<BugRow> rows =
        [
            .. Rotated(BugCatalogue.All, night.Settings.Seed).Where(row => !night.Progress.Bugs.ContainsKey(row.Id)),
        ];
        TryAll(night, time, rows, EffortOf(night, time, rows.Length));
        if (time.Left > BugsCommand.UsualBudget.TotalSeconds)
        {
            // what the others left of their time goes to those that were not found in theirs
            ImmutableArray<BugRow> again = [.. BugCatalogue.All.Where(row => WasMissed(night, row))];
            TryAll(night, time, again, Effort.Of(TimeSpan.FromSeconds(time.Left.Value)));
        }

        return night.Progress.Bugs.Count == BugCatalogue.All.Length;
    }

    private static bool WasMissed(Night night, BugRow row) =>
        night.Progress.Bugs.TryGetValue(row.Id, out NightBug? bug) && bug is { IsQuiet: false, Found: false };

    private static void TryAll(Night night, PartTime time, ImmutableArray<BugRow> rows, Effort effort)
    {
        using CancellationTokenSource end = Ends.At(night, time);
        int done = 0;
        Parallelism.Map(rows, night.Jobs, row => Try(night, row, effort), Tell, end.Token);

        void Tell(Trial<NightBug> trial)
        {
            if (trial.Result is { } bug)
            {
                night.Record(new BugDone(bug));
                night.Show(NightParts.Bugs, $"{++done} of {rows.Length}, last: {bug.Id}");
            }
        }
    }

    /// <summary>All of them, another one first for each seed.</summary>
    public static IEnumerable<T> Rotated<T>(ImmutableArray<T> all, ulong seed)
    {
        int first = (int)(seed % (ulong)Math.Max(1, all.Length));
        return all.Skip(first).Concat(all.Take(first));
    }

    private static Effort EffortOf(Night night, PartTime time, int rows)
    {
        if (time.Left is not { } left)
        {
            return Effort.OfPrograms(night.Settings.Programs!.Value * ProgramsOfRow);
        }

        // most rows take a moment, so each of them may take twice what is there on the average
        TimeSpan each = TimeSpan.FromSeconds(2 * left * night.Jobs / Math.Max(1, rows));
        return Effort.Of(each < BugsCommand.UsualBudget ? BugsCommand.UsualBudget
            : each > LongestRow ? LongestRow
            : each);
    }

    private static Trial<NightBug> Try(Night night, BugRow row, Effort effort)
    {
        Effort own = row.IsQuiet && effort.Time != TimeSpan.MaxValue && effort.Time > BugsCommand.QuietBudget
            ? effort with { Time = BugsCommand.QuietBudget }
            : effort;
        return Ends.Try(night, NightParts.Bugs, row.Id, effort, () => Of(
            KillMatrix.Run(row, night.Settings.Seed, own, night.Session.Stop)));
    }

    private static NightBug Of(KillResult result) => new(
        result.Row.Id,
        result.Row.IsQuiet,
        result.Found,
        result.Property is { } property ? PropertyCatalogue.Of(property).Name : null,
        result.Programs,
        result.Operations,
        Math.Round(result.Elapsed.TotalSeconds, 3),
        result.ShrunkOperations,
        result.Row.ListedLength);
}
