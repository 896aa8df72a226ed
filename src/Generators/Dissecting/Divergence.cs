// Where a program goes another way on a repaired kernel: both kernels execute it in lock step, and after each stage
// their machines are compared. Told are the first stage after which they differ, and the first at which the two no
// longer execute the same stages or answer the same, which may come later.
// Not covered: why (the fix's mechanism says it), what follows from it.

using System;
using MmFuzz.Engine;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.Properties;
using MmFuzz.Engine.State;

namespace MmFuzz.Generators.Dissecting;

/// <summary>The first difference in state.</summary>
/// <param name="Index">In which operation, counted from 0.</param>
/// <param name="Stage">After which stage; null if the operation has none.</param>
/// <param name="Broken">The world of the program's own kernel then.</param>
/// <param name="Repaired">That of the repaired one.</param>
public sealed record StateDifference(int Index, StageMark? Stage, World Broken, World Repaired);

/// <summary>The first difference in what is executed or answered.</summary>
/// <param name="Index">In which operation, counted from 0.</param>
/// <param name="After">The last stage in common; null if there is none in this operation.</param>
/// <param name="Broken">The next stage on the program's own kernel; null if the operation is over.</param>
/// <param name="Repaired">That on the repaired one.</param>
/// <param name="BrokenOutcome">What the operation came to on the program's own kernel.</param>
/// <param name="RepairedOutcome">That on the repaired one.</param>
public sealed record PathDifference(
    int Index,
    StageMark? After,
    StageMark? Broken,
    StageMark? Repaired,
    Outcome BrokenOutcome,
    Outcome RepairedOutcome);

/// <summary>Where two kernels part.</summary>
/// <param name="Repaired">The repaired kernel.</param>
/// <param name="State">
/// The first difference in state; null if there is none, and the kernels only judge the same thing differently.
/// </param>
/// <param name="Path">
/// The first difference in what is executed; null if both execute the same up to the violation.
/// </param>
/// <param name="Last">The last operation that was compared.</param>
/// <param name="LastStage">Its last stage on the program's own kernel; null if it has none.</param>
/// <param name="RepairedNext">
/// The stage that the repaired kernel executes after as many; null if it executes no more.
/// </param>
public sealed record Divergence(
    Profile Repaired,
    StateDifference? State,
    PathDifference? Path,
    int Last,
    StageMark? LastStage,
    StageMark? RepairedNext)
{
    /// <summary>Compares two kernels on a program, up to the first violation of the first one.</summary>
    public static Divergence Of(MmProgram program, Profile repaired)
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentNullException.ThrowIfNull(repaired);
        var broken = new Side(program.Profile);
        var other = new Side(repaired);
        StateDifference? state = null;
        PathDifference? path = null;
        int last = 0;
        for (int i = 0; i < program.Operations.Length && path is null; i++)
        {
            Operation op = program.Operations[i];
            broken.Execute(in op, i);
            other.Execute(in op, i);
            last = i;
            state ??= StateOf(i, broken, other);
            path = PathOf(i, broken, other);
            if (broken.IsOver || other.IsOver)
            {
                break;
            }
        }

        MomentRecorder stages = broken.Stages;
        StageMark? final = stages.Given ?? (stages.Count == 0 ? null : stages[stages.Count - 1]);
        StageMark? next = stages.Count < other.Stages.Count ? other.Stages[stages.Count] : null;
        return new Divergence(repaired, state, path, last, final, next);
    }

    private static StateDifference? StateOf(int index, Side broken, Side other)
    {
        int common = Math.Min(broken.Stages.Count, other.Stages.Count);
        for (int s = 0; s < common; s++)
        {
            ref readonly World here = ref broken.Stages.WorldAfter(s);
            ref readonly World there = ref other.Stages.WorldAfter(s);
            if (!MomentRecorder.AreSame(in here.Machine, in there.Machine))
            {
                return new StateDifference(index, broken.Stages[s], here, there);
            }

            if (broken.Stages[s] != other.Stages[s])
            {
                return null; // the paths part before any state does
            }
        }

        // a violation cuts its operation short, and what follows it is no difference
        bool whole = !broken.IsOver && !other.IsOver && broken.Stages.Count == other.Stages.Count;
        return whole && !MomentRecorder.AreSame(in broken.Machine, in other.Machine)
            ? new StateDifference(
                index, common == 0 ? null : broken.Stages[common - 1], broken.World, other.World)
            : null;
    }

    private static PathDifference? PathOf(int index, Side broken, Side other)
    {
        int common = Math.Min(broken.Stages.Count, other.Stages.Count);
        int s = 0;
        while (s < common && broken.Stages[s] == other.Stages[s])
        {
            s++;
        }

        bool cutShort = (broken.IsOver && s == broken.Stages.Count) || (other.IsOver && s == other.Stages.Count);
        bool same = s == broken.Stages.Count && s == other.Stages.Count && broken.Outcome == other.Outcome;
        return cutShort || same
            ? null
            : new PathDifference(
                index,
                s == 0 ? null : broken.Stages[s - 1],
                s < broken.Stages.Count ? broken.Stages[s] : null,
                s < other.Stages.Count ? other.Stages[s] : null,
                broken.Outcome,
                other.Outcome);
    }

    /// <summary>One of the two kernels.</summary>
    private sealed class Side
    {
        private readonly Runner runner;

        public Side(Profile profile)
        {
            runner = new Runner(profile);
            runner.Context.Observer = Stages;
        }

        public MomentRecorder Stages { get; } = new();

        public Outcome Outcome { get; private set; }

        /// <summary>Whether something is violated.</summary>
        public bool IsOver => runner.Violation is not null;

        public ref readonly World World => ref runner.World;

        public ref readonly Machine Machine => ref runner.World.Machine;

        public void Execute(in Operation op, int index)
        {
            Stages.Clear();
            Outcome = runner.Execute(in op, (ushort)index);
            Stages.Close(broke: runner.Violation is { Clause: Clause.Misuse });
        }
    }
}
