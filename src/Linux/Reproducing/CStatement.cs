// An operation as a statement of the C program. The functions that it calls are in src/Linux/reproducer.
// Not covered: which operations there are for a running kernel (NearestOperation), the frame (ReproducerText).

using System;
using System.Collections.Generic;
using System.Globalization;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.State;

namespace MmFuzz.Linux.Reproducing;

/// <summary>Writes statements, and keeps in mind what kind of handle is in which slot.</summary>
internal sealed class CStatement
{
    private const int WpAsync = (int)UffdFeatures.WpAsync;

    private static readonly (UffdFeatures Bit, string Name)[] Features =
    [
        (UffdFeatures.EventFork, "UFFD_FEATURE_EVENT_FORK"), (UffdFeatures.EventRemap, "UFFD_FEATURE_EVENT_REMAP"),
        (UffdFeatures.EventRemove, "UFFD_FEATURE_EVENT_REMOVE"),
        (UffdFeatures.EventUnmap, "UFFD_FEATURE_EVENT_UNMAP"), (UffdFeatures.Sigbus, "UFFD_FEATURE_SIGBUS"),
        (UffdFeatures.WpUnpopulated, "UFFD_FEATURE_WP_UNPOPULATED"), (UffdFeatures.WpAsync, "UFFD_FEATURE_WP_ASYNC"),
    ];

    private static readonly (UffdModes Bit, string Name)[] Modes =
    [
        (UffdModes.Missing, "UFFDIO_REGISTER_MODE_MISSING"), (UffdModes.Wp, "UFFDIO_REGISTER_MODE_WP"),
        (UffdModes.Minor, "4 /* UFFDIO_REGISTER_MODE_MINOR */"),
    ];

    private readonly HandleType[] handles = new HandleType[Limits.Handles];
    private readonly byte[] watched = new byte[Limits.Uffds]; // whose memory a context is about

    private enum HandleType
    {
        None,
        Ring,
        Hold,
        Pipe,
    }

    /// <summary>The parts of the frame that the program has needed so far.</summary>
    public SortedSet<string> Parts { get; } = new(StringComparer.Ordinal);

    /// <summary>A value: by the line that wrote it.</summary>
    public static string ValueOf(ulong value)
    {
        ulong number = ValueText.NumberOf(value);
        return value == 0 ? "0"
            : number == 0 ? string.Create(CultureInfo.InvariantCulture, $"0x{value:x}")
            : number % 16 == 0 ? string.Create(CultureInfo.InvariantCulture, $"BY({number / 16})")
            : string.Create(CultureInfo.InvariantCulture, $"BY({number / 16}) + ALSO({number % 16})");
    }

    /// <summary>The statement of an operation.</summary>
    /// <param name="op">The operation.</param>
    /// <param name="number">Its line in the C program, from 1: what it stores is known by it.</param>
    public string Of(in Operation op, int number)
    {
        string value = string.Create(CultureInfo.InvariantCulture, $"BY({number})");
        return op.Kind switch
        {
            OperationKind.Mmap => Mmap(in op),
            OperationKind.Munmap => Call(in op, "SYS_munmap"),
            OperationKind.Mprotect => Call(in op, "SYS_mprotect", Rights(in op)),
            OperationKind.Dontneed => Advise(in op, "MADV_DONTNEED"),
            OperationKind.Free => Advise(in op, "MADV_FREE"),
            OperationKind.Remove => Advise(in op, "MADV_REMOVE"),
            OperationKind.Cold => Advise(in op, "20 /* MADV_COLD */"),
            OperationKind.Pageout => Advise(in op, "21 /* MADV_PAGEOUT */"),
            OperationKind.Populate => Advise(in op, op.Has(OperationFlags.Write)
                ? "23 /* MADV_POPULATE_WRITE */" : "22 /* MADV_POPULATE_READ */"),
            OperationKind.Guard => Advise(in op, "102 /* MADV_GUARD_INSTALL */"),
            OperationKind.Unguard => Advise(in op, "103 /* MADV_GUARD_REMOVE */"),
            OperationKind.Madvise => Advise(in op, (op.Number & 3) switch
            {
                0 => "MADV_DONTFORK",
                1 => "MADV_DOFORK",
                2 => "18 /* MADV_WIPEONFORK */",
                _ => "19 /* MADV_KEEPONFORK */",
            }),
            OperationKind.Mlock => Call(in op, "SYS_mlock"),
            OperationKind.Munlock => Call(in op, "SYS_munlock"),
            OperationKind.Mremap => Mremap(in op),
            OperationKind.Fork => Fork(in op),
            OperationKind.Exit => $"end_process(P{op.Process.Value})",
            OperationKind.Load => $"load({Thread(in op)}, {op.Va.Value})",
            OperationKind.Store => $"store({Thread(in op)}, {op.Va.Value}, {value})",
            OperationKind.Pin or OperationKind.Vmsplice or OperationKind.Unpin or OperationKind.DevRead
                or OperationKind.DevWrite or OperationKind.PipeRead => OnHandle(in op, value),
            OperationKind.UffdOpen or OperationKind.UffdClose or OperationKind.Register or OperationKind.Unregister
                or OperationKind.Wp or OperationKind.Unwp or OperationKind.UffdRead or OperationKind.Wake
                or OperationKind.Copy or OperationKind.Zeropage or OperationKind.Continue or OperationKind.Poison
                or OperationKind.Move => OnUffd(in op, value),
            OperationKind.Scan => Of(
                "pagemap", $"pagemap_scan(P{op.Process.Value}, {Range(in op)}, {ScanFlags(in op)})"),
            OperationKind.ClearRefs => Of("pagemap", $"clear_refs(P{op.Process.Value})"),
            OperationKind.Pagemap => Of("pagemap", $"soft_dirty(P{op.Process.Value}, {op.Va.Value})"),
            OperationKind.Migrate => Of("migration", $"migrate(P{op.Process.Value}, {op.Va.Value})"),
            OperationKind.FileWrite => Of("files", $"file_write({op.Slot}, {op.Number}, {value})"),
            OperationKind.Punch => Of("files", $"file_punch({op.Slot}, {op.Number})"),
            OperationKind.Truncate => Of("files", $"file_truncate({op.Slot}, {op.Number})"),
            OperationKind.ForceWrite => Of("files", $"force_write(P{op.Process.Value}, {op.Va.Value}, {value})"),
            OperationKind.DirectIo => Of("files", $"direct_io({Copying(in op)}, {value})"),
            OperationKind.ProcessVm => Of("files", $"process_vm({Copying(in op)}, {value})"),
            OperationKind.Get or OperationKind.Swapout or OperationKind.Swapoff or OperationKind.MigrateVma
                or OperationKind.Inject or OperationKind.NumaHint or OperationKind.Ref or OperationKind.Unref
                or OperationKind.MemoryFailure or OperationKind.Step =>
                throw new InvalidOperationException($"no kernel can be asked to {op}"),
        };
    }

    /// <summary>The statement of a look.</summary>
    public string Of(Look look) => look.Kind switch
    {
        LookKind.Result => string.Empty,
        LookKind.FurtherPage => $"value_of_page({look.Number})",
        LookKind.Thread => $"look_at(T{look.Number})",
        LookKind.PagemapBit => Of("pagemap", $"pagemap_bit(P{look.Process}, {look.Page}, {look.Number})"),
        LookKind.PageFlag => Of("pagemap", $"page_flag(P{look.Process}, {look.Page}, {look.Number})"),
        LookKind.SwappedOut => Of("pagemap", $"must_be_swapped_out(P{look.Process}, {look.Page})"),
    };

    private static string Thread(in Operation op) => $"T{op.Actor.Value}";

    private static string Rights(in Operation op) =>
        op.Has(OperationFlags.Write) ? "PROT_READ | PROT_WRITE"
        : op.Has(OperationFlags.Read) ? "PROT_READ"
        : "PROT_NONE";

    private static string Range(in Operation op) => $"{op.Va.Value}, {op.Length}";

    private static string Copying(in Operation op) =>
        $"{Thread(in op)}, {op.Va.Value}, {(op.Has(OperationFlags.Write) ? "INTO" : "OUT_OF")}";

    private static string Call(in Operation op, string name, string? third = null) =>
        $"call({Thread(in op)}, {name}, AT({op.Va.Value}), {op.Length} * PAGE{(third is null ? "" : ", " + third)})";

    private static string Mremap(in Operation op)
    {
        string how = op.Has(OperationFlags.InPlace) ? "0" : "MREMAP_MAYMOVE | MREMAP_FIXED"
            + (op.Has(OperationFlags.DontUnmap) ? " | 4 /* MREMAP_DONTUNMAP */" : string.Empty);
        return $"call({Thread(in op)}, SYS_mremap, AT({op.Va.Value}), {op.Length} * PAGE, {op.NewLength} * PAGE, "
            + $"{how}, AT({op.Number}))";
    }

    private static string Advise(in Operation op, string advice) => Call(in op, "SYS_madvise", advice);

    private static string Joined(IEnumerable<string> names)
    {
        string joined = string.Join(" | ", names);
        return joined.Length == 0 ? "0" : joined;
    }

    private static string ScanFlags(in Operation op) => Joined(
    [
        .. op.Has(OperationFlags.Protect) ? (string[])["SCAN_PROTECT"] : [],
        .. op.Has(OperationFlags.CheckAsync) ? (string[])["SCAN_CHECK"] : [],
    ]);

    private static string Mode(in Operation op, OperationFlags second, string name) => Joined(
    [
        .. op.Has(OperationFlags.DontWake) ? (string[])["DONT_WAKE"] : [],
        .. op.Has(second) ? (string[])[name] : [],
    ]);

    private string Of(string part, string statement)
    {
        Parts.Add(part);
        return statement;
    }

    /// <summary>A context that asked for EVENT_FORK is followed by one for the child, in the other slot.</summary>
    private string Fork(in Operation op)
    {
        int context = watched[0] == op.Process.Value ? 0 : 1;
        watched[1 - context] = op.Slot;
        return $"fork_process(T{op.Actor.Value}, P{op.Slot})";
    }

    private string Mmap(in Operation op)
    {
        string first = $"call({Thread(in op)}, SYS_mmap, AT({op.Va.Value}), {op.Length} * PAGE, {Rights(in op)}, ";
        string where = op.Has(OperationFlags.Fixed) ? "MAP_FIXED" : "MAP_FIXED_NOREPLACE";
        string file = $"{where}, files[{op.Slot}], {op.Number} * PAGE)";
        string noFile = $"MAP_ANONYMOUS | {where}, -1, 0)";
        switch (op.Mapping)
        {
            case VmaKind.SharedAnon:
                return first + "MAP_SHARED | " + noFile;
            case VmaKind.MemfdShared:
                return Of("files", first + "MAP_SHARED | " + file);
            case VmaKind.MemfdPrivate:
                return Of("files", first + "MAP_PRIVATE | " + file);
            case VmaKind.FilePrivate:
                return Of("files", $"map_disk_file({Thread(in op)}, {Range(in op)}, {Rights(in op)}, {where}, "
                    + $"{op.Slot}, {op.Number})");
            case VmaKind.None or VmaKind.Anon or VmaKind.HugetlbShared or VmaKind.HugetlbPrivate:
            default:
                return first + "MAP_PRIVATE | " + noFile;
        }
    }

    private string OnHandle(in Operation op, string value)
    {
        string taken = $"({Thread(in op)}, {op.Slot}, {Range(in op)})";
        ref HandleType type = ref handles[op.Slot];
        switch (op.Kind)
        {
            case OperationKind.Vmsplice:
                type = HandleType.Pipe;
                return Of("pipes", "splice_pages" + taken);
            case OperationKind.PipeRead:
                return Of("pipes", $"read_pipe({op.Slot})");
            case OperationKind.Pin when op.Has(OperationFlags.Write):
                type = HandleType.Ring;
                return Of("pins", "pin" + taken);
            case OperationKind.Pin:
                type = HandleType.Hold;
                return Of("holds", "hold" + taken);
            case OperationKind.Unpin:
                return type == HandleType.Hold ? $"held_unpin({op.Slot})" : $"unpin({op.Slot})";
            case OperationKind.DevWrite:
                return $"device_write({op.Slot}, {op.Number}, {value})";
            default:
                string name = type == HandleType.Pipe ? "peek_pipe"
                    : type == HandleType.Hold ? "held_read" : "device_read";
                return $"{name}({op.Slot}, {op.Number})";
        }
    }

    private string OnUffd(in Operation op, string value)
    {
        Parts.Add("userfaultfd");
        string range = $"{op.Slot}, {Range(in op)}";
        Operation copy = op;
        switch (op.Kind)
        {
            case OperationKind.UffdOpen:
                UffdFeatures all = op.Features
                    | (((int)op.Features & WpAsync) != 0 ? UffdFeatures.WpUnpopulated : UffdFeatures.None);
                IEnumerable<string> names = Named(Features, pair => (all & pair.Bit) != 0);
                watched[op.Slot] = op.Process.Value;
                return $"uffd_open(T{op.Process.Value}, {op.Slot}, {Joined(names)})";
            case OperationKind.UffdClose:
                return $"uffd_close({op.Slot})";
            case OperationKind.UffdRead:
                return $"uffd_read({op.Slot})";
            case OperationKind.Register:
                return $"uffd_register({range}, {Joined(Named(Modes, pair => (copy.Modes & pair.Bit) != 0))})";
            case OperationKind.Unregister:
                return $"uffd_unregister({range})";
            case OperationKind.Wake:
                return $"uffd_wake({range})";
            case OperationKind.Wp:
                return $"uffd_writeprotect({range}, UFFDIO_WRITEPROTECT_MODE_WP)";
            case OperationKind.Unwp:
                string wakes = op.Has(OperationFlags.DontWake) ? "UFFDIO_WRITEPROTECT_MODE_DONTWAKE" : "0";
                return $"uffd_writeprotect({range}, {wakes})";
            case OperationKind.Copy:
                return $"uffd_copy({range}, {value}, {Mode(in op, OperationFlags.Protect, "PROTECT")})";
            case OperationKind.Zeropage:
                return $"uffd_zeropage({range}, {Mode(in op, OperationFlags.None, "")})";
            case OperationKind.Continue:
                return $"uffd_resolve({range}, {Mode(in op, OperationFlags.Protect, "PROTECT")}, RESOLVE_MINOR)";
            case OperationKind.Poison:
                return $"uffd_resolve({range}, {Mode(in op, OperationFlags.None, "")}, RESOLVE_POISON)";
            default:
                return $"uffd_move(T{watched[op.Slot]}, {range}, {op.Number}, "
                    + $"{Mode(in op, OperationFlags.AllowHoles, "HOLES")})";
        }
    }

    private static IEnumerable<string> Named<T>((T Bit, string Name)[] all, Func<(T Bit, string Name), bool> wanted)
    {
        foreach ((T Bit, string Name) pair in all)
        {
            if (wanted(pair))
            {
                yield return pair.Name;
            }
        }
    }
}
