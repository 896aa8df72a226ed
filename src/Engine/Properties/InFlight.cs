// Which operations are under way on a page: while a discard, a protection or the like is half done, more than one
// answer is right. Asked only when something looks wrong, so it may be slow.

using System.Numerics;
using System.Runtime.CompilerServices;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Properties;

/// <summary>Operations under way.</summary>
internal static class InFlight
{
    /// <summary>Those that may take a page away.</summary>
    public const ulong Discards = Munmap | Dontneed | Exit | Guard;

    /// <summary>Those that may change protection by userfaultfd.</summary>
    public const ulong Protection = Wp | Unwp | Scan | Register | Unregister | Close | Discards | Mremap | Free
        | 1ul << (int)OperationKind.Unguard;

    /// <summary>munmap.</summary>
    public const ulong Munmap = 1ul << (int)OperationKind.Munmap;

    /// <summary>MADV_DONTNEED.</summary>
    public const ulong Dontneed = 1ul << (int)OperationKind.Dontneed;

    /// <summary>exit.</summary>
    public const ulong Exit = 1ul << (int)OperationKind.Exit;

    /// <summary>mremap, which works on two ranges.</summary>
    public const ulong Mremap = 1ul << (int)OperationKind.Mremap;

    /// <summary>MADV_FREE.</summary>
    public const ulong Free = 1ul << (int)OperationKind.Free;

    /// <summary>mprotect.</summary>
    public const ulong Mprotect = 1ul << (int)OperationKind.Mprotect;

    /// <summary>fork.</summary>
    public const ulong Fork = 1ul << (int)OperationKind.Fork;

    /// <summary>clear_refs.</summary>
    public const ulong ClearRefs = 1ul << (int)OperationKind.ClearRefs;

    /// <summary>UFFDIO_WRITEPROTECT, both ways.</summary>
    public const ulong WriteProtect = Wp | Unwp | Scan;

    /// <summary>Those that may break COW: a store, or pages taken (for whatever, in 5.8).</summary>
    private const ulong CowBreaks = 1ul << (int)OperationKind.Store | 1ul << (int)OperationKind.Pin
        | 1ul << (int)OperationKind.Mlock | 1ul << (int)OperationKind.Get | 1ul << (int)OperationKind.Vmsplice
        | Calls | 1ul << (int)OperationKind.ForceWrite | 1ul << (int)OperationKind.Populate
        | 1ul << (int)OperationKind.MemoryFailure;

    private const ulong Guard = 1ul << (int)OperationKind.Guard;
    private const ulong Calls = 1ul << (int)OperationKind.DirectIo | 1ul << (int)OperationKind.ProcessVm;
    private const ulong Wp = 1ul << (int)OperationKind.Wp;
    private const ulong Scan = 1ul << (int)OperationKind.Scan;
    private const ulong Unwp = 1ul << (int)OperationKind.Unwp;
    private const ulong Register = 1ul << (int)OperationKind.Register;
    private const ulong Unregister = 1ul << (int)OperationKind.Unregister;
    private const ulong Close = 1ul << (int)OperationKind.UffdClose;

    /// <summary>Those that work on all of an address space, whatever range their task names.</summary>
    private const ulong Whole = Exit | Fork | ClearRefs | Close;

    /// <summary>What the task does: mmap that replaces unmaps as munmap does.</summary>
    public static ulong KindOf(in Task task) => Replaces(in task) ? Munmap : 1ul << task.Operation;

    /// <summary>Whether it is mmap with MAP_FIXED.</summary>
    public static bool Replaces(in Task task) => (OperationKind)task.Operation == OperationKind.Mmap && task.Seq != 0;

    /// <summary>The entries at which something may have been let pass while an operation was under way.</summary>
    public static ulong LeftToJudge(in Task ended)
    {
        ulong kind = KindOf(in ended);
        if (ended.Mm.IsNone || (kind & (Protection | ClearRefs | Free)) == 0)
        {
            return 0;
        }

        ulong pages = (1ul << ended.Length) - 1;
        ulong newPages = kind == Mremap ? (1ul << MremapRequest.Of(in ended).NewLength) - 1 : 0;
        ulong range = (kind & Whole) != 0 ? 0xfffful : (pages << ended.Va.Value) | (newPages << ended.Argument);
        return (range & 0xfffful) << (ended.Mm.Value * Limits.PagesPerMm);
    }

    /// <summary>Whether one of these operations is under way on the page.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // what is under way, if anything, is mostly something else
    public static bool Any(in Machine machine, EntryIndex entry, ulong kinds) =>
        (machine.BusyKinds & NamesOf(kinds)) != 0 && Among(in machine, machine.BusyTasks, entry, kinds);

    /// <summary>Whether another actor has one of these operations under way on the page.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AnyOther(in Machine machine, EntryIndex entry, ulong kinds, ActorId actor) =>
        (machine.BusyKinds & NamesOf(kinds)) != 0
        && Among(in machine, machine.BusyTasks & ~(1 << actor.Value), entry, kinds);

    /// <summary>The pages that an operation works on.</summary>
    public static (int Start, int End) RangeOf(in Task task) =>
        ((1ul << task.Operation) & Whole) != 0
            ? (0, Limits.PagesPerMm)
            : (task.Va.Value, System.Math.Min(task.Va.Value + task.Length, Limits.PagesPerMm));

    /// <summary>Those that may break COW of the page: of a locked one mprotect, and mremap that added it.</summary>
    public static ulong CowBreaksOf(in PageRow row) =>
        CowBreaks | (row.HasAny(RowFlags.Mlocked) ? Mprotect | MremapPopulates : 0);

    private const ulong MremapPopulates = 1ul << 63;

    /// <summary>What operations of these kinds go by, of those that go by another name as well.</summary>
    private static ulong NamesOf(ulong kinds) => kinds
        | ((kinds & Munmap) != 0 ? 1ul << (int)OperationKind.Mmap : 0)
        | ((kinds & MremapPopulates) != 0 ? Mremap : 0);

    private static bool Among(in Machine machine, int busy, EntryIndex entry, ulong kinds)
    {
        for (; busy != 0; busy &= busy - 1)
        {
            ref readonly Task task = ref machine.TaskAt(new ActorId((byte)BitOperations.TrailingZeroCount(busy)));
            ulong kind = KindOf(in task);
            bool covers = (kind & Whole) != 0
                || (entry.Va.Value >= task.Va.Value && entry.Va.Value < task.Va.Value + task.Length);
            if (kind == Mremap)
            {
                // one that has announced itself only faults in what is new
                bool over = task.Has(TaskFlags.Announces);
                kind = over ? MremapPopulates : kind;
                covers = over
                    ? MremapRequest.Of(in task).Adds(in task, entry.Va)
                    : MremapRequest.Of(in task).Covers(in task, entry.Va);
            }

            if (kind == Dontneed && task.Has(TaskFlags.Notifies))
            {
                // mapping by mapping, each after its event: others are not begun yet, or are over
                covers = entry.Va.Value >= task.OuterCursor && entry.Va.Value < task.End;
            }

            bool begun = (kind & (Discards | Mremap | Free)) == 0 || (task.MmapRead | task.MmapWrite) != 0;
            begun &= (kind & Calls) == 0 || IsTaking(in machine, in task);
            if ((kind & kinds) != 0 && task.Mm == entry.Mm && covers && begun
                && ((kind & (Dontneed | Guard | Free)) == 0 || !EndsBefore(in machine, in task, entry)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a locked mapping ends what madvise does before it comes to the page.</summary>
    private static bool EndsBefore(in Machine machine, in Task task, EntryIndex entry)
    {
        int start = task.Has(TaskFlags.Notifies) ? task.OuterCursor : task.Va.Value; // what came before is over
        for (int va = start; va <= entry.Va.Value; va++)
        {
            int index = machine.FindVma(entry.Mm, new Va((byte)va));
            if (index >= 0 && machine.VmaAt(entry.Mm, index).Has(VmFlags.Locked))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Whether the task is taking pages: a call that uses them itself is under way longer than that.
    /// </summary>
    public static bool IsTaking(in Machine machine, in Task task)
    {
        const ulong Takes = 1ul << (int)OperationKind.Pin | 1ul << (int)OperationKind.Get
            | 1ul << (int)OperationKind.Vmsplice | Calls;
        ulong kind = 1ul << task.Operation;
        return (kind & Takes) != 0
            && ((kind & Calls) == 0 || machine.HandleAt(task.Handle).Kind == HandleKind.Reserved);
    }

    /// <summary>Whether a hole is being punched into what the page shows of a file, or that is being cut off.</summary>
    public static bool PunchesHole(in Machine machine, in PageRow row)
    {
        for (int busy = row.ShowsFile && PunchesAny(in machine) ? machine.BusyTasks : 0; busy != 0; busy &= busy - 1)
        {
            ref readonly Task task = ref machine.TaskAt(new ActorId((byte)BitOperations.TrailingZeroCount(busy)));
            bool punches = (OperationKind)task.Operation is OperationKind.Punch or OperationKind.Remove;
            bool holds = machine.InodeAt(row.File.Inode).LockOwner == task.Actor.Value + 1;
            if (punches && holds && task.Argument == row.File.Value)
            {
                return true;
            }
        }

        return row.ShowsFile && Truncates(in machine, row.File);
    }

    /// <summary>Whether the page of a file lies behind its new end, and may not be gone yet.</summary>
    public static bool Truncates(in Machine machine, CacheIndex file)
    {
        ref readonly Inode inode = ref machine.InodeAt(file.Inode);
        return inode.LockOwner != 0 && file.Index >= inode.Size
            && machine.TaskAt(new ActorId((byte)(inode.LockOwner - 1))).Operation == (byte)OperationKind.Truncate;
    }

    /// <summary>Whether a hole is being punched anywhere, or a file truncated.</summary>
    public static bool PunchesAny(in Machine machine) =>
        (machine.BusyKinds & (1ul << (int)OperationKind.Punch | 1ul << (int)OperationKind.Remove
            | 1ul << (int)OperationKind.Truncate)) != 0;

    /// <summary>Whether anybody has an operation of that kind under way.</summary>
    public static bool AnyBusy(in Machine machine, OperationKind kind) =>
        ((machine.BusyKinds >> (int)kind) & 1) != 0;

    /// <summary>Whether a flush of the address space is pending, or owed by anybody.</summary>
    public static bool FlushPending(in Machine machine, MmId mm)
    {
        ref readonly Mm space = ref machine.MmAt(mm);
        if (space.TlbFlushPending != 0 || space.TlbFlushBatched)
        {
            return true;
        }

        for (int busy = machine.BusyTasks; busy != 0; busy &= busy - 1)
        {
            ref readonly Task task = ref machine.TaskAt(new ActorId((byte)BitOperations.TrailingZeroCount(busy)));
            if (((task.OwesFlush >> mm.Value) & 1) != 0)
            {
                return true;
            }
        }

        return false;
    }
}
