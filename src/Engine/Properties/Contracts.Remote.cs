// Contracts of writes from outside (/proc/pid/mem): the page was taken from an entry and is written later, whatever the
// entry names by then. Not covered: their results (ErrnoContract.Gup).

using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Properties;

public static partial class Contracts
{
    /// <summary>
    /// A store into a page that the entry still names is its owner's; into another file's page of a shared mapping it
    /// is that file's; and into what was discarded meanwhile nobody's.
    /// </summary>
    internal static Violation? RemoteStoreLanded(ref World w, ref Touched touched, in MemoryEffect effect)
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

        return null;
    }

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

    /// <summary>The fault has left the mark, if nobody came in between who may take it away again.</summary>
    private static Violation? EndForceWrite(ref World w, ref Touched touched, in Task t, bool alone)
    {
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
