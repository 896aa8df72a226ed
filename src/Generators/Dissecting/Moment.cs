// Stages of one operation with the world after each, as they were executed: what is compared between two kernels.
// Not covered: comparing (Divergence), words (Reports).

using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using MmFuzz.Engine.Kernel;
using MmFuzz.Engine.State;

namespace MmFuzz.Generators.Dissecting;

/// <summary>A stage that was executed, or asked and made to wait.</summary>
/// <param name="Actor">By whom.</param>
/// <param name="Path">Of which path.</param>
/// <param name="Stage">Its number.</param>
/// <param name="Waited">Whether it had to wait and changed nothing.</param>
public readonly record struct StageMark(ActorId Actor, KernelPath Path, byte Stage, bool Waited);

/// <summary>Keeps the stages of the operation that is being executed.</summary>
internal sealed class MomentRecorder : IStageObserver
{
    private readonly List<StageMark> marks = [];
    private World[] worlds = new World[64];
    private World before;
    private StageMark? begun;

    /// <summary>The stage that was given up half way; null for none.</summary>
    public StageMark? Given { get; private set; }

    /// <summary>Stages kept.</summary>
    public int Count => marks.Count;

    /// <summary>A stage.</summary>
    public StageMark this[int index] => marks[index];

    /// <summary>The world after a stage.</summary>
    public ref readonly World WorldAfter(int index) => ref worlds[index];

    /// <summary>Begins a new operation.</summary>
    public void Clear()
    {
        marks.Clear();
        begun = null;
    }

    /// <summary>Ends the operation.</summary>
    /// <param name="broke">Whether the stage in hand was given up, and did not wait.</param>
    public void Close(bool broke)
    {
        Given = broke ? begun : null;
        begun = broke ? null : begun;
        NoteWait();
    }

    /// <inheritdoc/>
    public void BeforeStage(Context context, ActorId actor)
    {
        NoteWait();
        ref readonly Task task = ref context.World.Machine.TaskAt(actor);
        begun = new StageMark(actor, task.Path, task.Stage, Waited: false);
        World.Copy(in context.World, ref before);
    }

    /// <inheritdoc/>
    public void AfterStage(Context context, ActorId actor)
    {
        if (begun is { } mark)
        {
            begun = null;
            Keep(mark, in context.World);
        }
    }

    /// <summary>A stage that was begun and never over had to wait.</summary>
    private void NoteWait()
    {
        if (begun is { } mark)
        {
            begun = null;
            Keep(mark with { Waited = true }, in before);
        }
    }

    private void Keep(StageMark mark, ref readonly World world)
    {
        if (marks.Count == worlds.Length)
        {
            Array.Resize(ref worlds, worlds.Length * 2);
        }

        World.Copy(in world, ref worlds[marks.Count]);
        marks.Add(mark);
    }

    /// <summary>Whether two machines are the same, byte by byte.</summary>
    public static bool AreSame(ref readonly Machine left, ref readonly Machine right) =>
        MemoryMarshal.AsBytes(new ReadOnlySpan<Machine>(in left))
            .SequenceEqual(MemoryMarshal.AsBytes(new ReadOnlySpan<Machine>(in right)));
}
