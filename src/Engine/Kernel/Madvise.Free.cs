// MADV_FREE on a part of one mapping: entries become clean and old, and their pages lazyfree; reclaim discards those
// that are still clean when it comes to them. What is in swap goes at once.
// Not covered: the discard (Rmap.Unmap), large folios, the LRU batch that a page waits in before it is lazyfree.

using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Kernel;

internal static class MadviseFree
{
    private enum Stage : byte
    {
        Begin,
        Entry,
        Flush,
        End,
    }

    public static Progress Step(Context c, ref Task t) => (Stage)t.Stage switch
    {
        Stage.Begin => Begin(c, ref t), // tlb_flush_pending is up from here on
        Stage.Entry => Entry(c, ref t), // PT lock inside, one entry
        Stage.Flush => Flush(c, ref t), // until here stores went through dirty translations and set no dirty bit
        Stage.End => End(c, ref t),
    };

    private static Progress Begin(Context c, ref Task t)
    {
        TlbFlush.BeginGather(c, ref t, t.Mm);
        t.Clear(TaskFlags.Changed);
        t.Entry = t.Cursor; // where the flush begins
        return t.Next(Stage.Entry);
    }

    private static Progress Entry(Context c, ref Task t)
    {
        if (t.Cursor == t.End)
        {
            return t.Next(Stage.Flush);
        }

        var entry = new EntryIndex(t.Mm, new Va(t.Cursor));
        if (!t.MayLockPt(c, entry))
        {
            return TaskOps.WaitForPt(c, entry);
        }

        if (TlbFlush.IsBatched(c, t.Mm) && TlbFlush.MustWait(c, in t, t.Mm))
        {
            return TlbFlush.Wait(c, t.Mm);
        }

        TlbFlush.Batched(c, t.Mm);
        Pte pte = c.PteAt(entry);
        if (pte.IsSwap)
        {
            Swapfile.FreeSwapAndCache(c, pte.Slot);
            c.SetPte(entry, Pte.None);
        }
        else if (pte.Kind == PteKind.PoisonMarker)
        {
            c.SetPte(entry, Pte.None);
        }
        else if (pte.Kind == PteKind.HwPoison && c.Profile.Version >= new KernelVersion(5, 19))
        {
            c.SetPte(entry, Pte.None);
            c.Effect = new MemoryEffect(MemoryEffectKind.FailureFreed, entry, pte.Pfn, default);
        }
        else if (pte.IsPresent && !pte.IsZeroPage)
        {
            FreePresent(c, ref t, entry, pte);
        }

        t.Cursor++;
        return t.Next(Stage.Entry);
    }

    private static void FreePresent(Context c, ref Task t, EntryIndex entry, Pte pte)
    {
        ref Frame frame = ref c.ChangeFrame(pte.Pfn);
        bool saved = frame.InSwapCache || frame.Dirty;
        bool shared = c.Has(Fix.MadvFreeShared) && frame.Mapcount != 1;
        if (shared || (saved && !TryClean(c, pte.Pfn, ref frame)))
        {
            c.Reach(Goal.LazyfreeSkipped);
            return;
        }

        EntryBits from = pte.Bits | Memory.ExclusiveBit(in frame);
        EntryBits bits = Carry.Over(c, Transition.Lazyfree, MemoryKind.Anon, from);
        if (Pte.Present(pte.Pfn, bits) != pte)
        {
            ChangeProtection.SetPresent(c, entry, pte.Pfn, bits);
            TlbFlush.Owe(ref t, t.Mm);
            t.Set(TaskFlags.Changed);
        }

        if (!Rmap.IsMlocked(c, pte.Pfn)) // folio_mark_lazyfree leaves unevictable pages as they are
        {
            c.Reach(Goal.LazyfreeMarked);
            frame.Clear(FrameFlags.SwapBacked);
        }
    }

    /// <summary>Takes away what would save the content, if nobody else can need it.</summary>
    private static bool TryClean(Context c, Pfn pfn, ref Frame frame)
    {
        if (frame.Locked || frame.Mapcount != 1 || (frame.InSwapCache && !Swapfile.FreeSwap(c, pfn)))
        {
            return false;
        }

        frame.Clear(FrameFlags.Dirty);
        return true;
    }

    private static Progress Flush(Context c, ref Task t) =>
        TlbFlush.TryGathered(c, in t) ? t.Next(Stage.End) : TlbFlush.Wait(c, t.Mm);

    private static Progress End(Context c, ref Task t)
    {
        TlbFlush.FinishGather(c, ref t);
        return t.Return();
    }
}
