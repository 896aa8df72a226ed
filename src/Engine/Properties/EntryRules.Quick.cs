// A quick look at an entry, which is all that most entries need: every rule at once and without a branch, since
// branches that go either way are what a random walk pays for. What does not look right is judged rule by rule.
// Not covered: what is right when it does not look so (EntryRules.cs).

using System;
using System.Runtime.CompilerServices;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Properties;

/// <summary>How an entry looked that breaks no rule: what of it could have broken which.</summary>
/// <param name="Value">0 to <see cref="Count"/> - 1, a bit for each kind of look.</param>
internal readonly record struct EntryLook(int Value)
{
    /// <summary>How many different looks there are.</summary>
    public const int Count = 64;

    private const int Writable = 2;
    private const int Protected = 4;
    private const int Stored = 8;
    private const int Resident = 16;
    private const int Mapped = 32;

    /// <summary>The look of an entry that is present or none.</summary>
    public EntryLook(bool present, bool writable, RowFlags row)
        : this(Bit(present) | (Bit(writable) * Writable) | FromRow(row))
    {
    }

    private bool IsPresent => (Value & 1) != 0;

    /// <summary>Adds what the looks say to what each clause had to judge, and sets them back to 0.</summary>
    public static void Settle(Span<long> looks, Span<long> judged)
    {
        for (int i = 0; i < Count; i++)
        {
            var look = new EntryLook(i);
            long times = looks[i];
            looks[i] = 0;
            judged[(int)Clause.NothingLeft] += !look.IsPresent && look.Has(Mapped) ? times : 0;
            times = look.IsPresent ? times : 0;
            judged[(int)Clause.WritableButShared] += look.Has(Writable) ? times : 0;
            judged[(int)(look.Has(Protected) ? Clause.BitLost : Clause.BitSpurious)] += times;
            judged[(int)Clause.NotReported] += look.Has(Stored) ? times : 0;
            judged[(int)Clause.OutsideMapping] += times;
            judged[(int)Clause.WrongContent] += times;
            judged[(int)Clause.LockedSwappedOut] += look.Has(Resident) ? times : 0;
        }
    }

    private bool Has(int bit) => (Value & bit) != 0;

    private static int Bit(bool set) => Unsafe.BitCast<bool, byte>(set);

    private static int FromRow(RowFlags row) =>
        (Bit((row & RowFlags.UffdProtected) != 0) * Protected) | (Bit((row & RowFlags.SoftDirty) != 0) * Stored)
        | (Bit((row & RowFlags.Resident) != 0) * Resident) | (Bit((row & RowFlags.Mapped) != 0) * Mapped);
}

internal static partial class EntryRules
{
    /// <summary>What a row may not have if its content is to be compared with one value only.</summary>
    private const RowFlags NotPlain =
        RowFlags.Open | RowFlags.ProtectionUnknown | RowFlags.HasFile | RowFlags.Poisoned | RowFlags.Guarded;

    /// <summary>Whether an entry breaks no rule, for sure; then it is counted as judged.</summary>
    public static bool LooksRight(Checker checker, in World w, EntryIndex entry)
    {
        const RowFlags NeedsALook = NotPlain | RowFlags.UffdProtected | RowFlags.Lazyfree;
        Pte pte = w.Machine.PteAt(entry);
        ref readonly PageRow row = ref w.Reference.RowAt(entry);
        ref readonly Frame frame = ref w.Machine.FrameAt(pte.PresentPfn);
        RowFlags flags = row.Flags;
        bool present = pte.IsPresent;
        bool none = pte.IsNone;
        bool shared = (flags & RowFlags.Shared) != 0;
        bool writable = present & pte.HasBit(EntryBits.Write) & frame.IsAnon & checker.Profile.TracksExclusive;
        Token expected = shared ? w.Reference.FileAt(row.File).Value : row.Value;

        // one that is none: in memory that was never written, or shared and not marked, or where nothing is mapped
        bool rightPresent = present & ((flags & (RowFlags.Mapped | NotPlain)) == RowFlags.Mapped)
            & (pte.HasBit(EntryBits.SoftDirty) | (flags & RowFlags.SoftDirty) == 0)
            & (frame.Content == expected) & (!writable | frame.AnonExclusive);
        bool rightNone = none & ((flags & NeedsALook) == 0)
            & ((flags & (RowFlags.SoftDirty | RowFlags.Shared)) != (RowFlags.SoftDirty | RowFlags.Shared))
            & (shared | row.Value.IsZero);
        bool right = (rightPresent | rightNone)
            & (pte.HasBit(EntryBits.UffdWp) == ((flags & RowFlags.UffdProtected) != 0))
            & (w.Machine.MmAt(entry.Mm).State != MmState.Forking);
        if (right)
        {
            checker.Count(new EntryLook(present, writable, flags));
        }

        return right;
    }
}
