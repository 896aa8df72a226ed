// An address space (mm_struct): its counters, its sequence count, its lock. Its mappings and entries lie in
// arrays of the Machine. Not covered: rules about them (Properties/Locks).

using System;

namespace MmFuzz.Engine.State;

/// <summary>Whether an address space is in use.</summary>
public enum MmState : byte
{
    /// <summary>Not in use.</summary>
    Free,

    /// <summary>A fork is filling it; nobody else can see it.</summary>
    Forking,

    /// <summary>A process lives in it.</summary>
    Live,

    /// <summary>Its process is exiting.</summary>
    Exiting,
}

/// <summary>MMF_* flags and the like.</summary>
[Flags]
public enum MmFlags : byte
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>has_pinned: a FOLL_PIN was taken once; never cleared.</summary>
    HasPinned = 1,

    /// <summary>tlb_flush_batched: reclaim owes this address space a flush.</summary>
    TlbFlushBatched = 2,
}

/// <summary>An address space.</summary>
public struct Mm
{
    /// <summary>write_protect_seq: odd while fork write-protects (5.11).</summary>
    public ushort WriteProtectSeq;

    /// <summary>Whether it is in use.</summary>
    public MmState State;

    /// <summary>Mappings in use.</summary>
    public byte VmaCount;

    /// <summary>Flags.</summary>
    public MmFlags Flags;

    /// <summary>tlb_flush_pending: how many gatherers have changed entries and not flushed yet.</summary>
    public byte TlbFlushPending;

    /// <summary>Readers of mmap_lock.</summary>
    public byte MmapReaders;

    /// <summary>Writer of mmap_lock: actor + 1, or 0.</summary>
    public byte MmapWriter;

    private readonly ulong reserved;

    /// <summary>Whether a process lives in it.</summary>
    public readonly bool IsLive => State == MmState.Live;

    /// <summary>Whether a pin was ever taken.</summary>
    public readonly bool HasPinned => (Flags & MmFlags.HasPinned) != 0;

    /// <summary>Whether reclaim owes it a flush.</summary>
    public readonly bool TlbFlushBatched => (Flags & MmFlags.TlbFlushBatched) != 0;

    /// <summary>Whether the unused bytes are 0, as they always are.</summary>
    public readonly bool IsCanonical => reserved == 0;
}
