// What can be made to go wrong, or to go an awkward way, by `inject`: once armed it strikes at the n-th chance.
// Not covered: where the chances are (Kernel/Injection).

namespace MmFuzz.Engine.State;

/// <summary>An injected fault.</summary>
public enum InjectedFault : byte
{
    /// <summary>None is armed.</summary>
    None,

    /// <summary>arch_unmap_one fails (on SPARC ADI it may).</summary>
    ArchUnmapOne,

    /// <summary>No page can be allocated.</summary>
    Alloc,

    /// <summary>No slot of the swap area can be allocated.</summary>
    SwapFull,

    /// <summary>The swap device cannot write a page.</summary>
    WriteOut,

    /// <summary>The swap device, or the disk, cannot read a page.</summary>
    ReadIn,

    /// <summary>The page frame that was freed last is handed out next.</summary>
    SameFrame,

    /// <summary>The slot that was freed last is handed out next.</summary>
    SameSlot,
}
