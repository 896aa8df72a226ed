// What this file covers: choices to programs: a record is one operation and has a fixed width, so that changing one
// changes nothing before it and no other record's kind; the program is what ran, without skipped lines; everything the
// vocabulary has is generated; the situations worth meeting are met.
// What it does not cover: what programs find (Properties/), how they shrink (Shrinking/).

using System;
using System.Collections.Generic;
using System.Linq;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Kernel;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.State;
using MmFuzz.Generators;
using Xunit;
using Runner = MmFuzz.Engine.Runner;

namespace MmFuzz.Tests.Generators;

public class GeneratorTests
{
    private const int Length = 60;

    /// <summary>Goals that programs of a hundred operations do not reach, and why.</summary>
    private static readonly Dictionary<Goal, string> OutOfReach = new()
    {
        [Goal.OutOfMemory] = "they do not fill 63 frames",
    };

    [Fact]
    public void A_record_is_eight_bytes_each_with_a_meaning_of_its_own()
    {
        var record = new ChoiceRecord(0x0807060504030201);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], Enumerable.Range(0, ChoiceRecord.Size).Select(i => record[i]));
        Assert.Equal("0807060504030201", record.ToString());
    }

    [Fact]
    public void Bytes_are_records_and_what_is_left_over_is_filled_with_zeros()
    {
        var choices = RecordChoices.FromBytes([1, 2, 3, 4, 5, 6, 7, 8, 9]);
        Assert.True(choices.TryNext(out ChoiceRecord first));
        Assert.True(choices.TryNext(out ChoiceRecord second));
        Assert.False(choices.TryNext(out ChoiceRecord none));
        Assert.Equal((0x0807060504030201ul, 9ul, 0ul), (first.Bits, second.Bits, none.Bits));
    }

    [Fact]
    public void No_choices_make_a_program_of_set_up_only()
    {
        var generator = new Generator();
        generator.Run(new Runner(Profile.Newest), new RecordChoices(default), Length);
        Assert.NotEqual(0, generator.Recorded.Length);
        Assert.True(generator.Recorded.ToArray().All(op => op.IsSetUp));
    }

    [Fact]
    public void Changing_a_record_changes_nothing_that_came_before_it()
    {
        for (ulong program = 0; program < 200; program++)
        {
            ChoiceRecord[] records = Records(program, Length);
            int changed = 1 + (int)(program % (Length - 1));
            Operation[] before = Generate(records[..changed]);
            records[changed] = new ChoiceRecord(~records[changed].Bits);
            Assert.Equal(before, Generate(records).Take(before.Length));
        }
    }

    [Fact]
    public void The_kind_of_an_operation_depends_on_its_own_record_and_the_swarm_only()
    {
        for (ulong program = 0; program < 500; program++)
        {
            ChoiceRecord[] records = Records(program, Length);
            var swarm = new Swarm();
            swarm.Draw(records[0]);
            Operation[] all = Generate(records);
            int setUp = Generate(records[..1]).Length;
            Queue<OperationKind> kinds = new(records.Skip(1).Select(record => swarm.KindOf(record[0])));
            foreach (Operation op in all.Skip(setUp))
            {
                while (kinds.TryDequeue(out OperationKind kind) && kind != op.Kind)
                {
                }
            }

            Assert.True(all.Length == setUp || kinds.Count < Length, $"program {program}");
            Assert.True(all.Length - setUp <= Length - kinds.Count, $"program {program} has kinds of no record");
        }
    }

    [Fact]
    public void A_changed_record_leaves_most_of_what_comes_after_it()
    {
        int same = 0;
        int others = 0;
        for (ulong program = 0; program < 300; program++)
        {
            ChoiceRecord[] records = Records(program, Length);
            Operation[] before = Generate(records);
            records[10] = new ChoiceRecord(~records[10].Bits);
            HashSet<string> after = [.. Generate(records).Select(op => op.ToString())];
            same += before.Count(op => after.Contains(op.ToString()));
            others += before.Length;
        }

        Assert.InRange(same, others * 3 / 4, others);
    }

    [Fact]
    public void The_program_is_what_ran_and_running_it_again_gives_the_same_world()
    {
        var fuzzer = new Fuzzer(Profile.Newest, seed: 4);
        var runner = new Runner(Profile.Newest);
        List<string> wrong = [];
        for (ulong program = 0; program < 2000; program++)
        {
            fuzzer.RunProgram(Fuzzer.Apart(program));
            runner.Reset();
            foreach (Operation op in fuzzer.Generator.Recorded)
            {
                if (runner.Execute(in op).Skip is not SkipReason.None and var reason)
                    wrong.Add($"program {program}: {op} is skipped: {reason}");
            }

            if (!Machine.SameBytes(WithoutLines(in runner.World), WithoutLines(in fuzzer.Runner.World)))
                wrong.Add($"program {program}: another world");
        }

        Assert.Empty(wrong);
    }

    [Theory]
    [InlineData("v6.18, without early-cow-fork")]
    [InlineData("v6.18, without softdirty-tlb")]
    [InlineData("v5.7")]
    [InlineData("v6.18, without page-count-reuse, without page-count-cow")]
    public void A_finding_is_found_again_by_running_its_program(string profile)
    {
        var fuzzer = new Fuzzer(Scenarios.Scenario.ProfileOf(profile), seed: 2);
        var runner = new Runner(Scenarios.Scenario.ProfileOf(profile));
        List<string> wrong = [];
        for (ulong program = 0; program < 3000; program++)
        {
            if (fuzzer.RunProgram(Fuzzer.Apart(program)) is not { } finding)
                continue;
            runner.Reset();
            foreach (Operation op in finding.Operations)
                runner.Execute(in op);
            if (runner.Violation != finding.Violation)
                wrong.Add($"program {program}: {finding.Violation}; again: {runner.Violation}");
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public void A_program_is_no_longer_than_asked_for_beside_its_set_up()
    {
        var fuzzer = new Fuzzer(Profile.Newest, seed: 4, length: 20);
        for (ulong program = 0; program < 500; program++)
        {
            fuzzer.RunProgram(Fuzzer.Apart(program));
            Assert.InRange(fuzzer.Generator.Recorded.Length, 1, 24);
        }
    }

    [Fact]
    public void A_program_is_no_shorter_either_since_its_last_process_exits_at_its_end()
    {
        var fuzzer = new Fuzzer(Profile.Repaired, seed: 4);
        int exited = 0;
        for (ulong program = 0; program < 2000; program++)
        {
            fuzzer.RunProgram(Fuzzer.Apart(program));
            Assert.InRange(fuzzer.Generator.Recorded.Length, 80, 104);
            exited += fuzzer.Runner.World.Machine.LiveMms == 0 ? 1 : 0;
        }

        Assert.InRange(exited, 10, 200);
    }

    [Fact]
    public void Some_programs_begin_with_memory_that_only_a_debugger_may_write()
    {
        var fuzzer = new Fuzzer(Profile.Newest, seed: 4);
        int readOnly = 0;
        for (ulong program = 0; program < 500; program++)
        {
            fuzzer.RunProgram(Fuzzer.Apart(program));
            ReadOnlySpan<Operation> ran = fuzzer.Generator.Recorded;
            readOnly += ran[0] is { Kind: OperationKind.Mmap, Mapping: VmaKind.Anon, Flags: OperationFlags.Read }
                && ran.ToArray().Any(op => op.Kind == OperationKind.ForceWrite) ? 1 : 0;
        }

        Assert.InRange(readOnly, 3, 100);
    }

    [Fact]
    public void Every_kind_of_operation_is_generated()
    {
        Fuzzer fuzzer = Run(1000);
        OperationKind[] missed =
            [.. Enum.GetValues<OperationKind>().Where(kind => fuzzer.Generator.Outcomes.Executed(kind) == 0)];
        Assert.Empty(missed);
    }

    [Fact]
    public void At_least_half_of_the_operations_enter_a_kernel_path()
    {
        Fuzzer fuzzer = Run(10_000);
        long entering = fuzzer.Generator.Outcomes.EnteredKernel();
        Assert.InRange(entering, fuzzer.Generator.Operations / 2, fuzzer.Generator.Operations);
    }

    [Fact]
    public void Every_situation_worth_meeting_is_met()
    {
        Fuzzer fuzzer = Run(100_000); // the rarest is met once in 15,000
        Goal[] missed =
        [
            .. Enum.GetValues<Goal>()
                .Where(goal => fuzzer.Runner.Context.Goals[(int)goal] == 0 && !OutOfReach.ContainsKey(goal)),
        ];
        Assert.Empty(missed);
    }

    private static Fuzzer Run(ulong programs)
    {
        var fuzzer = new Fuzzer(Profile.Newest, seed: 9);
        for (ulong program = 0; program < programs; program++)
            fuzzer.RunProgram(Fuzzer.Apart(program));
        return fuzzer;
    }

    private static ChoiceRecord[] Records(ulong program, int count)
    {
        var choices = new PrngChoices();
        choices.Restart(6, program);
        return [.. Enumerable.Range(0, count).Select(_ => choices.TryNext(out ChoiceRecord record) ? record : default)];
    }

    private static Operation[] Generate(ChoiceRecord[] records)
    {
        var generator = new Generator();
        generator.Run(new Runner(Profile.Newest), new RecordChoices(records), 4 * Length);
        return [.. generator.Recorded];
    }

    /// <summary>Tasks remember the line that began them, which a replay may number otherwise.</summary>
    private static Machine WithoutLines(in World world)
    {
        Machine machine = world.Machine;
        Touched touched = default;
        for (byte a = 0; a < Limits.Actors; a++)
            machine.ChangeTask(ref touched, new ActorId(a)).Line = 0;
        return machine;
    }
}
