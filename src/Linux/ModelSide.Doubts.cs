// Where the comparison of a program must end, because the model is near a limit of its own, or Linux may go either way.
// Not covered: the reasons, in words (DeclaredDifferences), what is compared till then (Comparison).

using System.Numerics;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.State;

namespace MmFuzz.Linux;

internal sealed partial class ModelSide
{
    /// <summary>More mappings than this, and the model may refuse what Linux does not.</summary>
    private const int MostMappings = Limits.VmasPerMm / 2;

    private const int FewFrames = Limits.PagesPerMm;
    private const int ManySlots = Limits.SwapSlots / 2;

    /// <summary>
    /// Whether the model is near a limit that Linux has not, so that they may part for no reason of interest.
    /// </summary>
    public bool IsNearLimits()
    {
        ref readonly Machine machine = ref runner.World.Machine;
        bool near = BitOperations.PopCount(machine.FreeFrames) < FewFrames;
        int slots = 0;
        for (byte s = 0; s < Limits.SwapSlots; s++)
        {
            slots += machine.SlotAt(new SlotId(s)).InUse ? 1 : 0;
        }

        return near || slots > ManySlots;
    }

    /// <summary>
    /// Whether an operation that the model answered with ENOMEM may have been refused for want of room: mappings of its
    /// process, pages of a file, or a context for the child.
    /// </summary>
    public bool IsNearManyMappings(in Operation op) => hadManyMappings || HasManyMappings(in op);

    private bool HasManyMappings(in Operation op) =>
        op.Kind == OperationKind.Fork
        || (op.Kind == OperationKind.Mremap && (outgrowsInode || !op.Has(OperationFlags.InPlace)))
        || (op.Kind is OperationKind.Register or OperationKind.Unregister
            && Machine.UffdAt(op.Uffd).Mm is { IsNone: false } watched
            && Machine.MmAt(watched).VmaCount > MostMappings)
        || (Enabled.NeedsProcess(op.Kind) && Machine.MmAt(op.Process).VmaCount > MostMappings);

    /// <summary>Whether a mapping would show more pages of a file than the model's files have.</summary>
    private bool OutgrowsInode(in Operation op)
    {
        int index = Machine.FindVma(op.Process, op.Va);
        return index >= 0 && op.NewLength > op.Length && !Machine.VmaAt(op.Process, index).IsAnon
            && Machine.VmaAt(op.Process, index).CacheIndexOf(op.Va).Index + op.NewLength > Limits.InodePages;
    }

    private bool IsLocked(in Operation op)
    {
        int index = Machine.FindVma(op.Process, op.Va);
        return index >= 0 && Machine.VmaAt(op.Process, index).Has(VmFlags.Locked);
    }

    /// <summary>What mremap has faulted in where something else was.</summary>
    private static ulong Renewed(in Operation op)
    {
        Operation added = op;
        added.Va = new Va((byte)(op.Number + op.Length));
        added.Length = (byte)System.Math.Max(0, op.NewLength - op.Length);
        return op.Kind == OperationKind.Mremap && !op.Has(OperationFlags.InPlace) ? EntriesOf(in added) : 0;
    }

    /// <summary>Whether a pin for reading that had waited got only a part of its pages.</summary>
    public bool TookPartOfPin(StepRecord step)
    {
        foreach (Completion one in step.Completions)
        {
            ref readonly Operation begun = ref program.Span[waitingLines[one.Actor]];
            if (begun.Kind == OperationKind.Pin && one.Error == 0 && !begun.Has(OperationFlags.Write)
                && Machine.HandleAt(begun.Handle).Count < begun.Length)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Whether direct I/O went on beside somebody else: its disk reads or writes the page while the other runs.
    /// </summary>
    public bool TransfersBesideOthers(StepRecord step, int woken)
    {
        bool direct = false;
        foreach (Completion one in step.Completions)
        {
            direct |= program.Span[waitingLines[one.Actor]].Kind == OperationKind.DirectIo;
        }

        return direct && woken > 1;
    }

    /// <summary>Whether the last operation moved pages to where a neighbour was registered.</summary>
    public bool MovedAmongRegistered(StepRecord step) =>
        movesAmongRegistered && step is { Status: StepStatus.Ended, Error: 0 };

    /// <summary>
    /// Whether a part of the memory must stay movable: a pin for long moves its pages out of there first (5.2).
    /// </summary>
    public bool HasMovableMemory { get; set; }

    /// <summary>
    /// Entries whose pages may be in other frames though the model moved none, or not them: what lies in the same block
    /// of memory as a page that is moved, and what is pinned for long.
    /// </summary>
    private ulong MayMove(in Operation op, StepRecord step)
    {
        if (op.Kind == OperationKind.Migrate)
        {
            Pfn moved = Machine.PteAt(new EntryIndex(op.Process, op.Va)).Pfn;
            return step.Error == NotFound ? 0 : ~Machine.EntriesMapping(moved);
        }

        if (!HasMovableMemory || op.Kind != OperationKind.Pin || !op.Has(OperationFlags.Write))
        {
            return 0;
        }

        ulong entries = 0;
        for (ulong left = EntriesOf(in op); left != 0; left &= left - 1)
        {
            Pte pte = Machine.PteAt(new EntryIndex((byte)BitOperations.TrailingZeroCount(left)));
            entries |= pte.IsPresent ? Machine.EntriesMapping(pte.Pfn) : 0; // of one that fails, what it had till then
        }

        return entries;
    }

    /// <summary>
    /// Whether a pin for long that had waited went on: pages that have been moved are looked for anew, from the first.
    /// </summary>
    public bool BeginsPinAnew(StepRecord step)
    {
        bool any = false;
        foreach (Completion one in step.Completions)
        {
            ref readonly Operation begun = ref program.Span[waitingLines[one.Actor]];
            any |= begun.Kind == OperationKind.Pin && begun.Has(OperationFlags.Write)
                && (begun.Length > 1 || step.Completions.Count > 1 || step.Events.Count > 0 || IsReferredTo(in begun));
        }

        return any && HasMovableMemory;
    }

    /// <summary>Whether somebody besides refers to a page of what is pinned: then it cannot be moved.</summary>
    private bool IsReferredTo(in Operation pin)
    {
        for (byte h = 0; h < Limits.Handles; h++)
        {
            ref readonly GupHandle handle = ref Machine.HandleAt(new HandleId(h));
            for (int page = 0; page < handle.Count && new HandleId(h) != pin.Handle; page++)
            {
                if ((Machine.EntriesMapping(handle.Pages[page]) & EntriesOf(in pin)) != 0)
                {
                    return true;
                }
            }
        }

        for (int blocked = Machine.BlockedTasks; blocked != 0; blocked &= blocked - 1)
        {
            var actor = new ActorId((byte)BitOperations.TrailingZeroCount(blocked));
            bool takes = (OperationKind)Machine.TaskAt(actor).Operation is OperationKind.Pin or OperationKind.Vmsplice
                or OperationKind.DirectIo or OperationKind.ProcessVm;
            if (takes && actor != pin.Actor)
            {
                return true; // it may have some of them already
            }
        }

        return false;
    }

    private static ulong EntriesOf(in Operation op)
    {
        ulong entries = 0;
        for (int va = op.Va.Value; va < op.End && va < Limits.PagesPerMm; va++)
        {
            entries |= 1ul << new EntryIndex(op.Process, new Va((byte)va)).Value;
        }

        return entries;
    }

    private ulong MarkedAndWritable()
    {
        ulong entries = 0;
        for (int e = 0; e < Limits.Entries; e++)
        {
            Pte pte = Machine.PteAt(new EntryIndex((byte)e));
            entries |= pte.IsPresent && pte.Write && pte.UffdWp ? 1ul << e : 0;
        }

        return entries;
    }

    /// <summary>Whether a discard that has done a mapping waits for the manager of the next one.</summary>
    public bool DiscardsInParts()
    {
        for (int blocked = Machine.BlockedTasks; blocked != 0; blocked &= blocked - 1)
        {
            ref readonly Task task = ref Machine.TaskAt(new ActorId((byte)BitOperations.TrailingZeroCount(blocked)));
            bool discards = (OperationKind)task.Operation is OperationKind.Dontneed or OperationKind.Free;
            if (discards && task.Has(TaskFlags.Notifies) && task.OuterCursor > task.Va.Value)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether somebody heard of a fault while a change of the address space waits for its manager.</summary>
    public bool FaultedWhileChanging(StepRecord step) =>
        step.Events.Count > 0
        && (Machine.UffdAt(new UffdId(0)).Changing | Machine.UffdAt(new UffdId(1)).Changing) != 0;
}
