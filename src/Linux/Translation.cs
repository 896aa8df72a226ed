// Operations to what the executor is asked, or the reason why it cannot do one. A program for the kernel is sequential:
// nobody can stop Linux between two stages. Not covered: what the machine offers (Capabilities).

using System;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.State;

namespace MmFuzz.Linux;

/// <summary>Translates operations.</summary>
internal static class Translation
{
    /// <summary>Bytes of an operation in a message.</summary>
    public const int Size = 12;

    /// <summary>Most lines of a program: each has sixteen values of its own.</summary>
    public const int MostLines = (ushort.MaxValue / 16) - 1;

    private const int DontneedAdvice = 4;
    private const int FreeAdvice = 8;
    private const int RemoveAdvice = 9;
    private const int ColdAdvice = 20;
    private const int GuardInstallAdvice = 102;
    private const int GuardRemoveAdvice = 103;
    private const int PageoutAdvice = 21;
    private const int PopulateReadAdvice = 22;
    private const int PopulateWriteAdvice = 23;
    private static readonly byte[] ForkAdvice = [10, 11, 18, 19];

    /// <summary>The first of the values that line <paramref name="line"/> writes.</summary>
    public static ushort ValueOf(int line) => (ushort)((line + 1) * 16);

    /// <summary>What a page reads that holds a value.</summary>
    public static ulong BytesOf(ushort value) => value * 0x0101010101010101ul;

    /// <summary>Why no kernel can be asked to do it; null if one can.</summary>
    public static string? WhyNot(in Operation op)
    {
        if (op.IsStarted || op.Kind == OperationKind.Step)
        {
            return "a path of a running kernel cannot be stopped between two stages";
        }

        return op.Kind switch
        {
            OperationKind.Pin => WhyNoPin(in op),
            OperationKind.Get => "plain references to pages are taken by vmsplice only",
            OperationKind.Vmsplice => null,
            OperationKind.Swapout => "reclaim cannot be pointed at a page that is shared; `pageout` is",
            OperationKind.MigrateVma => "migrate_vma is called only by drivers of devices with memory of their own",
            OperationKind.ClearRefs or OperationKind.Pagemap => "the kernel is built without CONFIG_MEM_SOFT_DIRTY",
            OperationKind.Inject => "failures cannot be injected into a running kernel from outside",
            OperationKind.Swapoff => "swapoff would empty the whole system's swap area",
            OperationKind.MemoryFailure => "a running kernel would lose the page for good",
            OperationKind.NumaHint => "NUMA balancing cannot be pointed at a page",
            OperationKind.Ref or OperationKind.Unref => "a passing reference of the kernel's own cannot be held",
            OperationKind.Mmap or OperationKind.Munmap or OperationKind.Dontneed or OperationKind.Mprotect
                or OperationKind.Fork or OperationKind.Exit or OperationKind.Load or OperationKind.Store
                or OperationKind.PipeRead or OperationKind.Unpin or OperationKind.DevRead or OperationKind.DevWrite
                or OperationKind.UffdOpen or OperationKind.UffdClose or OperationKind.Register
                or OperationKind.Unregister or OperationKind.Wp or OperationKind.Unwp or OperationKind.UffdRead
                or OperationKind.Wake or OperationKind.Mremap or OperationKind.Free or OperationKind.Cold
                or OperationKind.Pageout or OperationKind.Populate or OperationKind.Madvise
                or OperationKind.FileWrite or OperationKind.ForceWrite or OperationKind.Copy
                or OperationKind.Zeropage or OperationKind.Continue or OperationKind.Poison
                or OperationKind.Move or OperationKind.Scan or OperationKind.DirectIo or OperationKind.ProcessVm
                or OperationKind.Punch or OperationKind.Remove or OperationKind.Migrate or OperationKind.Mlock
                or OperationKind.Munlock or OperationKind.Truncate or OperationKind.Guard or OperationKind.Unguard
                or OperationKind.Step => null,
        };
    }

    /// <summary>Why no kernel can be asked to do it in the state that the program is in; null if one can.</summary>
    public static string? WhyNot(in Machine machine, in Operation op) =>
        op.Kind == OperationKind.Migrate && !machine.PteAt(new EntryIndex(op.Process, op.Va)).IsPresent
            ? "no entry of the process says where the page lies"
            : null;

    /// <summary>Writes the operation of a line as the executor reads it.</summary>
    public static void Write(in Operation op, int line, Span<byte> bytes)
    {
        ushort value = ValueOf(line);
        WireFlags flags = FlagsOf(in op);
        bool context = op.Kind == OperationKind.Register;
        bytes[0] = (byte)KindOf(in op);
        bytes[1] = ActorOf(in op);
        bytes[2] = op.Process.IsNone ? (byte)0 : op.Process.Value;
        bytes[3] = op.Va.Value;
        bytes[4] = op.Length;
        bytes[5] = op.Slot;
        bytes[6] = context ? (byte)op.Modes : NumberOf(in op);
        bytes[7] = op.Kind == OperationKind.Mremap ? (byte)op.NewLength : MappingOf(op.Mapping);
        BitConverter.TryWriteBytes(bytes[8..], (ushort)flags);
        BitConverter.TryWriteBytes(bytes[10..], value);
    }

    /// <summary>Whether a pin is taken for reading only, by the FUSE path.</summary>
    public static bool IsHold(in Operation op) => op.Kind == OperationKind.Pin && !op.Has(OperationFlags.Write);

    private static string? WhyNoPin(in Operation op)
    {
        if (op.Has(OperationFlags.Follow | OperationFlags.Force | OperationFlags.Nowait))
        {
            return "no driver that a program can reach pins with `follow`, `force` or `nowait`";
        }

        return op.Has(OperationFlags.Longterm) && !op.Has(OperationFlags.Write)
            ? "only gup_test takes pins for reading with FOLL_LONGTERM"
            : null;
    }

    private static WireKind KindOf(in Operation op) => op.Kind switch
    {
        OperationKind.Mmap => WireKind.Mmap,
        OperationKind.Munmap => WireKind.Munmap,
        OperationKind.Mprotect => WireKind.Mprotect,
        OperationKind.Dontneed or OperationKind.Free or OperationKind.Cold or OperationKind.Pageout
            or OperationKind.Populate or OperationKind.Madvise or OperationKind.Remove or OperationKind.Guard
            or OperationKind.Unguard => WireKind.Madvise,
        OperationKind.Mremap => WireKind.Mremap,
        OperationKind.Fork => WireKind.Fork,
        OperationKind.Exit => WireKind.Exit,
        OperationKind.Load => WireKind.Load,
        OperationKind.Store => WireKind.Store,
        OperationKind.Pin => IsHold(in op) ? WireKind.Hold : WireKind.Pin,
        OperationKind.Unpin => WireKind.Unpin,
        OperationKind.DevRead => WireKind.DeviceRead,
        OperationKind.DevWrite => WireKind.DeviceWrite,
        OperationKind.Vmsplice => WireKind.Vmsplice,
        OperationKind.PipeRead => WireKind.PipeRead,
        OperationKind.UffdOpen => WireKind.UffdOpen,
        OperationKind.UffdClose => WireKind.UffdClose,
        OperationKind.Register => WireKind.Register,
        OperationKind.Unregister => WireKind.Unregister,
        OperationKind.Wp or OperationKind.Unwp => WireKind.WriteProtect,
        OperationKind.UffdRead => WireKind.UffdRead,
        OperationKind.Wake => WireKind.Wake,
        OperationKind.Copy => WireKind.Copy,
        OperationKind.Zeropage => WireKind.Zeropage,
        OperationKind.Continue => WireKind.Continue,
        OperationKind.Poison => WireKind.Poison,
        OperationKind.Move => WireKind.Move,
        OperationKind.Scan => WireKind.Scan,
        OperationKind.FileWrite => WireKind.FileWrite,
        OperationKind.ForceWrite => WireKind.ForceWrite,
        OperationKind.DirectIo => WireKind.DirectIo,
        OperationKind.ProcessVm => WireKind.ProcessVm,
        OperationKind.Punch => WireKind.Punch,
        OperationKind.Truncate => WireKind.Truncate,
        OperationKind.Migrate => WireKind.Migrate,
        OperationKind.Mlock or OperationKind.Munlock => WireKind.Mlock,
        OperationKind.Get or OperationKind.Swapoff or OperationKind.Swapout
            or OperationKind.MigrateVma or OperationKind.ClearRefs or OperationKind.Pagemap or OperationKind.Inject
            or OperationKind.NumaHint or OperationKind.Ref or OperationKind.Unref or OperationKind.MemoryFailure
            or OperationKind.Step =>
            throw new InvalidOperationException($"no kernel can be asked to {op}"),
    };

    private static byte ActorOf(in Operation op) =>
        Enabled.RunsInProcess(op.Kind) ? op.Actor.Value : ActorId.Outside0.Value;

    private static byte NumberOf(in Operation op) => op.Kind switch
    {
        OperationKind.Remove => RemoveAdvice,
        OperationKind.Guard => GuardInstallAdvice,
        OperationKind.Unguard => GuardRemoveAdvice,
        OperationKind.Dontneed => DontneedAdvice,
        OperationKind.Free => FreeAdvice,
        OperationKind.Cold => ColdAdvice,
        OperationKind.Pageout => PageoutAdvice,
        OperationKind.Populate => op.Has(OperationFlags.Write) ? (byte)PopulateWriteAdvice : (byte)PopulateReadAdvice,
        OperationKind.Madvise => ForkAdvice[op.Number & 3],
        OperationKind.UffdOpen => (byte)op.Features,
        OperationKind.Mlock => 1,
        OperationKind.Munlock => 0,
        _ => op.Number,
    };

    private static byte MappingOf(VmaKind kind) => kind switch
    {
        VmaKind.None or VmaKind.Anon => 0,
        VmaKind.SharedAnon => 1,
        VmaKind.MemfdShared => 2,
        VmaKind.MemfdPrivate => 3,
        VmaKind.FilePrivate => 4,
        VmaKind.HugetlbShared or VmaKind.HugetlbPrivate => byte.MaxValue,
    };

    private static WireFlags FlagsOf(in Operation op) =>
        (op.Has(OperationFlags.Write) ? WireFlags.Write : WireFlags.None)
        | (op.Has(OperationFlags.Read) ? WireFlags.Read : WireFlags.None)
        | (op.Has(OperationFlags.DontWake) ? WireFlags.DontWake : WireFlags.None)
        | (op.Has(OperationFlags.Protect) ? WireFlags.Protect : WireFlags.None)
        | (op.Has(OperationFlags.CheckAsync) ? WireFlags.Check : WireFlags.None)
        | (op.Has(OperationFlags.AllowHoles) ? WireFlags.Holes : WireFlags.None)
        | (op.Has(OperationFlags.DontUnmap) ? WireFlags.DontUnmap : WireFlags.None)
        | (op.Has(OperationFlags.InPlace) ? WireFlags.InPlace : WireFlags.None)
        | (op.Has(OperationFlags.Fixed) ? WireFlags.Fixed : WireFlags.None)
        | (op.Kind == OperationKind.Unwp ? WireFlags.Resolve : WireFlags.None);
}
