// Looks at what a stage has touched and answers with the first violation. It reads the World and nothing that the
// engine decided; each rule is in a file of its own. Which clauses had something to judge is noted, so that a property
// that could not have failed is reported as vacuous, never as passed.
// Not covered: the reference memory's contracts (Contracts), results (ErrnoContract).

using System;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Properties;

/// <summary>Checks what was touched.</summary>
public sealed class Checker
{
    /// <summary>How many clauses there are.</summary>
    public static readonly int Clauses = Enum.GetValues<Clause>().Length;

    private readonly ulong[] framesOf = new ulong[Limits.Handles];
    private readonly ulong[] entriesOf = new ulong[Limits.Handles];
    private Profile profile = null!;
    private ulong judged;
    private ulong looked;
    private int liveHandles;
    private HandleBits pinnedPages; // bits of Machine.HandlesNaming that are pages of pins
    private HandleBits heldPages; // ...of other live handles
    private ulong handleEntries;
    private ulong handleFrames;
    private ulong deferred;
    private ulong always; // not 0 if every stage has something to check

    /// <summary>Makes a checker.</summary>
    public Checker(Profile profile) => Profile = profile;

    /// <summary>The kernel.</summary>
    public Profile Profile
    {
        get => profile;
        set
        {
            profile = value;
            TracksExclusive = value.TracksExclusive;
        }
    }

    /// <summary>Bit n: clause n had something to judge.</summary>
    public ulong Judged => judged | EntryRules.ClausesOf(looked);

    /// <summary>Whether anonymous pages carry PageAnonExclusive.</summary>
    internal bool TracksExclusive { get; private set; }

    /// <summary>The world is another now: what was deferred is what is under a lock there.</summary>
    public void Forget(in World w)
    {
        deferred = w.Machine.EntriesLocked();
        FindHandles(in w, byte.MaxValue);
    }

    /// <summary>The world is a new one, in which nothing is.</summary>
    internal void Forget()
    {
        deferred = 0;
        liveHandles = 0;
        handleEntries = 0;
        handleFrames = 0;
        pinnedPages = default;
        heldPages = default;
        Vector512<ulong>.Zero.StoreUnsafe(ref framesOf[0]);
        Vector512<ulong>.Zero.StoreUnsafe(ref entriesOf[0]);
    }

    /// <summary>Notes that a clause had something to judge.</summary>
    public void Note(Clause clause) => judged |= 1ul << (int)clause;

    /// <summary>Notes that clauses, bit n for clause n, had something to judge.</summary>
    internal void Note(ulong clauses) => judged |= clauses;

    /// <summary>Notes that a clause had something to judge, if it had; without a branch.</summary>
    internal void Note(Clause clause, bool had) => judged |= (ulong)Unsafe.BitCast<bool, byte>(had) << (int)clause;

    /// <summary>Notes how entries looked; what of them could have been wrong, is found out later.</summary>
    internal void NoteLooks(ulong looks) => looked |= looks;

    /// <summary>References that handles have to the frame.</summary>
    internal int ReferencesOn(in Machine machine, Pfn pfn)
    {
        if (liveHandles == 0)
        {
            return 0;
        }

        ulong low = machine.HandlesNaming(pfn, out ulong high);
        int pins = BitOperations.PopCount(low & pinnedPages.Low) + BitOperations.PopCount(high & pinnedPages.High);
        int others = BitOperations.PopCount(low & heldPages.Low) + BitOperations.PopCount(high & heldPages.High);
        return (pins * Limits.GupPinCountingBias) + others;
    }

    /// <summary>
    /// Whether there is anything to check after a stage. The counts of an address space, which change with every lock,
    /// can wait for the next thing that is touched, or the end of the operation.
    /// </summary>
    internal bool HasWork(in Touched touched) => (touched.SomeButMms | deferred | always) != 0;

    /// <summary>Whether every stage checks everything, not only what it touched.</summary>
    internal bool ChecksEverything
    {
        get => always != 0;
        set => always = value ? 1ul : 0;
    }

    /// <summary>Checks everything that is in the set, which it clears.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)] // one copy, for the cache of instructions
    public Violation? Check(ref World w, ref Touched touched)
    {
        if (touched.Handles != 0)
        {
            touched.Entries |= FindHandles(in w, touched.Handles); // a new handle is judged where its pages are
        }

        ulong locked = w.Machine.EntriesLocked();
        touched.Entries |= deferred & ~locked;
        Violation? violation = null;
        if ((touched.Frames | touched.Contents | touched.Slots) != 0)
        {
            Spread(in w, ref touched);
            violation = CheckFrames(in w, touched.Frames);
        }

        ulong entries = touched.Entries | touched.Rows;
        ulong ofHandles = (entries & handleEntries) | (touched.Frames & handleFrames) | touched.Handles;
        deferred = (deferred | entries) & locked; // an entry under a page-table lock is judged when that is dropped
        entries &= ~locked;
        if (entries != 0)
        {
            violation ??= CheckEntries(ref w, ref touched, entries);
        }

        violation ??= CheckOthers(in w, in touched, ofHandles != 0);
        touched = default;
        return violation;
    }

    /// <summary>What is seldom touched.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Violation? CheckOthers(in World w, in Touched touched, bool handles)
    {
        Violation? violation = null;
        if (touched.HasStores)
        {
            violation = CheckStores(in w, in touched);
        }

        if (handles)
        {
            violation ??= PinRules.Check(this, in w, in touched, HandlesConcerned(in touched));
        }

        if (touched.HasSpaces)
        {
            violation ??= touched.Flushed == 0 ? null : TlbRules.CheckFlushed(this, in w, touched.Flushed);
            violation ??= touched.Mms == 0 ? null : LockRules.CheckCounts(this, in w, touched.Mms);
        }

        return violation;
    }

    private Violation? CheckFrames(in World w, ulong frames)
    {
        Violation? violation = null;
        for (; frames != 0 && violation is null; frames &= frames - 1)
        {
            violation = FrameRules.Check(this, in w, new Pfn((byte)BitOperations.TrailingZeroCount(frames)));
        }

        return violation;
    }

    /// <summary>Entries and their translations.</summary>
    private Violation? CheckEntries(ref World w, ref Touched touched, ulong entries)
    {
        ulong forking = InFlight.AnyBusy(in w.Machine, OperationKind.Fork) ? w.Machine.EntriesForking() & entries : 0;
        ulong wrong = EntryRules.LooksWrong(this, in w, entries & ~forking);
        if (forking != 0)
        {
            wrong |= forking & w.Machine.EntriesWritable(); // no more is asked of them before the fork is done
        }

        for (; wrong != 0; wrong &= wrong - 1)
        {
            var entry = new EntryIndex((byte)BitOperations.TrailingZeroCount(wrong));
            if (EntryRules.Check(this, ref w, ref touched, entry) is { } broken)
            {
                return broken;
            }
        }

        while (entries != 0)
        {
            int first = BitOperations.TrailingZeroCount(entries) & ~(Limits.PagesPerMm - 1);
            int cached = w.Machine.PagesCached(new MmId((byte)(first / Limits.PagesPerMm))) & (int)(entries >> first);
            entries &= ~(0xfffful << first);
            for (; cached != 0; cached &= cached - 1)
            {
                var entry = new EntryIndex((byte)(first + BitOperations.TrailingZeroCount(cached)));
                if (TlbRules.Check(this, in w, entry) is { } stale)
                {
                    return stale;
                }
            }
        }

        return null;
    }

    /// <summary>Bit h: pages of handle h, or their places in the page table, are in the sets.</summary>
    private int HandlesConcerned(in Touched touched)
    {
        Vector512<ulong> concerned =
            (Vector512.LoadUnsafe(ref entriesOf[0]) & Vector512.Create(touched.Entries | touched.Rows))
            | (Vector512.LoadUnsafe(ref framesOf[0]) & Vector512.Create(touched.Frames));
        return (Lanes(concerned) | touched.Handles) & liveHandles;
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

    /// <summary>Bit n: number n is not 0.</summary>
    private static int Lanes(Vector512<ulong> numbers) =>
        (int)~Vector512.Equals(numbers, Vector512<ulong>.Zero).ExtractMostSignificantBits() & byte.MaxValue;

    /// <summary>
    /// Where the pages of these handles are of which anything is asked: that the page table names them, or that they
    /// are exclusive. Answers the entries of these.
    /// </summary>
    private ulong FindHandles(in World w, int changed)
    {
        ulong found = 0;
        for (; changed != 0; changed &= changed - 1)
        {
            int h = BitOperations.TrailingZeroCount(changed);
            var id = new HandleId((byte)h);
            ref readonly GupHandle handle = ref w.Machine.HandleAt(id);
            ref readonly HandleRow row = ref w.Reference.HandleAt(id);
            bool isPin = handle.IsPin;
            int count = handle.IsLive ? handle.Count : 0;
            uint strong = HandleContracts.StrongPages(in row);
            uint looked = isPin ? uint.MaxValue : strong;
            ulong frames = 0;
            ulong entries = 0;
            for (int i = 0; i < count; i++, strong >>= 1, looked >>= 1)
            {
                frames |= (ulong)(looked & 1) << handle.Pages[i].Value;
                entries |= (ulong)(strong & 1) << row.Entries[i].Value;
            }

            liveHandles = (liveHandles & ~(1 << h)) | (handle.IsLive ? 1 << h : 0);
            ulong pages = ((1ul << count) - 1) << Machine.FirstHandlePage;
            pinnedPages.Set(h, isPin ? pages : 0);
            heldPages.Set(h, isPin ? 0 : pages);
            framesOf[h] = frames;
            entriesOf[h] = entries;
            found |= entries;
        }

        handleEntries = UnionOf(entriesOf);
        handleFrames = UnionOf(framesOf);
        return found;
    }

    /// <summary>Sixteen bits for each handle.</summary>
    private struct HandleBits
    {
        public ulong Low;
        public ulong High;

        public void Set(int handle, ulong bits)
        {
            ref ulong half = ref handle < 4 ? ref Low : ref High;
            int shift = 16 * (handle & 3);
            half = (half & ~(0xfffful << shift)) | (bits << shift);
        }
    }

    private static ulong UnionOf(ulong[] sets)
    {
        Vector512<ulong> all = Vector512.LoadUnsafe(ref sets[0]);
        Vector256<ulong> half = all.GetLower() | all.GetUpper();
        Vector128<ulong> quarter = half.GetLower() | half.GetUpper();
        return quarter[0] | quarter[1];
    }

    /// <summary>
    /// What a change of one thing makes worth a look at others: a frame's content or lock at the entries, slots and
    /// inode pages that name it; a slot at the entries and the page that name it.
    /// </summary>
    private static void Spread(in World w, ref Touched touched)
    {
        for (ulong left = touched.Contents & ~1ul; left != 0; left &= left - 1)
        {
            touched.Entries |= w.Machine.EntriesMapping(new Pfn((byte)BitOperations.TrailingZeroCount(left)));
        }

        int slots = touched.Slots;
        for (ulong left = (touched.Frames | touched.Contents) & ~1ul; left != 0; left &= left - 1)
        {
            ref readonly Frame frame = ref w.Machine.FrameAt(new Pfn((byte)BitOperations.TrailingZeroCount(left)));
            slots |= Unsafe.BitCast<bool, byte>(frame.InSwapCache) << frame.Slot.Value;
            touched.AddCaches((uint)Unsafe.BitCast<bool, byte>(frame.InPageCache) << frame.Cache.Value);
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
