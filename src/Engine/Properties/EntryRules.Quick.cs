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

    /// <summary>What every present entry lets be judged.</summary>
    private const ulong OfPresent = 1ul << (int)Clause.OutsideMapping | 1ul << (int)Clause.WrongContent
        | 1ul << (int)Clause.BitSpurious;

    /// <summary>Whether an entry breaks no rule, for sure; then what could have been broken is noted.</summary>
    public static bool LooksRight(Checker checker, in World w, EntryIndex entry)
    {
        const RowFlags NeedsALook = NotPlain | RowFlags.UffdProtected | RowFlags.Lazyfree;
        Pte pte = w.Machine.PteAt(entry);
        ref readonly PageRow row = ref w.Reference.RowAt(entry);
        ref readonly Frame frame = ref w.Machine.FrameAt(pte.PresentPfn);
        RowFlags flags = row.Flags;
        bool shared = (flags & RowFlags.Shared) != 0;
        bool marked = (flags & RowFlags.SoftDirty) != 0;
        bool writable = pte.IsWritable & frame.IsAnon & checker.TracksExclusive;
        Token expected = shared ? w.Reference.FileAt(row.File).Value : row.Value;

        // one that is none: in memory that was never written, or shared and not marked, or where nothing is mapped
        bool rightPresent = pte.IsPresent & ((flags & (RowFlags.Mapped | NotPlain)) == RowFlags.Mapped)
            & (pte.HasBit(EntryBits.SoftDirty) | !marked)
            & (frame.Content == expected) & (!writable | frame.AnonExclusive);
        bool rightNone = pte.IsNone & ((flags & NeedsALook) == 0) & !(marked & shared) & (shared | row.Value.IsZero);
        bool right = (rightPresent | rightNone)
            & (pte.HasBit(EntryBits.UffdWp) == ((flags & RowFlags.UffdProtected) != 0))
            & (w.Machine.MmAt(entry.Mm).State != MmState.Forking);
        if (right)
        {
            checker.NoteLook(rightPresent, writable, flags);
        }

        return right;
    }

    /// <summary>The clauses that rows with these flags had something for, in entries that looked right.</summary>
    /// <param name="present">Flags of rows whose entries were present, of any of them.</param>
    /// <param name="none">Flags of rows whose entries were none.</param>
    /// <param name="writable">Whether one was writable that had to be exclusive.</param>
    public static ulong ClausesOf(RowFlags present, RowFlags none, bool writable) =>
        (present != RowFlags.None ? OfPresent : 0)
        | ((present & RowFlags.UffdProtected) != 0 ? 1ul << (int)Clause.BitLost : 0)
        | ((present & RowFlags.SoftDirty) != 0 ? 1ul << (int)Clause.NotReported : 0)
        | ((present & RowFlags.Resident) != 0 ? 1ul << (int)Clause.LockedSwappedOut : 0)
        | ((none & RowFlags.Mapped) != 0 ? 1ul << (int)Clause.NothingLeft : 0)
        | (writable ? 1ul << (int)Clause.WritableButShared : 0);
}
