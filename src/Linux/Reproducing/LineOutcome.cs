// How a line of a reproducer went, on a model or by what its C program sees, and what is looked at after a line.
// Not covered: getting to know it (TwoKernels), the C for it (CStatement).

namespace MmFuzz.Linux.Reproducing;

/// <summary>How a line went; the names are those of the C program's enum.</summary>
internal enum How
{
    /// <summary>It ended well.</summary>
    Ends,

    /// <summary>It waits for a manager.</summary>
    Waits,

    /// <summary>It failed with an errno.</summary>
    Fails,

    /// <summary>It got a signal.</summary>
    Gets,

    /// <summary>It read a value.</summary>
    Sees,

    /// <summary>It cannot begin.</summary>
    Busy,
}

/// <summary>How it went, with the errno, signal or value.</summary>
internal readonly record struct LineOutcome(How How, ulong Value)
{
    /// <summary>The outcome of a line that one side did not execute.</summary>
    public static LineOutcome Busy => new(How.Busy, 0);

    /// <summary>The outcome of what still waits.</summary>
    public static LineOutcome Waits => new(How.Waits, 0);

    /// <summary>What an errno or signal, in the executor's numbers, means.</summary>
    public static LineOutcome OfError(short error) =>
        error >= StepRecord.SignalBase ? new LineOutcome(How.Gets, (ulong)(error - StepRecord.SignalBase))
        : error > 0 ? new LineOutcome(How.Fails, (ulong)error)
        : new LineOutcome(How.Ends, 0);
}

/// <summary>What is looked at after a line.</summary>
internal enum LookKind
{
    /// <summary>How the line itself went.</summary>
    Result,

    /// <summary>A further page that it read; the number says which.</summary>
    FurtherPage,

    /// <summary>A thread that had waited; the number says who.</summary>
    Thread,

    /// <summary>A bit of an entry of /proc/PID/pagemap; the number is the bit.</summary>
    PagemapBit,

    /// <summary>A bit of /proc/kpageflags; the number is the bit.</summary>
    PageFlag,

    /// <summary>That a page was swapped out, as was asked; the machine lacks something if it was not.</summary>
    SwappedOut,
}

/// <summary>A look after a line.</summary>
/// <param name="Kind">At what.</param>
/// <param name="Number">Which.</param>
/// <param name="Process">Of a page: whose.</param>
/// <param name="Page">Which page.</param>
internal readonly record struct Look(LookKind Kind, int Number = 0, int Process = 0, int Page = 0);

/// <summary>What the two kernels show at one look.</summary>
/// <param name="Look">At what.</param>
/// <param name="Repaired">The one without the bug.</param>
/// <param name="Broken">The one with it.</param>
internal readonly record struct Sight(Look Look, LineOutcome Repaired, LineOutcome Broken)
{
    /// <summary>Whether it tells one from the other.</summary>
    public bool Tells => Repaired != Broken;
}
