// A kernel path in flight, as a value: a stack of (path, stage) and what the path carries on from stage to stage.
// References and locks in flight are fields here, so that "counts" and "locks" need to know no path.
// Not covered: what the stages do (Kernel/).

using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MmFuzz.Engine.State;

/// <summary>What a step of a task did.</summary>
public enum Progress : byte
{
    /// <summary>It moved on.</summary>
    Advanced,

    /// <summary>It must wait, and changed nothing at all.</summary>
    Wait,
}

/// <summary>An operation in flight.</summary>
public struct Task
{
    /// <summary>The entry as the path first read it; pte_same compares with it.</summary>
    public Pte Original;

    /// <summary>The entry taken out of the page table, to be rebuilt or put back.</summary>
    public Pte Carried;

    /// <summary>Frames to which it holds a reference in flight.</summary>
    public HoldArray Holds;

    /// <summary>Frames that GUP has so far.</summary>
    public HandlePages Pages;

    /// <summary>Calls, innermost last: path in bits 0 to 7, stage in 8 to 15.</summary>
    public PathStack Stack;

    /// <summary>Bit i: hold i is a pin.</summary>
    public ushort PinnedHolds;

    /// <summary>What it owes or has reserved.</summary>
    public TaskFlags Flags;

    /// <summary>
    /// write_protect_seq as GUP-fast read it first; of MADV_REMOVE, the end of the mapping in hand; of a truncation,
    /// the old size; of mremap, what it was asked for (MremapRequest); of mmap, whether with MAP_FIXED, and of what.
    /// </summary>
    public ushort Seq;

    /// <summary>What a load read.</summary>
    public Token Value;

    /// <summary>Program line that began it, counted in operations; for reports.</summary>
    public ushort Line;

    /// <summary>Levels of <see cref="Stack"/> in use; 0 when idle.</summary>
    public byte Depth;

    /// <summary>How far it is.</summary>
    public TaskState State;

    /// <summary>The operation's kind, as Operations numbers it.</summary>
    public byte Operation;

    /// <summary>The address space it works on.</summary>
    public MmId Mm;

    /// <summary>Fork: the child. MADV_REMOVE: whose advice it is, while entries of others are walked.</summary>
    public MmId Child;

    /// <summary>First page of the operation.</summary>
    public Va Va;

    /// <summary>Pages of the operation; of a truncation, the new size.</summary>
    public byte Length;

    /// <summary>A parameter of the operation (protection, features, context, where to).</summary>
    public byte Argument;

    /// <summary>A second parameter.</summary>
    public byte Argument2;

    /// <summary>The handle it fills.</summary>
    public HandleId Handle;

    /// <summary>Result so far, as Kernel/Errno numbers it.</summary>
    public byte Errno;

    /// <summary>How the last fault ended.</summary>
    public FaultResult Result;

    /// <summary>The page that faults; of MADV_REMOVE, the page in hand; of mmap, the page of the file.</summary>
    public Va FaultVa;

    /// <summary>How it faults.</summary>
    public FaultFlags FaultFlags;

    /// <summary>How GUP takes pages.</summary>
    public GupFlags GupFlags;

    /// <summary>
    /// Pages that GUP has so far; of what changes mappings, bits for events that are still to come; of a truncation,
    /// the next page of the file.
    /// </summary>
    public byte Done;

    /// <summary>The page in hand.</summary>
    public Pfn Pfn;

    /// <summary>A page to put in its place; frame 0 stands for none.</summary>
    public Pfn NewPfn;

    /// <summary>The slot in hand.</summary>
    public SlotId Slot;

    /// <summary>Next page of a walk over addresses.</summary>
    public byte Cursor;

    /// <summary>End of the walk.</summary>
    public byte End;

    /// <summary>Next entry of a walk over mappings of a page (rmap).</summary>
    public byte Entry;

    /// <summary>Next page of an outer walk over mappings; next entry, of one over all that map a file.</summary>
    public byte OuterCursor;

    /// <summary>What change_protection does.</summary>
    public ProtectionChange Change;

    /// <summary>References in flight.</summary>
    public byte HoldCount;

    /// <summary>Bit m: it has changed entries of address space m and not flushed yet.</summary>
    public byte OwesFlush;

    /// <summary>Bit m: it is one of the gatherers in tlb_flush_pending of address space m.</summary>
    public byte Gathers;

    /// <summary>Bit m: it reads mmap_lock of address space m.</summary>
    public byte MmapRead;

    /// <summary>Bit m: it has mmap_lock of address space m for writing.</summary>
    public byte MmapWrite;

    /// <summary>Page-table lock held, plus 1.</summary>
    public byte PtLock;

    /// <summary>Second page-table lock held (fork: the child's), plus 1.</summary>
    public byte PtLock2;

    /// <summary>Faults that this access has taken.</summary>
    public byte Faults;

    /// <summary>userfaultfd events that this access has raised.</summary>
    public byte Events;

    /// <summary>Whose task it is.</summary>
    public ActorId Actor;

    /// <summary>What it waits for, while blocked.</summary>
    public WaitKind WaitKind;

    /// <summary>Which one of those.</summary>
    public byte WaitOn;

    /// <summary>Whether it has nothing to do.</summary>
    public readonly bool IsIdle => Depth == 0;

    /// <summary>Whether <c>step</c> moves it.</summary>
    public readonly bool IsStarted => (Flags & TaskFlags.Started) != 0;

    /// <summary>Innermost path.</summary>
    public readonly KernelPath Path => (KernelPath)Stack[Depth - 1];

    /// <summary>Stage of the innermost path.</summary>
    public readonly byte Stage => (byte)(Stack[Depth - 1] >> 8);

    /// <summary>Whether the fault is a store.</summary>
    public readonly bool IsWrite => (FaultFlags & FaultFlags.Write) != 0;

    /// <summary>Whether the fault is for unsharing.</summary>
    public readonly bool IsUnshare => (FaultFlags & FaultFlags.Unshare) != 0;

    /// <summary>Bit i: hold i is a reference to the frame.</summary>
    public readonly int HoldsOf(Pfn pfn)
    {
        // the ten holds and the six bytes behind them, which belong to the task too
        ref byte first = ref Unsafe.As<HoldArray, byte>(ref Unsafe.AsRef(in Holds));
        Vector128<byte> same = Vector128.Equals(Vector128.LoadUnsafe(ref first), Vector128.Create(pfn.Value));
        return (int)same.ExtractMostSignificantBits() & ((1 << HoldCount) - 1);
    }

    /// <summary>The entry that faults.</summary>
    public readonly EntryIndex FaultEntry => new(Mm, FaultVa);

    /// <summary>OwesFlush, Gathers, MmapRead and MmapWrite in one number, the first in its lowest byte.</summary>
    public readonly uint Spaces => Unsafe.ReadUnaligned<uint>(ref Unsafe.AsRef(in OwesFlush));

    /// <summary>0 if it holds no reference, no lock, owes no flush and gathers nowhere.</summary>
    public readonly ulong InHand =>
        Unsafe.ReadUnaligned<ulong>(ref Unsafe.AsRef(in HoldCount)) & 0xff_ffff_ffff_ffff; // HoldCount to PtLock2

    /// <summary>MmapRead and MmapWrite: 0 if it has no mmap_lock.</summary>
    public readonly int Locks => MmapRead | MmapWrite;

    /// <summary>Whether the flag is set.</summary>
    public readonly bool Has(TaskFlags flag) => (Flags & flag) != 0;

    /// <summary>Sets flags.</summary>
    public void Set(TaskFlags flags) => Flags |= flags;

    /// <summary>Clears flags.</summary>
    public void Clear(TaskFlags flags) => Flags &= ~flags;

    /// <summary>Goes on to a stage of the same path.</summary>
    public Progress Next<TStage>(TStage stage)
        where TStage : unmanaged, Enum
    {
        ref ushort top = ref Stack[Depth - 1];
        top = (ushort)((byte)top | (Unsafe.BitCast<TStage, byte>(stage) << 8));
        return Progress.Advanced;
    }

    /// <summary>Calls a path; when it returns, this path goes on in the stage it has.</summary>
    public Progress Call(KernelPath path)
    {
        if (Depth == Limits.PathDepth)
        {
            throw Full(path);
        }

        Stack[Depth++] = (ushort)path;
        return Progress.Advanced;
    }

    private static InvalidOperationException Full(KernelPath path) => new($"{path} called from a full stack of paths");

    /// <summary>Calls a path, to go on in <paramref name="then"/> when it returns.</summary>
    public Progress Call<TStage>(KernelPath path, TStage then)
        where TStage : unmanaged, Enum
    {
        Next(then);
        return Call(path);
    }

    /// <summary>Goes on as another path, which returns to this one's caller.</summary>
    public Progress Jump(KernelPath path)
    {
        Stack[Depth - 1] = (ushort)path;
        return Progress.Advanced;
    }

    /// <summary>Ends the path.</summary>
    public Progress Return()
    {
        Stack[--Depth] = 0;
        return Progress.Advanced;
    }

    /// <summary>Ends the path with the result of a fault.</summary>
    public Progress Return(FaultResult result)
    {
        Result = result;
        return Return();
    }
}
