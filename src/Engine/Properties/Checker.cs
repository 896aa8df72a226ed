// Looks at what a stage has touched and answers with the first violation. It reads the World and nothing that the
// engine decided; each rule is in a file of its own. How often each clause had something to judge is counted, so that
// a property that could not have failed is reported as vacuous, never as passed.
// Not covered: the reference memory's contracts (Contracts), results (ErrnoContract).

using System;
using System.Numerics;
using System.Runtime.CompilerServices;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Properties;

/// <summary>Checks what was touched.</summary>
public sealed class Checker
{
    /// <summary>How many clauses there are.</summary>
    public static readonly int Clauses = Enum.GetValues<Clause>().Length;

    private readonly long[] judged = new long[Clauses];
    private readonly ulong[] framesOf = new ulong[Limits.Handles];
    private readonly ulong[] entriesOf = new ulong[Limits.Handles];
    private int liveHandles;
    private ulong handleFrames;
    private ulong handleEntries;
    private ulong deferred;

    /// <summary>Makes a checker.</summary>
    public Checker(Profile profile) => Profile = profile;

    /// <summary>The kernel.</summary>
    public Profile Profile { get; set; }

    /// <summary>How often each clause had something to judge.</summary>
    public ReadOnlySpan<long> Judged => judged;

    /// <summary>Bit h: handle h holds pages, as of the last check.</summary>
    internal int LiveHandles => liveHandles;

    /// <summary>Bit n: a handle holds frame n, as of the last check.</summary>
    internal ulong HandleFrames => handleFrames;

    /// <summary>Whether a handle's pages, or their places in the page table, are in the set.</summary>
    internal bool Concerns(in Touched touched, int handle) =>
        ((touched.Entries | touched.Rows) & entriesOf[handle]) != 0
        || (touched.Frames & framesOf[handle]) != 0 || ((touched.Handles >> handle) & 1) != 0;

    /// <summary>An entry under a page-table lock is judged when that is dropped.</summary>
    internal void Defer(EntryIndex entry) => deferred |= 1ul << entry.Value;

    /// <summary>The world is another now: what was deferred is what is under a lock there.</summary>
    public void Forget(in World w)
    {
        deferred = 0;
        for (int ptLock = 0; ptLock < Limits.Pmds; ptLock++)
        {
            deferred |= w.Machine.PtLockOwner(ptLock) == 0 ? 0 : 15ul << (ptLock * Limits.HpagePmdNr);
        }

        FindHandles(in w);
    }

    /// <summary>Notes that a clause had something to judge.</summary>
    public void Count(Clause clause) => judged[(int)clause]++;

    /// <summary>Notes that a clause had something to judge, if it had; without a branch.</summary>
    internal void Count(Clause clause, bool had) => judged[(int)clause] += Unsafe.BitCast<bool, byte>(had);

    /// <summary>Notes that a clause had so many things to judge.</summary>
    internal void Count(Clause clause, int times) => judged[(int)clause] += times;

    /// <summary>Checks everything that is in the set, which it clears.</summary>
    public Violation? Check(ref World w, ref Touched touched)
    {
        if (deferred != 0)
        {
            Undefer(in w.Machine, ref touched);
        }

        if (touched.Handles != 0)
        {
            FindHandles(in w);
            touched.Entries |= handleEntries; // a new handle is judged where its pages are
        }

        Spread(in w, ref touched);
        Violation? violation = null;
        for (ulong left = touched.Frames; left != 0 && violation is null; left &= left - 1)
        {
            violation = FrameRules.Check(this, in w, new Pfn((byte)BitOperations.TrailingZeroCount(left)));
        }

        for (ulong left = touched.Entries | touched.Rows; left != 0 && violation is null; left &= left - 1)
        {
            var entry = new EntryIndex((byte)BitOperations.TrailingZeroCount(left));
            violation = EntryRules.Check(this, ref w, ref touched, entry)
                ?? TlbRules.Check(this, in w, entry);
        }

        if (touched.Slots != 0 || touched.Caches != 0)
        {
            violation ??= CheckStores(in w, in touched);
        }

        bool pins = ((touched.Entries | touched.Rows) & handleEntries) != 0 || (touched.Frames & handleFrames) != 0;
        violation ??= pins ? PinRules.Check(this, in w, in touched) : null;
        violation ??= touched.Flushed == 0 ? null : TlbRules.CheckFlushed(this, in w, touched.Flushed);
        violation ??= touched.Mms == 0 ? null : LockRules.CheckCounts(this, in w, touched.Mms);
        touched = default;
        return violation;
    }

    /// <summary>What keeps content outside of page tables: the swap area and inodes.</summary>
    private Violation? CheckStores(in World w, in Touched touched)
    {
        Violation? violation = null;
        for (int left = touched.Slots; left != 0 && violation is null; left &= left - 1)
        {
            violation = SlotRules.Check(this, in w, new SlotId((byte)BitOperations.TrailingZeroCount(left)));
        }

        for (uint left = touched.Caches; left != 0 && violation is null; left &= left - 1)
        {
            violation = InodeRules.Check(this, in w, new CacheIndex((byte)BitOperations.TrailingZeroCount(left)));
        }

        return violation;
    }

    private void Undefer(in Machine machine, ref Touched touched)
    {
        for (ulong left = deferred; left != 0; left &= left - 1)
        {
            var entry = new EntryIndex((byte)BitOperations.TrailingZeroCount(left));
            if (machine.PtLockOwner(entry.PtLock) == 0)
            {
                touched.Entries |= 1ul << entry.Value;
                deferred &= ~(1ul << entry.Value);
            }
        }
    }

    private void FindHandles(in World w)
    {
        liveHandles = 0;
        handleFrames = 0;
        handleEntries = 0;
        for (int h = 0; h < Limits.Handles; h++)
        {
            var id = new HandleId((byte)h);
            ref readonly GupHandle handle = ref w.Machine.HandleAt(id);
            ulong frames = 0;
            ulong entries = 0;
            for (int i = 0; i < handle.Count && handle.IsLive; i++)
            {
                frames |= 1ul << handle.Pages[i].Value;
                entries |= 1ul << HandleContracts.EntryOf(in w.Reference, id, i).Value;
            }

            liveHandles |= handle.IsLive ? 1 << h : 0;
            handleFrames |= frames;
            handleEntries |= entries;
            framesOf[h] = frames;
            entriesOf[h] = entries;
        }
    }

    /// <summary>
    /// What a change of one thing makes worth a look at others: a frame's content or lock at the entries, slots and
    /// inode pages that name it; a slot at the entries and the page that name it.
    /// </summary>
    private static void Spread(in World w, ref Touched touched)
    {
        int slots = touched.Slots;
        for (ulong left = (touched.Frames | touched.Contents) & ~1ul; left != 0; left &= left - 1)
        {
            var pfn = new Pfn((byte)BitOperations.TrailingZeroCount(left));
            ref readonly Frame frame = ref w.Machine.FrameAt(pfn);
            if (((touched.Contents >> pfn.Value) & 1) != 0)
            {
                touched.Entries |= w.Machine.EntriesMapping(pfn);
            }

            if ((frame.Flags & (FrameFlags.SwapCache | FrameFlags.PageCache)) != 0)
            {
                slots |= frame.InSwapCache ? 1 << frame.Slot.Value : 0;
                touched.Caches |= frame.InPageCache ? 1u << frame.Cache.Value : 0;
            }
        }

        for (; slots != 0; slots &= slots - 1)
        {
            var slot = new SlotId((byte)BitOperations.TrailingZeroCount(slots));
            touched.Entries |= w.Machine.EntriesSwapped(slot);
            ref readonly SwapSlot swap = ref w.Machine.SlotAt(slot);
            touched.Frames |= swap.HasCachePage ? 1ul << swap.CachePage.Value : 0;
        }

        touched.Frames &= ~1ul;
    }
}
