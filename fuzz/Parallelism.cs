// The same work on every member of a list, on several threads, with results in the order of the list.

using System;
using System.Collections.Immutable;
using System.Runtime.ExceptionServices;
using System.Threading;

namespace MmFuzz.Cli;

/// <summary>Work on several threads.</summary>
internal static class Parallelism
{
    /// <summary>Maps; members that were not begun when it was stopped have no result.</summary>
    /// <param name="members">What to work on.</param>
    /// <param name="jobs">Threads.</param>
    /// <param name="work">The work.</param>
    /// <param name="done">Is told of each result, one at a time.</param>
    /// <param name="stop">Begin no more.</param>
    public static ImmutableArray<TResult?> Map<T, TResult>(
        ImmutableArray<T> members,
        int jobs,
        Func<T, TResult> work,
        Action<TResult> done,
        CancellationToken stop)
        where TResult : class
    {
        var results = new TResult?[members.Length];
        var gate = new object();
        int next = 0;
        ExceptionDispatchInfo? failure = null;
        var threads = new Thread[Math.Max(1, Math.Min(jobs, members.Length))];
        for (int i = 0; i < threads.Length; i++)
        {
            threads[i] = new Thread(Work) { IsBackground = true };
            threads[i].Start();
        }

        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        failure?.Throw();
        return [.. results];

        void Work()
        {
            while (!stop.IsCancellationRequested && failure is null)
            {
                int index = Interlocked.Increment(ref next) - 1;
                if (index >= members.Length)
                {
                    return;
                }

                try
                {
                    TResult result = work(members[index]);
                    lock (gate)
                    {
                        results[index] = result;
                        done(result);
                    }
                }
#pragma warning disable CA1031 // thrown again on the thread that waits
                catch (Exception exception)
#pragma warning restore CA1031
                {
                    failure ??= ExceptionDispatchInfo.Capture(exception);
                }
            }
        }
    }
}
