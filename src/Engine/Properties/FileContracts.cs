// Contracts of files with the reference memory: a write to a file changes what all shared and all unbroken private
// mappings of it hold. Whether a private page is broken, its entry says once it is judged: reading, pinning for
// reading and even a store that never lands may leave it either way. Not covered: what was stored (Contracts).

using System.Numerics;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Properties;

/// <summary>Contracts of inode pages.</summary>
internal static class FileContracts
{
    /// <summary>Whether the page shows what lies behind the end of a file: there is nothing but SIGBUS.</summary>
    public static bool IsBehindEnd(in World w, in PageRow row) =>
        row.ShowsFile && w.Reference.FileAt(row.File).IsBehindEnd;

    /// <summary>Whether a truncation under way takes it away; private copies of it, too.</summary>
    public static bool IsBeingCut(in World w, in PageRow row) =>
        row.ShowsFile && w.Reference.FileAt(row.File).Place == FilePlace.BeingCut;

    /// <summary>A page of an inode was written, through whichever mapping or none.</summary>
    public static void Written(ref World w, ref Touched touched, CacheIndex index, Token token)
    {
        Token old = w.Reference.FileAt(index).Value;
        w.Reference.ChangeFile(ref touched, index).Value = token;
        if (w.Machine.InodeAt(index.Inode).PrivateMappings == 0)
        {
            return;
        }

        for (ulong left = w.Reference.EntriesShowing(index); left != 0; left &= left - 1)
        {
            var entry = new EntryIndex((byte)BitOperations.TrailingZeroCount(left));
            ref readonly PageRow row = ref w.Reference.RowAt(entry);
            if (row.HasAny(RowFlags.HasFile) && row.HasAny(RowFlags.MayBeZero)
                && MayHaveCopied(in w, entry))
            {
                bool discards = InFlight.Any(in w.Machine, entry, InFlight.Discards);
                KeepOld(ref w.Reference.ChangeRow(ref touched, entry), old, discards);
            }
        }
    }

    /// <summary>
    /// A private page that may be unbroken is judged: an anonymous page (or its swap entry, or the zero page that
    /// UFFDIO_ZEROPAGE put) is a copy, the file's own page is none, and an empty entry will show the file.
    /// </summary>
    public static void Learn(ref World w, ref Touched touched, EntryIndex entry, Pte pte)
    {
        ref readonly PageRow row = ref w.Reference.RowAt(entry);
        if (!row.HasAny(RowFlags.MayBeZero) || IsBeingFilled(in w.Machine, pte) || pte.Kind == PteKind.HwPoison
            || InFlight.Any(in w.Machine, entry, InFlight.Discards | InFlight.Mremap)
            || (pte.IsZeroPage && InFlight.PunchesHole(in w.Machine, in row)))
        {
            return;
        }

        ulong before = touched.Rows;
        if (IsCopy(in w.Machine, pte))
        {
            Token found = Content(in w.Machine, pte);
            if (Rows.Allows(in w.Reference, in row, found))
            {
                Rows.Close(ref w.Reference.ChangeRow(ref touched, entry), found);
            }
        }
        else if (!row.IsUnbroken && !pte.IsMigration && !MayHaveCopied(in w, entry))
        {
            Rows.CloseToBacking(ref w.Reference.ChangeRow(ref touched, entry));
        }

        touched.Rows = before;
    }

    /// <summary>
    /// A page is unbroken again, but somebody breaks it right now, and may have copied what the file held before the
    /// page was written that the discard took away.
    /// </summary>
    public static void Discarded(in World w, ref PageRow row, EntryIndex entry, bool alone)
    {
        bool races = row.HasAny(RowFlags.HasFile) && row.HasAny(RowFlags.MayBeZero)
            && (MayHaveCopied(in w, entry) || (!alone && NamesCopy(in w.Machine, w.Machine.PteAt(entry))));
        row.Flags |= races ? RowFlags.MayBeAnything : RowFlags.None;
    }

    /// <summary>
    /// A discard begins while somebody breaks COW there, who may have copied what the file held at any time since.
    /// </summary>
    public static void Opened(in World w, ref PageRow row, EntryIndex entry)
    {
        bool races = row.HasAny(RowFlags.HasFile)
            && InFlight.Any(in w.Machine, entry, InFlight.CowBreaksOf(in row) | InFlight.Fork);
        row.Flags |= races ? RowFlags.MayBeAnything : RowFlags.None;
    }

    /// <summary>
    /// Whether what was seen is the file's content, and somebody who breaks COW may still install what it held before.
    /// </summary>
    public static bool MayStillChange(in World w, in PageRow row, EntryIndex entry, Token seen) =>
        row.HasAny(RowFlags.HasFile) && seen == Rows.Backing(in w.Reference, in row) && MayHaveCopied(in w, entry);

    /// <summary>
    /// Whether somebody breaks COW there, so that a copy of what the file held may still be installed; or discards, so
    /// that a copy that is there cannot be told from one that is gone; or has the entry in hand, which may be a copy's.
    /// </summary>
    private static bool MayHaveCopied(in World w, EntryIndex entry) =>
        w.Machine.PtLockOwner(entry.PtLock) != 0
        || InFlight.Any(in w.Machine, entry,
            InFlight.CowBreaksOf(in w.Reference.RowAt(entry)) | InFlight.Fork | InFlight.Discards);

    /// <summary>Whether the page was copied behind the discard already, and others move it or swap it out.</summary>
    private static bool NamesCopy(in Machine machine, Pte pte) =>
        pte.IsSwap || (pte.IsMigration && machine.FrameAt(pte.Pfn).IsAnon);

    /// <summary>A discard ends with what is old: what was copied behind it must be allowed otherwise.</summary>
    private static void KeepOld(ref PageRow row, Token old, bool discards)
    {
        bool other = discards || row.HasAny(RowFlags.MayBeOld) && row.Value != old;
        row.Flags |= other ? RowFlags.MayBeAnything : RowFlags.MayBeOld;
        row.Value = other ? row.Value : old;
    }

    /// <summary>Whether it is a swap entry whose page says nothing yet.</summary>
    internal static bool IsBeingFilled(in Machine machine, Pte pte) =>
        pte.IsSwap && SlotRules.IsBeingFilled(in machine, in machine.SlotAt(pte.Slot));

    /// <summary>Whether what the entry has is no page of a file.</summary>
    internal static bool IsCopy(in Machine machine, Pte pte) =>
        pte.IsSwap || pte.IsZeroPage || (pte.IsPresent && machine.FrameAt(pte.Pfn).IsAnon);

    /// <summary>What a present or swap entry names holds.</summary>
    internal static Token Content(in Machine machine, Pte pte) => pte.IsPresent
        ? machine.FrameAt(pte.Pfn).Content
        : SlotRules.ContentOf(in machine, in machine.SlotAt(pte.Slot));
}
