// What operations do, for people who do not know the vocabulary: the form of each line, its meaning in general, and
// one operation as a sentence. Not covered: the exact text form (Engine/Operations), results (OutcomeWords).

using System.Globalization;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.State;

namespace MmFuzz.Reports;

/// <summary>Words for operations.</summary>
public static class OperationWords
{
    /// <summary>How a line of that kind is written.</summary>
    public static string Form(OperationKind kind) => kind switch
    {
        OperationKind.Mmap => "mmap P PAGE LENGTH anon|memfd[-private] I@INDEX|file I@INDEX|shared I rw|r|none [fixed]",
        OperationKind.Munmap => "munmap P PAGE LENGTH",
        OperationKind.Dontneed => "dontneed P PAGE LENGTH",
        OperationKind.Mprotect => "mprotect P PAGE LENGTH rw|r|none",
        OperationKind.Fork => "fork P -> P",
        OperationKind.Exit => "exit P",
        OperationKind.Load => "load P PAGE",
        OperationKind.Store => "store P PAGE",
        OperationKind.Pin => "pin P PAGE LENGTH rw|r [fast|follow] [force] [longterm] [nowait] -> G",
        OperationKind.Get => "get P PAGE LENGTH rw|r [fast|follow] [force] [nowait] -> G",
        OperationKind.Vmsplice => "vmsplice P PAGE LENGTH [fast] -> G",
        OperationKind.PipeRead => "pipe-read G",
        OperationKind.Unpin => "unpin G",
        OperationKind.DevRead => "devread G NUMBER",
        OperationKind.DevWrite => "devwrite G NUMBER",
        OperationKind.Swapout => "swapout P PAGE",
        OperationKind.Migrate => "migrate P PAGE",
        OperationKind.MigrateVma => "migrate-vma P PAGE",
        OperationKind.UffdOpen =>
            "uffd P -> U [event-fork] [event-remap] [event-remove] [event-unmap] [wp-unpopulated] [wp-async] [sigbus]",
        OperationKind.UffdClose => "close U",
        OperationKind.Register => "register U PAGE LENGTH [missing] [wp] [minor]",
        OperationKind.Unregister => "unregister U PAGE LENGTH",
        OperationKind.Wp => "wp U PAGE LENGTH",
        OperationKind.Unwp => "unwp U PAGE LENGTH [dontwake]",
        OperationKind.UffdRead => "read U",
        OperationKind.Wake => "wake U PAGE LENGTH",
        OperationKind.ClearRefs => "clear-refs P",
        OperationKind.Pagemap => "pagemap P PAGE",
        OperationKind.Inject => "inject arch-unmap-one|alloc|swap-full|write-out|read-in|same-frame|same-slot COUNT",
        OperationKind.Swapoff => "swapoff",
        OperationKind.Mremap => "mremap P PAGE LENGTH -> PAGE [dontunmap]|to LENGTH [-> PAGE]",
        OperationKind.Free => "free P PAGE LENGTH",
        OperationKind.Cold => "cold P PAGE LENGTH",
        OperationKind.Pageout => "pageout P PAGE LENGTH",
        OperationKind.Populate => "populate P PAGE LENGTH rw|r",
        OperationKind.Madvise => "madvise P PAGE LENGTH dontfork|dofork|wipeonfork|keeponfork",
        OperationKind.NumaHint => "numa-hint P PAGE LENGTH",
        OperationKind.FileWrite => "write I INDEX",
        OperationKind.ForceWrite => "force-write P PAGE",
        OperationKind.Punch => "punch I INDEX",
        OperationKind.Remove => "remove P PAGE LENGTH",
        OperationKind.Mlock => "mlock P PAGE LENGTH",
        OperationKind.Munlock => "munlock P PAGE LENGTH",
        OperationKind.Truncate => "truncate I PAGES",
        OperationKind.Guard => "guard P PAGE LENGTH",
        OperationKind.Unguard => "unguard P PAGE LENGTH",
        OperationKind.MemoryFailure => "memory-failure P PAGE",
        OperationKind.DirectIo => "direct-io P PAGE in|out",
        OperationKind.ProcessVm => "process-vm P PAGE in|out",
        OperationKind.Copy => "copy U PAGE LENGTH [wp] [dontwake]",
        OperationKind.Zeropage => "zeropage U PAGE LENGTH [dontwake]",
        OperationKind.Continue => "continue U PAGE LENGTH [wp] [dontwake]",
        OperationKind.Scan => "scan P PAGE LENGTH [wp] [check]",
        OperationKind.Poison => "poison U PAGE LENGTH [dontwake]",
        OperationKind.Move => "move U PAGE LENGTH -> PAGE [holes] [dontwake]",
        OperationKind.Ref => "ref P PAGE -> G",
        OperationKind.Unref => "unref G",
        OperationKind.Step => "step T COUNT",
    };

    /// <summary>What a line of that kind does.</summary>
    public static string Meaning(OperationKind kind) => kind switch
    {
        OperationKind.Mmap => "maps private memory, a memfd or a file, or memory shared with children; where nothing "
            + "is mapped, or in place of what is (fixed: MAP_FIXED)",
        OperationKind.Munmap => "unmaps pages",
        OperationKind.Dontneed => "gives pages up: madvise(MADV_DONTNEED)",
        OperationKind.Mprotect => "changes the rights of pages",
        OperationKind.Fork => "makes a child process that shares memory by copy on write",
        OperationKind.Exit => "ends a process",
        OperationKind.Load => "reads a page",
        OperationKind.Store => "writes a page; every store writes a value of its own",
        OperationKind.Pin => "hands pages to a device for direct access: pin_user_pages (FOLL_PIN)",
        OperationKind.Get => "takes plain references to pages: get_user_pages (FOLL_GET)",
        OperationKind.Vmsplice => "puts references to pages into a pipe",
        OperationKind.PipeRead => "reads such a pipe, and drops its references",
        OperationKind.Unpin => "gives back pages that were pinned or got",
        OperationKind.DevRead => "the device reads through a handle",
        OperationKind.DevWrite => "the device writes through a handle",
        OperationKind.Swapout => "reclaims a page to the swap area",
        OperationKind.Migrate => "moves a page to another page frame",
        OperationKind.MigrateVma => "collects a page for a device that then has no room for it: migrate_vma",
        OperationKind.UffdOpen => "opens a userfaultfd on a process",
        OperationKind.UffdClose => "closes a userfaultfd",
        OperationKind.Register => "registers pages for events: write-protection if no mode is said",
        OperationKind.Unregister => "ends that",
        OperationKind.Wp => "write-protects pages: UFFDIO_WRITEPROTECT",
        OperationKind.Unwp => "lifts the protection, and wakes who waits for it",
        OperationKind.UffdRead => "the manager reads an event",
        OperationKind.Wake => "wakes who waits: UFFDIO_WAKE",
        OperationKind.ClearRefs => "begins to track writes: writes 4 to /proc/PID/clear_refs",
        OperationKind.Pagemap => "asks whether a page was written since",
        OperationKind.Inject => "makes something fail, or what was freed last come back, after COUNT others",
        OperationKind.Swapoff => "empties the swap area: everything in it comes back",
        OperationKind.Mremap => "moves pages to another place, with whatever is there, or makes a mapping of another "
            + "length: mremap(MREMAP_FIXED, MREMAP_DONTUNMAP)",
        OperationKind.Free => "lets the kernel discard pages until they are stored to again: madvise(MADV_FREE)",
        OperationKind.Cold => "says that pages are not used for now: madvise(MADV_COLD)",
        OperationKind.Pageout => "reclaims pages that nobody else maps: madvise(MADV_PAGEOUT)",
        OperationKind.Populate => "faults pages in: madvise(MADV_POPULATE_READ, MADV_POPULATE_WRITE)",
        OperationKind.Madvise => "says what a child gets of pages: madvise(MADV_DONTFORK and the like)",
        OperationKind.NumaHint => "makes the next access of pages fault, as NUMA balancing does",
        OperationKind.FileWrite => "writes a page of a file with write(2); every write writes a value of its own",
        OperationKind.DirectIo => "reads a page from a disk, or writes it to one, past the page cache (O_DIRECT)",
        OperationKind.ProcessVm => "writes or reads a page of its own: process_vm_writev, process_vm_readv",
        OperationKind.Punch => "makes a page of a file a hole: fallocate(FALLOC_FL_PUNCH_HOLE)",
        OperationKind.Remove => "makes holes of pages of shared memory: madvise(MADV_REMOVE)",
        OperationKind.Mlock => "keeps pages in memory, and faults them in: mlock",
        OperationKind.Munlock => "lets pages go again: munlock",
        OperationKind.Truncate => "gives a file so many pages, fewer or more than it had: ftruncate",
        OperationKind.Guard => "gives pages up and lets every access to them fail: madvise(MADV_GUARD_INSTALL)",
        OperationKind.Unguard => "takes guards away: madvise(MADV_GUARD_REMOVE)",
        OperationKind.MemoryFailure => "lets the memory of a page fail: madvise(MADV_HWPOISON)",
        OperationKind.ForceWrite => "writes a page from outside, even a read-only one: /proc/PID/mem (FOLL_FORCE)",
        OperationKind.Copy => "puts pages with new content where none are: UFFDIO_COPY",
        OperationKind.Zeropage => "puts pages of zeros where none are: UFFDIO_ZEROPAGE",
        OperationKind.Continue => "maps pages that the page cache has: UFFDIO_CONTINUE",
        OperationKind.Scan => "reports pages written since they were protected, and protects them: PAGEMAP_SCAN",
        OperationKind.Poison => "makes accesses to pages that are not there fail: UFFDIO_POISON",
        OperationKind.Move => "takes pages out of one place and puts them where nothing is: UFFDIO_MOVE",
        OperationKind.Ref => "somebody comes upon a page and takes a reference for a while (a page-cache lookup)",
        OperationKind.Unref => "drops that reference",
        OperationKind.Step => "moves a path that `start T ...` began by COUNT stages",
    };

    /// <summary>One operation as a sentence without its end.</summary>
    public static string Sentence(in Operation op)
    {
        string by = op.IsStarted ? $"{op.Actor} begins, stage by stage: " : string.Empty;
        return by + Plain(in op);
    }

    /// <summary>"page 3", or "pages 3 to 5".</summary>
    public static string Pages(int first, int length) => length <= 1
        ? string.Create(CultureInfo.InvariantCulture, $"page {first}")
        : string.Create(CultureInfo.InvariantCulture, $"pages {first} to {first + length - 1}");

    private static string Plain(in Operation op)
    {
        string pages = Pages(op.Va.Value, op.Length);
        string access = op.Has(OperationFlags.Write) ? "writing" : "reading";
        return op.Kind switch
        {
            OperationKind.Mmap => $"{op.Process} maps {pages}: {Mapping(in op)}, {Rights(in op)}{Replaces(in op)}",
            OperationKind.Munmap => $"{op.Process} unmaps {pages}",
            OperationKind.Dontneed => $"{op.Process} gives up {pages}",
            OperationKind.Mprotect => $"{op.Process} makes {pages} {Rights(in op)}",
            OperationKind.Fork => $"{op.Process} forks the child {op.Child}",
            OperationKind.Exit => $"{op.Process} exits",
            OperationKind.Load => $"{op.Process} reads {pages}",
            OperationKind.Store => $"{op.Process} writes {pages}",
            OperationKind.Pin => $"a device pins {pages} of {op.Process} for {access}, as {op.Handle}",
            OperationKind.Get => $"a driver takes references to {pages} of {op.Process} for {access}, as {op.Handle}",
            OperationKind.Vmsplice => $"{op.Process} puts {pages} into the pipe {op.Handle}",
            OperationKind.PipeRead => $"somebody reads the pipe {op.Handle}",
            OperationKind.Unpin => $"{op.Handle} is given back",
            OperationKind.DevRead => $"the device reads page {op.Number} of {op.Handle}",
            OperationKind.DevWrite => $"the device writes page {op.Number} of {op.Handle}",
            OperationKind.Swapout => $"{pages} of {op.Process} is reclaimed to swap",
            OperationKind.Migrate => $"{pages} of {op.Process} is moved to another frame",
            OperationKind.MigrateVma => $"{pages} of {op.Process} is collected for a device, and put back",
            OperationKind.UffdOpen => $"the userfaultfd {op.Uffd} is opened on {op.Process}",
            OperationKind.UffdClose => $"the userfaultfd {op.Uffd} is closed",
            OperationKind.Register => $"{op.Uffd} registers {pages} for {Modes(in op)}",
            OperationKind.Unregister => $"{op.Uffd} unregisters {pages}",
            OperationKind.Wp => $"{op.Uffd} write-protects {pages}",
            OperationKind.Unwp => $"{op.Uffd} lifts the protection of {pages}",
            OperationKind.UffdRead => $"the manager reads an event of {op.Uffd}",
            OperationKind.Wake => $"{op.Uffd} wakes who waits in {pages}",
            OperationKind.ClearRefs => $"write tracking of {op.Process} begins anew",
            OperationKind.Pagemap => $"somebody asks whether {pages} of {op.Process} was written",
            OperationKind.Inject => Injected(op.Fault),
            OperationKind.Swapoff => "the swap area is emptied",
            OperationKind.Mremap => Remapped(in op, pages),
            OperationKind.Free => $"{op.Process} frees {pages} lazily",
            OperationKind.Cold => $"{op.Process} says that {pages} will not be used",
            OperationKind.Pageout => $"{op.Process} has {pages} reclaimed",
            OperationKind.Populate => $"{op.Process} has {pages} faulted in for {access}",
            OperationKind.Madvise => $"{op.Process} says of {pages}: {OperationPrinter.ForkAdvice(op.Number)}",
            OperationKind.NumaHint => $"NUMA balancing of {op.Process} looks at {pages}",
            OperationKind.DirectIo =>
                $"a disk {(op.Has(OperationFlags.Write) ? "fills" : "takes")} {pages} of {op.Process}",
            OperationKind.ProcessVm =>
                $"process_vm_{(op.Has(OperationFlags.Write) ? "writev fills" : "readv reads")} {pages} of {op.Process}",
            OperationKind.Punch => $"{PageOfFile(in op)} becomes a hole",
            OperationKind.Truncate => string.Create(
                CultureInfo.InvariantCulture, $"the file {op.Inode} gets a size of {op.Number} pages"),
            OperationKind.Remove => $"{op.Process} removes {pages} from what it maps there",
            OperationKind.Mlock => $"{op.Process} locks {pages} in memory",
            OperationKind.Munlock => $"{op.Process} unlocks {pages}",
            OperationKind.Guard => $"{op.Process} puts guards on {pages}",
            OperationKind.Unguard => $"{op.Process} takes the guards off {pages}",
            OperationKind.MemoryFailure => $"the memory of {pages} of {op.Process} fails",
            OperationKind.ForceWrite => $"a debugger writes {pages} of {op.Process}",
            OperationKind.Ref => $"somebody takes a passing reference to {pages} of {op.Process}, as {op.Handle}",
            OperationKind.Unref => $"the passing reference {op.Handle} is dropped",
            OperationKind.FileWrite => $"{PageOfFile(in op)} is written",
            OperationKind.Copy => $"{op.Uffd} fills {pages} with new content{Protects(in op)}",
            OperationKind.Zeropage => $"{op.Uffd} fills {pages} with zeros",
            OperationKind.Continue => $"{op.Uffd} maps {pages} from the page cache{Protects(in op)}",
            OperationKind.Scan => $"somebody asks which of {pages} of {op.Process} were written{Protects(in op)}",
            OperationKind.Poison => $"{op.Uffd} poisons {pages}",
            OperationKind.Move => $"{op.Uffd} moves {pages} to {Pages(op.Number, op.Length)}",
            OperationKind.Step => string.Create(CultureInfo.InvariantCulture, $"{op.Actor} moves on by {op.Number}"),
        };
    }

    private static string Replaces(in Operation op) =>
        op.Has(OperationFlags.Fixed) ? ", in place of what is there" : string.Empty;

    private static string Remapped(in Operation op, string pages)
    {
        string plural = op.NewLength == 1 ? string.Empty : "s";
        string length = string.Create(CultureInfo.InvariantCulture, $"{op.NewLength} page{plural}");
        return op.Has(OperationFlags.InPlace) ? $"{op.Process} makes {length} of {pages}, in place"
            : $"{op.Process} moves {pages} to {Pages(op.Number, op.NewLength)}"
                + (op.Has(OperationFlags.DontUnmap) ? ", and leaves the mapping behind" : string.Empty);
    }

    private static string PageOfFile(in Operation op) =>
        string.Create(CultureInfo.InvariantCulture, $"page {op.Number} of the file {op.Inode}");

    private static string Protects(in Operation op) =>
        op.Has(OperationFlags.Protect) ? ", write-protected" : string.Empty;

    private static string Modes(in Operation op)
    {
        string words = OperationPrinter.Modes(in op).TrimStart().Replace(" ", " and ", System.StringComparison.Ordinal);
        return words.Length == 0 ? "write-protection" : $"events ({words})";
    }

    private static string Injected(InjectedFault fault) => fault switch
    {
        InjectedFault.ArchUnmapOne => "an unmapping is made to fail",
        InjectedFault.Alloc => "an allocation is made to fail",
        InjectedFault.SwapFull => "the swap area is made to be full",
        InjectedFault.WriteOut => "a write to the swap area is made to fail",
        InjectedFault.ReadIn => "a read from swap area or disk is made to fail",
        InjectedFault.SameFrame => "the page frame freed last will be handed out next",
        InjectedFault.SameSlot => "the swap slot freed last will be handed out next",
        InjectedFault.None => "nothing is made to fail",
    };

    private static string Rights(in Operation op) => OperationPrinter.Rights(in op) switch
    {
        "rw" => "readable and writable",
        "r" => "read-only",
        _ => "inaccessible",
    };

    private static string Mapping(in Operation op) => op.Mapping switch
    {
        VmaKind.MemfdShared => $"memfd {op.Inode} from its page {op.Number} on, shared",
        VmaKind.SharedAnon => "memory shared with children",
        VmaKind.None or VmaKind.Anon => "private memory",
        VmaKind.MemfdPrivate => $"memfd {op.Inode}, private",
        VmaKind.FilePrivate => $"file {op.Inode}, private",
        VmaKind.HugetlbShared or VmaKind.HugetlbPrivate => "huge pages from the pool",
    };
}
