// The input of a run: shared memory that the fuzzer names (four bytes of length, then the bytes), or standard input,
// which AFL++ rewinds for each run. Not covered: when a run begins (ForkServer).

using System;
using System.Globalization;
using System.IO;
using System.Runtime.InteropServices;

namespace SharpFuzz;

/// <summary>Hands out the input.</summary>
internal sealed unsafe partial class FuzzerInput
{
    private const string Variable = "__AFL_SHM_FUZZ_ID";

    private readonly byte* shared;
    private byte[] buffer = new byte[1 << 16];

    private FuzzerInput(byte* shared) => this.shared = shared;

    /// <summary>Whether inputs come through shared memory.</summary>
    public bool IsShared => shared != null;

    /// <summary>What the environment names, or standard input.</summary>
    public static FuzzerInput Attach() =>
        int.TryParse(Environment.GetEnvironmentVariable(Variable), CultureInfo.InvariantCulture, out int id)
            ? new FuzzerInput(SharedMemory.Attach(id))
            : Standard();

    /// <summary>Standard input.</summary>
    public static FuzzerInput Standard() => new(null);

    /// <summary>The input of this run.</summary>
    public Stream Open() => IsShared ? new UnmanagedMemoryStream(shared + sizeof(int), *(int*)shared) : ReadAll();

    /// <summary>Read past the runtime's streams, which remember a position that the fuzzer has moved.</summary>
    private MemoryStream ReadAll()
    {
        int length = 0;
        while (true)
        {
            nint read;
            fixed (byte* at = &buffer[length])
            {
                read = Read(0, at, buffer.Length - length);
            }

            if (read <= 0)
            {
                return new MemoryStream(buffer, 0, length, writable: false);
            }

            length += (int)read;
            if (length == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "read")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Read(int descriptor, byte* at, nint count);
}
