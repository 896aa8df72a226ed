// What this file covers: which goals a kernel can reach, and when a run that missed one is red; what became of the
// operations of a run, counted by kind and outcome.
// What it does not cover: that goals are reached (GeneratorTests.cs), how runs are reported (Cli/).

using System;
using System.Collections.Generic;
using System.Linq;
using MmFuzz.Engine;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Kernel;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.State;
using MmFuzz.Generators;
using Xunit;

namespace MmFuzz.Tests.Generators;

public class GoalVerdictTests
{
    private const long Long = GoalVerdict.JudgedAfter;

    // The rarest goal of a release took some 40,000 programs of this seed; a few are run in any case.
    private const ulong Few = 2000;
    private const ulong Many = 60_000;

    [Fact]
    public void A_long_usual_run_on_a_release_is_judged() =>
        Assert.Null(GoalVerdict.NotJudged(Profile.Repaired, Long, Fuzzer.UsualLength));

    [Fact]
    public void Other_runs_are_not_judged_and_say_why()
    {
        Profile mutated = Profile.Newest.WithMutants([default]);
        string?[] reasons =
        [
            GoalVerdict.NotJudged(Profile.Newest, Long - 1, Fuzzer.UsualLength),
            GoalVerdict.NotJudged(Profile.Newest, Long, 20),
            GoalVerdict.NotJudged(Profile.Newest.Without(Fix.ZapFlush), Long, Fuzzer.UsualLength),
            GoalVerdict.NotJudged(Profile.Of(new(5, 18)).With(Fix.ExclusiveReuse), Long, Fuzzer.UsualLength),
            GoalVerdict.NotJudged(mutated, Long, Fuzzer.UsualLength),
        ];
        Assert.Equal(
            "fewer than 20,000,000 operations; programs of an unusual length; fixes were taken out; fixes were added; "
            + "a fault was put in",
            string.Join("; ", reasons));
    }

    [Fact]
    public void A_goal_that_was_not_reached_is_missed_where_the_kernel_can_reach_it()
    {
        long[] goals = [.. Enum.GetValues<Goal>().Select(goal => goal is Goal.CowCopy or Goal.MarkerFault ? 0L : 1)];
        Assert.Equal([Goal.CowCopy, Goal.MarkerFault], GoalVerdict.Missed(Profile.Newest, goals).AsEnumerable());
        Assert.Equal([Goal.CowCopy], GoalVerdict.Missed(Profile.Of(new(4, 18)), goals).AsEnumerable());
    }

    [Fact]
    public void What_no_run_of_a_release_reaches_is_what_the_release_cannot_reach()
    {
        foreach (KernelVersion release in Profile.Known)
        {
            var profile = Profile.Of(release);
            var fuzzer = new Fuzzer(profile, seed: 3);
            long[] reached = fuzzer.Runner.Context.Goals;
            ulong program = 0;
            while (program < Few || (program < Many && !GoalVerdict.Missed(profile, reached).IsEmpty))
                fuzzer.RunProgram(program++);
            IEnumerable<string> cannot = Enum.GetValues<Goal>()
                .Where(goal => !GoalReach.CanReach(goal, profile)).Select(goal => $"{release} {goal}");
            IEnumerable<string> never = Enum.GetValues<Goal>()
                .Where(goal => reached[(int)goal] == 0).Select(goal => $"{release} {goal}");
            Assert.Equal(cannot, never);
        }
    }

    [Fact]
    public void Operations_are_counted_by_kind_and_by_what_became_of_them()
    {
        var table = new OutcomeTable();
        var store = new Operation { Kind = OperationKind.Store };
        Operation started = store;
        started.Flags = OperationFlags.Started;
        table.Count(in store, new Outcome(SkipReason.None, true, Errno.None, default, 0));
        table.Count(in store, new Outcome(SkipReason.None, true, Errno.SIGSEGV, default, 0));
        table.Count(in store, new Outcome(SkipReason.None, false, Errno.None, default, 0));
        table.Count(in started, new Outcome(SkipReason.None, false, Errno.None, default, 0));
        table.Count(in store, new Outcome(SkipReason.ActorBusy, false, Errno.None, default, 0));
        Assert.Equal(
            [("ok", 1), ("SIGSEGV", 1), ("under-way", 1), ("blocked", 1), ("skipped-actor-busy", 1)],
            table.Of(OperationKind.Store));
        Assert.Equal((4, 0), (table.Executed(OperationKind.Store), table.Executed(OperationKind.Load)));
    }

    [Fact]
    public void Two_tables_make_one()
    {
        var table = new OutcomeTable();
        var load = new Operation { Kind = OperationKind.Load };
        table.Count(in load, new Outcome(SkipReason.None, true, Errno.None, default, 0));
        var sum = new OutcomeTable();
        sum.Add(table);
        sum.Add(table);
        Assert.Equal([("ok", 2L)], sum.Of(OperationKind.Load));
    }
}
