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

    private const int WriteBit = 8; // of a raw entry

    private const int MarkBelow = 1; // so far is the bit of a row below that of its raw entry: soft-dirty...

    private const int ProtectionBelow = 3; // ...and uffd-wp

    private const int WritableNoted = 31; // a bit that no row has

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
        ReadOnlySpan<Pte> table = w.Machine.Table;
        ReadOnlySpan<PageRow> rows = w.Reference.Rows;
        ReadOnlySpan<Frame> frames = w.Machine.Frames;
        ulong looked = 0;
        ulong right = 0;
        for (ulong left = entries; left != 0; left &= left - 1)
        {
            int index = BitOperations.TrailingZeroCount(left) & (Limits.Entries - 1);
            Pte pte = table[index];
            ref readonly PageRow row = ref rows[index];
            ref readonly Frame frame = ref frames[pte.AnyNumber];
            RowFlags flags = row.Flags;
            uint expected = row.Value.Value;
            uint ofNone = expected; // what an entry that is none may not have: content, or a mark if it is shared
            if ((flags & (RowFlags.Shared | RowFlags.HasFile)) != 0)
            {
                flags = OfFile(in w, in row, in frame, ref expected, ref ofNone);
            }

            uint unmarked = (uint)(flags & RowFlags.SoftDirty) & ~(pte.Raw >> MarkBelow);
            if (unmarked != 0 && !NeedsMark(in w.Machine, new EntryIndex((byte)index)))
            {
                unmarked = 0;
            }

            // every rule as bits that differ; one that is none is right in memory never written, or where nothing is
            uint writable = (pte.Raw >> WriteBit) & tracks & Unsafe.BitCast<bool, byte>(frame.IsAnon);
            uint present = pte.LacksFor(EntryBits.None)
                | (uint)((flags & (RowFlags.Mapped | NotPlain)) ^ RowFlags.Mapped)
                | unmarked
                | ((uint)(flags ^ (RowFlags)(pte.Raw >> ProtectionBelow)) & (uint)RowFlags.UffdProtected)
                | (frame.Content.Value ^ expected) | (writable & ~(uint)frame.Flags);
            uint none = pte.Raw | (uint)(flags & NeedsALook) | ofNone;
            uint isPresent = Unsafe.BitCast<bool, byte>(present == 0);
            uint isRight = isPresent | Unsafe.BitCast<bool, byte>(none == 0);
            right |= (ulong)isRight << index;
            uint noted = ((uint)flags | (writable << WritableNoted)) & (0 - isRight);
            looked |= (ulong)noted << (int)(isPresent * 32);
        }

        checker.NoteLooks(looked);
        return entries & ~right;
    }

    /// <summary>Whether the entry of a page that was stored to must be soft-dirty: unless its mapping is.</summary>
    public static bool NeedsMark(in Machine machine, EntryIndex entry)
    {
        int index = machine.FindVma(entry.Mm, entry.Va);
        return index >= 0 && !machine.VmaAt(entry.Mm, index).Has(VmFlags.SoftDirty);
    }

    /// <summary>
    /// What a page has to hold that is shared, or private and has a file; answers its flags without those that are said
    /// by that.
    /// </summary>
    private static RowFlags OfFile(
        in World w, in PageRow row, in Frame frame, ref uint expected, ref uint ofNone)
    {
        const uint Nothing = 0x10000; // no page holds that
        ref readonly FileRow file = ref w.Reference.FileAt(row.File);
        if (row.HasAny(RowFlags.Shared))
        {
            expected = file.Value.Value;
            ofNone = (uint)(row.Flags & RowFlags.SoftDirty);
            return row.Flags;
        }

        uint cut = (uint)(file.Place - FilePlace.Inside) * Nothing;
        if (row.IsUnbroken)
        {
            expected = file.Value.Value | cut | ((uint)(~frame.Flags & FrameFlags.PageCache) * Nothing);
            ofNone = cut;
            return row.Flags & ~(RowFlags.HasFile | RowFlags.MayBeZero);
        }

        expected |= cut;
        ofNone = Nothing; // its copy is somewhere else, or gone
        return row.Flags & ~RowFlags.HasFile;
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
