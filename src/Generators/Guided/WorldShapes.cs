// Watches the stages of a run and notes the shapes that the world takes, as bytes of a map: of each entry touched what
// it is, what user space expects of it and what translations say; of each frame its flags and counts, none, one or
// more; the two together; what became of what; handles; and which stages of two tasks are under way at once. Numbers
// of frames, slots, pages, processes and tokens are left out, so that worlds that differ only in these look the same.
// Not covered: inodes' and slots' own contents, userfaultfd's queues.

using System;
using System.Collections.Immutable;
using System.Numerics;
using MmFuzz.Engine.Kernel;
using MmFuzz.Engine.State;

namespace MmFuzz.Generators.Guided;

/// <summary>A kind of shapes, and its part of the map.</summary>
/// <param name="Name">What they are called.</param>
/// <param name="First">Its first byte.</param>
/// <param name="Size">Its bytes.</param>
public readonly record struct ShapeKind(string Name, int First, int Size);

/// <summary>Notes shapes.</summary>
public sealed class WorldShapes : IStageObserver
{
    /// <summary>Bytes of the map: a power of two.</summary>
    public const int Size = 1 << 15;

    private readonly byte[] map = new byte[Size];
    private readonly uint[] entries = new uint[Limits.Entries];
    private uint running; // path and stage of the task that is executing one

    /// <summary>
    /// Kinds of features; each has a part of the map: where it begins, and from bit 16 on, its size as a power of two.
    /// </summary>
    private enum Of
    {
        TwoTasks = 14 << 16,
        EntryTransition = (13 << 16) | 0x4000,
        EntryAndFrame = (12 << 16) | 0x6000,
        Waiting = (11 << 16) | 0x7000,
        Handle = (11 << 16) | 0x7800,
    }

    /// <summary>The parts of the map: what features of a kind are called, and which bytes they have.</summary>
    public static ImmutableArray<ShapeKind> Kinds { get; } =
    [
        Part("pairs of stages", Of.TwoTasks), Part("transitions of entries", Of.EntryTransition),
        Part("entries with their pages", Of.EntryAndFrame), Part("waits", Of.Waiting), Part("handles", Of.Handle),
    ];

    /// <summary>A byte per shape: 1 if it was met since the map was cleared.</summary>
    public Span<byte> Map => map;

    /// <summary>The same map.</summary>
    public Memory<byte> MapMemory => map;

    /// <summary>Another program begins, in an empty world.</summary>
    public void Restart()
    {
        Array.Clear(entries);
    }

    /// <inheritdoc/>
    public void BeforeStage(Context context, ActorId actor)
    {
        ref readonly Task task = ref context.World.Machine.TaskAt(actor);
        running = ((uint)task.Path << 8) | task.Stage;
    }

    /// <inheritdoc/>
    public void AfterStage(Context context, ActorId actor)
    {
        Look(context);
        ref readonly Machine machine = ref context.World.Machine;
        int others = machine.BusyTasks & ~(1 << actor.Value);
        if (others != 0)
        {
            LookAtTasks(in machine, in machine.TaskAt(actor), others);
        }
    }

    /// <inheritdoc/>
    public void AfterImmediate(Context context) => Look(context);

    private static ShapeKind Part(string name, Of kind) => new(name, (int)kind & 0xffff, 1 << ((int)kind >> 16));

    /// <summary>Two tasks on the same pages: which stage was executed while the other was in which.</summary>
    private void LookAtTasks(in Machine machine, in Task task, int others)
    {
        for (; others != 0; others &= others - 1)
        {
            ref readonly Task other = ref machine.TaskAt(new ActorId((byte)BitOperations.TrailingZeroCount(others)));
            if (other.Depth == 0 || other.Mm != task.Mm)
            {
                continue;
            }

            if (other.Va.Value < task.Va.Value + task.Length && task.Va.Value < other.Va.Value + other.Length)
            {
                Note(Of.TwoTasks, running, (uint)other.Path);
            }

            if (other.WaitKind != WaitKind.None)
            {
                Note(Of.Waiting, running >> 8, ((uint)other.WaitKind << 8) | (uint)other.Path);
            }
        }
    }

    private void Look(Context context)
    {
        ref readonly World world = ref context.World;
        ref readonly Touched touched = ref context.Touched;
        for (ulong left = touched.Entries; left != 0; left &= left - 1)
        {
            int at = BitOperations.TrailingZeroCount(left);
            LookAt(in world, new EntryIndex((byte)at), ref entries[at]);
        }

        for (int left = touched.Handles; left != 0; left &= left - 1)
        {
            ref readonly GupHandle handle = ref world.Machine.HandleAt(
                new HandleId((byte)BitOperations.TrailingZeroCount(left)));
            uint page = ShapeOf(in world.Machine.FrameAt(handle.Pages[0]));
            Note(Of.Handle, ((uint)handle.Kind << 8) | (uint)handle.Flags, page);
        }
    }

    private void LookAt(in World world, EntryIndex index, ref uint before)
    {
        Pte pte = world.Machine.PteAt(index);
        uint shape = (uint)pte.Kind | (uint)(pte.Bits & ~EntryBits.Young) << 4;
        shape |= TranslationsOf(in world.Machine, index, pte) << 12;
        shape |= (world.Reference.RowAt(index).Flags & RowFlags.UffdProtected) != 0 ? 1u << 15 : 0;
        if (before != shape)
        {
            Note(Of.EntryTransition, before, shape);
            before = shape;
        }

        if (pte.NamesPage && !pte.IsSwap)
        {
            Note(Of.EntryAndFrame, shape, ShapeOf(in world.Machine.FrameAt(new Pfn((byte)(pte.Raw >> 16)))));
        }
    }

    /// <summary>Whether a processor caches a translation of the page, a writable one, one of another frame.</summary>
    private static uint TranslationsOf(in Machine machine, EntryIndex index, Pte pte)
    {
        uint found = 0;
        for (int cpu = 0; cpu < Limits.Cpus; cpu++)
        {
            TlbEntry cached = machine.TlbAt(cpu, index.Va);
            if (cached.IsOf(index.Mm))
            {
                found |= 1u | (cached.Write ? 2u : 0) | (cached.Pfn.Value != (byte)(pte.Raw >> 16) ? 4u : 0);
            }
        }

        return found;
    }

    private static uint ShapeOf(in Frame frame)
    {
        int pins = frame.Refcount / Limits.GupPinCountingBias;
        int others = (frame.Refcount % Limits.GupPinCountingBias) - frame.Mapcount;
        const FrameFlags Seen = FrameFlags.AnonExclusive | FrameFlags.SwapCache | FrameFlags.Dirty
            | FrameFlags.Writeback | FrameFlags.SwapBacked;
        uint shape = (uint)frame.Kind | ((uint)(frame.Flags & Seen) << 3);
        return shape | (pins > 0 ? 1u << 16 : 0) | (uint)Few(others) << 18 | (uint)Few(frame.Mapcount) << 20;
    }

    /// <summary>None, one, more.</summary>
    private static int Few(int count) => count < 0 ? 2 : Math.Min(count, 2);

    private void Note(Of kind, uint first, uint second)
    {
        uint hash = ((first * 0x85ebca6b) ^ second) * 0x9e3779b1;
        hash = (hash ^ (hash >> 15)) * 0x85ebca77;
        map[((int)kind & 0xffff) + (int)(hash >> (32 - ((int)kind >> 16)))] = 1;
    }
}
