// What a differential fuzz run is asked for, and what it answers. Not covered: running (LinuxFuzzRun).

using System;
using System.Collections.Immutable;
using System.Linq;
using MmFuzz.Engine.Fixes;
using MmFuzz.Linux;

namespace MmFuzz.Cli;

/// <summary>A run.</summary>
/// <param name="Profile">The model of the kernel.</param>
/// <param name="Filter">What programs are restricted to.</param>
/// <param name="Seed">Where the choices begin.</param>
/// <param name="First">Number of its first program.</param>
/// <param name="Programs">How many programs; null if time decides.</param>
/// <param name="Budget">How long; null if the number of programs decides.</param>
/// <param name="Jobs">On how many processors.</param>
/// <param name="Length">Operations of a program.</param>
/// <param name="OutDirectory">Where divergences are stored.</param>
/// <param name="Without">Fixes taken out of the model, so that it is wrong.</param>
/// <param name="System">What of the system is changed for the time of the run.</param>
/// <param name="Blocks">Blocks of memory that may be taken offline.</param>
internal sealed record LinuxFuzzSettings(
    Profile Profile,
    KernelFilter Filter,
    ulong Seed,
    ulong First,
    long? Programs,
    TimeSpan? Budget,
    int Jobs,
    int Length,
    string OutDirectory,
    FixSet Without,
    SystemSettings System,
    ImmutableArray<string> Blocks)
{
    /// <summary>Operations of a program if nothing else is said.</summary>
    public const int UsualLength = 20;
}

/// <summary>A divergence, shrunk.</summary>
/// <param name="Number">Number of the program that showed it first.</param>
/// <param name="Kind">What differs.</param>
/// <param name="Difference">How.</param>
/// <param name="Program">The shrunk program.</param>
/// <param name="File">Where it is stored.</param>
/// <param name="Rows">Both traces.</param>
internal sealed record StoredDivergence(
    ulong Number, ComparisonKind Kind, string Difference, string Program, string File, ImmutableArray<TraceRow> Rows);

/// <summary>What a run answers.</summary>
/// <param name="Programs">Programs compared.</param>
/// <param name="Operations">Operations compared.</param>
/// <param name="Elapsed">How long it took.</param>
/// <param name="Comparisons">How often each kind was compared.</param>
/// <param name="Cuts">Programs compared only in part, by declared difference.</param>
/// <param name="Noise">Differences that did not come back.</param>
/// <param name="Lost">Executors that ended, or hung, and were replaced.</param>
/// <param name="Digest">What the kernel showed, as a number.</param>
/// <param name="Slow">Operations of more than 100 microseconds, by kind.</param>
/// <param name="Jobs">On how many processors.</param>
/// <param name="Divergences">What differed, again and again.</param>
internal sealed record LinuxFuzzResult(
    long Programs,
    long Operations,
    TimeSpan Elapsed,
    ImmutableArray<long> Comparisons,
    ImmutableArray<long> Cuts,
    long Noise,
    int Lost,
    ulong Digest,
    ImmutableArray<TimeOfKind> Slow,
    int Jobs,
    ImmutableArray<StoredDivergence> Divergences)
{
    /// <summary>How long slow operations took together, on all processors.</summary>
    public double SlowSeconds => Slow.Sum(static one => one.SlowSeconds);

    /// <summary>Programs a second, at most, had slow operations taken no time: the model works beside them.</summary>
    public double RateWithoutSlow => Programs / (Elapsed.TotalSeconds - (SlowSeconds / Jobs));
}
