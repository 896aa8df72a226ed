// What is done about a violation: told apart from those known, stored as it is, shrunk, given a cause, stored again
// and then announced. Findings come here one at a time and in the order of their programs, so that what comes out does
// not depend on the number of threads.
// Not covered: bringing them into order (FuzzRun), files (FindingStore).

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using MmFuzz.Engine;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.Properties;
using MmFuzz.Generators;
using MmFuzz.Generators.Shrinking;
using MmFuzz.Reports;
using MmFuzz.Reports.Explaining;

namespace MmFuzz.Cli;

/// <summary>Takes findings in.</summary>
internal sealed class FindingDesk
{
    /// <summary>Findings of one clause that are shrunk, at most: what comes later is only given a cause.</summary>
    private const int MostShrunk = 8;

    /// <summary>For a shrink in a run that time ends.</summary>
    private static readonly TimeSpan ShrinkBudget = TimeSpan.FromSeconds(1);

    /// <summary>For a shrink in a run of so many programs, whose result no clock may decide.</summary>
    private static readonly TimeSpan AmpleBudget = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan HastyBudget = TimeSpan.FromMilliseconds(50);

    private readonly FuzzSettings settings;
    private readonly FindingStore store;
    private readonly Action<StoredFinding> announce;
    private readonly CancellationToken stop;
    private readonly Shrinker shrinker = new();
    private readonly CauseMatcher matcher;
    private readonly List<StoredFinding> findings = [];
    private readonly Dictionary<string, StoredFinding> byText = new(StringComparer.Ordinal);
    private readonly Dictionary<Clause, int> shrunk = [];
    private ImmutableArray<KnownCause> causes = [];

    /// <summary>Makes a desk.</summary>
    public FindingDesk(
        FuzzSettings settings, FindingStore store, Action<StoredFinding> announce, CancellationToken stop)
    {
        this.settings = settings;
        this.store = store;
        this.announce = announce;
        this.stop = stop;
        matcher = new CauseMatcher(settings.Profile);
    }

    /// <summary>Causes known so far; the list only grows at its end.</summary>
    public ImmutableArray<KnownCause> Causes
    {
        get
        {
            lock (findings)
            {
                return causes;
            }
        }
    }

    /// <summary>Distinct findings so far.</summary>
    public int Count
    {
        get
        {
            lock (findings)
            {
                return findings.Count;
            }
        }
    }

    /// <summary>What was found, in order.</summary>
    public ImmutableArray<StoredFinding> Findings => [.. findings];

    /// <summary>Makes the causes of earlier findings known; programs that show them again count for those.</summary>
    public void Know(ImmutableArray<StoredFinding> earlier)
    {
        foreach (StoredFinding finding in earlier)
        {
            Learn(finding.Violation.Clause, finding.Cause, finding);
        }
    }

    /// <summary>Takes in what one program showed.</summary>
    public void Take(Finding finding)
    {
        if (matcher.Match(causes, finding.Operations, finding.Violation) is { } known)
        {
            known.CountOnce();
            return;
        }

        int before = shrunk.GetValueOrDefault(finding.Violation.Clause);
        if (before < MostShrunk)
        {
            shrunk[finding.Violation.Clause] = before + 1;
            TakeNew(finding, withSlips: true);
            return;
        }

        Cause cause = CauseOf(finding.Operations, finding.Violation);
        if (!cause.IsKnown)
        {
            Unexplained(finding);
        }
        else if (LikeIt(finding.Violation.Clause, cause) is { } alike)
        {
            alike.CountOnce();
            Learn(finding.Violation.Clause, cause, alike);
        }
        else
        {
            TakeNew(finding, withSlips: false);
        }
    }

    private void TakeNew(Finding finding, bool withSlips)
    {
        string foundBy = finding.FoundBy ?? settings.CommandFor(finding.Program);
        string raw = store.StoreRaw(Expecting(finding.Operations, finding.Violation), finding.Violation, foundBy);
        Cause rawCause = CauseOf(finding.Operations, finding.Violation);
        TimeSpan budget = stop.IsCancellationRequested ? HastyBudget
            : settings.Programs is null ? ShrinkBudget : AmpleBudget;
        Profile? clean = Insight.Repaired(settings.Profile, rawCause);
        ShrinkResult result = shrinker.Shrink(
            settings.Profile, finding.Operations, finding.Violation, new ShrinkOptions(budget, clean));
        MmProgram program = Expecting(result.Program.Operations, result.Violation);
        string text = program.Print();
        if (byText.TryGetValue(text, out StoredFinding? same))
        {
            same.CountOnce();
            Learn(finding.Violation.Clause, rawCause, same);
            FindingStore.Drop(raw);
            return;
        }

        Cause cause = CauseOf(program.Operations, result.Violation);
        if (SameCause(result.Violation.Clause, cause) is { } known)
        {
            known.CountOnce();
            Learn(finding.Violation.Clause, rawCause, known);
            FindingStore.Drop(raw);
            return;
        }

        string file = store.Store(program, result.Violation, cause, foundBy, raw);
        var stored = new StoredFinding(program, result.Violation, cause, file, finding.Program);
        byText.Add(text, stored);
        lock (findings)
        {
            findings.Add(stored);
        }

        Learn(finding.Violation.Clause, cause, stored);
        Learn(finding.Violation.Clause, rawCause, stored);
        announce(stored);
        if (withSlips)
        {
            TakeSlips(result.Slips, finding);
        }
    }

    /// <summary>What shrinking met besides is a finding of its own, if nothing is known of its clause yet.</summary>
    private void TakeSlips(ImmutableArray<MmProgram> slips, Finding origin)
    {
        foreach (MmProgram slip in slips)
        {
            var runner = new Runner(settings.Profile);
            for (int i = 0; i < slip.Operations.Length && runner.Violation is null; i++)
            {
                runner.Execute(slip.Operations[i], (ushort)i);
            }

            if (runner.Violation is { } violation && !shrunk.ContainsKey(violation.Clause))
            {
                shrunk[violation.Clause] = 1;
                Finding finding = origin with { Operations = slip.Operations, Violation = violation };
                TakeNew(finding, withSlips: false);
            }
        }
    }

    private void Unexplained(Finding finding)
    {
        foreach (StoredFinding known in findings)
        {
            if (known.Violation.IsLike(finding.Violation) && !known.Cause.IsKnown)
            {
                known.CountOnce();
                return;
            }
        }

        TakeNew(finding, withSlips: false);
    }

    /// <summary>The finding of that clause with just that cause: another way to the same bug.</summary>
    private StoredFinding? SameCause(Clause clause, Cause cause) => findings.Find(
        known => known.Violation.Clause == clause && known.Cause.IsKnown && cause.IsKnown
            && Set(known.Cause) == Set(cause) && known.Cause.Mutants.SequenceEqual(cause.Mutants));

    private StoredFinding? LikeIt(Clause clause, Cause cause) => findings.Find(
        known => known.Violation.Clause == clause && known.Cause.IsKnown
            && (Set(known.Cause).And(Set(cause)) != FixSet.Empty
                || known.Cause.Mutants.Intersect(cause.Mutants).Any()));

    private void Learn(Clause clause, Cause cause, StoredFinding finding)
    {
        if (!cause.IsKnown)
        {
            return;
        }

        FixSet added = Set(cause);
        foreach (KnownCause known in causes)
        {
            if (known.Clause == clause && known.Added == added && known.Mutants.SequenceEqual(cause.Mutants))
            {
                return;
            }
        }

        lock (findings)
        {
            causes = causes.Add(new KnownCause(clause, added, cause.Mutants, finding));
        }
    }

    private Cause CauseOf(ImmutableArray<Operation> operations, Violation violation) =>
        Cause.Of(new MmProgram(settings.Profile, operations), violation);

    private static FixSet Set(Cause cause) => FixSet.Of(cause.Lacking);

    private MmProgram Expecting(ImmutableArray<Operation> operations, Violation violation) =>
        new(settings.Profile, operations, new Expectation(violation.PropertyName, violation.ClauseName));
}
