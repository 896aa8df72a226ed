// The coverage map that instrumented code writes to: a byte per edge. Under AFL++ it is the fuzzer's shared memory,
// else memory of this process. Its address never changes, so that the JIT compiles it in as a constant.
// Not covered: who reads it, what the rest of the map is used for.

using System;
using System.Globalization;
using System.Runtime.InteropServices;

namespace SharpFuzz.Common;

/// <summary>The coverage map.</summary>
public static unsafe class Trace
{
    /// <summary>Bytes of the map: what AFL++ and libFuzzer give a target that asks for nothing else.</summary>
    public const int MapSize = 1 << 16;

    /// <summary>The map, for instrumented code.</summary>
    public static readonly byte* Map;

    /// <summary>Edges have the bytes before this one; those from here on are for a target's own feedback.</summary>
    public const int EdgeBytes = MapSize / 2;

#pragma warning disable CA1810 // an initializer would run late, and the address could not be compiled in
    static Trace()
#pragma warning restore CA1810
    {
        Map = Attach("__AFL_SHM_ID");
        if (Map == null)
        {
            Map = Attach("__LIBFUZZER_SHM_ID");
        }

        if (Map == null)
        {
            Map = (byte*)NativeMemory.AlignedAlloc(MapSize, 64);
            Clear();
        }
    }

    /// <summary>The map, by the name that the package has for it.</summary>
    public static byte* SharedMem => Map;

    /// <summary>The map's address, for who may not touch pointers.</summary>
    public static nint Address => (nint)Map;

    /// <summary>Forgets what was covered.</summary>
    public static void Clear() => new Span<byte>(Map, MapSize).Clear();

    /// <summary>The shared memory that the variable of the environment names; null for none.</summary>
    private static byte* Attach(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out int id)
            ? SharedMemory.Attach(id)
            : null;
}
