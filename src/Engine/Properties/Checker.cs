// Looks at what a stage has touched and answers with the first violation. It reads the World and nothing that the
// engine decided; each rule is in a file of its own. How often each clause had something to judge is counted, so that
// a property that could not have failed is reported as vacuous, never as passed.
// Not covered: the reference memory's contracts (Contracts), results (ErrnoContract).

using System;
using System.Numerics;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Properties;

/// <summary>Checks what was touched.</summary>
public sealed class Checker
{
    /// <summary>How many clauses there are.</summary>
    public static readonly int Clauses = Enum.GetValues<Clause>().Length;

    private readonly long[] judged = new long[Clauses];
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

    /// <summary>Checks everything that is in the set, which it clears.</summary>
    public Violation? Check(ref World w, ref Touched touched)
    {
        if (touched.Handles != 0)
        {
            FindHandles(in w);
        }

        if (deferred != 0)
        {
            Undefer(in w.Machine, ref touched);
        }

        if (touched.Handles != 0)
        {
            touched.Entries |= handleEntries; // a new handle is judged where its pages are
        }

        Spread(in w, ref touched);
        Violation? violation = null;
        for (ulong left = touched.Frames; left != 0 && violation is null; left &= left - 1)
        {
            violation = FrameRules.Check(this, in w, new Pfn((byte)BitOperations.TrailingZeroCount(left)));
        }

        for (int left = touched.Slots; left != 0 && violation is null; left &= left - 1)
        {
            violation = SlotRules.Check(this, in w, new SlotId((byte)BitOperations.TrailingZeroCount(left)));
        }

        for (ulong left = touched.Entries | touched.Rows; left != 0 && violation is null; left &= left - 1)
        {
            var entry = new EntryIndex((byte)BitOperations.TrailingZeroCount(left));
            violation = EntryRules.Check(this, ref w, ref touched, entry)
                ?? TlbRules.Check(this, in w, entry);
        }

        for (uint left = touched.Caches; left != 0 && violation is null; left &= left - 1)
        {
            violation = InodeRules.Check(this, in w, new CacheIndex((byte)BitOperations.TrailingZeroCount(left)));
        }

        bool pins = ((touched.Entries | touched.Rows) & handleEntries) != 0 || (touched.Frames & handleFrames) != 0;
        violation ??= pins ? PinRules.Check(this, in w, in touched) : null;
        violation ??= touched.Flushed == 0 ? null : TlbRules.CheckFlushed(this, in w, touched.Flushed);
        violation ??= LockRules.CheckCounts(this, in w, touched.Mms);
        touched = default;
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
            liveHandles |= handle.IsLive ? 1 << h : 0;
            for (int i = 0; i < handle.Count && handle.IsLive; i++)
            {
                handleFrames |= 1ul << handle.Pages[i].Value;
                handleEntries |= 1ul << HandleContracts.EntryOf(in w.Reference, id, i).Value;
            }
        }
    }

    /// <summary>
    /// What a change of one thing makes worth a look at others: a frame's content at the entries, slots and inode
    /// pages that name it; a slot at the entries that name it.
    /// </summary>
    private static void Spread(in World w, ref Touched touched)
    {
        for (ulong left = touched.Contents & ~1ul; left != 0; left &= left - 1)
        {
            var pfn = new Pfn((byte)BitOperations.TrailingZeroCount(left));
            touched.Entries |= w.Machine.EntriesMapping(pfn);
            touched.Frames |= 1ul << pfn.Value;
        }

        for (ulong left = touched.Frames & ~1ul; left != 0; left &= left - 1)
        {
            ref readonly Frame frame = ref w.Machine.FrameAt(new Pfn((byte)BitOperations.TrailingZeroCount(left)));
            touched.Slots |= frame.InSwapCache ? (ushort)(1 << frame.Slot.Value) : (ushort)0;
            touched.Caches |= frame.InPageCache ? 1u << frame.Cache.Value : 0;
        }

        for (int left = touched.Slots; left != 0; left &= left - 1)
        {
            var slot = new SlotId((byte)BitOperations.TrailingZeroCount(left));
            touched.Entries |= w.Machine.EntriesSwapped(slot);
            ref readonly SwapSlot swap = ref w.Machine.SlotAt(slot);
            touched.Frames |= swap.HasCachePage ? 1ul << swap.CachePage.Value : 0;
        }

        touched.Frames &= ~1ul;
    }
}
