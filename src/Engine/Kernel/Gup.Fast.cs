// get_user_pages_fast and pin_user_pages_fast: no lock at all, only interrupts off, so every look at shared state
// is a stage. The order is what makes it right: seq, entry, reference, entry again, exclusivity, seq again.
// Not covered: page tables that are freed or collapsed meanwhile, huge pages.

using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Kernel;

internal static class GupFast
{
    private enum Stage : byte
    {
        ReadSeq,
        ReadPte,
        Grab,
        Reread,
        Test,
        RereadSeq,
    }

    public static Progress Step(Context c, ref Task t) => (Stage)t.Stage switch
    {
        Stage.ReadSeq => ReadSeq(c, ref t),     // has_pinned is set before, so that fork sees one or the other
        Stage.ReadPte => ReadPte(c, ref t),     // the page may be taken away and freed until it is grabbed
        Stage.Grab => Grab(c, ref t),           // the entry may have been cleared and the pins counted before
        Stage.Reread => Reread(c, ref t),       // whoever clears the entry from here on sees the reference
        Stage.Test => Test(c, ref t),           // exclusive now means exclusive while it is pinned
        Stage.RereadSeq => RereadSeq(c, ref t), // interrupts are on again: flushes no longer wait
    };

    private static Progress ReadSeq(Context c, ref Task t)
    {
        if (!c.MmAt(t.Mm).IsLive)
        {
            return Conclude(c, ref t);
        }

        if (Gup.Pins(in t))
        {
            ref Mm mm = ref c.ChangeMm(t.Mm);
            mm.Flags |= MmFlags.HasPinned;
            t.Seq = mm.WriteProtectSeq;
            if (c.Has(Fix.GupFastForkSeq) && (t.Seq & 1) != 0)
            {
                return Conclude(c, ref t);
            }
        }

        t.Set(TaskFlags.InterruptsOff);
        return t.Next(Stage.ReadPte);
    }

    private static Progress ReadPte(Context c, ref Task t)
    {
        if (Gup.NextPage(in t) >= Limits.PagesPerMm)
        {
            return Leave(c, ref t);
        }

        // 5.8 asks for a writable entry even to read: only the slow path breaks COW
        bool write = Gup.Writes(in t) || c.Has(Fix.GupForceCowBreak);
        Pte pte = c.PteAt(Gup.NextEntry(in t));
        if (!pte.IsPresent || pte.IsZeroPage || pte.Protnone || (write && !pte.Write))
        {
            return Leave(c, ref t);
        }

        t.Original = pte;
        return t.Next(Stage.Grab);
    }

    private static Progress Grab(Context c, ref Task t)
    {
        Pfn pfn = t.Original.Pfn;
        if (c.FrameAt(pfn).Refcount == 0)
        {
            return Leave(c, ref t); // freed since: try_get_page takes no page back from the free list
        }

        t.Hold(c, pfn, Gup.Pins(in t));
        return t.Next(Stage.Reread);
    }

    private static Progress Reread(Context c, ref Task t)
    {
        if (c.Has(Fix.GupFastReread) && c.PteAt(Gup.NextEntry(in t)) != t.Original)
        {
            c.Reach(Goal.GupFastEntryChanged);
            return Undo(c, ref t);
        }

        return t.Next(Stage.Test);
    }

    private static Progress Test(Context c, ref Task t)
    {
        if (c.Has(Fix.GupUnshareFast) && Gup.MustUnshare(c, in t, t.Original, isCow: true))
        {
            c.Reach(Goal.GupFastMustUnshare);
            return Undo(c, ref t);
        }

        Gup.Take(c, ref t, t.Original.Pfn, isClean: false); // it marks nothing: unpinning must
        return t.Done == t.Length ? Leave(c, ref t) : t.Next(Stage.ReadPte);
    }

    private static Progress Undo(Context c, ref Task t)
    {
        t.Drop(c, t.Original.Pfn, Gup.Pins(in t));
        return Leave(c, ref t);
    }

    /// <summary>Interrupts on; then, if there are pins, a look at whether fork ran beside them.</summary>
    private static Progress Leave(Context c, ref Task t)
    {
        t.Clear(TaskFlags.InterruptsOff);
        return t.Done > 0 && Gup.Pins(in t) && c.Has(Fix.GupFastForkSeq)
            ? t.Next(Stage.RereadSeq)
            : Conclude(c, ref t);
    }

    private static Progress RereadSeq(Context c, ref Task t)
    {
        if (c.MmAt(t.Mm).WriteProtectSeq != t.Seq)
        {
            c.Reach(Goal.GupFastLostToFork);
            UnpinAll(c, ref t);
        }

        return Conclude(c, ref t);
    }

    /// <summary>Fork may have shared these pages before they were pinned, so that they need not be exclusive.</summary>
    private static void UnpinAll(Context c, ref Task t)
    {
        for (int i = 0; i < t.Done; i++)
        {
            Pfn pfn = t.Pages[i];
            if (!c.Has(Fix.GupFastSeqUnpin))
            {
                GupHandles.SanityCheckPinnedPage(c, pfn);
            }

            t.Drop(c, pfn, pin: true);
            t.Pages[i] = default;
        }

        t.Done = 0;
    }

    private static Progress Conclude(Context c, ref Task t)
    {
        if (t.Done == t.Length)
        {
            return Gup.Complete(c, ref t);
        }

        return t.Jump(KernelPath.GupSlow);
    }
}
