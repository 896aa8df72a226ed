// One executor: starts it, sends programs, reads what the kernel showed. Requests may be sent ahead of their answers,
// as long as they fit the pipe. Not covered: what is sent (Translation), who uses it (DifferentialRunner).

using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Diagnostics;
using System.IO;
using System.Threading;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.State;

namespace MmFuzz.Linux;

/// <summary>The executor is not there, or did not answer.</summary>
public sealed class ExecutorException : Exception
{
    /// <summary>Makes the exception.</summary>
    public ExecutorException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception without words.</summary>
    public ExecutorException()
    {
    }

    /// <summary>Makes the exception with a cause.</summary>
    public ExecutorException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>A running executor.</summary>
internal sealed class ExecutorClient : IDisposable
{
    /// <summary>Bytes that may be under way to it: what a pipe holds without a reader.</summary>
    public const int MostUnderWay = 48 << 10;

    private const string DiskDirectory = "/var/tmp"; // on a disk, where /tmp may be in memory
    private const int HeaderSize = 8;
    private const int Version = 3; // 2: how long each operation took; 3: other forms of mremap and mmap
    private const int HelloType = 1;
    private const int RunType = 2;
    private const int Patience = 20_000;
    private const int PatienceForMove = 1_000; // the kernel tries 200 ms and more to move what cannot be moved
    private readonly bool movable;
    private readonly Process process;
    private readonly Stream input;
    private readonly Stream output;
    private readonly Timer watchdog;
    private readonly Queue<(int Bytes, int Moves)> sizes = new();
    private byte[] buffer = new byte[1 << 16];
    private int start;
    private int end;
    private bool timedOut;

    /// <summary>Starts an executor on a processor.</summary>
    /// <param name="processor">Which.</param>
    /// <param name="blocks">Blocks of memory that it may take offline.</param>
    /// <param name="movable">Whether a pin for long may move its pages first, and so wait for something else.</param>
    public ExecutorClient(int processor, ImmutableArray<string> blocks, bool movable)
    {
        this.movable = movable;
        string directory = Directory.Exists(DiskDirectory) ? DiskDirectory : Path.GetTempPath();
        process = ExecutorBinary.Start(
            ["serve", processor.ToString(System.Globalization.CultureInfo.InvariantCulture), directory, .. blocks]);
        input = process.StandardInput.BaseStream;
        output = process.StandardOutput.BaseStream;
        watchdog = new Timer(_ => GiveUp());
        Greet();
    }

    /// <summary>What it says of itself.</summary>
    public ExecutorTraits Traits { get; private set; }

    /// <summary>UFFD_FEATURE_* of the kernel.</summary>
    public ulong UffdFeatures { get; private set; }

    /// <summary>Its process number.</summary>
    public int ProcessId => process.Id;

    /// <summary>Bytes of requests that are not answered yet.</summary>
    public int UnderWay { get; private set; }

    /// <summary>Bytes of a request.</summary>
    public static int SizeOf(int operations) => HeaderSize + 4 + (operations * Translation.Size) + (2 * Limits.Mms);

    /// <summary>Sends a program.</summary>
    public void Send(ReadOnlySpan<Operation> program, ReadOnlySpan<int> lines, bool fresh, ReadOnlySpan<ushort> masks)
    {
        int size = SizeOf(program.Length);
        byte[] request = new byte[size];
        Span<byte> at = request;
        BinaryPrimitives.WriteInt32LittleEndian(at, size - HeaderSize);
        BinaryPrimitives.WriteInt32LittleEndian(at[4..], RunType);
        BinaryPrimitives.WriteUInt16LittleEndian(at[8..], (ushort)program.Length);
        at[10] = (byte)(2 | (fresh ? 1 : 0) | (movable ? 4 : 0));
        at[11] = SecondThreads(program);
        at = at[12..];
        int moves = 0;
        for (int i = 0; i < program.Length; i++)
        {
            moves += program[i].Kind == OperationKind.Migrate ? 1 : 0;
            Translation.Write(in program[i], lines[i], at);
            at = at[Translation.Size..];
        }

        for (int p = 0; p < Limits.Mms; p++)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(at[(2 * p)..], masks[p]);
        }

        Guard(() => input.Write(request));
        sizes.Enqueue((size, moves));
        UnderWay += size;
    }

    /// <summary>Hands over what was sent.</summary>
    public void Flush() => Guard(input.Flush);

    /// <summary>Reads what the kernel showed of a program: of each operation, and what was loaded in the end.</summary>
    public void Receive(int operations, Func<int, StepRecord> recordOf, List<ulong> loaded)
    {
        int length = ReadHeader(RunType);
        var reader = new MessageReader(buffer.AsSpan(start, length));
        for (int i = 0; i < operations; i++)
        {
            reader.ReadStep(recordOf(i));
        }

        while (!reader.IsAtEnd)
        {
            loaded.Add(reader.ReadWord());
        }

        start += length;
        UnderWay -= sizes.Dequeue().Bytes;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        watchdog.Dispose();
        try
        {
            input.Dispose(); // it ends when nobody speaks to it any more
            if (!process.WaitForExit(Patience / 4))
            {
                process.Kill();
                process.WaitForExit();
            }
        }
        catch (Exception gone) when (gone is IOException or InvalidOperationException)
        {
            // it has ended by itself
        }

        process.Dispose();
    }

    private static byte SecondThreads(ReadOnlySpan<Operation> program)
    {
        int seconds = 0;
        foreach (ref readonly Operation op in program)
        {
            if (Enabled.RunsInProcess(op.Kind) && op.Actor.Value is >= Limits.Mms and < Limits.UserActors)
            {
                seconds |= 1 << (op.Actor.Value - Limits.Mms);
            }
        }

        return (byte)seconds;
    }

    private void Greet()
    {
        int length = ReadHeader(HelloType);
        ReadOnlySpan<byte> hello = buffer.AsSpan(start, length);
        int version = BinaryPrimitives.ReadInt32LittleEndian(hello);
        if (version != Version)
        {
            throw new ExecutorException(
                $"the executor speaks version {version} of the protocol, expected {Version}");
        }

        Traits = (ExecutorTraits)BinaryPrimitives.ReadUInt32LittleEndian(hello[4..]);
        UffdFeatures = BinaryPrimitives.ReadUInt64LittleEndian(hello[8..]);
        start += length;
    }

    private int ReadHeader(int type)
    {
        Fill(HeaderSize);
        int length = BinaryPrimitives.ReadInt32LittleEndian(buffer.AsSpan(start));
        int found = BinaryPrimitives.ReadInt32LittleEndian(buffer.AsSpan(start + 4));
        if (found != type || length < 0)
        {
            throw new ExecutorException($"the executor answered with message {found}, expected {type}");
        }

        start += HeaderSize;
        Fill(length);
        return length;
    }

    /// <summary>At least so many bytes from <see cref="start"/> on.</summary>
    private void Fill(int count)
    {
        if (start + count > buffer.Length)
        {
            byte[] target = count > buffer.Length ? new byte[Math.Max(count, buffer.Length * 2)] : buffer;
            buffer.AsSpan(start, end - start).CopyTo(target);
            (buffer, end, start) = (target, end - start, 0);
        }

        while (end - start < count)
        {
            Guard(() =>
            {
                int got = output.Read(buffer, end, buffer.Length - end);
                end += got > 0 ? got : throw new EndOfStreamException();
            });
        }
    }

    private void Guard(Action transfer)
    {
        int moves = sizes.TryPeek(out (int Bytes, int Moves) first) ? first.Moves : 0;
        watchdog.Change(Patience + (moves * PatienceForMove), Timeout.Infinite);
        try
        {
            transfer();
        }
        catch (IOException broken)
        {
            throw new ExecutorException(
                timedOut ? "the executor did not answer in time" : "the executor has ended unexpectedly", broken);
        }
        finally
        {
            watchdog.Change(Timeout.Infinite, Timeout.Infinite);
        }
    }

    private void GiveUp()
    {
        timedOut = true;
        try
        {
            process.Kill();
        }
        catch (InvalidOperationException)
        {
            // it has ended already
        }
    }
}
