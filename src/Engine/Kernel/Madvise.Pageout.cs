// MADV_COLD and MADV_PAGEOUT on a part of one mapping. Both pass over pages that are mapped more than once: others may
// use them. COLD makes entries old; PAGEOUT has each page reclaimed, as shrink_folio_list does it.
// Not covered: LRU lists, large folios, pages of files that belong to somebody else.

using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Kernel;

internal static class MadvisePageout
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
        Stage.Begin => Begin(c, ref t),
        Stage.Entry => Entry(c, ref t), // PT lock inside, one entry; the page is reclaimed without it
        Stage.Flush => Flush(c, ref t),
        Stage.End => End(c, ref t),
    };

    private static Progress Begin(Context c, ref Task t)
    {
        TlbFlush.BeginGather(c, ref t, t.Mm);
        return t.Next(Stage.Entry);
    }

    /// <summary>While a page is reclaimed the cursor stands on it.</summary>
    private static Progress Entry(Context c, ref Task t)
    {
        if (t.Cursor == t.End)
        {
            return t.Next(Stage.Flush);
        }

        var entry = new EntryIndex(t.Mm, new Va(t.Cursor));
        if (t.Has(TaskFlags.Changed))
        {
            t.Clear(TaskFlags.Changed); // back from reclaim
            t.Cursor++;
            return t.Next(Stage.Entry);
        }

        if (!t.MayLockPt(c, entry))
        {
            return TaskOps.WaitForPt(c, entry);
        }

        Pte pte = c.PteAt(entry);
        if (pte.IsPresent && !pte.IsZeroPage && c.FrameAt(pte.Pfn).Mapcount == 1)
        {
            if ((MadviseBehaviour)t.Argument == MadviseBehaviour.Pageout)
            {
                t.Set(TaskFlags.Changed);
                return t.Call(KernelPath.ShrinkFolio, Stage.Entry);
            }

            if (pte.Young)
            {
                EntryBits from = pte.Bits | Memory.ExclusiveBit(in c.FrameAt(pte.Pfn));
                MemoryKind kind = ChangeProtection.KindOf(c, pte);
                EntryBits bits = Carry.Over(c, Transition.Cold, kind, from, EntryBits.None, EntryBits.Young);
                ChangeProtection.SetPresent(c, entry, pte.Pfn, bits);
                TlbFlush.Owe(ref t, t.Mm);
            }
        }
        else if (pte.IsPresent)
        {
            c.Reach(Goal.PageoutSkippedShared);
        }

        t.Cursor++;
        return t.Next(Stage.Entry);
    }

    private static Progress Flush(Context c, ref Task t)
    {
        if (t.OwesFlush != 0)
        {
            if (TlbFlush.MustWait(c, in t, t.Mm))
            {
                return TlbFlush.Wait(c, t.Mm);
            }

            TlbFlush.Range(c, t.Mm, t.Va.Value, t.End);
            TlbFlush.Settle(c, ref t, t.Mm);
        }

        return t.Next(Stage.End);
    }

    private static Progress End(Context c, ref Task t)
    {
        TlbFlush.EndGather(c, ref t, t.Mm);
        return t.Return();
    }
}
