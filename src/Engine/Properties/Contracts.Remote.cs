// Contracts of writes from outside (/proc/pid/mem): the page was taken from an entry and is written later, whatever the
// entry names by then. Not covered: their results (ErrnoContract.Gup).

using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Properties;

public static partial class Contracts
{
    /// <summary>
    /// A store into a page that the entry still names is its owner's; into another file's page of a shared mapping it
    /// is that file's; and into what was discarded meanwhile nobody's. Otherwise it may not be lost.
    /// </summary>
    /// <param name="w">The world.</param>
    /// <param name="touched">What was touched.</param>
    /// <param name="effect">The store.</param>
    /// <param name="isPromised">
    /// Whether the writer's reference keeps the page where it is: since 5.19, and as long as it holds mmap_lock, since
    /// the page is exclusive, and stays so. Before, whoever met it with a reference copied it.
    /// </param>
    internal static Violation? RemoteStoreLanded(
        ref World w, ref Touched touched, in MemoryEffect effect, bool isPromised)
    {
        EntryIndex entry = effect.Entry;
        ref readonly PageRow row = ref w.Reference.RowAt(entry);
        bool named = HandleContracts.Names(in w.Machine, entry, effect.Pfn);
        ref readonly Frame frame = ref w.Machine.FrameAt(effect.Pfn);
        if (row.HasAny(RowFlags.Mapped) && row.HasAny(RowFlags.Shared) && !frame.IsAnon)
        {
            if (frame.InPageCache)
            {
                FileContracts.Written(ref w, ref touched, frame.Cache, effect.Token);
            }
            else
            {
                HandleContracts.DetachedPageWritten(ref w, ref touched, effect.Pfn, effect.Token); // a hole was punched
            }
        }
        else if (row.HasAny(RowFlags.Mapped) && named)
        {
            Written(ref w, ref touched, entry, effect.Token);
        }
        else if (MovedTo(in w.Machine, entry.Mm, effect.Pfn) is { } moved)
        {
            Written(ref w, ref touched, moved, effect.Token);
        }
        else if (isPromised && IsLost(in w, in row, in frame, entry))
        {
            return new Violation(Clause.WrongContent, MemoryKind.Anon, entry.ToString(),
                $"{effect.Token} was written from outside to {effect.Pfn}, which was taken there, and is nowhere now");
        }

        return null;
    }

    /// <summary>The page that somebody outside has taken to write it was, or may have been, taken away there.</summary>
    internal static void MarkRemote(ref World w, ref Touched touched, MmId mm, int start, int end)
    {
        bool any = ((w.Machine.BusyKinds >> (int)OperationKind.ForceWrite) & 1) != 0;
        for (byte a = Limits.UserActors; a < Limits.Actors && any; a++)
        {
            ref readonly Task task = ref w.Machine.TaskAt(new ActorId(a));
            if (task.Operation == (byte)OperationKind.ForceWrite && task.Mm == mm
                && task.Va.Value >= start && task.Va.Value < end)
            {
                w.Reference.ChangeRow(ref touched, new EntryIndex(mm, task.Va)).Flags |= RowFlags.TakenAway;
            }
        }
    }

    /// <summary>Whether nobody had a reason to take the page away; of a file's copy a truncation may be one.</summary>
    private static bool IsLost(in World w, in PageRow row, in Frame frame, EntryIndex entry) =>
        !frame.HwPoison && row.IsPrivate
        && (row.Flags & (RowFlags.Mapped | RowFlags.TakenAway | RowFlags.HasFile)) == RowFlags.Mapped
        && !InFlight.Any(in w.Machine, entry, InFlight.Discards | InFlight.Mremap | InFlight.Free);

    /// <summary>Where UFFDIO_MOVE has put the page since: as if it had been written before it moved.</summary>
    private static EntryIndex? MovedTo(in Machine machine, MmId mm, Pfn pfn)
    {
        for (byte va = 0; va < Limits.PagesPerMm && !pfn.IsZeroPage && machine.FrameAt(pfn).IsAnon; va++)
        {
            var entry = new EntryIndex(mm, new Va(va));
            if (HandleContracts.Names(in machine, entry, pfn))
            {
                return entry;
            }
        }

        return null;
    }

    /// <summary>The writer is done, with whatever result; the other one outside may have taken the page too.</summary>
    private static void ForgetTakenAway(ref World w, ref Touched touched, in Task t)
    {
        ref readonly Task other = ref w.Machine.TaskAt(new ActorId((byte)(t.Actor.Value ^ 1)));
        bool shared = other.Operation == (byte)OperationKind.ForceWrite && other.Depth != 0
            && other.Mm == t.Mm && other.Va == t.Va;
        if (!shared && !t.Mm.IsNone && w.Reference.RowAt(At(in t, t.Va.Value)).HasAny(RowFlags.TakenAway))
        {
            w.Reference.ChangeRow(ref touched, At(in t, t.Va.Value)).Flags &= ~RowFlags.TakenAway;
        }
    }

    /// <summary>The fault has left the mark, if nobody came in between who may take it away again.</summary>
    private static Violation? EndForceWrite(ref World w, ref Touched touched, in Task t, bool alone, bool success)
    {
        ForgetTakenAway(ref w, ref touched, in t);
        if (!success)
        {
            return null;
        }

        EntryIndex entry = At(in t, t.Va.Value);
        ref PageRow row = ref w.Reference.ChangeRow(ref touched, entry);
        row.Flags |= alone && row.HasAny(RowFlags.Mapped) ? RowFlags.SoftDirty : RowFlags.None;
        return alone && row.HasAny(RowFlags.UffdProtected)
            && !InFlight.Any(in w.Machine, entry, InFlight.Protection)
            ? new Violation(Clause.GupWithoutEvent, KindOf(in row), entry.ToString(),
                "the page was written from outside while userfaultfd protects it")
            : null;
    }
}
