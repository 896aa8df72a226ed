// Whether a program does no harm on a kernel: neither as it stands, nor once what it started has run to its end, nor
// when what was skipped because somebody waited there is done afterwards. With a fix in, somebody may wait where the
// bug let him through, and the rest of the program would never happen: that is no proof that the fix cures it.
// Not covered: why it does harm.

using System;
using MmFuzz.Engine;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;

namespace MmFuzz.Generators;

/// <summary>Runs programs that must be clean.</summary>
public sealed class CleanRun
{
    private readonly Runner runner;
    private Operation[] late = new Operation[128];

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
        runner.Reset();
        int count = Execute(program);
        runner.Drain();
        if (runner.Violation is null && count > 0)
        {
            Execute(late.AsSpan(0, count).ToArray());
            runner.Drain();
        }

        return runner.Violation is null;
    }

    /// <summary>Executes operations; answers how many could not be, which are then in <see cref="late"/>.</summary>
    private int Execute(ReadOnlySpan<Operation> program)
    {
        if (late.Length < program.Length)
        {
            late = new Operation[program.Length * 2];
        }

        int count = 0;
        for (int i = 0; i < program.Length && runner.Violation is null; i++)
        {
            ref readonly Operation op = ref program[i];
            if (runner.Execute(in op).Skip != SkipReason.None && op.Kind != OperationKind.Step)
            {
                late[count++] = op;
            }
        }

        return count;
    }
}
