// The target's side of AFL++'s fork-server protocol, without a fork: after a greeting, each run is asked for with four
// bytes, answered with the number of the process and then, when it is over, with its status as waitpid(2) has it.
// Inputs come through shared memory (a length, then the bytes) or, if the fuzzer has none, on standard input.
// Not covered: runs that end the process (Fuzzer.OutOfProcess), the coverage map (Trace).

using System;
using System.Buffers.Binary;
using System.IO;
using SharpFuzz.Common;

namespace SharpFuzz;

/// <summary>Serves runs.</summary>
internal sealed class ForkServer
{
    /// <summary>Where the fuzzer asks.</summary>
    public const int ControlDescriptor = 198;

    /// <summary>Where it is answered.</summary>
    public const int StatusDescriptor = 199;

    /// <summary>Status of a run that raised an exception: as if by SIGSEGV.</summary>
    public const int Crashed = 11;

    private const uint Enabled = 0x8000_0001;
    private const uint HasMapSize = 0x4000_0000;
    private const uint TakesSharedInput = 0x0100_0000;

    private readonly Stream control;
    private readonly Stream status;
    private readonly byte[] word = new byte[sizeof(uint)];

    /// <summary>Makes a server.</summary>
    /// <param name="control">Where the fuzzer asks.</param>
    /// <param name="status">Where it is answered.</param>
    public ForkServer(Stream control, Stream status)
    {
        this.control = control;
        this.status = status;
    }

    /// <summary>Says what this target can do; answers whether inputs come through shared memory.</summary>
    /// <param name="offersSharedInput">Whether the fuzzer has named shared memory for inputs.</param>
    public bool Greet(bool offersSharedInput)
    {
        uint hello = Enabled | HasMapSize | ((uint)(Trace.MapSize - 1) << 1);
        Write(offersSharedInput ? hello | TakesSharedInput : hello);
        return offersSharedInput && TryRead(out uint answer) && (answer & TakesSharedInput) != 0;
    }

    /// <summary>Runs whenever it is asked to, until nobody asks any more.</summary>
    /// <param name="run">A run; answers its status, 0 if all went well.</param>
    public void Serve(Func<int> run)
    {
        while (TryRead(out _))
        {
            Write((uint)Environment.ProcessId);
            Write((uint)run());
        }
    }

    /// <summary>Runs the action; answers with its status.</summary>
    public static int StatusOf(Action action)
    {
        try
        {
            action();
            return 0;
        }
        catch (Exception exception)
        {
            return exception.Data[Fuzzer.StatusKey] is int status ? status : Crashed;
        }
    }

    /// <summary>Tells the fuzzer how a run ended whose process is gone.</summary>
    public void Report(int ended) => Write((uint)ended);

    private bool TryRead(out uint value)
    {
        int read = control.ReadAtLeast(word, word.Length, throwOnEndOfStream: false);
        value = BinaryPrimitives.ReadUInt32LittleEndian(word);
        return read == word.Length;
    }

    private void Write(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(word, value);
        status.Write(word);
        status.Flush();
    }
}
