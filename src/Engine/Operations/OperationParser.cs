// Reads one operation from the words of a line; says what was found, what was expected, and where.
// It accepts what OperationPrinter prints, and a few shorter forms (a page without a length is one page).
// Not covered: headers and comments (MmProgram), what operands look like (OperationParser.Operands.cs).

using System;
using System.Globalization;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Operations;

/// <summary>What is wrong with a text, and where.</summary>
/// <param name="Line">Counted from 1.</param>
/// <param name="Column">Counted from 1.</param>
/// <param name="Message">What was found and what was expected.</param>
public sealed record TextError(int Line, int Column, string Message);

/// <summary>Reads operations.</summary>
public ref partial struct OperationParser
{
    private readonly ReadOnlySpan<char> text;
    private readonly int line;
    private int position;
    private int wordStart;
    private int actorStart;

    private OperationParser(ReadOnlySpan<char> text, int line, int position)
    {
        this.text = text;
        this.line = line;
        this.position = position;
    }

    private TextError? Error { get; set; }

    /// <summary>Reads the operation in <paramref name="text"/> from <paramref name="start"/> on.</summary>
    public static bool TryParse(
        ReadOnlySpan<char> text, int line, int start, out Operation op, out TextError? error)
    {
        var parser = new OperationParser(text, line, start);
        op = parser.ParseLine();
        error = parser.Error;
        return error is null;
    }

    private static bool TryFind(ReadOnlySpan<char> word, out OperationKind kind)
    {
        for (kind = OperationKind.Mmap; kind <= OperationKind.Step; kind++)
        {
            if (word.SequenceEqual(OperationPrinter.Word(kind)))
            {
                return true;
            }
        }

        return false;
    }

    private Operation ParseLine()
    {
        Operation op = default;
        ReadOnlySpan<char> word = Word();
        bool started = word.SequenceEqual("start");
        var actor = default(ActorId);
        if (started)
        {
            actor = new ActorId((byte)Slot('t', Limits.Actors, "an actor, t0 to t9"));
            actorStart = wordStart;
            word = Word();
        }

        if (Error is not null || !TryFind(word, out op.Kind))
        {
            Fail(word, "an operation (see `mmfuzz list operations`)");
            return op;
        }

        if (started && !Enabled.NeedsActor(op.Kind))
        {
            Fail(word, "an operation with stages after `start`");
        }

        ParseOperands(ref op);
        ParseActor(ref op, started, actor);
        ReadOnlySpan<char> rest = Word();
        if (!rest.IsEmpty)
        {
            Fail(rest, "the end of the line");
        }

        return op;
    }

    private void ParseActor(ref Operation op, bool started, ActorId actor)
    {
        if (!Enabled.NeedsActor(op.Kind) || Error is not null)
        {
            return;
        }

        if (started)
        {
            op.Flags |= OperationFlags.Started;
            op.Actor = actor;
        }
        else
        {
            op.Actor = Accept("by")
                ? new ActorId((byte)Slot('t', Limits.Actors, "an actor, t0 to t9"))
                : OperationPrinter.DefaultActor(in op);
        }

        actorStart = started ? actorStart : wordStart;
        bool inside = Enabled.RunsInProcess(op.Kind);
        if (Error is null && (inside ? !op.Actor.IsUser || op.Actor.Mm != op.Process : op.Actor.IsUser))
        {
            string expected = inside
                ? string.Create(CultureInfo.InvariantCulture, $"t{op.Process.Value} or t{op.Process.Value + 4}")
                : "t8 or t9";
            Error = new TextError(
                line, actorStart + 1, $"found {op.Actor}, expected a thread that can do this: {expected}");
        }
    }

    private void ParseOperands(ref Operation op)
    {
        switch (op.Kind)
        {
            case OperationKind.Mmap:
                ParseProcess(ref op);
                ParseRange(ref op);
                ParseMapping(ref op);
                ParseRights(ref op);
                op.Flags |= Accept("fixed") ? OperationFlags.Fixed : OperationFlags.None;
                break;
            case OperationKind.Munmap or OperationKind.Dontneed or OperationKind.Free or OperationKind.Cold
                or OperationKind.Pageout or OperationKind.NumaHint or OperationKind.Remove or OperationKind.Mlock
                or OperationKind.Munlock or OperationKind.Guard or OperationKind.Unguard:
                ParseProcess(ref op);
                ParseRange(ref op);
                break;
            case OperationKind.Mprotect:
                ParseProcess(ref op);
                ParseRange(ref op);
                ParseRights(ref op);
                break;
            case OperationKind.Fork:
                ParseProcess(ref op);
                Expect("->");
                op.Slot = (byte)Slot('p', Limits.Mms, "a process, p0 to p3");
                break;
            case OperationKind.Exit or OperationKind.ClearRefs:
                ParseProcess(ref op);
                break;
            case OperationKind.Load or OperationKind.Store or OperationKind.Swapout or OperationKind.Migrate
                or OperationKind.MigrateVma or OperationKind.MemoryFailure
                or OperationKind.Pagemap or OperationKind.ForceWrite:
                ParseProcess(ref op);
                op.Va = new Va((byte)Number(0, Limits.PagesPerMm - 1, "a page, 0 to 15"));
                op.Length = 1;
                break;
            case OperationKind.DirectIo or OperationKind.ProcessVm:
                ParseProcess(ref op);
                op.Va = new Va((byte)Number(0, Limits.PagesPerMm - 1, "a page, 0 to 15"));
                op.Length = 1;
                ParseDirection(ref op);
                break;
            case OperationKind.Pin or OperationKind.Get or OperationKind.Vmsplice:
                ParseGup(ref op);
                break;
            case OperationKind.Ref:
                ParseProcess(ref op);
                op.Va = new Va((byte)Number(0, Limits.PagesPerMm - 1, "a page, 0 to 15"));
                op.Length = 1;
                Expect("->");
                op.Slot = (byte)Slot('g', Limits.Handles, "a handle, g0 to g7");
                break;
            case OperationKind.PipeRead or OperationKind.Unpin or OperationKind.Unref:
                op.Slot = (byte)Slot('g', Limits.Handles, "a handle, g0 to g7");
                break;
            case OperationKind.DevRead or OperationKind.DevWrite:
                op.Slot = (byte)Slot('g', Limits.Handles, "a handle, g0 to g7");
                op.Number = (byte)OptionalNumber(0, Limits.HandlePages - 1, 0);
                break;
            default:
                ParseRest(ref op);
                break;
        }
    }

    private void ParseRest(ref Operation op)
    {
        switch (op.Kind)
        {
            case OperationKind.UffdOpen:
                ParseProcess(ref op);
                Expect("->");
                ParseUffd(ref op);
                ParseFeatures(ref op);
                break;
            case OperationKind.Scan:
                ParseProcess(ref op);
                ParseRange(ref op);
                op.Flags |= Accept("wp") ? OperationFlags.Protect : OperationFlags.None;
                op.Flags |= Accept("check") ? OperationFlags.CheckAsync : OperationFlags.None;
                break;
            case OperationKind.UffdClose or OperationKind.UffdRead:
                ParseUffd(ref op);
                break;
            case OperationKind.Register or OperationKind.Unregister or OperationKind.Wp or OperationKind.Unwp
                or OperationKind.Wake:
                ParseUffd(ref op);
                ParseRange(ref op);
                ParseModes(ref op);
                op.Flags |= op.Kind == OperationKind.Unwp && Accept("dontwake")
                    ? OperationFlags.DontWake
                    : OperationFlags.None;
                break;
            case OperationKind.Madvise:
                ParseProcess(ref op);
                ParseRange(ref op);
                ParseForkAdvice(ref op);
                break;
            case OperationKind.Populate:
                ParseProcess(ref op);
                ParseRange(ref op);
                ParseAccess(ref op);
                break;
            case OperationKind.Mremap:
                ParseMremap(ref op);
                break;
            case OperationKind.Copy or OperationKind.Zeropage or OperationKind.Continue or OperationKind.Poison:
                ParseUffd(ref op);
                ParseRange(ref op);
                bool protects = op.Kind is OperationKind.Copy or OperationKind.Continue && Accept("wp");
                op.Flags |= protects ? OperationFlags.Protect : OperationFlags.None;
                op.Flags |= Accept("dontwake") ? OperationFlags.DontWake : OperationFlags.None;
                break;
            case OperationKind.Move:
                ParseMove(ref op);
                break;
            case OperationKind.Inject:
                ParseFault(ref op);
                op.Number = (byte)OptionalNumber(0, 9, 0);
                break;
            case OperationKind.FileWrite or OperationKind.Punch or OperationKind.Truncate:
                op.Slot = (byte)Slot('i', Limits.Inodes, "an inode, i0 to i3");
                op.Number = (byte)PageOrSize(op.Kind);
                break;
            case OperationKind.Step:
                op.Actor = new ActorId((byte)Slot('t', Limits.Actors, "an actor, t0 to t9"));
                op.Number = (byte)OptionalNumber(1, 99, 1);
                break;
            default:
                break;
        }
    }

    private int PageOrSize(OperationKind kind) => kind == OperationKind.Truncate
        ? Number(0, Limits.InodePages, "how many pages the inode gets, 0 to 8")
        : Number(0, Limits.InodePages - 1, "a page of the inode, 0 to 7");
}
