// migrate_vma_setup, _pages and _finalize on one page, for a driver that has no page to move it to: the entry is
// replaced by a migration entry before it is known what it is and who else maps it, and all that were replaced are put
// back. mmap_lock is held for reading throughout. Not covered: device memory, so no page ever moves; ranges.

using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Kernel;

internal static class MigrateVma
{
    private enum Stage : byte
    {
        Begin,
        Collect,
        Flush,
        Share,
        FlushLate,
        Unmap,
        GiveUp,
        Finalize,
    }

    public static Progress Step(Context c, ref Task t) => (Stage)t.Stage switch
    {
        Stage.Begin => Begin(c, ref t),         // mmap_lock for reading, kept to the end
        Stage.Collect => Collect(c, ref t),     // PT lock taken and kept, page lock; entry cleared
        Stage.Flush => Flush(c, ref t),         // an exclusive page: GUP-fast is over when this is
        Stage.Share => Share(c, ref t),         // pin check, migration entry, PT lock dropped
        Stage.FlushLate => FlushLate(c, ref t), // any other page: replaced already, and flushed at the end
        Stage.Unmap => Unmap(c, ref t),         // whoever else maps it
        Stage.GiveUp => GiveUp(c, ref t),       // the driver has no page for it
        Stage.Finalize => Finalize(c, ref t),
    };

    private static EntryIndex Entry(in Task t) => new(t.Mm, t.Va);

    private static Progress Begin(Context c, ref Task t)
    {
        if (!t.TryReadMmap(c, t.Mm))
        {
            return Progress.Wait;
        }

        return c.Machine.FindVma(t.Mm, t.Va) < 0 ? t.Finish(c, Errno.EINVAL) : t.Next(Stage.Collect);
    }

    /// <summary>migrate_vma_collect_pmd; a page that is locked is left alone.</summary>
    private static Progress Collect(Context c, ref Task t)
    {
        EntryIndex entry = Entry(in t);
        if (!t.MayLockPt(c, entry))
        {
            return TaskOps.WaitForPt(c, entry);
        }

        Pte pte = c.PteAt(entry);
        if (!pte.IsPresent || pte.IsZeroPage || !Rmap.TryIsolate(c, ref t, pte.Pfn))
        {
            return t.Finish(c, Errno.None);
        }

        t.KeepPtLock(c, entry);
        t.Entry = entry.Value;
        t.FaultVa = t.Va; // which entry is in hand
        t.Carried = pte;
        c.SetPte(entry, Pte.None);
        TlbFlush.Owe(ref t, t.Mm);
        if (c.FrameAt(t.Pfn) is { IsAnon: true, AnonExclusive: true })
        {
            return t.Next(Stage.Flush);
        }

        Replace(c, ref t);
        return t.Next(Stage.FlushLate);
    }

    private static Progress Flush(Context c, ref Task t)
    {
        if (TlbFlush.MustWait(c, in t, t.Mm))
        {
            return TlbFlush.Wait(c, t.Mm);
        }

        TlbFlush.Page(c, t.Mm, t.Va);
        TlbFlush.Settle(c, ref t, t.Mm);
        return t.Next(Stage.Share);
    }

    private static Progress Share(Context c, ref Task t)
    {
        if (c.FrameAt(t.Pfn).MaybeDmaPinned && c.Has(Fix.SharePinCheckMigrateVma))
        {
            Rmap.PutBack(c, in t, Entry(in t));
            t.Carried = Pte.None;
            t.DropPtLocks(c);
            return Finalize(c, ref t);
        }

        Replace(c, ref t);
        t.DropPtLocks(c);
        return t.Next(Stage.Unmap);
    }

    private static void Replace(Context c, ref Task t)
    {
        ref Frame frame = ref c.ChangeFrame(t.Pfn);
        if (t.Carried.Dirty && c.Has(Fix.MigrateVmaDirty))
        {
            frame.Set(FrameFlags.Dirty);
        }

        Rmap.InstallMigrationEntry(c, in t, ref frame);
        t.Carried = Pte.None;
    }

    private static Progress FlushLate(Context c, ref Task t)
    {
        if (TlbFlush.MustWait(c, in t, t.Mm))
        {
            return TlbFlush.Wait(c, t.Mm);
        }

        TlbFlush.Page(c, t.Mm, t.Va);
        TlbFlush.Settle(c, ref t, t.Mm);
        t.DropPtLocks(c);
        return t.Next(Stage.Unmap);
    }

    private static Progress Unmap(Context c, ref Task t) =>
        c.FrameAt(t.Pfn).Mapcount > 0 ? t.Call(KernelPath.TryToMigrate, Stage.GiveUp) : t.Next(Stage.GiveUp);

    private static Progress GiveUp(Context c, ref Task t)
    {
        c.Reach(Goal.MigrateVmaGaveUp);
        t.Set(TaskFlags.Failing); // back to where they came from
        return t.Call(KernelPath.RemoveMigrationPtes, Stage.Finalize);
    }

    private static Progress Finalize(Context c, ref Task t)
    {
        t.Clear(TaskFlags.Failing);
        Swapfile.PutPage(c, ref t, t.Pfn);
        return t.Finish(c, Errno.None);
    }
}
