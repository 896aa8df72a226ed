// Watches the stages of a run and notes the shapes that the world takes, as bytes of a map: of each entry touched what
// it is, what user space expects of it and what translations say; of each frame its flags and counts, none, one or
// more; the two together; what became of what; handles; and which stages of two tasks are under way at once. Numbers
// of frames, slots, pages, processes and tokens are left out, so that worlds that differ only in these look the same.
// Not covered: inodes' and slots' own contents, userfaultfd's queues.

using System;
using System.Numerics;
using MmFuzz.Engine.Kernel;
using MmFuzz.Engine.State;

namespace MmFuzz.Generators.Guided;

/// <summary>Notes shapes.</summary>
public sealed class WorldShapes : IStageObserver
{
    /// <summary>Bytes of the map: a power of two.</summary>
    public const int Size = 1 << 15;

    private const uint Kept = (uint)(RowFlags.Mapped | RowFlags.Shared | RowFlags.Read | RowFlags.Write
        | RowFlags.MayBeOld | RowFlags.MayBeZero | RowFlags.UffdProtected | RowFlags.SoftDirty | RowFlags.Registered0
        | RowFlags.WatchesMissing | RowFlags.WatchesMinor | RowFlags.Poisoned | RowFlags.Lazyfree);

    private readonly byte[] map = new byte[Size];
    private readonly uint[] entries = new uint[Limits.Entries];
    private readonly uint[] frames = new uint[Limits.Frames];
    private uint running; // path and stage of the task that is executing one

    /// <summary>Kinds of features, so that equal shapes of different things are told apart.</summary>
    private enum Of : uint
    {
        EntryTransition = 0x85ebca6b,
        FrameTransition = 0xc2b2ae35,
        EntryAndFrame = 0x27d4eb2f,
        Handle = 0x165667b1,
        TwoTasks = 0x9e3779b1,
        Waiting = 0x2545f491,
    }

    /// <summary>A byte per shape: 1 if it was met since the map was cleared.</summary>
    public Span<byte> Map => map;

    /// <summary>The same map.</summary>
    public Memory<byte> MapMemory => map;

    /// <summary>Another program begins, in an empty world.</summary>
    public void Restart()
    {
        Array.Clear(entries);
        Array.Clear(frames);
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
        MmId mm = machine.TaskAt(actor).Mm;
        for (int others = machine.BusyTasks & ~(1 << actor.Value); others != 0; others &= others - 1)
        {
            ref readonly Task other = ref machine.TaskAt(new ActorId((byte)BitOperations.TrailingZeroCount(others)));
            if (other.Depth != 0)
            {
                uint theirs = ((uint)other.Path << 8) | other.Stage | (other.Mm == mm ? 1u << 16 : 0);
                Note(Of.TwoTasks, running, theirs);
                NoteWait(in other);
            }
        }
    }

    /// <inheritdoc/>
    public void AfterImmediate(Context context) => Look(context);

    private void NoteWait(in Task task)
    {
        if (task.WaitKind != WaitKind.None)
        {
            Note(Of.Waiting, running, ((uint)task.WaitKind << 8) | (uint)task.Path);
        }
    }

    private void Look(Context context)
    {
        ref readonly World world = ref context.World;
        ref readonly Touched touched = ref context.Touched;
        for (ulong left = touched.Frames; left != 0; left &= left - 1)
        {
            int frame = BitOperations.TrailingZeroCount(left);
            uint shape = ShapeOf(in world.Machine.FrameAt(new Pfn((byte)frame)));
            uint old = frames[frame];
            if (old != shape)
            {
                frames[frame] = shape;
                Note(Of.FrameTransition, old, shape);
            }
        }

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
        shape ^= ((uint)world.Reference.RowAt(index).Flags & Kept) * 0x9e3779b1 & 0xffff8000;
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

    /// <summary>Whether a processor caches a translation of the page, a writable one, and one of another frame.</summary>
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
        uint shape = (uint)frame.Kind | ((uint)frame.Flags << 3);
        shape |= (uint)Few(pins) << 16 | (uint)Few(others) << 18 | (uint)Few(frame.Mapcount) << 20;
        return shape | (frame.Locked ? 1u << 22 : 0);
    }

    /// <summary>None, one, two, more.</summary>
    private static int Few(int count) => count < 0 ? 3 : Math.Min(count, 3);

    private void Note(Of kind, uint first, uint second)
    {
        uint hash = ((first * (uint)kind) + second) * 0x9e3779b1;
        hash = (hash ^ (hash >> 15)) * 0x85ebca77;
        map[hash >> (32 - 15)] = 1;
    }
}
