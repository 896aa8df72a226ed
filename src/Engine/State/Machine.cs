// The machine as one flat value: every part can be read, and is changed only by methods that demand the set in
// which the change is noted. Kernel paths are handed the Machine and nothing else of the World.
// Not covered: searching it (Machine.Search.cs) and what the parts mean (a file each).

using System;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace MmFuzz.Engine.State;

/// <summary>Everything that exists in the modelled machine.</summary>
public partial struct Machine
{
    private MmArray mms;
    private TaskArray tasks;
    private PteArray entries;
    private PmdArray pmds;
    private FrameArray frames;
    private VmaArray vmas;
    private TlbArray tlbs;
    private SlotArray slots;
    private CacheArray caches;
    private InodeArray inodes;
    private HandleArray handles;
    private UffdArray uffds;
    private EventArray events;
    private PtLockArray ptLocks;
    private ulong freeFrames;
    private ulong busyKinds;
    private ushort serial;
    private ushort busyTasks;
    private ushort blockedTasks;
    private InjectedFault injectedFault;
    private byte injectedCount;
    private Pfn lastFreedFrame;
    private SlotId lastFreedSlot;
    private ActorId lastMover;
    private byte liveMms;
    private ushort startedTasks;
    private ushort heldPtLocks; // bit n: somebody holds page-table lock n

    /// <summary>Bit n: frame n is free.</summary>
    public readonly ulong FreeFrames => freeFrames;

    /// <summary>Running number of the last store.</summary>
    public readonly int Serial => serial;

    /// <summary>Bit n: actor n is in a path.</summary>
    public readonly int BusyTasks => busyTasks;

    /// <summary>Bit n: actor n is in a path that <c>step</c> moves.</summary>
    public readonly int StartedTasks => startedTasks;

    /// <summary>Bit n: process n lives.</summary>
    public readonly int LiveMms => liveMms;

    /// <summary>Bit n: somebody has an operation of kind n under way.</summary>
    public readonly ulong BusyKinds => busyKinds;

    /// <summary>Bit n: actor n waits.</summary>
    public readonly int BlockedTasks => blockedTasks;

    /// <summary>The fault to inject.</summary>
    public readonly InjectedFault InjectedFault => injectedFault;

    /// <summary>The frame that was freed last; the zero page for none.</summary>
    public readonly Pfn LastFreedFrame => lastFreedFrame;

    /// <summary>The slot that was freed last.</summary>
    public readonly SlotId LastFreedSlot => lastFreedSlot;

    /// <summary>Who has moved last.</summary>
    public readonly ActorId LastMover => lastMover;

    /// <summary>How many times the injected fault is still passed by before it strikes.</summary>
    public readonly byte InjectedCount => injectedCount;

    /// <summary>An empty machine: no process, all frames but the zero page free, no slot used.</summary>
    public static void Reset(out Machine machine)
    {
        machine = default;
        machine.freeFrames = ~1ul;
        machine.frames[0].Kind = FrameKind.Zero;
        for (int i = 0; i < Limits.Actors; i++)
        {
            machine.tasks[i].Actor = new ActorId((byte)i);
            machine.tasks[i].Child = MmId.None;
        }

        for (int i = 0; i < Limits.Uffds; i++)
        {
            machine.uffds[i].Mm = MmId.None;
        }
    }

    /// <summary>The page-table entry.</summary>
    public readonly Pte PteAt(EntryIndex index) => entries[index.Value];

    /// <summary>All page-table entries.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<Pte> Table => entries;

    /// <summary>All frames.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<Frame> Frames => frames;

    /// <summary>The PMD entry that covers the page-table entry.</summary>
    public readonly Pmd PmdAt(EntryIndex index) => pmds[index.PtLock];

    /// <summary>The frame.</summary>
    [UnscopedRef]
    public readonly ref readonly Frame FrameAt(Pfn pfn) => ref frames[pfn.Value];

    /// <summary>The address space.</summary>
    [UnscopedRef]
    public readonly ref readonly Mm MmAt(MmId mm) => ref mms[mm.Value];

    /// <summary>Mapping number <paramref name="index"/> of the address space, in order of addresses.</summary>
    [UnscopedRef]
    public readonly ref readonly Vma VmaAt(MmId mm, int index) => ref vmas[(mm.Value * Limits.VmasPerMm) + index];

    /// <summary>
    /// The TLB entry of <paramref name="cpu"/> for page <paramref name="va"/> of whichever address space.
    /// </summary>
    public readonly TlbEntry TlbAt(int cpu, Va va) => tlbs[(va.Value * Limits.Cpus) + cpu];

    /// <summary>The swap slot.</summary>
    [UnscopedRef]
    public readonly ref readonly SwapSlot SlotAt(SlotId slot) => ref slots[slot.Value];

    /// <summary>The inode page.</summary>
    [UnscopedRef]
    public readonly ref readonly CacheEntry CacheAt(CacheIndex index) => ref caches[index.Value];

    /// <summary>The inode.</summary>
    [UnscopedRef]
    public readonly ref readonly Inode InodeAt(InodeId inode) => ref inodes[inode.Value];

    /// <summary>The handle.</summary>
    [UnscopedRef]
    public readonly ref readonly GupHandle HandleAt(HandleId handle) => ref handles[handle.Value];

    /// <summary>The userfaultfd context.</summary>
    [UnscopedRef]
    public readonly ref readonly Uffd UffdAt(UffdId uffd) => ref uffds[uffd.Value];

    /// <summary>The event that the user actor waits for.</summary>
    [UnscopedRef]
    public readonly ref readonly UffdEvent EventAt(ActorId actor) => ref events[actor.Value];

    /// <summary>The actor's task.</summary>
    [UnscopedRef]
    public readonly ref readonly Task TaskAt(ActorId actor) => ref tasks[actor.Value];

    /// <summary>Who holds the page-table lock: actor + 1, or 0.</summary>
    public readonly byte PtLockOwner(int ptLock) => ptLocks[ptLock];

    /// <summary>Writes a page-table entry.</summary>
    public void SetPte(ref Touched touched, EntryIndex index, Pte pte)
    {
        touched.Entries |= 1ul << index.Value;
        Pte old = entries[index.Value];
        entries[index.Value] = pte;
        if (old.IsPresent && ((old.Raw ^ pte.Raw) & Pte.NameMask) == 0)
        {
            return; // other bits of the same mapping: no count is concerned
        }

        TouchNamed(ref touched, old);
        TouchNamed(ref touched, pte);
    }

    /// <summary>Writes a PMD entry.</summary>
    public void SetPmd(ref Touched touched, EntryIndex index, Pmd pmd)
    {
        touched.Entries |= 15ul << (index.PtLock * Limits.HpagePmdNr);
        pmds[index.PtLock] = pmd;
    }

    /// <summary>A frame, to be changed.</summary>
    [UnscopedRef]
    public ref Frame ChangeFrame(ref Touched touched, Pfn pfn)
    {
        touched.Frames |= 1ul << pfn.Value;
        return ref frames[pfn.Value];
    }

    /// <summary>Writes the content of a frame.</summary>
    public void SetContent(ref Touched touched, Pfn pfn, Token content)
    {
        touched.Contents |= 1ul << pfn.Value;
        frames[pfn.Value].Content = content;
    }

    /// <summary>An address space, to be changed.</summary>
    [UnscopedRef]
    public ref Mm ChangeMm(ref Touched touched, MmId mm)
    {
        touched.Add(mm);
        return ref mms[mm.Value];
    }

    /// <summary>What an address space has beside the counts of who uses it: nobody has to look.</summary>
    [UnscopedRef]
    public ref Mm ChangeMmBesideCounts(ref Touched touched, MmId mm) => ref mms[mm.Value];

    /// <summary>Notes in which state an address space is.</summary>
    public void SetState(ref Touched touched, MmId mm, MmState state)
    {
        ChangeMm(ref touched, mm).State = state;
        liveMms = (byte)((liveMms & ~(1 << mm.Value)) | (state == MmState.Live ? 1 << mm.Value : 0));
    }

    /// <summary>A mapping, to be changed; whatever entries there are count as touched.</summary>
    [UnscopedRef]
    public ref Vma ChangeVma(ref Touched touched, MmId mm, int index)
    {
        touched.Entries |= PagesUsed(mm) << (mm.Value * Limits.PagesPerMm);
        return ref vmas[(mm.Value * Limits.VmasPerMm) + index];
    }

    /// <summary>Writes a TLB entry.</summary>
    public void SetTlb(ref Touched touched, int cpu, Va va, TlbEntry entry)
    {
        tlbs[(va.Value * Limits.Cpus) + cpu] = entry;
        if (entry.IsValid)
        {
            touched.Entries |= 1ul << new EntryIndex(entry.Mm, va).Value;
        }
    }

    /// <summary>A swap slot, to be changed.</summary>
    [UnscopedRef]
    public ref SwapSlot ChangeSlot(ref Touched touched, SlotId slot)
    {
        touched.Add(slot);
        return ref slots[slot.Value];
    }

    /// <summary>An inode page, to be changed.</summary>
    [UnscopedRef]
    public ref CacheEntry ChangeCache(ref Touched touched, CacheIndex index)
    {
        touched.AddCaches(1u << index.Value);
        return ref caches[index.Value];
    }

    /// <summary>Counts, lock or size of an inode, to be changed: no rule of its pages asks for them.</summary>
    [UnscopedRef]
    public ref Inode ChangeInodeCounts(ref Touched touched, InodeId inode) => ref inodes[inode.Value];

    /// <summary>An inode, to be changed.</summary>
    [UnscopedRef]
    public ref Inode ChangeInode(ref Touched touched, InodeId inode)
    {
        touched.AddCaches(0xffu << (inode.Value * Limits.InodePages));
        return ref inodes[inode.Value];
    }

    /// <summary>A handle, to be changed.</summary>
    [UnscopedRef]
    public ref GupHandle ChangeHandle(ref Touched touched, HandleId handle)
    {
        touched.Add(handle);
        return ref handles[handle.Value];
    }

    /// <summary>A userfaultfd context, to be changed.</summary>
    [UnscopedRef]
    public ref Uffd ChangeUffd(ref Touched touched, UffdId uffd)
    {
        return ref uffds[uffd.Value];
    }

    /// <summary>The event of a user actor, to be changed.</summary>
    [UnscopedRef]
    public ref UffdEvent ChangeEvent(ref Touched touched, ActorId actor)
    {
        return ref events[actor.Value];
    }

    /// <summary>A task, to be changed.</summary>
    [UnscopedRef]
    public ref Task ChangeTask(ref Touched touched, ActorId actor)
    {
        return ref tasks[actor.Value];
    }

    /// <summary>Notes who has moved.</summary>
    public void NoteMoved(ActorId actor) => lastMover = actor;

    /// <summary>Takes (actor + 1) or drops (0) a page-table lock.</summary>
    public void SetPtLock(ref Touched touched, int ptLock, byte owner)
    {
        ptLocks[ptLock] = owner;
        int bit = 1 << ptLock;
        heldPtLocks = (ushort)(owner != 0 ? heldPtLocks | bit : heldPtLocks & ~bit);
    }

    /// <summary>Notes that an actor has begun an operation, as its task says.</summary>
    public void NoteBegun(ActorId actor)
    {
        ref readonly Task task = ref tasks[actor.Value];
        busyTasks |= (ushort)(1 << actor.Value);
        startedTasks |= (ushort)(task.IsStarted ? 1 << actor.Value : 0);
        busyKinds |= 1ul << task.Operation;
    }

    /// <summary>Notes that an actor has ended its operation.</summary>
    public void NoteEnded(ActorId actor)
    {
        int bit = 1 << actor.Value;
        busyTasks = (ushort)(busyTasks & ~bit);
        blockedTasks = (ushort)(blockedTasks & ~bit);
        startedTasks = (ushort)(startedTasks & ~bit);
        busyKinds = 0;
        for (int busy = busyTasks; busy != 0; busy &= busy - 1)
        {
            busyKinds |= 1ul << tasks[BitOperations.TrailingZeroCount(busy)].Operation;
        }
    }

    /// <summary>Notes whether an actor waits in its path.</summary>
    public void NoteBlocked(ActorId actor, bool blocked)
    {
        int bit = 1 << actor.Value;
        blockedTasks = (ushort)(blocked ? blockedTasks | bit : blockedTasks & ~bit);
    }

    /// <summary>The next running number of a store; 0 when all are used up.</summary>
    public int NextSerial() => serial + 1 < Limits.Serials ? ++serial : 0;

    /// <summary>Takes a frame off the free list, or puts it back.</summary>
    public void SetFree(Pfn pfn, bool free)
    {
        ulong bit = 1ul << pfn.Value;
        freeFrames = free ? freeFrames | bit : freeFrames & ~bit;
        lastFreedFrame = free ? pfn : lastFreedFrame;
    }

    /// <summary>Notes that a slot was freed.</summary>
    public void NoteFreedSlot(SlotId slot) => lastFreedSlot = slot;

    /// <summary>Arms a fault (none disarms): it strikes after <paramref name="count"/> more chances.</summary>
    public void InjectFault(InjectedFault fault, byte count)
    {
        injectedFault = fault;
        injectedCount = count;
    }

    private static void TouchNamed(ref Touched touched, Pte pte)
    {
        if (pte.IsSwap)
        {
            touched.Add(pte.Slot);
        }
        else if (pte.NamesPage)
        {
            touched.Frames |= 1ul << (int)(pte.Raw >> 16);
        }
    }
}
