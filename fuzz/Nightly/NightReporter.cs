// The report of a night: what its journal adds up to, beside what is remembered of earlier nights. The same journal and
// the same memory give the same report. Not covered: why it is red (NightProblems), its forms (NightFiles).

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using MmFuzz.Engine.Kernel;
using MmFuzz.Engine.Properties;
using MmFuzz.Generators;
using MmFuzz.Reports.Night;

namespace MmFuzz.Cli.Nightly;

/// <summary>Makes the report.</summary>
internal sealed class NightReporter
{
    private readonly NightProgress progress;
    private readonly NightRecords memory;
    private readonly NightPlace place;
    private readonly int jobs;
    private readonly bool atWork;

    /// <summary>Makes a reporter.</summary>
    /// <param name="progress">The night.</param>
    /// <param name="memory">What is remembered of others.</param>
    /// <param name="place">Its files.</param>
    /// <param name="jobs">Its threads.</param>
    /// <param name="atWork">Whether it goes on.</param>
    public NightReporter(NightProgress progress, NightRecords memory, NightPlace place, int jobs, bool atWork)
    {
        this.progress = progress;
        this.memory = memory;
        this.place = place;
        this.jobs = jobs;
        this.atWork = atWork;
    }

    private NightBegun Begun => progress.Begun!;

    /// <summary>The report.</summary>
    public NightReport Make()
    {
        ImmutableArray<NightFinding> findings = new NightFindings(progress, memory).All();
        ImmutableArray<NightVariant> variants = Variants();
        ImmutableArray<NightProblem> problems = NightProblems.Of(progress, findings, variants);
        ImmutableArray<NightGoal> goals = Goals(variants);
        return new NightReport(
            Head(),
            [.. NightPlan.Parts.Select(part => Part(part.Name, findings))],
            problems,
            findings,
            Canary(),
            Replays(),
            [
                .. from row in BugCatalogue.All
                   where progress.Bugs.ContainsKey(row.Id)
                   select progress.Bugs[row.Id],
            ],
            [.. progress.Faults.Values.Select(one => one.Fault).OrderBy(one => one.Fault, StringComparer.Ordinal)],
            progress.Faults.Values.Select(one => one.InAll).FirstOrDefault(),
            variants,
            goals,
            [.. progress.Samples],
            Kernel(),
            History(findings, variants, goals, problems.Length));
    }

    private NightHead Head() => new(
        Begun.Commit,
        Begun.Started,
        Math.Round(progress.At, 1),
        Begun.Settings.Budget,
        Begun.Settings.Programs,
        Begun.Settings.Seed,
        jobs,
        progress.Resumed,
        progress.Ended is not null ? NightState.Complete : NightState.UnderWay,
        Begun.Settings.Command(place.Directory));

    private NightPart Part(string name, ImmutableArray<NightFinding> findings)
    {
        PartProgress part = progress.Part(name);
        double end = part.Done?.At ?? progress.At;
        double seconds = part.Begun is { } begun ? Math.Round(Math.Max(0, end - begun.At), 1) : 0;
        if (!Begun.Settings.Parts.Contains(name))
        {
            return new NightPart(name, NightState.Skipped, 0, "not asked for");
        }

        if (part.Skipped is { } reason)
        {
            return new NightPart(name, NightState.Skipped, seconds, "not to be had here: " + reason);
        }

        NightState state = part.Begun is null ? NightState.Waiting
            : part.Done is null ? NightState.UnderWay
            : part.Done.Complete ? NightState.Complete
            : NightState.InPart;
        string words = part.Begun is null ? "not begun" : PartWords.Of(name, progress, findings);
        return new NightPart(name, state, seconds, words);
    }

    private NightCanary? Canary()
    {
        if (progress.Canary is not { } done)
        {
            return null;
        }

        string? found = done.Canary.Found ? Begun.Started : memory.Canary?.Found;
        string? commit = done.Canary.Found ? Begun.Commit : memory.Canary?.Commit;
        double? age = found is null ? null : Math.Max(0, (Moment(Begun.Started) - Moment(found)).TotalSeconds);
        return done.Canary with { LastFound = found, LastCommit = commit, Age = age };
    }

    private NightReplays? Replays() => progress.Replay is not { } done
        ? null
        : new NightReplays(
            done.Corpus, done.Corpus - done.Wrong.Length, done.Old.Length, done.Old.Count(one => one.IsLeft));

    private ImmutableArray<NightVariant> Variants()
    {
        FindingMade[] findings = [.. progress.Findings];
        return
        [
            .. from variant in FuzzVariant.All
               let units = progress.UnitsOf(NightParts.Fuzz, variant.Name).ToArray()
               where units.Length > 0
               select Variant(variant, units, [.. findings.Where(one => one.Variant == variant.Name)]),
            .. Guided([.. findings.Where(one => one.Variant == NightParts.Guided)]),
        ];
    }

    /// <summary>Guided fuzzing beside the variants: it counts neither goals nor what was judged.</summary>
    private IEnumerable<NightVariant> Guided(FindingMade[] findings)
    {
        FuzzDone[] units = [.. progress.UnitsOf(NightParts.Guided, NightParts.Guided)];
        return units.Length == 0
            ? []
            :
            [
                new NightVariant(
                    NightParts.Guided,
                    units.Sum(unit => unit.Programs),
                    units.Sum(unit => unit.Operations),
                    Math.Round(units.Sum(unit => unit.Seconds), 3),
                    findings.DistinctBy(one => one.Finding.Key).Count(),
                    findings.DistinctBy(one => one.Finding.Key).Count(one => one.Finding.AttributedTo is null),
                    0,
                    [],
                    "goals are not counted",
                    []),
            ];
    }

    private static NightVariant Variant(FuzzVariant variant, FuzzDone[] units, FindingMade[] findings)
    {
        long operations = units.Sum(unit => unit.Operations);
        long[] goals = new long[GoalNames.Count];
        foreach (Goal goal in Enum.GetValues<Goal>())
        {
            goals[(int)goal] = units.Sum(unit => unit.Goals.GetValueOrDefault(Tables.Words(goal)));
        }

        HashSet<string> judged = [.. units.SelectMany(unit => unit.Judged)];
        return new NightVariant(
            variant.Name,
            units.Sum(unit => unit.Programs),
            operations,
            Math.Round(units.Sum(unit => unit.Seconds), 3),
            findings.DistinctBy(one => one.Finding.Key).Count(),
            findings.DistinctBy(one => one.Finding.Key).Count(one => one.Finding.AttributedTo is null),
            goals.Count(times => times > 0),
            [.. GoalVerdict.Missed(variant.Profile, goals).Select(Tables.Words)],
            GoalVerdict.NotJudged(variant.Profile, operations, variant.Length),
            [.. PropertyCatalogue.All.Select(one => one.Name).Where(name => !judged.Contains(name))]);
    }

    private ImmutableArray<NightGoal> Goals(ImmutableArray<NightVariant> variants) =>
        variants.All(one => one.Name == NightParts.Guided)
        ? []
        :
        [
            .. from goal in Enum.GetValues<Goal>()
               let name = Tables.Words(goal)
               let reached = progress.Fuzzed.Where(unit => unit.Goals.ContainsKey(name)).ToArray()
               select new NightGoal(
                   name,
                   reached.Sum(unit => unit.Goals[name]),
                   reached.Select(unit => unit.Variant).Distinct().Count(),
                   [.. variants.Where(one => one.GoalsMissed.Contains(name)).Select(one => one.Name)]),
        ];

    private NightKernel? Kernel() => progress.Compared.Count == 0
        ? null
        : new NightKernel(
            progress.Compared[^1].Release,
            progress.Compared[^1].Profile,
            progress.Compared.Sum(unit => unit.Programs),
            progress.Compared.Sum(unit => unit.Operations),
            Math.Round(progress.Compared.Sum(unit => unit.Seconds), 3),
            progress.Compared.Sum(unit => unit.Noise),
            [.. progress.Divergences]);

    private ImmutableArray<NightLine> History(
        ImmutableArray<NightFinding> findings,
        ImmutableArray<NightVariant> variants,
        ImmutableArray<NightGoal> goals,
        int problems)
    {
        double seconds = variants.Sum(one => one.Seconds);
        long operations = variants.Sum(one => one.Operations);
        NightFinding[] seen = [.. findings.Where(one => one.Age != FindingAge.Gone)];
        NightBug[] bugs = [.. progress.Bugs.Values.Where(one => !one.IsQuiet)];
        var line = new NightLine(
            Begun.Commit,
            Begun.CommitTime,
            Begun.Started,
            Begun.Settings.Seed,
            Math.Round(progress.At, 1),
            !atWork && progress.Ended is not null,
            problems,
            operations,
            seconds > 0 ? Math.Round(operations / seconds) : 0,
            bugs.Count(one => one.Found),
            bugs.Length,
            progress.Faults.Values.Count(one => one.Fault.IsAsExpected),
            progress.Faults.Count,
            goals.Count(goal => goal.Times > 0),
            seen.Length,
            seen.Count(one => one.Age == FindingAge.New),
            seen.Count(one => one.AttributedTo is null));
        NightRecords mine = NightRecords.Empty with { Nights = [line] };
        return memory.With(mine).Nights;
    }

    private static DateTimeOffset Moment(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment)
            ? moment
            : DateTimeOffset.UnixEpoch;
}
