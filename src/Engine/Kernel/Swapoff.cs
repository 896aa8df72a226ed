// try_to_unuse: swapoff brings back what the swap area holds: first the pages of inodes, then address space by address
// space what entries name, then what only the swap cache still has; and again, as long as anybody came in between. The
// area takes nothing new meanwhile, and is switched on again afterwards.
// Not covered: KSM pages, slots that cannot be read, signals that end it early, readahead.

using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Kernel;

internal static class Swapoff
{
    private const byte OfInode = 0;
    private const byte OfEntry = 1;
    private const byte OfCache = 2;

    private enum Stage : byte
    {
        Begin,
        NextInodePage,
        NextMm,
        NextEntry,
        Read,
        Lock,
        UnuseInode,
        UnusePte,
        NextCached,
    }

    public static Progress Step(Context c, ref Task t) => (Stage)t.Stage switch
    {
        Stage.Begin => Begin(c, ref t),                 // no new slots from here on
        Stage.NextInodePage => NextInodePage(c, ref t), // shmem_unuse: no lock of the inode is modelled
        Stage.NextMm => NextMm(c, ref t),               // mmap_lock for reading, one address space at a time
        Stage.NextEntry => NextEntry(c, ref t),         // read without its lock: compared again under it
        Stage.Read => Read(c, ref t),                   // into the swap cache, the page locked
        Stage.Lock => Lock(c, ref t),                   // anybody may have had it in between
        Stage.UnuseInode => UnuseInode(c, ref t),
        Stage.UnusePte => UnusePte(c, ref t),           // PT lock inside
        Stage.NextCached => NextCached(c, ref t),       // nobody names it: or else all over again
    };

    private static Progress Begin(Context c, ref Task t)
    {
        if (Swapfile.IsGoingOff(c))
        {
            return t.Finish(c, Errno.EINVAL); // not a usable area any more
        }

        t.Entry = 0;
        t.OuterCursor = 0;
        return t.Next(Stage.NextInodePage);
    }

    private static Progress NextInodePage(Context c, ref Task t)
    {
        for (int i = t.Entry; i < Limits.CachePages; i++)
        {
            ref readonly CacheEntry cached = ref c.Machine.CacheAt(new CacheIndex((byte)i));
            if (cached.Kind == CacheKind.Swap)
            {
                return Bring(c, ref t, cached.Slot, OfInode, (byte)i);
            }
        }

        return t.Next(Stage.NextMm);
    }

    /// <summary>An exiting process and a child that is filled have mmap_lock until they are done.</summary>
    private static Progress NextMm(Context c, ref Task t)
    {
        byte next = t.OuterCursor;
        while (next < Limits.Mms && c.MmAt(new MmId(next)).State == MmState.Free)
        {
            next++;
        }

        if (next == Limits.Mms)
        {
            return t.Next(Stage.NextCached);
        }

        if (!t.TryReadMmap(c, new MmId(next)))
        {
            return Progress.Wait;
        }

        t.Mm = new MmId(next);
        t.OuterCursor = (byte)(next + 1);
        t.Cursor = 0;
        return t.Next(Stage.NextEntry);
    }

    private static Progress NextEntry(Context c, ref Task t)
    {
        for (byte page = t.Cursor; page < Limits.PagesPerMm; page++)
        {
            var entry = new EntryIndex(t.Mm, new Va(page));
            if (c.PteAt(entry).IsSwap)
            {
                t.Original = c.PteAt(entry);
                return Bring(c, ref t, t.Original.Slot, OfEntry, page);
            }
        }

        t.UnlockMmaps(c);
        return t.Next(Stage.NextMm);
    }

    /// <summary>The page of a slot, out of the swap cache or read into it; of whom, is remembered.</summary>
    private static Progress Bring(Context c, ref Task t, SlotId id, byte whose, byte at)
    {
        ref readonly SwapSlot slot = ref c.SlotAt(id);
        bool reserved = !slot.HasCachePage && (slot.Flags & SlotFlags.HasCache) != 0;
        if (reserved)
        {
            return c.Wait(WaitKind.SwapSlot, id.Value); // somebody reads it past the swap cache (6.8)
        }

        if (slot.HasCachePage)
        {
            t.Pfn = slot.CachePage;
            t.Hold(c, t.Pfn);
            t.Next(Stage.Lock);
        }
        else if (PageAlloc.Alloc(c, ref t, out t.Pfn))
        {
            c.ChangeFrame(t.Pfn).Kind = whose == OfInode ? FrameKind.Shmem : FrameKind.Anon;
            Swapfile.AddToSwapCache(c, t.Pfn, id);
            t.TryLockPage(c, t.Pfn);
            t.Next(Stage.Read);
        }
        else
        {
            return t.Finish(c, Errno.ENOMEM); // what came back stays back
        }

        t.Slot = id;
        t.Argument = whose;
        t.Entry = whose == OfInode ? at : t.Entry;
        t.Cursor = whose == OfEntry ? at : t.Cursor;
        return Progress.Advanced;
    }

    private static Progress Read(Context c, ref Task t)
    {
        c.Machine.SetContent(ref c.Touched, t.Pfn, c.SlotAt(t.Slot).Content);
        TaskOps.UnlockPage(c, t.Pfn);
        return t.Next(Stage.Lock);
    }

    /// <summary>folio_lock, folio_wait_writeback.</summary>
    private static Progress Lock(Context c, ref Task t)
    {
        ref readonly Frame frame = ref c.FrameAt(t.Pfn);
        if (!frame.InSwapCache || frame.Slot != t.Slot)
        {
            return Done(c, ref t); // it left the swap cache: look again
        }

        if (frame.Writeback)
        {
            return c.Wait(WaitKind.Writeback, t.Pfn.Value);
        }

        if (!t.TryLockPage(c, t.Pfn))
        {
            return c.Wait(WaitKind.PageLock, t.Pfn.Value);
        }

        return t.Argument == OfInode ? t.Next(Stage.UnuseInode)
            : t.Argument == OfEntry ? t.Next(Stage.UnusePte)
            : Done(c, ref t);
    }

    private static Progress UnuseInode(Context c, ref Task t)
    {
        var index = new CacheIndex(t.Entry);
        ref readonly CacheEntry cached = ref c.Machine.CacheAt(index);
        if (cached.Kind == CacheKind.Swap && cached.Slot == t.Slot)
        {
            c.Reach(Goal.SwapoffOfInodePage);
            Shmem.ComeBackFromSwap(c, ref t, index, t.Slot);
        }

        return Done(c, ref t);
    }

    /// <summary>Always read-only, clean and old: who needs more takes a fault.</summary>
    private static Progress UnusePte(Context c, ref Task t)
    {
        var entry = new EntryIndex(t.Mm, new Va(t.Cursor));
        if (!t.MayLockPt(c, entry))
        {
            return TaskOps.WaitForPt(c, entry);
        }

        if (c.PteAt(entry) == t.Original && c.FrameAt(t.Pfn).HwPoison && c.Has(Fix.UnuseUnreadable))
        {
            c.SetPte(entry, Pte.HwPoison(t.Pfn, EntryBits.None)); // up to 6.1 a marker, which faults alike
            Swapfile.SwapFree(c, t.Slot);
        }
        else if (c.PteAt(entry) == t.Original)
        {
            EntryBits bits = UnusedBits(c, in t, in c.VmaAt(t.Mm, c.Machine.FindVma(t.Mm, entry.Va)));
            PageAlloc.Get(c, t.Pfn, 1);
            ref Frame frame = ref c.ChangeFrame(t.Pfn);
            frame.Mapcount++;
            if ((bits & EntryBits.Exclusive) != 0)
            {
                Memory.SetExclusive(c, ref frame, exclusive: true);
            }

            c.SetPte(entry, Pte.Present(t.Pfn, bits));
            Swapfile.SwapFree(c, t.Slot);
        }

        return Done(c, ref t);
    }

    private static EntryBits UnusedBits(Context c, in Task t, in Vma vma)
    {
        EntryBits set = Memory.PageProt(in vma);
        EntryBits clear = c.Has(Fix.UnuseKeepsUffdWp) ? EntryBits.None : EntryBits.UffdWp;
        clear |= c.Has(Fix.UnuseKeepsSoftDirty) ? EntryBits.None : EntryBits.SoftDirty;
        clear |= c.Has(Fix.UnuseKeepsExclusive) ? EntryBits.None : EntryBits.Exclusive;
        if (t.Original.UffdWp)
        {
            c.Reach(Goal.SwapoffOfProtectedPage);
            set = c.Has(Fix.UnuseKeepsUffdWp) ? Carry.MkUffdWp(c, set) : set;
        }

        return Carry.Over(c, Transition.Swapoff, MemoryKind.Anon, t.Original.Bits, set, clear);
    }

    /// <summary>folio_free_swap, unlock, and on: the same place again, since it may be in swap again.</summary>
    private static Progress Done(Context c, ref Task t)
    {
        if (c.FrameAt(t.Pfn).LockOwner == t.Actor.Value + 1)
        {
            Swapfile.FreeSwap(c, t.Pfn);
        }

        Swapfile.PutPage(c, ref t, t.Pfn);
        return t.Next(t.Argument == OfInode ? Stage.NextInodePage
            : t.Argument == OfEntry ? Stage.NextEntry
            : Stage.NextCached);
    }

    /// <summary>find_next_to_unuse: what is left is in the swap cache only, or is used again.</summary>
    private static Progress NextCached(Context c, ref Task t)
    {
        for (byte i = 0; i < Limits.SwapSlots; i++)
        {
            var id = new SlotId(i);
            ref readonly SwapSlot slot = ref c.SlotAt(id);
            if (slot.InUse && IsNamed(c, id))
            {
                c.Reach(Goal.SwapoffAgain);
                t.Entry = 0;
                t.OuterCursor = 0;
                return t.Next(Stage.NextInodePage);
            }

            if (slot.InUse)
            {
                return Bring(c, ref t, id, OfCache, 0);
            }
        }

        return t.Finish(c, Errno.None);
    }

    private static bool IsNamed(Context c, SlotId id)
    {
        bool named = c.Machine.EntriesSwapped(id) != 0;
        for (byte i = 0; i < Limits.CachePages && !named; i++)
        {
            ref readonly CacheEntry cached = ref c.Machine.CacheAt(new CacheIndex(i));
            named = cached.Kind == CacheKind.Swap && cached.Slot == id;
        }

        return named;
    }
}
