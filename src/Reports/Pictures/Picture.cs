// A step as a picture shows it: every thing with its words, what became of it in the step, and the pages it names. The
// things are the same that the tables list. Not covered: where they stand (PictureLayout), drawing (PictureWriter).

using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MmFuzz.Engine.State;

namespace MmFuzz.Reports.Pictures;

/// <summary>What became of a thing.</summary>
public enum ThingFate
{
    /// <summary>It is as it was.</summary>
    Same,

    /// <summary>It changed.</summary>
    Changed,

    /// <summary>It is new.</summary>
    New,

    /// <summary>It was there before.</summary>
    Gone,
}

/// <summary>A thing in a picture.</summary>
/// <param name="Item">It, as it is now; as it was, if it is gone.</param>
/// <param name="Words">Its words.</param>
/// <param name="Fate">What became of it.</param>
/// <param name="By">The stage that made it so; null if none did.</param>
/// <param name="Links">What it names now.</param>
/// <param name="OldLinks">What it named before.</param>
public sealed record PictureThing(
    StateItem Item,
    ImmutableArray<MarkedWords> Words,
    ThingFate Fate,
    string? By,
    ImmutableArray<StateLink> Links,
    ImmutableArray<StateLink> OldLinks);

/// <summary>One picture.</summary>
public sealed class Picture
{
    private readonly Dictionary<(StateGroup, string), PictureThing> things = [];

    private Picture()
    {
    }

    /// <summary>All things, in no order that matters.</summary>
    public IReadOnlyCollection<PictureThing> Things => things.Values;

    /// <summary>A thing; null if it is not there.</summary>
    public PictureThing? Find(StateItem item) => things.GetValueOrDefault((item.Group, item.Thing));

    /// <summary>Compares two states.</summary>
    /// <param name="before">The one before.</param>
    /// <param name="after">The one after.</param>
    /// <param name="changes">What is said of the differences.</param>
    public static Picture Of(
        ImmutableArray<StateItem> before, ImmutableArray<StateItem> after, IReadOnlyList<StateRow> changes)
    {
        var picture = new Picture();
        Dictionary<(StateGroup, string), string?> by = changes.ToDictionary(
            static row => (row.Group, row.Thing), static row => row.By);
        Dictionary<(StateGroup, string), StateItem> old = Complete(before).ToDictionary(
            static item => (item.Group, item.Thing));
        foreach (StateItem now in Complete(after))
        {
            old.Remove((now.Group, now.Thing), out StateItem? was);
            ThingFate fate = was is null ? ThingFate.New : was.Text == now.Text ? ThingFate.Same : ThingFate.Changed;
            picture.Add(now, was, now, fate, by);
        }

        foreach (StateItem was in old.Values)
        {
            picture.Add(was, was, null, ThingFate.Gone, by);
        }

        return picture;
    }

    private void Add(
        StateItem item,
        StateItem? was,
        StateItem? now,
        ThingFate fate,
        Dictionary<(StateGroup, string), string?> by) =>
        things[(item.Group, item.Thing)] = new PictureThing(
            item,
            MarkedWords.Of(item.Group, was?.Text, now?.Text),
            fate,
            by.GetValueOrDefault((item.Group, item.Thing)),
            now?.Links ?? [],
            was?.Links ?? []);

    /// <summary>The things, and what a picture shows at another place: who holds a page, the zero page.</summary>
    private static IEnumerable<StateItem> Complete(ImmutableArray<StateItem> items)
    {
        ILookup<int, string> holders = items.Where(static item => item.Group == StateGroup.Thread)
            .SelectMany(static item => item.Links.Select(link => (link.Number, item.Thing)))
            .ToLookup(static one => one.Number, static one => one.Thing);
        if (items.Any(static item => item.Links.Contains(StateLink.To(new Pfn(0)))))
        {
            yield return new StateItem(StateGroup.Frame, 0, "zero", "page of zeros, never counted");
        }

        foreach (StateItem item in items)
        {
            string[] by = item.Group == StateGroup.Frame ? [.. holders[item.Number].Distinct()] : [];
            yield return by.Length == 0 ? item : item with { Text = $"{item.Text}, held by {string.Join(' ', by)}" };
        }
    }
}
