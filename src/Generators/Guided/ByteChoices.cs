// Choices out of bytes, eight to a record, without allocating; every string of bytes is a program. Where they run out
// in the middle of a record, zeros stand behind them; where they have run out, the program ends. Without any, the
// swarm profile is that of eight zeros, and the program is its set-up alone.
// Not covered: what a record means (Swarm, Generator).

using System;
using System.Buffers.Binary;

namespace MmFuzz.Generators.Guided;

/// <summary>Hands out bytes that are given, and counts them.</summary>
public sealed class ByteChoices : IChoiceSource
{
    /// <summary>Bytes that a program can use, at most: its swarm profile and as many records as are tried.</summary>
    public const int MostBytes = (1 + (4 * Generator.MaxLength)) * ChoiceRecord.Size;

    private readonly byte[] bytes = new byte[MostBytes];
    private int length;
    private int position;

    /// <summary>Bytes that were asked for, whole records.</summary>
    public int Used => position;

    /// <summary>Begins with other bytes; what no program can use is left out.</summary>
    public void Restart(ReadOnlySpan<byte> given)
    {
        given = given[..Math.Min(given.Length, MostBytes)];
        given.CopyTo(bytes);
        length = (given.Length + ChoiceRecord.Size - 1) / ChoiceRecord.Size * ChoiceRecord.Size;
        bytes.AsSpan(given.Length, length - given.Length).Clear();
        position = 0;
    }

    /// <inheritdoc/>
    public bool TryNext(out ChoiceRecord record)
    {
        if (position == length)
        {
            record = default;
            return false;
        }

        record = new ChoiceRecord(BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(position)));
        position += ChoiceRecord.Size;
        return true;
    }
}
