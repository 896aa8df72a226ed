// The second half of the contracts: what holds when an operation has returned. Where it ran back to back the contract
// is strict; where others ran in between, what could have gone either way is taken from the machine.

using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Properties;

public static partial class Contracts
{
    /// <summary>An operation has returned; its actor is idle again, <paramref name="t"/> is its last task.</summary>
    public static Violation? Ended(ref World w, ref Touched touched, Profile profile, in Task t, bool alone)
    {
        bool success = t.Errno == (byte)Errno.None;
        Disturb(ref w, ref touched, in t);
        if (IsSettled(in t))
        {
            EndPopulated(ref w, ref touched, in t, alone);
            return null;
        }

        switch ((OperationKind)t.Operation)
        {
            case OperationKind.Mmap when success:
                EndMmap(ref w, ref touched, in t);
                break;
            case OperationKind.Munmap or OperationKind.Exit:
                EndUnmap(ref w, ref touched, in t, success);
                break;
            case OperationKind.Dontneed:
                EndDontneed(ref w, ref touched, in t, alone);
                break;
            case OperationKind.Mprotect:
                EndMprotect(ref w, ref touched, in t, alone);
                break;
            case OperationKind.Fork:
                EndFork(ref w, ref touched, in t, success);
                break;
            case OperationKind.Pin or OperationKind.Get or OperationKind.Vmsplice when success:
                return HandleContracts.Taken(ref w, ref touched, profile, in t, alone);
            case OperationKind.ForceWrite:
                return EndForceWrite(ref w, ref touched, in t, alone, success);
            case OperationKind.Register when success:
                EndRegister(ref w, ref touched, in t);
                break;
            case OperationKind.Register when t.Errno == (byte)Errno.ENOMEM && !t.Mm.IsNone:
                ResyncRegistration(ref w, ref touched, in t);
                break;
            case OperationKind.Unregister or OperationKind.UffdClose:
                Violation? asleep = success ? UffdContracts.CheckAwake(in w, in t, RegisteredWith(in t)) : null;
                EndUnregister(ref w, ref touched, profile, in t, success);
                return asleep;
            case OperationKind.Wp or OperationKind.Unwp:
                EndWriteProtect(ref w, ref touched, profile, in t, alone);
                break;
            case OperationKind.Scan:
                ScanContracts.Ended(ref w, ref touched, in t, alone);
                break;
            case OperationKind.Madvise:
                EndForkAdvice(ref w, ref touched, in t);
                break;
            case OperationKind.Free:
                HandleContracts.Detach(
                    ref w, ref touched, t.Mm, t.Va.Value, EndOfDiscard(in w, in t), privateOnly: true);
                EndFree(ref w, ref touched, in t);
                break;
            case OperationKind.Mremap:
                EndMremap(ref w, ref touched, in t);
                break;
            case OperationKind.Swapoff when success && alone:
                return SlotRules.CheckEmpty(in w);
            case OperationKind.ClearRefs:
                EndClearRefs(ref w, ref touched, in t);
                break;
            default:
                EndOther(ref w, ref touched, profile, in t, alone);
                break;
        }

        return null;
    }

    private static void EndClearRefs(ref World w, ref Touched touched, in Task t)
    {
        for (int va = 0; va < Limits.PagesPerMm; va++)
        {
            if (w.Reference.RowAt(At(in t, va)).HasAny(RowFlags.SoftDirty))
            {
                w.Reference.ChangeRow(ref touched, At(in t, va)).Flags &= ~RowFlags.SoftDirty;
            }
        }
    }

    private static EntryIndex At(in Task t, int va) => new(t.Mm, new Va((byte)va));

    private static int EndOf(in Task t) => System.Math.Min(t.Va.Value + t.Length, Limits.PagesPerMm);

    private static RowFlags Rights(VmFlags flags) =>
        ((flags & VmFlags.Read) != 0 ? RowFlags.Read : RowFlags.None)
        | ((flags & VmFlags.Write) != 0 ? RowFlags.Write : RowFlags.None);

    private static void EndMmap(ref World w, ref Touched touched, in Task t)
    {
        if (InFlight.Replaces(in t))
        {
            EndUnmap(ref w, ref touched, in t, success: true);
        }

        var kind = (VmaKind)t.Argument2;
        bool shared = kind is VmaKind.MemfdShared or VmaKind.SharedAnon;
        for (int i = t.Length; i < Limits.InodePages && kind == VmaKind.SharedAnon; i++)
        {
            var behind = new CacheIndex(new InodeId(t.Slot.Value), i); // its inode is as large as this mapping
            w.Reference.ChangeFile(ref touched, behind).Place = FilePlace.Behind;
        }

        for (int va = t.Va.Value; va < EndOf(in t); va++)
        {
            ref PageRow row = ref w.Reference.ChangeRow(ref touched, At(in t, va));
            row = default;
            row.Flags = RowFlags.Mapped | Rights((VmFlags)t.Argument) | (shared ? RowFlags.Shared : RowFlags.None);
            if (kind != VmaKind.Anon)
            {
                row.File = new CacheIndex(new InodeId(t.Slot.Value), t.Cursor + va - t.Va.Value);
                row.Flags |= shared ? RowFlags.None : RowFlags.HasFile | RowFlags.MayBeZero;
            }
        }
    }

    private static void EndUnmap(ref World w, ref Touched touched, in Task t, bool success)
    {
        if (!success)
        {
            return; // refused before anything was done, and before any row was opened
        }

        HandleContracts.Detach(ref w, ref touched, t.Mm, t.Va.Value, EndOf(in t), privateOnly: false);
        for (int va = t.Va.Value; va < EndOf(in t); va++)
        {
            w.Reference.ChangeRow(ref touched, At(in t, va)) = default;
        }

        ForgetEvicted(ref w, ref touched);
    }

    /// <summary>Inodes that went with their last mapping, and the handles on their pages.</summary>
    private static void ForgetEvicted(ref World w, ref Touched touched)
    {
        HandleContracts.DetachEvicted(ref w, ref touched);
        for (int i = 0; i < Limits.CachePages; i++)
        {
            var index = new CacheIndex((byte)i);
            ref readonly FileRow file = ref w.Reference.FileAt(index);
            if (!w.Machine.InodeAt(index.Inode).Exists && (!file.Value.IsZero || file.IsBehindEnd))
            {
                w.Reference.ChangeFile(ref touched, index) = default;
            }
        }
    }

    private static void EndDontneed(ref World w, ref Touched touched, in Task t, bool alone)
    {
        int end = EndOfDiscard(in w, in t);
        HandleContracts.Detach(ref w, ref touched, t.Mm, t.Va.Value, end, privateOnly: true);
        for (int va = t.Va.Value; va < end; va++)
        {
            EntryIndex entry = At(in t, va);
            bool poisonedSince = !alone && w.Machine.PteAt(entry).Kind == PteKind.PoisonMarker;
            if (w.Reference.RowAt(entry).HasAny(RowFlags.Poisoned) && !poisonedSince)
            {
                w.Reference.ChangeRow(ref touched, entry).Flags &= ~RowFlags.Poisoned;
            }

            if (!w.Reference.RowAt(entry).IsPrivate)
            {
                continue;
            }

            ref PageRow row = ref w.Reference.ChangeRow(ref touched, entry);
            row.Flags &= ~RowFlags.SoftDirty;
            if (!row.HasAny(RowFlags.HasFile | RowFlags.Guarded)) // it stays as a marker, or in the guard
            {
                SetProtected(ref row, isProtected: false, alone);
            }

            if (!InFlight.AnyOther(in w.Machine, entry, InFlight.Discards, t.Actor))
            {
                // what came to be there meanwhile may be freed lazily in its turn
                bool free = (!alone && MayHoldPage(in w.Machine, entry))
                    || InFlight.Any(in w.Machine, entry, InFlight.Free);
                row.Flags &= free ? ~RowFlags.None : ~RowFlags.Lazyfree;
                Rows.EndDiscard(ref row, w.Machine.Serial);
                FileContracts.Discarded(in w, ref row, entry, alone);
            }
        }
    }

    /// <summary>Whether the entry names a page, or somebody has it in hand who may put one back.</summary>
    private static bool MayHoldPage(in Machine machine, EntryIndex entry) =>
        machine.PteAt(entry).NamesPage || machine.PtLockOwner(entry.PtLock) != 0;

    /// <summary>
    /// Mappings before a hole are changed, the hole ends it; with others in between the mappings say.
    /// </summary>
    private static void EndMprotect(ref World w, ref Touched touched, in Task t, bool alone)
    {
        if (!alone || t.Errno == (byte)Errno.ENOMEM)
        {
            ResyncRights(ref w, ref touched, in t);
            return;
        }

        for (int va = t.Va.Value; va < EndOf(in t) && t.Errno == (byte)Errno.None; va++)
        {
            ref PageRow row = ref w.Reference.ChangeRow(ref touched, At(in t, va));
            row.Flags = (row.Flags & ~(RowFlags.Read | RowFlags.Write)) | Rights((VmFlags)t.Argument);
        }
    }

    private static void ResyncRights(ref World w, ref Touched touched, in Task t)
    {
        for (int va = t.Va.Value; va < EndOf(in t); va++)
        {
            EntryIndex entry = At(in t, va);
            int index = w.Machine.FindVma(entry.Mm, entry.Va);
            if (index >= 0)
            {
                ref PageRow row = ref w.Reference.ChangeRow(ref touched, entry);
                RowFlags rights = Rights(w.Machine.VmaAt(entry.Mm, index).Flags);
                row.Flags = (row.Flags & ~(RowFlags.Read | RowFlags.Write)) | rights;
            }
        }
    }

    private static void EndFork(ref World w, ref Touched touched, in Task t, bool success)
    {
        for (int va = 0; va < Limits.PagesPerMm; va++)
        {
            var entry = new EntryIndex(t.Child, new Va((byte)va));
            ref PageRow row = ref w.Reference.ChangeRow(ref touched, entry);
            if (!success)
            {
                row = w.Machine.MmAt(t.Child).State == MmState.Free ? default : row;
                continue;
            }

            bool raced = row.IsPrivate && row.HasAny(RowFlags.StoredWhileOpen);
            row.Flags &= ~RowFlags.StoredWhileOpen;
            if (raced && row.IsOpen)
            {
                row.Flags |= RowFlags.MayBeAnything;
            }
            else if (raced)
            {
                row.Flags |= row.IsUnbroken ? RowFlags.MayBeNewer : RowFlags.MayBeOld | RowFlags.MayBeNewer;
                row.Source = At(in t, va);
                row.Until = (ushort)(w.Machine.Serial + 1);
            }
            else if (!row.IsOpen)
            {
                row.Since = 0;
            }
        }

        touched.Entries |= success ? 0xfffful << (t.Child.Value * Limits.PagesPerMm) : 0;
    }

    private static RowFlags RegisteredWith(in Task t) =>
        t.Argument == 0 ? RowFlags.Registered0 : RowFlags.Registered1;

    private static void EndRegister(ref World w, ref Touched touched, in Task t)
    {
        for (int va = t.Va.Value; va < EndOf(in t); va++)
        {
            ref PageRow row = ref w.Reference.ChangeRow(ref touched, At(in t, va));
            UffdContracts.Register(ref row, RegisteredWith(in t), (UffdModes)t.Argument2);
        }
    }

    /// <summary>Without memory for a split it fails late: bits are reset, the registration stays.</summary>
    private static void EndUnregister(
        ref World w, ref Touched touched, Profile profile, in Task t, bool success)
    {
        if (t.Mm.IsNone || (!success && t.Errno != (byte)Errno.ENOMEM))
        {
            return;
        }

        bool close = (OperationKind)t.Operation == OperationKind.UffdClose;
        bool all = !close && !profile.Contract.Has(Fix.UnregisterForeign);
        RowFlags mine = all ? RowFlags.Registered : RegisteredWith(in t);
        int start = close ? 0 : t.Va.Value;
        int end = close ? Limits.PagesPerMm : EndOf(in t);
        for (int va = start; va < end; va++)
        {
            ref PageRow row = ref w.Reference.ChangeRow(ref touched, At(in t, va));
            if (!success)
            {
                SetProtected(ref row, isProtected: false, alone: false);
                continue;
            }

            row.Flags &= row.HasAny(mine)
                ? ~(RowFlags.Registration | RowFlags.UffdProtected | RowFlags.ProtectionUnknown)
                : ~RowFlags.None;
        }

        if (!success)
        {
            ResyncRegistration(ref w, ref touched, in t);
        }
    }

    /// <summary>It ran out of mappings half-way: which of them are registered now, they say themselves.</summary>
    private static void ResyncRegistration(ref World w, ref Touched touched, in Task t)
    {
        for (int va = t.Va.Value; va < EndOf(in t); va++)
        {
            EntryIndex entry = At(in t, va);
            int index = w.Machine.FindVma(entry.Mm, entry.Va);
            int uffd = index < 0 ? 0 : w.Machine.VmaAt(entry.Mm, index).Uffd;
            ref PageRow row = ref w.Reference.ChangeRow(ref touched, entry);
            row.Flags &= ~RowFlags.Registration;
            row.Flags |= uffd == 1 ? RowFlags.Registered0 : uffd == 2 ? RowFlags.Registered1 : RowFlags.None;
            row.Flags |= index < 0 ? RowFlags.None : UffdContracts.WatchesOf(in w.Machine.VmaAt(entry.Mm, index));
            row.Flags |= row.HasAny(RowFlags.UffdProtected) ? RowFlags.ProtectionUnknown : RowFlags.None;
        }
    }

    /// <summary>
    /// Since 6.4 what came before the mapping that is not registered stays done; before, nothing was.
    /// </summary>
    private static void EndWriteProtect(ref World w, ref Touched touched, Profile profile, in Task t, bool alone)
    {
        bool partial = t.Errno == (byte)Errno.ENOENT && profile.Contract.Has(Fix.WpMultiVma);
        if ((t.Errno != (byte)Errno.None && !partial) || t.Mm.IsNone)
        {
            return;
        }

        bool protect = (OperationKind)t.Operation == OperationKind.Wp;
        bool stopped = false;
        for (int va = t.Va.Value; va < EndOf(in t); va++)
        {
            ref PageRow row = ref w.Reference.ChangeRow(ref touched, At(in t, va));
            if (!row.HasAny(RowFlags.Mapped))
            {
                continue;
            }

            stopped |= !row.HasAny(RowFlags.WatchesWp) && alone;
            if (stopped)
            {
                row.Flags &= ~RowFlags.WasPopulated;
                continue;
            }

            if (alone && protect && row.HasAny(RowFlags.Poisoned | RowFlags.Guarded))
            {
                row.Flags &= ~RowFlags.WasPopulated; // nothing is there to protect; what a scan has put there stays
                continue;
            }

            bool populated = row.HasAny(RowFlags.Shared | RowFlags.HasFile | RowFlags.WasPopulated)
                || ScanContracts.Has(in w, in row, UffdFeatures.WpUnpopulated);
            populated &= !row.HasAny(RowFlags.Poisoned | RowFlags.Guarded);
            bool now = protect && (populated || row.HasAny(RowFlags.UffdProtected));
            bool certain = alone
                || (!row.HasAny(RowFlags.Disturbed | RowFlags.Lazyfree | RowFlags.Poisoned | RowFlags.Guarded)
                    && (now || !protect) && t.Errno == (byte)Errno.None);
            SetProtected(ref row, now, certain);
            row.Flags &= ~RowFlags.WasPopulated; // whether it is disturbed matters to others still under way
        }
    }

    /// <summary>With others in between, what the entry says when it is judged next is what holds.</summary>
    internal static void SetProtected(ref PageRow row, bool isProtected, bool alone)
    {
        row.Flags &= ~(RowFlags.UffdProtected | RowFlags.ProtectionUnknown);
        row.Flags |= !alone ? RowFlags.ProtectionUnknown : isProtected ? RowFlags.UffdProtected : RowFlags.None;
    }
}
