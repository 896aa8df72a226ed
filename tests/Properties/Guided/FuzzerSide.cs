// What this file covers: nothing by itself; it is the fuzzer's side of AFL++'s protocol, for tests: it makes the shared
// memory and the pipes, starts `mmfuzz target` and asks for runs.
// What it does not cover: choosing inputs.

using System;
using System.Buffers.Binary;
using System.Diagnostics;
using System.IO;
using System.Runtime.InteropServices;
using MmFuzz.Tests.Cli;
using Trace = SharpFuzz.Common.Trace;

namespace MmFuzz.Tests.Guided;

internal sealed partial class FuzzerSide : IDisposable
{
    private const int Private = 0;
    private const int CreateForMe = 0x200 | 0x180;
    private const int Remove = 0;
    private const int InputBytes = 1 << 16;

    private readonly Place place = new();
    private readonly int mapId = ShmGet(Private, Trace.MapSize, CreateForMe);
    private readonly int inputId = ShmGet(Private, InputBytes, CreateForMe);
    private readonly nint map;
    private readonly nint input;
    private readonly Process target;
    private readonly FileStream control;
    private readonly FileStream status;

    internal FuzzerSide(params string[] options)
    {
        map = ShmAt(mapId, 0, 0);
        input = ShmAt(inputId, 0, 0);
        string asks = Path.Combine(place.Root, "asks");
        string answers = Path.Combine(place.Root, "answers");
        Process.Start("mkfifo", [asks, answers]).WaitForExit();
        var start = new ProcessStartInfo("bash",
        [
            "-c", $"exec 198<{asks} 199>{answers}; exec \"$@\"", "target",
            "dotnet", "exec", Path.Combine(AppContext.BaseDirectory, "mmfuzz.dll"), "target", .. options,
        ]);
        start.Environment["__AFL_SHM_ID"] = $"{mapId}";
        start.Environment["__AFL_SHM_FUZZ_ID"] = $"{inputId}";
        target = Process.Start(start)!;
        control = new FileStream(asks, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        status = new FileStream(answers, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        uint hello = (uint)Read();
        if ((hello & 0x8100_0001) != 0x8100_0001)
            throw new InvalidOperationException($"greeted with {hello:x8}");

        Write(0x8100_0001);
    }

    internal void Ask() => Write(0);

    internal int Read()
    {
        var word = new byte[4];
        status.ReadExactly(word);
        return BinaryPrimitives.ReadInt32LittleEndian(word);
    }

    /// <summary>Runs an input on an empty map.</summary>
    internal (int Process, int Status) Run(byte[] bytes)
    {
        Marshal.Copy(new byte[Trace.MapSize], 0, map, Trace.MapSize);
        Marshal.WriteInt32(input, bytes.Length);
        Marshal.Copy(bytes, 0, input + 4, bytes.Length);
        Ask();
        return (Read(), Read());
    }

    internal byte[] Map()
    {
        var copy = new byte[Trace.MapSize];
        Marshal.Copy(map, copy, 0, copy.Length);
        return copy;
    }

    /// <summary>Asks no more; answers with the exit code.</summary>
    internal int End()
    {
        control.Dispose();
        target.WaitForExit();
        return target.ExitCode;
    }

    public void Dispose()
    {
        control.Dispose();
        status.Dispose();
        if (!target.HasExited)
            target.Kill(entireProcessTree: true);

        target.Dispose();
        _ = ShmControl(mapId, Remove, 0);
        _ = ShmControl(inputId, Remove, 0);
        place.Dispose();
    }

    private void Write(uint value)
    {
        var word = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(word, value);
        control.Write(word);
    }

    [LibraryImport("libc", EntryPoint = "shmget")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int ShmGet(int key, nint size, int flags);

    [LibraryImport("libc", EntryPoint = "shmat")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint ShmAt(int id, nint address, int flags);

    [LibraryImport("libc", EntryPoint = "shmctl")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int ShmControl(int id, int command, nint buffer);
}
