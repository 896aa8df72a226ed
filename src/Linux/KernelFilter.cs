// Restricts generated programs to what this machine's kernel can be asked to do, one operation after the other. What
// has a near relation that can be asked for becomes that: a swap-out becomes advice, a plain reference a pipe.
// Not covered: why something cannot be asked for (Translation, Capabilities).

using System.Collections.Immutable;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.State;
using MmFuzz.Generators;

namespace MmFuzz.Linux;

/// <summary>The filter.</summary>
public sealed class KernelFilter : IOperationFilter
{
    private readonly bool holds;

    /// <summary>Makes the filter.</summary>
    /// <param name="available">Kinds of operations that can be asked for.</param>
    /// <param name="holds">Whether pins for reading can be held.</param>
    public KernelFilter(ImmutableHashSet<OperationKind> available, bool holds)
    {
        this.holds = holds;
        ulong kinds = 0;
        foreach (OperationKind kind in available)
        {
            kinds |= 1ul << (int)kind;
        }

        kinds |= available.Contains(OperationKind.Pageout) ? 1ul << (int)OperationKind.Swapout : 0;
        kinds |= available.Contains(OperationKind.Vmsplice) ? 1ul << (int)OperationKind.Get : 0;
        Kinds = kinds;
    }

    /// <inheritdoc/>
    public ulong Kinds { get; }

    /// <inheritdoc/>
    public bool Fit(in Machine machine, ref Operation op)
    {
        switch (op.Kind)
        {
            case OperationKind.Swapout:
                op.Kind = OperationKind.Pageout;
                op.Actor = new ActorId(op.Process.Value);
                return machine.TaskAt(op.Actor).IsIdle;
            case OperationKind.Get:
                op.Kind = OperationKind.Vmsplice;
                op.Flags = OperationFlags.None;
                return true;
            case OperationKind.Pin:
                bool watched = machine.UffdAt(new UffdId(0)).IsOpen || machine.UffdAt(new UffdId(1)).IsOpen;
                bool write = op.Has(OperationFlags.Write) || !holds || watched;
                op.Flags = OperationFlags.Fast
                    | (write ? OperationFlags.Write | OperationFlags.Longterm : OperationFlags.None);
                return true;
            case OperationKind.Migrate:
                return Translation.WhyNot(in machine, in op) is null;
            case OperationKind.Exit:
                return !HoldsForReading(in machine, op.Process);
            case OperationKind.UffdOpen:
                return !HoldsForReading(in machine, MmId.None) && Translation.WhyNot(in op) is null;
            case OperationKind.DevRead or OperationKind.DevWrite:
                return op.Kind == OperationKind.DevRead || machine.HandleAt(op.Handle).IsWrite;
            default:
                return Translation.WhyNot(in op) is null;
        }
    }

    /// <summary>Whether a process, or anybody, has a pin for reading, which a thread of it holds.</summary>
    private static bool HoldsForReading(in Machine machine, MmId process)
    {
        for (byte h = 0; h < Limits.Handles; h++)
        {
            ref readonly GupHandle handle = ref machine.HandleAt(new HandleId(h));
            if (handle is { IsPin: true, IsWrite: false } && (process.IsNone || handle.Mm == process))
            {
                return true;
            }
        }

        return false;
    }
}
