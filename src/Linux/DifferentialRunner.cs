// Runs programs on the model and on the kernel, on one processor, and compares them. A difference is run again, on
// fresh processes, before it counts: what does not come back is noise, and is counted as such.
// Not covered: which programs (LinuxFuzzer), making one smaller (DifferentialTrial).

using System;
using System.Collections.Generic;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;

namespace MmFuzz.Linux;

/// <summary>Runs programs on both sides.</summary>
public sealed class DifferentialRunner : IDisposable
{
    private const int Repetitions = 2;
    private const int MostLost = 200; // a program that ends them is shrunk by ending many
    private readonly int processor;
    private readonly ModelSide side;
    private readonly PreparedProgram again = new();
    private readonly long[] cuts = new long[(int)DeclaredDifference.ExecutorUnable + 1];
    private readonly Queue<PreparedProgram> underWay = new();
    private ExecutorClient client;

    /// <summary>Starts an executor on a processor.</summary>
    public DifferentialRunner(Profile profile, int processor)
    {
        this.processor = processor;
        side = new ModelSide(profile);
        client = new ExecutorClient(processor);
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
        client = new ExecutorClient(processor);
    }

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();

    private Difference? Compare(PreparedProgram prepared)
    {
        (StepRecord, StepRecord)? before = null;
        cuts[(int)prepared.Cut]++;
        for (int i = 0; i < prepared.Count; i++)
        {
            StepRecord model = prepared.Model(i);
            StepRecord kernel = prepared.Kernel(i);
            if (kernel.Status == StepStatus.Unable)
            {
                prepared.Cut = DeclaredDifference.ExecutorUnable;
                cuts[(int)prepared.Cut]++;
                return null;
            }

            if (Comparison.Compare(prepared.Lines[i], model, kernel, before) is { } difference)
            {
                DeclaredDifference declared = DeclaredDifferences.Explain(
                    in prepared.Sent[i], model, kernel, difference, Comparison.SeesPages);
                cuts[(int)declared] += declared == DeclaredDifference.None ? 0 : 1;
                return declared == DeclaredDifference.None ? difference : null;
            }

            before = (model, kernel);
        }

        return Comparison.CompareEnd(prepared.Executed, prepared.Masks, prepared.ModelLoads, prepared.KernelLoads);
    }
}
