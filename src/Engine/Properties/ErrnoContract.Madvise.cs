// Results of mremap and madvise: what the mappings of a range make of a call over all of it.
// Not covered: the table of all operations (ErrnoContract.cs).

using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Properties;

public static partial class ErrnoContract
{
    private static uint ForkAdvice(in World w, in Operation op)
    {
        uint room = op.Length == 0 ? 0 : TooMany(in w, op.Process) == 0 ? 0 : Bit(Errno.EAGAIN);
        return room | Bit(op.Number == 2 && MeetsOtherThanAnon(in w, in op) ? Errno.EINVAL
            : op.Length == 0 || IsWhole(in w, op.Process, in op) ? Errno.None
            : Errno.ENOMEM);
    }

    /// <summary>Up to the first mapping that is not shared memory; holes are passed over, and reported.</summary>
    private static uint Remove(in World w, in Operation op)
    {
        bool hole = op.End > Limits.PagesPerMm;
        for (int va = op.Va.Value; va < System.Math.Min(op.End, Limits.PagesPerMm); va++)
        {
            ref readonly PageRow row = ref w.Reference.RowAt(new EntryIndex(op.Process, new Va((byte)va)));
            if (row.HasAny(RowFlags.Mlocked))
            {
                return Bit(Errno.EINVAL);
            }

            if (row.HasAny(RowFlags.Mapped) && !row.HasAny(RowFlags.Shared))
            {
                return Bit(row.HasAny(RowFlags.HasFile) ? Errno.EACCES : Errno.EINVAL);
            }

            hole |= !row.HasAny(RowFlags.Mapped);
        }

        return Bit(hole && op.Length != 0 ? Errno.ENOMEM : Errno.None);
    }

    private static bool MeetsLocked(in World w, in Operation op)
    {
        bool locked = false;
        for (int va = op.Va.Value; va < System.Math.Min(op.End, Limits.PagesPerMm); va++)
        {
            locked |= Row(in w, op.Process, va).HasAny(RowFlags.Mlocked);
        }

        return locked;
    }

    /// <summary>A hole ends it; what cannot be faulted in, too, and POSIX wants ENOMEM for that.</summary>
    private static uint Mlock(in World w, in Operation op)
    {
        uint allowed = op.Length == 0 ? 0 : TooMany(in w, op.Process);
        if (op.Length != 0 && (op.End > Limits.PagesPerMm || !IsWhole(in w, op.Process, in op)))
        {
            return Bit(Errno.ENOMEM);
        }

        allowed |= op.Kind == OperationKind.Mlock ? Scarce(in w, Errno.EAGAIN) | Unreadable(in w, Errno.ENOMEM) : 0;
        for (int va = op.Va.Value; va < op.End && op.Kind == OperationKind.Mlock; va++)
        {
            var entry = new EntryIndex(op.Process, new Va((byte)va));
            ref readonly PageRow row = ref w.Reference.RowAt(entry);
            bool write = row.HasAny(RowFlags.Write) && !row.HasAny(RowFlags.Shared);
            if (IsUnclear(in w, entry))
            {
                return Any;
            }

            if (!row.HasAny(RowFlags.Read | RowFlags.Write) || row.HasAny(RowFlags.Poisoned | RowFlags.Guarded)
                || FileContracts.IsBehindEnd(in w, in row) || IsSigbus(in w, entry, write)
                || FailureContracts.IsLost(in w, entry))
            {
                return allowed | Bit(Errno.ENOMEM);
            }
        }

        return allowed | Bit(Errno.None);
    }

    /// <summary>Up to the first mapping that can have no guards; holes are passed over, and reported.</summary>
    private static uint Guard(in World w, Profile profile, in Operation op)
    {
        bool hole = op.End > Limits.PagesPerMm;
        bool refused = !profile.Contract.Has(Fix.MadviseGuard);
        for (int va = op.Va.Value; va < System.Math.Min(op.End, Limits.PagesPerMm); va++)
        {
            ref readonly PageRow row = ref w.Reference.RowAt(new EntryIndex(op.Process, new Va((byte)va)));
            refused |= row.HasAny(RowFlags.Mapped) && !GuardContracts.MayGuard(profile, in row);
            refused |= op.Kind == OperationKind.Guard && row.HasAny(RowFlags.Mlocked);
            hole |= !row.HasAny(RowFlags.Mapped);
        }

        return Bit(refused ? Errno.EINVAL : hole && op.Length != 0 ? Errno.ENOMEM : Errno.None);
    }

    private static bool MeetsOtherThanAnon(in World w, in Operation op)
    {
        for (int va = op.Va.Value; va < op.End; va++)
        {
            int index = w.Machine.FindVma(op.Process, new Va((byte)va));
            if (index >= 0 && !w.Machine.VmaAt(op.Process, index).IsAnon)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The first page that cannot be had decides: not mapped, no such right, or SIGBUS.</summary>
    private static uint Populate(in World w, Profile profile, in Operation op)
    {
        bool write = op.Has(OperationFlags.Write);
        for (int va = op.Va.Value; va < op.End && profile.Contract.Has(Fix.MadvisePopulate); va++)
        {
            var entry = new EntryIndex(op.Process, new Va((byte)va));
            ref readonly PageRow row = ref w.Reference.RowAt(entry);
            if (IsUnclear(in w, entry))
            {
                return Any;
            }

            bool mapped = row.HasAny(RowFlags.Mapped);
            if (!MayAccess(in row, write) || row.HasAny(RowFlags.Poisoned | RowFlags.Guarded)
                || FileContracts.IsBehindEnd(in w, in row) || IsSigbus(in w, entry, write)
                || FailureContracts.IsLost(in w, entry))
            {
                Errno errno = !mapped ? Errno.ENOMEM
                    : !MayAccess(in row, write) ? Errno.EINVAL
                    : row.HasAny(RowFlags.Poisoned) || FailureContracts.IsLost(in w, entry) ? Errno.EHWPOISON
                    : Errno.EFAULT;
                return Bit(errno) | Scarce(in w, Errno.ENOMEM) | Unreadable(in w, Errno.EFAULT);
            }
        }

        return profile.Contract.Has(Fix.MadvisePopulate)
            ? Bit(Errno.None) | Scarce(in w, Errno.ENOMEM) | Unreadable(in w, Errno.EFAULT)
            : Bit(Errno.EINVAL);
    }
}
