// What a stage reports beside the state it leaves: a memory access that landed, a warning of the kernel's own checks.
// Not covered: what the reference memory makes of it (Properties).

namespace MmFuzz.Engine.State;

/// <summary>A memory access that landed in a stage, for the reference memory.</summary>
/// <param name="Kind">Load or store; none if nothing landed.</param>
/// <param name="Entry">Through which entry.</param>
/// <param name="Pfn">In which frame.</param>
/// <param name="Token">What was read or written.</param>
/// <param name="Protects">Whether userfaultfd protects the page from now on; of a fill.</param>
/// <param name="File">Which page of a file, if it went past all mappings.</param>
/// <param name="Until">
/// First page behind those that are discarded; of a move, where from; of a file's size, how many pages.
/// </param>
public readonly record struct MemoryEffect(
    MemoryEffectKind Kind, EntryIndex Entry, Pfn Pfn, Token Token, bool Protects = false, CacheIndex File = default,
    byte Until = 0);

/// <summary>What landed.</summary>
public enum MemoryEffectKind : byte
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A load.</summary>
    Load,

    /// <summary>A store.</summary>
    Store,

    /// <summary>A write to a file, past all mappings.</summary>
    FileWrite,

    /// <summary>A hole is about to be punched into a file.</summary>
    HoleBegins,

    /// <summary>A page of a file has gone, and what it held.</summary>
    HolePunched,

    /// <summary>A file has got another size.</summary>
    SizeChanged,

    /// <summary>...and what was behind its end is gone.</summary>
    Truncated,

    /// <summary>A store from outside into a page that was taken from an entry.</summary>
    RemoteStore,

    /// <summary>UFFDIO_COPY or ZEROPAGE: content where nothing was.</summary>
    Fill,

    /// <summary>UFFDIO_CONTINUE: the entry of a page that the page cache has.</summary>
    Continue,

    /// <summary>UFFDIO_POISON.</summary>
    Poison,

    /// <summary>WP_ASYNC: a store lifted the protection of its page itself.</summary>
    ResolveAsync,

    /// <summary>UFFDIO_MOVE: Entry now has what page Until of the same address space had.</summary>
    Move,

    /// <summary>Mappings from Entry up to Until have got VM_LOCKED.</summary>
    Locked,

    /// <summary>...or lost it.</summary>
    Unlocked,

    /// <summary>madvise begins to discard one mapping's part, from Entry up to Until.</summary>
    DiscardBegins,

    /// <summary>...and has done so.</summary>
    DiscardEnds,

    /// <summary>A guard marker was installed.</summary>
    GuardInstalled,

    /// <summary>...or removed.</summary>
    GuardRemoved,

    /// <summary>The memory error of a page has been dealt with; Until: the slot that it had.</summary>
    PageFailed,

    /// <summary>...and the page has left the page cache, where File says.</summary>
    PageDropped,

    /// <summary>Its owner has taken the entry away that said so, perhaps before it has been dealt with.</summary>
    FailureFreed,

    // From here on: judged by the runner before the operation has ended, since it takes its task to judge them.

    /// <summary>A change of the mappings is over, but for the managers who have to read of it.</summary>
    Announced,

    /// <summary>A call has taken a page that it will give back before it returns.</summary>
    PageTaken,

    /// <summary>...and read it.</summary>
    CallRead,

    /// <summary>...and written it.</summary>
    CallWrote,
}

/// <summary>Warnings of the kernel's own checks (VM_BUG_ON, VM_WARN_ON).</summary>
public enum KernelWarning : byte
{
    /// <summary>None.</summary>
    None,

    /// <summary>sanity_check_pinned_pages: a pinned anonymous page is not exclusive.</summary>
    UnpinOfSharedPage,

    /// <summary>An entry was changed while somebody else held its page-table lock.</summary>
    EntryChangedWithoutLock,

    /// <summary>A fault was taken over and over without any progress.</summary>
    EndlessFault,

    /// <summary>The kernel reads a page with a memory error, and has no way out: a machine check kills it.</summary>
    MachineCheck,

    /// <summary>A call starts anew over and over without any progress.</summary>
    EndlessRestart,
}
