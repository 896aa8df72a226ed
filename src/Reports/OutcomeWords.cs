// What became of a line, in words: its result, that it waits and for what, or why it was skipped.
// Not covered: what the line does (OperationWords).

using MmFuzz.Engine;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.Properties;
using MmFuzz.Engine.State;

namespace MmFuzz.Reports;

/// <summary>Words for outcomes.</summary>
public static class OutcomeWords
{
    /// <summary>The outcome: <c>ok, read #3</c>, <c>EAGAIN</c>, <c>blocked: ...</c>, <c>skipped: ...</c>.</summary>
    public static string Of(in Operation op, in Outcome outcome, in Machine after)
    {
        if (outcome.Skip != SkipReason.None)
        {
            return "skipped: " + Of(outcome.Skip);
        }

        if (!outcome.Ended)
        {
            return Unfinished(in op, in after);
        }

        return Result(in op, in outcome);
    }

    /// <summary>What an operation that has ended answers.</summary>
    public static string Result(in Operation op, in Outcome outcome) =>
        outcome.Errno != Errno.None ? ErrnoContract.Name(outcome.Errno) : "ok" + Found(in op, in outcome);

    /// <summary>For machines: <c>ok</c>, <c>errno</c>, <c>blocked</c>, <c>started</c> or <c>skipped</c>.</summary>
    public static string Kind(in Operation op, in Outcome outcome, in Machine after) =>
        outcome.Skip != SkipReason.None ? "skipped"
        : outcome.Ended ? (outcome.Errno == Errno.None ? "ok" : "errno")
        : IsBlocked(in op, in after) ? "blocked"
        : "started";

    /// <summary>What the line answered, as a program may expect it.</summary>
    public static Answer AnswerOf(in Operation op, in Outcome outcome, in Machine after) =>
        Answer.Of(outcome.Skip, outcome.Ended, outcome.Errno, IsBlocked(in op, in after));

    /// <summary>Why a line was skipped.</summary>
    public static string Of(SkipReason reason) => reason switch
    {
        SkipReason.None => "it was not",
        SkipReason.ProcessGone => "the process does not live",
        SkipReason.ProcessExists => "the child's place is taken",
        SkipReason.HandleTaken => "the handle is in use",
        SkipReason.HandleEmpty => "there is no such handle",
        SkipReason.HandleUnfit => "the handle is not of that kind, or has no such page",
        SkipReason.UffdTaken => "the userfaultfd is open already",
        SkipReason.UffdClosed => "the userfaultfd is not open",
        SkipReason.InodeTaken => "the file exists already",
        SkipReason.InodeMissing => "there is no such file",
        SkipReason.ActorBusy => "the thread is blocked, or in a path that was started",
        SkipReason.InUse => "somebody else is in the middle of it",
        SkipReason.NothingStarted => "the thread has nothing that was started",
        SkipReason.WouldWait => "the path must wait",
        SkipReason.NoTokenLeft => "the program has stored too often",
        SkipReason.AlreadyArmed => "a failure is armed already",
        SkipReason.NoHandleLeft => "as many pages are pinned as the model knows handles for",
    };

    /// <summary>What a thread waits for.</summary>
    public static string Waiting(in Task task) => task.WaitKind switch
    {
        WaitKind.None => "nothing",
        WaitKind.PtLock => $"page-table lock {task.WaitOn}",
        WaitKind.PageLock => $"the lock of page pfn{task.WaitOn}",
        WaitKind.MmapRead => $"mmap_lock of p{task.WaitOn}, for reading",
        WaitKind.MmapWrite => $"mmap_lock of p{task.WaitOn}, for writing",
        WaitKind.Userfault when task.Path is KernelPath.UserfaultfdEvent or KernelPath.Fork =>
            "the manager of its userfaultfd, to read of the change",
        WaitKind.Userfault => $"the manager of its userfaultfd (page {task.FaultVa.Value} of {task.Mm})",
        WaitKind.Migration => $"the end of a migration (page {task.FaultVa.Value} of {task.Mm})",
        WaitKind.SwapSlot => $"whoever reads swap slot {task.WaitOn}",
        WaitKind.Interrupts => "a CPU that has interrupts off",
        WaitKind.InodeLock => $"the lock of i{task.WaitOn}",
        WaitKind.Sibling => $"t{task.WaitOn}, which is in a call that no signal ends",
        WaitKind.FileMappings => $"whoever unmaps a page of a file from p{task.WaitOn}",
        WaitKind.Writeback => $"the write-out of page pfn{task.WaitOn}",
    };

    private static bool IsBlocked(in Operation op, in Machine after) =>
        HasTask(in op) && after.TaskAt(op.Actor).State == TaskState.Blocked;

    private static bool HasTask(in Operation op) => Enabled.NeedsActor(op.Kind) || op.Kind == OperationKind.Step;

    private static string Unfinished(in Operation op, in Machine after)
    {
        if (!HasTask(in op))
        {
            return "cut short by the violation";
        }

        ref readonly Task task = ref after.TaskAt(op.Actor);
        if (task.State == TaskState.Blocked)
        {
            return $"blocked: {op.Actor} waits for {Waiting(in task)}";
        }

        return task.Depth == 0 ? "cut short by the violation"
            : task.IsStarted ? $"under way: {StageNames.Of(task.Path)}, next {StageNames.Of(task.Path, task.Stage)}"
            : "cut short by the violation";
    }

    private static string Found(in Operation op, in Outcome outcome) => op.Kind switch
    {
        OperationKind.DevRead or OperationKind.PipeRead => $", read {Content(outcome.Value)}",
        _ when op.ReadsPage => $", read {Content(outcome.Value)}",
        OperationKind.UffdRead => $", an event of {new ActorId(outcome.Number)}",
        OperationKind.Pagemap => outcome.Number != 0 ? ", soft-dirty" : ", clean",
        OperationKind.Scan => $", written: {Answer.PagesOf(outcome.Value)}",
        OperationKind.Step when !outcome.Value.IsZero => $", read {outcome.Value}",
        _ => string.Empty,
    };

    private static string Content(Token token) => token.IsZero ? "zeros" : token.ToString();
}
