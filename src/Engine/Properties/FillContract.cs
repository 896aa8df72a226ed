// What UFFDIO_COPY, ZEROPAGE, CONTINUE and POISON may answer in a given state: the range's one registered mapping, and
// page by page whether the place is free. Judged for operations that ran back to back.
// Not covered: what they do to the reference memory (UffdContracts).

using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Properties;

/// <summary>Results of filling.</summary>
internal static class FillContract
{
    /// <summary>What the operation may answer; <paramref name="scarce"/> if an allocation may fail.</summary>
    public static uint Allowed(in World w, Profile profile, in Operation op, bool scarce)
    {
        MmId mm = w.Machine.UffdAt(op.Uffd).Mm;
        if (w.Machine.UffdAt(op.Uffd).Changing != 0)
        {
            return ErrnoContract.Bit(Errno.EAGAIN);
        }

        if (op.Length == 0 || !IsKnown(profile, in op))
        {
            return ErrnoContract.Bit(Errno.EINVAL);
        }

        if (ErrnoContract.IsGone(in w, mm))
        {
            return ErrnoContract.Bit(Errno.ESRCH);
        }

        int index = w.Machine.FindVma(mm, op.Va);
        if (index < 0 || w.Machine.VmaAt(mm, index).End < op.End
            || !w.Reference.RowAt(new EntryIndex(mm, op.Va)).HasAny(RowFlags.Registered))
        {
            return ErrnoContract.Bit(Errno.ENOENT);
        }

        ref readonly Vma vma = ref w.Machine.VmaAt(mm, index);
        ref readonly PageRow row = ref w.Reference.RowAt(new EntryIndex(mm, op.Va));
        if ((op.Has(OperationFlags.Protect) && !row.HasAny(RowFlags.WatchesWp))
            || (op.Kind == OperationKind.Continue && vma.IsAnon)
            || vma.Kind == VmaKind.FilePrivate)
        {
            return ErrnoContract.Bit(Errno.EINVAL);
        }

        uint lacking = scarce ? ErrnoContract.Bit(Errno.ENOMEM) | ErrnoContract.Bit(Errno.EAGAIN) : 0;
        for (int page = 0; page < op.Length; page++)
        {
            if (w.Machine.PteAt(new EntryIndex(mm, new Va((byte)(op.Va.Value + page)))).IsGuard
                && !profile.Contract.Has(Fix.FillKeepsGuard))
            {
                return ErrnoContract.Any; // that a guard is lost is what matters
            }

            Errno errno = Page(in w, in vma, in op, new EntryIndex(mm, new Va((byte)(op.Va.Value + page))));
            if (errno != Errno.None)
            {
                return ErrnoContract.Bit(page == 0 ? errno : Errno.EAGAIN) | lacking;
            }
        }

        return ErrnoContract.Bit(Errno.None) | lacking;
    }

    private static bool IsKnown(Profile profile, in Operation op) => op.Kind switch
    {
        OperationKind.Continue => profile.Contract.Has(Fix.UffdMinorShmem)
            && (!op.Has(OperationFlags.Protect) || profile.Contract.Has(Fix.UffdContinueWp)),
        OperationKind.Poison => profile.Contract.Has(Fix.UffdPoison),
        _ => true,
    };

    /// <summary>COPY and CONTINUE overwrite markers, POISON and ZEROPAGE of private memory nothing at all.</summary>
    private static Errno Page(in World w, in Vma vma, in Operation op, EntryIndex entry)
    {
        Pte pte = w.Machine.PteAt(entry);
        bool hole = vma.IsAnon || w.Machine.CacheAt(vma.CacheIndexOf(entry.Va)).Kind == CacheKind.Hole;
        if (FileContracts.IsBehindEnd(in w, in w.Reference.RowAt(entry)))
        {
            return op.Kind == OperationKind.Continue ? Errno.EINVAL : Errno.EFAULT;
        }

        bool nothing = pte.IsNone;
        bool mostly = nothing || pte.Kind is PteKind.Marker or PteKind.PoisonMarker;
        return op.Kind switch
        {
            OperationKind.Continue => hole ? Errno.EFAULT
                : FailureContracts.HasFailed(in w.Machine, vma.CacheIndexOf(entry.Va)) ? Errno.EIO
                : mostly ? Errno.None : Errno.EEXIST,
            OperationKind.Poison => nothing ? Errno.None : Errno.EEXIST,
            OperationKind.Zeropage when !vma.IsShared => nothing ? Errno.None : Errno.EEXIST,
            _ => mostly && (hole || !vma.IsShared) ? Errno.None : Errno.EEXIST,
        };
    }
}
