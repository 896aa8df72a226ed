// Locks and waits: a path that has ended leaves nothing behind, counters equal those who are counted, and whoever
// waits has somebody who can end the wait. That entries change only under their lock is seen where they change
// (Context.SetPte warns). Not covered: the order in which locks are taken.

using System.Numerics;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Properties;

internal static class LockRules
{
    /// <summary>Address spaces of a task, as bits.</summary>
    private delegate byte Spaces(in Task task);

    /// <summary>A process has gone: none of its threads may go on.</summary>
    public static Violation? CheckGone(in World w, in Task t)
    {
        for (int busy = w.Machine.BusyTasks; busy != 0; busy &= busy - 1)
        {
            var actor = new ActorId((byte)BitOperations.TrailingZeroCount(busy));
            if (actor.IsUser && actor.Mm == t.Actor.Mm)
            {
                return new Violation(Clause.LeftBehind, MemoryKind.Anon, t.Actor.ToString(),
                    $"the process has ended and left its thread {actor}");
            }
        }

        return null;
    }

    /// <summary>An operation has ended: its task may hold nothing.</summary>
    public static Violation? CheckEnded(Checker checker, in Task t)
    {
        checker.Note(Clause.LeftBehind);
        const TaskFlags Owed = TaskFlags.InterruptsOff | TaskFlags.HoldsSlot | TaskFlags.ReadsSlot;
        return (t.InHand | (ulong)(t.Flags & Owed)) == 0 ? null : LeftBehind(in t);
    }

    private static Violation LeftBehind(in Task t)
    {
        string what = t.HoldCount != 0 ? "references"
            : t.PtLock != 0 || t.PtLock2 != 0 ? "a page-table lock"
            : (t.MmapRead | t.MmapWrite) != 0 ? "mmap_lock"
            : t.OwesFlush != 0 ? "a flush that it owes"
            : t.Gathers != 0 ? "a pending gather"
            : $"{t.Flags}";
        return new Violation(
            Clause.LeftBehind, MemoryKind.Anon, t.Actor.ToString(), $"the path ended and left {what}");
    }

    /// <summary>tlb_flush_pending and the readers of mmap_lock equal the tasks that are counted there.</summary>
    public static Violation? CheckCounts(Checker checker, in World w, int mms)
    {
        for (; mms != 0; mms &= mms - 1)
        {
            var mm = new MmId((byte)BitOperations.TrailingZeroCount(mms));
            uint counts = 0; // of the four sets of address spaces that a task has, a byte each
            for (int busy = w.Machine.BusyTasks; busy != 0; busy &= busy - 1)
            {
                var actor = new ActorId((byte)BitOperations.TrailingZeroCount(busy));
                counts += (w.Machine.TaskAt(actor).Spaces >> mm.Value) & 0x01010101;
            }

            int gatherers = (int)(counts >> 8) & 0xff;
            int readers = (int)(counts >> 16) & 0xff;
            checker.Note(Clause.MmCount);
            ref readonly Mm space = ref w.Machine.MmAt(mm);
            if (space.TlbFlushPending != gatherers | space.MmapReaders != readers)
            {
                return WrongCount(in space, mm, gatherers, readers);
            }
        }

        return null;
    }

    private static Violation WrongCount(in Mm space, MmId mm, int gatherers, int readers) =>
        new(Clause.MmCount, MemoryKind.Anon, mm.ToString(),
            $"tlb_flush_pending is {space.TlbFlushPending} with {gatherers} gatherers, "
            + $"mmap_lock has {space.MmapReaders} readers counted and {readers} in fact");

    /// <summary>
    /// A task has begun to wait: somebody must be there who can end the wait, and following who waits for whom must not
    /// lead back to it.
    /// </summary>
    public static Violation? CheckBlocked(Checker checker, in World w, ActorId actor)
    {
        checker.Note(Clause.Deadlock);
        ref readonly Task t = ref w.Machine.TaskAt(actor);
        if (t.WaitKind == WaitKind.Userfault)
        {
            checker.Note(Clause.NobodyWakes);
            ref readonly UffdEvent pending = ref w.Machine.EventAt(actor);
            if (OwesEventTo(in t, pending.Uffd) && (pending.Flags & UffdFaultFlags.Changes) == 0)
            {
                return new Violation(Clause.Deadlock, MemoryKind.Anon, actor.ToString(),
                    $"the thread waits for an answer to its fault on page {pending.Va.Value}, and any answer is EAGAIN "
                    + "until the thread itself has told of a move");
            }

            return pending.State != UffdEventState.None && w.Machine.UffdAt(pending.Uffd).IsOpen
                ? null
                : new Violation(Clause.NobodyWakes, MemoryKind.Anon, actor.ToString(),
                    "the thread sleeps in handle_userfault, and no open userfaultfd has its event");
        }

        int owners = OwnersFor(in w.Machine, in t);
        if (owners == 0)
        {
            return new Violation(Clause.NobodyWakes, MemoryKind.Anon, actor.ToString(),
                $"the thread waits for {t.WaitKind} {t.WaitOn}, which nobody holds");
        }

        int reached = Reach(in w.Machine, owners);
        return ((reached >> actor.Value) & 1) == 0
            ? null
            : new Violation(Clause.Deadlock, MemoryKind.Anon, actor.ToString(),
                $"the thread waits for {t.WaitKind} {t.WaitOn}, whose owner waits for it in turn");
    }

    /// <summary>Whether it has changed mappings, and the context's manager has yet to be told.</summary>
    private static bool OwesEventTo(in Task t, UffdId uffd)
    {
        const int AllTurns = 0x55;
        return t.Has(TaskFlags.Announces) && (t.Done & (AllTurns << uffd.Value)) != 0;
    }

    /// <summary>
    /// An access that ran back to back sleeps in a userfault: its page must be protected, missing, or lack its entry
    /// only, as the event says; else no answer to it lets the access through (seed 002).
    /// </summary>
    public static Violation? CheckEvent(Checker checker, in World w, in Task t)
    {
        checker.Note(Clause.EventWithoutCause);
        EntryIndex entry = t.FaultEntry;
        ref readonly PageRow row = ref w.Reference.RowAt(entry);
        return UffdContracts.IsCause(in w, entry, w.Machine.EventAt(t.Actor).Flags)
            || InFlight.Any(in w.Machine, entry, InFlight.Protection)
            ? null
            : new Violation(Clause.EventWithoutCause, Contracts.KindOf(in row), entry.ToString(),
                $"{t.Actor} raised an event ({w.Machine.EventAt(t.Actor).Flags}), but its page gives no cause for it");
    }

    /// <summary>All actors that those in the set wait for, directly or not, and the set itself.</summary>
    private static int Reach(in Machine machine, int owners)
    {
        int reached = 0;
        while ((owners & ~reached) != 0)
        {
            int next = BitOperations.TrailingZeroCount(owners & ~reached);
            reached |= 1 << next;
            ref readonly Task task = ref machine.TaskAt(new ActorId((byte)next));
            owners |= task.State == TaskState.Blocked ? OwnersFor(in machine, in task) : 0;
        }

        return reached;
    }

    private static int OwnersFor(in Machine machine, in Task t) => t.WaitKind switch
    {
        WaitKind.PtLock => Owner(machine.PtLockOwner(t.WaitOn)),
        WaitKind.PageLock => Owner(machine.FrameAt(new Pfn(t.WaitOn)).LockOwner),
        WaitKind.Migration => Owner(machine.FrameAt(new Pfn(t.WaitOn)).LockOwner),
        WaitKind.MmapRead => Owner(machine.MmAt(new MmId(t.WaitOn)).MmapWriter),
        WaitKind.MmapWrite => Owner(machine.MmAt(new MmId(t.WaitOn)).MmapWriter) | Readers(in machine, t.WaitOn),
        WaitKind.SwapSlot => Owner(machine.SlotAt(new SlotId(t.WaitOn)).Reader),
        WaitKind.Interrupts => WithoutInterrupts(in machine, t.WaitOn),
        WaitKind.Writeback => Writing(in machine, in t),
        WaitKind.InodeLock => Owner(machine.InodeAt(new InodeId(t.WaitOn)).LockOwner),
        WaitKind.Sibling => 1 << t.WaitOn,
        WaitKind.FileMappings => Gatherers(in machine, t.WaitOn),
        WaitKind.None or WaitKind.Userfault => 0,
    };

    /// <summary>Who reclaims the page, and so writes it out; others may have it in hand too.</summary>
    private static int Writing(in Machine machine, in Task t)
    {
        int owners = 0;
        for (int busy = machine.BusyTasks & ~(1 << t.Actor.Value); busy != 0; busy &= busy - 1)
        {
            int actor = BitOperations.TrailingZeroCount(busy);
            ref readonly Task task = ref machine.TaskAt(new ActorId((byte)actor));
            owners |= task.Pfn.Value == t.WaitOn && task.Depth != 0 && task.Path == KernelPath.ShrinkFolio
                ? 1 << actor
                : 0;
        }

        return owners;
    }

    /// <summary>Who walks the tables of the address space with interrupts off: a flush by IPI waits for them.</summary>
    private static int WithoutInterrupts(in Machine machine, byte mm)
    {
        int owners = 0;
        for (int busy = machine.BusyTasks; busy != 0; busy &= busy - 1)
        {
            int actor = BitOperations.TrailingZeroCount(busy);
            ref readonly Task task = ref machine.TaskAt(new ActorId((byte)actor));
            owners |= task.Has(TaskFlags.InterruptsOff) && task.Mm.Value == mm ? 1 << actor : 0;
        }

        return owners;
    }

    private static int Owner(byte owner) => owner == 0 ? 0 : 1 << (owner - 1);

    private static int Readers(in Machine machine, byte mm) =>
        With(in machine, mm, static (in Task task) => task.MmapRead);

    private static int Gatherers(in Machine machine, byte mm) =>
        With(in machine, mm, static (in Task task) => task.Gathers);

    /// <summary>The actors that have the address space's bit set.</summary>
    private static int With(in Machine machine, byte mm, Spaces spaces)
    {
        int actors = 0;
        for (int busy = machine.BusyTasks; busy != 0; busy &= busy - 1)
        {
            int actor = BitOperations.TrailingZeroCount(busy);
            actors |= ((spaces(in machine.TaskAt(new ActorId((byte)actor))) >> mm) & 1) << actor;
        }

        return actors;
    }
}
