// Where the executor is, and starting it. Not covered: speaking to it (ExecutorClient, SystemGuard).

using System;
using System.Diagnostics;
using System.IO;

namespace MmFuzz.Linux;

/// <summary>The executor's file.</summary>
public static class ExecutorBinary
{
    /// <summary>Its name beside the program.</summary>
    public static string FilePath { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, "mmfuzz-executor");

    /// <summary>Why it cannot be run; null if it can.</summary>
    public static string? WhyNot() =>
        !OperatingSystem.IsLinux() ? "this is not Linux"
        : !File.Exists(FilePath) ? $"there is no {FilePath}, which is built with gcc (see docs/linux.md)"
        : null;

    /// <summary>Starts it with its input and output on pipes.</summary>
    internal static Process Start(params string[] arguments)
    {
        if (WhyNot() is { } reason)
        {
            throw new ExecutorException(reason);
        }

        var info = new ProcessStartInfo(FilePath)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        foreach (string argument in arguments)
        {
            info.ArgumentList.Add(argument);
        }

        return Process.Start(info) ?? throw new ExecutorException($"{FilePath} cannot be started");
    }
}
