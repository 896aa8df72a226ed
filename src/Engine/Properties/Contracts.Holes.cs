// What a hole in a file does to the reference memory: the file holds zeros there, private copies keep what they hold,
// and who has the page still has it for himself. Not covered: its results (ErrnoContract.Madvise).

using System.Numerics;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Properties;

public static partial class Contracts
{
    /// <summary>
    /// The zero page, which UFFDIO_ZEROPAGE puts into private mappings, is no copy that stays: the file shows again.
    /// </summary>
    private static Violation? HoleBegins(ref World w, ref Touched touched, CacheIndex file)
    {
        for (ulong left = w.Reference.EntriesShowing(file); left != 0; left &= left - 1)
        {
            var entry = new EntryIndex((byte)BitOperations.TrailingZeroCount(left));
            ref readonly PageRow row = ref w.Reference.RowAt(entry);
            if (row.HasAny(RowFlags.HasFile) && !row.IsOpen && row.Value.IsZero)
            {
                w.Reference.ChangeRow(ref touched, entry).Flags |= RowFlags.MayBeZero | RowFlags.MayBeOld;
            }
        }

        return null;
    }

    /// <summary>
    /// Through a translation that a discard, or who punches the hole, has yet to flush a thread reaches what is no page
    /// of the file any more, or not what its private mapping shows by now.
    /// </summary>
    private static bool IsBesideHole(in World w, in MemoryEffect effect)
    {
        ref readonly PageRow row = ref w.Reference.RowAt(effect.Entry);
        ref readonly Frame frame = ref w.Machine.FrameAt(effect.Pfn);
        bool gone = row.HasAny(RowFlags.Shared) && !frame.InPageCache
            && InFlight.Any(in w.Machine, effect.Entry, InFlight.Discards | InFlight.Mremap);
        return gone || (effect.Kind == MemoryEffectKind.Load && row.HasAny(RowFlags.HasFile) && !frame.IsAnon
            && !HandleContracts.Names(in w.Machine, effect.Entry, effect.Pfn)
            && InFlight.PunchesHole(in w.Machine, in row));
    }

    /// <summary>
    /// A hole under way has taken the entry and not flushed yet, and the mapping has moved away since: what is stored
    /// at the old place still lands in the file.
    /// </summary>
    private static Violation? PastMappings(ref World w, ref Touched touched, in MemoryEffect effect)
    {
        ref readonly Frame frame = ref w.Machine.FrameAt(effect.Pfn);
        if (effect.Kind == MemoryEffectKind.Store && frame.InPageCache && InFlight.PunchesAny(in w.Machine))
        {
            FileContracts.Written(ref w, ref touched, frame.Cache, effect.Token);
        }
        else if (effect.Kind == MemoryEffectKind.Store)
        {
            StoredIntoHole(ref w, ref touched, in effect);
        }

        return null;
    }

    /// <summary>What was a file's page belongs to its handles alone: they see what is stored there still.</summary>
    private static void StoredIntoHole(ref World w, ref Touched touched, in MemoryEffect effect)
    {
        ref readonly Frame frame = ref w.Machine.FrameAt(effect.Pfn);
        if (!frame.IsAnon && !frame.InPageCache)
        {
            HandleContracts.DetachedPageWritten(ref w, ref touched, effect.Pfn, effect.Token);
        }
    }

    /// <summary>The zero page was put into a private mapping, and a hole is under way that takes it away.</summary>
    internal static bool TakesZeroPage(in World w, in PageRow row, Token filled) =>
        filled.IsZero && row.HasAny(RowFlags.HasFile) && InFlight.PunchesHole(in w.Machine, in row);

    private static Violation? HolePunched(ref World w, ref Touched touched, CacheIndex file)
    {
        HandleContracts.DetachEvicted(ref w, ref touched);
        FileContracts.Written(ref w, ref touched, file, Token.Zero);
        touched.Entries |= w.Reference.EntriesShowing(file); // what was let pass while it was under way is judged now
        return null;
    }

    /// <summary>
    /// Others ran while the hole was punched: whether a page is protected that they protect or move is known when they
    /// have done.
    /// </summary>
    public static void HoleRaced(ref World w, ref Touched touched, CacheIndex file)
    {
        for (ulong left = w.Reference.EntriesShowing(file); left != 0; left &= left - 1)
        {
            var entry = new EntryIndex((byte)BitOperations.TrailingZeroCount(left));
            ref readonly PageRow row = ref w.Reference.RowAt(entry);
            Pte pte = w.Machine.PteAt(entry);
            bool lost = row.HasAny(RowFlags.UffdProtected) && (pte.IsNone || !pte.UffdWp);
            bool moves = InFlight.Any(in w.Machine, entry, InFlight.Mremap); // to be learned when it has
            if ((lost && moves) || InFlight.Any(in w.Machine, entry, InFlight.WriteProtect))
            {
                w.Reference.ChangeRow(ref touched, entry).Flags |= RowFlags.Disturbed;
            }
        }
    }

    private static void EndRest(ref World w, ref Touched touched, in Task t, bool alone)
    {
        if ((OperationKind)t.Operation == OperationKind.Punch)
        {
            EndPunch(ref w, ref touched, new CacheIndex(t.Argument), alone);
        }
        else if ((OperationKind)t.Operation == OperationKind.Remove)
        {
            EndRemove(ref w, ref touched, in t, alone);
        }
        else if ((OperationKind)t.Operation == OperationKind.Mlock && t.Errno == (byte)Errno.None)
        {
            EndMlock(ref w, ref touched, in t, alone);
        }
        else if ((OperationKind)t.Operation == OperationKind.Truncate)
        {
            EndTruncate(ref w, ref touched, in t, alone);
        }
    }

    /// <summary>Whatever the engine says to have done: with nobody else at it, all of it is a hole now.</summary>
    private static void EndPunch(ref World w, ref Touched touched, CacheIndex file, bool alone)
    {
        if (alone && !w.Reference.FileAt(file).Value.IsZero)
        {
            FileContracts.Written(ref w, ref touched, file, Token.Zero);
        }
    }

    /// <summary>Mappings to the first that is mlocked or not shared; an inode may have gone with the last.</summary>
    private static void EndRemove(ref World w, ref Touched touched, in Task t, bool alone)
    {
        for (int va = t.Va.Value; va < EndOf(in t) && alone; va++)
        {
            ref readonly PageRow row = ref w.Reference.RowAt(At(in t, va));
            if (row.HasAny(RowFlags.Mlocked) || (row.HasAny(RowFlags.Mapped) && !row.HasAny(RowFlags.Shared)))
            {
                break;
            }

            if (row.HasAny(RowFlags.Mapped))
            {
                EndPunch(ref w, ref touched, row.File, alone);
            }
        }

        ForgetEvicted(ref w, ref touched);
    }
}
