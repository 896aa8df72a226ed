// What this file covers: stages that must wait. A step that would wait leaves every byte of the World as it was, also
// the first time; who was woken runs on at the end of the operation that woke it, and what was started only by steps.
// What it does not cover: whether somebody always wakes (property locks).

using System;
using System.Collections.Generic;
using System.Linq;
using MmFuzz.Engine;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.State;
using MmFuzz.Generators;
using Xunit;
using Runner = MmFuzz.Engine.Runner;

namespace MmFuzz.Tests.Scenarios;

public class WaitScenarios
{
    [Fact]
    public void A_step_that_would_wait_changes_no_byte_even_the_first_time() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        store p0 0
        start t9 migrate p0 0 | moving
        step t9 4         | moving
        ? p0 0            | migration-write A dirty soft-dirty
        start t0 load p0 0 | moving
        step t0           | moving
        step t0           | skipped: would-wait
        step t0           | skipped: would-wait
        """);

    [Fact]
    public void What_was_started_and_waits_moves_by_steps_only() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        uffd p0 -> u0
        register u0 0 4
        store p0 0
        wp u0 0
        start t0 store p0 0 | moving
        step t0 9         | blocked
        unwp u0 0
        load p0 0 by t4   | #1
        step t0 9
        load p0 0         | #2
        """);

    [Fact]
    public void Whoever_waits_for_a_lock_runs_on_when_it_is_free() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        store p0 0
        start t0 fork p0 -> p1 | moving
        load p0 1 by t4   | blocked
        step t0 99
        load p0 1 by t4   | 0
        """);

    [Theory]
    [InlineData("v6.18")]
    [InlineData("v6.1")]
    [InlineData("v5.18")]
    [InlineData("v5.8")]
    [InlineData("v6.18, without page-count-cow")]
    [InlineData("v6.18, without page-count-reuse, without page-count-cow")]
    public void No_step_that_would_wait_changes_a_byte_in_any_staged_program(string words)
    {
        Profile profile = Scenario.ProfileOf(words);
        var fuzzer = new Fuzzer(profile, seed: 5, length: 60);
        var runner = new Runner(profile);
        SortedSet<string> changed = [];
        int waited = 0;
        for (ulong program = 0; program < 1500; program++)
        {
            fuzzer.RunProgram(Fuzzer.Apart(program));
            runner.Reset();
            foreach (Operation op in fuzzer.Generator.Recorded)
            {
                runner.Execute(in op);
                if (runner.Violation is not null)
                    break;
                waited += StepEverybody(runner, changed);
            }
        }

        Assert.Empty(changed);
        Assert.InRange(waited, 100, int.MaxValue);
    }

    private static int StepEverybody(Runner runner, SortedSet<string> changed)
    {
        int waited = 0;
        World before = default;
        runner.Save(ref before);
        for (byte a = 0; a < Limits.Actors; a++)
        {
            Operation step = new() { Kind = OperationKind.Step, Actor = new ActorId(a), Number = 1 };
            Outcome outcome = runner.Execute(in step);
            if (outcome.Skip == SkipReason.WouldWait)
            {
                waited++;
                if (!World.Bytes(in before).SequenceEqual(World.Bytes(in runner.World)))
                    changed.Add(runner.World.Machine.TaskAt(step.Actor).Path.ToString());
            }

            runner.Restore(in before);
        }

        return waited;
    }

    [Fact]
    public void A_thread_that_waits_for_a_manager_goes_with_its_process() => Scenario.Run("v6.18", """
        mmap p0 0 1 anon rw
        uffd p0 -> u0
        register u0 0 1 missing
        fork p0 -> p1
        load p0 0 by t4   | blocked
        exit p0
        fork p1 -> p0
        mmap p0 8 1 anon rw
        store p0 8 by t4
        """);

    [Fact]
    public void What_it_had_pinned_already_is_given_back() => Scenario.Run("v6.18", """
        mmap p0 0 2 anon rw
        store p0 0
        uffd p0 -> u0
        register u0 1 1 missing
        pin p0 0 2 r -> g0 by t4 | blocked
        exit p0
        devread g0        | skipped: handle-empty
        """);
}
