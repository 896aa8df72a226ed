// Which operands an operation has, which of them the text form can say, and the plain form of an operation, in which
// operands without meaning are what the parser makes them. Not covered: which operation is simpler (Simplicity).

using System;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.State;

namespace MmFuzz.Generators.Shrinking;

/// <summary>The operands of operations.</summary>
internal static class Shape
{
    /// <summary>The most stages that one line's <c>step</c> can say.</summary>
    public const int MostSteps = 99;

    /// <summary>Whether it names a range of pages.</summary>
    public static bool HasRange(in Operation op) => op.TakesHandle
        || op.Kind is OperationKind.Mmap or OperationKind.Munmap or OperationKind.Dontneed or OperationKind.Mprotect
            or OperationKind.Register or OperationKind.Unregister or OperationKind.Wp or OperationKind.Unwp
            or OperationKind.Wake or OperationKind.Scan or OperationKind.Mremap or OperationKind.Free
            or OperationKind.Cold or OperationKind.Pageout or OperationKind.Populate or OperationKind.Madvise
            or OperationKind.NumaHint or OperationKind.Move or OperationKind.Remove or OperationKind.Mlock
            or OperationKind.Munlock or OperationKind.Guard or OperationKind.Unguard || op.Fills;

    /// <summary>Whether it names a page or a range of pages.</summary>
    public static bool HasPages(in Operation op) => HasRange(in op)
        || op.Kind is OperationKind.Load or OperationKind.Store or OperationKind.Swapout or OperationKind.Migrate
            or OperationKind.Pagemap or OperationKind.ForceWrite or OperationKind.Ref or OperationKind.MigrateVma
            or OperationKind.MemoryFailure
            || op.TakesForCall;

    /// <summary>Whether it names a process.</summary>
    public static bool HasProcess(in Operation op) => Enabled.NeedsProcess(op.Kind);

    /// <summary>Whether it gives pages back, and so ends a handle.</summary>
    public static bool EndsHandle(in Operation op) =>
        op.Kind is OperationKind.Unpin or OperationKind.PipeRead or OperationKind.Unref;

    /// <summary>Whether it moves content through a handle.</summary>
    public static bool IsDevice(in Operation op) => op.Kind is OperationKind.DevRead or OperationKind.DevWrite;

    /// <summary>Whether it names a handle.</summary>
    public static bool HasHandle(in Operation op) => op.TakesHandle || EndsHandle(in op) || IsDevice(in op);

    /// <summary>Whether it names a userfaultfd.</summary>
    public static bool HasUffd(in Operation op) =>
        op.Kind is OperationKind.UffdOpen or OperationKind.UffdClose or OperationKind.UffdRead or OperationKind.Wake
            or OperationKind.Register or OperationKind.Unregister or OperationKind.Wp or OperationKind.Unwp
            or OperationKind.Move || op.Fills;

    /// <summary>Whether it names an inode.</summary>
    public static bool HasInode(in Operation op) =>
        op.Kind == OperationKind.Mmap && op.Mapping is VmaKind.SharedAnon or VmaKind.MemfdShared
            or VmaKind.MemfdPrivate or VmaKind.FilePrivate;

    /// <summary>Whether it names an actor: by <c>start</c>, <c>step</c> or <c>by</c>.</summary>
    public static bool HasActor(in Operation op) => op.Kind == OperationKind.Step || Enabled.NeedsActor(op.Kind);

    /// <summary>Whether its pages include the page.</summary>
    public static bool Touches(in Operation op, int page) =>
        HasPages(in op) && op.Va.Value <= page && page < Math.Max(op.End, op.Va.Value + 1);

    /// <summary>The same in another process, executed by the corresponding thread of it.</summary>
    public static Operation In(Operation op, int process)
    {
        op.Process = new MmId((byte)process);
        if (Enabled.RunsInProcess(op.Kind))
        {
            op.Actor = new ActorId((byte)(process + (op.Actor.Value >= Limits.Mms ? Limits.Mms : 0)));
        }

        return op;
    }

    /// <summary>The same without <c>start</c>.</summary>
    public static Operation Unstaged(Operation op)
    {
        op.Flags &= ~OperationFlags.Started;
        return op;
    }

    /// <summary>The same executed by the actor that needs no mention.</summary>
    public static Operation ByDefault(Operation op)
    {
        op.Actor = OperationPrinter.DefaultActor(in op);
        return op;
    }

    /// <summary>Whether the text form can say it.</summary>
    public static bool IsWellFormed(in Operation op)
    {
        bool range = !HasPages(in op) || (op.Va.Value < Limits.PagesPerMm && op.End <= Limits.PagesPerMm);
        bool inode = !HasInode(in op) || op.Number + op.Length <= Limits.InodePages;
        bool length = op.Resized == 0
            || (op.Length > 0 && op.Va.Value + (op.Has(OperationFlags.InPlace) ? op.Resized : 0) <= Limits.PagesPerMm);
        bool handle = !op.TakesHandle || op.Length is >= 1 and <= Limits.HandlePages;
        bool steps = op.Kind != OperationKind.Step || op.Number is >= 1 and <= MostSteps;
        bool actor = !Enabled.NeedsActor(op.Kind)
            || (Enabled.RunsInProcess(op.Kind) ? op.Actor.IsUser && op.Actor.Mm == op.Process : !op.Actor.IsUser);
        return range && length && inode && handle && steps && actor;
    }

    /// <summary>The operation as its own text says it; itself if its text says something else.</summary>
    public static Operation Plain(in Operation op)
    {
        string text = OperationPrinter.Print(in op);
        return OperationParser.TryParse(text, 1, 0, out Operation plain, out _) && plain.Mapping == op.Mapping
            ? plain
            : op;
    }
}
