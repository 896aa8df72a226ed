// A hole is punched where a page of a file was: what maps the page is unmapped, the page locked, what has mapped it
// since unmapped too, and the page taken out of the page cache. Private copies stay (not even_cows). Who holds a
// reference keeps a page that is nobody's any more. Task.Argument: the page. Truncate takes its pages away the same
// way. Not covered: the faults that shmem keeps waiting meanwhile, munmap and mremap that wait for who walks the
// mappings, holes of more than one page at once.

using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Kernel;

internal static class PunchHole
{
    private enum Stage : byte
    {
        Begin,
        Unmap,
        Find,
        Lock,
        Truncate,
        UnmapFolio,
        Remove,
    }

    public static Progress Step(Context c, ref Task t) => (Stage)t.Stage switch
    {
        Stage.Begin => Begin(c, ref t),       // inode_lock
        Stage.Unmap => Unmap(c, ref t),       // unmap_mapping_range: every mapping of the file, one by one
        Stage.Find => Find(c, ref t),         // page cache, swap, or a hole already
        Stage.Lock => Lock(c, ref t),         // it may have come back, or moved, meanwhile
        Stage.Truncate => Truncate(c, ref t), // truncate_cleanup_folio: was it mapped again before it was locked?
        Stage.UnmapFolio => UnmapFolio(c, ref t), // then once more, now that nobody can
        Stage.Remove => Remove(c, ref t),
    };

    /// <summary>What is left to do with a page when its file was cut, and the mappings with it.</summary>
    public static Progress TruncatePage<TStage>(ref Task t, TStage then)
        where TStage : unmanaged, System.Enum
    {
        t.Call(KernelPath.PunchHole, then);
        return t.Next(Stage.Find);
    }

    private static CacheIndex IndexOf(ref readonly Task t) => new(t.Argument);

    private static Progress Begin(Context c, ref Task t)
    {
        InodeId inode = IndexOf(in t).Inode;
        if (c.Machine.InodeAt(inode).LockOwner != 0)
        {
            return c.Wait(WaitKind.InodeLock, inode.Value);
        }

        c.Machine.ChangeInodeCounts(ref c.Touched, inode).LockOwner = (byte)(t.Actor.Value + 1);
        t.OuterCursor = 0;
        c.Effect = new MemoryEffect(MemoryEffectKind.HoleBegins, default, default, default, File: IndexOf(in t));
        return t.Next(Stage.Unmap);
    }

    private static Progress Unmap(Context c, ref Task t)
    {
        while (t.OuterCursor < Limits.Entries)
        {
            var entry = new EntryIndex(t.OuterCursor++);
            if (Maps(c, in t, entry)) // even where nothing is: others may have cleared it, and not flushed yet
            {
                return ZapEntry(c, ref t, entry, dropMarkers: false, Stage.Unmap);
            }
        }

        return t.Next(Stage.Find);
    }

    /// <summary>Whether a mapping has the page at the entry, whatever is there now.</summary>
    private static bool Maps(Context c, ref readonly Task t, EntryIndex entry)
    {
        int index = c.Machine.FindVma(entry.Mm, entry.Va);
        if (index < 0 || c.VmaAt(entry.Mm, index).IsAnon)
        {
            return false;
        }

        return c.VmaAt(entry.Mm, index).CacheIndexOf(entry.Va) == IndexOf(in t);
    }

    /// <summary>
    /// Whether what the entry has is what the hole takes: the mapping may have changed while nobody looked.
    /// </summary>
    public static bool IsMeant(Context c, ref readonly Task t, EntryIndex entry, Pte pte) =>
        pte.IsPresent && !pte.IsZeroPage
            ? c.FrameAt(pte.Pfn).InPageCache && c.FrameAt(pte.Pfn).Cache == IndexOf(in t)
            : Maps(c, in t, entry);

    private static Progress ZapEntry(Context c, ref Task t, EntryIndex entry, bool dropMarkers, Stage then)
    {
        t.Mm = entry.Mm;
        Zap.Prepare(ref t, entry.Va.Value, entry.Va.Value + 1, dropMarkers, keepCows: true);
        t.Call(KernelPath.ZapPageRange, then);
        return Zap.Step(c, ref t); // its gather begins at once, and keeps the address space from going away
    }

    private static Progress Find(Context c, ref Task t)
    {
        ref readonly CacheEntry cached = ref c.Machine.CacheAt(IndexOf(in t));
        switch (cached.Kind)
        {
            case CacheKind.Page:
                t.Pfn = cached.Pfn;
                t.Hold(c, t.Pfn);
                return t.Next(Stage.Lock);
            case CacheKind.Swap:
                Swapfile.FreeSwapAndCache(c, cached.Slot); // shmem_free_swap
                return Punched(c, ref t);
            default:
                return Punched(c, ref t); // but the disk may have a block there
        }
    }

    private static Progress Lock(Context c, ref Task t)
    {
        if (c.FrameAt(t.Pfn).Locked)
        {
            return c.Wait(WaitKind.PageLock, t.Pfn.Value);
        }

        ref readonly CacheEntry cached = ref c.Machine.CacheAt(IndexOf(in t));
        if (cached.Kind != CacheKind.Page || cached.Pfn != t.Pfn)
        {
            t.Drop(c, t.Pfn);
            return t.Next(Stage.Find);
        }

        t.TryLockPage(c, t.Pfn);
        t.Drop(c, t.Pfn); // while it is locked the page cache keeps it
        return t.Next(Stage.Truncate);
    }

    private static Progress Truncate(Context c, ref Task t)
    {
        ref readonly Frame frame = ref c.FrameAt(t.Pfn);
        if (frame.Writeback)
        {
            return c.Wait(WaitKind.Writeback, t.Pfn.Value);
        }

        if (frame.Mapcount == 0 || !c.Has(Fix.TruncateUnmapLocked))
        {
            return t.Next(Stage.Remove);
        }

        c.Reach(Goal.HoleMetMapping);
        t.OuterCursor = 0;
        return t.Next(Stage.UnmapFolio);
    }

    /// <summary>
    /// unmap_mapping_folio: every mapping of the page, with ZAP_FLAG_DROP_MARKER up to 6.18: also those that have only
    /// a marker left.
    /// </summary>
    private static Progress UnmapFolio(Context c, ref Task t)
    {
        while (t.OuterCursor < Limits.Entries)
        {
            var entry = new EntryIndex(t.OuterCursor++);
            bool still = ((c.Machine.EntriesMapping(t.Pfn) >> entry.Value) & 1) != 0;
            if (still || Maps(c, in t, entry))
            {
                bool drops = !c.Has(Fix.HoleMarker);
                return ZapEntry(c, ref t, entry, drops, Stage.UnmapFolio);
            }
        }

        return c.FrameAt(t.Pfn).Mapcount == 0 ? t.Next(Stage.Remove) : Again(c, ref t);
    }

    /// <summary>Somebody took an entry out of the page table before it was walked, and has put it back since.</summary>
    private static Progress Again(Context c, ref Task t)
    {
        if (c.Machine.EntriesMapping(t.Pfn) == 0)
        {
            return WaitForWhoHasIt(c, in t);
        }

        t.OuterCursor = 0;
        return t.Next(Stage.UnmapFolio);
    }

    /// <summary>Somebody has the entry in hand, under its lock, and will put it back.</summary>
    private static Progress WaitForWhoHasIt(Context c, ref readonly Task t)
    {
        for (int i = 0; i < Limits.Entries; i++)
        {
            var entry = new EntryIndex((byte)i);
            if (!t.MayLockPt(c, entry) && Maps(c, in t, entry))
            {
                return TaskOps.WaitForPt(c, entry);
            }
        }

        throw new EncodingException($"{t.Pfn} is mapped, and no entry of a mapping of its file has it");
    }

    private static Progress Remove(Context c, ref Task t)
    {
        ref Frame frame = ref c.ChangeFrame(t.Pfn);
        c.Reach(Goal.HolePunched);
        if (frame.MaybeDmaPinned)
        {
            c.Reach(Goal.HoleOfPinnedPage);
        }

        frame.Cache = default;
        frame.Clear(FrameFlags.PageCache | FrameFlags.Dirty);
        TaskOps.UnlockPage(c, t.Pfn);
        PageAlloc.Put(c, t.Pfn, 1);
        return Punched(c, ref t);
    }

    private static Progress Punched(Context c, ref Task t)
    {
        ref CacheEntry entry = ref c.ChangeCache(IndexOf(in t));
        entry.Kind = CacheKind.Hole;
        entry.Number = 0;
        entry.Disk = Token.Zero;
        if ((KernelPath)(byte)t.Stack[0] != KernelPath.Truncate)
        {
            c.Machine.ChangeInodeCounts(ref c.Touched, IndexOf(in t).Inode).LockOwner = 0;
        }

        t.Mm = MmId.None;
        c.Effect = new MemoryEffect(MemoryEffectKind.HolePunched, default, t.Pfn, Token.Zero, File: IndexOf(in t));
        return t.Return();
    }
}
