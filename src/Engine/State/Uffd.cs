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

/// <summary>A page fault that a userfaultfd reports; its place in the array is the waiting thread.</summary>
public struct UffdEvent
{
    /// <summary>How far it is.</summary>
    public UffdEventState State;

    /// <summary>The context.</summary>
    public UffdId Uffd;

    /// <summary>The page.</summary>
    public Va Va;

    /// <summary>1 if the fault is a store (UFFD_PAGEFAULT_FLAG_WRITE).</summary>
    public byte IsWrite;
}
