// migrate_pages on one page: lock it, unmap it by migration entries, freeze its references, let the caches name the
// new page, copy, and turn the entries back. And migration_entry_wait, what a fault does meanwhile.
// Not covered: huge pages, device memory, pages of a file system with buffers, NUMA nodes (a page moves anywhere).

using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Kernel;

internal static class Migrate
{
    private enum Stage : byte
    {
        Isolate,
        Alloc,
        Move,
        Copy,
        Finish,
    }

    private enum WaitStage : byte
    {
        Wait,
    }

    public static Progress MigrateFolio(Context c, ref Task t) => (Stage)t.Stage switch
    {
        Stage.Isolate => Isolate(c, ref t), // reference and page lock
        Stage.Alloc => Alloc(c, ref t),     // the new page, locked; then try_to_migrate
        Stage.Move => Move(c, ref t),       // nobody else has a reference: the caches change over
        Stage.Copy => Copy(c, ref t),       // both pages locked; then remove_migration_ptes
        Stage.Finish => Finish(c, ref t),   // one of the two is free now
    };

    /// <summary>The fault holds mmap_lock while it waits; migration never takes it.</summary>
    public static Progress MigrationEntryWait(Context c, ref Task t) => (WaitStage)t.Stage switch
    {
        WaitStage.Wait => WaitForEntry(c, ref t),
    };

    private static Progress WaitForEntry(Context c, ref Task t)
    {
        Pte pte = c.PteAt(t.FaultEntry);
        if (!pte.IsMigration)
        {
            return t.Return(FaultResult.Done);
        }

        c.Reach(Goal.WaitedForMigration);
        return c.Wait(WaitKind.Migration, pte.Pfn.Value);
    }

    private static Progress Isolate(Context c, ref Task t)
    {
        if (!Rmap.TryFindFolio(c, t.Mm, t.Va, swapCache: false, out Pfn pfn) || pfn.IsZeroPage)
        {
            return t.Finish(c, Errno.ENOENT);
        }

        return Rmap.TryIsolate(c, ref t, pfn) ? t.Next(Stage.Alloc) : t.Finish(c, Errno.EAGAIN);
    }

    private static Progress Alloc(Context c, ref Task t)
    {
        if (!PageAlloc.Alloc(c, ref t, out Pfn fresh))
        {
            Swapfile.PutPage(c, ref t, t.Pfn);
            return t.Finish(c, Errno.ENOMEM);
        }

        t.NewPfn = fresh;
        t.TryLockPage(c, fresh);
        return c.FrameAt(t.Pfn).Mapcount > 0 ? t.Call(KernelPath.TryToMigrate, Stage.Move) : t.Next(Stage.Move);
    }

    /// <summary>folio_migrate_mapping, and the flags with it.</summary>
    private static Progress Move(Context c, ref Task t)
    {
        ref Frame old = ref c.ChangeFrame(t.Pfn);
        int expected = 1 + (old.InSwapCache ? 1 : 0) + (old.InPageCache ? 1 : 0);
        if (t.Has(TaskFlags.Failing) || old.Mapcount > 0 || old.Refcount != expected)
        {
            t.Set(TaskFlags.Failing);
            return t.Call(KernelPath.RemoveMigrationPtes, Stage.Finish);
        }

        const FrameFlags Moved = FrameFlags.Dirty | FrameFlags.SwapBacked | FrameFlags.Lru | FrameFlags.ReadFromSwap
            | FrameFlags.SwapCache | FrameFlags.PageCache;
        ref Frame fresh = ref c.ChangeFrame(t.NewPfn);
        fresh.Kind = old.Kind;
        fresh.Flags = old.Flags & Moved;
        fresh.Slot = old.Slot;
        fresh.Cache = old.Cache;
        if (old.InSwapCache)
        {
            c.ChangeSlot(old.Slot).CachePage = t.NewPfn;
        }

        if (old.InPageCache)
        {
            c.ChangeCache(old.Cache).Number = t.NewPfn.Value;
        }

        old.Clear(FrameFlags.Dirty | FrameFlags.SwapCache | FrameFlags.PageCache);
        old.Slot = default;
        old.Cache = default;
        PageAlloc.Get(c, t.NewPfn, expected - 1);
        PageAlloc.Put(c, t.Pfn, expected - 1);
        return t.Next(Stage.Copy);
    }

    private static Progress Copy(Context c, ref Task t)
    {
        c.Machine.SetContent(ref c.Touched, t.NewPfn, c.FrameAt(t.Pfn).Content);
        return t.Call(KernelPath.RemoveMigrationPtes, Stage.Finish);
    }

    private static Progress Finish(Context c, ref Task t)
    {
        bool aborted = t.Has(TaskFlags.Failing);
        c.Reach(aborted ? Goal.MigrationAborted : Goal.Migrated);
        t.Clear(TaskFlags.Failing);
        Swapfile.PutPage(c, ref t, t.NewPfn);
        Swapfile.PutPage(c, ref t, t.Pfn);
        t.NewPfn = default;
        return t.Finish(c, aborted ? Errno.EAGAIN : Errno.None);
    }
}
