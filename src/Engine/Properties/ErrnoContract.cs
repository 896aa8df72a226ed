// The contract table: what each operation may answer in a given state, written from the specification and the
// reference memory's rows, not from the engine. Judged for operations that ran back to back.
// What GUP may answer is in ErrnoContract.Gup.cs. Not covered: operations that others interleaved with, and what a
// blocked one will answer.

using System.Numerics;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Properties;

/// <summary>Results that are allowed, as a set of bits by Errno.</summary>
public static partial class ErrnoContract
{
    /// <summary>So few free pages that an allocation may fail.</summary>
    private const int ScarceFrames = 8;

    /// <summary>Every result is allowed.</summary>
    public const uint Any = uint.MaxValue;

    /// <summary>What the operation may answer if it runs now, back to back.</summary>
    public static uint Allowed(in World w, Profile profile, in Operation op) => op.Kind switch
    {
        OperationKind.Load or OperationKind.Store => Access(in w, in op),
        OperationKind.Pin or OperationKind.Get or OperationKind.Vmsplice => Gup(in w, profile, in op),
        OperationKind.ForceWrite => ForceWrite(in w, in op),
        OperationKind.DirectIo => Gup(in w, profile, in op),
        OperationKind.ProcessVm => ProcessVm(Gup(in w, profile, in op)),
        OperationKind.Mmap => Mmap(in w, in op),
        OperationKind.Munmap => Bit(op.Length == 0 ? Errno.EINVAL
            : LeavesOneMore(in w, in op) ? Errno.ENOMEM
            : Errno.None),
        OperationKind.Madvise => ForkAdvice(in w, in op),
        OperationKind.Mlock or OperationKind.Munlock => Mlock(in w, in op),
        OperationKind.Dontneed or OperationKind.Free or OperationKind.Cold or OperationKind.Pageout
            when MeetsLocked(in w, in op) => Bit(Errno.EINVAL),
        OperationKind.Free when MeetsOtherThanAnon(in w, in op) => Bit(Errno.EINVAL),
        OperationKind.Dontneed or OperationKind.Free or OperationKind.Cold or OperationKind.Pageout =>
            Bit(op.Length == 0 || IsWhole(in w, op.Process, in op) ? Errno.None : Errno.ENOMEM),
        OperationKind.Mprotect => op.Length == 0 ? Bit(Errno.None)
            : IsWhole(in w, op.Process, in op) ? Bit(Errno.None) | TooMany(in w, op.Process)
            : Bit(Errno.ENOMEM),
        OperationKind.Fork => Bit(Errno.None) | Scarce(in w, Errno.ENOMEM) | NoContextLeft(in w, in op)
            | MeetsFailing(in w, in op),
        OperationKind.Wp or OperationKind.Unwp when !profile.Contract.Has(Fix.UffdWp) => Bit(Errno.EINVAL),
        OperationKind.Register when (op.Modes & UffdModes.Wp) != 0 && !profile.Contract.Has(Fix.UffdWp) =>
            Bit(Errno.EINVAL),
        OperationKind.Register => Register(in w, profile, in op),
        OperationKind.Unregister => Unregister(in w, profile, in op),
        OperationKind.Wp or OperationKind.Unwp => WriteProtect(in w, profile, in op),
        OperationKind.Copy or OperationKind.Zeropage or OperationKind.Continue or OperationKind.Poison =>
            FillContract.Allowed(in w, profile, in op, Scarce(in w, Errno.ENOMEM) != 0),
        OperationKind.Move => MoveContract.Allowed(in w, profile, in op),
        OperationKind.Wake => Bit(op.Length == 0 ? Errno.EINVAL : Errno.None),
        OperationKind.UffdRead => Bit(HasPendingEvent(in w, op.Uffd) ? Errno.None : Errno.EAGAIN),
        OperationKind.MigrateVma => Bit(
            Row(in w, op.Process, op.Va.Value).HasAny(RowFlags.Mapped) ? Errno.None : Errno.EINVAL),
        OperationKind.Swapout or OperationKind.Migrate =>
            Bit(Errno.None) | Bit(Errno.EAGAIN) | Bit(Errno.ENOENT) | Bit(Errno.ENOMEM),
        OperationKind.Ref => Bit(Errno.None) | Bit(Errno.ENOENT),
        OperationKind.Populate => Populate(in w, profile, in op),
        OperationKind.Mremap => Mremap(in w, profile, in op),
        OperationKind.Swapoff => InFlight.AnyBusy(in w.Machine, OperationKind.Swapoff)
            ? Bit(Errno.EINVAL)
            : Bit(Errno.None) | Scarce(in w, Errno.ENOMEM),
        OperationKind.Punch or OperationKind.Truncate => Bit(Errno.None),
        OperationKind.Remove => Remove(in w, in op),
        OperationKind.Guard or OperationKind.Unguard => Guard(in w, profile, in op),
        OperationKind.FileWrite => FileWrite(in w, profile, in op),
        OperationKind.MemoryFailure => MemoryFailure(in w, profile, in op),
        OperationKind.Scan => ScanContracts.Allowed(in w, profile, in op),
        OperationKind.UffdOpen => Open(profile, op.Features),
        OperationKind.Exit or OperationKind.ClearRefs or OperationKind.UffdClose
            or OperationKind.PipeRead or OperationKind.Unpin or OperationKind.DevRead or OperationKind.DevWrite
            or OperationKind.Pagemap or OperationKind.NumaHint or OperationKind.Inject or OperationKind.Unref
            or OperationKind.Step => Bit(Errno.None),
    };

    /// <summary>Whether the set allows the result.</summary>
    public static bool Allows(uint allowed, Errno errno) => (allowed & Bit(errno)) != 0;

    /// <summary>The set in words.</summary>
    public static string Describe(uint allowed)
    {
        var text = new System.Text.StringBuilder();
        for (Errno errno = Errno.None; errno <= Errno.SIGKILL; errno++)
        {
            if (Allows(allowed, errno))
            {
                text.Append(text.Length == 0 ? string.Empty : " or ").Append(Name(errno));
            }
        }

        return text.ToString();
    }

    /// <summary>A result in words.</summary>
    public static string Name(Errno errno) => errno == Errno.None ? "success" : errno.ToString();

    internal static uint Bit(Errno errno) => 1u << (int)errno;

    private static ref readonly PageRow Row(in World w, MmId mm, int va) =>
        ref w.Reference.RowAt(new EntryIndex(mm, new Va((byte)va)));

    private static uint Scarce(in World w, Errno errno) =>
        w.Machine.InjectedFault != InjectedFault.None || BitOperations.PopCount(w.Machine.FreeFrames) < ScarceFrames
            ? Bit(errno)
            : 0;

    /// <summary>Whether a page may turn out to be unreadable.</summary>
    private static uint Unreadable(in World w, Errno errno) =>
        w.Machine.InjectedFault == InjectedFault.ReadIn ? Bit(errno) : 0;

    /// <summary>A child that stays registered needs a context of its own.</summary>
    private static uint NoContextLeft(in World w, in Operation op)
    {
        uint allowed = 0;
        for (int va = 0; va < Limits.PagesPerMm; va++)
        {
            ref readonly PageRow row = ref Row(in w, op.Process, va);
            var other = new UffdId((byte)(row.HasAny(RowFlags.Registered0) ? 1 : 0));
            bool needs = ScanContracts.Has(in w, in row, UffdFeatures.EventFork);
            allowed |= needs && !w.Machine.UffdAt(other).IsFree ? Bit(Errno.ENOMEM) : 0;
        }

        return allowed;
    }

    private static uint TooMany(in World w, MmId mm) =>
        w.Machine.MmAt(mm).VmaCount + 2 > Limits.VmasPerMm ? Bit(Errno.ENOMEM) : 0;

    /// <summary>Whether a hole in the middle of one mapping would make more of them than there may be.</summary>
    private static bool LeavesOneMore(in World w, in Operation op)
    {
        int index = w.Machine.FindVma(op.Process, op.Va);
        return index >= 0 && w.Machine.MmAt(op.Process).VmaCount == Limits.VmasPerMm
            && w.Machine.VmaAt(op.Process, index).Start < op.Va.Value
            && w.Machine.VmaAt(op.Process, index).End > op.End;
    }

    private static bool IsWhole(in World w, MmId mm, in Operation op)
    {
        for (int va = op.Va.Value; va < op.End; va++)
        {
            if (!Row(in w, mm, va).HasAny(RowFlags.Mapped))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether the access would raise an event, with a userfaultfd that wants SIGBUS instead.</summary>
    private static bool IsSigbus(in World w, EntryIndex entry, bool write)
    {
        bool first = w.Reference.RowAt(entry).HasAny(RowFlags.Registered0);
        return (w.Machine.UffdAt(new UffdId((byte)(first ? 0 : 1))).Features & UffdFeatures.Sigbus) != 0
            && w.Reference.RowAt(entry).HasAny(RowFlags.Registered)
            && UffdContracts.Raises(in w, entry, write);
    }

    private static bool MayAccess(in PageRow row, bool write) =>
        row.HasAny(RowFlags.Mapped) && row.HasAny(write ? RowFlags.Write : RowFlags.Read);

    /// <summary>
    /// Whether rights or protection are half changed there, so that who takes no lock may see either; or an entry whose
    /// absence is an event is taken out for a while; or a translation still lives of what is poisoned now, or has moved
    /// away since a hole took its page, which mremap need not flush.
    /// </summary>
    private static bool IsUnclear(in World w, EntryIndex entry)
    {
        ref readonly PageRow row = ref w.Reference.RowAt(entry);
        return InFlight.Any(in w.Machine, entry, InFlight.Mprotect | InFlight.Protection)
            || FailureContracts.IsFailing(in w, entry)
            || (row.ShowsFile && InFlight.Truncates(in w.Machine, row.File))
            || (w.Machine.PtLockOwner(entry.PtLock) != 0
                && row.HasAny(RowFlags.WatchesMissing | RowFlags.WatchesMinor))
            || ((row.HasAny(
                    RowFlags.Poisoned | RowFlags.Guarded | RowFlags.WatchesMissing | RowFlags.WatchesMinor)
                    || (!row.HasAny(RowFlags.Mapped) && InFlight.PunchesAny(in w.Machine)))
                && InFlight.FlushPending(in w.Machine, entry.Mm));
    }

    private static uint Access(in World w, in Operation op)
    {
        bool write = op.Kind == OperationKind.Store;
        var entry = new EntryIndex(op.Process, op.Va);
        ref readonly PageRow row = ref w.Reference.RowAt(entry);
        return IsUnclear(in w, entry) ? Any : !MayAccess(in row, write) || row.HasAny(RowFlags.Guarded)
            ? Bit(Errno.SIGSEGV)
            : row.HasAny(RowFlags.Poisoned) ? Bit(Errno.SIGBUS)
            : FailureContracts.IsLost(in w, entry)
                ? Bit(Errno.SIGBUS) | (row.ShowsFile && write ? Scarce(in w, Errno.OOM) : 0) // its copy comes first
            : FileContracts.IsBehindEnd(in w, in row) ? Bit(Errno.SIGBUS) | Scarce(in w, Errno.OOM)
            : IsSigbus(in w, entry, write) ? Bit(Errno.SIGBUS) | Scarce(in w, Errno.OOM)
            : Bit(Errno.None) | Scarce(in w, Errno.OOM) | Unreadable(in w, Errno.SIGBUS);
    }

    private static uint Mmap(in World w, in Operation op)
    {
        if (op.Length == 0)
        {
            return Bit(Errno.EINVAL);
        }

        for (int va = op.Va.Value; va < op.End && !op.Has(OperationFlags.Fixed); va++)
        {
            if (Row(in w, op.Process, va).HasAny(RowFlags.Mapped))
            {
                return Bit(Errno.EEXIST);
            }
        }

        int index = w.Machine.FindVma(op.Process, op.Va);
        bool splits = index >= 0 && w.Machine.VmaAt(op.Process, index).Start < op.Va.Value
            && w.Machine.VmaAt(op.Process, index).End > op.End;
        int added = splits ? 2 : 1;
        return Bit(w.Machine.MmAt(op.Process).VmaCount + added > Limits.VmasPerMm ? Errno.ENOMEM : Errno.None);
    }

    /// <summary>Whether the address space that a context watches is gone, or going.</summary>
    internal static bool IsGone(in World w, MmId mm) => mm.IsNone || !w.Machine.MmAt(mm).IsLive;

    private static uint Open(Profile profile, UffdFeatures features) =>
        Bit(((features & UffdFeatures.WpUnpopulated) != 0 && !profile.Contract.Has(Fix.UffdWpUnpopulated))
            || ((features & UffdFeatures.WpAsync) != 0 && !profile.Contract.Has(Fix.UffdWpAsync))
            ? Errno.EINVAL
            : Errno.None);

    private static uint Register(in World w, Profile profile, in Operation op)
    {
        MmId mm = w.Machine.UffdAt(op.Uffd).Mm;
        if (op.Length == 0 || IsGone(in w, mm))
        {
            return Bit(op.Length == 0 ? Errno.EINVAL : Errno.ENOMEM);
        }

        RowFlags others = op.Slot == 0 ? RowFlags.Registered1 : RowFlags.Registered0;
        bool any = false;
        for (int va = op.Va.Value; va < op.End; va++)
        {
            ref readonly PageRow row = ref Row(in w, mm, va);
            any |= row.HasAny(RowFlags.Mapped);
            bool watchable = (op.Modes == UffdModes.Wp && IsAsync(in w, in op))
                || CanUserfault(in w, profile, in row, op.Modes);
            if (row.HasAny(RowFlags.Mapped) && !watchable)
            {
                return Bit(Errno.EINVAL);
            }

            if (row.HasAny(others))
            {
                return Bit(Errno.EBUSY);
            }
        }

        return any ? Bit(Errno.None) | TooMany(in w, mm) : Bit(Errno.EINVAL);
    }

    /// <summary>Whether any mapping will do (6.7), for write-protection alone: it needs no manager's answer.</summary>
    private static bool IsAsync(in World w, in Operation op) =>
        (w.Machine.UffdAt(op.Uffd).Features & UffdFeatures.WpAsync) != 0;

    /// <summary>
    /// Anonymous memory, but for minor faults; memfds, shared or private, since 5.19; never files on a disk.
    /// </summary>
    private static bool CanUserfault(in World w, Profile profile, in PageRow row, UffdModes modes) =>
        row.HasAny(RowFlags.Shared | RowFlags.HasFile)
            ? !w.Machine.InodeAt(row.File.Inode).IsOnDisk
                && ((modes & UffdModes.Wp) == 0 || profile.Contract.Has(Fix.UffdWpShmem))
                && ((modes & UffdModes.Minor) == 0 || profile.Contract.Has(Fix.UffdMinorShmem))
            : (modes & UffdModes.Minor) == 0;

    private static uint Unregister(in World w, Profile profile, in Operation op)
    {
        MmId mm = w.Machine.UffdAt(op.Uffd).Mm;
        if (op.Length == 0 || IsGone(in w, mm))
        {
            return Bit(op.Length == 0 ? Errno.EINVAL : Errno.ENOMEM);
        }

        RowFlags others = op.Slot == 0 ? RowFlags.Registered1 : RowFlags.Registered0;
        bool any = false;
        bool foreign = false;
        for (int va = op.Va.Value; va < op.End; va++)
        {
            ref readonly PageRow row = ref Row(in w, mm, va);
            any |= row.HasAny(RowFlags.Mapped);
            foreign |= (row.HasAny(others) && profile.Contract.Has(Fix.UnregisterForeign))
                || (row.HasAny(RowFlags.HasFile) && w.Machine.InodeAt(row.File.Inode).IsOnDisk
                    && !(row.HasAny(RowFlags.WatchesWp) && IsAsync(in w, in op)));
        }

        return any && !foreign ? Bit(Errno.None) | TooMany(in w, mm) : Bit(Errno.EINVAL);
    }

    /// <summary>
    /// Since 6.4 mapping by mapping, holes skipped; before, one registered mapping must hold all of it.
    /// </summary>
    private static uint WriteProtect(in World w, Profile profile, in Operation op)
    {
        MmId mm = w.Machine.UffdAt(op.Uffd).Mm;
        if (w.Machine.UffdAt(op.Uffd).Changing != 0)
        {
            return Bit(Errno.EAGAIN);
        }

        if (op.Length == 0 || IsGone(in w, mm))
        {
            return Bit(op.Length == 0 ? Errno.EINVAL : Errno.ESRCH);
        }

        if (!profile.Contract.Has(Fix.WpMultiVma))
        {
            int first = w.Machine.FindVma(mm, op.Va);
            bool one = first >= 0 && first == w.Machine.FindVma(mm, new Va((byte)(op.End - 1)));
            bool registered = one && Row(in w, mm, op.Va.Value).HasAny(RowFlags.WatchesWp);
            return Bit(registered ? Errno.None : Errno.ENOENT);
        }

        bool any = false;
        for (int va = op.Va.Value; va < op.End; va++)
        {
            ref readonly PageRow row = ref Row(in w, mm, va);
            any |= row.HasAny(RowFlags.Mapped);
            if (row.HasAny(RowFlags.Mapped) && !row.HasAny(RowFlags.WatchesWp))
            {
                return Bit(Errno.ENOENT);
            }
        }

        return Bit(any ? Errno.None : Errno.ENOENT);
    }

    private static bool HasPendingEvent(in World w, UffdId uffd)
    {
        for (int a = 0; a < Limits.UserActors; a++)
        {
            ref readonly UffdEvent pending = ref w.Machine.EventAt(new ActorId((byte)a));
            if (pending.State == UffdEventState.Pending && pending.Uffd == uffd)
            {
                return true;
            }
        }

        return false;
    }
}
