// Operations without stages: devices, pipes, the manager's reads, reports. They are atomic, so that contract and
// result are judged around one call. Not covered: operations in stages (Runner.cs).

using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.Properties;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine;

public sealed partial class Runner
{
    private Outcome RunImmediate(in Operation op)
    {
        context.Actor = ActorId.Outside0;
        if (op.Kind is OperationKind.DevRead or OperationKind.PipeRead)
        {
            JudgeRead(in op);
        }

        if (op.Kind == OperationKind.Unpin && Profile.TracksExclusive && context.Machine.HandleAt(op.Handle).IsPin)
        {
            checker.Note(Clause.UnpinWarning);
        }

        EntryIndex writer = op.Kind == OperationKind.DevWrite
            ? HandleContracts.EntryOf(in context.World.Reference, op.Handle, op.Number)
            : default;
        ImmediateResult result = Starter.Run(context, in op, writer);
        if (op.Kind == OperationKind.Ref)
        {
            HandleContracts.Begun(ref context.World, ref context.Touched, op.Handle); // it promises nothing
        }

        if (op.Kind == OperationKind.DevWrite)
        {
            HandleContracts.Wrote(ref context.World, ref context.Touched, op.Handle, op.Number, result.Value);
        }

        context.Observer?.AfterImmediate(context);
        if (context.Warning != KernelWarning.None)
        {
            Report(Warn(context.Warning, ActorId.Outside0));
            context.Warning = KernelWarning.None;
        }

        if (op.Kind == OperationKind.Pagemap)
        {
            var entry = new EntryIndex(op.Process, op.Va);
            Report(EntryRules.CheckReported(checker, in context.World, entry, result.Number));
        }

        checker.Note(Clause.WrongResult);
        if (!ErrnoContract.Allows(allowed, result.Errno))
        {
            Report(WrongErrno(result.Errno, op.Kind));
        }

        Check();
        return new Outcome(SkipReason.None, true, result.Errno, result.Value, result.Number);
    }

    private void JudgeRead(in Operation op)
    {
        int first = op.Kind == OperationKind.PipeRead ? 0 : op.Number;
        int last = op.Kind == OperationKind.PipeRead ? context.Machine.HandleAt(op.Handle).Count - 1 : op.Number;
        for (int page = first; page <= last; page++)
        {
            JudgeRead(op.Handle, page);
        }
    }

    private void JudgeRead(HandleId id, int page)
    {
        bool strong = HandleContracts.IsStrong(in context.World.Reference.HandleAt(id), page);
        checker.Note(strong ? Clause.DeviceReadsOther : Clause.HandleReadsForeign);
        Report(HandleContracts.Read(ref context.World, ref context.Touched, id, page));
    }
}
