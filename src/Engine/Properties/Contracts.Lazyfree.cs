// What MADV_FREE does to the reference memory: until its next store a page holds what it held, or zeros for good. With
// the discard go the mark and the protection. A store that races with the call may be lost with it.
// Not covered: its results (ErrnoContract), what reclaim may discard (the entries say: EntryRules).

using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Properties;

public static partial class Contracts
{
    /// <summary>Nothing is left of a lazyfree page: zeros for good, neither marked nor protected.</summary>
    internal static void LazyfreeGone(ref World w, ref Touched touched, EntryIndex entry)
    {
        ulong before = touched.Rows;
        ref PageRow row = ref w.Reference.ChangeRow(ref touched, entry);
        touched.Rows = before;
        Pte pte = w.Machine.PteAt(entry);
        bool present = pte.IsPresent || w.Machine.PtLockOwner(entry.PtLock) != 0; // in hand: it may be put back
        bool again = pte.IsPresent && w.Machine.FrameAt(pte.Pfn).Lazyfree; // a new page, freed lazily in its turn
        bool translated = InFlight.FlushPending(in w.Machine, entry.Mm); // old content may still be read through it
        if (!translated && !InFlight.Any(in w.Machine, entry, InFlight.Discards))
        {
            Rows.Close(ref row, Token.Zero);
        }

        row.Flags &= ~(present ? RowFlags.None : RowFlags.SoftDirty | RowFlags.UffdProtected);
        row.Flags |= InFlight.Any(in w.Machine, entry, InFlight.WriteProtect) ? RowFlags.Disturbed : RowFlags.None;
        if (!translated && !again)
        {
            KeepLazyfree(in w.Machine, ref row, entry);
        }
    }

    /// <summary>Mappings to the first that is mlocked or not private anonymous memory: EINVAL.</summary>
    private static void BeginFree(ref World w, ref Touched touched, in Task t)
    {
        int end = EndOfDiscard(in w, in t);
        for (int va = t.Va.Value; va < end; va++)
        {
            EntryIndex entry = At(in t, va);
            int index = w.Machine.FindVma(entry.Mm, entry.Va);
            if (index >= 0 && !w.Machine.VmaAt(entry.Mm, index).IsAnon)
            {
                return;
            }

            if (index >= 0)
            {
                w.Reference.ChangeRow(ref touched, entry).Flags |= RowFlags.Lazyfree;
            }
        }
    }

    /// <summary>It takes poison away, and with it whatever the marker said besides.</summary>
    private static void EndFree(ref World w, ref Touched touched, in Task t)
    {
        for (int va = t.Va.Value; va < EndOf(in t); va++)
        {
            EntryIndex entry = At(in t, va);
            if (w.Reference.RowAt(entry).HasAny(RowFlags.Poisoned) && w.Machine.PteAt(entry).IsNone)
            {
                w.Reference.ChangeRow(ref touched, entry).Flags &= ~(RowFlags.Poisoned | RowFlags.UffdProtected);
            }
        }
    }

    /// <summary>A store ends it, unless the call is under way still.</summary>
    private static void KeepLazyfree(in Machine machine, ref PageRow row, EntryIndex entry)
    {
        bool free = row.IsPrivate && !row.HasAny(RowFlags.HasFile) && InFlight.Any(in machine, entry, InFlight.Free);
        row.Flags = free ? row.Flags | RowFlags.Lazyfree : row.Flags & ~RowFlags.Lazyfree;
    }
}
