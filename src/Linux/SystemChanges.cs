// Changes of settings of the whole system that a run needs: a swap area in memory, and no reading ahead from it. They
// are made, and taken back, by a process of its own, the guard, which outlives whoever asked if need be.
// Not covered: how the guard makes them (executor/guard.c).

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.IO;

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
    private const int BehindTheKernel = 4; // blocks below hold its code
    private const int SwapBytes = 64 << 20;
    private const string PageCluster = "/proc/sys/vm/page-cluster";
    private readonly List<string> toUndo = [];
    private Process guard;

    /// <summary>Makes the changes; throws, and takes them back, if one cannot be made.</summary>
    public SystemChanges(SystemSettings settings)
    {
        guard = StartGuard();
        foreach (SystemChange change in Planned(settings))
        {
            try
            {
                Make(change);
            }
            catch (ExecutorException)
            {
                Dispose();
                throw;
            }
            catch (IOException)
            {
                Dispose();
                throw new ExecutorException("the system cannot be changed: the guard has ended");
            }
        }
    }

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

    /// <summary>The guard's process number.</summary>
    public int GuardId => guard.Id;

    /// <summary>A guard that was killed is replaced by one that knows what to take back.</summary>
    public void Renew()
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

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            Renew();
            Tell("undo");
            guard.WaitForExit();
        }
        catch (ExecutorException failure)
        {
            Console.Error.WriteLine($"mmfuzz: {failure.Message}; look at `swapon`, at {PageCluster} "
                + "and at `lsmem`");
        }
        catch (IOException)
        {
            // nobody speaks to the guard any more, and it takes everything back by itself
        }

        guard.Dispose();
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
        for (int first = BehindTheKernel; ;)
        {
            string chosen = Tell($"{Movable} {first}");
            toUndo.Add(chosen);
            try
            {
                Tell("take");
                return;
            }
            catch (ExecutorException) when (!guard.HasExited)
            {
                toUndo.Remove(chosen);
                first = int.Parse(chosen[Movable.Length..], CultureInfo.InvariantCulture) + 1;
            }
        }
    }

    private static Process StartGuard()
    {
        Process started = ExecutorBinary.Start("guard");
        Read(started);
        return started;
    }

    private static string Read(Process from)
    {
        string answer = from.StandardOutput.ReadLine() ?? "error the guard has ended";
        return answer.StartsWith("ok", StringComparison.Ordinal)
            ? answer[2..].Trim()
            : throw new ExecutorException("the system cannot be changed: " + answer["error".Length..].Trim());
    }

    private string Tell(string command)
    {
        guard.StandardInput.Write(command + "\n");
        guard.StandardInput.Flush();
        return Read(guard);
    }
}
