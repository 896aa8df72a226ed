// A program made ready for both sides: what is sent, what the model showed of each line, where it was cut and why, and
// afterwards what the kernel showed. It is used again for program after program.
// Not covered: running it (DifferentialRunner).

using System;
using System.Collections.Generic;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.State;

namespace MmFuzz.Linux;

/// <summary>A line that cannot be put to the kernel.</summary>
/// <param name="Line">Which operation, from 0.</param>
/// <param name="Reason">Why.</param>
public sealed record UnsupportedLine(int Line, string Reason);

/// <summary>A program on both sides.</summary>
public sealed class PreparedProgram
{
    /// <summary>Choices that are followed both ways; at the next the comparison ends.</summary>
    internal const int MostChoices = 3;

    private const short NoMemory = 12;
    private const short TryAgain = 11;
    private const short Killed = StepRecord.SignalBase + 9;
    private readonly List<StepRecord> model = [];
    private readonly List<StepRecord> kernel = [];
    private Operation[] sent = new Operation[64];
    private int[] lines = new int[64];
    private SkipReason[] skips = new SkipReason[64];

    /// <summary>Why the machine below cannot do an operation; null if it can. Nobody asked: it can do all.</summary>
    public Func<Operation, string?>? WhyNot { get; init; }

    /// <summary>All operations.</summary>
    public ReadOnlyMemory<Operation> Operations { get; private set; }

    /// <summary>How many lines the model executed, skipped ones included.</summary>
    public int Executed { get; private set; }

    /// <summary>How many operations the kernel is asked to do.</summary>
    public int Count { get; private set; }

    /// <summary>The operations that the kernel is asked to do.</summary>
    public ReadOnlySpan<Operation> Sent => sent.AsSpan(0, Count);

    /// <summary>The line of each of them.</summary>
    public ReadOnlySpan<int> Lines => lines.AsSpan(0, Count);

    /// <summary>Why each line was skipped; none if it ran.</summary>
    public ReadOnlySpan<SkipReason> Skips => skips.AsSpan(0, Executed);

    /// <summary>The line that stopped it, if one did.</summary>
    public UnsupportedLine? Unsupported { get; private set; }

    /// <summary>The declared difference that ends what can be compared of it; none if it was not cut.</summary>
    public DeclaredDifference Cut { get; internal set; }

    /// <summary>
    /// Operations that woke two threads, of which either may go on first: so many times two programs are right.
    /// </summary>
    public int Choices { get; private set; }

    /// <summary>Bit n: at the n-th of them the model let the second thread go on first.</summary>
    public int Order { get; private set; }

    /// <summary>Pages that are loaded in the end.</summary>
    public ushort[] Masks { get; } = new ushort[Limits.Mms];

    /// <summary>What the model loads in the end.</summary>
    public List<ulong> ModelLoads { get; } = [];

    /// <summary>What the kernel loads in the end.</summary>
    public List<ulong> KernelLoads { get; } = [];

    /// <summary>What the model showed of the n-th operation sent.</summary>
    public StepRecord Model(int index) => At(model, index);

    /// <summary>What the kernel showed of the n-th operation sent.</summary>
    public StepRecord Kernel(int index) => At(kernel, index);

    /// <summary>Runs it on the model.</summary>
    /// <param name="operations">The program.</param>
    /// <param name="side">The model.</param>
    /// <param name="order">Which of two threads goes on first, each time that both may; a bit each.</param>
    internal void Prepare(ReadOnlyMemory<Operation> operations, ModelSide side, int order = 0)
    {
        Operations = operations;
        Executed = Count = 0;
        Choices = 0;
        Order = order;
        Unsupported = null;
        Cut = DeclaredDifference.None;
        ModelLoads.Clear();
        KernelLoads.Clear();
        Array.Clear(Masks);
        if (sent.Length < operations.Length)
        {
            sent = new Operation[operations.Length * 2];
            lines = new int[sent.Length];
            skips = new SkipReason[sent.Length];
        }

        side.Begin(operations);
        while (Executed < operations.Length && Cut == DeclaredDifference.None && Unsupported is null)
        {
            Step(side);
        }

        if (Cut == DeclaredDifference.None && Unsupported is null)
        {
            side.LoadInTheEnd(Masks, ModelLoads);
        }
    }

    /// <summary>Nothing is known of what the kernel did.</summary>
    internal void ForgetKernel()
    {
        KernelLoads.Clear();
        for (int i = 0; i < Count; i++)
        {
            Kernel(i).Clear();
            Kernel(i).Status = StepStatus.NoAnswer;
        }
    }

    private void Step(ModelSide side)
    {
        ref readonly Operation op = ref Operations.Span[Executed];
        string? reason = Executed >= Translation.MostLines
            ? "the program is too long"
            : Translation.WhyNot(in op) ?? Translation.WhyNot(in side.Machine, in op) ?? WhyNot?.Invoke(op);
        if (reason is not null)
        {
            Unsupported = new UnsupportedLine(Executed, reason);
            return;
        }

        SkipReason skip = side.Execute(Model(Count), ((Order >> Choices) & 1) != 0);
        skips[Executed] = skip;
        Cut = skip == SkipReason.None ? CutAt(in op, Model(Count), side) : DeclaredDifference.None;
        if (skip == SkipReason.None && Cut is DeclaredDifference.None or DeclaredDifference.ModelSize)
        {
            sent[Count] = op;
            lines[Count++] = Executed;
        }

        Executed++;
    }

    private DeclaredDifference CutAt(in Operation op, StepRecord step, ModelSide side)
    {
        ref readonly GupHandle handle = ref side.Machine.HandleAt(op.Handle);
        bool pinned = op.Kind == OperationKind.Pin && step is { Status: StepStatus.Ended, Error: 0 };
        int woken = step.Completions.Count;
        foreach (SeenEvent seen in step.Events)
        {
            bool own = Enabled.RunsInProcess(op.Kind) && seen.Actor == op.Actor.Value;
            woken += own ? 0 : 1; // it was woken, and waits again
        }

        bool chooses = woken == 2 && Choices < MostChoices && !side.TransfersBesideOthers(step, woken);
        Choices += chooses ? 1 : 0;
        bool refused = step is { Status: StepStatus.Ended, Error: NoMemory or TryAgain }
            && side.IsNearManyMappings(in op);
        return (pinned && handle.Count < op.Length) || side.TookPartOfPin(step) ? DeclaredDifference.PartialPin
            : refused ? DeclaredDifference.ModelRefuses
            : op.Kind == OperationKind.Guard && step.Error == Killed ? DeclaredDifference.EndlessCall
            : side.MovedAmongRegistered(step) ? DeclaredDifference.MremapUnregisters
            : side.BeginsPinAnew(step) ? DeclaredDifference.MovablePin
            : side.DiscardsInParts() ? DeclaredDifference.DiscardInParts
            : side.FaultedWhileChanging(step) ? DeclaredDifference.FaultWhileChanging
            : woken > 1 && !chooses ? DeclaredDifference.OrderOfWoken
            : side.IsNearLimits() ? DeclaredDifference.ModelSize
            : DeclaredDifference.None;
    }

    private static StepRecord At(List<StepRecord> records, int index)
    {
        while (records.Count <= index)
        {
            records.Add(new StepRecord());
        }

        return records[index];
    }
}
