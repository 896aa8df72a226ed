// Results of madvise(MADV_HWPOISON), and of a write to what has failed. The page is taken as a reader takes it; it is
// busy if it is the zero page or others keep references to it. Not covered: what others answer where a page has failed.

using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Properties;

public static partial class ErrnoContract
{
    private static uint MemoryFailure(in World w, Profile profile, in Operation op)
    {
        var entry = new EntryIndex(op.Process, op.Va);
        if (IsUnclear(in w, entry))
        {
            return Any;
        }

        Errno answer = GupAnswer(in w, profile, in op, entry);
        uint lacking = Scarce(in w, Errno.ENOMEM) | Unreadable(in w, Errno.EFAULT);
        return answer != Errno.None ? Bit(answer) | lacking
            : IsZeroPage(in w, profile, entry) ? Bit(ZeroPageFails(in w, profile)) | lacking
            : MayBeReferenced(in w) ? Bit(Errno.None) | Bit(Errno.EBUSY) | lacking
            : Bit(Errno.None) | lacking;
    }

    /// <summary>It cannot be done without; whoever asks again hears that it has failed already (5.14).</summary>
    private static Errno ZeroPageFails(in World w, Profile profile) =>
        !w.Machine.FrameAt(default(Pfn)).HwPoison ? Errno.EBUSY
        : profile.Version >= new KernelVersion(5, 14) ? Errno.EHWPOISON
        : Errno.None;

    /// <summary>Nobody has stored there, and a reader gets the zero page; in 5.8 a page as if to write.</summary>
    private static bool IsZeroPage(in World w, Profile profile, EntryIndex entry)
    {
        Pte pte = w.Machine.PteAt(entry);
        ref readonly PageRow row = ref w.Reference.RowAt(entry);
        bool writes = profile.Contract.Has(Fix.GupForceCowBreak) && row.IsPrivate && row.HasAny(RowFlags.Write);
        bool empty = (pte.IsNone || pte.IsMarker) && row.IsPrivate && !row.HasAny(RowFlags.HasFile);
        return (empty || pte.IsZeroPage) && !writes;
    }

    /// <summary>Fork has to copy a pinned page, and cannot while its memory fails.</summary>
    private static uint MeetsFailing(in World w, in Operation op)
    {
        uint allowed = 0;
        for (int va = 0; va < Limits.PagesPerMm; va++)
        {
            Pte pte = w.Machine.PteAt(new EntryIndex(op.Process, new Va((byte)va)));
            allowed |= pte.IsPresent && w.Machine.FrameAt(pte.Pfn) is { HwPoison: true, MaybeDmaPinned: true }
                ? Bit(Errno.ENOMEM)
                : 0;
        }

        return allowed;
    }

    /// <summary>Handles, and whoever is under way; or the page cannot be unmapped.</summary>
    private static bool MayBeReferenced(in World w)
    {
        bool held = w.Machine.BusyTasks != 0 || w.Machine.InjectedFault == InjectedFault.ArchUnmapOne;
        for (byte h = 0; h < Limits.Handles; h++)
        {
            held |= w.Machine.HandleAt(new HandleId(h)).IsLive;
        }

        return held;
    }

    private static uint FileWrite(in World w, Profile profile, in Operation op)
    {
        var file = new CacheIndex(op.Inode, op.Number);
        if (!FailureContracts.HasFailed(in w.Machine, file))
        {
            return Bit(Errno.None) | Scarce(in w, Errno.ENOMEM);
        }

        bool stays = !w.Machine.InodeAt(op.Inode).IsOnDisk && profile.Contract.Has(Fix.ShmemKeepsFailed);
        return Bit(stays ? Errno.EIO : Errno.None); // else it is about to leave the page cache
    }
}
