// Results of mremap and madvise: what the mappings of a range make of a call over all of it.
// Not covered: the table of all operations (ErrnoContract.cs).

using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Properties;

public static partial class ErrnoContract
{
    /// <summary>Since 6.17 several mappings move at once, if no userfaultfd watches one and no hole is first.</summary>
    private static uint Mremap(in World w, Profile profile, in Operation op)
    {
        if (op.Length == 0 || System.Math.Abs(op.Number - op.Va.Value) < op.Length)
        {
            return Bit(Errno.EINVAL);
        }

        if (w.Machine.MmAt(op.Process).VmaCount + 3 > Limits.VmasPerMm)
        {
            return Bit(Errno.ENOMEM);
        }

        int first = w.Machine.FindVma(op.Process, op.Va);
        if (first < 0 || w.Machine.VmaAt(op.Process, first).End >= op.End || !profile.Contract.Has(Fix.MremapMultiVma))
        {
            return Bit(first >= 0 && w.Machine.VmaAt(op.Process, first).End >= op.End ? Errno.None : Errno.EFAULT);
        }

        // every mapping that moves may leave more of them than before
        uint room = w.Machine.MmAt(op.Process).VmaCount + 6 > Limits.VmasPerMm ? Bit(Errno.ENOMEM) : 0;
        for (int va = op.Va.Value; va < op.End; va++)
        {
            if (Row(in w, op.Process, va).HasAny(RowFlags.Registered))
            {
                return Bit(Errno.EFAULT) | room;
            }
        }

        return Bit(Errno.None) | room;
    }

    private static uint ForkAdvice(in World w, in Operation op)
    {
        uint room = op.Length == 0 ? 0 : TooMany(in w, op.Process) == 0 ? 0 : Bit(Errno.EAGAIN);
        return room | Bit(op.Number == 2 && MeetsOtherThanAnon(in w, in op) ? Errno.EINVAL
            : op.Length == 0 || IsWhole(in w, op.Process, in op) ? Errno.None
            : Errno.ENOMEM);
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
            if (!MayAccess(in row, write) || row.HasAny(RowFlags.Poisoned)
                || IsSigbus(in w, entry, write))
            {
                Errno errno = !mapped ? Errno.ENOMEM : !MayAccess(in row, write) ? Errno.EINVAL : Errno.EFAULT;
                return Bit(errno) | Scarce(in w, Errno.ENOMEM) | Unreadable(in w, Errno.EFAULT);
            }
        }

        return profile.Contract.Has(Fix.MadvisePopulate)
            ? Bit(Errno.None) | Scarce(in w, Errno.ENOMEM) | Unreadable(in w, Errno.EFAULT)
            : Bit(Errno.EINVAL);
    }
}
