// What the entries of a journal add up to: which units are done, what was found, how much time is used. Applying the
// same entries gives the same progress, whether they were just made or read after a kill.
// Not covered: what is said of it (NightReporter).

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MmFuzz.Reports.Night;

namespace MmFuzz.Cli.Nightly;

/// <summary>How far a part is.</summary>
internal sealed class PartProgress
{
    /// <summary>Its beginning.</summary>
    public PartBegun? Begun { get; set; }

    /// <summary>Why it is left out; null if it is not.</summary>
    public string? Skipped { get; set; }

    /// <summary>Its end.</summary>
    public PartDone? Done { get; set; }
}

/// <summary>The progress of a night.</summary>
internal sealed class NightProgress
{
    private readonly List<FindingMade> made = [];
    private readonly Dictionary<string, PartProgress> parts = new(StringComparer.Ordinal);
    private readonly HashSet<string> goals = new(StringComparer.Ordinal);
    private readonly HashSet<string> keys = new(StringComparer.Ordinal);
    private readonly List<NightSample> samples = [];
    private readonly List<DivergenceMade> divergences = [];
    private long operations;
    private long shapes;

    /// <summary>The beginning; null before it.</summary>
    public NightBegun? Begun { get; private set; }

    /// <summary>The end; null before it.</summary>
    public NightEnded? Ended { get; private set; }

    /// <summary>How often it was taken up again.</summary>
    public int Resumed { get; private set; }

    /// <summary>Seconds of work until the last entry.</summary>
    public double At { get; private set; }

    /// <summary>The replay; null before its end.</summary>
    public ReplayDone? Replay { get; private set; }

    /// <summary>The canary; null before its end.</summary>
    public CanaryDone? Canary { get; private set; }

    /// <summary>Rows of the kill matrix that were tried.</summary>
    public Dictionary<string, NightBug> Bugs { get; } = new(StringComparer.Ordinal);

    /// <summary>Generated faults that were tried.</summary>
    public Dictionary<string, FaultDone> Faults { get; } = new(StringComparer.Ordinal);

    /// <summary>Units of fuzzing that are done, in order.</summary>
    public List<FuzzDone> Fuzzed { get; } = [];

    /// <summary>Units of comparing that are done, in order.</summary>
    public List<LinuxDone> Compared { get; } = [];

    /// <summary>What took too long.</summary>
    public List<TimedOut> TimedOut { get; } = [];

    /// <summary>What failed.</summary>
    public List<Failed> Failures { get; } = [];

    /// <summary>Pairs of operation and outcome that were met.</summary>
    public HashSet<string> Outcomes { get; } = new(StringComparer.Ordinal);

    /// <summary>How coverage grew.</summary>
    public IReadOnlyList<NightSample> Samples => samples;

    /// <summary>
    /// What was found, in the order of parts, variants and units. Where programs are counted, a unit that was begun
    /// twice has the findings of the time that it came to its end, and no others.
    /// </summary>
    public IEnumerable<FindingMade> Findings => made.Where(IsFinal)
        .OrderBy(one => NightPlan.Order(one.Part)).ThenBy(one => NightPlan.VariantOrder(one.Variant))
        .ThenBy(one => one.Unit).DistinctBy(one => (one.Part, one.Variant, one.Unit, one.Finding.File));

    /// <summary>Programs on which the kernel and the model differ, each once.</summary>
    public IEnumerable<NightDivergence> Divergences => divergences.Where(IsFinal)
        .Select(one => one.Divergence).DistinctBy(one => one.File)
        .OrderBy(one => one.File, StringComparer.Ordinal);

    /// <summary>How far a part is.</summary>
    public PartProgress Part(string name)
    {
        if (!parts.TryGetValue(name, out PartProgress? part))
        {
            parts.Add(name, part = new PartProgress());
        }

        return part;
    }

    /// <summary>Units of a variant that are done.</summary>
    public IEnumerable<FuzzDone> UnitsOf(string part, string variant) =>
        Fuzzed.Where(unit => unit.Part == part && unit.Variant == variant);

    /// <summary>Takes an entry in.</summary>
    public void Apply(JournalEntry entry)
    {
        At = Math.Max(At, entry.At);
        switch (entry)
        {
            case NightBegun begun:
                Begun = begun;
                break;
            case NightResumed:
                Resumed++;
                break;
            case NightEnded ended:
                Ended = ended;
                break;
            case PartBegun begun:
                Part(begun.Part).Begun = begun;
                break;
            case PartSkipped skipped:
                Part(skipped.Part).Skipped = skipped.Reason;
                break;
            case PartDone done:
                Part(done.Part).Done = done;
                break;
            case TimedOut late:
                TimedOut.Add(late);
                break;
            case Failed failed:
                Failures.Add(failed);
                break;
            default:
                ApplyResult(entry);
                break;
        }
    }

    private void ApplyResult(JournalEntry entry)
    {
        switch (entry)
        {
            case ReplayDone replay:
                Replay = replay;
                break;
            case CanaryDone canary:
                Canary = canary;
                break;
            case BugDone bug:
                Bugs[bug.Bug.Id] = bug.Bug;
                break;
            case FaultDone fault:
                Faults[fault.Fault.Fault] = fault;
                break;
            case FindingMade finding:
                made.Add(finding);
                keys.Add(finding.Finding.Key);
                break;
            case DivergenceMade divergence:
                divergences.Add(divergence);
                break;
            case LinuxDone unit:
                Compared.Add(unit);
                break;
            case FuzzDone unit:
                ApplyUnit(unit);
                break;
            default:
                break; // time passed, which every entry says
        }
    }

    private void ApplyUnit(FuzzDone unit)
    {
        Fuzzed.Add(unit);
        Outcomes.UnionWith(unit.NewOutcomes);
        goals.UnionWith(unit.Goals.Keys);
        operations += unit.Operations;
        shapes = Math.Max(shapes, unit.Shapes);
        samples.Add(new NightSample(unit.At, operations, goals.Count, Outcomes.Count, shapes, keys.Count));
    }

    private bool IsFinal(FindingMade finding)
    {
        ImmutableArray<string>? told = Fuzzed.Find(unit =>
            unit.Part == finding.Part && unit.Variant == finding.Variant && unit.Unit == finding.Unit)?.Findings;
        return Begun?.Settings.Programs is null || told is null || told.Value.Contains(finding.Finding.File);
    }

    private bool IsFinal(DivergenceMade divergence)
    {
        ImmutableArray<string>? told = Compared.Find(unit => unit.Unit == divergence.Unit)?.Files;
        return Begun?.Settings.Programs is null || told is null || told.Value.Contains(divergence.Divergence.File);
    }
}
