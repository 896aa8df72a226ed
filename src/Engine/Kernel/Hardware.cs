// What a CPU does on a load or store: look into its TLB, else walk the page table, else fault; then again.
// The walk sets young and dirty in the entry without any lock. A store through a cached entry without dirty walks
// again. Not covered: what the fault does (Memory.*).

using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Kernel;

internal static class Hardware
{
    /// <summary>So many faults of one access without sleeping in between are taken for a loop without end.</summary>
    private const int EndlessFaults = 12;

    private enum Stage : byte
    {
        Translate,
        AfterFault,
    }

    /// <summary>Begins an access of page t.Va by thread t.Actor.</summary>
    public static void Begin(ref Task t, bool store)
    {
        t.FaultVa = t.Va;
        t.FaultFlags = FaultFlags.User | FaultFlags.AllowRetry | (store ? FaultFlags.Write : FaultFlags.None);
        t.Call(KernelPath.UserAccess);
    }

    public static Progress Step(Context c, ref Task t) => (Stage)t.Stage switch
    {
        Stage.Translate => Translate(c, ref t),
        Stage.AfterFault => AfterFault(c, ref t),
    };

    /// <summary>
    /// Whether the CPU gets at the page without the kernel: by its TLB, or by the walk that <see cref="Walk"/> does.
    /// </summary>
    public static bool Hits(in Machine machine, int cpu, EntryIndex entry, bool store, out bool cached)
    {
        TlbEntry translation = machine.TlbAt(cpu, entry.Va);
        Pte pte = machine.PteAt(entry);
        bool mine = translation.IsOf(entry.Mm);
        cached = mine & (!store | (translation.Write & translation.Dirty));
        bool walks = pte.IsOpen & (!store | pte.HasBit(EntryBits.Write)) & !(mine & store & !translation.Write);
        return cached | walks;
    }

    /// <summary>The walk of the page table for an access that the entry allows: marks it, and caches it.</summary>
    public static Pte Walk(Context c, int cpu, EntryIndex entry, bool store)
    {
        Pte pte = c.PteAt(entry);
        EntryBits used = store ? EntryBits.Young | EntryBits.Dirty : EntryBits.Young;
        if ((pte.Bits & used) != used)
        {
            pte = pte.With(used);
            c.SetPte(entry, pte);
        }

        c.Machine.SetTlb(ref c.Touched, cpu, entry.Va, new TlbEntry(entry.Mm, pte.Pfn, pte.Write, pte.Dirty));
        return pte;
    }

    private static Progress Translate(Context c, ref Task t)
    {
        var entry = new EntryIndex(t.Mm, t.Va);
        int cpu = t.Actor.Cpu;
        if (Hits(in c.Machine, cpu, entry, t.IsWrite, out bool cached))
        {
            return Land(c, ref t, entry, cached ? c.Machine.TlbAt(cpu, t.Va).Pfn : Walk(c, cpu, entry, t.IsWrite).Pfn);
        }

        TlbFlush.Local(c, cpu, t.Mm, t.Va); // the CPU drops a translation that faults
        t.Faults++;
        if (t.Faults > EndlessFaults)
        {
            c.Warning = KernelWarning.EndlessFault;
        }

        return t.Call(KernelPath.HandleMmFault, Stage.AfterFault);
    }

    private static Progress AfterFault(Context c, ref Task t)
    {
        switch (t.Result)
        {
            case FaultResult.Sigsegv:
                return t.Finish(c, Errno.SIGSEGV);
            case FaultResult.Sigbus or FaultResult.Hwpoison:
                return t.Finish(c, Errno.SIGBUS);
            case FaultResult.Oom:
                return t.Finish(c, Errno.OOM);
            case FaultResult.Retry:
                t.FaultFlags |= FaultFlags.Tried;
                break;
            case FaultResult.Done:
                break;
        }

        t.Next(Stage.Translate);
        return Translate(c, ref t);
    }

    private static Progress Land(Context c, ref Task t, EntryIndex entry, Pfn pfn)
    {
        CountStale(c, entry, pfn, t.IsWrite);
        if (t.IsWrite)
        {
            var token = new Token(entry, c.Machine.NextSerial()); // numbered as they land, not as they set out
            c.Machine.SetContent(ref c.Touched, pfn, token);
            c.Effect = new MemoryEffect(MemoryEffectKind.Store, entry, pfn, token);
            Count(c, t.Events > 0, Goal.UffdResolvedStore);
        }
        else
        {
            t.Value = c.FrameAt(pfn).Content;
            c.Effect = new MemoryEffect(MemoryEffectKind.Load, entry, pfn, t.Value);
        }

        return t.Finish(c, Errno.None);
    }

    /// <summary>An access lands in a page: perhaps the entry does not map it any more, or not so.</summary>
    public static void CountStale(Context c, EntryIndex entry, Pfn pfn, bool store)
    {
        Pte pte = c.PteAt(entry);
        bool stale = !pte.IsPresent || pte.Pfn != pfn || (store && !pte.Write);
        Count(c, stale, store ? Goal.StoreThroughStaleEntry : Goal.LoadThroughStaleEntry);
    }

    private static void Count(Context c, bool met, Goal goal)
    {
        if (met)
        {
            c.Reach(goal);
        }
    }
}
