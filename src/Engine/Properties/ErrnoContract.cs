// The contract table: what each operation may answer in a given state, written from the specification and the
// reference memory's rows, not from the engine. Judged for operations that ran back to back.
// Not covered: operations that others interleaved with, and what a blocked one will answer.

using System.Numerics;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Properties;

/// <summary>Results that are allowed, as a set of bits by Errno.</summary>
public static class ErrnoContract
{
    /// <summary>So few free pages that an allocation may fail.</summary>
    private const int ScarceFrames = 8;

    /// <summary>Every result is allowed.</summary>
    public const uint Any = uint.MaxValue;

    /// <summary>What the operation may answer if it runs now, back to back.</summary>
    public static uint Allowed(in World w, Profile profile, in Operation op) => op.Kind switch
    {
        OperationKind.Load or OperationKind.Store => Access(in w, in op),
        OperationKind.Pin or OperationKind.Get or OperationKind.Vmsplice => Gup(in w, in op),
        OperationKind.Mmap => Mmap(in w, in op),
        OperationKind.Munmap => Bit(op.Length == 0 ? Errno.EINVAL
            : LeavesOneMore(in w, in op) ? Errno.ENOMEM
            : Errno.None),
        OperationKind.Madvise => ForkAdvice(in w, in op),
        OperationKind.Free when MeetsOtherThanAnon(in w, in op) => Bit(Errno.EINVAL),
        OperationKind.Dontneed or OperationKind.Free or OperationKind.Cold or OperationKind.Pageout =>
            Bit(op.Length == 0 || IsWhole(in w, op.Process, in op) ? Errno.None : Errno.ENOMEM),
        OperationKind.Mprotect => op.Length == 0 ? Bit(Errno.None)
            : IsWhole(in w, op.Process, in op) ? Bit(Errno.None) | TooMany(in w, op.Process)
            : Bit(Errno.ENOMEM),
        OperationKind.Fork => Bit(Errno.None) | Scarce(in w, Errno.ENOMEM),
        OperationKind.Register => Register(in w, profile, in op),
        OperationKind.Unregister => Unregister(in w, profile, in op),
        OperationKind.Wp or OperationKind.Unwp => WriteProtect(in w, profile, in op),
        OperationKind.Wake => Bit(op.Length == 0 ? Errno.EINVAL : Errno.None),
        OperationKind.UffdRead => Bit(HasPendingEvent(in w, op.Uffd) ? Errno.None : Errno.EAGAIN),
        OperationKind.Swapout or OperationKind.Migrate =>
            Bit(Errno.None) | Bit(Errno.EAGAIN) | Bit(Errno.ENOENT) | Bit(Errno.ENOMEM),
        OperationKind.Populate => Populate(in w, profile, in op),
        OperationKind.Mremap => Mremap(in w, profile, in op),
        OperationKind.Swapoff => InFlight.AnyBusy(in w.Machine, OperationKind.Swapoff)
            ? Bit(Errno.EINVAL)
            : Bit(Errno.None) | Scarce(in w, Errno.ENOMEM),
        OperationKind.Exit or OperationKind.ClearRefs or OperationKind.UffdOpen or OperationKind.UffdClose
            or OperationKind.PipeRead or OperationKind.Unpin or OperationKind.DevRead or OperationKind.DevWrite
            or OperationKind.Pagemap or OperationKind.NumaHint or OperationKind.Inject
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

    private static uint Bit(Errno errno) => 1u << (int)errno;

    private static ref readonly PageRow Row(in World w, MmId mm, int va) =>
        ref w.Reference.RowAt(new EntryIndex(mm, new Va((byte)va)));

    private static uint Scarce(in World w, Errno errno) =>
        w.Machine.InjectedFault != 0 || BitOperations.PopCount(w.Machine.FreeFrames) < ScarceFrames ? Bit(errno) : 0;

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

    private static bool IsSigbus(in World w, in PageRow row) =>
        row.HasAny(RowFlags.UffdProtected)
        && (w.Machine.UffdAt(new UffdId((byte)(row.HasAny(RowFlags.Registered0) ? 0 : 1))).Features
            & UffdFeatures.Sigbus) != 0;

    private static bool MayAccess(in PageRow row, bool write) =>
        row.HasAny(RowFlags.Mapped) && row.HasAny(write ? RowFlags.Write : RowFlags.Read);

    /// <summary>Whether rights or protection are half changed there: who takes no lock may see either.</summary>
    private static bool RightsChange(in World w, in Operation op) =>
        InFlight.Any(in w.Machine, new EntryIndex(op.Process, op.Va), InFlight.Mprotect | InFlight.Protection);

    private static uint Access(in World w, in Operation op)
    {
        bool write = op.Kind == OperationKind.Store;
        ref readonly PageRow row = ref Row(in w, op.Process, op.Va.Value);
        return RightsChange(in w, in op) ? Any : !MayAccess(in row, write) ? Bit(Errno.SIGSEGV)
            : write && IsSigbus(in w, in row) ? Bit(Errno.SIGBUS) | Scarce(in w, Errno.OOM)
            : Bit(Errno.None) | Scarce(in w, Errno.OOM);
    }

    /// <summary>How many pages GUP must take, if it runs now, back to back; 0 if that cannot be said.</summary>
    public static int GupPages(in World w, in Operation op)
    {
        bool write = op.Has(OperationFlags.Write);
        if (op.Has(OperationFlags.Follow) || Scarce(in w, Errno.ENOMEM) != 0)
        {
            return 0;
        }

        int pages = 0;
        while (pages < op.Length && op.Va.Value + pages < Limits.PagesPerMm)
        {
            var entry = new EntryIndex(op.Process, new Va((byte)(op.Va.Value + pages)));
            ref readonly PageRow row = ref w.Reference.RowAt(entry);
            if (InFlight.Any(in w.Machine, entry, InFlight.Mprotect | InFlight.Protection))
            {
                return 0;
            }

            if (!MayAccess(in row, write) || (write && IsSigbus(in w, in row)))
            {
                break;
            }

            pages++;
        }

        return pages;
    }

    /// <summary>Pages before the first that cannot be had are a partial success.</summary>
    private static uint Gup(in World w, in Operation op)
    {
        bool write = op.Has(OperationFlags.Write);
        ref readonly PageRow row = ref Row(in w, op.Process, op.Va.Value);
        return RightsChange(in w, in op) ? Any : !MayAccess(in row, write) || (write && IsSigbus(in w, in row))
            ? Bit(Errno.EFAULT) | Scarce(in w, Errno.ENOMEM)
            : Bit(Errno.None) | Scarce(in w, Errno.ENOMEM) | (op.Has(OperationFlags.Follow) ? Bit(Errno.EFAULT) : 0);
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
            if (InFlight.Any(in w.Machine, entry, InFlight.Mprotect | InFlight.Protection))
            {
                return Any;
            }

            bool mapped = row.HasAny(RowFlags.Mapped);
            if (!MayAccess(in row, write) || (write && IsSigbus(in w, in row)))
            {
                Errno errno = !mapped ? Errno.ENOMEM : !MayAccess(in row, write) ? Errno.EINVAL : Errno.EFAULT;
                return Bit(errno) | Scarce(in w, Errno.ENOMEM);
            }
        }

        return profile.Contract.Has(Fix.MadvisePopulate)
            ? Bit(Errno.None) | Scarce(in w, Errno.ENOMEM)
            : Bit(Errno.EINVAL);
    }

    private static uint Mmap(in World w, in Operation op)
    {
        if (op.Length == 0)
        {
            return Bit(Errno.EINVAL);
        }

        for (int va = op.Va.Value; va < op.End; va++)
        {
            if (Row(in w, op.Process, va).HasAny(RowFlags.Mapped))
            {
                return Bit(Errno.EEXIST);
            }
        }

        return Bit(w.Machine.MmAt(op.Process).VmaCount == Limits.VmasPerMm ? Errno.ENOMEM : Errno.None);
    }

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

        for (int va = op.Va.Value; va < op.End; va++)
        {
            if (Row(in w, op.Process, va).HasAny(RowFlags.Registered))
            {
                return Bit(Errno.EFAULT);
            }
        }

        return Bit(Errno.None);
    }

    /// <summary>Whether the address space that a context watches is gone, or going.</summary>
    private static bool IsGone(in World w, MmId mm) => mm.IsNone || !w.Machine.MmAt(mm).IsLive;

    private static uint Register(in World w, Profile profile, in Operation op)
    {
        MmId mm = w.Machine.UffdAt(op.Uffd).Mm;
        if (op.Length == 0 || IsGone(in w, mm))
        {
            return op.Length == 0 ? Bit(Errno.EINVAL) : Bit(Errno.ESRCH) | Bit(Errno.ENOMEM);
        }

        RowFlags others = op.Slot == 0 ? RowFlags.Registered1 : RowFlags.Registered0;
        bool any = false;
        for (int va = op.Va.Value; va < op.End; va++)
        {
            ref readonly PageRow row = ref Row(in w, mm, va);
            any |= row.HasAny(RowFlags.Mapped);
            if (row.HasAny(RowFlags.Shared) && !profile.Contract.Has(Fix.UffdWpShmem))
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

    private static uint Unregister(in World w, Profile profile, in Operation op)
    {
        MmId mm = w.Machine.UffdAt(op.Uffd).Mm;
        if (op.Length == 0 || IsGone(in w, mm))
        {
            return op.Length == 0 ? Bit(Errno.EINVAL) : Bit(Errno.ESRCH) | Bit(Errno.ENOMEM);
        }

        RowFlags others = op.Slot == 0 ? RowFlags.Registered1 : RowFlags.Registered0;
        bool any = false;
        bool foreign = false;
        for (int va = op.Va.Value; va < op.End; va++)
        {
            ref readonly PageRow row = ref Row(in w, mm, va);
            any |= row.HasAny(RowFlags.Mapped);
            foreign |= row.HasAny(others) && profile.Contract.Has(Fix.UnregisterForeign);
        }

        return any && !foreign ? Bit(Errno.None) | TooMany(in w, mm) : Bit(Errno.EINVAL);
    }

    /// <summary>
    /// Since 6.4 mapping by mapping, holes skipped; before, one registered mapping must hold all of it.
    /// </summary>
    private static uint WriteProtect(in World w, Profile profile, in Operation op)
    {
        MmId mm = w.Machine.UffdAt(op.Uffd).Mm;
        if (op.Length == 0 || IsGone(in w, mm))
        {
            return Bit(op.Length == 0 ? Errno.EINVAL : Errno.ESRCH);
        }

        if (!profile.Contract.Has(Fix.WpMultiVma))
        {
            int first = w.Machine.FindVma(mm, op.Va);
            bool one = first >= 0 && first == w.Machine.FindVma(mm, new Va((byte)(op.End - 1)));
            bool registered = one && Row(in w, mm, op.Va.Value).HasAny(RowFlags.Registered);
            return Bit(registered ? Errno.None : Errno.ENOENT);
        }

        bool any = false;
        for (int va = op.Va.Value; va < op.End; va++)
        {
            ref readonly PageRow row = ref Row(in w, mm, va);
            any |= row.HasAny(RowFlags.Mapped);
            if (row.HasAny(RowFlags.Mapped) && !row.HasAny(RowFlags.Registered))
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
