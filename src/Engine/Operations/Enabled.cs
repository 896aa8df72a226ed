// Whether a line runs at all. It is skipped, with its reason and without a change of any byte, if a slot that it
// names is empty (or taken, where it creates), or if its actor is busy or gone. A bad address is no reason: it runs
// and gets its errno or signal, so that every subsequence of a program is a program.
// Not covered: `step` of a path that would wait (Runner finds out by asking it).

using System.Numerics;
using MmFuzz.Engine.Kernel;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Operations;

/// <summary>Why a line was skipped.</summary>
public enum SkipReason : byte
{
    /// <summary>It was not.</summary>
    None,

    /// <summary>The process does not live.</summary>
    ProcessGone,

    /// <summary>The child's place is taken.</summary>
    ProcessExists,

    /// <summary>The handle exists already.</summary>
    HandleTaken,

    /// <summary>There is no such handle.</summary>
    HandleEmpty,

    /// <summary>The handle is not of that kind, or has no such page.</summary>
    HandleUnfit,

    /// <summary>The context exists already.</summary>
    UffdTaken,

    /// <summary>There is no such context.</summary>
    UffdClosed,

    /// <summary>The inode exists already, as something else.</summary>
    InodeTaken,

    /// <summary>There is no such inode.</summary>
    InodeMissing,

    /// <summary>The actor is blocked, or in a path that was started.</summary>
    ActorBusy,

    /// <summary>Somebody else is in the middle of this memory or this context.</summary>
    InUse,

    /// <summary>No path was started.</summary>
    NothingStarted,

    /// <summary>The path would wait.</summary>
    WouldWait,

    /// <summary>All running numbers of stores are used up.</summary>
    NoTokenLeft,

    /// <summary>An injected fault is armed already.</summary>
    AlreadyArmed,

    /// <summary>All handles are in use, and a call would need one while it lasts.</summary>
    NoHandleLeft,
}

/// <summary>What a kind of operation needs.</summary>
[System.Flags]
public enum KindTraits : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>An actor that executes it in stages.</summary>
    NeedsActor = 1,

    /// <summary>A thread of its process, not somebody outside.</summary>
    RunsInProcess = 2,

    /// <summary>A process that lives.</summary>
    NeedsProcess = 4,

    /// <summary>A slot that is empty, or taken; a free running number, or the like.</summary>
    NeedsMore = 8,

    /// <summary>It takes pages, for as long as it lasts or longer.</summary>
    TakesPages = 16,

    /// <summary>How many pages it answers is known before.</summary>
    AnswersPages = 32,
}

/// <summary>Decides whether a line runs.</summary>
public static class Enabled
{
    /// <summary>Running numbers that what is under way may still take: one an actor, and two whole copies.</summary>
    private const int TokensInFlight = Limits.Actors + (2 * Limits.PagesPerMm);

    private static readonly KindTraits[] Traits = MakeTraits();

    /// <summary>Why the operation would be skipped now; none if it runs.</summary>
    public static SkipReason Check(in Machine machine, in Operation op)
    {
        KindTraits traits = TraitsOf(op.Kind);
        if ((traits & KindTraits.NeedsActor) != 0 && !machine.TaskAt(op.Actor).IsIdle)
        {
            return SkipReason.ActorBusy;
        }

        SkipReason reason = (traits & KindTraits.NeedsMore) == 0 ? SkipReason.None : CheckSlots(in machine, in op);
        return reason != SkipReason.None || (traits & KindTraits.NeedsProcess) == 0 || machine.MmAt(op.Process).IsLive
            ? reason
            : SkipReason.ProcessGone;
    }

    /// <summary>The same of a load or store, as a yes or no, which it mostly is.</summary>
    public static bool CanAccess(in Machine machine, in Operation op) =>
        machine.TaskAt(op.Actor).IsIdle && machine.MmAt(op.Process).IsLive
        && (machine.Serial + TokensInFlight < Limits.Serials || op.Kind == OperationKind.Load);

    /// <summary>What the kind of operation needs.</summary>
    public static KindTraits TraitsOf(OperationKind kind) => Traits[(int)kind];

    /// <summary>Whether the operation is executed by an actor in stages.</summary>
    public static bool NeedsActor(OperationKind kind) => (TraitsOf(kind) & KindTraits.NeedsActor) != 0;

    /// <summary>Whether the operation is executed by a thread of its process, not from outside.</summary>
    public static bool RunsInProcess(OperationKind kind) => (TraitsOf(kind) & KindTraits.RunsInProcess) != 0;

    /// <summary>Whether the operation names a process that must live.</summary>
    public static bool NeedsProcess(OperationKind kind) => (TraitsOf(kind) & KindTraits.NeedsProcess) != 0;

    private static KindTraits[] MakeTraits()
    {
        var made = new KindTraits[(int)OperationKind.Step + 1];
        for (OperationKind kind = OperationKind.Mmap; kind <= OperationKind.Step; kind++)
        {
            var op = new Operation { Kind = kind };
            bool answers = kind == OperationKind.Scan || (op.TakesHandle && kind != OperationKind.Ref);
            made[(int)kind] = NeedsOf(kind)
                | (NeedsNoMore(kind) ? KindTraits.None : KindTraits.NeedsMore)
                | (op.TakesForCall || op.TakesHandle ? KindTraits.TakesPages : KindTraits.None)
                | (answers ? KindTraits.AnswersPages : KindTraits.None);
        }

        return made;
    }

    private static KindTraits NeedsOf(OperationKind kind) => kind switch
    {
        OperationKind.Mmap or OperationKind.Munmap or OperationKind.Dontneed or OperationKind.Mprotect
            or OperationKind.Fork or OperationKind.Exit or OperationKind.Load or OperationKind.Store
            or OperationKind.Pin or OperationKind.Get or OperationKind.Vmsplice or OperationKind.Mremap
            or OperationKind.Free or OperationKind.Cold or OperationKind.Pageout or OperationKind.Populate
            or OperationKind.Madvise or OperationKind.NumaHint or OperationKind.DirectIo
            or OperationKind.ProcessVm or OperationKind.Remove or OperationKind.Mlock or OperationKind.Munlock
            or OperationKind.Guard or OperationKind.Unguard or OperationKind.MemoryFailure =>
            KindTraits.NeedsActor | KindTraits.RunsInProcess | KindTraits.NeedsProcess,
        OperationKind.Swapout or OperationKind.Migrate or OperationKind.ClearRefs or OperationKind.ForceWrite
            or OperationKind.Scan or OperationKind.MigrateVma =>
            KindTraits.NeedsActor | KindTraits.NeedsProcess,
        OperationKind.UffdClose or OperationKind.Register or OperationKind.Unregister or OperationKind.Wp
            or OperationKind.Unwp or OperationKind.FileWrite or OperationKind.Copy or OperationKind.Zeropage
            or OperationKind.Continue or OperationKind.Poison or OperationKind.Move or OperationKind.Swapoff
            or OperationKind.Punch or OperationKind.Truncate =>
            KindTraits.NeedsActor,
        OperationKind.UffdOpen or OperationKind.Pagemap or OperationKind.Ref => KindTraits.NeedsProcess,
        OperationKind.PipeRead or OperationKind.Unpin or OperationKind.DevRead or OperationKind.DevWrite
            or OperationKind.Unref or OperationKind.UffdRead or OperationKind.Wake or OperationKind.Inject
            or OperationKind.Step => KindTraits.None,
    };

    private static bool NeedsNoMore(OperationKind kind) =>
        kind is OperationKind.Swapoff or OperationKind.Mremap or OperationKind.Free or OperationKind.Cold
            or OperationKind.Pageout or OperationKind.Populate or OperationKind.Madvise
            or OperationKind.NumaHint or OperationKind.Remove or OperationKind.Mlock or OperationKind.Munlock
            or OperationKind.Guard or OperationKind.Unguard or OperationKind.MemoryFailure
            or OperationKind.Load or OperationKind.Munmap or OperationKind.Dontneed
            or OperationKind.Mprotect or OperationKind.Swapout or OperationKind.Migrate or OperationKind.MigrateVma
            or OperationKind.ClearRefs or OperationKind.Pagemap or OperationKind.Scan;

    private static SkipReason CheckSlots(in Machine machine, in Operation op) => op.Kind switch
    {
        OperationKind.Fork => CheckFork(in machine, in op),
        OperationKind.Exit => CheckExit(in machine, in op),
        OperationKind.Mmap => CheckInode(in machine, in op),
        OperationKind.Store or OperationKind.DevWrite or OperationKind.FileWrite or OperationKind.ForceWrite
            or OperationKind.Copy when machine.Serial + TokensInFlight >= Limits.Serials => SkipReason.NoTokenLeft,
        OperationKind.DirectIo or OperationKind.ProcessVm => CheckCall(in machine, in op),
        OperationKind.Pin or OperationKind.Get or OperationKind.Vmsplice or OperationKind.Ref =>
            machine.HandleAt(op.Handle).Kind == HandleKind.None ? SkipReason.None : SkipReason.HandleTaken,
        OperationKind.PipeRead or OperationKind.Unpin or OperationKind.DevRead or OperationKind.DevWrite
            or OperationKind.Unref => CheckHandle(in machine, in op),
        OperationKind.UffdOpen => CheckOpen(in machine, in op),
        OperationKind.UffdClose or OperationKind.Register or OperationKind.Unregister or OperationKind.Wp
            or OperationKind.Unwp or OperationKind.UffdRead or OperationKind.Wake or OperationKind.Copy
            or OperationKind.Zeropage or OperationKind.Continue or OperationKind.Poison or OperationKind.Move =>
            CheckUffd(in machine, in op),
        OperationKind.Swapoff or OperationKind.Mremap or OperationKind.Free or OperationKind.Cold
            or OperationKind.Pageout or OperationKind.Populate or OperationKind.Madvise
            or OperationKind.NumaHint or OperationKind.Remove or OperationKind.Mlock or OperationKind.Munlock
            or OperationKind.Guard or OperationKind.Unguard or OperationKind.MemoryFailure =>
            SkipReason.None,
        OperationKind.FileWrite => machine.InodeAt(op.Inode).Exists ? SkipReason.None : SkipReason.InodeMissing,
        OperationKind.Punch or OperationKind.Truncate => machine.InodeAt(op.Inode) is { Exists: true, IsNamed: true }
            ? SkipReason.None
            : SkipReason.InodeMissing,
        OperationKind.Inject => machine.InjectedFault == InjectedFault.None ? SkipReason.None : SkipReason.AlreadyArmed,
        OperationKind.Step => machine.TaskAt(op.Actor) is { IsIdle: false, IsStarted: true }
            ? SkipReason.None
            : SkipReason.NothingStarted,
        OperationKind.Load or OperationKind.Store or OperationKind.Munmap or OperationKind.Dontneed
            or OperationKind.Mprotect or OperationKind.Swapout or OperationKind.Migrate or OperationKind.MigrateVma
            or OperationKind.ClearRefs or OperationKind.Pagemap or OperationKind.ForceWrite or OperationKind.Scan =>
            SkipReason.None,
    };

    private static SkipReason CheckCall(in Machine machine, in Operation op) =>
        op.Has(OperationFlags.Write) && machine.Serial + TokensInFlight >= Limits.Serials ? SkipReason.NoTokenLeft
        : machine.FindFreeHandle() < 0 ? SkipReason.NoHandleLeft
        : SkipReason.None;

    private static SkipReason CheckFork(in Machine machine, in Operation op)
    {
        if (machine.MmAt(op.Child).State != MmState.Free || op.Child == op.Process)
        {
            return SkipReason.ProcessExists;
        }

        // a fork that still waits for its locks has not taken its place yet
        for (int busy = machine.BusyTasks; busy != 0; busy &= busy - 1)
        {
            ref readonly Task task = ref machine.TaskAt(new ActorId((byte)BitOperations.TrailingZeroCount(busy)));
            if (task.Operation == (byte)OperationKind.Fork && task.Child == op.Child)
            {
                return SkipReason.ProcessExists;
            }

            if (task.Mm == op.Child)
            {
                return SkipReason.ActorBusy; // somebody still looks at the address space of who was there before
            }
        }

        return machine.TaskAt(new ActorId(op.Child.Value)).IsIdle
            && machine.TaskAt(new ActorId((byte)(op.Child.Value + Limits.Mms))).IsIdle
            ? SkipReason.None
            : SkipReason.ActorBusy;
    }

    /// <summary>
    /// The other thread may only be waiting for a userfault; nobody from outside may be at work on the memory.
    /// </summary>
    private static SkipReason CheckExit(in Machine machine, in Operation op)
    {
        for (int busy = machine.BusyTasks; busy != 0; busy &= busy - 1)
        {
            var actor = new ActorId((byte)BitOperations.TrailingZeroCount(busy));
            ref readonly Task task = ref machine.TaskAt(actor);
            bool kernelPage = !actor.IsUser && (OperationKind)task.Operation is OperationKind.Swapout
                or OperationKind.Migrate or OperationKind.Swapoff;
            bool uses = task.Mm == op.Process || (actor.IsUser && actor.Mm == op.Process); // it may walk others
            bool sleeps = actor.IsUser && task.State == TaskState.Blocked && task.WaitKind == WaitKind.Userfault
                && (machine.EventAt(actor).Flags & UffdFaultFlags.Changes) == 0;
            if (actor != op.Actor && uses && !kernelPage && !sleeps)
            {
                return SkipReason.InUse;
            }
        }

        return SkipReason.None;
    }

    private static SkipReason CheckInode(in Machine machine, in Operation op)
    {
        ref readonly Inode inode = ref machine.InodeAt(op.Inode);
        bool taken = op.Mapping switch
        {
            VmaKind.SharedAnon => inode.Exists,
            VmaKind.MemfdShared or VmaKind.MemfdPrivate => (inode.Flags & ~InodeFlags.Exists) != 0,
            VmaKind.FilePrivate => inode.Exists && !inode.IsOnDisk,
            VmaKind.None or VmaKind.Anon or VmaKind.HugetlbShared or VmaKind.HugetlbPrivate => false,
        };
        return taken || IsBeingMade(in machine, in op) ? SkipReason.InodeTaken : SkipReason.None;
    }

    /// <summary>Whether an mmap that still waits for its locks will make the inode something else.</summary>
    private static bool IsBeingMade(in Machine machine, in Operation op)
    {
        bool waits = ((machine.BusyKinds >> (int)OperationKind.Mmap) & 1) != 0 && op.Mapping != VmaKind.Anon;
        for (int busy = waits ? machine.BusyTasks : 0; busy != 0; busy &= busy - 1)
        {
            ref readonly Task task = ref machine.TaskAt(new ActorId((byte)BitOperations.TrailingZeroCount(busy)));
            VmaKind other = Mmap.KindOf(in task);
            bool same = task.Operation == (byte)OperationKind.Mmap && other != VmaKind.Anon
                && task.Slot.Value == op.Slot;
            bool differs = other == VmaKind.SharedAnon || op.Mapping == VmaKind.SharedAnon
                || (other == VmaKind.FilePrivate) != (op.Mapping == VmaKind.FilePrivate);
            if (same && differs)
            {
                return true;
            }
        }

        return false;
    }

    private static SkipReason CheckHandle(in Machine machine, in Operation op)
    {
        ref readonly GupHandle handle = ref machine.HandleAt(op.Handle);
        if (!handle.IsLive || handle.IsOfCall)
        {
            return SkipReason.HandleEmpty;
        }

        bool inside = op.Number < handle.Count;
        bool lookup = handle.Kind == HandleKind.Lookup;
        bool fits = lookup || op.Kind == OperationKind.Unref ? lookup && op.Kind == OperationKind.Unref
            : op.Kind == OperationKind.PipeRead ? handle.Kind == HandleKind.Pipe
            : op.Kind == OperationKind.Unpin ? handle.Kind != HandleKind.Pipe
            : op.Kind == OperationKind.DevWrite ? inside && handle.IsPin && handle.IsWrite
            : inside;
        return fits ? SkipReason.None : SkipReason.HandleUnfit;
    }

    private static SkipReason CheckOpen(in Machine machine, in Operation op) =>
        machine.UffdAt(op.Uffd).IsOpen ? SkipReason.UffdTaken
        : UsesUffd(in machine, op.Uffd) || IsAwaited(in machine, op.Uffd) ? SkipReason.InUse
        : SkipReason.None;

    private static SkipReason CheckUffd(in Machine machine, in Operation op) =>
        !machine.UffdAt(op.Uffd).IsOpen ? SkipReason.UffdClosed
        : op.Kind == OperationKind.UffdClose
            && (UsesUffd(in machine, op.Uffd) || IsForking(in machine, op.Uffd))
            ? SkipReason.InUse
        : SkipReason.None;

    /// <summary>Whether a fork waits for its manager, or works for a child that does not live yet.</summary>
    private static bool IsForking(in Machine machine, UffdId uffd) =>
        (!machine.UffdAt(uffd).Mm.IsNone && machine.MmAt(machine.UffdAt(uffd).Mm).State == MmState.Forking)
        || machine.UffdAt(new UffdId((byte)(1 - uffd.Value))) is { IsOpen: false, IsFree: false };

    /// <summary>
    /// Whether a fork has made a context there that waits for its descriptor, or somebody has yet to leave an old one.
    /// </summary>
    private static bool IsAwaited(in Machine machine, UffdId uffd)
    {
        bool awaited = !machine.UffdAt(uffd).IsFree;
        for (byte a = 0; a < Limits.UserActors; a++)
        {
            ref readonly UffdEvent queued = ref machine.EventAt(new ActorId(a));
            awaited |= queued.State != UffdEventState.None && queued.Uffd == uffd;
        }

        return awaited;
    }

    private static bool UsesUffd(in Machine machine, UffdId uffd)
    {
        for (int busy = machine.BusyTasks; busy != 0; busy &= busy - 1)
        {
            ref readonly Task task = ref machine.TaskAt(new ActorId((byte)BitOperations.TrailingZeroCount(busy)));
            if (UsesContext((OperationKind)task.Operation) && task.Argument == uffd.Value)
            {
                return true;
            }
        }

        return false;
    }

    private static bool UsesContext(OperationKind kind) =>
        kind is OperationKind.UffdClose or OperationKind.Register or OperationKind.Unregister or OperationKind.Wp
            or OperationKind.Unwp or OperationKind.Copy or OperationKind.Zeropage or OperationKind.Continue
            or OperationKind.Poison or OperationKind.Move;
}
