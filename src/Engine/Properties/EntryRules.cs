// What a page-table entry must be: mapped where a mapping is, writable only if exclusive, protected exactly where the
// manager protected, marked if stored to, and holding what the reference memory says. An entry is judged when nobody
// holds its page-table lock. Not covered: translations (TlbRules), pages (FrameRules).

using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Properties;

internal static partial class EntryRules
{
    public static Violation? Check(Checker checker, ref World w, ref Touched touched, EntryIndex entry)
    {
        Pte pte = w.Machine.PteAt(entry);
        if (w.Machine.MmAt(entry.Mm).State is MmState.Forking)
        {
            return pte.IsPresent ? CheckWritable(checker, in w, entry, pte) : null;
        }

        ref readonly PageRow row = ref w.Reference.RowAt(entry);
        if (pte.Kind == PteKind.HwPoison)
        {
            FailureContracts.Learn(ref w, ref touched, entry, pte);
        }

        if (row.HasAny(RowFlags.ProtectionUnknown))
        {
            LearnProtection(ref w, ref touched, entry, pte);
        }

        if (row.HasAny(RowFlags.Poisoned) && pte.Kind != PteKind.PoisonMarker)
        {
            UffdContracts.ForgetPoison(ref w, ref touched, entry);
        }

        if ((row.HasAny(RowFlags.Guarded) || pte.IsGuard)
            && GuardContracts.Check(checker, in w, entry, pte) is { } broken)
        {
            return broken;
        }

        if (row.HasAny(RowFlags.HasFile))
        {
            FileContracts.Learn(ref w, ref touched, entry, pte);
        }

        if (pte.IsNone)
        {
            return row.Flags == RowFlags.None ? null : CheckNone(checker, ref w, ref touched, entry);
        }

        checker.Note(Clause.OutsideMapping);
        if (!row.HasAny(RowFlags.Mapped) && w.Machine.FindVma(entry.Mm, entry.Va) < 0)
        {
            return Outside(entry, pte);
        }

        return (pte.IsPresent ? CheckWritable(checker, in w, entry, pte) : null)
            ?? (pte.NamesPage ? CheckEnd(checker, in w, entry, pte) : null)
            ?? CheckProtection(checker, in w, entry, pte)
            ?? (pte.NamesPage ? CheckNamed(checker, in w, entry, pte) : CheckMarker(ref w, ref touched, entry));
    }

    private static Violation? CheckNamed(Checker checker, in World w, EntryIndex entry, Pte pte) =>
        (w.Reference.RowAt(entry).HasAny(RowFlags.SoftDirty) ? CheckSoftDirty(checker, in w, entry, pte) : null)
        ?? (w.Reference.RowAt(entry).HasAny(RowFlags.Resident) ? CheckResident(checker, in w, entry, pte) : null)
        ?? CheckContent(checker, in w, entry, pte);

    /// <summary>Property: what mlock has brought in stays in memory.</summary>
    private static Violation? CheckResident(Checker checker, in World w, EntryIndex entry, Pte pte)
    {
        checker.Note(Clause.LockedSwappedOut);
        return !pte.IsSwap || FailureContracts.HasFailed(in w.Machine, pte.Slot)
            ? null
            : SwappedOut(entry, pte);
    }

    private static Violation SwappedOut(EntryIndex entry, Pte pte) =>
        new(Clause.LockedSwappedOut, MemoryKind.Anon, entry.ToString(),
            $"the entry is {pte}, but mlock has brought the page in, and nobody has unlocked it");

    /// <summary>Property: truncation leaves no private copy behind the end of a file.</summary>
    private static Violation? CheckEnd(Checker checker, in World w, EntryIndex entry, Pte pte)
    {
        ref readonly PageRow row = ref w.Reference.RowAt(entry);
        if (!row.ShowsFile || w.Reference.FileAt(row.File).Place != FilePlace.Behind)
        {
            return null;
        }

        return Behind(in row, entry, pte);
    }

    private static Violation Behind(in PageRow row, EntryIndex entry, Pte pte) =>
        Contracts.BehindEnd(Contracts.KindOf(in row), entry.ToString(), $"the entry is {pte}");

    private static Violation Outside(EntryIndex entry, Pte pte) =>
        new(Clause.OutsideMapping, MemoryKind.Anon, entry.ToString(),
            $"the entry is {pte}, but nothing is mapped there");

    private static void LearnProtection(ref World w, ref Touched touched, EntryIndex entry, Pte pte)
    {
        ulong before = touched.Rows;
        ref PageRow row = ref w.Reference.ChangeRow(ref touched, entry);
        touched.Rows = before;
        bool now = !pte.IsNone && pte.UffdWp && row.HasAny(RowFlags.WatchesWp);
        row.Flags &= ~(RowFlags.ProtectionUnknown | RowFlags.UffdProtected);
        row.Flags |= now ? RowFlags.UffdProtected : RowFlags.None;
    }

    /// <summary>Property: a present, writable entry of an anonymous page implies AnonExclusive.</summary>
    private static Violation? CheckWritable(Checker checker, in World w, EntryIndex entry, Pte pte)
    {
        ref readonly Frame frame = ref w.Machine.FrameAt(pte.Pfn);
        if (!pte.Write || !frame.IsAnon || !checker.Profile.TracksExclusive)
        {
            return null;
        }

        checker.Note(Clause.WritableButShared);
        return frame.AnonExclusive ? null : Writable(entry, pte);
    }

    private static Violation Writable(EntryIndex entry, Pte pte) =>
        new(Clause.WritableButShared, MemoryKind.Anon, entry.ToString(),
            $"the entry is {pte}, but {pte.Pfn} is not exclusive");

    /// <summary>Property: uffd_wp where it was put and not taken back, and nowhere else.</summary>
    private static Violation? CheckProtection(Checker checker, in World w, EntryIndex entry, Pte pte)
    {
        ref readonly PageRow row = ref w.Reference.RowAt(entry);
        bool expected = row.HasAny(RowFlags.UffdProtected);
        checker.Note(expected ? Clause.BitLost : Clause.BitSpurious);
        if (pte.UffdWp == expected || InFlight.Any(in w.Machine, entry, InFlight.Protection)
            || InFlight.PunchesHole(in w.Machine, in row))
        {
            return null;
        }

        return expected ? Lost(in row, entry, pte) : Spurious(in row, entry, pte);
    }

    private static Violation Spurious(in PageRow row, EntryIndex entry, Pte pte) =>
        new(Clause.BitSpurious, Contracts.KindOf(in row), entry.ToString(),
            $"the entry is {pte}, but the page is not protected by userfaultfd");

    private static Violation Lost(in PageRow row, EntryIndex entry, Pte pte) =>
        new(Clause.BitLost, Contracts.KindOf(in row), entry.ToString(),
            $"the entry is {pte}, but userfaultfd protects the page: uffd_wp is lost");

    /// <summary>Property: a page stored to since the last clear_refs is marked, by its entry or its mapping.</summary>
    private static Violation? CheckSoftDirty(Checker checker, in World w, EntryIndex entry, Pte pte)
    {
        ref readonly PageRow row = ref w.Reference.RowAt(entry);
        checker.Note(Clause.NotReported);
        if (pte.SoftDirty || !NeedsMark(in w.Machine, entry)
            || InFlight.Any(in w.Machine, entry, InFlight.ClearRefs | InFlight.Discards)
            || FileContracts.IsBeingCut(in w, in row))
        {
            return null;
        }

        return NotReported(in row, entry, pte);
    }

    private static Violation NotReported(in PageRow row, EntryIndex entry, Pte pte) =>
        new(Clause.NotReported, Contracts.KindOf(in row), entry.ToString(),
            $"the entry is {pte}: the page was stored to since the last clear_refs, and pagemap reports it clean");

    /// <summary>Property: pagemap says so too.</summary>
    public static Violation? CheckReported(Checker checker, in World w, EntryIndex entry, byte reported)
    {
        ref readonly PageRow row = ref w.Reference.RowAt(entry);
        if (!row.HasAny(RowFlags.SoftDirty) || w.Machine.PtLockOwner(entry.PtLock) != 0)
        {
            return null;
        }

        checker.Note(Clause.NotReported);
        const ulong Moves = InFlight.ClearRefs | InFlight.Discards | InFlight.Mremap;
        return reported != 0 || InFlight.Any(in w.Machine, entry, Moves)
            || FileContracts.IsBeingCut(in w, in row)
            ? null
            : new Violation(Clause.NotReported, Contracts.KindOf(in row), entry.ToString(),
                "pagemap reports the page clean, which was stored to since the last clear_refs");
    }

    /// <summary>Property: what the entry names holds what the process last stored, or saw.</summary>
    private static Violation? CheckContent(Checker checker, in World w, EntryIndex entry, Pte pte)
    {
        ref readonly PageRow row = ref w.Reference.RowAt(entry);
        if (!row.HasAny(RowFlags.Mapped) || pte.IsMigration || pte.Kind == PteKind.HwPoison)
        {
            // what failed holds nothing; the new page may be stored to already while other entries name the old one
            return null;
        }

        if (pte.IsSwap)
        {
            return CheckSwapContent(checker, in w, in row, entry, pte);
        }

        checker.Note(Clause.WrongContent);
        Token found = w.Machine.FrameAt(pte.Pfn).Content;
        return Rows.Allows(in w.Reference, in row, found)
            ? null
            : Wrong(in w, in row, entry, found, Clause.WrongContent);
    }

    private static Violation? CheckSwapContent(
        Checker checker, in World w, in PageRow row, EntryIndex entry, Pte pte)
    {
        ref readonly SwapSlot slot = ref w.Machine.SlotAt(pte.Slot);
        if (SlotRules.IsBeingFilled(in w.Machine, in slot))
        {
            return null;
        }

        Clause clause = slot.HasCachePage ? Clause.WrongContent : Clause.SwapContentLost;
        checker.Note(clause);
        Token found = SlotRules.ContentOf(in w.Machine, in slot);
        return Rows.Allows(in w.Reference, in row, found) ? null : Wrong(in w, in row, entry, found, clause);
    }

    private static Violation Wrong(in World w, in PageRow row, EntryIndex entry, Token found, Clause clause) =>
        new(clause, Contracts.KindOf(in row), entry.ToString(),
            $"{w.Machine.PteAt(entry)} holds {found}, the page must hold {Rows.Describe(in w.Reference, in row)}");

    private static Violation? CheckNone(Checker checker, ref World w, ref Touched touched, EntryIndex entry)
    {
        ref readonly PageRow row = ref w.Reference.RowAt(entry);
        if (row.HasAny(RowFlags.Lazyfree) && !InFlight.Any(in w.Machine, entry, InFlight.Mremap))
        {
            Contracts.LazyfreeGone(ref w, ref touched, entry);
        }

        if (row.HasAny(RowFlags.UffdProtected) && !InFlight.Any(in w.Machine, entry, InFlight.Protection)
            && !InFlight.PunchesHole(in w.Machine, in row))
        {
            checker.Note(Clause.BitLost);
            return Lost(in row, entry, Pte.None);
        }

        if (row.HasAny(RowFlags.Shared))
        {
            return CheckMarker(ref w, ref touched, entry);
        }

        checker.Note(Clause.NothingLeft);
        return !row.HasAny(RowFlags.Mapped)
            || Rows.Allows(in w.Reference, in row, Rows.Backing(in w.Reference, in row))
            || InFlight.Any(in w.Machine, entry, InFlight.Mremap)
            ? null
            : Nothing(in w, in row, entry);
    }

    private static Violation Nothing(in World w, in PageRow row, EntryIndex entry) =>
        new(Clause.NothingLeft, MemoryKind.Anon, entry.ToString(),
            $"the entry is none, the page must hold {Rows.Describe(in w.Reference, in row)}");

    /// <summary>Shared memory that was zapped and comes back is clean: the mark lived in the entry.</summary>
    private static Violation? CheckMarker(ref World w, ref Touched touched, EntryIndex entry)
    {
        ref readonly PageRow row = ref w.Reference.RowAt(entry);
        if (row.IsPrivate && !Rows.Allows(in w.Reference, in row, Rows.Backing(in w.Reference, in row)))
        {
            return new Violation(Clause.NothingLeft, MemoryKind.Anon, entry.ToString(),
                $"only a marker is left, the page must hold {Rows.Describe(in w.Reference, in row)}");
        }

        if (row.HasAny(RowFlags.SoftDirty) && row.HasAny(RowFlags.Shared))
        {
            ulong before = touched.Rows;
            w.Reference.ChangeRow(ref touched, entry).Flags &= ~RowFlags.SoftDirty;
            touched.Rows = before;
        }

        return null;
    }
}
