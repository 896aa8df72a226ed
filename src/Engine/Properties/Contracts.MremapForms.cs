// What the other forms of mremap do to the reference memory: what is cut off ends with its mapping; what is new is
// empty, with the rights, the lock and the watch of what it was added to; what MREMAP_DONTUNMAP leaves behind is as if
// it had just been mapped, but for its registration, and is not locked any more. Whatever stands beside it stays.
// Not covered: what moves (Contracts.Mremap), results (ErrnoContract.Mremap).

using MmFuzz.Engine.Operations;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Properties;

public static partial class Contracts
{
    /// <summary>Rows of the target whose mapping is gone, and nothing is mapped there in its place yet.</summary>
    private static void MremapTargetGone(ref World w, ref Touched touched, in Task t, int length)
    {
        for (int i = 0; i < length; i++)
        {
            EntryIndex to = At(in t, t.Argument + i);
            if (w.Reference.RowAt(to).HasAny(RowFlags.Mapped) && w.Machine.FindVma(to.Mm, to.Va) < 0)
            {
                MremapRowEnds(ref w, ref touched, to);
            }
        }
    }

    /// <summary>What is cut off, as far as its mapping is gone; all of it if the call has succeeded.</summary>
    private static void MremapCut(ref World w, ref Touched touched, in Task t, bool certain)
    {
        for (int i = MremapRequest.Of(in t).NewLength; i < t.Length; i++)
        {
            EntryIndex cut = At(in t, t.Va.Value + i);
            bool gone = certain || w.Machine.FindVma(cut.Mm, cut.Va) < 0;
            if (w.Reference.RowAt(cut).HasAny(RowFlags.Mapped) && gone)
            {
                MremapRowEnds(ref w, ref touched, cut);
            }
        }
    }

    private static void MremapRowEnds(ref World w, ref Touched touched, EntryIndex entry)
    {
        HandleContracts.Detach(
            ref w, ref touched, entry.Mm, entry.Va.Value, entry.Va.Value + 1, privateOnly: false);
        w.Reference.ChangeRow(ref touched, entry) = default;
        ForgetEvicted(ref w, ref touched);
    }

    /// <summary>It has grown: pages of the same kind follow on its last one, and nobody has touched them.</summary>
    private static void MremapGrown(ref World w, ref Touched touched, in Task t)
    {
        const RowFlags Kept = RowFlags.Mapped | RowFlags.Shared | RowFlags.Read | RowFlags.Write | RowFlags.HasFile
            | RowFlags.DontFork | RowFlags.WipeOnFork | RowFlags.Mlocked | RowFlags.Registration;
        PageRow last = w.Reference.RowAt(At(in t, t.Argument + t.Length - 1));
        for (int i = t.Length; i < MremapRequest.Of(in t).NewLength; i++)
        {
            ref PageRow row = ref w.Reference.ChangeRow(ref touched, At(in t, t.Argument + i));
            row = default;
            row.Flags = last.Flags & Kept;
            if (last.ShowsFile)
            {
                row.File = new CacheIndex(last.File.Inode, last.File.Index + i - t.Length + 1);
                row.Flags |= last.HasAny(RowFlags.HasFile) ? RowFlags.MayBeZero : RowFlags.None;
            }
        }
    }

    /// <summary>MREMAP_DONTUNMAP: what has moved from here is empty now.</summary>
    private static void LeftBehind(ref World w, ref Touched touched, in Task t, EntryIndex from)
    {
        const RowFlags Gone = RowFlags.UffdProtected | RowFlags.ProtectionUnknown | RowFlags.Disturbed
            | RowFlags.Poisoned | RowFlags.Guarded | RowFlags.Lazyfree | RowFlags.SoftDirty | RowFlags.Mlocked
            | RowFlags.Resident | RowFlags.WasPopulated | RowFlags.StoredWhileOpen;
        if (!MremapRequest.Of(in t).KeepsSource || !w.Reference.RowAt(from).HasAny(RowFlags.Doubled))
        {
            return;
        }

        int distance = t.Argument - t.Va.Value;
        HandleContracts.Follow(
            ref w, ref touched, from, At(in t, from.Va.Value + distance)); // taken while the entries moved
        ref PageRow row = ref w.Reference.ChangeRow(ref touched, from);
        row.Flags &= ~Gone;
        if (row.IsPrivate)
        {
            Rows.CloseToBacking(ref row);
        }
    }

    /// <summary>
    /// An mremap that announced itself has returned: what is new of a locked mapping has been faulted in, as far as
    /// that can be; what is in memory stays there.
    /// </summary>
    private static void EndPopulated(ref World w, ref Touched touched, in Task t, bool alone)
    {
        bool grew = alone && (OperationKind)t.Operation == OperationKind.Mremap;
        for (int i = t.Length; grew && i < MremapRequest.Of(in t).NewLength; i++)
        {
            EntryIndex entry = At(in t, t.Argument + i);
            ref readonly PageRow row = ref w.Reference.RowAt(entry);
            if (row.IsPrivate && row.HasAny(RowFlags.Mlocked) && w.Machine.PteAt(entry).IsPresent)
            {
                w.Reference.ChangeRow(ref touched, entry).Flags |= RowFlags.Resident;
            }
        }
    }
}
