// A fuzz run on several threads. Threads take blocks of program numbers; program i depends on (seed, i) only, and
// findings are handed to the desk in the order of programs, so with a fixed number of programs the result does not
// depend on the threads. With a budget, time decides how many programs run, never what one does.
// Not covered: what is done about a finding (FindingDesk), how a run is reported (FuzzReport).

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Threading;
using MmFuzz.Engine.Operations;
using MmFuzz.Generators;
using EngineGoals = MmFuzz.Engine.Kernel.GoalNames;

namespace MmFuzz.Cli;

/// <summary>How far a run is.</summary>
/// <param name="Programs">Programs run.</param>
/// <param name="Operations">Operations executed.</param>
/// <param name="Findings">Distinct findings.</param>
/// <param name="Elapsed">Time taken.</param>
internal sealed record FuzzProgress(long Programs, long Operations, int Findings, TimeSpan Elapsed);

/// <summary>Runs.</summary>
internal sealed class FuzzRun
{
    private const int BlockSize = 64;

    /// <summary>Blocks that may be done before an earlier one is.</summary>
    private const int MostWaiting = 512;

    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private readonly FuzzSettings settings;
    private readonly FindingStore store;
    private readonly FindingDesk desk;
    private readonly CancellationToken stop;
    private readonly Stopwatch watch = new();
    private readonly object gate = new();
    private readonly Dictionary<long, List<Finding>> waiting = [];
    private readonly long[] goals = new long[EngineGoals.Count];
    private readonly OutcomeTable outcomes = new();
    private ulong judged;
    private long nextBlock;
    private long frontier;
    private bool committing;
    private long programs;
    private long operations;
    private volatile string? failure;

    /// <summary>Makes a run.</summary>
    /// <param name="settings">What is asked for.</param>
    /// <param name="announce">Is told of each finding once it is on the disk.</param>
    /// <param name="stop">Ends the run with what it has.</param>
    /// <param name="earlier">Findings of earlier parts of the same run: their causes are known.</param>
    public FuzzRun(
        FuzzSettings settings,
        Action<StoredFinding> announce,
        CancellationToken stop,
        ImmutableArray<StoredFinding> earlier = default)
    {
        this.settings = settings;
        this.stop = stop;
        store = new FindingStore(settings.OutDirectory);
        desk = new FindingDesk(settings, store, announce, stop);
        desk.Know(earlier.IsDefault ? [] : earlier);
    }

    /// <summary>Runs to the end.</summary>
    /// <param name="tick">Is told every second how far it is.</param>
    public FuzzResult Execute(Action<FuzzProgress> tick)
    {
        watch.Start();
        var threads = new Thread[settings.Jobs];
        for (int i = 0; i < threads.Length; i++)
        {
            threads[i] = new Thread(Work) { IsBackground = true };
            threads[i].Start();
        }

        foreach (Thread thread in threads)
        {
            while (!thread.Join(Tick))
            {
                tick(new FuzzProgress(
                    Interlocked.Read(ref programs), Interlocked.Read(ref operations), desk.Count, watch.Elapsed));
            }
        }

        watch.Stop();
        return new FuzzResult(
            settings, programs, operations, watch.Elapsed, [.. goals], outcomes, judged, desk.Findings,
            stop.IsCancellationRequested, failure);
    }

    private bool IsOver =>
        stop.IsCancellationRequested || failure is not null
        || (settings.Budget is { } budget && watch.Elapsed >= budget);

    private void Work()
    {
        var fuzzer = new Fuzzer(settings.Profile, settings.Seed, settings.Length);
        var matcher = new CauseMatcher(settings.Profile);
        while (!IsOver)
        {
            long block = Interlocked.Increment(ref nextBlock) - 1;
            long from = block * BlockSize;
            long to = Math.Min(from + BlockSize, settings.Programs ?? long.MaxValue);
            if (from >= to)
            {
                break;
            }

            var found = new List<Finding>();
            long before = fuzzer.Generator.Operations;
            int done = 0;
            try
            {
                RunBlock(fuzzer, matcher, from, to, found, ref done);
            }
#pragma warning disable CA1031 // whatever fails in here, what was found must not be lost
            catch (Exception exception)
#pragma warning restore CA1031
            {
                Fail(exception);
            }

            // once a block: threads that count together at every program wait for each other
            Interlocked.Add(ref operations, fuzzer.Generator.Operations - before);
            Interlocked.Add(ref programs, done);
            Deposit(block, found);
        }

        lock (gate)
        {
            Add(goals, fuzzer.Runner.Context.Goals);
            outcomes.Add(fuzzer.Generator.Outcomes);
            judged |= fuzzer.Runner.Checker.Judged;
        }
    }

    private void RunBlock(
        Fuzzer fuzzer, CauseMatcher matcher, long from, long to, List<Finding> found, ref int done)
    {
        ImmutableArray<KnownCause> causes = desk.Causes;
        for (long i = from; i < to && !stop.IsCancellationRequested && failure is null; i++)
        {
            ulong program = settings.First + (ulong)i;
            Finding? finding;
            try
            {
                finding = fuzzer.RunProgram(program);
            }
            catch (Exception exception)
            {
                StoreCrash(fuzzer, program, exception);
                throw;
            }

            done++;
            if (finding is not null && matcher.Match(causes, finding.Operations, finding.Violation) is { } known)
            {
                known.CountOnce();
            }
            else if (finding is not null)
            {
                found.Add(finding);
            }
        }
    }

    /// <summary>Hands over what a block showed; whoever closes the gap before the desk brings it there.</summary>
    private void Deposit(long block, List<Finding> found)
    {
        lock (gate)
        {
            waiting.Add(block, found);
            if (committing || block != frontier)
            {
                // nobody runs far ahead of a desk that is busy
                while (waiting.Count > MostWaiting && block != frontier)
                {
                    Monitor.Wait(gate);
                }

                if (committing || !waiting.ContainsKey(frontier))
                {
                    return;
                }
            }

            committing = true;
        }

        while (TakeNext() is { } next)
        {
            Commit(next);
        }
    }

    private List<Finding>? TakeNext()
    {
        lock (gate)
        {
            if (waiting.Remove(frontier, out List<Finding>? next))
            {
                frontier++;
            }
            else
            {
                committing = false;
            }

            Monitor.PulseAll(gate);
            return next;
        }
    }

    private void Commit(List<Finding> found)
    {
        foreach (Finding finding in found)
        {
            try
            {
                desk.Take(finding);
            }
#pragma warning disable CA1031 // the other findings must not be lost with this one
            catch (Exception exception)
#pragma warning restore CA1031
            {
                string program = new MmProgram(settings.Profile, finding.Operations).Print().Replace('\n', ';');
                failure ??= $"{InternalErrors.Describe(exception)}; it was about {finding.Violation} in "
                    + $"`{settings.CommandFor(finding.Program)}`: {program}";
            }
        }
    }

    private void StoreCrash(Fuzzer fuzzer, ulong program, Exception exception)
    {
        string foundBy = settings.CommandFor(program);
        string message = InternalErrors.Describe(exception);
        var recorded = new MmProgram(settings.Profile, fuzzer.Generator.Recorded.ToArray());
        string file = store.StoreCrash(recorded, message, foundBy);
        failure ??= $"{message}; see it again by `{foundBy}`; what ran before it is in {file}";
    }

    private void Fail(Exception exception) => failure ??= InternalErrors.Describe(exception);

    private static void Add(long[] sum, ReadOnlySpan<long> part)
    {
        for (int i = 0; i < sum.Length; i++)
        {
            sum[i] += part[i];
        }
    }
}
