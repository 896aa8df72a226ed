// Which commit this mmfuzz was built from, as the compiler wrote it down, and when that was made, as git says if it can
// be asked. Not covered: changes that were never committed.

using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Reflection;

namespace MmFuzz.Cli.Nightly;

/// <summary>A commit.</summary>
/// <param name="Hash">Its name, or <c>unknown</c>.</param>
/// <param name="Time">When it was made, in ISO 8601; null if nobody knows.</param>
internal sealed record SourceCommit(string Hash, string? Time)
{
    private const string Unknown = "unknown";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>The version of this mmfuzz, with its commit behind a plus.</summary>
    public static string Version { get; } = typeof(SourceCommit).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? Unknown;

    /// <summary>The commit of this mmfuzz, or the one that is given.</summary>
    public static SourceCommit Find(string? given)
    {
        int plus = Version.IndexOf('+', StringComparison.Ordinal);
        string hash = given ?? (plus < 0 ? Unknown : Version[(plus + 1)..]);
        return new SourceCommit(hash, hash == Unknown ? null : TimeOf(hash));
    }

    private static string? TimeOf(string hash)
    {
        var start = new ProcessStartInfo("git")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = AppContext.BaseDirectory,
        };
        foreach (string argument in (string[])["show", "-s", "--format=%ct", "--end-of-options", hash])
        {
            start.ArgumentList.Add(argument);
        }

        try
        {
            using Process? git = Process.Start(start);
            if (git is null || !git.WaitForExit(Patience) || git.ExitCode != 0)
            {
                return null;
            }

            return long.TryParse(git.StandardOutput.ReadToEnd().Trim(), CultureInfo.InvariantCulture, out long seconds)
                ? Moments.Text(DateTimeOffset.FromUnixTimeSeconds(seconds))
                : null;
        }
        catch (Exception failure) when (failure is System.ComponentModel.Win32Exception or IOException)
        {
            return null; // there is no git here
        }
    }
}

/// <summary>Moments as texts.</summary>
internal static class Moments
{
    /// <summary>Now.</summary>
    public static string Now => Text(TimeProvider.System.GetUtcNow());

    /// <summary>In ISO 8601, in UTC, so that the order of texts is that of moments.</summary>
    public static string Text(DateTimeOffset moment) =>
        moment.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
