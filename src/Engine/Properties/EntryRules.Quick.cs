// A quick look at an entry, which is all that most entries need: every rule at once and without a branch, since
// branches that go either way are what a random walk pays for. What does not look right is judged rule by rule.
// Not covered: what is right when it does not look so (EntryRules.cs).

using System.Numerics;
using System.Runtime.CompilerServices;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Properties;

internal static partial class EntryRules
{
    /// <summary>What a row may not have if its content is to be compared with one value only.</summary>
    private const RowFlags NotPlain =
        RowFlags.Open | RowFlags.ProtectionUnknown | RowFlags.HasFile | RowFlags.Poisoned | RowFlags.Guarded;

    private const uint KindMask = 15;

    private const int WriteBit = 8; // of a raw entry

    private const int MarkBelow = 1; // so far is the bit of a row below that of its entry, soft-dirty...

    private const int ProtectionBelow = 3; // ...and uffd-wp

    private const int WritableNoted = 31; // which no row has

    /// <summary>What every present entry lets be judged.</summary>
    private const ulong OfPresent = 1ul << (int)Clause.OutsideMapping | 1ul << (int)Clause.WrongContent
        | 1ul << (int)Clause.BitSpurious;

    /// <summary>
    /// The entries, bit n for entry n, that do not look right, out of those in the set. Of the others what could have
    /// been broken is noted.
    /// </summary>
    public static ulong LooksWrong(Checker checker, in World w, ulong entries)
    {
        const RowFlags NeedsALook = NotPlain | RowFlags.UffdProtected | RowFlags.Lazyfree;
        uint tracks = Unsafe.BitCast<bool, byte>(checker.TracksExclusive);
        ulong looked = 0;
        ulong right = 0;
        for (ulong left = entries; left != 0; left &= left - 1)
        {
            var entry = new EntryIndex((byte)(BitOperations.TrailingZeroCount(left) & (Limits.Entries - 1)));
            Pte pte = w.Machine.PteAt(entry);
            ref readonly PageRow row = ref w.Reference.RowAt(entry);
            ref readonly Frame frame = ref w.Machine.FrameAt(pte.AnyPfn);
            RowFlags flags = row.Flags;
            uint expected = row.Value.Value;
            uint ofNone = expected; // what an entry that is none may not have: content, or a mark if it is shared
            if ((flags & RowFlags.Shared) != 0)
            {
                expected = w.Reference.FileAt(row.File).Value.Value;
                ofNone = (uint)(flags & RowFlags.SoftDirty);
            }

            // every rule as bits that differ; one that is none is right in memory never written, or where nothing is
            uint writable = (pte.Raw >> WriteBit) & tracks & Unsafe.BitCast<bool, byte>(frame.IsAnon);
            uint present = pte.Raw & KindMask;
            present = (present ^ (uint)PteKind.Present)
                | (uint)((flags & (RowFlags.Mapped | NotPlain)) ^ RowFlags.Mapped)
                | ((uint)(flags & RowFlags.SoftDirty) & ~(pte.Raw >> MarkBelow))
                | ((uint)(flags ^ (RowFlags)(pte.Raw >> ProtectionBelow)) & (uint)RowFlags.UffdProtected)
                | (frame.Content.Value ^ expected) | (writable & ~(uint)frame.Flags);
            uint none = pte.Raw | (uint)(flags & NeedsALook) | ofNone;
            uint isPresent = Unsafe.BitCast<bool, byte>(present == 0);
            uint isRight = isPresent | Unsafe.BitCast<bool, byte>(none == 0);
            right |= (ulong)isRight << entry.Value;
            uint noted = ((uint)flags | (writable << WritableNoted)) & (0 - isRight);
            looked |= (ulong)noted << (int)(isPresent * 32);
        }

        checker.NoteLooks(looked);
        return entries & ~right;
    }

    /// <summary>The clauses that entries had something for which looked right.</summary>
    /// <param name="looked">
    /// Flags of rows whose entries were present, in the upper half, with one for writable entries that had to be
    /// exclusive; in the lower half flags of rows whose entries were none.
    /// </param>
    public static ulong ClausesOf(ulong looked)
    {
        var present = (RowFlags)(looked >> 32);
        var none = (RowFlags)(uint)looked;
        return (present != RowFlags.None ? OfPresent : 0)
            | ((present & RowFlags.UffdProtected) != 0 ? 1ul << (int)Clause.BitLost : 0)
            | ((present & RowFlags.SoftDirty) != 0 ? 1ul << (int)Clause.NotReported : 0)
            | ((present & RowFlags.Resident) != 0 ? 1ul << (int)Clause.LockedSwappedOut : 0)
            | ((none & RowFlags.Mapped) != 0 ? 1ul << (int)Clause.NothingLeft : 0)
            | (((uint)present >> WritableNoted) != 0 ? 1ul << (int)Clause.WritableButShared : 0);
    }
}
