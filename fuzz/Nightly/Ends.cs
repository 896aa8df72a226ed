// Ends of things that are tried one by one on all threads: no new one is begun after the part's deadline, one that was
// begun may end in peace, and one that never ends is given up. Not covered: what is tried.

using System;
using System.Threading;
using MmFuzz.Generators;

namespace MmFuzz.Cli.Nightly;

/// <summary>What came of something that was tried.</summary>
/// <param name="Result">Its result; null if it was given up or interrupted, and so says nothing.</param>
internal sealed record Trial<T>(T? Result)
    where T : class;

/// <summary>Ends of trials.</summary>
internal static class Ends
{
    /// <summary>Is cancelled when nothing more may begin.</summary>
    public static CancellationTokenSource At(Night night, PartTime time)
    {
        var end = CancellationTokenSource.CreateLinkedTokenSource(night.Session.Stop);
        if (time.Left is { } left)
        {
            end.CancelAfter(TimeSpan.FromSeconds(left));
        }

        return end;
    }

    /// <summary>Tries something.</summary>
    /// <param name="night">The night.</param>
    /// <param name="part">The part.</param>
    /// <param name="name">What.</param>
    /// <param name="effort">What it may cost.</param>
    /// <param name="work">The work.</param>
    public static Trial<T> Try<T>(Night night, string part, string name, Effort effort, Func<T> work)
        where T : class
    {
        TimeSpan patience = Watchdog.Patience(effort.Time == TimeSpan.MaxValue ? null : effort.Time);
        T? result = Watchdog.Run(work, patience);
        if (result is null)
        {
            night.Record(new TimedOut(part, name, patience.TotalSeconds));
        }

        return new Trial<T>(night.IsStopped ? null : result);
    }
}
