// A guided run on several threads: stored findings are replayed, every thread is fed the corpus, then each goes its own
// way, with an engine, a map and a seed of its own; what covers something new for its thread goes into the corpus and,
// at the end of a block, to the other threads; what violates something goes to the desk. With one thread, a number of
// programs and the same corpus, a run repeats itself.
// Not covered: one thread's loop (GuidedLoop), AFL++ (AflRun), what is done about a finding (FindingDesk).

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using MmFuzz.Engine.Operations;
using MmFuzz.Generators.Guided;

namespace MmFuzz.Cli;

/// <summary>Runs.</summary>
internal sealed class GuidedRun
{
    /// <summary>Programs that a thread runs before it looks at the clock.</summary>
    private const int BlockSize = 64;

    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private readonly GuidedSettings settings;
    private readonly FindingStore store;
    private readonly FindingDesk desk;
    private readonly ByteCorpus corpus;
    private readonly CancellationToken stop;
    private readonly Stopwatch watch = new();
    private readonly object gate = new();
    private readonly List<(int Job, byte[] Bytes)> shared = [];
    private ImmutableArray<CorpusMember> fed = [];
    private ImmutableArray<ShapeCount> shapes = [];
    private long programs;
    private long operations;
    private int added;
    private int edges;
    private volatile string? failure;

    /// <summary>Makes a run.</summary>
    /// <param name="settings">What is asked for.</param>
    /// <param name="announce">Is told of each finding once it is on the disk.</param>
    /// <param name="stop">Ends the run with what it has.</param>
    public GuidedRun(GuidedSettings settings, Action<StoredFinding> announce, CancellationToken stop)
    {
        this.settings = settings;
        this.stop = stop;
        store = new FindingStore(settings.OutDirectory);
        desk = new FindingDesk(settings.ForFindings(), store, announce, stop);
        corpus = new ByteCorpus(settings.CorpusDirectory);
    }

    /// <summary>Programs from elsewhere, which are run after those of the corpus.</summary>
    public ImmutableArray<byte[]> Imported { get; init; } = [];

    /// <summary>Whether nothing else is run than the corpus and what is imported.</summary>
    public bool OnlyFeeds { get; init; }

    /// <summary>Runs to the end.</summary>
    /// <param name="tick">Is told every second how far it is.</param>
    public GuidedResult Execute(Action<GuidedProgress> tick)
    {
        (int replayed, int stillThere) = StoredFindings.Replay(settings.OutDirectory, stop);
        fed = corpus.Read();
        watch.Start();
        var threads = new Thread[settings.Jobs];
        for (int i = 0; i < threads.Length; i++)
        {
            int job = i;
            threads[i] = new Thread(() => Work(job)) { IsBackground = true };
            threads[i].Start();
        }

        foreach (Thread thread in threads)
        {
            while (!thread.Join(Tick))
            {
                tick(new GuidedProgress(
                    Interlocked.Read(ref programs), Interlocked.Read(ref operations), fed.Length + added, desk.Count,
                    watch.Elapsed));
            }
        }

        watch.Stop();
        return new GuidedResult(
            settings, programs, operations, watch.Elapsed, fed.Length, added, edges, shapes, replayed, stillThere,
            desk.Findings, stop.IsCancellationRequested, failure);
    }

    private bool IsOver =>
        stop.IsCancellationRequested || failure is not null
        || (settings.Budget is { } budget && watch.Elapsed >= budget);

    private void Work(int job)
    {
        try
        {
            IGuidedTarget target = InstrumentedTarget.Make(settings.Profile, settings.Feedback, settings.Length);
            var loop = new GuidedLoop(target, settings.Seed + (ulong)job);
            var replay = new GuidedTarget(settings.Profile, Feedback.None, settings.Length);
            var matcher = new CauseMatcher(settings.Profile);
            long most = OnlyFeeds ? 0 : settings.Programs ?? long.MaxValue;
            foreach (byte[] given in fed.Select(member => member.Bytes).Concat(Imported).TakeWhile(_ => !IsOver))
            {
                Note(job, loop, replay, matcher, () => loop.Feed(given));
            }

            int heard = 0;
            while ((long)loop.Programs < most && !IsOver)
            {
                foreach (byte[] given in FromOthers(job, ref heard).TakeWhile(_ => !IsOver))
                {
                    Note(job, loop, replay, matcher, () => loop.Feed(given));
                }

                for (int i = 0; i < BlockSize && (long)loop.Programs < most && failure is null; i++)
                {
                    Note(job, loop, replay, matcher, loop.Step);
                }
            }

            Close(loop);
        }
#pragma warning disable CA1031 // whatever fails in here, what was found must not be lost
        catch (Exception exception)
#pragma warning restore CA1031
        {
            failure ??= InternalErrors.Describe(exception);
        }
    }

    private void Note(int job, GuidedLoop loop, GuidedTarget replay, CauseMatcher matcher, Func<GuidedStep> step)
    {
        GuidedStep done;
        try
        {
            done = step();
        }
        catch (Exception exception)
        {
            StoreCrash(job, loop, exception);
            throw;
        }

        Interlocked.Increment(ref programs);
        Interlocked.Add(ref operations, done.Outcome.Operations);
        if (done.Outcome.Violated)
        {
            Take(job, loop, replay, matcher);
        }
        else if (done.IsNew && corpus.Add(loop.Last))
        {
            Interlocked.Increment(ref added);
            Tell(job, loop.Last);
        }
    }

    private void Tell(int job, ReadOnlySpan<byte> program)
    {
        if (settings.Jobs > 1)
        {
            lock (shared)
            {
                shared.Add((job, program.ToArray()));
            }
        }
    }

    /// <summary>What other threads have kept since the thread last asked.</summary>
    private ImmutableArray<byte[]> FromOthers(int job, ref int heard)
    {
        lock (shared)
        {
            int from = heard;
            heard = shared.Count;
            return [.. shared.Skip(from).Where(one => one.Job != job).Select(static one => one.Bytes)];
        }
    }

    /// <summary>A violation is shown again on the engine that is not instrumented, and handed over.</summary>
    private void Take(int job, GuidedLoop loop, GuidedTarget replay, CauseMatcher matcher)
    {
        ulong number = loop.Programs - 1;
        replay.Run(loop.Last);
        if (replay.Found(number) is not { } finding)
        {
            failure ??= $"internal error: {settings.CommandFor(job, number)}: the instrumented engine shows a "
                + "violation that the engine itself does not";
            return;
        }

        if (matcher.Match(desk.Causes, finding.Operations, finding.Violation) is { } known)
        {
            known.CountOnce();
            return;
        }

        lock (gate)
        {
            desk.Take(finding with { FoundBy = settings.CommandFor(job, number) });
        }
    }

    private void StoreCrash(int job, GuidedLoop loop, Exception exception)
    {
        string foundBy = settings.CommandFor(job, loop.Programs - 1);
        string message = InternalErrors.Describe(exception);
        var replay = new GuidedTarget(settings.Profile, Feedback.None, settings.Length);
        try
        {
            replay.Run(loop.Last);
        }
#pragma warning disable CA1031 // it is expected to fail as before, with the operations recorded so far
        catch (Exception again)
#pragma warning restore CA1031
        {
            message = InternalErrors.Describe(again);
        }

        var recorded = new MmProgram(settings.Profile, replay.Generator.Recorded.ToArray());
        failure ??= $"{message}; what ran before it is in {store.StoreCrash(recorded, message, foundBy)}";
    }

    private void Close(GuidedLoop loop)
    {
        lock (gate)
        {
            edges = Math.Max(edges, loop.Edges);
            ImmutableArray<ShapeCount> met = [.. GuidedResult.Count(loop)];
            shapes = shapes.IsEmpty || met.Sum(one => one.Met) > shapes.Sum(one => one.Met) ? met : shapes;
        }
    }
}
