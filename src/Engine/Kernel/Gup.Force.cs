// Which mapping GUP may touch and which entry is good enough for writing: FOLL_FORCE may write into a private mapping
// without VM_WRITE, whose entries never become writable, so that something else must tell that COW is broken. And what
// becomes of a page that was taken for somebody outside (/proc/pid/mem). Not covered: huge pages, VM_IO mappings.

using System.Numerics;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Kernel;

internal static partial class Gup
{
    private enum RemoteStage : byte
    {
        Copy,
    }

    public static Progress AccessRemoteVm(Context c, ref Task t) => (RemoteStage)t.Stage switch
    {
        RemoteStage.Copy => CopyToPage(c, ref t), // mmap_lock is held, but MADV_DONTNEED does not mind that
    };

    /// <summary>FOLL_LONGTERM.</summary>
    private static bool IsLongterm(in Task t) => (t.GupFlags & GupFlags.Longterm) != 0;

    private static bool IsRemote(in Task t) => (t.GupFlags & GupFlags.Remote) != 0;

    private static bool Forces(in Task t) => (t.GupFlags & GupFlags.Force) != 0;

    /// <summary>check_vma_flags.</summary>
    private static bool CheckVmaFlags(in Task t, in Vma vma) => Writes(in t)
        ? vma.Has(VmFlags.Write) || (Forces(in t) && vma.IsCow)
        : vma.Has(VmFlags.Read) || Forces(in t);

    /// <summary>
    /// can_follow_write_pte. Without VM_WRITE only an exclusive anonymous page will do, and none whose first store must
    /// be noticed (6.0). Before, an entry that a fault had broken and that was dirty was taken for a broken one.
    /// </summary>
    private static bool CanFollowWritePte(Context c, in Task t, in Vma vma, Pte pte)
    {
        if (pte.Write || !Forces(in t))
        {
            return pte.Write;
        }

        if (!c.Has(Fix.ForceCowExclusive) || !c.Profile.TracksExclusive)
        {
            return (t.GupFlags & GupFlags.Cow) != 0 && pte.Dirty;
        }

        ref readonly Frame frame = ref c.FrameAt(pte.Pfn);
        bool notified = Memory.UserfaultfdPteWp(in vma, pte) || (vma.SoftDirtyTracked && !pte.SoftDirty);
        return vma.IsCow && !vma.Has(VmFlags.Write) && frame.IsAnon && frame.AnonExclusive && !notified;
    }

    /// <summary>Up to 4.8 FOLL_WRITE was dropped once COW was broken: whatever is mapped then will do.</summary>
    private static bool ReadsAfterCow(Context c, in Task t) =>
        (t.GupFlags & GupFlags.Cow) != 0 && !c.Has(Fix.DirtyCow);

    private static void NoteCow(Context c, ref Task t)
    {
        int index = c.Machine.FindVma(t.Mm, t.FaultVa);
        if (t.Has(TaskFlags.BrokeCow) && Forces(in t) && index >= 0 && !c.VmaAt(t.Mm, index).Has(VmFlags.Write))
        {
            c.Reach(Goal.ForcedCowBreak);
            t.GupFlags |= GupFlags.Cow;
        }
    }

    /// <summary>
    /// Whether the fault may drop mmap_lock. Up to 6.2 long-term pins kept it; who accesses another process's memory
    /// still does.
    /// </summary>
    private static FaultFlags RetryFlags(Context c, in Task t)
    {
        bool keeps = IsRemote(in t) || (IsLongterm(in t) && !c.Has(Fix.LongtermRetry));
        return (t.GupFlags & GupFlags.Nowait) != 0 ? FaultFlags.AllowRetry | FaultFlags.RetryNowait
            : keeps ? FaultFlags.None
            : FaultFlags.AllowRetry;
    }

    /// <summary>
    /// Whose the content of a page is that was taken: what the entry had may be somewhere else in its address space by
    /// now.
    /// </summary>
    public static EntryIndex OwnerOf(Context c, ref readonly Task t, Pfn pfn)
    {
        ulong mine = c.Machine.EntriesMapping(pfn) & (0xfffful << (t.Mm.Value * Limits.PagesPerMm));
        var taken = new EntryIndex(t.Mm, t.Va);
        return !c.FrameAt(pfn).IsAnon || mine == 0 || ((mine >> taken.Value) & 1) != 0
            ? taken
            : new EntryIndex((byte)BitOperations.TrailingZeroCount(mine));
    }

    private static Progress CopyToPage(Context c, ref Task t)
    {
        Pfn pfn = t.Pages[0];
        EntryIndex entry = OwnerOf(c, in t, pfn);
        var token = new Token(entry, c.Machine.NextSerial());
        c.Machine.SetContent(ref c.Touched, pfn, token);
        c.ChangeFrame(pfn).Set(FrameFlags.Dirty);
        c.Effect = new MemoryEffect(MemoryEffectKind.RemoteStore, entry, pfn, token);
        t.Drop(c, pfn);
        return t.Finish(c, Errno.None);
    }
}
