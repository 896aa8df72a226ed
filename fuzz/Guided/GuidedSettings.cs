// What a guided run is asked for, and what it answers. Not covered: running (GuidedRun).

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using MmFuzz.Engine.Fixes;
using MmFuzz.Generators.Guided;

namespace MmFuzz.Cli;

/// <summary>A guided run.</summary>
/// <param name="Profile">The kernel.</param>
/// <param name="Seed">Where the choices of the first thread begin; each further thread has the next number.</param>
/// <param name="Programs">
/// How many programs each thread runs, those of the corpus among them, which all are run; null if time decides.
/// </param>
/// <param name="Budget">How long; null if the number of programs decides.</param>
/// <param name="Jobs">On how many threads.</param>
/// <param name="Length">Operations of a program, at most.</param>
/// <param name="Feedback">What is learned from programs.</param>
/// <param name="CorpusDirectory">Where programs that covered something new are kept.</param>
/// <param name="OutDirectory">Where findings are stored.</param>
internal sealed record GuidedSettings(
    Profile Profile,
    ulong Seed,
    long? Programs,
    TimeSpan? Budget,
    int Jobs,
    int Length,
    Feedback Feedback,
    string CorpusDirectory,
    string OutDirectory)
{
    /// <summary>The same as a plain run has it, for who takes findings in.</summary>
    public FuzzSettings ForFindings() => new(Profile, Seed, 0, Programs, Budget, Jobs, Length, OutDirectory);

    /// <summary>The command that a thread's program was found with.</summary>
    public string CommandFor(int job, ulong program)
    {
        string plain = (ForFindings() with { Seed = Seed + (ulong)job }).CommandFor(0);
        string kernel = plain[plain.IndexOf("--profile", StringComparison.Ordinal)..plain.IndexOf(
            " --first", StringComparison.Ordinal)];
        string length = Length == FuzzSettings.UsualLength
            ? string.Empty
            : string.Create(CultureInfo.InvariantCulture, $" --length {Length}");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"mmfuzz guided {kernel}{length} --feedback {FeedbackOption.Word(Feedback)} --jobs 1 "
            + $"--programs {program + 1} (from the corpus as it was)");
    }
}

/// <summary>How far a guided run is.</summary>
/// <param name="Programs">Programs run.</param>
/// <param name="Operations">Operations executed.</param>
/// <param name="Kept">Programs of the corpus.</param>
/// <param name="Findings">Distinct findings.</param>
/// <param name="Elapsed">Time taken.</param>
internal sealed record GuidedProgress(long Programs, long Operations, int Kept, int Findings, TimeSpan Elapsed);

/// <summary>How many shapes of a kind were met.</summary>
/// <param name="Kind">What they are called.</param>
/// <param name="Met">How many were met.</param>
/// <param name="Places">For how many the map has room.</param>
internal sealed record ShapeCount(string Kind, int Met, int Places);

/// <summary>A guided run that is over.</summary>
/// <param name="Settings">What was asked for.</param>
/// <param name="Programs">Programs run, those of the corpus among them.</param>
/// <param name="Operations">Operations executed.</param>
/// <param name="Elapsed">Time taken.</param>
/// <param name="Fed">Programs of the corpus at the beginning.</param>
/// <param name="Added">Programs that were added to it.</param>
/// <param name="Edges">Edges passed by the thread that passed most.</param>
/// <param name="Shapes">Shapes met by the thread that met most.</param>
/// <param name="Replayed">Stored findings that were replayed first.</param>
/// <param name="StillThere">How many of those still violate something.</param>
/// <param name="Findings">What was found.</param>
/// <param name="Interrupted">Whether it was stopped from outside.</param>
/// <param name="Failure">What failed inside mmfuzz; null for nothing.</param>
internal sealed record GuidedResult(
    GuidedSettings Settings,
    long Programs,
    long Operations,
    TimeSpan Elapsed,
    int Fed,
    int Added,
    int Edges,
    ImmutableArray<ShapeCount> Shapes,
    int Replayed,
    int StillThere,
    ImmutableArray<StoredFinding> Findings,
    bool Interrupted,
    string? Failure)
{
    /// <summary>Operations per second.</summary>
    public double Speed => Elapsed > TimeSpan.Zero ? Operations / Elapsed.TotalSeconds : 0;

    /// <summary>Shapes of all kinds.</summary>
    public int ShapesMet => Shapes.Sum(shapes => shapes.Met);

    /// <summary>Counts of a loop.</summary>
    public static IEnumerable<ShapeCount> Count(GuidedLoop loop) =>
        WorldShapes.Kinds.Select(kind => new ShapeCount(kind.Name, loop.ShapesOf(kind), kind.Size));
}
