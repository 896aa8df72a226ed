// Choices of a PRNG that are noted down as bytes: so a generated program is one that can be kept and changed.
// Not covered: what the bytes mean (ByteChoices).

using System;
using System.Buffers.Binary;

namespace MmFuzz.Generators.Guided;

/// <summary>Hands out choices and notes them.</summary>
public sealed class NotedChoices : IChoiceSource
{
    private readonly PrngChoices choices = new();
    private readonly byte[] noted = new byte[ByteChoices.MostBytes];
    private int length;

    /// <summary>What was handed out.</summary>
    public ReadOnlySpan<byte> Noted => noted.AsSpan(0, length);

    /// <summary>Begins program <paramref name="program"/> of run <paramref name="seed"/>.</summary>
    public void Restart(ulong seed, ulong program)
    {
        choices.Restart(seed, program);
        length = 0;
    }

    /// <summary>So many records of a program of a run.</summary>
    public ReadOnlySpan<byte> Note(ulong seed, ulong program, int records)
    {
        Restart(seed, program);
        for (int i = 0; i < records; i++)
        {
            TryNext(out _);
        }

        return Noted;
    }

    /// <inheritdoc/>
    public bool TryNext(out ChoiceRecord record)
    {
        choices.TryNext(out record);
        BinaryPrimitives.WriteUInt64LittleEndian(noted.AsSpan(length), record.Bits);
        length += ChoiceRecord.Size;
        return true;
    }
}
