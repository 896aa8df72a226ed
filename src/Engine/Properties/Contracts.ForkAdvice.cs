// What advice about fork does to the reference memory: it is kept page by page, and what a child finds follows from it.
// A mapping that refuses it ends the call; without room for a split the mappings say how far it came.
// Not covered: fork itself (Contracts.cs), results (ErrnoContract).

using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Properties;

public static partial class Contracts
{
    private static void EndForkAdvice(ref World w, ref Touched touched, in Task t)
    {
        for (int va = t.Va.Value; va < EndOf(in t); va++)
        {
            EntryIndex entry = At(in t, va);
            int index = w.Machine.FindVma(entry.Mm, entry.Va);
            if (index < 0)
            {
                continue;
            }

            ref readonly Vma vma = ref w.Machine.VmaAt(entry.Mm, index);
            if (t.Errno == (byte)Errno.EINVAL && !vma.IsAnon)
            {
                return;
            }

            ref PageRow row = ref w.Reference.ChangeRow(ref touched, entry);
            row.Flags = t.Errno == (byte)Errno.EAGAIN ? Advised(row.Flags, in vma) : Advised(row.Flags, t.Argument);
        }
    }

    private static RowFlags Advised(RowFlags flags, int advice) => advice switch
    {
        0 => flags | RowFlags.DontFork,
        1 => flags & ~RowFlags.DontFork,
        2 => flags | RowFlags.WipeOnFork,
        _ => flags & ~RowFlags.WipeOnFork,
    };

    private static RowFlags Advised(RowFlags flags, in Vma vma) =>
        (flags & ~(RowFlags.DontFork | RowFlags.WipeOnFork))
        | (vma.Has(VmFlags.DontCopy) ? RowFlags.DontFork : RowFlags.None)
        | (vma.Has(VmFlags.WipeOnFork) ? RowFlags.WipeOnFork : RowFlags.None);
}
