// get_user_pages and pin_user_pages with mmap_lock: look at the entry under its lock, fault until it is good
// enough, take the reference; and what GUP-fast shares with it: the test for unsharing and the filling of a handle.
// Which entry is good enough for writing is in Gup.Force.cs. Not covered: moving pages out of movable zones for
// FOLL_LONGTERM, huge pages.

using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Kernel;

internal static partial class Gup
{
    /// <summary>So many faults on one page are taken for a loop without end.</summary>
    private const int EndlessFaults = 12;

    private enum Stage : byte
    {
        Lock,
        FollowPage,
        AfterFault,
    }

    public static Progress GupSlow(Context c, ref Task t) => (Stage)t.Stage switch
    {
        Stage.Lock => Lock(c, ref t),             // mmap_lock for reading, kept until the end or until a fault drops it
        Stage.FollowPage => FollowPage(c, ref t), // PT lock inside: take the page, or fault
        Stage.AfterFault => AfterFault(c, ref t), // others may have changed the entry again
    };

    /// <summary>FOLL_PIN.</summary>
    public static bool Pins(in Task t) => (t.GupFlags & GupFlags.Pin) != 0;

    /// <summary>FOLL_WRITE.</summary>
    public static bool Writes(in Task t) => (t.GupFlags & GupFlags.Write) != 0;

    /// <summary>follow_page.</summary>
    public static bool NeverFaults(in Task t) => (t.GupFlags & GupFlags.NoFault) != 0;

    /// <summary>MADV_POPULATE_READ and MADV_POPULATE_WRITE.</summary>
    private static bool Populates(in Task t) => t.Has(TaskFlags.Populates);

    /// <summary>The page to be taken next, which may lie behind the end of the address space.</summary>
    public static int NextPage(in Task t) => t.Va.Value + t.Done;

    /// <summary>The entry of the page to be taken next.</summary>
    public static EntryIndex NextEntry(in Task t) => new(t.Mm, new Va((byte)NextPage(in t)));

    /// <summary>
    /// gup_must_unshare: a reader's pin of an anonymous page that others may share must have the page for its
    /// process alone first, else the owner's next store leaves the pin behind. Since 6.2 a long-term pin must not be
    /// left with the zero page or a file's page in a private mapping either; GUP-fast, which knows no mappings, leaves
    /// all such pages to the slow path.
    /// </summary>
    public static bool MustUnshare(Context c, in Task t, Pte pte, bool isCow)
    {
        if (!c.Profile.TracksExclusive || !Pins(in t) || Writes(in t) || pte.Write)
        {
            return false;
        }

        ref readonly Frame frame = ref c.FrameAt(pte.Pfn);
        return frame.IsAnon
            ? !frame.AnonExclusive
            : isCow && IsLongterm(in t) && c.Has(Fix.LongtermUnshare);
    }

    /// <summary>
    /// Notes a page whose reference the task holds as taken; with FOLL_TOUCH it is marked dirty if its entry is clean.
    /// </summary>
    public static void Take(Context c, ref Task t, Pfn pfn, bool isClean)
    {
        if (Writes(in t) && isClean && !pfn.IsZeroPage)
        {
            c.ChangeFrame(pfn).Set(FrameFlags.Dirty);
        }

        t.Pages[t.Done] = pfn;
        t.Done++;
    }

    /// <summary>Hands the references taken over to the handle, and ends the operation.</summary>
    public static Progress Complete(Context c, ref Task t)
    {
        if (IsRemote(in t) || t.Has(TaskFlags.MemoryFailure))
        {
            return t.Jump(IsRemote(in t) ? KernelPath.AccessRemoteVm : KernelPath.MemoryFailure);
        }

        ref GupHandle handle = ref c.Machine.ChangeHandle(ref c.Touched, t.Handle);
        handle = default;
        handle.Kind = (HandleKind)t.Argument;
        handle.Flags = (Writes(in t) ? HandleFlags.Write : HandleFlags.None)
            | (IsLongterm(in t) ? HandleFlags.Longterm : HandleFlags.None);
        handle.Mm = t.Mm;
        handle.Va = t.Va;
        handle.Count = t.Done;
        for (int i = 0; i < t.Done; i++)
        {
            handle.Pages[i] = t.Pages[i];
            t.HandOver(t.Pages[i], Pins(in t));
        }

        return t.Has(TaskFlags.OneCall) ? PinnedCall.Taken(c, ref t) : t.Finish(c, Errno.None);
    }

    private static Progress Lock(Context c, ref Task t)
    {
        if (NeverFaults(in t) && Pins(in t) && c.Has(Fix.FollowPagePin))
        {
            return Stop(c, ref t, Errno.EFAULT); // it cannot unshare, so it has no pins to give away (5.19)
        }

        if (Populates(in t) && (t.Length == 0 || !c.Has(Fix.MadvisePopulate)))
        {
            return t.Finish(c, c.Has(Fix.MadvisePopulate) ? Errno.None : Errno.EINVAL);
        }

        if (!t.ReadsMmap() && !t.TryReadMmap(c, t.Mm))
        {
            return Progress.Wait;
        }

        if (Pins(in t))
        {
            c.ChangeMmBesideCounts(t.Mm).Flags |= MmFlags.HasPinned;
        }

        return t.Next(Stage.FollowPage);
    }

    private static Progress FollowPage(Context c, ref Task t)
    {
        if (NextPage(in t) >= Limits.PagesPerMm)
        {
            return Stop(c, ref t, Errno.EFAULT);
        }

        EntryIndex entry = NextEntry(in t);
        int index = c.Machine.FindVma(t.Mm, entry.Va);
        if (index < 0 || !CheckVmaFlags(in t, in c.VmaAt(t.Mm, index)))
        {
            bool hole = Populates(in t) && index < 0;
            return Stop(c, ref t, hole ? Errno.ENOMEM : Populates(in t) ? Errno.EINVAL : Errno.EFAULT);
        }

        if (!t.MayLockPt(c, entry))
        {
            return TaskOps.WaitForPt(c, entry);
        }

        Pte pte = c.PteAt(entry);
        if (MustFault(c, in t, in c.VmaAt(t.Mm, index), pte, out FaultFlags kind))
        {
            return NeverFaults(in t) ? Stop(c, ref t, Errno.EFAULT) : FaultinPage(c, ref t, entry.Va, kind);
        }

        t.GupFlags &= ~GupFlags.Cow;
        t.Faults = 0;
        t.FaultFlags = FaultFlags.None;
        if (Populates(in t))
        {
            return Populated(c, ref t, pte);
        }

        t.Hold(c, pte.Pfn, Pins(in t));
        Take(c, ref t, pte.Pfn, isClean: !pte.Dirty);
        return t.Done == t.Length ? Complete(c, ref t) : t.Next(Stage.FollowPage);
    }

    /// <summary>FOLL_TOUCH: nothing is taken, but a page for writing whose entry is clean counts as dirty.</summary>
    private static Progress Populated(Context c, ref Task t, Pte pte)
    {
        if (Writes(in t) && !pte.Dirty)
        {
            c.ChangeFrame(pte.Pfn).Set(FrameFlags.Dirty);
        }

        t.Done++;
        return t.Done == t.Length ? t.Finish(c, Errno.None) : t.Next(Stage.FollowPage);
    }

    private static bool MustFault(Context c, in Task t, in Vma vma, Pte pte, out FaultFlags kind)
    {
        bool write = (Writes(in t) && !ReadsAfterCow(c, in t)) || ForcesCowBreak(c, in vma);
        kind = write ? FaultFlags.Write : FaultFlags.None;
        bool hidden = pte.IsPresent && pte.Protnone && !Forces(in t) && !c.Has(Fix.GupFollowProtnone);
        if (!pte.IsPresent || hidden || (write && !CanFollowWritePte(c, in t, in vma, pte)))
        {
            return true;
        }

        kind = FaultFlags.Unshare;
        return c.Has(Fix.GupUnshareSlow) && !NeverFaults(in t) && MustUnshare(c, in t, pte, vma.IsCow);
    }

    /// <summary>should_force_cow_break (5.8): a reader, too, must not be left with a page that others own.</summary>
    private static bool ForcesCowBreak(Context c, in Vma vma) =>
        c.Has(Fix.GupForceCowBreak) && vma.IsCow && vma.Has(VmFlags.Write);

    private static Progress FaultinPage(Context c, ref Task t, Va va, FaultFlags kind)
    {
        t.FaultVa = va;
        t.FaultFlags = kind | RetryFlags(c, in t) | (t.FaultFlags & FaultFlags.Tried);
        t.Result = FaultResult.Done;
        t.Clear(TaskFlags.BrokeCow);
        t.Faults++;
        if (t.Faults > EndlessFaults)
        {
            c.Warning = KernelWarning.EndlessFault;
        }

        return t.Call(KernelPath.HandleMmFault, Stage.AfterFault);
    }

    // Done goes on in this very stage, which therefore keeps its number: FollowPage may have to wait
    private static Progress AfterFault(Context c, ref Task t) => t.Result switch
    {
        FaultResult.Done => LookAgain(c, ref t),
        FaultResult.Retry => TryAgain(c, ref t),
        FaultResult.Sigsegv => Stop(c, ref t, Errno.EFAULT),
        FaultResult.Sigbus => Stop(c, ref t, Errno.EFAULT),
        FaultResult.Oom => Stop(c, ref t, Errno.ENOMEM),
        FaultResult.Hwpoison => Stop(c, ref t, Populates(in t) ? Errno.EHWPOISON : Errno.EFAULT), // FOLL_HWPOISON
    };

    private static Progress LookAgain(Context c, ref Task t)
    {
        if (!t.MayLockPt(c, NextEntry(in t)))
        {
            return TaskOps.WaitForPt(c, NextEntry(in t)); // before anything is noted: who waits changes nothing
        }

        NoteCow(c, ref t);
        return FollowPage(c, ref t);
    }

    private static Progress TryAgain(Context c, ref Task t)
    {
        t.GupFlags &= ~GupFlags.Cow;
        if ((t.GupFlags & GupFlags.Nowait) != 0)
        {
            return Stop(c, ref t, Errno.EAGAIN); // what it has so far, perhaps nothing, and no errno in the kernel
        }

        t.FaultFlags |= FaultFlags.Tried;
        return t.Next(Stage.Lock);
    }

    /// <summary>No page more: what was taken so far is a success, nothing at all an error.</summary>
    private static Progress Stop(Context c, ref Task t, Errno errno)
    {
        if (Populates(in t))
        {
            return t.Finish(c, errno); // whatever was done before
        }

        if (t.Done > 0)
        {
            return Complete(c, ref t);
        }

        if (IsRemote(in t))
        {
            return t.Finish(c, Errno.EIO); // mem_rw: nothing was copied
        }

        if (t.Has(TaskFlags.MemoryFailure))
        {
            return t.Finish(c, errno); // it has no handle
        }

        c.Machine.ChangeHandle(ref c.Touched, t.Handle) = default;
        return t.Finish(c, t.Has(TaskFlags.OneCall) ? PinnedCall.Failed(in t, errno) : errno);
    }
}
