// Runs programs on the model and on the kernel, on one processor, and compares them. A difference is run again, on
// fresh processes, before it counts: what does not come back is noise, and is counted as such.
// Not covered: which programs (LinuxFuzzer), making one smaller (DifferentialTrial).

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;

namespace MmFuzz.Linux;

/// <summary>Runs programs on both sides.</summary>
public sealed class DifferentialRunner : IDisposable
{
    private const int Repetitions = 2;
    private const int MostLost = 200; // a program that ends them is shrunk by ending many
    private readonly int processor;
    private readonly ImmutableArray<string> blocks;
    private readonly ModelSide side;
    private readonly PreparedProgram again = new();
    private readonly PreparedProgram other = new();
    private readonly long[] cuts = new long[DeclaredDifferences.All.Length + 1];
    private readonly Queue<PreparedProgram> underWay = new();
    private ExecutorClient client;

    /// <summary>Starts an executor on a processor.</summary>
    /// <param name="profile">The kernel that the model is.</param>
    /// <param name="processor">Which.</param>
    /// <param name="blocks">Blocks of memory that it may take offline; none if that is not allowed.</param>
    public DifferentialRunner(Profile profile, int processor, ImmutableArray<string> blocks = default)
    {
        this.processor = processor;
        this.blocks = blocks.IsDefault ? [] : blocks;
        side = new ModelSide(profile) { HasMovableMemory = HostFacts.HasMovableMemory() };
        client = new ExecutorClient(processor, this.blocks, side.HasMovableMemory);
        Comparison.SeesPages = client.Traits.HasFlag(ExecutorTraits.Pages);
    }

    /// <summary>The kernel that the model is.</summary>
    public Profile Profile
    {
        get => side.Profile;
        set => side.Profile = value;
    }

    /// <summary>Compares, and counts.</summary>
    public Comparison Comparison { get; } = new();

    /// <summary>What the executor says of itself.</summary>
    public ExecutorTraits Traits => client.Traits;

    /// <summary>UFFD_FEATURE_* of the kernel.</summary>
    public ulong UffdFeatures => client.UffdFeatures;

    /// <summary>The executor's process number.</summary>
    public int ExecutorId => client.ProcessId;

    /// <summary>Differences that did not come back.</summary>
    public long Noise { get; private set; }

    /// <summary>Executors that ended, or hung and were ended, and were replaced.</summary>
    public int Lost { get; private set; }

    /// <summary>Programs of which only a part was compared, by the declared difference that ended it.</summary>
    public ReadOnlySpan<long> Cuts => cuts;

    /// <summary>Whether one more program of that length may be sent before answers are read.</summary>
    public bool MaySend(int operations) =>
        client.UnderWay + ExecutorClient.SizeOf(operations) <= ExecutorClient.MostUnderWay;

    /// <summary>Runs a program on the model and sends it to the kernel.</summary>
    public void Send(PreparedProgram prepared, ReadOnlyMemory<Operation> operations, bool fresh = false)
    {
        prepared.Prepare(operations, side);
        client.Send(prepared.Sent, prepared.Lines, fresh, prepared.Masks);
        underWay.Enqueue(prepared);
    }

    /// <summary>Hands over what was sent.</summary>
    public void Flush() => client.Flush();

    /// <summary>Reads the answer to the program that was sent first, and compares.</summary>
    public (PreparedProgram Prepared, Difference? Difference) Receive()
    {
        PreparedProgram prepared = underWay.Dequeue();
        client.Receive(prepared.Count, prepared.Kernel, prepared.KernelLoads);
        Comparison.Count(ComparisonKind.Answer);
        return (prepared, Compare(prepared));
    }

    /// <summary>Runs one program by itself; if the executor does not survive that, the difference says so.</summary>
    /// <exception cref="ExecutorException">There is no executor to be had any more.</exception>
    public Difference? Run(PreparedProgram prepared, ReadOnlyMemory<Operation> operations)
    {
        try
        {
            Send(prepared, operations, fresh: true);
            Flush();
            return Receive().Difference;
        }
        catch (ExecutorException failure)
        {
            Restart();
            prepared.ForgetKernel();
            Comparison.Count(ComparisonKind.Answer);
            return new Difference(
                ComparisonKind.Answer, Math.Max(0, prepared.Executed - 1), "the executor", "answers", failure.Message);
        }
    }

    /// <summary>
    /// Whether a difference comes back when the program is run again by itself; nothing else may be under way.
    /// </summary>
    public bool IsRepeatable(ReadOnlyMemory<Operation> operations, Difference difference)
    {
        for (int i = 0; i < Repetitions; i++)
        {
            if (Run(again, operations) is not { } found || found.Kind != difference.Kind
                || found.Line != difference.Line)
            {
                Noise++;
                return false;
            }
        }

        return true;
    }

    /// <summary>A new executor in place of one that has ended; what was under way is forgotten.</summary>
    /// <exception cref="ExecutorException">It does not start, or too many have ended already.</exception>
    public void Restart()
    {
        if (++Lost > MostLost)
        {
            throw new ExecutorException($"{MostLost} executors have ended unexpectedly; this goes nowhere");
        }

        client.Dispose();
        underWay.Clear();
        client = new ExecutorClient(processor, blocks, side.HasMovableMemory);
    }

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();

    /// <summary>
    /// Compares with the model, and where threads were woken together with the model in every order of theirs: one must
    /// agree.
    /// </summary>
    private Difference? Compare(PreparedProgram prepared)
    {
        (Difference? first, DeclaredDifference cut) = Compare(prepared, prepared);
        for (int order = 1; first is not null && order < 1 << prepared.Choices; order++)
        {
            other.Prepare(prepared.Operations, side, order);
            (Difference? difference, cut) = Compare(other, prepared);
            first = difference is null ? null : first;
        }

        prepared.Cut = first is null ? cut : prepared.Cut;
        cuts[(int)prepared.Cut]++;
        return first;
    }

    /// <summary>Compares what the model showed with what the kernel showed, of the same or of another order.</summary>
    private (Difference? Difference, DeclaredDifference Cut) Compare(PreparedProgram model, PreparedProgram kernel)
    {
        (StepRecord, StepRecord)? before = null;
        for (int i = 0; i < kernel.Count; i++)
        {
            // in another order other lines may have been skipped: what the kernel was asked ends here
            if (i == model.Count || model.Lines[i] != kernel.Lines[i])
            {
                return (null, model.Cut == DeclaredDifference.None ? DeclaredDifference.OrderOfWoken : model.Cut);
            }

            StepRecord left = model.Model(i);
            StepRecord right = kernel.Kernel(i);
            if (right.Status == StepStatus.Unable)
            {
                return (null, DeclaredDifference.ExecutorUnable);
            }

            if (Comparison.Compare(model.Lines[i], left, right, before) is { } difference)
            {
                DeclaredDifference declared = DeclaredDifferences.Explain(
                    in model.Sent[i], left, right, difference, Comparison.SeesPages);
                return (declared == DeclaredDifference.None ? difference : null, declared);
            }

            before = (left, right);
        }

        bool sameEnd = model.Count == kernel.Count && model.Masks.AsSpan().SequenceEqual(kernel.Masks);
        return sameEnd
            ? (Comparison.CompareEnd(model.Executed, model.Masks, model.ModelLoads, kernel.KernelLoads), model.Cut)
            : (null, DeclaredDifference.OrderOfWoken);
    }
}
