// Where choices come from: a PRNG, an array of records (FsCheck draws one), or bytes. A choice is a fixed-width record,
// one per operation after one for the swarm profile, so that a changed record stays local.
// Not covered: what a record means (Swarm, Generator).

using System;
using System.Buffers.Binary;
using System.Numerics;

namespace MmFuzz.Generators;

/// <summary>One choice: eight bytes, each with a meaning of its own.</summary>
/// <param name="Bits">The bytes, the first in the lowest bits.</param>
public readonly record struct ChoiceRecord(ulong Bits)
{
    /// <summary>Bytes of a record.</summary>
    public const int Size = 8;

    /// <summary>Byte <paramref name="index"/>, 0 to 7.</summary>
    public int this[int index] => (int)(Bits >> (8 * index)) & 0xff;

    /// <inheritdoc/>
    public override string ToString() => Bits.ToString("x16", System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>Hands out choices.</summary>
public interface IChoiceSource
{
    /// <summary>The next record; false when there is none.</summary>
    bool TryNext(out ChoiceRecord record);
}

/// <summary>
/// Choices without end, determined by a seed and the number of a program. Neighbours share their first record, the
/// swarm profile: what one program has warmed up, the next can use.
/// </summary>
public sealed class PrngChoices : IChoiceSource
{
    /// <summary>
    /// How many programs in a row have the same swarm profile at the beginning of a run, when most bugs are found.
    /// Later it is twice that, and so on, up to 512: what was warmed up is worth more then than what was not tried.
    /// </summary>
    private const int FewestPerProfile = 32;

    /// <summary>How often that doubles, at most.</summary>
    private const int Doublings = 4;

    /// <summary>How many swarm profiles there are until it doubles.</summary>
    private const int ProfilesAlike = 256;

    private const int FirstPrograms = ProfilesAlike * FewestPerProfile;
    private const ulong Step = 0x9e3779b97f4a7c15;
    private ulong state;
    private ulong next; // made while what came before it is at work

    /// <summary>The number of a program's swarm profile.</summary>
    public static ulong ProfileOf(ulong program)
    {
        int doubled = Math.Min(Doublings, BitOperations.Log2((program / FirstPrograms) + 1));
        ulong before = FirstPrograms * ((1ul << doubled) - 1);
        return ((ulong)doubled * ProfilesAlike) + ((program - before) / (ulong)(FewestPerProfile << doubled));
    }

    /// <summary>The first program that has that swarm profile.</summary>
    public static ulong FirstOf(ulong profile)
    {
        int doubled = (int)Math.Min(Doublings, profile / ProfilesAlike);
        ulong before = FirstPrograms * ((1ul << doubled) - 1);
        return before + ((profile - ((ulong)doubled * ProfilesAlike)) * (ulong)(FewestPerProfile << doubled));
    }

    /// <summary>Starts the sequence of program <paramref name="program"/> of run <paramref name="seed"/>.</summary>
    public void Restart(ulong seed, ulong program)
    {
        ulong run = Mix(seed);
        state = Mix(run ^ (program * Step));
        next = Mix(Mix(run + (ProfileOf(program) * Step)) + 1);
    }

    /// <inheritdoc/>
    public bool TryNext(out ChoiceRecord record)
    {
        record = new ChoiceRecord(next);
        state += Step;
        next = Mix(state);
        return true;
    }

    /// <summary>The finalizer of SplitMix64.</summary>
    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
        value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
        return value ^ (value >> 31);
    }
}

/// <summary>Choices that are given.</summary>
public sealed class RecordChoices : IChoiceSource
{
    private ReadOnlyMemory<ChoiceRecord> records;

    /// <summary>Starts with these.</summary>
    public RecordChoices(ReadOnlyMemory<ChoiceRecord> records) => this.records = records;

    /// <summary>Records made of bytes; what is left over at the end is a record with zeros behind it.</summary>
    public static RecordChoices FromBytes(ReadOnlySpan<byte> bytes)
    {
        var made = new ChoiceRecord[(bytes.Length + ChoiceRecord.Size - 1) / ChoiceRecord.Size];
        Span<byte> padded = stackalloc byte[ChoiceRecord.Size];
        for (int i = 0; i < made.Length; i++)
        {
            padded.Clear();
            int start = i * ChoiceRecord.Size;
            bytes[start..Math.Min(bytes.Length, start + ChoiceRecord.Size)].CopyTo(padded);
            made[i] = new ChoiceRecord(BinaryPrimitives.ReadUInt64LittleEndian(padded));
        }

        return new RecordChoices(made);
    }

    /// <inheritdoc/>
    public bool TryNext(out ChoiceRecord record)
    {
        record = default;
        if (records.IsEmpty)
        {
            return false;
        }

        record = records.Span[0];
        records = records[1..];
        return true;
    }
}
