// UFFDIO_WRITEPROTECT: protects or resolves a range, mapping by mapping, with mmap_lock for reading only; faults of
// the range run beside it. A resolve wakes the range once mmap_lock is dropped.
// Not covered: huge pages in the range (EINVAL), WP_ASYNC, unaligned addresses and unknown mode bits.

using System;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Kernel;

internal static class UffdWriteProtect
{
    private const int ModeWp = 1;
    private const int ModeDontwake = 2;

    private enum Stage : byte
    {
        Begin,
        Visit,
        Unlock,
        Wake,
    }

    public static Progress Step(Context c, ref Task t) => (Stage)t.Stage switch
    {
        Stage.Begin => Begin(c, ref t),   // arguments, mmap_lock for reading
        Stage.Visit => Visit(c, ref t),   // one mapping; what was changed before an error stays changed
        Stage.Unlock => Unlock(c, ref t), // from here on the mapping may go before its waiters are woken
        Stage.Wake => Wake(c, ref t),
    };

    private static Progress Begin(Context c, ref Task t)
    {
        var uffd = new UffdId(t.Argument);
        MmId mm = c.Machine.UffdAt(uffd).Mm;
        if (!c.Has(Fix.UffdWp))
        {
            return t.Finish(c, Errno.EINVAL); // an ioctl that it does not know
        }

        if (Userfaultfd.IsChanging(c, uffd))
        {
            return t.Finish(c, Errno.EAGAIN);
        }

        if (!Userfaultfd.IsRange(t.Va, t.Length) || t.Argument2 == (ModeWp | ModeDontwake))
        {
            return t.Finish(c, Errno.EINVAL);
        }

        if (!Userfaultfd.IsWatching(c, uffd))
        {
            return t.Finish(c, Errno.ESRCH);
        }

        if (!t.TryReadMmap(c, mm))
        {
            return Progress.Wait;
        }

        t.Mm = mm;
        t.OuterCursor = t.Va.Value;
        t.Change = (t.Argument2 & ModeWp) != 0 ? ProtectionChange.UffdProtect : ProtectionChange.UffdResolve;
        return c.Has(Fix.WpMultiVma) || IsInOneVma(c, in t)
            ? t.Next(Stage.Visit)
            : t.Finish(c, Errno.ENOENT);
    }

    private static Progress Visit(Context c, ref Task t)
    {
        int index = VmaTree.NextVma(c, t.Mm, t.OuterCursor, RangeEnd(in t));
        if (index < 0)
        {
            bool any = t.OuterCursor != t.Va.Value;
            return any ? Done(c, ref t) : t.Finish(c, Errno.ENOENT);
        }

        ref readonly Vma vma = ref c.VmaAt(t.Mm, index);
        if (!vma.UffdWp)
        {
            return t.Finish(c, Errno.ENOENT);
        }

        t.Cursor = Math.Max(t.OuterCursor, vma.Start);
        t.End = (byte)Math.Min(RangeEnd(in t), vma.End);
        t.OuterCursor = t.End;
        return t.Call(KernelPath.ChangeProtection, Stage.Visit);
    }

    private static Progress Done(Context c, ref Task t) =>
        t.Argument2 == 0 ? t.Next(Stage.Unlock) : t.Finish(c, Errno.None);

    private static Progress Unlock(Context c, ref Task t)
    {
        t.UnlockMmaps(c);
        return t.Next(Stage.Wake);
    }

    private static Progress Wake(Context c, ref Task t)
    {
        Userfaultfd.Wake(c, new UffdId(t.Argument), t.Mm, t.Va.Value, RangeEnd(in t));
        return t.Finish(c, Errno.None);
    }

    /// <summary>Up to 6.3: one registered mapping must cover the whole range.</summary>
    private static bool IsInOneVma(Context c, in Task t)
    {
        int index = c.Machine.FindVma(t.Mm, t.Va);
        return index >= 0 && c.VmaAt(t.Mm, index) is { UffdWp: true } vma && vma.End >= RangeEnd(in t);
    }

    private static int RangeEnd(in Task t) => t.Va.Value + t.Length;
}
