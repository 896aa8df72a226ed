// The state of a machine as a list of named things with a short text each, and what differs between two such lists.
// Only what is not empty is listed, so that small programs give small tables.
// Not covered: how a table looks on paper (MarkdownReport, TerminalReport).

using System.Collections.Generic;
using System.Collections.Immutable;
using MmFuzz.Engine.State;

namespace MmFuzz.Reports;

/// <summary>What kind of thing a row is about.</summary>
public enum StateGroup
{
    /// <summary>A mapping.</summary>
    Mapping,

    /// <summary>A page-table entry.</summary>
    Entry,

    /// <summary>What the process must read there.</summary>
    MustRead,

    /// <summary>A page frame.</summary>
    Frame,

    /// <summary>A swap slot.</summary>
    Slot,

    /// <summary>A page of a file.</summary>
    File,

    /// <summary>A cached translation.</summary>
    Tlb,

    /// <summary>A handle on pages.</summary>
    Handle,

    /// <summary>A userfaultfd.</summary>
    Uffd,

    /// <summary>What a userfaultfd reports of a thread.</summary>
    Event,

    /// <summary>An address space's locks and counters.</summary>
    Process,

    /// <summary>A page-table lock.</summary>
    PtLock,

    /// <summary>A thread in a path.</summary>
    Thread,
}

/// <summary>One thing in one state.</summary>
/// <param name="Group">What kind of thing.</param>
/// <param name="Number">Its place in its group.</param>
/// <param name="Thing">Its name.</param>
/// <param name="Text">Its state.</param>
public sealed record StateItem(StateGroup Group, int Number, string Thing, string Text)
{
    /// <summary>The address space that it belongs to; none for what belongs to the machine.</summary>
    public MmId Mm { get; init; } = MmId.None;

    /// <summary>Its (first) page in that address space.</summary>
    public int Page { get; init; }

    /// <summary>What it names: frames and swap slots, by kind and number; empty for most things.</summary>
    public ImmutableArray<StateLink> Links { get; init; } = [];
}

/// <summary>A page or swap slot that a thing names.</summary>
/// <param name="Group">A page frame or a swap slot.</param>
/// <param name="Number">Its place in its group; frame 0 is the zero page.</param>
public readonly record struct StateLink(StateGroup Group, int Number)
{
    /// <summary>A frame.</summary>
    public static StateLink To(Pfn pfn) => new(StateGroup.Frame, pfn.Value);

    /// <summary>A swap slot.</summary>
    public static StateLink To(SlotId slot) => new(StateGroup.Slot, slot.Value);
}

/// <summary>One thing before and after.</summary>
/// <param name="Group">What kind of thing.</param>
/// <param name="Thing">Its name.</param>
/// <param name="Before">Its state before; <see cref="StateTable.Empty"/> if there was none.</param>
/// <param name="After">Its state after.</param>
/// <param name="By">The stage that made it so; null if nobody kept stages, or none did.</param>
public sealed record StateRow(StateGroup Group, string Thing, string Before, string After, string? By = null)
{
    /// <summary>Whether it changed.</summary>
    public bool Changed => Before != After;
}

/// <summary>Compares states.</summary>
public static class StateTable
{
    /// <summary>What stands where there is nothing.</summary>
    public const string Empty = "-";

    /// <summary>What a group is called in tables.</summary>
    public static string Title(StateGroup group) => group switch
    {
        StateGroup.Mapping => "mapping",
        StateGroup.Entry => "page table",
        StateGroup.MustRead => "must hold",
        StateGroup.Frame => "page frame",
        StateGroup.Slot => "swap slot",
        StateGroup.File => "file page",
        StateGroup.Tlb => "TLB",
        StateGroup.Handle => "handle",
        StateGroup.Uffd => "userfaultfd",
        StateGroup.Event => "event",
        StateGroup.Process => "process",
        StateGroup.PtLock => "PT lock",
        StateGroup.Thread => "thread",
    };

    /// <summary>All things of either state, in order.</summary>
    public static ImmutableArray<StateRow> Join(
        ImmutableArray<StateItem> before, ImmutableArray<StateItem> after, bool onlyChanged)
    {
        var rows = ImmutableArray.CreateBuilder<StateRow>();
        int b = 0;
        int a = 0;
        while (b < before.Length || a < after.Length)
        {
            int order = b == before.Length ? 1 : a == after.Length ? -1 : Compare(before[b], after[a]);
            StateItem? old = order <= 0 ? before[b++] : null;
            StateItem? now = order >= 0 ? after[a++] : null;
            StateItem named = old ?? now!;
            var row = new StateRow(named.Group, named.Thing, old?.Text ?? Empty, now?.Text ?? Empty);
            if (row.Changed || !onlyChanged)
            {
                rows.Add(row);
            }
        }

        return rows.ToImmutable();
    }

    /// <summary>Puts items into the order that <see cref="Join"/> needs.</summary>
    internal static ImmutableArray<StateItem> Sort(List<StateItem> items)
    {
        items.Sort(Compare);
        return [.. items];
    }

    private static int Compare(StateItem left, StateItem right) =>
        left.Group != right.Group ? ((int)left.Group).CompareTo((int)right.Group) : left.Number.CompareTo(right.Number);
}
