// What this file covers: every string of bytes is a program, whatever its length, always the same one, and the one that
// the generator makes of the same records; what happens where bytes run out.
// What it does not cover: what programs do.

using System;
using System.Linq;
using MmFuzz.Engine;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Generators;
using MmFuzz.Generators.Guided;
using MmFuzz.Tests.Cli;
using Xunit;

namespace MmFuzz.Tests.Guided;

public class BytesTests
{
    private readonly GuidedTarget target = new(Profile.Repaired, Feedback.None);

    [Fact]
    public void Every_string_of_bytes_is_a_program_and_always_the_same()
    {
        var dice = new Dice(1);
        for (int i = 0; i < 200; i++)
        {
            byte[] bytes = Bytes(dice, dice.Below(900));
            Operation[] once = ProgramOf(bytes);
            Assert.Equal(once, ProgramOf(bytes));
            Assert.Null(target.Runner.Violation);
        }
    }

    [Fact]
    public void Bytes_and_records_give_the_same_program()
    {
        var dice = new Dice(2);
        var generator = new Generator();
        var runner = new Runner(Profile.Repaired);
        for (int length = 0; length < 300; length++)
        {
            byte[] bytes = Bytes(dice, length);
            generator.Run(runner, RecordChoices.FromBytes(bytes), Fuzzer.UsualLength);
            Assert.Equal(generator.Recorded.ToArray(), ProgramOf(bytes));
        }
    }

    [Fact]
    public void Where_bytes_run_out_in_a_record_zeros_stand_behind_them()
    {
        byte[] bytes = Bytes(new Dice(3), 165);
        Assert.Equal(ProgramOf([.. bytes, 0, 0, 0]), ProgramOf(bytes));
    }

    [Fact]
    public void Where_records_have_run_out_the_program_ends()
    {
        byte[] bytes = Bytes(new Dice(4), 400);
        Operation[] longer = ProgramOf(bytes);
        Operation[] shorter = ProgramOf(bytes[..200]);
        Assert.True(shorter.Length < longer.Length);
        Assert.Equal(longer[..shorter.Length], shorter);
    }

    [Fact]
    public void No_bytes_at_all_are_a_set_up()
    {
        Assert.InRange(ProgramOf([]).Length, 1, Generator.MostSetUp);
        Assert.Equal(ProgramOf(new byte[ChoiceRecord.Size]), ProgramOf([]));
    }

    [Fact]
    public void More_bytes_than_a_program_can_use_do_no_harm()
    {
        GuidedOutcome outcome = target.Run(new byte[2 * ByteChoices.MostBytes]);
        Assert.InRange(outcome.Used, 1, ByteChoices.MostBytes);
    }

    [Fact]
    public void What_the_generator_draws_can_be_kept_as_bytes()
    {
        var fuzzer = new Fuzzer(Profile.Repaired, seed: 7);
        var noted = new NotedChoices();
        for (ulong program = 0; program < 100; program++)
        {
            fuzzer.RunProgram(program);
            ReadOnlySpan<byte> bytes = noted.Note(7, program, RecordMutator.MostRecords);
            Assert.Equal(fuzzer.Generator.Recorded.ToArray(), ProgramOf(bytes.ToArray()));
        }
    }

    [Fact]
    public void What_was_used_of_the_bytes_is_the_whole_program()
    {
        byte[] bytes = Bytes(new Dice(5), 8 * RecordMutator.MostRecords);
        Operation[] all = ProgramOf(bytes);
        int used = target.Run(bytes).Used;
        Assert.InRange(used, 8, bytes.Length - 1);
        Assert.Equal(all, ProgramOf(bytes[..used]));
    }

    internal static byte[] Bytes(Dice dice, int length) =>
        [.. Enumerable.Range(0, length).Select(_ => (byte)dice.Below(256))];

    private Operation[] ProgramOf(byte[] bytes)
    {
        target.Run(bytes);
        return target.Generator.Recorded.ToArray();
    }
}
