// The contract table of those who take pages: pins, plain references, pipes, and writes from outside. Pages before the
// first that cannot be had are a partial success. Not covered: which pages they are (HandleContracts).

using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Properties;

public static partial class ErrnoContract
{
    /// <summary>How many pages GUP must take, if it runs now, back to back; 0 if that cannot be said.</summary>
    public static int GupPages(in World w, Profile profile, in Operation op)
    {
        if (op.Has(OperationFlags.Follow) || Scarce(in w, Errno.ENOMEM) != 0 || MayMeetLocks(in w, in op))
        {
            return 0;
        }

        int pages = 0;
        while (pages < op.Length && op.Va.Value + pages < Limits.PagesPerMm)
        {
            var entry = new EntryIndex(op.Process, new Va((byte)(op.Va.Value + pages)));
            if (IsUnclear(in w, entry))
            {
                return 0;
            }

            if (GupAnswer(in w, profile, in op, entry) != Errno.None)
            {
                break;
            }

            pages++;
        }

        return pages;
    }

    private static uint Gup(in World w, Profile profile, in Operation op)
    {
        var entry = new EntryIndex(op.Process, op.Va);
        if (IsUnclear(in w, entry))
        {
            return Any;
        }

        Errno answer = GupAnswer(in w, profile, in op, entry);
        return Bit(answer) | Scarce(in w, Errno.ENOMEM)
            | (answer != Errno.EFAULT && op.Has(OperationFlags.Follow) ? Bit(Errno.EFAULT) : 0)
            | (MayMeetLocks(in w, in op) ? Bit(Errno.EAGAIN) : 0) | Unreadable(in w, Errno.EFAULT);
    }

    /// <summary>FOLL_FORCE writes into private mappings whatever their rights, and reads any.</summary>
    private static Errno GupAnswer(in World w, Profile profile, in Operation op, EntryIndex entry)
    {
        ref readonly PageRow row = ref w.Reference.RowAt(entry);
        bool write = op.Has(OperationFlags.Write);
        bool forced = op.Has(OperationFlags.Force) && row.HasAny(RowFlags.Mapped)
            && !(write && row.HasAny(RowFlags.Shared));
        if ((!MayAccess(in row, write) && !forced) || row.HasAny(RowFlags.Poisoned | RowFlags.Guarded)
            || FileContracts.IsBehindEnd(in w, in row) || FailureContracts.IsLost(in w, entry))
        {
            return Errno.EFAULT;
        }

        // 5.8 faults as for a store even to read
        write |= profile.Contract.Has(Fix.GupForceCowBreak) && row.IsPrivate && row.HasAny(RowFlags.Write);
        if (!UffdContracts.Raises(in w, entry, write))
        {
            return Errno.None;
        }

        bool nowait = op.Has(OperationFlags.Nowait);
        bool keepsLock = op.Has(OperationFlags.Longterm) && !nowait && !profile.Contract.Has(Fix.LongtermRetry);
        return IsSigbus(in w, entry, write) || keepsLock || op.Has(OperationFlags.Follow) ? Errno.EFAULT
            : nowait ? Errno.EAGAIN
            : Errno.None;
    }

    /// <summary>Whatever GUP says, process_vm_readv and process_vm_writev answer EFAULT.</summary>
    private static uint ProcessVm(uint allowed) =>
        (allowed & Bit(Errno.ENOMEM)) != 0 ? (allowed & ~Bit(Errno.ENOMEM)) | Bit(Errno.EFAULT) : allowed;

    /// <summary>Who does not wait gives up where others hold a page lock.</summary>
    private static bool MayMeetLocks(in World w, in Operation op) =>
        op.Has(OperationFlags.Nowait) && w.Machine.BusyTasks != 0;

    /// <summary>Nothing of it can wait for a manager: mmap_lock is kept.</summary>
    private static uint ForceWrite(in World w, in Operation op)
    {
        var entry = new EntryIndex(op.Process, op.Va);
        ref readonly PageRow row = ref w.Reference.RowAt(entry);
        bool may = row.HasAny(RowFlags.Mapped) && (row.HasAny(RowFlags.Write) || !row.HasAny(RowFlags.Shared))
            && !row.HasAny(RowFlags.Poisoned | RowFlags.Guarded) && !FileContracts.IsBehindEnd(in w, in row)
            && !FailureContracts.IsLost(in w, entry) && !UffdContracts.Raises(in w, entry, write: true);
        return IsUnclear(in w, entry) ? Any
            : may ? Bit(Errno.None) | Scarce(in w, Errno.EIO)
            : Bit(Errno.EIO);
    }
}
