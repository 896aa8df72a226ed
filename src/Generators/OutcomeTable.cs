// What became of the operations of a run: how often each kind answered what, blocked, was only started, or was skipped
// and why. One increment an operation; sums of several tables do not depend on who counted what.
// Not covered: printing (fuzz/).

using System;
using System.Collections.Generic;
using MmFuzz.Engine;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.State;

namespace MmFuzz.Generators;

/// <summary>Operation times outcome.</summary>
public sealed class OutcomeTable
{
    private const int Hit = (int)Errno.SIGKILL + 1;
    private const int Started = Hit + 1;
    private const int Blocked = Started + 1;

    /// <summary>Kinds of operations.</summary>
    private static readonly int Kinds = Enum.GetValues<OperationKind>().Length;

    /// <summary>
    /// Outcomes of an operation: results, a load or store that needed no kernel, under way, blocked, and the reasons to
    /// be skipped.
    /// </summary>
    private static readonly int Outcomes = Blocked + Enum.GetValues<SkipReason>().Length;

    private readonly long[] counts = new long[Kinds * Outcomes];

    /// <summary>All counts, in an order of their own.</summary>
    public ReadOnlySpan<long> Counts => counts;

    /// <summary>Counts an operation.</summary>
    public void Count(in Operation op, in Outcome outcome) =>
        counts[((int)op.Kind * Outcomes) + Column(in op, in outcome)]++;

    /// <summary>Adds what another table has counted.</summary>
    public void Add(OutcomeTable other)
    {
        for (int i = 0; i < counts.Length; i++)
        {
            counts[i] += other.counts[i];
        }
    }

    /// <summary>How often operations of that kind were executed, and not skipped.</summary>
    public long Executed(OperationKind kind)
    {
        long sum = 0;
        for (int outcome = 0; outcome <= Blocked; outcome++)
        {
            sum += counts[((int)kind * Outcomes) + outcome];
        }

        return sum;
    }

    /// <summary>
    /// How many operations entered a kernel path: not those of devices and managers without stages, nor loads and
    /// stores that a translation or the page table was enough for.
    /// </summary>
    public long EnteredKernel()
    {
        long sum = 0;
        for (OperationKind kind = 0; (int)kind < Kinds; kind++)
        {
            bool enters = kind == OperationKind.Step || Enabled.NeedsActor(kind);
            sum += enters ? Executed(kind) - counts[((int)kind * Outcomes) + Hit] : 0;
        }

        return sum;
    }

    /// <summary>The outcomes that operations of that kind had, by name, and how often.</summary>
    public IEnumerable<(string Outcome, long Times)> Of(OperationKind kind)
    {
        for (int outcome = 0; outcome < Outcomes; outcome++)
        {
            long times = counts[((int)kind * Outcomes) + outcome];
            if (times != 0)
            {
                yield return (NameOf(outcome), times);
            }
        }
    }

    // Branches, which mostly go one way; the answer to each is waited for by nobody.
    private static int Column(in Operation op, in Outcome outcome) =>
        outcome.IsHit ? Hit
        : outcome.Ended ? (int)outcome.Errno
        : outcome.Skip != SkipReason.None ? Blocked + (int)outcome.Skip
        : op.IsStarted || op.Kind == OperationKind.Step ? Started
        : Blocked;

    private static string NameOf(int outcome) => outcome switch
    {
        0 => "ok",
        Hit => "hit",
        Started => "under-way",
        Blocked => "blocked",
        > Blocked => "skipped-" + Names.Dashed((SkipReason)(outcome - Blocked)),
        _ => ((Errno)outcome).ToString(),
    };
}
