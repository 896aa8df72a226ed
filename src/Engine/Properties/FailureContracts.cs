// Contracts of pages whose memory fails. What is lost cannot be had back, but it must not be replaced in silence: rows
// keep what they must hold, and whoever asks for it gets either that or an error. Which of them is decided by what is
// left: an entry that names the page, the swap cache or the page cache that has it, or a good copy on a disk.
// Not covered: who may map the page while its error is being dealt with, and the signals that go out for it.

using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Properties;

/// <summary>Contracts of memory failure.</summary>
internal static class FailureContracts
{
    /// <summary>Property: once its memory error was dealt with, nobody maps a page.</summary>
    public static Violation? Check(Checker checker, in Frame frame, Pfn pfn)
    {
        checker.Note(Clause.FailedPageCopied);
        if (!frame.IsIsolated)
        {
            return null; // not dealt with yet; or it cannot be unmapped, and who maps it is killed
        }

        checker.Note(Clause.FailedPageMapped);
        return frame.Mapcount == 0
            ? null
            : new Violation(Clause.FailedPageMapped, MemoryKind.Anon, pfn.ToString(),
                $"the memory of the page has failed, and {frame.Mapcount} entries map it");
    }

    /// <summary>Whether an access can only fail: all that is left of the page is where its memory has failed.</summary>
    public static bool IsLost(in World w, EntryIndex entry)
    {
        Pte pte = w.Machine.PteAt(entry);
        if (pte.IsPresent)
        {
            return false;
        }

        if (pte.Kind == PteKind.HwPoison)
        {
            return true;
        }

        if (pte.IsSwap)
        {
            return HasFailed(in w.Machine, pte.Slot);
        }

        ref readonly PageRow row = ref w.Reference.RowAt(entry);
        return (pte.IsNone || pte.IsMarker) && row.ShowsFile && !row.HasAny(RowFlags.WatchesMinor)
            && HasFailed(in w.Machine, row.File);
    }

    /// <summary>Whether the swap cache has a page of the slot whose memory has failed.</summary>
    public static bool HasFailed(in Machine machine, SlotId slot) =>
        machine.SlotAt(slot) is { HasCachePage: true } cached && machine.FrameAt(cached.CachePage).HwPoison;

    /// <summary>Whether the page cache has a page there whose memory has failed.</summary>
    public static bool HasFailed(in Machine machine, CacheIndex file) =>
        machine.CacheAt(file) is { Kind: CacheKind.Page } cached && machine.FrameAt(cached.Pfn).HwPoison;

    /// <summary>
    /// Whether the page still is where it was, though its memory fails: accesses may land, and copies of it fail. Or
    /// translations may still live of what is lost.
    /// </summary>
    public static bool IsFailing(in World w, EntryIndex entry)
    {
        Pte pte = w.Machine.PteAt(entry);
        return pte.IsPresent || pte.IsMigration
            ? w.Machine.FrameAt(pte.Pfn).HwPoison && !pte.IsZeroPage
            : IsLost(in w, entry) && InFlight.FlushPending(in w.Machine, entry.Mm);
    }

    /// <summary>
    /// An entry of a page whose memory has failed has lost what was known of the page: whether it was stored to,
    /// whether it is locked, and its protection, but for what was put on the entry since.
    /// </summary>
    public static void Learn(ref World w, ref Touched touched, EntryIndex entry, Pte pte)
    {
        ulong before = touched.Rows;
        ref PageRow row = ref w.Reference.ChangeRow(ref touched, entry);
        touched.Rows = before;
        bool isProtected = pte.UffdWp && row.HasAny(RowFlags.WatchesWp);
        row.Flags &= ~(RowFlags.UffdProtected | RowFlags.ProtectionUnknown | RowFlags.Resident
            | (pte.SoftDirty ? RowFlags.None : RowFlags.SoftDirty));
        row.Flags |= isProtected ? RowFlags.UffdProtected : RowFlags.None;
    }

    /// <summary>A memory error was dealt with: who has references has them for himself.</summary>
    public static Violation? Failed(ref World w, ref Touched touched, in MemoryEffect effect)
    {
        for (int i = 0; i < Limits.Entries; i++)
        {
            var entry = new EntryIndex((byte)i);
            Pte pte = w.Machine.PteAt(entry);
            if (pte.IsSwap && pte.Slot.Value == effect.Until && w.Reference.RowAt(entry).HasAny(RowFlags.Resident))
            {
                w.Reference.ChangeRow(ref touched, entry).Flags &= ~RowFlags.Resident;
            }
        }

        HandleContracts.Abandon(ref w, ref touched, effect.Pfn);
        return null;
    }

    /// <summary>
    /// ...and the page has left the page cache. What a file on a disk had that was not written back is lost, which
    /// fsync reports; shared memory has no disk, and must not be replaced.
    /// </summary>
    public static Violation? Dropped(ref World w, ref Touched touched, in MemoryEffect effect)
    {
        HandleContracts.DetachEvicted(ref w, ref touched);
        HandleContracts.Abandon(ref w, ref touched, effect.Pfn);
        Token disk = w.Machine.CacheAt(effect.File).Disk;
        if (w.Machine.InodeAt(effect.File.Inode).IsOnDisk && w.Reference.FileAt(effect.File).Value != disk)
        {
            FileContracts.Written(ref w, ref touched, effect.File, disk);
        }

        return null;
    }

    /// <summary>The owner does without what is lost: references to it are from now on their holders' own.</summary>
    public static Violation? Freed(ref World w, ref Touched touched, in MemoryEffect effect)
    {
        HandleContracts.Abandon(ref w, ref touched, effect.Pfn, effect.Entry);
        return null;
    }
}
