// The contract table of mremap: what does not overlap, has room and is mapped may move; several mappings together
// since 6.17, unless userfaultfd watches one. What gets another length is one mapping, but for what is cut off; in
// place it grows from its end into what is free. MREMAP_DONTUNMAP is known since 5.7, of all memory since 5.13.
// Not covered: what moves with it (Contracts.Mremap).

using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Properties;

public static partial class ErrnoContract
{
    /// <summary>Since 6.17 several mappings move at once, if no userfaultfd watches one and no hole is first.</summary>
    private static uint Mremap(in World w, Profile profile, in Operation op)
    {
        if (op.Has(OperationFlags.InPlace))
        {
            return Bit(ResizedInPlace(in w, in op));
        }

        bool keeps = op.Has(OperationFlags.DontUnmap);
        bool overlaps = op.Number < op.End && op.Va.Value < op.Number + op.NewLength;
        if (op.Length == 0 || overlaps || (keeps && !profile.Contract.Has(Fix.MremapDontUnmap)))
        {
            return Bit(Errno.EINVAL);
        }

        int added = keeps ? 4 : 3;
        if (w.Machine.MmAt(op.Process).VmaCount + added > Limits.VmasPerMm || Outgrows(in w, in op))
        {
            return Bit(Errno.ENOMEM);
        }

        int first = w.Machine.FindVma(op.Process, op.Va);
        if (op.Resized != 0 && op.NewLength != op.Length)
        {
            int common = op.Va.Value + System.Math.Min(op.Length, op.NewLength);
            return Bit(first >= 0 && w.Machine.VmaAt(op.Process, first).End >= common ? Errno.None : Errno.EFAULT);
        }

        if (keeps && first >= 0 && !profile.Contract.Has(Fix.MremapDontUnmapFile)
            && Row(in w, op.Process, op.Va.Value).HasAny(RowFlags.Shared | RowFlags.HasFile))
        {
            return Bit(Errno.EINVAL);
        }

        if (first < 0 || w.Machine.VmaAt(op.Process, first).End >= op.End || !profile.Contract.Has(Fix.MremapMultiVma))
        {
            return Bit(first >= 0 && w.Machine.VmaAt(op.Process, first).End >= op.End ? Errno.None : Errno.EFAULT);
        }

        // every mapping that moves may leave more of them than before
        uint room = w.Machine.MmAt(op.Process).VmaCount + (2 * added) > Limits.VmasPerMm ? Bit(Errno.ENOMEM) : 0;
        for (int va = op.Va.Value; va < op.End; va++)
        {
            if (Row(in w, op.Process, va).HasAny(RowFlags.Registered))
            {
                return Bit(Errno.EFAULT) | room;
            }
        }

        return Bit(Errno.None) | room;
    }

    /// <summary>
    /// What is mapped may become shorter, whatever is mapped in what is cut off; longer only where it ends and nothing
    /// follows.
    /// </summary>
    private static Errno ResizedInPlace(in World w, in Operation op)
    {
        int first = w.Machine.FindVma(op.Process, op.Va);
        if (op.NewLength <= op.Length)
        {
            Operation cut = op;
            cut.Va = new Va((byte)(op.Va.Value + op.NewLength));
            cut.Length = (byte)(op.Length - op.NewLength);
            return first < 0 ? Errno.EFAULT
                : cut.Length != 0 && LeavesOneMore(in w, in cut) ? Errno.ENOMEM
                : Errno.None;
        }

        int end = first < 0 ? 0 : w.Machine.VmaAt(op.Process, first).End;
        if (end < op.End)
        {
            return Errno.EFAULT;
        }

        bool free = end == op.End && !Outgrows(in w, in op);
        for (int va = op.End; va < op.Va.Value + op.NewLength; va++)
        {
            free &= !Row(in w, op.Process, va).HasAny(RowFlags.Mapped);
        }

        return free ? Errno.None : Errno.ENOMEM;
    }

    /// <summary>A limit of the model's own: its files end after eight pages, for mappings too.</summary>
    private static bool Outgrows(in World w, in Operation op)
    {
        ref readonly PageRow row = ref Row(in w, op.Process, op.Va.Value);
        return op.NewLength > op.Length && row.ShowsFile && row.File.Index + op.NewLength > Limits.InodePages;
    }
}
