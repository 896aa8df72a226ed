// What every path does with its task: references in flight, locks, and the marks that say which flushes it owes.
// A stage that needs a lock asks first and waits without having changed anything.
// Not covered: who waits for whom (Properties/Locks).

using System.Numerics;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Kernel;

internal static class TaskOps
{
    /// <summary>Notes a reference that the task has.</summary>
    public static void AddHold(this ref Task t, Pfn pfn, bool pin)
    {
        t.Holds[t.HoldCount] = pfn;
        t.PinnedHolds = (ushort)((t.PinnedHolds & ~(1 << t.HoldCount)) | (pin ? 1 << t.HoldCount : 0));
        t.HoldCount++;
    }

    /// <summary>Takes a reference in flight.</summary>
    public static void Hold(this ref Task t, Context c, Pfn pfn, bool pin = false)
    {
        if (!pfn.IsZeroPage)
        {
            PageAlloc.Get(c, pfn, pin ? Limits.GupPinCountingBias : 1);
            t.AddHold(pfn, pin);
        }
    }

    /// <summary>Hands a reference in flight over to something that exists: a mapping, a cache, a handle.</summary>
    public static void HandOver(this ref Task t, Pfn pfn, bool pin = false)
    {
        for (int i = t.HoldCount - 1; i >= 0 && !pfn.IsZeroPage; i--)
        {
            if (t.Holds[i] == pfn && ((t.PinnedHolds >> i) & 1) != 0 == pin)
            {
                int last = --t.HoldCount;
                t.Holds[i] = t.Holds[last];
                int moved = (t.PinnedHolds >> last) & 1;
                t.PinnedHolds = (ushort)(t.PinnedHolds & ~((1 << i) | (1 << last)) | (i == last ? 0 : moved << i));
                t.Holds[last] = default;
                return;
            }
        }
    }

    /// <summary>Drops a reference in flight.</summary>
    public static void Drop(this ref Task t, Context c, Pfn pfn, bool pin = false)
    {
        t.HandOver(pfn, pin);
        PageAlloc.Put(c, pfn, pin ? Limits.GupPinCountingBias : 1);
    }

    /// <summary>Whether the page-table lock of an entry is free, or the task's own.</summary>
    public static bool MayLockPt(this ref readonly Task t, Context c, EntryIndex entry)
    {
        int owner = c.Machine.PtLockOwner(entry.PtLock);
        return owner == 0 || owner == t.Actor.Value + 1;
    }

    /// <summary>The answer of a stage that cannot have the page-table lock.</summary>
    public static Progress WaitForPt(Context c, EntryIndex entry)
    {
        return c.Wait(WaitKind.PtLock, entry.PtLock);
    }

    /// <summary>Keeps the page-table lock of an entry beyond this stage.</summary>
    public static void KeepPtLock(this ref Task t, Context c, EntryIndex entry)
    {
        c.Machine.SetPtLock(ref c.Touched, entry.PtLock, (byte)(t.Actor.Value + 1));
        t.PtLock = (byte)(entry.PtLock + 1);
    }

    /// <summary>Keeps a second page-table lock beyond this stage (fork: the child's).</summary>
    public static void KeepSecondPtLock(this ref Task t, Context c, EntryIndex entry)
    {
        c.Machine.SetPtLock(ref c.Touched, entry.PtLock, (byte)(t.Actor.Value + 1));
        t.PtLock2 = (byte)(entry.PtLock + 1);
    }

    /// <summary>Drops the page-table locks that were kept.</summary>
    public static void DropPtLocks(this ref Task t, Context c)
    {
        if (t.PtLock != 0)
        {
            c.Machine.SetPtLock(ref c.Touched, t.PtLock - 1, 0);
            t.PtLock = 0;
        }

        if (t.PtLock2 != 0)
        {
            c.Machine.SetPtLock(ref c.Touched, t.PtLock2 - 1, 0);
            t.PtLock2 = 0;
        }
    }

    /// <summary>trylock_page.</summary>
    public static bool TryLockPage(this ref readonly Task t, Context c, Pfn pfn)
    {
        if (c.FrameAt(pfn).Locked)
        {
            return false;
        }

        c.ChangeFrame(pfn).LockOwner = (byte)(t.Actor.Value + 1);
        return true;
    }

    /// <summary>unlock_page.</summary>
    public static void UnlockPage(Context c, Pfn pfn) => c.ChangeFrame(pfn).LockOwner = 0;

    /// <summary>mmap_read_lock; false if there is a writer.</summary>
    public static bool TryReadMmap(this ref Task t, Context c, MmId mm)
    {
        if (c.MmAt(mm).MmapWriter != 0)
        {
            c.Wait(WaitKind.MmapRead, mm.Value);
            return false;
        }

        c.ChangeMm(mm).MmapReaders++;
        t.MmapRead |= (byte)(1 << mm.Value);
        return true;
    }

    /// <summary>mmap_write_lock; false if there is a reader or a writer.</summary>
    public static bool TryWriteMmap(this ref Task t, Context c, MmId mm)
    {
        ref readonly Mm now = ref c.MmAt(mm);
        if (now.MmapWriter != 0 || now.MmapReaders != 0)
        {
            c.Wait(WaitKind.MmapWrite, mm.Value);
            return false;
        }

        c.ChangeMmBesideCounts(mm).MmapWriter = (byte)(t.Actor.Value + 1);
        t.MmapWrite |= (byte)(1 << mm.Value);
        return true;
    }

    /// <summary>mmap_write_downgrade.</summary>
    public static void DowngradeMmap(this ref Task t, Context c, MmId mm)
    {
        ref Mm now = ref c.ChangeMm(mm);
        now.MmapWriter = 0;
        now.MmapReaders++;
        t.MmapWrite &= (byte)~(1 << mm.Value);
        t.MmapRead |= (byte)(1 << mm.Value);
    }

    /// <summary>Drops every mmap_lock that the task has.</summary>
    public static void UnlockMmaps(this ref Task t, Context c)
    {
        for (int held = t.MmapRead; held != 0; held &= held - 1)
        {
            c.ChangeMm(new MmId((byte)BitOperations.TrailingZeroCount(held))).MmapReaders--;
        }

        for (int held = t.MmapWrite; held != 0; held &= held - 1)
        {
            c.ChangeMmBesideCounts(new MmId((byte)BitOperations.TrailingZeroCount(held))).MmapWriter = 0;
        }

        t.MmapRead = 0;
        t.MmapWrite = 0;
    }

    /// <summary>Whether the task reads mmap_lock of its address space.</summary>
    public static bool ReadsMmap(this ref readonly Task t) => ((t.MmapRead >> t.Mm.Value) & 1) != 0;

    /// <summary>Ends the operation's outermost path with a result.</summary>
    public static Progress Finish(this ref Task t, Context c, Errno errno)
    {
        t.UnlockMmaps(c);
        t.Errno = (byte)errno;
        return t.Return();
    }
}
