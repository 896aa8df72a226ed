// What a run has covered: per byte of the maps which counts were seen, rounded to classes as AFL rounds them, and how
// many programs met each. Looking at a program's maps clears them.
// Not covered: what the bytes stand for (Feedback).

using System;
using System.Collections.Generic;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MmFuzz.Generators.Guided;

/// <summary>The covered part of one map.</summary>
public sealed class Coverage
{
    /// <summary>The class of each count: 1, 2, 3, 4-7, 8-15, 16-31, 32-127, more.</summary>
    private static readonly byte[] Classes = MakeClasses();

    private readonly byte[] seen;
    private readonly uint[] programs;

    /// <summary>Makes it for a map of that many bytes.</summary>
    public Coverage(int size)
    {
        seen = new byte[size];
        programs = new uint[size];
    }

    /// <summary>Bytes that were ever more than 0.</summary>
    public int Count { get; private set; }

    /// <summary>The class of a count, as one bit; no bit for 0.</summary>
    public static byte ClassOf(byte count) => Classes[count];

    /// <summary>How many places of a part were met.</summary>
    public int CountIn(int first, int size) => size - seen.AsSpan(first, size).Count((byte)0);

    /// <summary>How many programs met the place.</summary>
    public uint ProgramsAt(int place) => programs[place];

    /// <summary>
    /// Takes in what a program covered, and clears it; answers whether a count of a new class is among it.
    /// </summary>
    /// <param name="map">The program's map.</param>
    /// <param name="met">Is given the places met, if it is not null.</param>
    public bool Take(Span<byte> map, List<int>? met)
    {
        bool isNew = false;
        Span<Vector256<byte>> words = MemoryMarshal.Cast<byte, Vector256<byte>>(map);
        for (int word = 0; word < words.Length; word++)
        {
            uint left = ~Vector256.Equals(words[word], Vector256<byte>.Zero).ExtractMostSignificantBits();
            if (left == 0)
            {
                continue;
            }

            for (; left != 0; left &= left - 1)
            {
                int place = (word * Vector256<byte>.Count) + BitOperations.TrailingZeroCount(left);
                isNew |= See(place, map[place]);
                met?.Add(place);
            }

            words[word] = Vector256<byte>.Zero;
        }

        return isNew;
    }

    private bool See(int place, byte count)
    {
        programs[place]++;
        byte known = seen[place];
        byte added = Classes[count];
        if ((known & added) != 0)
        {
            return false;
        }

        Count += known == 0 ? 1 : 0;
        seen[place] = (byte)(known | added);
        return true;
    }

    private static byte[] MakeClasses()
    {
        var made = new byte[256];
        for (int count = 1; count < made.Length; count++)
        {
            made[count] = count switch
            {
                < 4 => (byte)(1 << (count - 1)),
                < 8 => 8,
                < 16 => 16,
                < 32 => 32,
                < 128 => 64,
                _ => 128,
            };
        }

        return made;
    }
}
