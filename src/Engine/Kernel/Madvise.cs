// madvise, other than MADV_DONTNEED: with mmap_lock for reading, one mapping of the range after the other. Holes are
// passed over and reported at the end; a mapping for which the advice makes no sense ends it.
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
    }

    public static Progress Step(Context c, ref Task t) => (Stage)t.Stage switch
    {
        Stage.Begin => Begin(c, ref t),     // mmap_lock for reading, kept to the end
        Stage.NextVma => NextVma(c, ref t),
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
        return t.Next(Stage.NextVma);
    }

    private static Progress NextVma(Context c, ref Task t)
    {
        int end = t.Va.Value + t.Length;
        int index = VmaTree.NextVma(c, t.Mm, t.OuterCursor, end);
        if (index < 0)
        {
            bool hole = VmaTree.MappedPages(c, t.Mm, t.Va.Value, end) != t.Length;
            return t.Finish(c, hole ? Errno.ENOMEM : Errno.None);
        }

        ref readonly Vma vma = ref c.VmaAt(t.Mm, index);
        bool frees = (MadviseBehaviour)t.Argument == MadviseBehaviour.Free;
        if (frees && !vma.IsAnon)
        {
            return t.Finish(c, Errno.EINVAL);
        }

        t.Cursor = Math.Max(t.OuterCursor, vma.Start);
        t.End = (byte)Math.Min(end, vma.End);
        t.OuterCursor = t.End;
        return t.Call(frees ? KernelPath.MadviseFree : KernelPath.MadvisePageout, Stage.NextVma);
    }
}
