// What this file covers: the table of what kinds of operations need, which saves a look at slots and numbers where a
// kind needs none of them.
// What it does not cover: each reason to be skipped (Scenarios/).

using System;
using System.Linq;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.State;
using Xunit;

namespace MmFuzz.Tests.Operations;

public class EnabledTests
{
    [Fact]
    public void Who_needs_no_more_than_actor_and_process_runs_in_an_empty_machine()
    {
        OperationKind[] plain =
            [.. Enum.GetValues<OperationKind>().Where(kind => !Enabled.TraitsOf(kind).HasFlag(KindTraits.NeedsMore))];
        Machine machine = WithOneProcess();

        Assert.Contains(OperationKind.Load, plain);
        Assert.All(
            plain,
            kind => Assert.Equal(SkipReason.None, Enabled.Check(in machine, new Operation { Kind = kind })));
    }

    [Fact]
    public void Who_needs_more_is_skipped_where_that_is_missing()
    {
        Machine machine = WithOneProcess();

        Assert.Equal(SkipReason.HandleEmpty, Check(in machine, OperationKind.Unpin));
        Assert.Equal(SkipReason.UffdClosed, Check(in machine, OperationKind.Wp));
        Assert.Equal(SkipReason.InodeMissing, Check(in machine, OperationKind.Truncate));
        Assert.Equal(SkipReason.NothingStarted, Check(in machine, OperationKind.Step));
    }

    [Fact]
    public void Who_takes_pages_is_who_takes_them_for_a_handle_or_for_a_call() =>
        Assert.Equal(
            [
                OperationKind.Pin, OperationKind.Get, OperationKind.Vmsplice, OperationKind.Ref, OperationKind.DirectIo,
                OperationKind.ProcessVm,
            ],
            Enum.GetValues<OperationKind>().Where(kind => Enabled.TraitsOf(kind).HasFlag(KindTraits.TakesPages)));

    private static SkipReason Check(in Machine machine, OperationKind kind) =>
        Enabled.Check(in machine, new Operation { Kind = kind });

    private static Machine WithOneProcess()
    {
        World.Reset(out World world);
        Touched touched = default;
        world.Machine.SetState(ref touched, default, MmState.Live);
        return world.Machine;
    }
}
