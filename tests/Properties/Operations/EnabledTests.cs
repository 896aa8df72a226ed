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
    public void Who_needs_no_more_than_actor_and_process_runs_whether_all_is_there_or_nothing()
    {
        OperationKind[] plain =
            [.. Enum.GetValues<OperationKind>().Where(kind => !Enabled.TraitsOf(kind).HasFlag(KindTraits.NeedsMore))];
        Machine empty = WithOneProcess();
        Machine full = Full();

        Assert.Contains(OperationKind.Load, plain);
        Assert.All(plain, kind => Assert.Equal(SkipReason.None, Check(in empty, kind)));
        Assert.All(plain, kind => Assert.Equal(SkipReason.None, Check(in full, kind)));
    }

    [Fact]
    public void Nobody_is_asked_for_more_in_vain() =>
        Assert.All(
            Enum.GetValues<OperationKind>().Where(kind => Enabled.TraitsOf(kind).HasFlag(KindTraits.NeedsMore)),
            kind => Assert.True(
                Check(WithOneProcess(), kind) != SkipReason.None || Check(Full(), kind) != SkipReason.None,
                kind.ToString()));

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
        Enabled.Check(in machine, new Operation { Kind = kind, Mapping = VmaKind.SharedAnon });

    /// <summary>Every slot is taken, every running number used up, a fault armed, the other thread at work.</summary>
    private static Machine Full()
    {
        Machine machine = WithOneProcess();
        Touched touched = default;
        while (machine.NextSerial() != 0)
        {
        }

        for (byte i = 0; i < Limits.Handles; i++)
        {
            machine.ChangeHandle(ref touched, new HandleId(i)).Kind = HandleKind.Pin;
        }

        for (byte i = 0; i < Limits.Uffds; i++)
        {
            machine.ChangeUffd(ref touched, new UffdId(i)).Open = 1;
        }

        for (byte i = 0; i < Limits.Inodes; i++)
        {
            machine.ChangeInode(ref touched, new InodeId(i)).Flags = InodeFlags.Exists | InodeFlags.Unlinked;
        }

        var other = new ActorId(Limits.Mms);
        ref Task task = ref machine.ChangeTask(ref touched, other);
        task.Operation = (byte)OperationKind.Load;
        task.Call(KernelPath.UserAccess);
        machine.NoteBegun(other);
        machine.InjectFault((InjectedFault)1, 0);
        return machine;
    }

    private static Machine WithOneProcess()
    {
        World.Reset(out World world);
        Touched touched = default;
        world.Machine.SetState(ref touched, default, MmState.Live);
        return world.Machine;
    }
}
