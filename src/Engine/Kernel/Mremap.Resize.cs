// mremap to another length: what is cut off is unmapped, in place or before the rest moves; what is new is empty, and
// faulted in at once if the mapping is locked, with the managers who have to hear of the move still waiting for that.
// In place it grows only into what is free, and only from its end on.
// Not covered: moves as such (Mremap.cs), an old length of 0, which doubles a shared mapping.

using System;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Kernel;

internal static partial class Mremap
{
    /// <summary>A limit of the model's: its files have no pages that it could show there.</summary>
    private static bool OutgrowsInode(Context c, in Task t)
    {
        int newLength = MremapRequest.Of(in t).NewLength;
        int index = c.Machine.FindVma(t.Mm, t.Va);
        if (index < 0 || newLength <= t.Length || c.VmaAt(t.Mm, index).IsAnon)
        {
            return false;
        }

        return c.VmaAt(t.Mm, index).CacheIndexOf(t.Va).Index + newLength > Limits.InodePages;
    }

    private static Progress ResizeInPlace(Context c, ref Task t)
    {
        int newLength = MremapRequest.Of(in t).NewLength;
        int index = c.Machine.FindVma(t.Mm, t.Va);
        if (index < 0)
        {
            return t.Finish(c, Errno.EFAULT);
        }

        if (newLength >= t.Length)
        {
            return newLength == t.Length ? t.Finish(c, Errno.None) : Grow(c, ref t, index);
        }

        if (c.MmAt(t.Mm).VmaCount == Limits.VmasPerMm
            && Munmap.IsHoleInOne(c, t.Mm, new Va((byte)(t.Va.Value + newLength)), SourceEnd(in t)))
        {
            return t.Finish(c, Errno.ENOMEM);
        }

        c.Reach(Goal.MremapShrank);
        return UnmapTail(c, ref t);
    }

    /// <summary>expand_vma_in_place: from the end of the mapping on, where nothing else is.</summary>
    private static Progress Grow(Context c, ref Task t, int index)
    {
        int end = t.Va.Value + MremapRequest.Of(in t).NewLength;
        if (c.VmaAt(t.Mm, index).End < SourceEnd(in t))
        {
            return t.Finish(c, Errno.EFAULT);
        }

        if (c.VmaAt(t.Mm, index).End != SourceEnd(in t) || VmaTree.Overlaps(c, t.Mm, SourceEnd(in t), end)
            || OutgrowsInode(c, in t))
        {
            return t.Finish(c, Errno.ENOMEM);
        }

        c.Reach(Goal.MremapGrew);
        c.ChangeVma(t.Mm, index).End = (byte)end;
        return LeaveResized(c, ref t);
    }

    /// <summary>Since 6.17 a mapping that does not hold all of it is found before the target is gone.</summary>
    private static Progress BeginResize(Context c, ref Task t)
    {
        MremapRequest asked = MremapRequest.Of(in t);
        int index = c.Machine.FindVma(t.Mm, t.Va);
        bool holds = index >= 0 && c.VmaAt(t.Mm, index).End >= t.Va.Value + asked.Common(in t);
        return holds || !c.Has(Fix.MremapMultiVma)
            ? UnmapTarget(c, ref t, t.Va.Value + asked.NewLength)
            : t.Finish(c, Errno.EFAULT);
    }

    private static Progress UnmapTail(Context c, ref Task t)
    {
        int start = t.Va.Value + MremapRequest.Of(in t).NewLength;
        UffdEvents.OweUnmap(c, ref t, start, SourceEnd(in t), UffdEvents.Turn.UnmapTail);
        Zap.Prepare(ref t, start, SourceEnd(in t), dropMarkers: true);
        return t.Call(KernelPath.ZapPageRange, Stage.RemoveTail);
    }

    private static Progress RemoveTail(Context c, ref Task t)
    {
        MremapRequest asked = MremapRequest.Of(in t);
        Munmap.RemoveVmas(c, t.Mm, t.Va.Value + asked.NewLength, SourceEnd(in t));
        return asked.StaysInPlace ? UffdEvents.Finish(c, ref t, Errno.None) : t.Next(Stage.CopyVma);
    }

    private static Progress LeaveResized(Context c, ref Task t)
    {
        int length = MremapRequest.Of(in t).NewLength;
        var last = new Va((byte)(t.Argument + length - 1));
        bool populates = length > t.Length && c.VmaAt(t.Mm, c.Machine.FindVma(t.Mm, last)).Has(VmFlags.Locked);
        if (!populates)
        {
            return Leave(c, ref t, Errno.None);
        }

        VmaTree.Merge(c, t.Mm);
        UffdEvents.Announce(c, ref t, Errno.None);
        t.Cursor = (byte)(t.Argument + t.Length);
        t.End = (byte)(t.Argument + length);
        t.FaultFlags = FaultFlags.None;
        return t.Done != 0 && c.Has(Fix.MremapTellsFirst)
            ? t.Call(KernelPath.UserfaultfdEvent, Stage.LockForPopulate)
            : t.Next(Stage.LockForPopulate);
    }

    private static Progress LockForPopulate(Context c, ref Task t) =>
        t.TryReadMmap(c, t.Mm) ? t.Next(Stage.Populate) : Progress.Wait;

    /// <summary>mm_populate, which nobody asks how it went: what cannot be had is passed over.</summary>
    private static Progress Populate(Context c, ref Task t)
    {
        int index = VmaTree.NextVma(c, t.Mm, t.Cursor, t.End);
        if (index < 0)
        {
            return UffdEvents.FinishAnnounced(c, ref t);
        }

        ref readonly Vma vma = ref c.VmaAt(t.Mm, index);
        t.Cursor = Math.Max(t.Cursor, vma.Start);
        if (vma.IsInaccessible || !vma.Has(VmFlags.Locked))
        {
            t.Cursor = vma.End;
            return t.Next(Stage.Populate);
        }

        c.Reach(Goal.MremapPopulated);
        return Mlock.TryPage(c, ref t, in vma, FaultFlags.AllowRetry, Stage.AfterFault, out Progress progress)
            ? t.Next(Stage.Populate)
            : progress;
    }

    private static Progress AfterFault(Context c, ref Task t)
    {
        if (t.Result == FaultResult.Retry)
        {
            return t.Next(Stage.LockForPopulate);
        }

        if (t.Result != FaultResult.Done)
        {
            int index = c.Machine.FindVma(t.Mm, new Va(t.Cursor));
            t.Cursor = index < 0 ? (byte)(t.Cursor + 1) : c.VmaAt(t.Mm, index).End;
            t.Faults = 0;
        }

        return t.Next(Stage.Populate);
    }
}
