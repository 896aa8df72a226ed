// The one text form of each operation; OperationParser reads exactly what is printed here.
// Not covered: comments, headers, blank lines (MmProgram).

using System.Globalization;
using System.Text;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Operations;

/// <summary>Prints operations.</summary>
public static class OperationPrinter
{
    /// <summary>Who executes the operation if the text does not say.</summary>
    public static ActorId DefaultActor(in Operation op) =>
        Enabled.RunsInProcess(op.Kind) ? new ActorId(op.Process.Value)
        : op.Kind == OperationKind.Migrate ? ActorId.Outside1
        : ActorId.Outside0;

    /// <summary>The word that names the kind in a program.</summary>
    public static string Word(OperationKind kind) => kind switch
    {
        OperationKind.Mmap => "mmap",
        OperationKind.Munmap => "munmap",
        OperationKind.Dontneed => "dontneed",
        OperationKind.Mprotect => "mprotect",
        OperationKind.Fork => "fork",
        OperationKind.Exit => "exit",
        OperationKind.Load => "load",
        OperationKind.Store => "store",
        OperationKind.Pin => "pin",
        OperationKind.Get => "get",
        OperationKind.Vmsplice => "vmsplice",
        OperationKind.PipeRead => "pipe-read",
        OperationKind.Unpin => "unpin",
        OperationKind.DevRead => "devread",
        OperationKind.DevWrite => "devwrite",
        OperationKind.Swapout => "swapout",
        OperationKind.Migrate => "migrate",
        OperationKind.MigrateVma => "migrate-vma",
        OperationKind.UffdOpen => "uffd",
        OperationKind.UffdClose => "close",
        OperationKind.Register => "register",
        OperationKind.Unregister => "unregister",
        OperationKind.Wp => "wp",
        OperationKind.Unwp => "unwp",
        OperationKind.UffdRead => "read",
        OperationKind.Wake => "wake",
        OperationKind.ClearRefs => "clear-refs",
        OperationKind.Pagemap => "pagemap",
        OperationKind.Inject => "inject",
        OperationKind.Swapoff => "swapoff",
        OperationKind.Mremap => "mremap",
        OperationKind.Free => "free",
        OperationKind.Cold => "cold",
        OperationKind.Pageout => "pageout",
        OperationKind.Populate => "populate",
        OperationKind.Madvise => "madvise",
        OperationKind.NumaHint => "numa-hint",
        OperationKind.FileWrite => "write",
        OperationKind.ForceWrite => "force-write",
        OperationKind.Copy => "copy",
        OperationKind.Zeropage => "zeropage",
        OperationKind.Continue => "continue",
        OperationKind.Poison => "poison",
        OperationKind.Move => "move",
        OperationKind.Ref => "ref",
        OperationKind.Unref => "unref",
        OperationKind.Scan => "scan",
        OperationKind.DirectIo => "direct-io",
        OperationKind.ProcessVm => "process-vm",
        OperationKind.Punch => "punch",
        OperationKind.Remove => "remove",
        OperationKind.Mlock => "mlock",
        OperationKind.Munlock => "munlock",
        OperationKind.Truncate => "truncate",
        OperationKind.Guard => "guard",
        OperationKind.Unguard => "unguard",
        OperationKind.MemoryFailure => "memory-failure",
        OperationKind.Step => "step",
    };

    /// <summary>The operation as a line of a program.</summary>
    public static string Print(in Operation op)
    {
        var text = new StringBuilder();
        if (op.IsStarted)
        {
            text.Append(CultureInfo.InvariantCulture, $"start {op.Actor} ");
        }

        text.Append(Word(op.Kind));
        AppendOperands(text, in op);
        if (!op.IsStarted && Enabled.NeedsActor(op.Kind) && op.Actor != DefaultActor(in op))
        {
            text.Append(CultureInfo.InvariantCulture, $" by {op.Actor}");
        }

        return text.ToString();
    }

    /// <summary>Advice about fork, by number, in a word.</summary>
    public static string ForkAdvice(int number) => number switch
    {
        0 => "dontfork",
        1 => "dofork",
        2 => "wipeonfork",
        _ => "keeponfork",
    };

    /// <summary>The rights in a word.</summary>
    public static string Rights(in Operation op) =>
        op.Has(OperationFlags.Write) ? "rw" : op.Has(OperationFlags.Read) ? "r" : "none";

    /// <summary>The word that names an injected fault in a program.</summary>
    public static string FaultWord(InjectedFault fault) => fault switch
    {
        InjectedFault.ArchUnmapOne => "arch-unmap-one",
        InjectedFault.Alloc => "alloc",
        InjectedFault.SwapFull => "swap-full",
        InjectedFault.WriteOut => "write-out",
        InjectedFault.ReadIn => "read-in",
        InjectedFault.SameFrame => "same-frame",
        InjectedFault.SameSlot => "same-slot",
        InjectedFault.None => "none",
    };

    private static void AppendOperands(StringBuilder text, in Operation op)
    {
        string range = string.Create(CultureInfo.InvariantCulture, $"{op.Va.Value} {op.Length}");
        _ = op.Kind switch
        {
            OperationKind.Mmap => text.Append(' ').Append(op.Process).Append(' ').Append(range).Append(' ')
                .Append(Mapping(in op)).Append(' ').Append(Rights(in op))
                .Append(op.Has(OperationFlags.Fixed) ? " fixed" : string.Empty),
            OperationKind.Munmap or OperationKind.Dontneed or OperationKind.Free or OperationKind.Cold
                or OperationKind.Pageout or OperationKind.NumaHint or OperationKind.Remove or OperationKind.Mlock
                or OperationKind.Munlock or OperationKind.Guard or OperationKind.Unguard =>
                text.Append(' ').Append(op.Process).Append(' ').Append(range),
            OperationKind.Mprotect =>
                text.Append(' ').Append(op.Process).Append(' ').Append(range).Append(' ').Append(Rights(in op)),
            OperationKind.Fork => text.Append(' ').Append(op.Process).Append(" -> ").Append(op.Child),
            OperationKind.Exit or OperationKind.ClearRefs => text.Append(' ').Append(op.Process),
            OperationKind.Load or OperationKind.Store or OperationKind.Swapout or OperationKind.Migrate
                or OperationKind.MigrateVma or OperationKind.MemoryFailure
                or OperationKind.Pagemap or OperationKind.ForceWrite =>
                text.Append(' ').Append(op.Process).Append(' ').Append(op.Va.Value),
            OperationKind.DirectIo or OperationKind.ProcessVm =>
                text.Append(' ').Append(op.Process).Append(' ').Append(op.Va.Value)
                    .Append(op.Has(OperationFlags.Write) ? " in" : " out"),
            OperationKind.Pin or OperationKind.Get => text.Append(' ').Append(op.Process).Append(' ').Append(range)
                .Append(op.Has(OperationFlags.Write) ? " rw" : " r")
                .Append(op.Has(OperationFlags.Fast) ? " fast" : string.Empty)
                .Append(op.Has(OperationFlags.Follow) ? " follow" : string.Empty)
                .Append(op.Has(OperationFlags.Force) ? " force" : string.Empty)
                .Append(op.Has(OperationFlags.Longterm) ? " longterm" : string.Empty)
                .Append(op.Has(OperationFlags.Nowait) ? " nowait" : string.Empty).Append(" -> ").Append(op.Handle),
            OperationKind.Vmsplice => text.Append(' ').Append(op.Process).Append(' ').Append(range)
                .Append(op.Has(OperationFlags.Fast) ? " fast" : string.Empty).Append(" -> ").Append(op.Handle),
            OperationKind.Ref => text.Append(' ').Append(op.Process).Append(' ').Append(op.Va.Value).Append(" -> ")
                .Append(op.Handle),
            OperationKind.PipeRead or OperationKind.Unpin or OperationKind.Unref => text.Append(' ').Append(op.Handle),
            OperationKind.DevRead or OperationKind.DevWrite =>
                text.Append(' ').Append(op.Handle).Append(' ').Append(op.Number),
            OperationKind.Scan => text.Append(' ').Append(op.Process).Append(' ').Append(range)
                .Append(op.Has(OperationFlags.Protect) ? " wp" : string.Empty)
                .Append(op.Has(OperationFlags.CheckAsync) ? " check" : string.Empty),
            OperationKind.UffdOpen => text.Append(' ').Append(op.Process).Append(" -> ").Append(op.Uffd)
                .Append(Features(in op)).Append(op.Has(OperationFlags.Sigbus) ? " sigbus" : string.Empty),
            OperationKind.UffdClose or OperationKind.UffdRead => text.Append(' ').Append(op.Uffd),
            OperationKind.Register => text.Append(' ').Append(op.Uffd).Append(' ').Append(range).Append(Modes(in op)),
            OperationKind.Unregister or OperationKind.Wp or OperationKind.Wake =>
                text.Append(' ').Append(op.Uffd).Append(' ').Append(range),
            OperationKind.Copy or OperationKind.Zeropage or OperationKind.Continue or OperationKind.Poison =>
                text.Append(' ').Append(op.Uffd).Append(' ').Append(range)
                    .Append(op.Has(OperationFlags.Protect) ? " wp" : string.Empty)
                    .Append(op.Has(OperationFlags.DontWake) ? " dontwake" : string.Empty),
            OperationKind.Move => text.Append(' ').Append(op.Uffd).Append(' ').Append(range).Append(" -> ")
                .Append(op.Number).Append(op.Has(OperationFlags.AllowHoles) ? " holes" : string.Empty)
                .Append(op.Has(OperationFlags.DontWake) ? " dontwake" : string.Empty),
            OperationKind.Unwp => text.Append(' ').Append(op.Uffd).Append(' ').Append(range)
                .Append(op.Has(OperationFlags.DontWake) ? " dontwake" : string.Empty),
            OperationKind.Madvise => text.Append(' ').Append(op.Process).Append(' ').Append(range).Append(' ')
                .Append(ForkAdvice(op.Number)),
            OperationKind.Populate => text.Append(' ').Append(op.Process).Append(' ').Append(range)
                .Append(op.Has(OperationFlags.Write) ? " rw" : " r"),
            OperationKind.Swapoff => text,
            OperationKind.Mremap => AppendMremap(text.Append(' ').Append(op.Process).Append(' ').Append(range), in op),
            OperationKind.Inject => text.Append(' ').Append(FaultWord(op.Fault)).Append(' ').Append(op.Number),
            OperationKind.FileWrite or OperationKind.Punch or OperationKind.Truncate =>
                text.Append(' ').Append(op.Inode).Append(' ').Append(op.Number),
            OperationKind.Step => text.Append(' ').Append(op.Actor).Append(' ').Append(op.Number),
        };
    }

    private static StringBuilder AppendMremap(StringBuilder text, in Operation op)
    {
        if (op.Resized != 0)
        {
            text.Append(" to ").Append(op.Resized);
        }

        return op.Has(OperationFlags.InPlace)
            ? text
            : text.Append(" -> ").Append(op.Number)
                .Append(op.Has(OperationFlags.DontUnmap) ? " dontunmap" : string.Empty);
    }

    /// <summary>Features that words name, beside sigbus.</summary>
    internal static System.ReadOnlySpan<UffdFeatures> NamedFeatures =>
    [
        UffdFeatures.EventFork, UffdFeatures.EventRemap, UffdFeatures.EventRemove, UffdFeatures.EventUnmap,
        UffdFeatures.WpUnpopulated, UffdFeatures.WpAsync,
    ];

    /// <summary>The features asked for, as words, each with a space before it.</summary>
    private static string Features(in Operation op)
    {
        string words = string.Empty;
        foreach (UffdFeatures one in NamedFeatures)
        {
            words += (op.Number & (byte)one) != 0 ? " " + Fixes.Names.Dashed(one) : string.Empty;
        }

        return words;
    }

    /// <summary>The modes to register in, as words, each with a space before it.</summary>
    public static string Modes(in Operation op) =>
        op.Number is 0 or (byte)UffdModes.Wp
            ? string.Empty
            : ((op.Modes & UffdModes.Missing) != 0 ? " missing" : string.Empty)
                + ((op.Modes & UffdModes.Wp) != 0 ? " wp" : string.Empty)
                + ((op.Modes & UffdModes.Minor) != 0 ? " minor" : string.Empty);

    private static string Mapping(in Operation op) => op.Mapping switch
    {
        VmaKind.SharedAnon => $"shared {op.Inode}",
        VmaKind.MemfdShared => string.Create(CultureInfo.InvariantCulture, $"memfd {op.Inode}@{op.Number}"),
        VmaKind.MemfdPrivate => string.Create(CultureInfo.InvariantCulture, $"memfd-private {op.Inode}@{op.Number}"),
        VmaKind.FilePrivate => string.Create(CultureInfo.InvariantCulture, $"file {op.Inode}@{op.Number}"),
        VmaKind.Anon or VmaKind.None or VmaKind.HugetlbShared or VmaKind.HugetlbPrivate => "anon",
    };
}
