// mremap with MREMAP_FIXED: whatever is at the target is unmapped, a copy of the mapping made there, the entries moved
// (Mremap.MovePageTables.cs), the old mapping removed, or left empty (MREMAP_DONTUNMAP); since 6.17 mapping by mapping,
// with the holes between them kept. mmap_lock is held for writing throughout, so that nobody faults meanwhile.
// A userfaultfd that asked for EVENT_REMAP keeps watching what has moved; any other loses it.
// Not covered: other lengths than before, with or without a move (Mremap.Resize.cs); a move to where the kernel likes.

using System;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Kernel;

/// <summary>Va, Length: what is moved; Argument: where to; Seq: in which form (MremapRequest).</summary>
internal static partial class Mremap
{
    private enum Stage : byte
    {
        Begin,
        NextVma,
        RemoveTarget,
        RemoveTail,
        CopyVma,
        RemoveSource,
        LockForPopulate,
        Populate,
        AfterFault,
    }

    public static Progress Step(Context c, ref Task t) => (Stage)t.Stage switch
    {
        Stage.Begin => Begin(c, ref t),               // mmap_lock for writing, kept to the end
        Stage.NextVma => NextVma(c, ref t),           // the entries of its target are zapped
        Stage.RemoveTarget => RemoveTarget(c, ref t), // nothing is mapped there; then what is cut off is zapped
        Stage.RemoveTail => RemoveTail(c, ref t),
        Stage.CopyVma => CopyVma(c, ref t),           // both are mapped, and the entries still at the old place
        Stage.RemoveSource => RemoveSource(c, ref t),
        Stage.LockForPopulate => LockForPopulate(c, ref t), // all is done: what is new and locked is faulted in
        Stage.Populate => Populate(c, ref t),
        Stage.AfterFault => AfterFault(c, ref t),
    };

    /// <summary>
    /// Mappings that it can add: a hole in the target's, the copy, a hole in the source's, which takes one more if that
    /// is kept.
    /// </summary>
    private static int MostAdded(in Task t) => MremapRequest.Of(in t).KeepsSource ? 4 : 3;

    /// <summary>Whether its length changes.</summary>
    private static bool Resizes(in Task t) => MremapRequest.Of(in t).NewLength != t.Length;

    private static bool Overlaps(in Task t) =>
        t.Argument < SourceEnd(in t) && t.Va.Value < t.Argument + MremapRequest.Of(in t).NewLength;

    private static Progress Begin(Context c, ref Task t)
    {
        MremapRequest asked = MremapRequest.Of(in t);
        bool unknown = asked.KeepsSource && !c.Has(Fix.MremapDontUnmap);
        if (t.Length == 0 || unknown || (!asked.StaysInPlace && Overlaps(in t)))
        {
            return t.Finish(c, Errno.EINVAL);
        }

        if (!t.TryWriteMmap(c, t.Mm))
        {
            return Progress.Wait;
        }

        if (asked.StaysInPlace)
        {
            return ResizeInPlace(c, ref t);
        }

        if (c.MmAt(t.Mm).VmaCount + MostAdded(in t) > Limits.VmasPerMm || OutgrowsInode(c, in t))
        {
            return t.Finish(c, Errno.ENOMEM);
        }

        t.OuterCursor = t.Va.Value;
        if (Resizes(in t))
        {
            return BeginResize(c, ref t);
        }

        if (!c.Has(Fix.MremapMultiVma))
        {
            return UnmapTarget(c, ref t, SourceEnd(in t));
        }

        int index = c.Machine.FindVma(t.Mm, t.Va);
        return index < 0 || !MayMove(c, in t, index) ? t.Finish(c, Errno.EFAULT) : t.Next(Stage.NextVma);
    }

    private static int SourceEnd(in Task t) => t.Va.Value + t.Length;

    /// <summary>Where a page goes to.</summary>
    private static int Target(in Task t, int va) => va - t.Va.Value + t.Argument;

    /// <summary>vma_multi_allowed: what a userfaultfd watches moves alone.</summary>
    private static bool MayMove(Context c, in Task t, int index)
    {
        ref readonly Vma vma = ref c.VmaAt(t.Mm, index);
        bool alone = vma.Start <= t.Va.Value && vma.End >= SourceEnd(in t);
        return alone || (vma.Flags & VmFlags.UffdAny) == 0;
    }

    private static Progress NextVma(Context c, ref Task t)
    {
        int index = VmaTree.NextVma(c, t.Mm, t.OuterCursor, SourceEnd(in t));
        if (index < 0 || !MayMove(c, in t, index))
        {
            return Leave(c, ref t, index < 0 ? Errno.None : Errno.EFAULT);
        }

        if (c.MmAt(t.Mm).VmaCount + MostAdded(in t) > Limits.VmasPerMm)
        {
            return Leave(c, ref t, Errno.ENOMEM); // those before have moved
        }

        ref readonly Vma vma = ref c.VmaAt(t.Mm, index);
        t.OuterCursor = Math.Max(t.OuterCursor, vma.Start);
        return UnmapTarget(c, ref t, Math.Min(SourceEnd(in t), vma.End));
    }

    private static Progress UnmapTarget(Context c, ref Task t, int end)
    {
        UffdEvents.OweUnmap(c, ref t, Target(in t, t.OuterCursor), Target(in t, end), UffdEvents.Turn.Unmap);
        Zap.Prepare(ref t, Target(in t, t.OuterCursor), Target(in t, end), dropMarkers: true);
        return t.Call(KernelPath.ZapPageRange, Stage.RemoveTarget);
    }

    private static Progress RemoveTarget(Context c, ref Task t)
    {
        Munmap.RemoveVmas(c, t.Mm, Target(in t, t.OuterCursor), t.End);
        return MremapRequest.Of(in t).NewLength < t.Length ? UnmapTail(c, ref t) : t.Next(Stage.CopyVma);
    }

    private static Progress CopyVma(Context c, ref Task t)
    {
        MremapRequest asked = MremapRequest.Of(in t);
        bool resizes = Resizes(in t);
        int index = c.Machine.FindVma(t.Mm, new Va(t.OuterCursor));
        int end = resizes ? t.Va.Value + asked.Common(in t) : t.End - t.Argument + t.Va.Value;
        bool keeps = asked.KeepsSource;
        if (index >= 0 && keeps && !c.VmaAt(t.Mm, index).IsAnon && !c.Has(Fix.MremapDontUnmapFile))
        {
            return Leave(c, ref t, Errno.EINVAL);
        }

        if (index < 0 || c.VmaAt(t.Mm, index).End < end)
        {
            return Leave(c, ref t, Errno.EFAULT); // up to 6.16 the target is gone by then
        }

        c.Reach(keeps ? Goal.MremapKeptSource : resizes ? Goal.MremapResizedMoving : Goal.MremapOfMapping);
        Vma copy = c.VmaAt(t.Mm, index);
        copy.PageOffset = (byte)(copy.IsAnon ? 0 : copy.PageOffset + t.OuterCursor - copy.Start);
        copy.Start = (byte)Target(in t, t.OuterCursor);
        copy.End = (byte)(resizes ? t.Argument + asked.NewLength : t.End);
        if (UffdEvents.Wants(c, in copy, UffdFeatures.EventRemap)) // mremap_userfaultfd_prep
        {
            UffdEvents.Owe(c, ref t, in copy, UffdEvents.Turn.Remap);
        }
        else
        {
            copy.Flags &= ~VmFlags.UffdAny;
            copy.Uffd = 0;
        }

        VmaTree.Insert(c, t.Mm, in copy);
        VmaTree.SetPageProt(c, t.Mm, c.Machine.FindVma(t.Mm, new Va(copy.Start)));
        t.Cursor = t.OuterCursor;
        t.End = (byte)end;
        return t.Call(KernelPath.MovePageTables, Stage.RemoveSource);
    }

    private static Progress RemoveSource(Context c, ref Task t)
    {
        if (MremapRequest.Of(in t).KeepsSource)
        {
            CompleteDontUnmap(c, in t);
        }
        else
        {
            UffdEvents.OweUnmap(c, ref t, t.OuterCursor, t.End, UffdEvents.Turn.UnmapSource);
            Munmap.RemoveVmas(c, t.Mm, t.OuterCursor, t.End);
        }

        t.OuterCursor = t.End;
        return Resizes(in t) ? LeaveResized(c, ref t)
            : c.Has(Fix.MremapMultiVma) ? t.Next(Stage.NextVma)
            : Leave(c, ref t, Errno.None);
    }

    /// <summary>
    /// dontunmap_complete: what is left behind is not locked any more, and if all of it has moved, it never had
    /// anonymous pages. It is the mapping that is unlocked, though, also where its pages have not moved.
    /// </summary>
    private static void CompleteDontUnmap(Context c, in Task t)
    {
        int index = c.Machine.FindVma(t.Mm, new Va(t.OuterCursor));
        bool whole = c.VmaAt(t.Mm, index).Start == t.OuterCursor && c.VmaAt(t.Mm, index).End == t.End;
        if (c.VmaAt(t.Mm, index).Has(VmFlags.Locked))
        {
            c.Reach(Goal.MremapLeftUnlocked);
            index = c.Has(Fix.DontUnmapKeepsLock) ? VmaTree.Isolate(c, t.Mm, t.OuterCursor, t.End)
                : c.VmaAt(t.Mm, index).Has(VmFlags.AnonVma) ? index
                : JoinCopy(c, in t);
            ref Vma left = ref c.ChangeVma(t.Mm, index);
            left.Flags &= ~VmFlags.Locked;
            Mlock.LeaveMarks(c, t.Mm, left.Start, left.End);
        }

        if (whole)
        {
            c.ChangeVma(t.Mm, index).Flags &= ~VmFlags.AnonVma;
        }
    }

    /// <summary>
    /// copy_vma joins what never had anonymous pages with its neighbours, of which one may be what it is copied from.
    /// </summary>
    private static int JoinCopy(Context c, in Task t)
    {
        VmaTree.Merge(c, t.Mm);
        return c.Machine.FindVma(t.Mm, new Va(t.OuterCursor));
    }

    private static Progress Leave(Context c, ref Task t, Errno errno)
    {
        VmaTree.Merge(c, t.Mm);
        return UffdEvents.Finish(c, ref t, errno);
    }
}
