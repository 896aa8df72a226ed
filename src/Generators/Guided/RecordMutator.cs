// Changes programs made of bytes, record by record: all behind the swarm profile, or behind a beginning, is drawn
// anew; or records are replaced, changed in one byte, put in, taken out, repeated, exchanged, or taken from the end of
// another program. A change of a record stays local, since records have a fixed width.
// Not covered: which programs are changed (GuidedLoop), what a record means (Swarm, Generator).

using System;
using System.Buffers.Binary;

namespace MmFuzz.Generators.Guided;

/// <summary>Changes programs.</summary>
public sealed class RecordMutator
{
    /// <summary>Records of a changed program, at most.</summary>
    public const int MostRecords = 1 + (4 * Fuzzer.UsualLength);

    private const int LongestRun = 12;

    // Of 8 programs, 3 keep the swarm profile alone, 3 a beginning, and 2 are changed here and there. With the last
    // way alone the loop needed some half more operations: what a program does is mostly its profile's doing.
    private const int Ways = 8;
    private const int RegrownWhole = 3;
    private const int Regrown = 6;

    private readonly ulong[] records = new ulong[2 * MostRecords];
    private readonly byte[] bytes = new byte[MostRecords * ChoiceRecord.Size];
    private readonly PrngChoices choices;
    private int count;

    /// <summary>Makes a mutator.</summary>
    /// <param name="choices">Where its choices come from.</param>
    public RecordMutator(PrngChoices choices) => this.choices = choices;

    /// <summary>A changed program; valid until the next is asked for.</summary>
    /// <param name="program">The program.</param>
    /// <param name="other">One whose end may be taken.</param>
    public ReadOnlySpan<byte> Change(ReadOnlySpan<byte> program, ReadOnlySpan<byte> other)
    {
        count = Read(program, records);
        int way = Below(Ways);
        if (way < Regrown)
        {
            Regrow(way < RegrownWhole ? 1 : 1 + Below(Math.Max(1, count - 1)));
            return Write();
        }

        int times = 1 << Below(3);
        for (int i = 0; i < times; i++)
        {
            ChangeOnce(other);
        }

        return Write();
    }

    private ReadOnlySpan<byte> Write()
    {
        count = Math.Min(count, MostRecords);
        for (int i = 0; i < count; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(i * ChoiceRecord.Size), records[i]);
        }

        return bytes.AsSpan(0, count * ChoiceRecord.Size);
    }

    /// <summary>A number from 0 to before <paramref name="bound"/>.</summary>
    public int Below(int bound) => (int)(Draw() % (ulong)bound);

    private void ChangeOnce(ReadOnlySpan<byte> other)
    {
        if (count < 2)
        {
            Regrow(Math.Max(count, 0));
            return;
        }

        int at = 1 + Below(count - 1);
        switch (Below(16))
        {
            case 0 or 1 or 2:
                records[at] = Draw();
                break;
            case 3 or 4 or 5:
                int shift = 8 * Below(ChoiceRecord.Size);
                records[at] = (records[at] & ~(0xfful << shift)) | ((Draw() & 0xff) << shift);
                break;
            case 6 or 7:
                Insert(at, [Draw()]);
                break;
            case 8 or 9:
                Remove(at, 1 + Below(LongestRun));
                break;
            case 10 or 11:
                int from = 1 + Below(count - 1);
                int length = Math.Min(1 + Below(LongestRun), count - from);
                Insert(at, records.AsSpan(from, length).ToArray());
                break;
            case 12:
                int with = 1 + Below(count - 1);
                (records[at], records[with]) = (records[with], records[at]);
                break;
            case 13:
                Splice(at, other);
                break;
            case 14:
                Regrow(at);
                break;
            default:
                int bit = 8 * Below(ChoiceRecord.Size);
                records[0] ^= (Draw() & 0xff) << bit;
                break;
        }
    }

    private void Insert(int at, ReadOnlySpan<ulong> added)
    {
        int length = Math.Min(added.Length, MostRecords - count);
        if (length > 0)
        {
            records.AsSpan(at, count - at).CopyTo(records.AsSpan(at + length));
            added[..length].CopyTo(records.AsSpan(at));
            count += length;
        }
    }

    private void Remove(int at, int length)
    {
        length = Math.Min(length, count - at);
        records.AsSpan(at + length, count - at - length).CopyTo(records.AsSpan(at));
        count -= length;
    }

    private void Splice(int at, ReadOnlySpan<byte> other)
    {
        int length = other.Length / ChoiceRecord.Size;
        if (length > 1)
        {
            int from = 1 + Below(length - 1);
            length = Math.Min(length - from, MostRecords - at);
            count = at + Read(other.Slice(from * ChoiceRecord.Size, length * ChoiceRecord.Size), records.AsSpan(at));
        }
    }

    private void Regrow(int at)
    {
        count = MostRecords;
        for (int i = at; i < count; i++)
        {
            records[i] = Draw();
        }
    }

    private static int Read(ReadOnlySpan<byte> program, Span<ulong> into)
    {
        int length = Math.Min(program.Length / ChoiceRecord.Size, MostRecords);
        for (int i = 0; i < length; i++)
        {
            into[i] = BinaryPrimitives.ReadUInt64LittleEndian(program[(i * ChoiceRecord.Size)..]);
        }

        return length;
    }

    private ulong Draw()
    {
        choices.TryNext(out ChoiceRecord record);
        return record.Bits;
    }
}
