// What userfaultfd does to the reference memory beside protecting ranges: registering in modes, filling pages; and when
// an access raises an event. Written from the specification.
// Not covered: UFFDIO_WRITEPROTECT (Contracts), results of filling (FillContract).

using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Properties;

/// <summary>Contracts of userfaultfd.</summary>
internal static class UffdContracts
{
    /// <summary>What modes of registering say of a page.</summary>
    public static RowFlags Watches(UffdModes modes) =>
        ((modes & UffdModes.Missing) != 0 ? RowFlags.WatchesMissing : RowFlags.None)
        | ((modes & UffdModes.Wp) != 0 ? RowFlags.WatchesWp : RowFlags.None)
        | ((modes & UffdModes.Minor) != 0 ? RowFlags.WatchesMinor : RowFlags.None);

    /// <summary>The same, of a mapping.</summary>
    public static RowFlags WatchesOf(in Vma vma) =>
        (vma.UffdMissing ? RowFlags.WatchesMissing : RowFlags.None)
        | (vma.UffdWp ? RowFlags.WatchesWp : RowFlags.None)
        | (vma.UffdMinor ? RowFlags.WatchesMinor : RowFlags.None);

    /// <summary>
    /// A page is registered in the modes asked for. Only if it has them all already does it keep those that it has
    /// besides; protection that nobody watches any more is none.
    /// </summary>
    public static void Register(ref PageRow row, RowFlags context, UffdModes modes)
    {
        RowFlags asked = Watches(modes);
        if (!row.HasAny(RowFlags.Mapped) || (row.HasAny(context) && (row.Flags & asked) == asked))
        {
            return;
        }

        bool forgets = row.HasAny(RowFlags.WatchesWp) && (modes & UffdModes.Wp) == 0;
        row.Flags &= ~(RowFlags.Registration | (forgets ? RowFlags.UffdProtected : RowFlags.None));
        row.Flags |= context | asked;
    }

    /// <summary>A fill has landed: content, protection and poison are what it says, from this stage on.</summary>
    public static Violation? Filled(ref World w, ref Touched touched, in MemoryEffect effect)
    {
        EntryIndex entry = effect.Entry;
        if (w.Reference.RowAt(entry).HasAny(RowFlags.Guarded))
        {
            return GuardContracts.Overwritten(in w.Reference.RowAt(entry), entry);
        }

        if (effect.Kind == MemoryEffectKind.Fill)
        {
            FillContent(ref w, ref touched, in effect);
        }

        ref readonly PageRow now = ref w.Reference.RowAt(entry);
        if (effect.Kind == MemoryEffectKind.Continue && !Rows.Allows(in w.Reference, in now, effect.Token))
        {
            return new Violation(Clause.WrongContent, Contracts.KindOf(in now), entry.ToString(),
                $"UFFDIO_CONTINUE maps {effect.Token}, the page must hold {Rows.Describe(in w.Reference, in now)}");
        }

        bool disturbs = InFlight.Any(in w.Machine, entry, InFlight.WriteProtect);
        bool certain = !InFlight.Any(in w.Machine, entry, InFlight.Protection);
        ref PageRow row = ref w.Reference.ChangeRow(ref touched, entry);
        row.Flags &= ~(RowFlags.UffdProtected | RowFlags.ProtectionUnknown | RowFlags.Poisoned);
        row.Flags |= !certain ? RowFlags.ProtectionUnknown
            : effect.Protects ? RowFlags.UffdProtected
            : RowFlags.None;
        row.Flags |= disturbs ? RowFlags.Disturbed : RowFlags.None;
        row.Flags |= effect.Kind == MemoryEffectKind.Fill && Contracts.TakesZeroPage(in w, in row, effect.Token)
            ? RowFlags.MayBeZero | RowFlags.MayBeOld
            : RowFlags.None;
        row.Flags |= effect.Kind == MemoryEffectKind.Poison ? RowFlags.Poisoned : RowFlags.None;
        return null;
    }

    /// <summary>UNREGISTER and closing end all waiting in the range: nobody minds who still sleeps.</summary>
    public static Violation? CheckAwake(in World w, in Task t, RowFlags mine)
    {
        bool close = (OperationKind)t.Operation == OperationKind.UffdClose;
        for (int a = 0; a < Limits.UserActors; a++)
        {
            var actor = new ActorId((byte)a);
            ref readonly UffdEvent queued = ref w.Machine.EventAt(actor);
            bool sleeps = queued.State is UffdEventState.Pending or UffdEventState.Read
                && (queued.Flags & UffdFaultFlags.Changes) == 0;
            bool watched = w.Reference.RowAt(new EntryIndex(actor.Mm, queued.Va)).HasAny(mine);
            bool inside = close
                || (watched && queued.Va.Value >= t.Va.Value && queued.Va.Value < t.Va.Value + t.Length);
            if (sleeps && inside && queued.Uffd.Value == t.Argument && actor.Mm == t.Mm)
            {
                return new Violation(Clause.NobodyWakes, MemoryKind.Anon, actor.ToString(),
                    $"the thread still sleeps in handle_userfault for page {queued.Va.Value}, which is not registered");
            }
        }

        return null;
    }

    /// <summary>A discard that is under way has taken the poison away, or a truncation.</summary>
    public static void ForgetPoison(ref World w, ref Touched touched, EntryIndex entry)
    {
        ref readonly PageRow poisoned = ref w.Reference.RowAt(entry);
        if (InFlight.Any(in w.Machine, entry, InFlight.Discards | InFlight.Free)
            || FileContracts.IsBeingCut(in w, in poisoned))
        {
            ulong before = touched.Rows;
            w.Reference.ChangeRow(ref touched, entry).Flags &= ~RowFlags.Poisoned;
            touched.Rows = before;
        }
    }

    /// <summary>Whether an access that runs back to back raises an event, or gets SIGBUS instead of one.</summary>
    public static bool Raises(in World w, EntryIndex entry, bool write)
    {
        ref readonly PageRow row = ref w.Reference.RowAt(entry);
        return (write && row.HasAny(RowFlags.UffdProtected) && !ScanContracts.IsAsync(in w, in row))
            || IsCause(in w, entry, UffdFaultFlags.None)
            || IsCause(in w, entry, UffdFaultFlags.Minor);
    }

    /// <summary>Whether the state is one that such an event is about.</summary>
    public static bool IsCause(in World w, EntryIndex entry, UffdFaultFlags reason)
    {
        ref readonly PageRow row = ref w.Reference.RowAt(entry);
        if ((reason & UffdFaultFlags.Changes) != 0)
        {
            return true; // about no page
        }

        if (FileContracts.IsBehindEnd(in w, in row) && !InFlight.Truncates(in w.Machine, row.File))
        {
            return false; // SIGBUS comes first
        }

        if ((reason & UffdFaultFlags.Wp) != 0)
        {
            return row.HasAny(RowFlags.UffdProtected | RowFlags.ProtectionUnknown)
                && !ScanContracts.IsAsync(in w, in row);
        }

        Pte pte = w.Machine.PteAt(entry);
        int index = w.Machine.FindVma(entry.Mm, entry.Va);
        bool nothing = pte.IsNone || pte.IsMarker;
        bool hole = index >= 0 && (w.Machine.VmaAt(entry.Mm, index).IsAnon
            || w.Machine.CacheAt(w.Machine.VmaAt(entry.Mm, index).CacheIndexOf(entry.Va)).Kind == CacheKind.Hole);
        return nothing && ((reason & UffdFaultFlags.Minor) != 0
            ? row.HasAny(RowFlags.WatchesMinor) && !hole
            : row.HasAny(RowFlags.WatchesMissing) && hole);
    }

    private static void FillContent(ref World w, ref Touched touched, in MemoryEffect effect)
    {
        ref readonly PageRow row = ref w.Reference.RowAt(effect.Entry);
        if (!effect.Token.IsZero)
        {
            Contracts.Written(ref w, ref touched, effect.Entry, effect.Token);
        }
        else if (row.IsPrivate && !(row.IsOpen && InFlight.Any(in w.Machine, effect.Entry, InFlight.Discards)))
        {
            Rows.Close(ref w.Reference.ChangeRow(ref touched, effect.Entry), Token.Zero);
        }
        else if (row.HasAny(RowFlags.HasFile))
        {
            // where zeros are not what the file holds, no other way of being open allows them
            w.Reference.ChangeRow(ref touched, effect.Entry).Flags |= RowFlags.MayBeAnything;
        }
    }
}
