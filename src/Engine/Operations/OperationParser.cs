// Reads one operation from the words of a line; says what was found, what was expected, and where.
// It accepts what OperationPrinter prints, and a few shorter forms (a page without a length is one page).
// Not covered: headers and comments (MmProgram).

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
public ref struct OperationParser
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
                break;
            case OperationKind.Munmap or OperationKind.Dontneed:
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
                or OperationKind.Pagemap:
                ParseProcess(ref op);
                op.Va = new Va((byte)Number(0, Limits.PagesPerMm - 1, "a page, 0 to 15"));
                op.Length = 1;
                break;
            case OperationKind.Pin or OperationKind.Get or OperationKind.Vmsplice:
                ParseGup(ref op);
                break;
            case OperationKind.PipeRead or OperationKind.Unpin:
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
                op.Flags |= Accept("sigbus") ? OperationFlags.Sigbus : OperationFlags.None;
                break;
            case OperationKind.UffdClose or OperationKind.UffdRead:
                ParseUffd(ref op);
                break;
            case OperationKind.Register or OperationKind.Unregister or OperationKind.Wp or OperationKind.Unwp
                or OperationKind.Wake:
                ParseUffd(ref op);
                ParseRange(ref op);
                op.Flags |= op.Kind == OperationKind.Unwp && Accept("dontwake")
                    ? OperationFlags.DontWake
                    : OperationFlags.None;
                break;
            case OperationKind.Inject:
                op.Slot = (byte)(Accept("alloc") ? 1 : 0);
                if (op.Slot == 0 && !Accept("arch-unmap-one"))
                {
                    Fail(Word(), "`arch-unmap-one` or `alloc`");
                }

                op.Number = (byte)OptionalNumber(0, 9, 0);
                break;
            case OperationKind.Step:
                op.Actor = new ActorId((byte)Slot('t', Limits.Actors, "an actor, t0 to t9"));
                op.Number = (byte)OptionalNumber(1, 99, 1);
                break;
            default:
                break;
        }
    }

    private void ParseProcess(ref Operation op) =>
        op.Process = new MmId((byte)Slot('p', Limits.Mms, "a process, p0 to p3"));

    private void ParseUffd(ref Operation op) => op.Slot = (byte)Slot('u', Limits.Uffds, "a userfaultfd, u0 or u1");

    private void ParseRange(ref Operation op)
    {
        op.Va = new Va((byte)Number(0, Limits.PagesPerMm - 1, "a page, 0 to 15"));
        op.Length = (byte)OptionalNumber(0, Limits.PagesPerMm, 1);
        if (Error is null && op.End > Limits.PagesPerMm)
        {
            Fail(text[wordStart..position], "a range that ends at page 16 or before");
        }
    }

    private void ParseMapping(ref Operation op)
    {
        ReadOnlySpan<char> word = Word();
        if (word.SequenceEqual("anon"))
        {
            op.Mapping = VmaKind.Anon;
            return;
        }

        if (!word.SequenceEqual("shared") && !word.SequenceEqual("memfd"))
        {
            Fail(word, "`anon`, `shared iN` or `memfd iN@PAGE`");
            return;
        }

        op.Mapping = word[0] == 's' ? VmaKind.SharedAnon : VmaKind.MemfdShared;
        ReadOnlySpan<char> name = Word();
        int at = name.IndexOf('@');
        ReadOnlySpan<char> inode = at < 0 ? name : name[..at];
        bool known = inode.Length == 2 && inode[0] == 'i' && inode[1] >= '0' && inode[1] < '0' + Limits.Inodes;
        op.Slot = (byte)(known ? inode[1] - '0' : 0);
        if (!known || (at >= 0 && op.Mapping == VmaKind.SharedAnon))
        {
            Fail(name, "an inode, i0 to i3 (with @PAGE for a memfd)");
        }
        else if (at >= 0
            && !byte.TryParse(name[(at + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out op.Number))
        {
            Fail(name, "a page of the inode after @");
        }

        if (Error is null && op.Number + op.Length > Limits.InodePages)
        {
            Fail(name, "a range inside the inode's 8 pages");
        }
    }

    private void ParseRights(ref Operation op)
    {
        ReadOnlySpan<char> word = Word();
        if (word.SequenceEqual("rw"))
        {
            op.Flags |= OperationFlags.Write;
        }
        else if (word.SequenceEqual("r"))
        {
            op.Flags |= OperationFlags.Read;
        }
        else if (!word.SequenceEqual("none"))
        {
            Fail(word, "`r`, `rw` or `none`");
        }
    }

    private void ParseGup(ref Operation op)
    {
        ParseProcess(ref op);
        ParseRange(ref op);
        if (Error is null && op.Length is 0 or > Limits.HandlePages)
        {
            Fail(text[wordStart..position], "1 to 4 pages");
        }

        if (op.Kind != OperationKind.Vmsplice)
        {
            bool write = Accept("rw");
            op.Flags |= write ? OperationFlags.Write : OperationFlags.None;
            if (!write && !Accept("r"))
            {
                Fail(Word(), "`r` or `rw`");
            }
        }

        op.Flags |= Accept("fast") ? OperationFlags.Fast
            : op.Kind != OperationKind.Vmsplice && Accept("follow") ? OperationFlags.Follow
            : OperationFlags.None;
        Expect("->");
        op.Slot = (byte)Slot('g', Limits.Handles, "a handle, g0 to g7");
    }

    private ReadOnlySpan<char> Word()
    {
        while (position < text.Length && char.IsWhiteSpace(text[position]))
        {
            position++;
        }

        wordStart = position;
        while (position < text.Length && !char.IsWhiteSpace(text[position]))
        {
            position++;
        }

        return text[wordStart..position];
    }

    private bool Accept(string word)
    {
        int before = position;
        if (Word().SequenceEqual(word))
        {
            return true;
        }

        position = before;
        return false;
    }

    private void Expect(string word)
    {
        ReadOnlySpan<char> found = Word();
        if (!found.SequenceEqual(word))
        {
            Fail(found, $"`{word}`");
        }
    }

    private int Slot(char letter, int count, string expected)
    {
        ReadOnlySpan<char> word = Word();
        if (word.Length == 2 && word[0] == letter && word[1] >= '0' && word[1] < '0' + count)
        {
            return word[1] - '0';
        }

        Fail(word, expected);
        return 0;
    }

    private int Number(int least, int most, string expected)
    {
        ReadOnlySpan<char> word = Word();
        if (int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            && number >= least && number <= most)
        {
            return number;
        }

        Fail(word, expected);
        return least;
    }

    private int OptionalNumber(int least, int most, int otherwise)
    {
        int before = position;
        ReadOnlySpan<char> word = Word();
        if (word.IsEmpty || !char.IsAsciiDigit(word[0]))
        {
            position = before;
            return otherwise;
        }

        position = before;
        return Number(least, most, string.Create(CultureInfo.InvariantCulture, $"a number, {least} to {most}"));
    }

    private void Fail(ReadOnlySpan<char> found, string expected)
    {
        if (Error is null)
        {
            string shown = found.IsEmpty ? "the end of the line"
                : found.Length > 40 ? $"`{found[..40]}...`"
                : $"`{found}`";
            Error = new TextError(line, wordStart + 1, $"found {shown}, expected {expected}");
        }
    }
}
