// Changes of settings of the whole system that a run needs: a swap area in memory, no reading ahead from it, and
// memory that can be taken offline. They are made, and taken back, by a process of its own, the guard, which outlives
// whoever asked if need be.
// Not covered: how the guard makes them (executor/guard.c).

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;

namespace MmFuzz.Linux;

/// <summary>A change of the system.</summary>
/// <param name="Command">What the guard is told.</param>
/// <param name="What">In words.</param>
public sealed record SystemChange(string Command, string What);

/// <summary>What a run may do with the system.</summary>
public enum SystemSettings : byte
{
    /// <summary>Nothing.</summary>
    Kept,

    /// <summary>Give it swap in memory.</summary>
    WithSwap,

    /// <summary>That, and memory that can be taken offline, so that pages can be moved.</summary>
    WithMovableMemory,
}

/// <summary>The changes, while they last.</summary>
public sealed class SystemChanges : IDisposable
{
    private const string Movable = "movable";
    private const string Refused = "refused";
    private const int BehindTheKernel = 4; // blocks below hold its code
    private const int MostTries = 64;
    private const int MostGuards = 3;
    private const int SwapBytes = 64 << 20;
    private const string PageCluster = "/proc/sys/vm/page-cluster";
    private readonly List<string> toUndo = [];
    private int nextBlock = BehindTheKernel;
    private Process guard;

    /// <summary>Makes the changes; throws, and takes them back, if one cannot be made.</summary>
    /// <exception cref="ExecutorException">They cannot be made.</exception>
    public SystemChanges(SystemSettings settings)
    {
        guard = StartGuard();
        try
        {
            foreach (SystemChange change in Planned(settings))
            {
                Make(change);
            }
        }
        catch (ExecutorException)
        {
            Dispose();
            throw;
        }
    }

    /// <summary>
    /// Blocks of memory that may be taken offline: whoever is killed amid that, they come back in the end.
    /// </summary>
    public ImmutableArray<string> Blocks =>
    [
        .. from change in toUndo
           where change.StartsWith(Movable, StringComparison.Ordinal)
           select change[Movable.Length..].Trim(),
    ];

    /// <summary>What would be changed.</summary>
    public static ImmutableArray<SystemChange> Planned(SystemSettings settings)
    {
        ImmutableArray<SystemChange> swap =
        [
            new($"zram {SwapBytes}", "adds a zram device of 64 MiB and uses it as swap, before any other"),
            new($"set {PageCluster} 0", $"sets {PageCluster} to 0, so that swap is not read ahead"),
        ];
        var block = new SystemChange(
            Movable, "makes a block of memory movable, by taking it offline and bringing it back");
        return settings switch
        {
            SystemSettings.Kept => [],
            SystemSettings.WithSwap => swap,
            SystemSettings.WithMovableMemory => [.. swap, block, block], // what goes from one goes to the other
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        string? failure = null;
        for (int guards = 0; guards < MostGuards; guards++)
        {
            try
            {
                Renew();
                Tell("undo");
                guard.WaitForExit();
                failure = null;
                break;
            }
            catch (ExecutorException refused)
            {
                failure = refused.Message;
                if (!guard.HasExited)
                {
                    break; // it goes on trying for some minutes
                }
            }
        }

        if (failure is not null)
        {
            Console.Error.WriteLine($"mmfuzz: {failure}; look at `swapon`, at {PageCluster} and at `lsmem`");
        }

        guard.Dispose();
    }

    /// <summary>A guard that was killed is replaced by one that knows what to take back.</summary>
    private void Renew()
    {
        if (!guard.HasExited)
        {
            return;
        }

        guard.Dispose();
        guard = StartGuard();
        foreach (string change in toUndo)
        {
            Tell("adopt " + change);
        }
    }

    private void Make(SystemChange change)
    {
        if (change.Command == Movable)
        {
            MakeMovable();
        }
        else
        {
            toUndo.Add(Tell(change.Command));
        }
    }

    /// <summary>Which block is tried is known here before it is: the guard may be killed at any moment.</summary>
    private void MakeMovable()
    {
        for (int tries = 0; tries < MostTries; tries++)
        {
            string chosen = Tell($"{Movable} {nextBlock}");
            toUndo.Add(chosen);
            nextBlock = int.Parse(chosen[Movable.Length..], CultureInfo.InvariantCulture) + 1;
            if (Tell("take") != Refused)
            {
                return;
            }

            toUndo.Remove(chosen);
        }

        throw new ExecutorException(
            $"the system cannot be changed: of {MostTries} blocks of memory none can be taken offline");
    }

    private static Process StartGuard()
    {
        Process started = ExecutorBinary.Start("guard");
        Read(started);
        return started;
    }

    private static string Read(Process from)
    {
        string? answer = from.StandardOutput.ReadLine();
        if (answer is null)
        {
            from.WaitForExit(); // its pipe is closed a moment before it has exited
            throw new ExecutorException("the system cannot be changed: the guard has ended");
        }

        return answer.StartsWith("ok", StringComparison.Ordinal) ? answer[2..].Trim()
            : answer.StartsWith(Refused, StringComparison.Ordinal) ? Refused
            : throw new ExecutorException("the system cannot be changed: " + answer["error".Length..].Trim());
    }

    private string Tell(string command)
    {
        try
        {
            guard.StandardInput.Write(command + "\n");
            guard.StandardInput.Flush();
        }
        catch (IOException)
        {
            // then there is no answer either
        }

        return Read(guard);
    }
}
