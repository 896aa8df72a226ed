// A file that only grows: a line of JSON for each entry, each on the disk before anybody hears of it. A last line that
// was torn by a kill or a power cut is taken away when the file is opened again; a broken line before it is bad input.
// One process at a time has it open. Not covered: which entries there are (JournalEntries).

using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace MmFuzz.Cli.Nightly;

/// <summary>A journal.</summary>
internal sealed class Journal : IDisposable
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly object gate = new();
    private readonly FileStream stream;
    private bool closed;

    private Journal(FileStream stream, IReadOnlyList<JournalEntry> entries)
    {
        this.stream = stream;
        Entries = entries;
    }

    /// <summary>What was in it when it was opened.</summary>
    public IReadOnlyList<JournalEntry> Entries { get; }

    /// <summary>Opens it; makes it if it is not there.</summary>
    public static Journal Open(string path)
    {
        FileStream stream;
        try
        {
            stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception failure) when (ProgramFiles.IsAboutFiles(failure))
        {
            throw new BadInputException(
                $"{path}: found {ProgramFiles.Reason(failure)}, expected a journal that no other night has open");
        }

        try
        {
            (List<JournalEntry> entries, long end) = Read(path, stream);
            stream.SetLength(end);
            stream.Position = end;
            return new Journal(stream, entries);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Adds an entry; when this returns it is on the disk. A closed journal takes nothing in.</summary>
    public void Append(JournalEntry entry)
    {
        byte[] line = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(entry, Options) + "\n");
        lock (gate)
        {
            if (!closed)
            {
                stream.Write(line);
                stream.Flush(flushToDisk: true);
            }
        }
    }

    /// <summary>Begins anew; when this returns the disk knows.</summary>
    public void Clear()
    {
        lock (gate)
        {
            stream.SetLength(0);
            stream.Flush(flushToDisk: true);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (gate)
        {
            closed = true;
            stream.Dispose();
        }
    }

    /// <summary>The entries, and where the last whole one ends.</summary>
    private static (List<JournalEntry> Entries, long End) Read(string path, FileStream stream)
    {
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        var entries = new List<JournalEntry>();
        int start = 0;
        while (Array.IndexOf(bytes, (byte)'\n', start) is >= 0 and int end)
        {
            if (Parse(bytes.AsSpan(start, end - start)) is not { } entry)
            {
                if (end == bytes.Length - 1)
                {
                    break; // torn, though its end is there
                }

                throw new BadInputException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{path}:{entries.Count + 1}:1: found a line that is no entry, expected the journal of a night"));
            }

            entries.Add(entry);
            start = end + 1;
        }

        return (entries, start);
    }

    private static JournalEntry? Parse(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize<JournalEntry>(line, Options);
        }
        catch (Exception failure) when (failure is JsonException or NotSupportedException)
        {
            return null;
        }
    }
}
