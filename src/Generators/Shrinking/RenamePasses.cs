// Passes that rename a thing through the whole program: a process, a handle, a thread, a userfaultfd, an inode, a page.
// Two names are exchanged, or the one thing takes over the other's uses; pages are closed up where one is not needed.
// Not covered: single uses (OperandPasses).

using System;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.State;

namespace MmFuzz.Generators.Shrinking;

/// <summary>Passes over names.</summary>
internal static class RenamePasses
{
    private delegate void Rename(Span<Operation> program, int from, int to, bool both);

    /// <summary>Processes toward p0.</summary>
    public static void Processes(Session s)
    {
        Names(s, Limits.Mms, RenameProcess);
        for (int at = s.Count - 1; at >= 0; at--)
        {
            if (at < s.Count && s[at].Kind == OperationKind.Fork)
            {
                TryWithoutFork(s, at);
            }

            if (at < s.Count && s[at].Kind == OperationKind.Exit)
            {
                TryWithoutSuccession(s, at);
            }
        }
    }

    /// <summary>Handles, userfaultfds and inodes toward 0.</summary>
    public static void Slots(Session s)
    {
        Names(s, Limits.Handles, static (program, from, to, both) =>
            RenameSlot(program, from, to, both, static (in Operation op) => Shape.HasHandle(in op)));
        Names(s, Limits.Uffds, static (program, from, to, both) =>
            RenameSlot(program, from, to, both, static (in Operation op) => Shape.HasUffd(in op)));
        Names(s, Limits.Inodes, static (program, from, to, both) =>
            RenameSlot(program, from, to, both, static (in Operation op) => Shape.HasInode(in op)));
        for (int inode = 0; inode < Limits.Inodes; inode++)
        {
            LowerInodePages(s.CopyToDraft(), inode);
            s.TryDraft();
        }
    }

    /// <summary>
    /// The two threads of each process, and the two actors outside, exchanged; everywhere, or in one path.
    /// </summary>
    public static void Actors(Session s)
    {
        for (byte first = 0; first < Limits.Mms; first++)
        {
            ExchangeActors(s.CopyToDraft(), new ActorId(first), new ActorId((byte)(first + Limits.Mms)));
            s.TryDraft();
        }

        ExchangeActors(s.CopyToDraft(), ActorId.Outside0, ActorId.Outside1);
        s.TryDraft();
        for (int at = s.Count - 1; at >= 0; at--)
        {
            if (at < s.Count && s[at].IsStarted && s[at].Actor != OperationPrinter.DefaultActor(in s[at]))
            {
                TryDefaultActor(s, at);
            }
        }
    }

    /// <summary>Pages toward 0: closed up, taken over, exchanged.</summary>
    public static void Pages(Session s)
    {
        for (int page = 0; page < Limits.PagesPerMm - 1; page++)
        {
            do
            {
                RemovePage(s.CopyToDraft(), page);
            }
            while (s.TryDraft());
        }

        Names(s, Limits.PagesPerMm, RenamePage);
    }

    private static void Names(Session s, int count, Rename rename)
    {
        for (int from = count - 1; from > 0 && !s.IsExhausted; from--)
        {
            for (int to = 0; to < from; to++)
            {
                rename(s.CopyToDraft(), from, to, false);
                if (!s.TryDraft())
                {
                    rename(s.CopyToDraft(), from, to, true);
                    s.TryDraft();
                }
            }
        }
    }

    private static int Renamed(int name, int from, int to, bool both) =>
        name == from ? to : both && name == to ? from : name;

    internal static void RenameProcess(Span<Operation> program, int from, int to, bool both)
    {
        foreach (ref Operation op in program)
        {
            if (Shape.HasProcess(in op))
            {
                op = Shape.In(op, Renamed(op.Process.Value, from, to, both));
            }

            if (op.Kind == OperationKind.Fork)
            {
                op.Slot = (byte)Renamed(op.Slot, from, to, both);
            }
            else if (op.Kind == OperationKind.Step && op.Actor.IsUser)
            {
                int mm = Renamed(op.Actor.Mm.Value, from, to, both);
                op.Actor = new ActorId((byte)(mm + op.Actor.Value - op.Actor.Mm.Value));
            }
        }
    }

    private delegate bool Uses(in Operation op);

    private static void RenameSlot(Span<Operation> program, int from, int to, bool both, Uses names)
    {
        foreach (ref Operation op in program)
        {
            if (names(in op))
            {
                op.Slot = (byte)Renamed(op.Slot, from, to, both);
            }
        }
    }

    private static void RenamePage(Span<Operation> program, int from, int to, bool both)
    {
        foreach (ref Operation op in program)
        {
            if (Shape.HasPages(in op) && op.Length <= 1)
            {
                op.Va = new Va((byte)Renamed(op.Va.Value, from, to, both));
            }
        }
    }

    /// <summary>A fork goes, alone or with one more line, and what its child did is done by the parent.</summary>
    private static void TryWithoutFork(Session s, int at)
    {
        int parent = s[at].Process.Value;
        int child = s[at].Slot;
        for (int other = s.Count; other >= 0; other--)
        {
            if (other == at)
            {
                continue;
            }

            RenameProcess(s.CopyToDraft()[(at + 1)..], child, parent, both: false);
            if (other < s.Count)
            {
                s.Draft.RemoveAt(Math.Max(at, other));
            }

            s.Draft.RemoveAt(Math.Min(at, other));
            if (s.TryDraft())
            {
                return;
            }
        }
    }

    /// <summary>A process that forked and is gone: it stays, and does what its child did.</summary>
    private static void TryWithoutSuccession(Session s, int exit)
    {
        int parent = s[exit].Process.Value;
        for (int fork = exit - 1; fork >= 0; fork--)
        {
            if (s[fork].Kind == OperationKind.Fork && s[fork].Process.Value == parent)
            {
                Span<Operation> draft = s.CopyToDraft();
                RenameProcess(draft[(exit + 1)..], s[fork].Slot, parent, both: true);
                RenameProcess(draft[(fork + 1)..exit], s[fork].Slot, parent, both: false);
                s.Draft.RemoveAt(exit);
                s.Draft.RemoveAt(fork);
                if (s.TryDraft())
                {
                    return;
                }
            }
        }
    }

    private static void LowerInodePages(Span<Operation> program, int inode)
    {
        int least = Limits.InodePages;
        foreach (ref readonly Operation op in program)
        {
            least = Shape.HasInode(in op) && op.Slot == inode ? Math.Min(least, op.Number) : least;
        }

        foreach (ref Operation op in program)
        {
            if (Shape.HasInode(in op) && op.Slot == inode)
            {
                op.Number -= (byte)least;
            }
        }
    }

    private static void ExchangeActors(Span<Operation> program, ActorId first, ActorId second)
    {
        foreach (ref Operation op in program)
        {
            if (Shape.HasActor(in op) && (op.Actor == first || op.Actor == second))
            {
                op.Actor = op.Actor == first ? second : first;
            }
        }
    }

    /// <summary>
    /// One staged path, with its steps, by the actor that its operation has if nothing is said; if need be, what that
    /// actor does meanwhile is done by the other one.
    /// </summary>
    private static void TryDefaultActor(Session s, int start)
    {
        if (!TryMovePath(s, start, exchange: false))
        {
            TryMovePath(s, start, exchange: true);
        }
    }

    private static bool TryMovePath(Session s, int start, bool exchange)
    {
        ActorId old = s[start].Actor;
        Span<Operation> draft = s.CopyToDraft();
        draft[start] = Shape.ByDefault(draft[start]);
        ActorId own = draft[start].Actor;
        for (int i = start + 1; i < draft.Length && !(draft[i].IsStarted && draft[i].Actor == old); i++)
        {
            if (draft[i].Kind == OperationKind.Step && draft[i].Actor == old)
            {
                draft[i].Actor = own;
            }
            else if (exchange && Shape.HasActor(in draft[i]) && draft[i].Actor == own)
            {
                draft[i].Actor = old;
            }
        }

        return s.TryDraft();
    }

    /// <summary>All pages above move down by one; ranges lose the page, and handles the place of it.</summary>
    private static void RemovePage(Span<Operation> program, int page)
    {
        // place of the page in each handle, 1 for the first; 0 if it is not there
        Span<int> lost = stackalloc int[Limits.Handles];
        lost.Clear();
        foreach (ref Operation op in program)
        {
            if (Shape.IsDevice(in op) && lost[op.Slot] != 0 && op.Number >= lost[op.Slot])
            {
                op.Number--;
            }

            if (op.TakesHandle)
            {
                lost[op.Slot] = Shape.Touches(in op, page) ? page - op.Va.Value + 1 : 0;
            }

            if (Shape.HasPages(in op) && op.Va.Value > page)
            {
                op.Va = new Va((byte)(op.Va.Value - 1));
            }
            else if (Shape.HasRange(in op) && op.Length > 1 && Shape.Touches(in op, page))
            {
                op.Length--;
            }
        }
    }
}
