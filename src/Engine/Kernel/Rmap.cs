// From a page to the entries that map it. The search itself is the machine's (Machine.EntriesMapping); here are the
// counts that go with it, and how reclaim and migration get hold of a page. try_to_unmap is in Rmap.Unmap.cs,
// try_to_migrate and remove_migration_ptes in Rmap.Migrate.cs. Not covered: large folios, KSM's reverse map.

using System.Numerics;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Kernel;

internal static partial class Rmap
{
    /// <summary>
    /// One mapping less, and its reference with it. The last one also gives up a swap slot that nobody needs any
    /// more (free_swap_cache in zap and in do_wp_page); not under the page lock, as in reclaim and migration.
    /// </summary>
    public static void Remove(Context c, Pfn pfn)
    {
        if (pfn.IsZeroPage)
        {
            return;
        }

        ref Frame frame = ref c.ChangeFrame(pfn);
        if (frame.Mapcount == 0)
        {
            throw BelowZero(pfn);
        }

        frame.Mapcount--;
        if (frame.InSwapCache)
        {
            Swapfile.FreeSwapCache(c, pfn);
        }

        PageAlloc.Put(c, pfn, 1);
    }

    private static EncodingException BelowZero(Pfn pfn) => new($"mapcount of {pfn} below zero");

    /// <summary>folio_add_anon_rmap: one mapping more, which takes the task's reference over.</summary>
    public static void AddAnon(Context c, ref Task t, Pfn pfn, bool exclusive)
    {
        ref Frame frame = ref c.ChangeFrame(pfn);
        frame.Kind = FrameKind.Anon;
        frame.Mapcount++;
        if (exclusive)
        {
            Memory.SetExclusive(c, ref frame, exclusive: true);
        }

        t.HandOver(pfn);
    }

    /// <summary>
    /// The page that an address stands for: its entry's (with <paramref name="swapCache"/> also the one that caches
    /// the slot of a swap entry), or what the inode of a mapping of a file has there.
    /// </summary>
    public static bool TryFindFolio(Context c, MmId mm, Va va, bool swapCache, out Pfn pfn)
    {
        pfn = default;
        Pte pte = c.PteAt(new EntryIndex(mm, va));
        if (pte.IsPresent)
        {
            pfn = pte.Pfn;
            return true;
        }

        if (pte.NamesPage)
        {
            pfn = pte.IsSwap && swapCache ? c.SlotAt(pte.Slot).CachePage : default;
            return !pfn.IsZeroPage;
        }

        int index = c.Machine.FindVma(mm, va);
        if (index < 0 || c.VmaAt(mm, index).IsAnon)
        {
            return false;
        }

        ref readonly CacheEntry entry = ref c.Machine.CacheAt(c.VmaAt(mm, index).CacheIndexOf(va));
        if (entry.Kind == CacheKind.Page)
        {
            pfn = entry.Pfn;
        }

        return !pfn.IsZeroPage;
    }

    /// <summary>folio_isolate_lru and folio_trylock: a reference and the page lock for reclaim or migration.</summary>
    public static bool TryIsolate(Context c, ref Task t, Pfn pfn)
    {
        ref readonly Frame frame = ref c.FrameAt(pfn);
        bool movable = frame.Kind is FrameKind.Anon or FrameKind.Shmem or FrameKind.File && !frame.Ksm;
        bool found = (frame.Flags & FrameFlags.Lru) != 0;
        if (!movable || !found || frame.Writeback || !t.TryLockPage(c, pfn))
        {
            return false;
        }

        t.Clear(TaskFlags.Failing | TaskFlags.WasExclusive);
        t.Pfn = pfn;
        t.Hold(c, pfn);
        return true;
    }

    /// <summary>The mapping of an entry; an empty one without rights if it is being unmapped.</summary>
    private static Vma VmaOf(Context c, EntryIndex entry)
    {
        int index = c.Machine.FindVma(entry.Mm, entry.Va);
        return index < 0 ? default : c.VmaAt(entry.Mm, index);
    }

    /// <summary>folio_test_mlocked: a mapping with VM_LOCKED maps the page, and has marked it.</summary>
    public static bool IsMlocked(Context c, Pfn pfn)
    {
        if ((c.FrameAt(pfn).Flags & FrameFlags.StaleMlock) != 0)
        {
            return true;
        }

        bool missed = (c.FrameAt(pfn).Flags & FrameFlags.MissedMlock) != 0;
        for (ulong left = missed ? 0 : c.Machine.EntriesMapping(pfn); left != 0; left &= left - 1)
        {
            if (VmaOf(c, new EntryIndex((byte)BitOperations.TrailingZeroCount(left))).Has(VmFlags.Locked))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What kind of memory the page is.</summary>
    public static MemoryKind KindOf(in Frame frame) => frame.Kind switch
    {
        FrameKind.Shmem => MemoryKind.Shmem,
        FrameKind.File => MemoryKind.File,
        FrameKind.Hugetlb => MemoryKind.Hugetlb,
        FrameKind.Anon or FrameKind.Zero or FrameKind.DevicePrivate or FrameKind.Fresh or FrameKind.Free =>
            MemoryKind.Anon,
    };

    /// <summary>Hands the dirty bit of the entry that was taken out of the page table to its page.</summary>
    private static void KeepDirty(Context c, in Task t, ref Frame frame)
    {
        if (t.Carried.Dirty && c.Has(Fix.UnmapDirty))
        {
            frame.Set(FrameFlags.Dirty);
        }
    }

    /// <summary>The entry in hand goes back to where it was.</summary>
    public static void PutBack(Context c, in Task t, EntryIndex entry)
    {
        EntryBits from = t.Carried.Bits | Memory.ExclusiveBit(in c.FrameAt(t.Pfn));
        EntryBits bits = Carry.Over(c, Transition.PutBack, KindOf(in c.FrameAt(t.Pfn)), from);
        ChangeProtection.SetPresent(c, entry, t.Pfn, bits);
    }

    /// <summary>Puts the entry back as it was: nothing to flush, it never meant anything else.</summary>
    private static Progress RestoreAndFail(Context c, ref Task t)
    {
        PutBack(c, in t, new EntryIndex(t.Entry));
        t.Set(TaskFlags.Failing);
        t.DropPtLocks(c);
        return t.Return();
    }
}
