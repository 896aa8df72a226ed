// The contract table of mremap: what does not overlap, has room and is mapped may move; several mappings together
// since 6.17, unless userfaultfd watches one. Not covered: what moves with it (Contracts.Mremap).

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
}
