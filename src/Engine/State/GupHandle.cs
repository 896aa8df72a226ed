// A handle on pages taken by get_user_pages: a driver's buffer or a pipe full of page references.
// Not covered: taking and dropping it (Kernel/Gup).

using System;

namespace MmFuzz.Engine.State;

/// <summary>What a handle is.</summary>
public enum HandleKind : byte
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A path in flight will fill it.</summary>
    Reserved,

    /// <summary>FOLL_PIN: a driver's buffer.</summary>
    Pin,

    /// <summary>FOLL_GET: plain references.</summary>
    Get,

    /// <summary>FOLL_GET references in a pipe (vmsplice).</summary>
    Pipe,

    /// <summary>A speculative reference: a page-cache lookup, a batch of pages that goes to the LRU lists.</summary>
    Lookup,
}

/// <summary>How it was taken.</summary>
[Flags]
public enum HandleFlags : byte
{
    /// <summary>Read-only.</summary>
    None = 0,

    /// <summary>FOLL_WRITE.</summary>
    Write = 1,

    /// <summary>FOLL_LONGTERM.</summary>
    Longterm = 2,

    /// <summary>Taken by a call that gives it back before it returns: no line can name it.</summary>
    OneCall = 4,
}

/// <summary>A handle.</summary>
public struct GupHandle
{
    /// <summary>What it is.</summary>
    public HandleKind Kind;

    /// <summary>How it was taken.</summary>
    public HandleFlags Flags;

    /// <summary>Whose memory.</summary>
    public MmId Mm;

    /// <summary>Where.</summary>
    public Va Va;

    /// <summary>Pages held, 1 to <see cref="Limits.HandlePages"/>.</summary>
    public byte Count;

    private readonly byte reserved0;
    private readonly ushort reserved1;

    /// <summary>The frames.</summary>
    public HandlePages Pages;

    private readonly uint reserved2;

    /// <summary>Whether it holds pages.</summary>
    public readonly bool IsLive => Kind >= HandleKind.Pin;

    /// <summary>Whether it is a FOLL_PIN.</summary>
    public readonly bool IsPin => Kind == HandleKind.Pin;

    /// <summary>Whether the device may store through it.</summary>
    public readonly bool IsWrite => (Flags & HandleFlags.Write) != 0;

    /// <summary>Whether it lasts no longer than the call that took it.</summary>
    public readonly bool IsOfCall => (Flags & HandleFlags.OneCall) != 0;

    /// <summary>What it adds to a small page's reference count.</summary>
    public readonly int Amount => Kind == HandleKind.Pin ? Limits.GupPinCountingBias : 1;

    /// <summary>Whether the unused bytes are 0, as they always are.</summary>
    public readonly bool IsCanonical => reserved0 == 0 && reserved1 == 0 && reserved2 == 0;
}
