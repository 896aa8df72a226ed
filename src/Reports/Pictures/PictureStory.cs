// The pictures of a run, one a step, and all things that any of them shows, so that each thing can have one place in
// all of them: what does not change then does not move either. Not covered: the places (PictureLayout).

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MmFuzz.Engine.Properties;
using MmFuzz.Engine.State;

namespace MmFuzz.Reports.Pictures;

/// <summary>The pictures of a run.</summary>
/// <param name="Pictures">One for each step.</param>
/// <param name="Things">Everything in any of them, in the order of groups and numbers.</param>
/// <param name="Violated">What the violation is about; null if it is none of the things.</param>
public sealed record PictureStory(
    ImmutableArray<Picture> Pictures, ImmutableArray<StateItem> Things, StateItem? Violated)
{
    /// <summary>Whether the violation is about it.</summary>
    public bool IsViolated(StateItem item) =>
        Violated is not null && (item.Group, item.Thing) == (Violated.Group, Violated.Thing);

    /// <summary>The pictures of the last steps of a run.</summary>
    /// <param name="explanation">The run.</param>
    /// <param name="first">The first step that gets one.</param>
    public static PictureStory Of(ProgramExplanation explanation, int first)
    {
        var pictures = ImmutableArray.CreateBuilder<Picture>();
        ImmutableArray<StateItem> before = first == 0 ? explanation.Start : explanation.Steps[first - 1].State;
        for (int i = first; i < explanation.Steps.Length; i++)
        {
            ExplainedStep step = explanation.Steps[i];
            pictures.Add(Picture.Of(before, step.State, step.Changes));
            before = step.State;
        }

        return Of(pictures.ToImmutable(), explanation.Violation);
    }

    /// <summary>A single picture: how one state differs from another.</summary>
    public static PictureStory Of(
        ImmutableArray<StateItem> before, ImmutableArray<StateItem> after, IReadOnlyList<StateRow> changes) =>
        Of([Picture.Of(before, after, changes)], violation: null);

    private static PictureStory Of(ImmutableArray<Picture> pictures, Violation? violation)
    {
        StateItem? violated = violation is null || pictures.IsEmpty ? null
            : Named(pictures[^1], violation.Where) ?? EntryNamed(violation.Where);
        StateItem[] shown = [.. pictures.SelectMany(static picture => picture.Things).Select(static one => one.Item)];
        IEnumerable<StateItem> entries = shown
            .Where(static item => item.Group is StateGroup.MustRead or StateGroup.Tlb).Select(EntryOf);
        ImmutableArray<StateItem> things =
        [
            .. shown.Concat(entries).Concat(violated is null ? [] : [violated])
                .DistinctBy(static item => (item.Group, item.Thing))
                .OrderBy(static item => item.Group).ThenBy(static item => item.Number)
                .ThenBy(static item => item.Thing, StringComparer.Ordinal),
        ];
        return new PictureStory(pictures, things, violated);
    }

    /// <summary>The entry behind what must be read or is cached; it has a place even if it is never filled.</summary>
    private static StateItem EntryOf(StateItem item) => Empty(new EntryIndex(item.Mm, new Va((byte)item.Page)));

    private static StateItem Empty(EntryIndex entry) =>
        new(StateGroup.Entry, entry.Value, entry.ToString(), string.Empty) { Mm = entry.Mm, Page = entry.Va.Value };

    /// <summary>The entry that a violation names though there is nothing; null if it names no entry.</summary>
    private static StateItem? EntryNamed(string where)
    {
        for (byte i = 0; i < Limits.Entries; i++)
        {
            if (new EntryIndex(i).ToString() == where)
            {
                return Empty(new EntryIndex(i));
            }
        }

        return null;
    }

    /// <summary>The thing that a violation names: of an entry, what must be there if there is no entry.</summary>
    private static StateItem? Named(Picture picture, string where) => picture.Things
        .Where(thing => thing.Item.Thing == where || where.StartsWith(thing.Item.Thing + "[", StringComparison.Ordinal))
        .Select(static thing => thing.Item)
        .Where(static item => item.Group is not (StateGroup.Mapping or StateGroup.PtLock))
        .MinBy(static item => item.Group);
}
