// How long the kernel took over operations, kind by kind: those of more than 100 microseconds, which wait for a disk or
// take memory offline, are told apart, since a run's speed would else say more of them than of anything else.
// Not covered: how long looking at pages takes, which is the executor's.

using System;
using System.Collections.Generic;
using MmFuzz.Engine.Operations;

namespace MmFuzz.Linux;

/// <summary>What one kind of operation took.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Times">How often it was done.</param>
/// <param name="Slow">How often it took longer than <see cref="TimeSpent.SlowNanoseconds"/>.</param>
/// <param name="SlowSeconds">How long those took together.</param>
public readonly record struct TimeOfKind(OperationKind Kind, long Times, long Slow, double SlowSeconds);

/// <summary>Adds up.</summary>
public sealed class TimeSpent
{
    /// <summary>An operation that takes longer is a slow one.</summary>
    public const uint SlowNanoseconds = 100_000;

    private const double NanosecondsOfSecond = 1e9;
    private const int Kinds = (int)OperationKind.Step + 1;
    private readonly long[] times = new long[Kinds];
    private readonly long[] slow = new long[Kinds];
    private readonly long[] nanoseconds = new long[Kinds];

    /// <summary>Adds a program.</summary>
    public void Add(PreparedProgram prepared)
    {
        for (int i = 0; i < prepared.Count; i++)
        {
            Add(prepared.Sent[i].Kind, prepared.Kernel(i).Nanoseconds);
        }
    }

    /// <summary>Adds an operation.</summary>
    public void Add(OperationKind kind, uint took)
    {
        times[(int)kind]++;
        if (took > SlowNanoseconds)
        {
            slow[(int)kind]++;
            nanoseconds[(int)kind] += took;
        }
    }

    /// <summary>The kinds that were slow at least once, in the order of the enum.</summary>
    public IEnumerable<TimeOfKind> Slow()
    {
        for (int kind = 0; kind < Kinds; kind++)
        {
            if (slow[kind] > 0)
            {
                yield return new TimeOfKind(
                    (OperationKind)kind, times[kind], slow[kind], nanoseconds[kind] / NanosecondsOfSecond);
            }
        }
    }

    /// <summary>Adds what another thread added up.</summary>
    public void Add(TimeSpent other)
    {
        ArgumentNullException.ThrowIfNull(other);
        for (int kind = 0; kind < Kinds; kind++)
        {
            times[kind] += other.times[kind];
            slow[kind] += other.slow[kind];
            nanoseconds[kind] += other.nanoseconds[kind];
        }
    }
}
