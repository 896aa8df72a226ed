// How much a search may cost: so much time, or so many programs, whatever time they take, so that no clock decides what
// comes out. Not covered: searching.

using System;
using System.Diagnostics;

namespace MmFuzz.Generators;

/// <summary>What a search may cost.</summary>
/// <param name="Time">So long, at most.</param>
/// <param name="Programs">So many programs, at most.</param>
/// <param name="Shrink">So long for a shrink.</param>
public readonly record struct Effort(TimeSpan Time, long Programs, TimeSpan Shrink)
{
    private static readonly TimeSpan HastyShrink = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AmpleShrink = TimeSpan.FromSeconds(20);

    /// <summary>Time decides.</summary>
    public static Effort Of(TimeSpan time) => new(time, long.MaxValue, HastyShrink);

    /// <summary>The number of programs decides.</summary>
    public static Effort OfPrograms(long programs) => new(TimeSpan.MaxValue, programs, AmpleShrink);

    /// <summary>Whether a search that began at a time stamp and ran some programs must end.</summary>
    public bool IsSpent(long start, long programs) =>
        programs >= Programs || Stopwatch.GetElapsedTime(start) >= Time;
}
