// Tasks that wait: they are noted with what they wait for, and run on when an operation has ended the wait.
// Not covered: whether anybody can end it (Properties/LockRules).

using System.Numerics;
using MmFuzz.Engine.Kernel;
using MmFuzz.Engine.Properties;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine;

public sealed partial class Runner
{
    /// <summary>
    /// Whether, of several actors that an operation wakes, the last in slot order runs on first instead of the first.
    /// Any order is right; a differential run may need the one that a kernel took.
    /// </summary>
    public bool WakesLastFirst { get; set; }

    private void Block(ref Task task, bool alone)
    {
        if (task.State == TaskState.Blocked)
        {
            return;
        }

        task.State = TaskState.Blocked;
        (task.WaitKind, task.WaitOn) = context.Waiting;
        if (task.WaitKind is WaitKind.PtLock or WaitKind.PageLock or WaitKind.MmapRead or WaitKind.MmapWrite)
        {
            context.Reach(Goal.WaitedForLock);
        }

        context.Machine.NoteBlocked(task.Actor, blocked: true);
        Report(LockRules.CheckBlocked(checker, in context.World, task.Actor));
        if (alone && task.WaitKind == WaitKind.Userfault)
        {
            Report(LockRules.CheckEvent(checker, in context.World, in task));
        }
    }

    /// <summary>Lets actors that waited run on, as long as any of them can.</summary>
    private void RunWoken()
    {
        bool moved = true;
        while (moved && Violation is null)
        {
            moved = false;
            for (int left = context.Machine.BlockedTasks, slot; left != 0 && Violation is null; left &= ~(1 << slot))
            {
                slot = WakesLastFirst ? BitOperations.Log2((uint)left) : BitOperations.TrailingZeroCount(left);
                var actor = new ActorId((byte)slot);
                ref readonly Task task = ref context.Machine.TaskAt(actor);
                if (task.State == TaskState.Blocked && !task.IsStarted
                    && !StillWaits(in context.World.Machine, in task))
                {
                    moved |= Advance(actor, int.MaxValue, alone: false) > 0;
                }
            }
        }
    }

    /// <summary>Whether what the task waits for is plainly still held, so that asking its path is idle.</summary>
    private static bool StillWaits(in Machine machine, in Task task) => task.WaitKind switch
    {
        WaitKind.PtLock => machine.PtLockOwner(task.WaitOn) != 0,
        WaitKind.PageLock => machine.FrameAt(new Pfn(task.WaitOn)).Locked,
        WaitKind.Userfault => machine.EventAt(task.Actor).State is UffdEventState.Pending or UffdEventState.Read,
        WaitKind.MmapRead => machine.MmAt(new MmId(task.WaitOn)).MmapWriter != 0,
        WaitKind.MmapWrite => machine.MmAt(new MmId(task.WaitOn)) is not { MmapWriter: 0, MmapReaders: 0 },
        WaitKind.Writeback => machine.FrameAt(new Pfn(task.WaitOn)).Writeback,
        WaitKind.InodeLock => machine.InodeAt(new InodeId(task.WaitOn)).LockOwner != 0,
        WaitKind.Sibling => !machine.TaskAt(new ActorId(task.WaitOn)).IsIdle,
        WaitKind.FileMappings => machine.MmAt(new MmId(task.WaitOn)).TlbFlushPending != 0,
        WaitKind.None or WaitKind.Migration or WaitKind.SwapSlot or WaitKind.Interrupts => false,
    };
}
