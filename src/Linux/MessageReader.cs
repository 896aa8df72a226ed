// Reads the executor's answer to a program, field by field. Not covered: where it comes from (ExecutorClient).

using System;
using System.Buffers.Binary;
using System.Numerics;
using MmFuzz.Engine.State;

namespace MmFuzz.Linux;

/// <summary>Reads a message.</summary>
internal ref struct MessageReader
{
    private ReadOnlySpan<byte> rest;

    /// <summary>Begins.</summary>
    public MessageReader(ReadOnlySpan<byte> message) => rest = message;

    /// <summary>Whether all is read.</summary>
    public readonly bool IsAtEnd => rest.IsEmpty;

    /// <summary>Eight bytes.</summary>
    public ulong ReadWord()
    {
        ulong word = BinaryPrimitives.ReadUInt64LittleEndian(rest);
        rest = rest[8..];
        return word;
    }

    /// <summary>What was shown of one operation.</summary>
    public void ReadStep(StepRecord record)
    {
        record.Clear();
        record.Status = (StepStatus)ReadByte();
        ReadByte(); // si_code, which the model does not have
        record.Error = ReadShort();
        record.Nanoseconds = ReadNumber();
        for (int count = ReadByte(); count > 0; count--)
        {
            record.Values.Add(ReadWord());
        }

        for (int count = ReadByte(); count > 0; count--)
        {
            byte actor = ReadByte();
            ReadByte();
            short error = ReadShort();
            record.Completions.Add(new Completion(actor, error, ReadWord()));
        }

        for (int count = ReadByte(); count > 0; count--)
        {
            record.Events.Add(new SeenEvent(ReadByte(), (UffdFaultFlags)ReadByte(), ReadByte(), ReadByte()));
        }

        ReadPages(record);
        ReadHandles(record);
    }

    private void ReadPages(StepRecord record)
    {
        record.Live = ReadByte();
        for (int left = record.Live; left != 0; left &= left - 1)
        {
            int process = BitOperations.TrailingZeroCount(left);
            for (int mask = (ushort)ReadShort(); mask != 0; mask &= mask - 1)
            {
                int page = BitOperations.TrailingZeroCount(mask);
                record.Pages[(process * Limits.PagesPerMm) + page] = new PageWord(ReadWord());
            }
        }
    }

    private void ReadHandles(StepRecord record)
    {
        record.Handles = ReadByte();
        for (int left = record.Handles; left != 0; left &= left - 1)
        {
            int handle = BitOperations.TrailingZeroCount(left);
            record.HandleCounts[handle] = ReadByte();
            for (int page = 0; page < record.HandleCounts[handle]; page++)
            {
                record.HandleValues[(handle * Limits.HandlePages) + page] = ReadWord();
            }
        }
    }

    private byte ReadByte()
    {
        byte value = rest[0];
        rest = rest[1..];
        return value;
    }

    private uint ReadNumber()
    {
        uint value = BinaryPrimitives.ReadUInt32LittleEndian(rest);
        rest = rest[4..];
        return value;
    }

    private short ReadShort()
    {
        short value = BinaryPrimitives.ReadInt16LittleEndian(rest);
        rest = rest[2..];
        return value;
    }
}
