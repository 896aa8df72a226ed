// System V shared memory by its number, as AFL++ and libFuzzer hand it to a target.
// Not covered: making and removing it, which is the fuzzer's affair.

using System.Runtime.InteropServices;

namespace SharpFuzz;

/// <summary>Attaches shared memory.</summary>
internal static unsafe partial class SharedMemory
{
    private const nint Failed = -1;

    /// <summary>Where the memory of that number is from now on; null if there is none.</summary>
    public static byte* Attach(int id)
    {
        nint address = ShmAt(id, 0, 0);
        return address == Failed ? null : (byte*)address;
    }

    [LibraryImport("libc", EntryPoint = "shmat")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint ShmAt(int id, nint address, int flags);
}
