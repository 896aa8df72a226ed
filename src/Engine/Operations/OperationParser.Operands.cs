// Operands that several operations share: processes, ranges, mappings, rights, handles.
// Not covered: which operation has which (OperationParser.cs), words and numbers (OperationParser.Words.cs).

using System;
using System.Globalization;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Operations;

public ref partial struct OperationParser
{
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

    private void ParseMove(ref Operation op)
    {
        ParseUffd(ref op);
        ParseRange(ref op);
        ParseTarget(ref op);
        op.Flags |= Accept("holes") ? OperationFlags.AllowHoles : OperationFlags.None;
        op.Flags |= Accept("dontwake") ? OperationFlags.DontWake : OperationFlags.None;
    }

    /// <summary>To another place, or to another length, or both.</summary>
    private void ParseMremap(ref Operation op)
    {
        ParseProcess(ref op);
        ParseRange(ref op);
        if (Accept("to"))
        {
            op.Resized = (byte)Number(1, Limits.PagesPerMm, "how many pages it is to have, 1 to 16");
            if (Error is null && op.Length == 0)
            {
                Fail(text[wordStart..position], "the length of what has at least one page");
            }

            int before = position;
            bool moves = Accept("->");
            position = before;
            if (!moves)
            {
                op.Flags |= OperationFlags.InPlace;
                if (Error is null && op.Va.Value + op.Resized > Limits.PagesPerMm)
                {
                    Fail(text[wordStart..position], "a length with which it ends at page 16 or before");
                }

                return;
            }
        }

        ParseTarget(ref op);
        op.Flags |= op.Resized == 0 && Accept("dontunmap") ? OperationFlags.DontUnmap : OperationFlags.None;
    }

    private void ParseFeatures(ref Operation op)
    {
        bool any = true;
        while (any)
        {
            UffdFeatures feature = UffdFeatures.None;
            foreach (UffdFeatures one in OperationPrinter.NamedFeatures)
            {
                feature = feature == UffdFeatures.None && Accept(Fixes.Names.Dashed(one)) ? one : feature;
            }

            op.Number |= (byte)feature;
            any = feature != UffdFeatures.None;
            if (!any && Accept("sigbus"))
            {
                op.Flags |= OperationFlags.Sigbus;
                any = true;
            }
        }
    }

    private void ParseTarget(ref Operation op)
    {
        Expect("->");
        op.Number = (byte)Number(0, Limits.PagesPerMm - 1, "a page, 0 to 15");
        if (Error is null && op.Number + op.NewLength > Limits.PagesPerMm)
        {
            Fail(text[wordStart..position], "a place for all pages before page 16");
        }
    }

    /// <summary>Modes of registering, in any order; write-protection alone is what no word says, too.</summary>
    private void ParseModes(ref Operation op)
    {
        UffdModes modes = UffdModes.None;
        UffdModes before;
        do
        {
            before = modes;
            modes |= op.Kind != OperationKind.Register ? UffdModes.None
                : Accept("missing") ? UffdModes.Missing
                : Accept("wp") ? UffdModes.Wp
                : Accept("minor") ? UffdModes.Minor
                : UffdModes.None;
        }
        while (modes != before);

        op.Number = modes == UffdModes.Wp ? (byte)0 : (byte)modes;
    }

    private void ParseMapping(ref Operation op)
    {
        ReadOnlySpan<char> word = Word();
        if (word.SequenceEqual("anon"))
        {
            op.Mapping = VmaKind.Anon;
            return;
        }

        op.Mapping = word.SequenceEqual("shared") ? VmaKind.SharedAnon
            : word.SequenceEqual("memfd") ? VmaKind.MemfdShared
            : word.SequenceEqual("memfd-private") ? VmaKind.MemfdPrivate
            : word.SequenceEqual("file") ? VmaKind.FilePrivate
            : VmaKind.None;
        if (op.Mapping == VmaKind.None)
        {
            Fail(word, "`anon`, `shared iN`, `memfd iN@PAGE`, `memfd-private iN@PAGE` or `file iN@PAGE`");
            return;
        }

        ReadOnlySpan<char> name = Word();
        int at = name.IndexOf('@');
        ReadOnlySpan<char> inode = at < 0 ? name : name[..at];
        bool known = inode.Length == 2 && inode[0] == 'i' && inode[1] >= '0' && inode[1] < '0' + Limits.Inodes;
        op.Slot = (byte)(known ? inode[1] - '0' : 0);
        if (!known || (at >= 0 && op.Mapping == VmaKind.SharedAnon))
        {
            Fail(name, "an inode, i0 to i3 (with @PAGE for a memfd or a file)");
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

    private void ParseAccess(ref Operation op)
    {
        bool write = Accept("rw");
        op.Flags |= write ? OperationFlags.Write : OperationFlags.None;
        if (!write && !Accept("r"))
        {
            Fail(Word(), "`r` or `rw`");
        }
    }

    private void ParseForkAdvice(ref Operation op)
    {
        ReadOnlySpan<char> word = Word();
        while (op.Number < 4 && !word.SequenceEqual(OperationPrinter.ForkAdvice(op.Number)))
        {
            op.Number++;
        }

        if (op.Number == 4)
        {
            op.Number = 0;
            Fail(word, "`dontfork`, `dofork`, `wipeonfork` or `keeponfork`");
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
            ParseAccess(ref op);
        }

        op.Flags |= Accept("fast") ? OperationFlags.Fast
            : op.Kind != OperationKind.Vmsplice && Accept("follow") ? OperationFlags.Follow
            : OperationFlags.None;
        if (op.Kind != OperationKind.Vmsplice)
        {
            op.Flags |= Accept("force") ? OperationFlags.Force : OperationFlags.None;
            op.Flags |= op.Kind == OperationKind.Pin && Accept("longterm")
                ? OperationFlags.Longterm
                : OperationFlags.None;
            op.Flags |= Accept("nowait") ? OperationFlags.Nowait : OperationFlags.None;
        }

        Expect("->");
        op.Slot = (byte)Slot('g', Limits.Handles, "a handle, g0 to g7");
    }

    private void ParseDirection(ref Operation op)
    {
        ReadOnlySpan<char> word = Word();
        if (word.SequenceEqual("in"))
        {
            op.Flags |= OperationFlags.Write;
        }
        else if (!word.SequenceEqual("out"))
        {
            Fail(word, "`in` (into the page) or `out` (out of it)");
        }
    }

    private void ParseFault(ref Operation op)
    {
        ReadOnlySpan<char> word = Word();
        for (InjectedFault fault = InjectedFault.ArchUnmapOne; fault <= InjectedFault.SameSlot; fault++)
        {
            if (word.SequenceEqual(OperationPrinter.FaultWord(fault)))
            {
                op.Slot = (byte)(fault - 1);
                return;
            }
        }

        Fail(word, "`arch-unmap-one`, `alloc`, `swap-full`, `write-out`, `read-in`, `same-frame` or `same-slot`");
    }
}
