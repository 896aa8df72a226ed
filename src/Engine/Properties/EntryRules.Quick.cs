// A quick look at an entry, which is all that most entries need: every rule at once and without a branch, since
// branches that go either way are what a random walk pays for. What does not look right is judged rule by rule.
// Not covered: what is right when it does not look so (EntryRules.cs).

using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Properties;

internal static partial class EntryRules
{
    /// <summary>What a row may not have if its content is to be compared with one value only.</summary>
    private const RowFlags NotPlain =
        RowFlags.Open | RowFlags.ProtectionUnknown | RowFlags.HasFile | RowFlags.Poisoned | RowFlags.Guarded;

    /// <summary>Whether a present entry breaks no rule, for sure; then it is counted as judged.</summary>
    private static bool LooksRightPresent(Checker checker, in World w, EntryIndex entry, Pte pte)
    {
        ref readonly PageRow row = ref w.Reference.RowAt(entry);
        ref readonly Frame frame = ref w.Machine.FrameAt(pte.Pfn);
        bool writable = pte.Write & frame.IsAnon & checker.Profile.TracksExclusive;
        bool isProtected = row.HasAny(RowFlags.UffdProtected);
        bool stored = row.HasAny(RowFlags.SoftDirty);
        bool wrong = (writable & !frame.AnonExclusive)
            | (pte.UffdWp != isProtected)
            | (stored & !pte.SoftDirty)
            | ((row.Flags & (RowFlags.Mapped | NotPlain)) != RowFlags.Mapped)
            | (frame.Content != ExpectedAt(in w, in row))
            | (w.Machine.MmAt(entry.Mm).State == MmState.Forking);
        if (wrong)
        {
            return false;
        }

        checker.Count(Clause.WritableButShared, writable);
        checker.Count(Clause.BitLost, isProtected);
        checker.Count(Clause.BitSpurious, !isProtected);
        checker.Count(Clause.NotReported, stored);
        checker.Count(Clause.OutsideMapping);
        checker.Count(Clause.WrongContent);
        checker.Count(Clause.LockedSwappedOut, row.HasAny(RowFlags.Resident));
        return true;
    }

    /// <summary>The same of an entry that is none, in private memory or where nothing is mapped.</summary>
    private static bool LooksRightAbsent(Checker checker, in World w, EntryIndex entry, Pte pte)
    {
        const RowFlags NeedsALook = NotPlain | RowFlags.UffdProtected | RowFlags.Shared | RowFlags.Lazyfree;
        ref readonly PageRow row = ref w.Reference.RowAt(entry);
        bool right = pte.IsNone & ((row.Flags & NeedsALook) == 0) & row.Value.IsZero
            & (w.Machine.MmAt(entry.Mm).State != MmState.Forking);
        checker.Count(Clause.NothingLeft, right & row.HasAny(RowFlags.Mapped));
        return right;
    }

    /// <summary>The one content of a row that is not open; without a branch.</summary>
    private static Token ExpectedAt(in World w, in PageRow row)
    {
        Token file = w.Reference.FileAt(row.File).Value;
        return row.HasAny(RowFlags.Shared) ? file : row.Value;
    }
}
