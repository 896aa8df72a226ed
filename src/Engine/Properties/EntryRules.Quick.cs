// A quick look at an entry, which is all that most entries need: every rule at once and without a branch, since
// branches that go either way are what a random walk pays for. What does not look right is judged rule by rule.
// Not covered: what is right when it does not look so (EntryRules.cs).

using System;
using System.Numerics;
using System.Runtime.CompilerServices;
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

    /// <summary>
    /// The pages of an address space, bit n for page n, whose entries do not look right, out of those in the set. Of
    /// the others what could have been broken is noted.
    /// </summary>
    public static int LooksWrong(Checker checker, in World w, MmId mm, int pages)
    {
        const RowFlags NeedsALook = NotPlain | RowFlags.UffdProtected | RowFlags.Lazyfree;
        if (w.Machine.MmAt(mm).State == MmState.Forking)
        {
            return pages;
        }

        ReadOnlySpan<Pte> table = w.Machine.TableOf(mm);
        ReadOnlySpan<PageRow> rows = w.Reference.RowsOf(mm);
        bool tracks = checker.TracksExclusive;
        RowFlags present = RowFlags.None;
        RowFlags none = RowFlags.None;
        bool anyWritable = false;
        int wrong = 0;
        for (int left = pages & 0xffff; left != 0; left &= left - 1)
        {
            int page = BitOperations.TrailingZeroCount(left) & (Limits.PagesPerMm - 1);
            Pte pte = table[page];
            ref readonly PageRow row = ref rows[page];
            ref readonly Frame frame = ref w.Machine.FrameAt(pte.AnyPfn);
            RowFlags flags = row.Flags;
            bool shared = (flags & RowFlags.Shared) != 0;
            bool marked = (flags & RowFlags.SoftDirty) != 0;
            bool writable = pte.IsWritable & frame.IsAnon & tracks;
            Token expected = shared ? w.Reference.FileAt(row.File).Value : row.Value;

            // one that is none: in memory never written, or shared and not marked, or where nothing is mapped
            bool rightPresent = pte.IsPresent & ((flags & (RowFlags.Mapped | NotPlain)) == RowFlags.Mapped)
                & (pte.HasBit(EntryBits.SoftDirty) | !marked)
                & (frame.Content == expected) & (!writable | frame.AnonExclusive);
            bool rightNone = pte.IsNone & ((flags & NeedsALook) == 0) & !(marked & shared)
                & (shared | row.Value.IsZero);
            bool right = (rightPresent | rightNone)
                & (pte.HasBit(EntryBits.UffdWp) == ((flags & RowFlags.UffdProtected) != 0));
            wrong |= (right ? 0 : 1) << page;
            var ofPresent = (RowFlags)(-Unsafe.BitCast<bool, byte>(rightPresent));
            present |= flags & ofPresent;
            none |= flags & ~ofPresent;
            anyWritable |= writable;
        }

        checker.NoteLooks(present, none, anyWritable);
        return wrong;
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
