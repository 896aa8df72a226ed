// Translations: once no flush of an address space is pending, what a CPU caches agrees with the page table and allows
// no more than it. A call that discards pages may not return while translations in its range still live, whoever
// else has a flush pending. Not covered: freed pages (FrameRules).

using System.Numerics;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Properties;

internal static class TlbRules
{
    public static Violation? Check(Checker checker, in World w, EntryIndex entry)
    {
        ulong caching = w.Machine.CpusCaching(entry, out ulong disagreeing);
        checker.Note(Clause.StalePage, caching != 0);
        checker.Note(Clause.StaleRights, caching != 0);
        return disagreeing == 0 || InFlight.FlushPending(in w.Machine, entry.Mm)
            ? null
            : Stale(in w, entry, BitOperations.TrailingZeroCount(disagreeing) >> 4);
    }

    /// <summary>Whether no CPU's translation of the page disagrees with its entry, flush pending or not.</summary>
    public static bool Agree(in Machine machine, EntryIndex entry)
    {
        machine.CpusCaching(entry, out ulong disagreeing);
        return disagreeing == 0;
    }

    private static Violation Stale(in World w, EntryIndex entry, int cpu)
    {
        Pte pte = w.Machine.PteAt(entry);
        TlbEntry cached = w.Machine.TlbAt(cpu, entry.Va);
        bool same = pte.IsPresent && !pte.Protnone && pte.Pfn == cached.Pfn;
        return new Violation(same ? Clause.StaleRights : Clause.StalePage,
            Contracts.KindOf(in w.Reference.RowAt(entry)), entry.ToString(),
            $"CPU {cpu} translates to {cached}, but the entry is {pte} and no flush is pending");
    }

    /// <summary>Address spaces whose last pending flush is done.</summary>
    public static Violation? CheckFlushed(Checker checker, in World w, int mms)
    {
        Violation? violation = null;
        for (; mms != 0 && violation is null; mms &= mms - 1)
        {
            var mm = new MmId((byte)BitOperations.TrailingZeroCount(mms));
            for (int pages = w.Machine.PagesCached(mm); pages != 0 && violation is null; pages &= pages - 1)
            {
                var va = new Va((byte)BitOperations.TrailingZeroCount(pages));
                violation = Check(checker, in w, new EntryIndex(mm, va));
            }
        }

        return violation;
    }

    /// <summary>A discard has returned: nothing in its range is translated that is not mapped.</summary>
    public static Violation? CheckReturned(Checker checker, in World w, MmId mm, int start, int end)
    {
        int range = ((1 << end) - 1) & ~((1 << start) - 1);
        for (int pages = w.Machine.PagesCached(mm) & range; pages != 0; pages &= pages - 1)
        {
            var entry = new EntryIndex(mm, new Va((byte)BitOperations.TrailingZeroCount(pages)));
            Pte pte = w.Machine.PteAt(entry);
            checker.Note(Clause.StaleAfterReturn);
            for (int cpu = 0; cpu < Limits.Cpus; cpu++)
            {
                TlbEntry cached = w.Machine.TlbAt(cpu, entry.Va);
                if (cached.IsOf(mm) && !(pte.IsPresent && pte.Pfn == cached.Pfn))
                {
                    return Outlived(in w, entry, cpu);
                }
            }
        }

        return null;
    }

    private static Violation Outlived(in World w, EntryIndex entry, int cpu) =>
        new(Clause.StaleAfterReturn, Contracts.KindOf(in w.Reference.RowAt(entry)), entry.ToString(),
            $"the call has returned, but CPU {cpu} still translates to {w.Machine.TlbAt(cpu, entry.Va)}");
}
