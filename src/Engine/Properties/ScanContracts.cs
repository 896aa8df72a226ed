// What asynchronous write-protection and PAGEMAP_SCAN do: a store lifts the protection of its page itself, and a scan
// reports every page that is not protected, and protects it in the same pass.
// Not covered: soft-dirty (EntryRules), UFFDIO_WRITEPROTECT (Contracts).

using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Properties;

/// <summary>Contracts of written pages.</summary>
internal static class ScanContracts
{
    /// <summary>Whether the page is registered with a context that has the feature.</summary>
    public static bool Has(in World w, in PageRow row, UffdFeatures feature) =>
        (row.HasAny(RowFlags.Registered0) && (w.Machine.UffdAt(new UffdId(0)).Features & feature) != 0)
        || (row.HasAny(RowFlags.Registered1) && (w.Machine.UffdAt(new UffdId(1)).Features & feature) != 0);

    /// <summary>Whether stores to the page lift its protection themselves.</summary>
    public static bool IsAsync(in World w, in PageRow row) =>
        row.HasAny(RowFlags.WatchesWp) && Has(in w, in row, UffdFeatures.WpAsync);

    /// <summary>A store is about to land, and has lifted the protection: allowed with WP_ASYNC only.</summary>
    public static Violation? ResolvedAsync(ref World w, ref Touched touched, in MemoryEffect effect)
    {
        ref PageRow row = ref w.Reference.ChangeRow(ref touched, effect.Entry);
        bool disturbs = InFlight.Any(in w.Machine, effect.Entry, InFlight.WriteProtect);
        bool legal = IsAsync(in w, in row) || InFlight.Any(in w.Machine, effect.Entry, InFlight.Protection);
        row.Flags &= ~(RowFlags.UffdProtected | RowFlags.ProtectionUnknown);
        row.Flags |= disturbs ? RowFlags.Disturbed : RowFlags.None;
        return legal
            ? null
            : new Violation(Clause.StoreWithoutEvent, Contracts.KindOf(in row), effect.Entry.ToString(),
                "a store lifted the protection itself, without WP_ASYNC");
    }

    /// <summary>What a scan that runs now, back to back, must report, as bits; -1 if that cannot be said.</summary>
    public static int Expected(in World w, in Operation op)
    {
        int written = 0;
        for (int va = op.Va.Value; va < op.End; va++)
        {
            var entry = new EntryIndex(op.Process, new Va((byte)va));
            ref readonly PageRow row = ref w.Reference.RowAt(entry);
            if (InFlight.Any(in w.Machine, entry, InFlight.Protection) || w.Machine.PtLockOwner(entry.PtLock) != 0
                || row.HasAny(RowFlags.ProtectionUnknown) || InFlight.PunchesHole(in w.Machine, in row))
            {
                return -1;
            }

            bool passes = IsAsync(in w, in row);
            if (row.HasAny(RowFlags.Mapped) && !passes && op.Has(OperationFlags.CheckAsync))
            {
                break;
            }

            bool visited = row.HasAny(RowFlags.Mapped) && (passes || !op.Has(OperationFlags.Protect));
            written |= visited && !row.HasAny(RowFlags.UffdProtected) ? 1 << va : 0;
        }

        return written;
    }

    /// <summary>What a scan may answer.</summary>
    public static uint Allowed(in World w, Profile profile, in Operation op)
    {
        bool refused = false;
        for (int va = op.Va.Value; va < op.End && op.Has(OperationFlags.CheckAsync); va++)
        {
            ref readonly PageRow row = ref w.Reference.RowAt(new EntryIndex(op.Process, new Va((byte)va)));
            refused |= row.HasAny(RowFlags.Mapped) && !IsAsync(in w, in row);
        }

        return ErrnoContract.Bit(!profile.Contract.Has(Fix.PagemapScan) ? Errno.ENOTTY
            : refused ? Errno.EPERM
            : Errno.None);
    }

    /// <summary>
    /// Compares what a scan reported with what it must: a page left out is reported clean though it was written.
    /// </summary>
    public static Violation? Judge(in Task ended, int expected)
    {
        int reported = ended.Value.Value;
        if (expected < 0 || ended.Errno == (byte)Errno.ENOTTY || reported == expected)
        {
            return null;
        }

        string found = Answer.PagesOf(ended.Value);
        string must = Answer.PagesOf(new Token((ushort)expected));
        return new Violation((expected & ~reported) != 0 ? Clause.NotReported : Clause.WrongResult, MemoryKind.Anon,
            ended.Mm.ToString(), $"PAGEMAP_SCAN reports as written: {found}, written are: {must}");
    }

    /// <summary>With WP_MATCHING what was reported is protected now; with others in between the entries say.</summary>
    public static void Ended(ref World w, ref Touched touched, in Task t, bool alone)
    {
        int end = System.Math.Min(t.Va.Value + t.Length, Limits.PagesPerMm);
        for (int va = t.Va.Value; va < end; va++)
        {
            ref PageRow row = ref w.Reference.ChangeRow(ref touched, new EntryIndex(t.Mm, new Va((byte)va)));
            if (!alone && row.HasAny(RowFlags.WatchesWp))
            {
                Contracts.SetProtected(ref row, isProtected: false, alone: false);
            }
            else if (((t.Value.Value >> va) & 1) != 0 && (t.Argument2 & 1) != 0)
            {
                Contracts.SetProtected(ref row, isProtected: true, alone: true);
            }

            row.Flags &= ~RowFlags.WasPopulated;
        }
    }
}
