// Whose turn it is on this machine: runs that change nothing go on beside each other, one that changes the system has
// it for itself, since what it adds and takes away would show in the others. The operating system takes a turn back
// when its process ends, however it ends. Not covered: the changes themselves (SystemChanges).

using System;
using System.Collections.Immutable;
using System.IO;
using System.Threading;

namespace MmFuzz.Linux;

/// <summary>A turn, until it is disposed of.</summary>
public sealed class Turn : IDisposable
{
    private const int Tries = 600;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private readonly FileStream held;
    private readonly SystemChanges? changes;

    private Turn(FileStream held, SystemSettings settings)
    {
        this.held = held;
        try
        {
            changes = settings == SystemSettings.Kept ? null : new SystemChanges(settings);
        }
        catch (ExecutorException)
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Blocks of memory that may be taken offline in this turn.</summary>
    public ImmutableArray<string> Blocks => changes?.Blocks ?? [];

    /// <summary>The file that says whose turn it is.</summary>
    public static string DefaultFile { get; } = Path.Combine(Path.GetTempPath(), "mmfuzz-linux.lock");

    /// <summary>Waits for a turn, a minute at most; throws an ExecutorException if it does not come.</summary>
    /// <param name="settings">How to change the system for the time of the turn.</param>
    /// <param name="file">The file that says whose turn it is.</param>
    /// <param name="waits">Called once if the turn does not come at once.</param>
    /// <param name="tries">How often to try, ten times a second.</param>
    public static Turn Take(SystemSettings settings, string file, Action waits, int tries = Tries)
    {
        for (int i = 0; ; i++)
        {
            try
            {
                FileShare others = settings == SystemSettings.Kept ? FileShare.Read : FileShare.None;
                return new Turn(new FileStream(file, FileMode.OpenOrCreate, FileAccess.Read, others), settings);
            }
            catch (IOException) when (i < tries)
            {
                if (i == 0)
                {
                    waits();
                }

                Thread.Sleep(Pause);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                throw new ExecutorException(
                    $"another run has this machine, or {file} cannot be used: {failure.Message}");
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        changes?.Dispose();
        held.Dispose();
    }
}
