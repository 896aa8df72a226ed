// What one side, the model or the kernel, showed of one operation: its result, who went on, which events came, and what
// was seen of every page and handle afterwards. Not covered: comparing two of them (Comparison).

using System;
using System.Collections.Generic;
using MmFuzz.Engine.State;

namespace MmFuzz.Linux;

/// <summary>An actor that had waited and has ended.</summary>
/// <param name="Actor">Who.</param>
/// <param name="Error">Its errno, or <see cref="StepRecord.SignalBase"/> and a signal.</param>
/// <param name="Value">What it loaded.</param>
public readonly record struct Completion(byte Actor, short Error, ulong Value);

/// <summary>A fault that a manager hears of.</summary>
/// <param name="Uffd">The context.</param>
/// <param name="Flags">UFFD_PAGEFAULT_FLAG_*.</param>
/// <param name="Page">The page.</param>
/// <param name="Actor">Whose fault; 255 if that is not known.</param>
public readonly record struct SeenEvent(byte Uffd, UffdFaultFlags Flags, byte Page, byte Actor);

/// <summary>One operation, as one side showed it.</summary>
public sealed class StepRecord
{
    /// <summary>Signals are this much more than their numbers.</summary>
    public const int SignalBase = 1000;

    /// <summary>How it went.</summary>
    public StepStatus Status { get; set; }

    /// <summary>errno, or <see cref="SignalBase"/> and a signal.</summary>
    public short Error { get; set; }

    /// <summary>How long the kernel took, up to where it ended or waited; decides nothing.</summary>
    public uint Nanoseconds { get; set; }

    /// <summary>Bit e: what page frame entry e is in may have changed without being asked for.</summary>
    public ulong MayMove { get; set; }

    /// <summary>Bit e: what entry e mapped is gone, and what it maps now may lie in the same page frame.</summary>
    public ulong Renewed { get; set; }

    /// <summary>Bit e: entry e is writable and has a mark of protection that is lost if its page was moved.</summary>
    public ulong MayLoseMark { get; set; }

    /// <summary>Whether it pins a page that must be moved first, to which somebody else refers.</summary>
    public bool PinsReferred { get; set; }

    /// <summary>Whether a locked mapping, or a part of one, has been left behind by mremap before.</summary>
    public bool LeftLocked { get; set; }

    /// <summary>What it read.</summary>
    public List<ulong> Values { get; } = [];

    /// <summary>Who went on because of it, and ended.</summary>
    public List<Completion> Completions { get; } = [];

    /// <summary>Whether one of them was a discard of more than one page, which waits mapping by mapping.</summary>
    public bool WokeDiscard { get; set; }

    /// <summary>Faults that began to wait.</summary>
    public List<SeenEvent> Events { get; } = [];

    /// <summary>Bit p: process p lives.</summary>
    public byte Live { get; set; }

    /// <summary>Every page of every process, by <see cref="EntryIndex"/>.</summary>
    public PageWord[] Pages { get; } = new PageWord[Limits.Entries];

    /// <summary>Bit h: the bytes behind handle h are known.</summary>
    public byte Handles { get; set; }

    /// <summary>Pages of each handle.</summary>
    public byte[] HandleCounts { get; } = new byte[Limits.Handles];

    /// <summary>Bytes behind each page of each handle.</summary>
    public ulong[] HandleValues { get; } = new ulong[Limits.Handles * Limits.HandlePages];

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        Status = StepStatus.Ended;
        Error = 0;
        Nanoseconds = 0;
        MayMove = 0;
        Renewed = 0;
        MayLoseMark = 0;
        PinsReferred = false;
        LeftLocked = false;
        Live = 0;
        Handles = 0;
        WokeDiscard = false;
        Values.Clear();
        Completions.Clear();
        Events.Clear();
        Array.Clear(Pages);
    }
}
