// The binary protocol's numbers, as src/Linux/executor/protocol.h has them; docs/linux.md describes the messages.
// Not covered: which operation becomes which (Translation), reading and writing messages (Messages).

using System;

namespace MmFuzz.Linux;

/// <summary>What the executor is asked to do.</summary>
internal enum WireKind : byte
{
    Mmap = 1,
    Munmap,
    Mprotect,
    Madvise,
    Mremap,
    Fork,
    Exit,
    Load,
    Store,
    Pin,
    Unpin,
    DeviceRead,
    DeviceWrite,
    Hold,
    Vmsplice,
    PipeRead,
    UffdOpen,
    UffdClose,
    Register,
    Unregister,
    WriteProtect,
    UffdRead,
    Wake,
    Copy,
    Zeropage,
    Continue,
    Poison,
    Scan,
    FileWrite,
    ForceWrite,
    Move,
    DirectIo,
    ProcessVm,
    Punch,
    Migrate,
    Mlock,
    Truncate,
}

/// <summary>Details of it.</summary>
[Flags]
internal enum WireFlags : ushort
{
    None = 0,
    Write = 1,
    Read = 2,
    DontWake = 4,
    Protect = 8,
    Check = 16,
    Resolve = 32,
    Holes = 64,
    DontUnmap = 128,
    InPlace = 256,
    Fixed = 512,
}

/// <summary>What the executor says of itself.</summary>
[Flags]
public enum ExecutorTraits : uint
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Actors run before the server, so that whoever is woken has run when it looks.</summary>
    Realtime = 1,

    /// <summary>kpageflags, kpagecount and page frame numbers can be read.</summary>
    Pages = 2,

    /// <summary>io_uring with a table of buffers.</summary>
    Ring = 4,

    /// <summary>FUSE files whose writes are held.</summary>
    Fuse = 8,

    /// <summary>Processes and mounts of its own.</summary>
    Namespaces = 16,
}

/// <summary>How an operation went.</summary>
public enum StepStatus : byte
{
    /// <summary>It has ended.</summary>
    Ended,

    /// <summary>It waits for a manager.</summary>
    Blocked,

    /// <summary>Who should do it is blocked, or gone.</summary>
    Busy,

    /// <summary>The executor cannot do it here.</summary>
    Unable,

    /// <summary>Neither an end nor an event.</summary>
    Timeout,

    /// <summary>The executor was gone, or silent, before it could say (never sent).</summary>
    NoAnswer,
}

/// <summary>What is seen of a page, in the executor's and in the model's words alike.</summary>
[Flags]
public enum PageBits : ushort
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>pagemap bit 63.</summary>
    Present = 1,

    /// <summary>pagemap bit 62: a swap entry, or a marker.</summary>
    Swap = 2,

    /// <summary>pagemap bit 61: of a file or of shared memory.</summary>
    File = 4,

    /// <summary>pagemap bit 57.</summary>
    UffdWp = 8,

    /// <summary>pagemap bit 56: mapped exactly once.</summary>
    MappedOnce = 16,

    /// <summary>kpageflags bit 34, of an anonymous page.</summary>
    AnonExclusive = 32,

    /// <summary>kpageflags bit 12.</summary>
    Anon = 64,

    /// <summary>kpageflags bit 24: the shared zero page.</summary>
    Zero = 128,

    /// <summary>kpageflags bit 13.</summary>
    SwapCache = 256,

    /// <summary>kpageflags bit 21.</summary>
    Ksm = 512,

    /// <summary>kpageflags bits 17 and 22.</summary>
    Huge = 1024,

    /// <summary>pagemap bit 58.</summary>
    Guard = 2048,
}

/// <summary>One page of one process, at one moment.</summary>
/// <param name="Word">Number in bits 0 to 35, <see cref="PageBits"/> in 36 to 47, mapcount from 48 on.</param>
public readonly record struct PageWord(ulong Word)
{
    private const int FlagsShift = 36;
    private const int CountShift = 48;

    /// <summary>Makes a word.</summary>
    public PageWord(PageBits bits, int mapcount, ulong number)
        : this(((ulong)mapcount << CountShift) | ((ulong)bits << FlagsShift) | number)
    {
    }

    /// <summary>What is seen.</summary>
    public PageBits Bits => (PageBits)((Word >> FlagsShift) & 0xfff);

    /// <summary>Page-table entries that map the page.</summary>
    public int Mapcount => (int)(Word >> CountShift);

    /// <summary>The page frame, or the place in the swap area: good for telling same from other, and no more.</summary>
    public ulong Number => Word & ((1ul << FlagsShift) - 1);

    /// <summary>Whether a page is there that can be told from others.</summary>
    public bool HasFrame => (Bits & (PageBits.Present | PageBits.Zero)) == PageBits.Present;

    /// <summary>Whether any of the bits is set.</summary>
    public bool Has(PageBits bit) => (Bits & bit) != 0;
}
