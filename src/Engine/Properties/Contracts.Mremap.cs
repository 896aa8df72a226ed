// What mremap does to the reference memory, read off the mappings as they change: rows of the target end with its
// mapping, rows of the source are doubled with the new mapping and end with the old one. In between, with mmap_lock
// held for writing, nobody can fault; but others load and store through translations of either.
// Not covered: what is cut off, added or left behind (Contracts.MremapForms), its results (ErrnoContract).

using System.Numerics;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Properties;

public static partial class Contracts
{
    /// <summary>A stage of mremap is over: rows follow the mappings that it has changed.</summary>
    public static void MremapMoved(ref World w, ref Touched touched, in Task t)
    {
        MremapRequest asked = MremapRequest.Of(in t);
        MremapCut(ref w, ref touched, in t, certain: false);
        if (asked.StaysInPlace)
        {
            return;
        }

        MremapTargetGone(ref w, ref touched, in t, asked.NewLength);
        for (int i = 0; i < asked.Common(in t); i++)
        {
            EntryIndex from = At(in t, t.Va.Value + i);
            EntryIndex to = At(in t, t.Argument + i);
            bool mapped = w.Machine.FindVma(to.Mm, to.Va) >= 0;
            if (!w.Reference.RowAt(to).HasAny(RowFlags.Mapped) && mapped)
            {
                Double(ref w, ref touched, from, to);
            }

            if (w.Reference.RowAt(from).HasAny(RowFlags.Mapped) && w.Machine.FindVma(from.Mm, from.Va) < 0)
            {
                if (w.Reference.RowAt(to).HasAny(RowFlags.Doubled))
                {
                    HandleContracts.Follow(ref w, ref touched, from, to); // taken while the entries moved
                }

                w.Reference.ChangeRow(ref touched, from) = default;
            }
        }
    }

    private static void BeginMremap(ref World w, ref Touched touched, in Task t)
    {
        MremapRequest asked = MremapRequest.Of(in t);
        bool idle = asked.StaysInPlace || AnotherMoves(in w.Machine, in t); // whose pages are doubled
        for (int i = 0; i < asked.Common(in t) && !idle; i++)
        {
            w.Reference.ChangeRow(ref touched, At(in t, t.Va.Value + i)).Flags &= ~RowFlags.Doubled;
            w.Reference.ChangeRow(ref touched, At(in t, t.Argument + i)).Flags &= ~RowFlags.Doubled;
        }
    }

    private static bool AnotherMoves(in Machine machine, in Task t)
    {
        for (int busy = machine.BusyTasks & ~(1 << t.Actor.Value); busy != 0; busy &= busy - 1)
        {
            ref readonly Task task = ref machine.TaskAt(new ActorId((byte)BitOperations.TrailingZeroCount(busy)));
            if (task.Operation == (byte)OperationKind.Mremap && task.Mm == t.Mm && task.MmapWrite != 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// The registration stays behind, and what it protected is not protected any more; with EVENT_REMAP both follow.
    /// </summary>
    private static void Double(ref World w, ref Touched touched, EntryIndex from, EntryIndex to)
    {
        const RowFlags Stays = RowFlags.Registration | RowFlags.UffdProtected | RowFlags.ProtectionUnknown
            | RowFlags.Disturbed;
        ref PageRow source = ref w.Reference.ChangeRow(ref touched, from);
        source.Flags |= RowFlags.Doubled;
        PageRow row = source;
        if (ScanContracts.Has(in w, in row, UffdFeatures.EventRemap))
        {
            // a resolve that has dropped mmap_lock and only has to wake may have changed the entry already
            bool unclear = InFlight.Any(in w.Machine, from, InFlight.Protection & ~InFlight.Mremap);
            unclear |= InFlight.Any(in w.Machine, to, InFlight.Protection & ~InFlight.Mremap);
            unclear |= row.HasAny(RowFlags.ProtectionUnknown); // to be learned when the entry has come
            row.Flags &= ~(RowFlags.Disturbed | RowFlags.ProtectionUnknown);
            row.Flags |= unclear ? RowFlags.Disturbed : RowFlags.None;
        }
        else
        {
            row.Flags &= ~Stays;
        }

        w.Reference.ChangeRow(ref touched, to) = row;
        HandleContracts.Follow(ref w, ref touched, from, to);
    }

    /// <summary>A page under way has two rows: what is stored through either is in both.</summary>
    private static void MirrorWritten(ref World w, ref Touched touched, EntryIndex entry)
    {
        if (!w.Reference.RowAt(entry).HasAny(RowFlags.Doubled) || !InFlight.Any(in w.Machine, entry, InFlight.Mremap))
        {
            return;
        }

        for (int busy = w.Machine.BusyTasks; busy != 0; busy &= busy - 1)
        {
            ref readonly Task task = ref w.Machine.TaskAt(new ActorId((byte)BitOperations.TrailingZeroCount(busy)));
            if (task.Operation != (byte)OperationKind.Mremap || task.Mm != entry.Mm || task.MmapWrite == 0)
            {
                continue;
            }

            bool isSource = entry.Va.Value >= task.Va.Value && entry.Va.Value < task.Va.Value + task.Length;
            int distance = task.Argument - task.Va.Value;
            var other = new EntryIndex(entry.Mm, new Va((byte)(entry.Va.Value + (isSource ? distance : -distance))));
            if (!w.Reference.RowAt(other).HasAny(RowFlags.Doubled))
            {
                continue;
            }

            PageRow written = w.Reference.RowAt(entry);
            ref PageRow row = ref w.Reference.ChangeRow(ref touched, other);
            row.Value = written.Value;
            row.Since = written.Since;
            row.Until = written.Until;
            row.Source = written.Source;
            row.Flags = (row.Flags & ~RowFlags.Open) | (written.Flags & RowFlags.Open);
        }
    }

    /// <summary>Not the zero page, and of a private file only a copy: others come and go without a mark.</summary>
    private static bool IsMarked(in Machine machine, in PageRow row, Pte pte) =>
        pte.NamesPage && !pte.IsZeroPage
        && (pte.IsSwap || row.HasAny(RowFlags.Shared) || machine.FrameAt(pte.Pfn).IsAnon);

    /// <summary>A page that was moved must be reported as changed at its new place.</summary>
    private static void EndMremap(ref World w, ref Touched touched, in Task t)
    {
        if (t.Errno == (byte)Errno.EINVAL)
        {
            return; // it has not even waited for mmap_lock, with which another may be moving pages
        }

        MremapMoved(ref w, ref touched, in t);
        MremapRequest asked = MremapRequest.Of(in t);
        for (int i = 0; i < asked.Common(in t) && !asked.StaysInPlace; i++)
        {
            EntryIndex to = At(in t, t.Argument + i);
            LeftBehind(ref w, ref touched, in t, At(in t, t.Va.Value + i));
            w.Reference.ChangeRow(ref touched, At(in t, t.Va.Value + i)).Flags &= ~RowFlags.Doubled;
            if (w.Reference.RowAt(to).HasAny(RowFlags.Doubled))
            {
                HandleContracts.Follow(ref w, ref touched, At(in t, t.Va.Value + i), to); // taken at the last moment
            }

            ref PageRow row = ref w.Reference.ChangeRow(ref touched, to);
            Pte pte = w.Machine.PteAt(to);
            row.Flags |= row.HasAny(RowFlags.Doubled) && IsMarked(in w.Machine, in row, pte)
                ? RowFlags.SoftDirty
                : RowFlags.None;
            bool unclear = row.HasAny(RowFlags.Doubled) && row.HasAny(RowFlags.Disturbed);
            row.Flags |= unclear ? RowFlags.ProtectionUnknown : RowFlags.None;
            row.Flags &= ~RowFlags.Doubled;
        }

        if (t.Errno == (byte)Errno.None && asked.NewLength != t.Length)
        {
            MremapCut(ref w, ref touched, in t, certain: true);
            MremapGrown(ref w, ref touched, in t);
        }
    }
}
