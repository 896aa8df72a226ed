// What a record becomes when its own operation is impossible just now: whatever makes it possible again. Somebody in
// the way goes on, a sleeper is woken, a full table loses a member, an empty one gains one. Without this more than
// half of the records of a program that stages much came to nothing.
// Not covered: the first choice of kinds, actors and operands (Generator.cs, Generator.Operands.cs).

using System.Numerics;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.State;

namespace MmFuzz.Generators;

public sealed partial class Generator
{
    /// <summary>Everybody who could act is busy: one of them goes a step, or is woken.</summary>
    private bool MakeRoom(ChoiceRecord record, ref Operation op)
    {
        op = new Operation { Kind = OperationKind.Step };
        return MakeStep(record, ref op) || MakeAnswer(record, ref op);
    }

    /// <summary>What a manager does about a thread that sleeps.</summary>
    private bool MakeAnswer(ChoiceRecord record, ref Operation op)
    {
        int sleeping = 0;
        for (int busy = Machine.BusyTasks & ((1 << Limits.UserActors) - 1); busy != 0; busy &= busy - 1)
        {
            var sleeper = new ActorId((byte)BitOperations.TrailingZeroCount(busy));
            sleeping |= Machine.EventAt(sleeper).State is UffdEventState.Pending or UffdEventState.Read
                ? 1 << sleeper.Value
                : 0;
        }

        if (sleeping == 0)
        {
            return false;
        }

        ref readonly UffdEvent queued =
            ref Machine.EventAt(new ActorId((byte)Nearest(sleeping, record[2] % Limits.UserActors)));
        op = new Operation { Kind = AnswerTo(queued.Flags, record[6]), Slot = queued.Uffd.Value };
        if (op.Kind == OperationKind.UffdRead)
        {
            return true;
        }

        op.Va = queued.Va;
        op.Length = 1;
        return PickActor(record, Enabled.TraitsOf(op.Kind), ref op);
    }

    /// <summary>Mostly what the manual says; now and then only a wake, after which the thread faults again.</summary>
    private static OperationKind AnswerTo(UffdFaultFlags flags, int detail) => detail switch
    {
        _ when (flags & UffdFaultFlags.Changes) != 0 => OperationKind.UffdRead,
        < 16 => OperationKind.Wake,
        _ when (flags & UffdFaultFlags.Wp) != 0 => OperationKind.Unwp,
        _ when (flags & UffdFaultFlags.Minor) != 0 => OperationKind.Continue,
        < 200 => OperationKind.Copy,
        < 248 => OperationKind.Zeropage,
        _ => OperationKind.Poison,
    };

    /// <summary>What the operation works on is not there, or there is no room for it: the opposite, first.</summary>
    private bool MakeTarget(ChoiceRecord record, ref Operation op)
    {
        OperationKind kind = op.Kind;
        op = new Operation { Kind = InsteadOf(kind) };
        if (op.Kind != kind)
        {
            return !(op.Kind == OperationKind.Exit && IsNeeded)
                && MakeActor(record, ref op) && MakeOperands(record, ref op);
        }

        return kind is OperationKind.Pin or OperationKind.Get or OperationKind.Vmsplice or OperationKind.Ref
            && MakeRelease(record, ref op);
    }

    /// <summary>The kind itself for none.</summary>
    private static OperationKind InsteadOf(OperationKind kind) => kind switch
    {
        OperationKind.Fork => OperationKind.Exit,
        OperationKind.Unpin or OperationKind.DevRead or OperationKind.DevWrite => OperationKind.Pin,
        OperationKind.PipeRead => OperationKind.Vmsplice,
        OperationKind.Unref => OperationKind.Ref,
        OperationKind.UffdOpen => OperationKind.Register,
        OperationKind.UffdClose or OperationKind.Register or OperationKind.Unregister or OperationKind.Wp
            or OperationKind.Unwp or OperationKind.UffdRead or OperationKind.Wake or OperationKind.Copy
            or OperationKind.Zeropage or OperationKind.Continue or OperationKind.Poison
            or OperationKind.Move => OperationKind.UffdOpen,
        _ => kind,
    };

    /// <summary>All handles are taken: one is given back.</summary>
    private bool MakeRelease(ChoiceRecord record, ref Operation op)
    {
        int live = 0;
        for (byte h = 0; h < Limits.Handles; h++)
        {
            live |= Machine.HandleAt(new HandleId(h)).IsLive ? 1 << h : 0;
        }

        if (live == 0)
        {
            return false;
        }

        var handle = new HandleId((byte)Nearest(live, record[5] % Limits.Handles));
        OperationKind kind = Machine.HandleAt(handle).Kind switch
        {
            HandleKind.Pipe => OperationKind.PipeRead,
            HandleKind.Lookup => OperationKind.Unref,
            _ => OperationKind.Unpin,
        };
        op = new Operation { Kind = kind, Slot = handle.Value };
        return true;
    }
}
