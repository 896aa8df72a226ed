// A userfaultfd context, and the event of a thread that waits for its manager. A user thread waits for one event
// at a time, so events are numbered by actor. Not covered: the rules of delivery (Kernel/Userfaultfd).

using System;

namespace MmFuzz.Engine.State;

/// <summary>Features asked for with UFFDIO_API.</summary>
[Flags]
public enum UffdFeatures : ushort
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>UFFD_FEATURE_EVENT_FORK.</summary>
    EventFork = 1,

    /// <summary>UFFD_FEATURE_EVENT_REMAP.</summary>
    EventRemap = 2,

    /// <summary>UFFD_FEATURE_EVENT_REMOVE.</summary>
    EventRemove = 4,

    /// <summary>UFFD_FEATURE_SIGBUS: SIGBUS instead of an event.</summary>
    Sigbus = 8,

    /// <summary>UFFD_FEATURE_WP_UNPOPULATED (6.4).</summary>
    WpUnpopulated = 16,

    /// <summary>UFFD_FEATURE_WP_ASYNC (6.7).</summary>
    WpAsync = 32,

    /// <summary>UFFD_FEATURE_EVENT_UNMAP.</summary>
    EventUnmap = 64,
}

/// <summary>A userfaultfd context.</summary>
public struct Uffd
{
    /// <summary>Its features.</summary>
    public UffdFeatures Features;

    /// <summary>The address space it watches; none when that is gone.</summary>
    public MmId Mm;

    /// <summary>1 while the descriptor is open.</summary>
    public byte Open;

    /// <summary>mmap_changing: changes of the address space whose events are not read yet.</summary>
    public int Changing;

    /// <summary>Whether nothing is there: neither a descriptor nor a context that waits to get one.</summary>
    public readonly bool IsFree => Open == 0 && Mm.IsNone;

    /// <summary>Whether the descriptor is open.</summary>
    public readonly bool IsOpen => Open != 0;
}

/// <summary>How far an event is.</summary>
public enum UffdEventState : byte
{
    /// <summary>There is none.</summary>
    None,

    /// <summary>Queued, not yet read by the manager.</summary>
    Pending,

    /// <summary>Read by the manager.</summary>
    Read,

    /// <summary>Its thread was woken and will take it off the queue.</summary>
    Woken,
}

/// <summary>UFFD_PAGEFAULT_FLAG_*: what a fault is about; without WP and MINOR nothing is there (MISSING).</summary>
[Flags]
public enum UffdFaultFlags : byte
{
    /// <summary>A read of a page that is missing.</summary>
    None = 0,

    /// <summary>UFFD_PAGEFAULT_FLAG_WRITE.</summary>
    Write = 1,

    /// <summary>UFFD_PAGEFAULT_FLAG_WP: a store to a protected page.</summary>
    Wp = 2,

    /// <summary>UFFD_PAGEFAULT_FLAG_MINOR: the page cache has the page, the page table has not.</summary>
    Minor = 4,

    /// <summary>UFFD_EVENT_FORK, which is no fault at all.</summary>
    Fork = 8,

    /// <summary>UFFD_EVENT_REMAP.</summary>
    Remap = 16,

    /// <summary>UFFD_EVENT_REMOVE.</summary>
    Remove = 32,

    /// <summary>UFFD_EVENT_UNMAP.</summary>
    Unmap = 64,

    /// <summary>Events about changes of the address space, which are no faults.</summary>
    Changes = Fork | Remap | Remove | Unmap,
}

/// <summary>UFFDIO_REGISTER_MODE_*.</summary>
[Flags]
public enum UffdModes : byte
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>UFFDIO_REGISTER_MODE_MISSING.</summary>
    Missing = 1,

    /// <summary>UFFDIO_REGISTER_MODE_WP.</summary>
    Wp = 2,

    /// <summary>UFFDIO_REGISTER_MODE_MINOR.</summary>
    Minor = 4,
}

/// <summary>A fault or a change that a userfaultfd reports; its place in the array is the waiting thread.</summary>
public struct UffdEvent
{
    /// <summary>How far it is.</summary>
    public UffdEventState State;

    /// <summary>The context.</summary>
    public UffdId Uffd;

    /// <summary>The page.</summary>
    public Va Va;

    /// <summary>What the fault is about.</summary>
    public UffdFaultFlags Flags;

    /// <summary>Bit n: the event of actor n was queued before this one, if it is pending.</summary>
    public byte Before;
}
