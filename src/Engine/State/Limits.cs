// The sizes of the model: how many of each thing a machine has. Nothing else lives here, so that mutation
// testing can leave the file out and a reader finds every limit in one place.
// Not covered: limits of the textual form (see Operations/MmProgramParser).

namespace MmFuzz.Engine.State;

/// <summary>Sizes of the modelled machine. All counts are in units of the thing named.</summary>
public static class Limits
{
    /// <summary>Address spaces, and so processes (p0 to p3).</summary>
    public const int Mms = 4;

    /// <summary>Virtual base pages of one address space.</summary>
    public const int PagesPerMm = 16;

    /// <summary>Page-table entries of all address spaces together.</summary>
    public const int Entries = Mms * PagesPerMm;

    /// <summary>Base pages that one PMD covers (HPAGE_PMD_NR; 512 on x86-64).</summary>
    public const int HpagePmdNr = 4;

    /// <summary>PMDs of one address space; each has a page-table lock of its own, as with split PT locks.</summary>
    public const int PmdsPerMm = PagesPerMm / HpagePmdNr;

    /// <summary>PMDs, and page-table locks, of all address spaces together.</summary>
    public const int Pmds = Mms * PmdsPerMm;

    /// <summary>Page frames; frame 0 is the shared zero page.</summary>
    public const int Frames = 64;

    /// <summary>Processors, each with a TLB of one entry per virtual page.</summary>
    public const int Cpus = 4;

    /// <summary>TLB entries of all processors together.</summary>
    public const int TlbEntries = Cpus * PagesPerMm;

    /// <summary>Slots of the swap area.</summary>
    public const int SwapSlots = 16;

    /// <summary>Inodes (memfd files, shared anonymous mappings, files on a disk).</summary>
    public const int Inodes = 4;

    /// <summary>Pages of one inode.</summary>
    public const int InodePages = 8;

    /// <summary>Pages of all inodes together.</summary>
    public const int CachePages = Inodes * InodePages;

    /// <summary>Handles on pages taken by get_user_pages.</summary>
    public const int Handles = 8;

    /// <summary>Pages that one handle can hold.</summary>
    public const int HandlePages = 4;

    /// <summary>
    /// Actors that run code: t0 to t3 main threads, t4 to t7 second threads, t8 and t9 outside the processes.
    /// </summary>
    public const int Actors = 10;

    /// <summary>Actors that are threads of a process.</summary>
    public const int UserActors = 2 * Mms;

    /// <summary>Mappings of one address space (vm.max_map_count).</summary>
    public const int VmasPerMm = 8;

    /// <summary>userfaultfd contexts.</summary>
    public const int Uffds = 2;

    /// <summary>How deep kernel paths call each other inside one task.</summary>
    public const int PathDepth = 4;

    /// <summary>References that a task can hold in flight.</summary>
    public const int Holds = 10;

    /// <summary>What one FOLL_PIN adds to a small page's reference count (GUP_PIN_COUNTING_BIAS).</summary>
    public const int GupPinCountingBias = 1024;

    /// <summary>Running numbers of written tokens: a program can store this many times, less one.</summary>
    public const int Serials = 1024;

    /// <summary>The largest size of a World that the design allows, in bytes.</summary>
    public const int WorldBytes = 4608;
}
