// What a running kernel is asked for in place of what only the model can be told to do: advice for reclaim that is
// pointed at a page, a pipe for a plain reference, the pins that a program can take. Whether the bug shows that way is
// found out by running it on the model. Not covered: races (nothing is stopped between two stages).

using MmFuzz.Engine.Operations;
using MmFuzz.Engine.State;

namespace MmFuzz.Linux.Reproducing;

/// <summary>Finds what can be asked for.</summary>
internal static class NearestOperation
{
    /// <summary>Why no kernel can be asked for it, or for anything near; null if one can.</summary>
    public static string? WhyNot(in Operation op)
    {
        if (op.IsStarted || op.Kind == OperationKind.Step)
        {
            return "a running kernel cannot be stopped between two stages";
        }

        return op.Kind switch
        {
            OperationKind.Inject => "failures cannot be injected into a running kernel from outside",
            OperationKind.NumaHint => "NUMA balancing cannot be pointed at a page",
            OperationKind.MigrateVma => "migrate_vma is called only by drivers of devices with memory of their own",
            OperationKind.Swapoff => "swapoff would empty the whole system's swap area",
            OperationKind.Ref or OperationKind.Unref => "a passing reference of the kernel's own cannot be held",
            OperationKind.Swapout or OperationKind.Get or OperationKind.Pin or OperationKind.Migrate
                or OperationKind.ClearRefs or OperationKind.Pagemap => null,
            _ => Translation.WhyNot(in op),
        };
    }

    /// <summary>What is asked for.</summary>
    public static Operation Of(Operation op)
    {
        switch (op.Kind)
        {
            case OperationKind.Swapout:
                op.Kind = OperationKind.Pageout;
                op.Actor = new ActorId(op.Process.Value);
                op.Length = 1;
                break;
            case OperationKind.Get:
                op.Kind = OperationKind.Vmsplice;
                op.Flags = OperationFlags.None;
                break;
            case OperationKind.Pin:
                op.Flags = OperationFlags.Fast | (op.Has(OperationFlags.Write)
                    ? OperationFlags.Write | OperationFlags.Longterm
                    : OperationFlags.None);
                break;
            default:
                break;
        }

        return op;
    }
}
