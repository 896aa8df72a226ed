// A differential fuzz run on one processor: program i depends on (seed, i) and nothing else. Several programs are under
// way at a time, so that model and kernel do not wait for each other.
// Not covered: several processors, budgets (fuzz/LinuxFuzzRun).

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using MmFuzz.Engine;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Generators;

namespace MmFuzz.Linux;

/// <summary>A program on which model and kernel differ, again and again.</summary>
/// <param name="Program">Its number in the run.</param>
/// <param name="Operations">The operations.</param>
/// <param name="Difference">The first difference.</param>
public sealed record Divergence(ulong Program, ImmutableArray<Operation> Operations, Difference Difference);

/// <summary>Fuzzes.</summary>
public sealed class LinuxFuzzer : IDisposable
{
    private const int MostUnderWay = 64;
    private readonly PrngChoices choices = new();
    private readonly Generator generator;
    private readonly Runner runner;
    private readonly Stack<PreparedProgram> free = new();
    private readonly Queue<(ulong Number, PreparedProgram Prepared)> underWay = new();
    private readonly List<Suspect> suspects = [];
    private readonly Digest digest = new();
    private readonly ulong seed;
    private readonly int length;

    /// <summary>Makes a fuzzer.</summary>
    public LinuxFuzzer(
        Profile profile, KernelFilter filter, int processor, ulong seed, int length,
        ImmutableArray<string> blocks = default)
    {
        this.seed = seed;
        this.length = length;
        runner = new Runner(profile) { Judges = false };
        generator = new Generator { Filter = filter };
        Differential = new DifferentialRunner(profile, processor, blocks);
        for (int i = 0; i < MostUnderWay; i++)
        {
            free.Push(new PreparedProgram());
        }
    }

    /// <summary>Runs programs on both sides.</summary>
    public DifferentialRunner Differential { get; }

    /// <summary>Programs compared.</summary>
    public long Programs { get; private set; }

    /// <summary>Operations compared.</summary>
    public long Operations { get; private set; }

    /// <summary>What the kernel showed of all programs, as a sum that does not depend on their order.</summary>
    public ulong Digest => digest.Value;

    /// <summary>How long the kernel took.</summary>
    public TimeSpent Time { get; } = new();

    /// <summary>
    /// Runs the programs that are handed out until there are no more; answers those on which the sides differ and go on
    /// to differ when they are run again.
    /// </summary>
    /// <param name="next">The number of the next program; null for no more.</param>
    /// <param name="found">Is told of each; answers whether to go on.</param>
    public void Run(Func<ulong?> next, Func<Divergence, bool> found)
    {
        bool more = true;
        while (more || underWay.Count > 0)
        {
            try
            {
                more = Exchange(next, more);
            }
            catch (ExecutorException)
            {
                Differential.Restart();
                RunAgain();
            }

            if (suspects.Count > 0)
            {
                more = Judge(found) && more;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Differential.Dispose();

    /// <summary>The operations of a program.</summary>
    public ReadOnlyMemory<Operation> Generate(ulong program)
    {
        choices.Restart(seed, program);
        generator.Run(runner, choices, length);
        return generator.Recorded.ToArray();
    }

    /// <summary>Sends what may be sent, and reads half of the answers; all if one of them differs.</summary>
    private bool Exchange(Func<ulong?> next, bool more)
    {
        while (more && free.Count > 0 && Differential.MaySend(length + Generator.MostSetUp))
        {
            more = next() is { } number && Send(number);
        }

        Differential.Flush();
        for (int left = Math.Max(1, underWay.Count / 2); left > 0 && underWay.Count > 0; left--)
        {
            (PreparedProgram prepared, Difference? difference) = Differential.Receive();
            Take(prepared, difference);
            left = suspects.Count > 0 ? underWay.Count + 1 : left;
        }

        return more;
    }

    private bool Send(ulong number)
    {
        PreparedProgram prepared = free.Pop();
        underWay.Enqueue((number, prepared)); // before it is sent: if that fails, it is run again
        Differential.Send(prepared, Generate(number));
        return true;
    }

    /// <summary>An executor ended with programs under way: one may be why, so each is run by itself.</summary>
    private void RunAgain()
    {
        while (underWay.Count > 0)
        {
            (ulong number, PreparedProgram prepared) = underWay.Peek();
            Take(prepared, Differential.Run(prepared, Generate(number)));
        }
    }

    private void Take(PreparedProgram prepared, Difference? difference)
    {
        ulong number = underWay.Dequeue().Number;
        Programs++;
        digest.Add(number, prepared);
        Time.Add(prepared);
        Operations += prepared.Count;
        if (difference is not null)
        {
            suspects.Add(new Suspect(number, prepared.Operations, difference));
        }

        free.Push(prepared);
    }

    private bool Judge(Func<Divergence, bool> found)
    {
        bool more = true;
        foreach ((ulong number, ReadOnlyMemory<Operation> operations, Difference difference) in suspects)
        {
            if (more && Differential.IsRepeatable(operations, difference))
            {
                more = found(new Divergence(number, [.. operations.Span], difference));
            }
        }

        suspects.Clear();
        return more;
    }

    /// <summary>A program that differed once.</summary>
    private readonly record struct Suspect(ulong Number, ReadOnlyMemory<Operation> Operations, Difference Difference);
}
