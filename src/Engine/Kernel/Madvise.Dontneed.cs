// madvise(MADV_DONTNEED): with mmap_lock for reading, the entries of the range are cleared. Where a userfaultfd asked
// for EVENT_REMOVE it goes mapping by mapping, and for such a one drops mmap_lock and waits until its manager has read
// of it; then the mapping is looked up anew. A mapping that is mlocked ends it.
// Not covered: how entries are cleared (Zap), hugetlb, MADV_DONTNEED_LOCKED.

using System;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Kernel;

/// <summary>madvise(MADV_DONTNEED).</summary>
internal static class MadviseDontneed
{
    private enum Stage : byte
    {
        Begin,
        End,
        NextVma,
        Notified,
        VmaEnd,
    }

    public static Progress Step(Context c, ref Task t) => (Stage)t.Stage switch
    {
        Stage.Begin => Begin(c, ref t),       // mmap_lock for reading
        Stage.End => End(c, ref t),
        Stage.NextVma => NextVma(c, ref t),   // the event comes before the discard
        Stage.Notified => Notified(c, ref t), // anything may have become of the mapping meanwhile
        Stage.VmaEnd => VmaEnd(c, ref t),
    };

    private static Progress Begin(Context c, ref Task t)
    {
        if (t.Length == 0)
        {
            return t.Finish(c, Errno.None);
        }

        if (!t.TryReadMmap(c, t.Mm))
        {
            return Progress.Wait;
        }

        if (UffdEvents.AnyWants(c, t.Mm, t.Va.Value, RangeEnd(in t), UffdFeatures.EventRemove))
        {
            t.Set(TaskFlags.Notifies);
            t.OuterCursor = t.Va.Value;
            return t.Next(Stage.NextVma);
        }

        int locked = Madvise.FirstLocked(c, t.Mm, t.Va.Value, RangeEnd(in t));
        if (locked == t.Va.Value)
        {
            return t.Finish(c, Errno.EINVAL);
        }

        Zap.Prepare(ref t, t.Va.Value, locked, dropMarkers: false);
        return t.Call(KernelPath.ZapPageRange, Stage.End);
    }

    private static int RangeEnd(in Task t) => Math.Min(t.Va.Value + t.Length, Limits.PagesPerMm);

    /// <summary>Holes are passed over, and reported at the end; those that open behind the walk are none.</summary>
    private static Progress End(Context c, ref Task t)
    {
        if (!t.Has(TaskFlags.Notifies)
            && Madvise.FirstLocked(c, t.Mm, t.Va.Value, RangeEnd(in t)) < RangeEnd(in t))
        {
            return t.Finish(c, Errno.EINVAL);
        }

        bool hole = t.Has(TaskFlags.Notifies)
            ? t.Has(TaskFlags.MetHole) || t.OuterCursor != t.Va.Value + t.Length
            : VmaTree.MappedPages(c, t.Mm, t.Va.Value, t.Va.Value + t.Length) != t.Length;
        return t.Finish(c, hole ? Errno.ENOMEM : Errno.None);
    }

    private static Progress NextVma(Context c, ref Task t)
    {
        int index = VmaTree.NextVma(c, t.Mm, t.OuterCursor, RangeEnd(in t));
        if (index < 0)
        {
            return End(c, ref t);
        }

        ref readonly Vma vma = ref c.VmaAt(t.Mm, index);
        if (vma.Has(VmFlags.Locked))
        {
            return t.Finish(c, Errno.EINVAL);
        }

        t.Set(vma.Start > t.OuterCursor ? TaskFlags.MetHole : TaskFlags.None);
        t.OuterCursor = Math.Max(t.OuterCursor, vma.Start);
        t.End = (byte)Math.Min(RangeEnd(in t), vma.End); // and no further, even if it is joined with what follows
        if (UffdEvents.Wants(c, in vma, UffdFeatures.EventRemove))
        {
            return UffdEvents.Remove(c, ref t, in vma, Stage.Notified);
        }

        return Discard(c, ref t, in vma);
    }

    private static Progress Notified(Context c, ref Task t)
    {
        if (!t.TryReadMmap(c, t.Mm))
        {
            return Progress.Wait;
        }

        int index = c.Machine.FindVma(t.Mm, new Va(t.OuterCursor));
        return index < 0 ? t.Finish(c, Errno.ENOMEM)
            : c.VmaAt(t.Mm, index).Has(VmFlags.Locked) ? t.Finish(c, Errno.EINVAL)
            : Discard(c, ref t, in c.VmaAt(t.Mm, index));
    }

    private static Progress Discard(Context c, ref Task t, in Vma vma)
    {
        Zap.Prepare(ref t, t.OuterCursor, Math.Min(t.End, vma.End), dropMarkers: false);
        UffdEvents.Report(c, in t, MemoryEffectKind.DiscardBegins);
        return t.Call(KernelPath.ZapPageRange, Stage.VmaEnd);
    }

    private static Progress VmaEnd(Context c, ref Task t)
    {
        UffdEvents.Report(c, in t, MemoryEffectKind.DiscardEnds);
        t.OuterCursor = t.End;
        return t.Next(Stage.NextVma);
    }
}
