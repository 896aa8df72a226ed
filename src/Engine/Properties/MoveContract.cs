// UFFDIO_MOVE: what it may answer, page by page, and what it does to the reference memory: the target holds what the
// source held, is marked as changed and not protected; the source holds zeros again. References follow their page;
// pins forbid it. Not covered: whose pages may move where others ran in between.

using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Properties;

/// <summary>Contract of UFFDIO_MOVE.</summary>
internal static class MoveContract
{
    /// <summary>A page has moved.</summary>
    public static Violation? Landed(ref World w, ref Touched touched, in MemoryEffect effect)
    {
        EntryIndex to = effect.Entry;
        var from = new EntryIndex(to.Mm, new Va(effect.Until));
        PageRow source = w.Reference.RowAt(from);
        Pte pte = w.Machine.PteAt(to);
        Token found = FileContracts.Content(in w.Machine, pte);
        bool unread = found.IsZero || !Rows.Allows(in w.Reference, in source, found); // zeros a lazyfree page may hold
        if (unread && FileContracts.IsBeingFilled(in w.Machine, pte))
        {
            // Somebody reads it into the swap cache right now, and has not got that far.
            found = w.Machine.SlotAt(pte.Slot).Content;
        }

        if (!Rows.Allows(in w.Reference, in source, found))
        {
            return new Violation(Clause.WrongContent, MemoryKind.Anon, to.ToString(),
                $"{from} moved here and holds {found}, must hold {Rows.Describe(in w.Reference, in source)}");
        }

        const RowFlags Gone = RowFlags.SoftDirty | RowFlags.UffdProtected | RowFlags.ProtectionUnknown
            | RowFlags.Resident; // what comes may be in swap
        const RowFlags Lent = RowFlags.Lazyfree | RowFlags.Poisoned;
        ref PageRow target = ref w.Reference.ChangeRow(ref touched, to);
        Settle(in w.Machine, ref target, to, found);
        target.Flags = (target.Flags & ~(Gone | RowFlags.Poisoned)) | (source.Flags & RowFlags.Lazyfree)
            | (pte.IsZeroPage ? RowFlags.None : RowFlags.SoftDirty) | Unclear(in w.Machine, to);
        ref PageRow left = ref w.Reference.ChangeRow(ref touched, from);
        Settle(in w.Machine, ref left, from, Token.Zero);
        left.Flags = (left.Flags & ~(Gone | Lent)) | Unclear(in w.Machine, from);
        HandleContracts.Follow(ref w, ref touched, from, to, pinsToo: false); // pinned pages do not move
        HandleContracts.MarkTakers(ref w, ref touched, to.Mm, from.Va.Value, from.Va.Value + 1);
        return null;
    }

    /// <summary>What the operation may answer.</summary>
    public static uint Allowed(in World w, Profile profile, in Operation op)
    {
        MmId mm = w.Machine.UffdAt(op.Uffd).Mm;
        if (!profile.Contract.Has(Fix.UffdMove))
        {
            return ErrnoContract.Bit(Errno.EINVAL);
        }

        if (w.Machine.UffdAt(op.Uffd).Changing != 0)
        {
            return ErrnoContract.Bit(Errno.EAGAIN);
        }

        if (op.Length == 0 || op.Number + op.Length > Limits.PagesPerMm || ErrnoContract.IsGone(in w, mm))
        {
            return ErrnoContract.Bit(Errno.EINVAL);
        }

        int source = w.Machine.FindVma(mm, op.Va);
        int target = w.Machine.FindVma(mm, new Va(op.Number));
        if (source < 0 || target < 0)
        {
            return ErrnoContract.Bit(Errno.ENOENT);
        }

        bool watched = w.Reference.RowAt(new EntryIndex(mm, new Va(op.Number))).HasAny(
            op.Slot == 0 ? RowFlags.Registered0 : RowFlags.Registered1);
        if (!watched || !IsFit(in w, mm, source, op.Va.Value, op.Length)
            || !IsFit(in w, mm, target, op.Number, op.Length)
            || IsLocked(in w, mm, op.Va.Value) != IsLocked(in w, mm, op.Number))
        {
            return ErrnoContract.Bit(Errno.EINVAL);
        }

        for (int page = 0; page < op.Length; page++)
        {
            uint errno = Page(in w, in op, mm, page);
            if (errno != ErrnoContract.Bit(Errno.None))
            {
                return page == 0 ? errno : ErrnoContract.Bit(Errno.EAGAIN);
            }
        }

        return ErrnoContract.Bit(Errno.None);
    }

    private static void Settle(in Machine machine, ref PageRow row, EntryIndex entry, Token value)
    {
        if (row.IsOpen && InFlight.Any(in machine, entry, InFlight.Discards))
        {
            row.Flags |= RowFlags.MayBeAnything;
            return;
        }

        Rows.Close(ref row, value);
    }

    /// <summary>Where others change protection right now, the entry says; and they were disturbed.</summary>
    private static RowFlags Unclear(in Machine machine, EntryIndex entry) =>
        (InFlight.Any(in machine, entry, InFlight.Protection) ? RowFlags.ProtectionUnknown : RowFlags.None)
        | (InFlight.Any(in machine, entry, InFlight.WriteProtect) ? RowFlags.Disturbed : RowFlags.None)
        | (InFlight.Any(in machine, entry, InFlight.Free) ? RowFlags.Lazyfree : RowFlags.None);

    /// <summary>One private anonymous mapping, writable, with all of the range.</summary>
    private static bool IsFit(in World w, MmId mm, int index, int start, int length)
    {
        ref readonly Vma vma = ref w.Machine.VmaAt(mm, index);
        return vma.IsAnon && vma.End >= start + length
            && w.Reference.RowAt(new EntryIndex(mm, new Va((byte)start))).HasAny(RowFlags.Write);
    }

    private static bool IsLocked(in World w, MmId mm, int va) =>
        w.Reference.RowAt(new EntryIndex(mm, new Va((byte)va))).HasAny(RowFlags.Mlocked);

    /// <summary>Ranges that overlap meet what they have moved themselves: the machine's word is taken there.</summary>
    private static uint Page(in World w, in Operation op, MmId mm, int page)
    {
        if (System.Math.Abs(op.Number - op.Va.Value) < op.Length)
        {
            return ErrnoContract.Any;
        }

        var from = new EntryIndex(mm, new Va((byte)(op.Va.Value + page)));
        var to = new EntryIndex(mm, new Va((byte)(op.Number + page)));
        Pte pte = w.Machine.PteAt(from);
        bool holes = op.Has(OperationFlags.AllowHoles);
        bool table = w.Machine.PmdAt(from).Kind != PmdKind.None;
        Errno errno = !table && !holes ? Errno.ENOENT
            : !w.Machine.PteAt(to).IsNone ? Errno.EEXIST
            : pte.IsNone ? holes ? Errno.None : Errno.ENOENT
            : !pte.NamesPage || pte.Kind == PteKind.HwPoison ? Errno.EFAULT
            : MayMove(in w.Machine, pte) ? Errno.None
            : Errno.EBUSY;
        return ErrnoContract.Bit(errno);
    }

    private static bool MayMove(in Machine machine, Pte pte) =>
        pte.IsSwap ? (pte.Bits & EntryBits.Exclusive) != 0
        : pte.IsMigration || pte.IsZeroPage
        || machine.FrameAt(pte.Pfn) is { AnonExclusive: true, MaybeDmaPinned: false };
}
