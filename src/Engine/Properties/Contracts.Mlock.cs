// What mlock does to the reference memory: which pages are locked is kept page by page, from what the call says it has
// reached; private ones that it has brought in are not swapped out until they are unlocked or unmapped. madvise ends at
// locked pages.
// Not covered: results (ErrnoContract.Madvise), reclaim's word (EntryRules).

using MmFuzz.Engine.Operations;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Properties;

public static partial class Contracts
{
    private static Violation? MlockFixed(ref World w, ref Touched touched, in MemoryEffect effect)
    {
        bool locks = effect.Kind == MemoryEffectKind.Locked;
        for (int va = effect.Entry.Va.Value; va < effect.Until; va++)
        {
            ref PageRow row = ref w.Reference.ChangeRow(
                ref touched, new EntryIndex(effect.Entry.Mm, new Va((byte)va)));
            row.Flags = locks ? row.Flags | RowFlags.Mlocked : row.Flags & ~(RowFlags.Mlocked | RowFlags.Resident);
        }

        return null;
    }

    /// <summary>All pages have been seen in memory; with others in between, some may have gone again.</summary>
    private static void EndMlock(ref World w, ref Touched touched, in Task t, bool alone)
    {
        for (int va = t.Va.Value; va < EndOf(in t) && alone; va++)
        {
            ref PageRow row = ref w.Reference.ChangeRow(ref touched, At(in t, va));
            row.Flags |= row.IsPrivate && row.HasAny(RowFlags.Mlocked) ? RowFlags.Resident : RowFlags.None;
        }
    }

    /// <summary>First page behind those that madvise discards: the first that is locked ends it.</summary>
    private static int EndOfDiscard(in World w, in Task t)
    {
        int end = EndOf(in t);
        bool advises = (OperationKind)t.Operation is OperationKind.Dontneed or OperationKind.Free
            or OperationKind.Guard;
        for (int va = t.Va.Value; va < end && advises; va++)
        {
            end = w.Reference.RowAt(At(in t, va)).HasAny(RowFlags.Mlocked) ? va : end;
        }

        return end;
    }
}
