// Whether a program does no harm on a kernel: neither as it stands, nor once what it started has run to its end, nor
// when those who wait in the way of a line are let run on first. With a fix in, somebody may wait where the bug let him
// through, and the rest of the program would never happen: that is no proof that the fix cures it.
// Not covered: why it does harm.

using System;
using MmFuzz.Engine;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.State;

namespace MmFuzz.Generators;

/// <summary>Runs programs that must be clean.</summary>
public sealed class CleanRun
{
    private readonly Runner runner;

    /// <summary>Makes it for a kernel.</summary>
    public CleanRun(Profile profile) => runner = new Runner(profile);

    /// <summary>The kernel.</summary>
    public Profile Profile
    {
        get => runner.Profile;
        set => runner.Profile = value;
    }

    /// <summary>Whether the program does no harm.</summary>
    public bool IsClean(ReadOnlySpan<Operation> program)
    {
        bool skipped = Execute(program, waits: false);
        if (skipped && runner.Violation is null)
        {
            Execute(program, waits: true);
        }

        return runner.Violation is null;
    }

    /// <summary>
    /// Executes a program to the end of all that it started; answers whether anything was skipped. If it waits, who is
    /// in the way of a line is first let run on, and woken.
    /// </summary>
    private bool Execute(ReadOnlySpan<Operation> program, bool waits)
    {
        runner.Reset();
        bool skipped = false;
        for (int i = 0; i < program.Length && runner.Violation is null; i++)
        {
            ref readonly Operation op = ref program[i];
            if (runner.Execute(in op).Skip == SkipReason.None || op.Kind == OperationKind.Step)
            {
                continue;
            }

            skipped = true;
            if (waits)
            {
                runner.Drain();
                WakeAll();
                runner.Execute(in op);
            }
        }

        runner.Drain();
        return skipped;
    }

    /// <summary>Whoever sleeps in a userfault wakes: the contexts are closed.</summary>
    private void WakeAll()
    {
        for (byte u = 0; u < Limits.Uffds; u++)
        {
            var close = new Operation { Kind = OperationKind.UffdClose, Slot = u, Actor = ActorId.Outside0 };
            runner.Execute(in close);
        }

        runner.Drain();
    }
}
