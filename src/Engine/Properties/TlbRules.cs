// Translations: once no flush of an address space is pending, what a CPU caches agrees with the page table and allows
// no more than it. A call that discards pages may not return while translations in its range still live, whoever
// else has a flush pending. Not covered: freed pages (FrameRules).

using System.Numerics;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Properties;

internal static class TlbRules
{
    public static Violation? Check(Checker checker, in World w, EntryIndex entry)
    {
        if (!w.Machine.IsCached(entry.Va))
        {
            return null;
        }

        for (int cpu = 0; cpu < Limits.Cpus; cpu++)
        {
            TlbEntry cached = w.Machine.TlbAt(cpu, entry.Va);
            if (!cached.IsOf(entry.Mm))
            {
                continue;
            }

            checker.Count(Clause.StalePage);
            checker.Count(Clause.StaleRights);
            Pte pte = w.Machine.PteAt(entry);
            bool same = pte.IsPresent && !pte.Protnone && pte.Pfn == cached.Pfn;
            bool agrees = same && (!cached.Write || pte.Write) && (!cached.Dirty || pte.Dirty);
            if (!agrees && !InFlight.FlushPending(in w.Machine, entry.Mm))
            {
                MemoryKind kind = Contracts.KindOf(in w.Reference.RowAt(entry));
                return new Violation(same ? Clause.StaleRights : Clause.StalePage, kind, entry.ToString(),
                    $"CPU {cpu} translates to {cached}, but the entry is {pte} and no flush is pending");
            }
        }

        return null;
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
            checker.Count(Clause.StaleAfterReturn);
            for (int cpu = 0; cpu < Limits.Cpus; cpu++)
            {
                TlbEntry cached = w.Machine.TlbAt(cpu, entry.Va);
                if (cached.IsOf(mm) && !(pte.IsPresent && pte.Pfn == cached.Pfn))
                {
                    MemoryKind kind = Contracts.KindOf(in w.Reference.RowAt(entry));
                    return new Violation(Clause.StaleAfterReturn, kind, entry.ToString(),
                        $"the call has returned, but CPU {cpu} still translates to {cached}");
                }
            }
        }

        return null;
    }
}
