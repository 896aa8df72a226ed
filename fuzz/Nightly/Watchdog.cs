// Work that is not waited for longer than patience lasts: a program that never ends must cost a night one thread, and
// not the night. Not covered: ending the work, which .NET cannot do to a thread.

using System;
using System.Runtime.ExceptionServices;
using System.Threading;

namespace MmFuzz.Cli.Nightly;

/// <summary>Waits for work, but not for ever.</summary>
internal static class Watchdog
{
    /// <summary>What may come on top of ten times the planned time.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(10);

    /// <summary>For work that no time was planned for.</summary>
    private static readonly TimeSpan Unplanned = TimeSpan.FromHours(4);

    /// <summary>How long to wait for work that was planned to take so long.</summary>
    public static TimeSpan Patience(TimeSpan? planned) => planned is { } time ? (10 * time) + Grace : Unplanned;

    /// <summary>Does the work on a thread of its own; answers null if it is not done when patience ends.</summary>
    public static T? Run<T>(Func<T> work, TimeSpan patience)
        where T : class
    {
        T? result = null;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(Work) { IsBackground = true };
        thread.Start();
        if (!thread.Join(patience))
        {
            return null;
        }

        failure?.Throw();
        return result;

        void Work()
        {
            try
            {
                result = work();
            }
#pragma warning disable CA1031 // thrown again on the thread that waits
            catch (Exception exception)
#pragma warning restore CA1031
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }
        }
    }
}
