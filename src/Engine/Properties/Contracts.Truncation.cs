// What the size of a file does to the reference memory: what lies behind the end is no file's any more, private copies
// there are gone too, and with them their marks and their poison; of protection the entry tells what is left. A file
// that grows holds zeros where nothing was written since. Who has a page still has it for himself.
// Not covered: what an access behind the end answers (ErrnoContract), single pages of the file (Contracts.Holes).

using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Properties;

public static partial class Contracts
{
    /// <summary>
    /// From here on nobody finds what lies behind the end, but who has it mapped may still use it for a while.
    /// </summary>
    private static Violation? SizeChanged(ref World w, ref Touched touched, InodeId inode, int size)
    {
        for (int i = 0; i < Limits.InodePages; i++)
        {
            ref FileRow file = ref w.Reference.ChangeFile(ref touched, new CacheIndex(inode, i));
            file.Place = i < size ? FilePlace.Inside : file.IsBehindEnd ? file.Place : FilePlace.BeingCut;
        }

        return null;
    }

    private static Violation? Truncated(ref World w, ref Touched touched, InodeId inode, int size)
    {
        for (int i = 0; i < Limits.Entries; i++)
        {
            var entry = new EntryIndex((byte)i);
            ref readonly PageRow row = ref w.Reference.RowAt(entry);
            if (row.ShowsFile && row.File.Inode == inode && row.File.Index >= size)
            {
                Cut(ref w, ref touched, entry);
            }
        }

        for (int i = size; i < Limits.InodePages; i++)
        {
            w.Reference.ChangeFile(ref touched, new CacheIndex(inode, i)).Place = FilePlace.Behind;
        }

        return null;
    }

    private static void Cut(ref World w, ref Touched touched, EntryIndex entry)
    {
        int va = entry.Va.Value;
        HandleContracts.MarkTakers(ref w, ref touched, entry.Mm, va, va + 1);
        HandleContracts.Detach(ref w, ref touched, entry.Mm, va, va + 1, privateOnly: true);
        touched.Entries |= 1ul << entry.Value;
        bool disturbs = InFlight.Any(in w.Machine, entry, InFlight.WriteProtect | InFlight.Mremap);
        ref PageRow row = ref w.Reference.ChangeRow(ref touched, entry);
        row.Flags &= ~RowFlags.Poisoned;
        if (row.IsPrivate)
        {
            row.Flags &= ~RowFlags.SoftDirty;
            Rows.CloseToBacking(ref row);
            if (InFlight.Any(in w.Machine, entry, InFlight.Discards))
            {
                Rows.OpenForDiscard(ref row, entry, w.Machine.Serial); // what comes next may still go with that
            }
        }

        if (row.HasAny(RowFlags.UffdProtected))
        {
            SetProtected(ref row, isProtected: true, alone: false);
        }

        row.Flags |= disturbs ? RowFlags.Disturbed : RowFlags.None;
    }

    /// <summary>write(2) behind the end of a file makes it longer.</summary>
    private static void Extended(ref World w, ref Touched touched, CacheIndex written)
    {
        for (int i = 0; i <= written.Index && w.Reference.FileAt(written).IsBehindEnd; i++)
        {
            var index = new CacheIndex(written.Inode, i);
            if (i == written.Index || w.Reference.FileAt(index).IsBehindEnd)
            {
                w.Reference.ChangeFile(ref touched, index).Place = FilePlace.Inside;
            }
        }
    }

    /// <summary>Whatever the engine says to have done: with nobody else at it, this is the size now.</summary>
    private static void EndTruncate(ref World w, ref Touched touched, in Task t, bool alone)
    {
        InodeId inode = new CacheIndex(t.Argument).Inode;
        if (!alone)
        {
            return;
        }

        SizeChanged(ref w, ref touched, inode, t.Length);
        Truncated(ref w, ref touched, inode, t.Length);
        for (int i = t.Length; i < Limits.InodePages; i++)
        {
            EndPunch(ref w, ref touched, new CacheIndex(inode, i), alone);
        }
    }

    internal static Violation BehindEnd(MemoryKind kind, string where, string what) =>
        new(Clause.BehindEnd, kind, where, $"{what}, behind the end of its file");
}
