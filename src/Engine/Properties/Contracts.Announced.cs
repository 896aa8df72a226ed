// Contracts of what tells managers of a change (EVENT_REMAP, EVENT_UNMAP, EVENT_REMOVE). A change of mappings is over
// when mmap_lock is dropped, and its rows are settled then, before the manager has read of it; a discard comes after
// its event, mapping by mapping, and opens and closes rows with each. Not covered: results (ErrnoContract).

using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Properties;

public static partial class Contracts
{
    /// <summary>madvise begins or ends with one mapping's part of its range.</summary>
    public static void Discarding(ref World w, ref Touched touched, in MemoryEffect effect, in Task t)
    {
        Task part = t;
        part.Va = effect.Entry.Va;
        part.Length = (byte)(effect.Until - effect.Entry.Va.Value);
        if ((OperationKind)t.Operation == OperationKind.Free)
        {
            BeginFree(ref w, ref touched, in part);
        }
        else if (effect.Kind == MemoryEffectKind.DiscardBegins)
        {
            BeginDiscard(ref w, ref touched, in part);
        }
        else
        {
            HandleContracts.MarkTakers(ref w, ref touched, t.Mm, part.Va.Value, effect.Until);
            EndDontneed(ref w, ref touched, in part, alone: false);
        }
    }

    /// <summary>What installing guards discards, it discards as MADV_DONTNEED does.</summary>
    private static void EndOther(ref World w, ref Touched touched, Profile profile, in Task t, bool alone)
    {
        if ((OperationKind)t.Operation is not (OperationKind.Guard or OperationKind.Unguard))
        {
            EndRest(ref w, ref touched, in t, alone);
            return;
        }

        bool installs = (OperationKind)t.Operation == OperationKind.Guard;
        bool isLocked = (Errno)t.Errno == Errno.EINVAL && profile.Contract.Has(Fix.MadviseGuardFile);
        if (installs && (isLocked || (Errno)t.Errno is Errno.None or Errno.ENOMEM)) // up to what is locked
        {
            EndDontneed(ref w, ref touched, in t, alone);
        }
        else if (installs && profile.Contract.Has(Fix.MadviseGuard)) // a part of it is done, and the rows stay open
        {
            HandleContracts.Detach(
                ref w, ref touched, t.Mm, t.Va.Value, EndOfDiscard(in w, in t), privateOnly: true);
        }

        GuardContracts.Ended(ref w, ref touched, profile, in t, alone);
    }

    /// <summary>Whether its rows are settled already, or are so part by part.</summary>
    private static bool IsSettled(in Task t) =>
        (t.Has(TaskFlags.Announces) && t.Depth == 0)
        || (t.Has(TaskFlags.Notifies) && (OperationKind)t.Operation == OperationKind.Dontneed);
}
