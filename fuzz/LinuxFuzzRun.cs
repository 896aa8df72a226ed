// A differential fuzz run: a fuzzer with an executor of its own on each processor, which hand out program numbers among
// themselves. What differs is shrunk where it was found, and stored. The same numbers give the same result on any
// number of processors. Not covered: one fuzzer (src/Linux/LinuxFuzzer).

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Linq;
using System.Runtime.ExceptionServices;
using System.Threading;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Generators.Shrinking;
using MmFuzz.Linux;
using MmFuzz.Reports;

namespace MmFuzz.Cli;

/// <summary>One run.</summary>
internal sealed class LinuxFuzzRun
{
    private const int MostDivergences = 20;
    private static readonly TimeSpan ShrinkBudget = TimeSpan.FromSeconds(10);
    private readonly LinuxFuzzSettings settings;
    private readonly Action<StoredDivergence> announce;
    private readonly CancellationToken stop;
    private readonly FindingStore store;
    private readonly Stopwatch watch = new();
    private readonly object gate = new();
    private readonly List<StoredDivergence> divergences = [];
    private readonly HashSet<string> seen = [];
    private long handedOut;
    private volatile bool isOver;
    private ExceptionDispatchInfo? failure;

    /// <summary>Makes a run.</summary>
    public LinuxFuzzRun(LinuxFuzzSettings settings, Action<StoredDivergence> announce, CancellationToken stop)
    {
        this.settings = settings;
        this.announce = announce;
        this.stop = stop;
        store = new FindingStore(settings.OutDirectory);
    }

    /// <summary>Runs to the end.</summary>
    public LinuxFuzzResult Execute()
    {
        watch.Start();
        LinuxFuzzer[] fuzzers = [.. Enumerable.Range(0, settings.Jobs).Select(job => new LinuxFuzzer(
            settings.Profile, settings.Filter, job % Environment.ProcessorCount, settings.Seed, settings.Length,
            settings.Blocks))];
        try
        {
            Thread[] threads = [.. fuzzers.Select(fuzzer => new Thread(() => Work(fuzzer)) { IsBackground = true })];
            Array.ForEach(threads, static thread => thread.Start());
            Array.ForEach(threads, static thread => thread.Join());
            failure?.Throw();
            return Answer(fuzzers);
        }
        finally
        {
            Array.ForEach(fuzzers, static fuzzer => fuzzer.Dispose());
        }
    }

    private LinuxFuzzResult Answer(LinuxFuzzer[] fuzzers) => new(
        fuzzers.Sum(static one => one.Programs),
        fuzzers.Sum(static one => one.Operations),
        watch.Elapsed,
        Sum(fuzzers, static one => one.Differential.Comparison.Counts.ToArray()),
        Sum(fuzzers, static one => one.Differential.Cuts.ToArray()),
        fuzzers.Sum(static one => one.Differential.Noise),
        fuzzers.Sum(static one => one.Differential.Lost),
        fuzzers.Aggregate(0ul, static (sum, one) => unchecked(sum + one.Digest)),
        SlowOf(fuzzers),
        fuzzers.Length,
        [.. divergences.OrderBy(static one => one.Number)]);

    private static ImmutableArray<TimeOfKind> SlowOf(LinuxFuzzer[] fuzzers)
    {
        var sum = new TimeSpent();
        Array.ForEach(fuzzers, one => sum.Add(one.Time));
        return [.. sum.Slow()];
    }

    private static ImmutableArray<long> Sum(LinuxFuzzer[] fuzzers, Func<LinuxFuzzer, long[]> of)
    {
        long[][] all = [.. fuzzers.Select(of)];
        return [.. all[0].Select((_, i) => all.Sum(one => one[i]))];
    }

    private void Work(LinuxFuzzer fuzzer)
    {
        try
        {
            fuzzer.Run(Next, divergence => Take(fuzzer, divergence));
        }
#pragma warning disable CA1031 // thrown again on the thread that waits
        catch (Exception exception)
#pragma warning restore CA1031
        {
            failure ??= ExceptionDispatchInfo.Capture(exception);
        }
    }

    private ulong? Next()
    {
        bool over = stop.IsCancellationRequested || failure is not null || isOver
            || (settings.Budget is { } budget && watch.Elapsed >= budget);
        long next = over ? 0 : Interlocked.Increment(ref handedOut) - 1;
        return over || (settings.Programs is { } count && next >= count) ? null : settings.First + (ulong)next;
    }

    /// <summary>Stores, shrinks and stores again; answers whether to go on.</summary>
    private bool Take(LinuxFuzzer fuzzer, Divergence divergence)
    {
        string command = Command(divergence);
        var found = new MmProgram(settings.Profile, divergence.Operations);
        string raw = store.StoreRaw(found, divergence.Difference, command);
        var trial = new DifferentialTrial(fuzzer.Differential, divergence.Difference.Kind);
        MmProgram shrunk = new Shrinker().Shrink(
            settings.Profile, divergence.Operations, DifferentialTrial.Token,
            new ShrinkOptions(ShrinkBudget, null, trial)).Program;
        var program = new MmProgram(settings.Profile, shrunk.Operations);
        var prepared = new PreparedProgram();
        Difference difference = fuzzer.Differential.Run(prepared, program.Operations.AsMemory())
            ?? divergence.Difference;
        lock (gate)
        {
            if (seen.Add(program.Print()))
            {
                ImmutableArray<TraceRow> rows = SideBySide.Of(prepared, difference);
                string file = store.Store(program, difference, Comparison(program, difference, rows), command, raw);
                var stored = new StoredDivergence(
                    divergence.Program, difference.Kind, difference.ToString(), program.Print(), file, rows);
                divergences.Add(stored);
                announce(stored);
            }
            else
            {
                FindingStore.Drop(raw);
            }

            // what ends executors, or hangs them, would go on to do so for every program like it
            isOver |= difference.Kind == ComparisonKind.Answer || divergences.Count >= MostDivergences;
            return !isOver;
        }
    }

    /// <summary>Both traces as reports tell them, by lines of the file instead of operations.</summary>
    private static KernelComparison Comparison(
        MmProgram program, Difference difference, ImmutableArray<TraceRow> rows) => new(
        HostFacts.Release(),
        Tables.Words(difference.Kind),
        difference.ToString(),
        [.. rows.Select(row => new ComparedRow(
            row.Line < 0 ? null : program.LineNumber(row.Line), row.What, row.Model, row.Kernel))]);

    private string Command(Divergence divergence) =>
        $"mmfuzz linux fuzz --seed {settings.Seed} --first {divergence.Program} --programs 1 "
        + $"--length {settings.Length}" + settings.System switch
        {
            SystemSettings.Kept => string.Empty,
            SystemSettings.WithSwap => " --allow-system-changes",
            SystemSettings.WithMovableMemory => " --allow-system-changes --migrate",
        }
        + string.Concat(settings.Without.Members.Select(static fix => $" --without {FixCatalogue.Of(fix).Name}"));
}
