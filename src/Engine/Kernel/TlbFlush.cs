// Flushing translations, now or later. A flush by IPI waits for CPUs that have interrupts off (GUP-fast), so a
// stage that flushes asks MustWait first. Not covered: how translations come to be (Hardware).

using System.Numerics;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Kernel;

internal static class TlbFlush
{
    /// <summary>
    /// Whether another CPU has interrupts off in this address space, so that an IPI would not be answered.
    /// </summary>
    public static bool MustWait(Context c, ref readonly Task t, MmId mm)
    {
        for (int busy = c.Machine.BusyTasks; busy != 0; busy &= busy - 1)
        {
            ref readonly Task other = ref c.Machine.TaskAt(new ActorId((byte)BitOperations.TrailingZeroCount(busy)));
            if (other.Has(TaskFlags.InterruptsOff) && other.Mm == mm && other.Actor != t.Actor)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The answer of a stage whose flush must wait.</summary>
    public static Progress Wait(Context c, MmId mm) => c.Wait(WaitKind.Interrupts, mm.Value);

    /// <summary>flush_tlb_mm.</summary>
    public static void Mm(Context c, MmId mm)
    {
        for (int pages = c.Machine.PagesCached(mm); pages != 0; pages &= pages - 1)
        {
            Page(c, mm, new Va((byte)BitOperations.TrailingZeroCount(pages)));
        }
    }

    /// <summary>flush_tlb_page.</summary>
    public static void Page(Context c, MmId mm, Va va)
    {
        for (int cpu = 0; cpu < Limits.Cpus; cpu++)
        {
            Local(c, cpu, mm, va);
        }
    }

    /// <summary>flush_tlb_range.</summary>
    public static void Range(Context c, MmId mm, int start, int end)
    {
        int range = ((1 << end) - 1) & ~((1 << start) - 1);
        for (int pages = c.Machine.PagesCached(mm) & range; pages != 0; pages &= pages - 1)
        {
            Page(c, mm, new Va((byte)BitOperations.TrailingZeroCount(pages)));
        }
    }

    /// <summary>invlpg on one CPU.</summary>
    public static void Local(Context c, int cpu, MmId mm, Va va)
    {
        if (c.Machine.TlbAt(cpu, va).IsOf(mm))
        {
            c.Machine.SetTlb(ref c.Touched, cpu, va, default);
        }
    }

    /// <summary>Notes that the task has changed entries of an address space and has not flushed yet.</summary>
    public static void Owe(ref Task t, MmId mm) => t.OwesFlush |= (byte)(1 << mm.Value);

    /// <summary>Notes that the task owes no flush to an address space any more.</summary>
    public static void Settle(Context c, ref Task t, MmId mm)
    {
        t.OwesFlush &= (byte)~(1 << mm.Value);
        c.Touched.AddFlushed(mm);
    }

    /// <summary>set_tlb_ubc_flush_pending: reclaim puts its flush off.</summary>
    public static void Defer(Context c, MmId mm)
    {
        c.Reach(Goal.ReclaimDeferredFlush);
        c.ChangeMmBesideCounts(mm).Flags |= MmFlags.TlbFlushBatched;
    }

    /// <summary>Whether flush_tlb_batched_pending would have something to do.</summary>
    public static bool IsBatched(Context c, MmId mm) => c.MmAt(mm).TlbFlushBatched;

    /// <summary>flush_tlb_batched_pending: completes what reclaim has put off.</summary>
    public static void Batched(Context c, MmId mm)
    {
        if (IsBatched(c, mm))
        {
            Mm(c, mm);
            c.ChangeMmBesideCounts(mm).Flags &= ~MmFlags.TlbFlushBatched;
            c.Touched.AddFlushed(mm);
        }
    }

    /// <summary>inc_tlb_flush_pending.</summary>
    public static void BeginGather(Context c, ref Task t, MmId mm)
    {
        c.ChangeMm(mm).TlbFlushPending++;
        t.Gathers |= (byte)(1 << mm.Value);
    }

    /// <summary>dec_tlb_flush_pending.</summary>
    public static void EndGather(Context c, ref Task t, MmId mm)
    {
        c.ChangeMm(mm).TlbFlushPending--;
        t.Gathers &= (byte)~(1 << mm.Value);
        c.Touched.AddFlushed(mm);
    }

    /// <summary>
    /// tlb_finish_mmu of a walk from t.Entry to t.End that only changed rights: flushes if it changed anything, or if
    /// what another gather has changed and not flushed yet looked unchanged to it; false if it must wait.
    /// </summary>
    public static bool TryGathered(Context c, ref readonly Task t)
    {
        bool changed = t.Has(TaskFlags.Changed);
        if (!changed && !(c.Has(Fix.ZapFlush) && c.MmAt(t.Mm).TlbFlushPending > 1))
        {
            return true;
        }

        if (MustWait(c, in t, t.Mm))
        {
            return false;
        }

        if (!changed)
        {
            c.Reach(Goal.NestedGatherFlush);
        }

        Range(c, t.Mm, t.Entry, t.End);
        return true;
    }

    /// <summary>The gather is over, and nothing is owed any more.</summary>
    public static void FinishGather(Context c, ref Task t)
    {
        t.Clear(TaskFlags.Changed);
        EndGather(c, ref t, t.Mm);
        Settle(c, ref t, t.Mm);
    }
}
