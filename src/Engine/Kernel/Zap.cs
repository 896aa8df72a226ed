// unmap_page_range with its mmu_gather: clear an entry at a time, flush, and only then give the pages back.
// Whoever finds entries gone while another gather is pending flushes for it (4.13), so that "the entry is none"
// never hides a live translation from the caller. Not covered: mappings (Mmap), which pages of a file go (PunchHole,
// Truncate).

using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Kernel;

internal static class Zap
{
    /// <summary>Pages that a gather holds before it must flush.</summary>
    private const int BatchPages = 8;

    private enum Stage : byte
    {
        Begin,
        Clear,
        Flush,
        Free,
        End,
    }

    /// <summary>ZAP_FLAG_DROP_MARKER, in Task.Argument2.</summary>
    private const byte DropMarkers = 1;

    /// <summary>Not even_cows, in Task.Argument2: private copies stay.</summary>
    private const byte KeepCows = 2;

    /// <summary>Of a file that was cut, in Task.Argument2: only what lies behind its end.</summary>
    private const byte OfTruncation = 4;

    /// <summary>Sets the range for KernelPath.ZapPageRange.</summary>
    public static void Prepare(
        ref Task t, int start, int end, bool dropMarkers, bool keepCows = false, bool ofTruncation = false)
    {
        t.Cursor = (byte)start;
        t.Entry = (byte)start; // where the flush begins
        t.End = (byte)end;
        t.Argument2 = (byte)((dropMarkers ? DropMarkers : 0) | (keepCows ? KeepCows : 0)
            | (ofTruncation ? OfTruncation : 0));
        t.Clear(TaskFlags.Changed);
    }

    public static Progress Step(Context c, ref Task t) => (Stage)t.Stage switch
    {
        Stage.Begin => Begin(c, ref t),
        Stage.Clear => Clear(c, ref t),
        Stage.Flush => Flush(c, ref t),
        Stage.Free => Free(c, ref t),
        Stage.End => End(c, ref t),
    };

    private static Progress Begin(Context c, ref Task t)
    {
        TlbFlush.BeginGather(c, ref t, t.Mm);
        return t.Next(Stage.Clear);
    }

    private static Progress Clear(Context c, ref Task t)
    {
        // flush_tlb_batched_pending, at every look under the lock: what reclaim took out meanwhile is none already
        if (TlbFlush.IsBatched(c, t.Mm))
        {
            if (TlbFlush.MustWait(c, in t, t.Mm))
            {
                return TlbFlush.Wait(c, t.Mm);
            }

            TlbFlush.Batched(c, t.Mm);
            return Progress.Advanced;
        }

        int va = t.Cursor;
        while (va < t.End && MayPass(c, in t, va))
        {
            va++;
        }

        if (va == t.End || t.HoldCount == BatchPages)
        {
            t.Cursor = (byte)va;
            return t.Next(Stage.Flush);
        }

        var entry = new EntryIndex(t.Mm, new Va((byte)va));
        if (!t.MayLockPt(c, entry))
        {
            return TaskOps.WaitForPt(c, entry);
        }

        t.Cursor = (byte)(va + 1);
        ClearEntry(c, ref t, entry, c.PteAt(entry));
        return Progress.Advanced;
    }

    /// <summary>Nothing there, and nobody who has taken it out under the lock and may put it back.</summary>
    private static bool MayPass(Context c, ref readonly Task t, int va)
    {
        var entry = new EntryIndex(t.Mm, new Va((byte)va));
        Pte pte = c.PteAt(entry);
        bool stays = (pte.IsMarker || pte.IsGuard) && (t.Argument2 & DropMarkers) == 0
            && (pte.IsGuard || !IsAnon(c, in t, entry));
        stays |= (t.Argument2 & KeepCows) != 0 && (IsCopy(c, pte) || !PunchHole.IsMeant(c, in t, entry, pte));
        stays |= (t.Argument2 & OfTruncation) != 0 && !Truncate.IsMeant(c, in t, entry, pte);
        return (pte.IsNone || stays) && t.MayLockPt(c, entry);
    }

    /// <summary>should_zap_cows, should_zap_folio: the zero page is no copy, whoever put it there.</summary>
    private static bool IsCopy(Context c, Pte pte) =>
        pte.IsSwap || pte.Kind is PteKind.PoisonMarker or PteKind.HwPoison
        || ((pte.IsMigration || (pte.IsPresent && !pte.IsZeroPage)) && c.FrameAt(pte.Pfn).IsAnon);

    /// <summary>Markers of anonymous memory go with the pages that they never had (6.4).</summary>
    private static bool IsAnon(Context c, ref readonly Task t, EntryIndex entry)
    {
        int index = c.Machine.FindVma(t.Mm, entry.Va);
        return index >= 0 && c.VmaAt(t.Mm, index).IsAnon;
    }

    private static void ClearEntry(Context c, ref Task t, EntryIndex entry, Pte pte)
    {
        Pte left = Pte.None;
        if (pte.IsPresent)
        {
            TlbFlush.Owe(ref t, t.Mm);
            t.Set(TaskFlags.Changed);
            left = ClearPresent(c, ref t, entry, pte);
        }
        else if (pte.IsSwap)
        {
            left = Marker(c, in t, entry, pte, MemoryKind.Anon);
            Swapfile.FreeSwapAndCache(c, pte.Slot);
        }
        else if (pte.IsMigration)
        {
            left = Marker(c, in t, entry, pte, Rmap.KindOf(in c.FrameAt(pte.Pfn)));
        }
        else if (pte.Kind is PteKind.PoisonMarker or PteKind.HwPoison)
        {
            left = Marker(c, in t, entry, pte, MemoryKind.Shmem); // a scan may have protected it
        }

        c.SetPte(entry, left);
    }

    /// <summary>The mapping's reference goes to the gather, which gives it back after the flush.</summary>
    private static Pte ClearPresent(Context c, ref Task t, EntryIndex entry, Pte pte)
    {
        if (pte.IsZeroPage)
        {
            return Marker(c, in t, entry, pte, MemoryKind.Anon); // UFFDIO_ZEROPAGE puts it into private memfds too
        }

        ref Frame frame = ref c.ChangeFrame(pte.Pfn);
        if (frame.MaybeDmaPinned)
        {
            c.Reach(Goal.PinOutlivedMapping);
        }

        frame.Mapcount--;
        t.AddHold(pte.Pfn, pin: false);
        if (!frame.IsAnon && pte.Dirty)
        {
            frame.Set(FrameFlags.Dirty);
        }

        return Marker(c, in t, entry, pte, Rmap.KindOf(in frame));
    }

    /// <summary>
    /// pte_install_uffd_wp_if_needed: what stays of a protected entry of a mapping of a file, be its page the file's or
    /// a private copy.
    /// </summary>
    private static Pte Marker(Context c, ref readonly Task t, EntryIndex entry, Pte pte, MemoryKind kind)
    {
        int index = c.Machine.FindVma(t.Mm, entry.Va); // who walks the mappings of a file may find it gone
        if ((t.Argument2 & DropMarkers) != 0 || index < 0 || !c.VmaAt(t.Mm, index).UffdWp
            || c.VmaAt(t.Mm, index).IsAnon)
        {
            return Pte.None;
        }

        return Carry.Marker(c, Transition.Zap, kind, pte.Bits);
    }

    private static Progress Flush(Context c, ref Task t)
    {
        bool nested = c.MmAt(t.Mm).TlbFlushPending > 1 && c.Has(Fix.ZapFlush);
        if (nested || t.Has(TaskFlags.Changed))
        {
            if (TlbFlush.MustWait(c, in t, t.Mm))
            {
                return TlbFlush.Wait(c, t.Mm);
            }

            if (nested)
            {
                c.Reach(Goal.NestedGatherFlush);
                TlbFlush.Mm(c, t.Mm);
            }
            else
            {
                TlbFlush.Range(c, t.Mm, t.Entry, t.End);
            }

            TlbFlush.Settle(c, ref t, t.Mm);
        }

        return t.Next(Stage.Free);
    }

    private static Progress Free(Context c, ref Task t)
    {
        t.Clear(TaskFlags.Changed);
        while (t.HoldCount > 0)
        {
            Pfn pfn = t.Holds[t.HoldCount - 1];
            Swapfile.FreeSwapCache(c, pfn);
            t.Drop(c, pfn); // its lock, if the caller has that, is still needed
        }

        return t.Next(t.Cursor == t.End ? Stage.End : Stage.Clear);
    }

    private static Progress End(Context c, ref Task t)
    {
        TlbFlush.EndGather(c, ref t, t.Mm);
        return t.Return();
    }
}
