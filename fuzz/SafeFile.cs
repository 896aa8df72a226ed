// Writing a file so that at any moment either all of it is there or nothing: a temporary file in the same directory,
// fsync, rename, fsync of the directory. Not covered: what is written.

using System;
using System.Globalization;
using System.IO;
using System.Runtime.InteropServices;
using System.Text;

namespace MmFuzz.Cli;

/// <summary>Writes files.</summary>
internal static partial class SafeFile
{
    private const int ReadOnly = 0;

    /// <summary>Writes the text; when this returns it is on the disk.</summary>
    public static void Write(string path, string text)
    {
        string full = Path.GetFullPath(path);
        string directory = Path.GetDirectoryName(full)!;
        string temporary = TemporaryFor(full);
        try
        {
            using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
            {
                stream.Write(new UTF8Encoding(false).GetBytes(text));
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, full, overwrite: true);
        }
        catch
        {
            TryDelete(temporary);
            throw;
        }

        SyncDirectory(directory);
    }

    /// <summary>Removes what processes that were killed left half written in a directory that is one's own.</summary>
    public static void Sweep(string directory)
    {
        foreach (string file in Directory.EnumerateFiles(directory, ".*.tmp"))
        {
            TryDelete(file);
        }
    }

    /// <summary>
    /// Writes what could be made again: whole or not at all if the process is killed, but not yet on the disk when
    /// this returns.
    /// </summary>
    public static void WriteQuickly(string path, ReadOnlySpan<byte> bytes)
    {
        string temporary = TemporaryFor(Path.GetFullPath(path));
        try
        {
            using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
            {
                stream.Write(bytes);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            TryDelete(temporary);
            throw;
        }
    }

    /// <summary>A name in the same directory that no other thread takes.</summary>
    private static string TemporaryFor(string full)
    {
        string process = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        string thread = Environment.CurrentManagedThreadId.ToString(CultureInfo.InvariantCulture);
        return Path.Combine(Path.GetDirectoryName(full)!, $".{Path.GetFileName(full)}.{process}-{thread}.tmp");
    }

    /// <summary>Removes a file, if that can be; what failed before is worth more than what fails now.</summary>
    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception failure) when (ProgramFiles.IsAboutFiles(failure))
        {
            // the file was not there, or its directory is gone
        }
    }

    /// <summary>Best effort: without it a power cut, not a kill, could lose the new name.</summary>
    private static void SyncDirectory(string directory)
    {
        if (!OperatingSystem.IsLinux() && !OperatingSystem.IsMacOS())
        {
            return;
        }

        int descriptor = Open(directory, ReadOnly);
        if (descriptor >= 0)
        {
            _ = Fsync(descriptor);
            _ = Close(descriptor);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int descriptor);
}
