// Runs candidates. It keeps snapshots of the World along the program that candidates are derived from, so that a
// candidate resumes at the last snapshot before its first change; a run stops at the first violation.
// Not covered: which candidates count (Session).

using System;
using MmFuzz.Engine;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.Properties;
using MmFuzz.Engine.State;

namespace MmFuzz.Generators.Shrinking;

/// <summary>Runs programs that differ little from one another.</summary>
internal sealed class Replayer : ITrial
{
    /// <summary>Snapshots, at most; together they fit a second-level cache.</summary>
    private const int MostSnapshots = 64;

    private const int LeastStride = 2;
    private readonly Runner runner = new(Profile.Newest);
    private readonly World[] snapshots = new World[MostSnapshots];
    private Operation[] basis = [];
    private bool[] removable = [];
    private int basisLength;
    private int stride = LeastStride;
    private int saved;

    /// <summary>Operations that the last run executed, the failing one included.</summary>
    public int Executed { get; private set; }

    /// <summary>Which of the executed operations were skipped, without a change of any byte.</summary>
    public ReadOnlySpan<bool> Removable => removable.AsSpan(0, Executed);

    /// <summary>Forgets the program and takes another kernel.</summary>
    public void Reset(Profile profile)
    {
        runner.Profile = profile;
        basisLength = 0;
        saved = 0;
    }

    /// <summary>Runs a whole program from the beginning.</summary>
    public Violation? RunWhole(ReadOnlySpan<Operation> program)
    {
        Reserve(program.Length);
        runner.Reset();
        return Continue(program, 0);
    }

    /// <summary>Runs a whole program and makes it the one that candidates are derived from.</summary>
    public Violation? Rebase(ReadOnlySpan<Operation> program)
    {
        Reserve(program.Length);
        stride = Math.Max(LeastStride, (program.Length + MostSnapshots - 1) / MostSnapshots);
        saved = 0;
        basisLength = program.Length;
        program.CopyTo(basis);
        runner.Reset();
        for (int at = 0; at < program.Length; at++)
        {
            if (at % stride == 0)
            {
                runner.Save(ref snapshots[saved++]);
            }

            Step(program, at);
            if (runner.Violation is not null)
            {
                break;
            }
        }

        return runner.Violation;
    }

    /// <summary>Runs a candidate; answers what it shows.</summary>
    public Violation? Run(ReadOnlySpan<Operation> candidate)
    {
        if (saved == 0)
        {
            return RunWhole(candidate);
        }

        Reserve(candidate.Length);
        int same = candidate.CommonPrefixLength(basis.AsSpan(0, basisLength));
        int from = Math.Min(same / stride, saved - 1);
        runner.Restore(in snapshots[from]);
        int start = from * stride;
        removable.AsSpan(0, start).Clear(); // what the basis could lose, it has lost
        return Continue(candidate, start);
    }

    private Violation? Continue(ReadOnlySpan<Operation> program, int start)
    {
        Executed = start;
        for (int at = start; at < program.Length && runner.Violation is null; at++)
        {
            Step(program, at);
        }

        return runner.Violation;
    }

    private void Step(ReadOnlySpan<Operation> program, int at)
    {
        SkipReason skip = runner.Execute(in program[at], (ushort)at).Skip;
        removable[at] = skip != SkipReason.None;
        Executed = at + 1;
    }

    private void Reserve(int length)
    {
        if (basis.Length < length)
        {
            Array.Resize(ref basis, length);
            Array.Resize(ref removable, length);
        }
    }
}
