// madvise, other than MADV_DONTNEED: with mmap_lock for reading, one mapping of the range after the other. Holes are
// passed over and reported at the end; a mapping that is mlocked, or for which the advice makes no sense, ends it.
// Not covered: MADV_DONTNEED (Mmap.cs), MADV_POPULATE_* (Gup.cs), what is done to entries (the other Madvise files).

using System;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Kernel;

/// <summary>Kinds of advice.</summary>
internal enum MadviseBehaviour : byte
{
    /// <summary>MADV_FREE.</summary>
    Free,

    /// <summary>MADV_COLD.</summary>
    Cold,

    /// <summary>MADV_PAGEOUT.</summary>
    Pageout,
}

/// <summary>Argument: the advice.</summary>
internal static class Madvise
{
    private enum Stage : byte
    {
        Begin,
        NextVma,
        Notified,
    }

    public static Progress Step(Context c, ref Task t) => (Stage)t.Stage switch
    {
        Stage.Begin => Begin(c, ref t),     // mmap_lock for reading, kept to the end
        Stage.NextVma => NextVma(c, ref t),
        Stage.Notified => Notified(c, ref t), // EVENT_REMOVE: anything may have become of the mapping meanwhile
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

        t.OuterCursor = t.Va.Value;
        bool notifies = Frees(in t)
            && UffdEvents.AnyWants(c, t.Mm, t.Va.Value, t.Va.Value + t.Length, UffdFeatures.EventRemove);
        t.Set(notifies ? TaskFlags.Notifies : TaskFlags.None);
        return t.Next(Stage.NextVma);
    }

    /// <summary>The first page of [start, end) whose mapping is mlocked, which ends most advice; or the end.</summary>
    public static int FirstLocked(Context c, MmId mm, int start, int end)
    {
        for (int next = start, index; (index = VmaTree.NextVma(c, mm, next, end)) >= 0;)
        {
            ref readonly Vma vma = ref c.VmaAt(mm, index);
            if (vma.Has(VmFlags.Locked))
            {
                return Math.Max(start, vma.Start);
            }

            next = vma.End;
        }

        return end;
    }

    private static bool Frees(in Task t) => (MadviseBehaviour)t.Argument == MadviseBehaviour.Free;

    private static Progress NextVma(Context c, ref Task t)
    {
        int end = t.Va.Value + t.Length;
        int index = VmaTree.NextVma(c, t.Mm, t.OuterCursor, end);
        if (index < 0)
        {
            bool hole = t.Has(TaskFlags.MetHole) || t.OuterCursor != end;
            return t.Finish(c, hole ? Errno.ENOMEM : Errno.None);
        }

        ref readonly Vma vma = ref c.VmaAt(t.Mm, index);
        if (vma.Has(VmFlags.Locked))
        {
            return t.Finish(c, Errno.EINVAL);
        }

        t.Set(vma.Start > t.OuterCursor ? TaskFlags.MetHole : TaskFlags.None);
        t.OuterCursor = Math.Max(t.OuterCursor, vma.Start);
        t.End = (byte)Math.Min(end, vma.End); // and no further, even if it is joined with what follows
        return !Frees(in t) ? Advise(c, ref t, in vma)
            : UffdEvents.Wants(c, in vma, UffdFeatures.EventRemove)
                ? UffdEvents.Remove(c, ref t, in vma, Stage.Notified)
            : Free(c, ref t, in vma);
    }

    private static Progress Notified(Context c, ref Task t)
    {
        if (!t.TryReadMmap(c, t.Mm))
        {
            return Progress.Wait;
        }

        int index = c.Machine.FindVma(t.Mm, new Va(t.OuterCursor));
        return index < 0 ? t.Finish(c, Errno.ENOMEM) : Free(c, ref t, in c.VmaAt(t.Mm, index));
    }

    /// <summary>What the mapping is, is asked only behind its event.</summary>
    private static Progress Free(Context c, ref Task t, in Vma vma) =>
        vma.IsAnon && !vma.Has(VmFlags.Locked) ? Advise(c, ref t, in vma) : t.Finish(c, Errno.EINVAL);

    private static Progress Advise(Context c, ref Task t, in Vma vma)
    {
        t.Cursor = t.OuterCursor;
        t.End = Math.Min(t.End, vma.End);
        if (t.Has(TaskFlags.Notifies))
        {
            UffdEvents.Report(c, in t, MemoryEffectKind.DiscardBegins);
        }

        t.OuterCursor = t.End;
        return t.Call(Frees(in t) ? KernelPath.MadviseFree : KernelPath.MadvisePageout, Stage.NextVma);
    }
}
