// What guards do to the reference memory: a guarded page can be neither read nor written by anybody until the guard is
// removed, and its guard goes with its mapping only. Installing discards what was there, as MADV_DONTNEED does.
// Not covered: results of the calls and of accesses (ErrnoContract), the discard itself (Contracts.End).

using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Properties;

/// <summary>Contracts of guards.</summary>
internal static class GuardContracts
{
    /// <summary>Those that take a mapping away from a page, or bring one.</summary>
    private const ulong Mappings = InFlight.Munmap | InFlight.Exit | InFlight.Mremap;

    /// <summary>A guard stands from the stage on in which it is installed, up to that in which it is removed.</summary>
    public static Violation? Changed(ref World w, ref Touched touched, in MemoryEffect effect)
    {
        ref PageRow row = ref w.Reference.ChangeRow(ref touched, effect.Entry);
        bool installed = effect.Kind == MemoryEffectKind.GuardInstalled;
        row.Flags &= ~(RowFlags.UffdProtected | RowFlags.Guarded);
        bool free = InFlight.Any(in w.Machine, effect.Entry, InFlight.Free); // what comes next may be freed lazily, too
        row.Flags &= installed ? ~(RowFlags.Poisoned | RowFlags.SoftDirty) : ~RowFlags.None;
        row.Flags &= installed && !free ? ~RowFlags.Lazyfree : ~RowFlags.None;
        row.Flags |= RowFlags.ProtectionUnknown | (installed ? RowFlags.Guarded : RowFlags.None);
        return null;
    }

    /// <summary>
    /// With nobody else at it, all mappings up to the first that can have no guards have theirs now, or none any more,
    /// whatever the engine says to have done.
    /// </summary>
    public static void Ended(ref World w, ref Touched touched, Profile profile, in Task t, bool alone)
    {
        int end = System.Math.Min(t.Va.Value + t.Length, Limits.PagesPerMm);
        bool known = profile.Contract.Has(Fix.MadviseGuard);
        for (int va = t.Va.Value; va < end && alone && known; va++)
        {
            var entry = new EntryIndex(t.Mm, new Va((byte)va));
            ref readonly PageRow row = ref w.Reference.RowAt(entry);
            if (!row.HasAny(RowFlags.Mapped))
            {
                continue;
            }

            bool guarded = (OperationKind)t.Operation == OperationKind.Guard;
            if (!MayGuard(profile, in row) || (guarded && row.HasAny(RowFlags.Mlocked)))
            {
                break;
            }

            if (row.HasAny(RowFlags.Guarded) != guarded)
            {
                w.Reference.ChangeRow(ref touched, entry).Flags ^= RowFlags.Guarded;
            }
        }
    }

    /// <summary>Anonymous memory, and since 6.15 any.</summary>
    public static bool MayGuard(Profile profile, in PageRow row) =>
        !row.HasAny(RowFlags.Shared | RowFlags.HasFile) || profile.Contract.Has(Fix.MadviseGuardFile);

    /// <summary>A load or store has landed: none lands on a guard, but through what nobody has flushed yet.</summary>
    public static Violation? Landed(in World w, in MemoryEffect effect)
    {
        ref readonly PageRow row = ref w.Reference.RowAt(effect.Entry);
        return !row.HasAny(RowFlags.Guarded) || InFlight.FlushPending(in w.Machine, effect.Entry.Mm)
            ? null
            : new Violation(Clause.GuardPassed, Contracts.KindOf(in row), effect.Entry.ToString(),
                $"a {(effect.Kind == MemoryEffectKind.Load ? "load" : "store")} landed in {effect.Pfn}, "
                + "but a guard is there");
    }

    /// <summary>A fill has put a page, or poison, where a guard is.</summary>
    public static Violation Overwritten(in PageRow row, EntryIndex entry) =>
        new(Clause.GuardLost, Contracts.KindOf(in row), entry.ToString(), "a fill has taken the place of a guard");

    /// <summary>Property: a guard is where it was installed and not removed, and nowhere else.</summary>
    public static Violation? Check(Checker checker, in World w, EntryIndex entry, Pte pte)
    {
        ref readonly PageRow row = ref w.Reference.RowAt(entry);
        bool expected = row.HasAny(RowFlags.Guarded);
        if (!expected && !pte.IsGuard)
        {
            return null;
        }

        checker.Note(expected ? Clause.GuardLost : Clause.GuardSpurious);
        return expected == pte.IsGuard || !row.HasAny(RowFlags.Mapped)
            || InFlight.Any(in w.Machine, entry, Mappings)
            ? null
            : Wrong(in row, entry, pte);
    }

    private static Violation Wrong(in PageRow row, EntryIndex entry, Pte pte) =>
        pte.IsGuard
            ? new Violation(Clause.GuardSpurious, Contracts.KindOf(in row), entry.ToString(),
                "the entry is a guard marker, but no guard was installed")
            : new Violation(Clause.GuardLost, Contracts.KindOf(in row), entry.ToString(),
                $"the entry is {pte}, but a guard was installed and not removed");
}
