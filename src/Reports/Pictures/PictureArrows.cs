// Arrows from those who name a page or a swap slot to it: where they begin and end, which of them are new or gone, and
// which are cached translations. The ends at a page are spread, each at the same place in all pictures of a run.
// Not covered: drawing (PictureWriter).

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;

namespace MmFuzz.Reports.Pictures;

/// <summary>An arrow.</summary>
/// <param name="FromX">Where it begins.</param>
/// <param name="FromY">Where it begins, from above.</param>
/// <param name="ToX">Where it ends.</param>
/// <param name="ToY">Where it ends, from above.</param>
/// <param name="Fate">What became of it: gone, new, or the same.</param>
/// <param name="IsCached">Whether it is a cached translation, which is no reference.</param>
/// <param name="IsWritable">Whether one may store through it.</param>
public sealed record Arrow(
    double FromX, double FromY, double ToX, double ToY, ThingFate Fate, bool IsCached, bool IsWritable);

/// <summary>Finds the arrows of pictures.</summary>
public sealed class PictureArrows
{
    private readonly Dictionary<(StateGroup, string), (Panel Panel, PlacedThing Thing)> places;
    private readonly Dictionary<(StateGroup, int), (Panel Panel, PlacedThing Thing)> targets;
    private readonly Dictionary<((StateGroup, string) From, StateLink To), double> ends = [];

    /// <summary>Gives each arrow of a run its end.</summary>
    public PictureArrows(PictureStory story, PictureLayout layout)
    {
        var all = layout.Panels.SelectMany(
            static panel => panel.Things.Select(thing => (Panel: panel, Thing: thing))).ToList();
        places = all.ToDictionary(static one => (one.Thing.Item.Group, one.Thing.Item.Thing));
        targets = all.Where(static one => one.Thing.Item.Group is StateGroup.Frame or StateGroup.Slot)
            .ToDictionary(static one => (one.Thing.Item.Group, one.Thing.Item.Number));
        var links = story.Pictures.SelectMany(static picture => picture.Things)
            .Where(static thing => thing.Item.Group != StateGroup.Thread)
            .SelectMany(static thing => thing.Links.Concat(thing.OldLinks)
                .Select(link => (From: (thing.Item.Group, thing.Item.Thing), To: link)))
            .Distinct()
            .Where(link => targets.ContainsKey((link.To.Group, link.To.Number)));
        foreach (var group in links.GroupBy(link => (link.To, Side: SideOf(link.From, link.To))))
        {
            Spread(group.Key.To, [.. group.OrderBy(link => places[link.From].Thing.Top)]);
        }
    }

    /// <summary>The arrows of one picture; new ones last, so that they are drawn over the others.</summary>
    public ImmutableArray<Arrow> Of(Picture picture)
    {
        var arrows = ImmutableArray.CreateBuilder<Arrow>();
        foreach (PictureThing thing in picture.Things.Where(static one => one.Item.Group != StateGroup.Thread))
        {
            foreach (StateLink link in thing.Links.Union(thing.OldLinks))
            {
                ThingFate fate = !thing.OldLinks.Contains(link) ? ThingFate.New
                    : !thing.Links.Contains(link) ? ThingFate.Gone
                    : ThingFate.Same;
                (StateGroup, string) from = (thing.Item.Group, thing.Item.Thing);
                if (ends.TryGetValue((from, link), out double end))
                {
                    arrows.Add(Make(thing, link, end, fate));
                }
            }
        }

        return [.. arrows.OrderBy(static one => one.Fate == ThingFate.New ? 2 : one.Fate == ThingFate.Gone ? 1 : 0)
            .ThenBy(static one => one.FromX).ThenBy(static one => one.FromY).ThenBy(static one => one.ToY)];
    }

    private Arrow Make(PictureThing thing, StateLink link, double end, ThingFate fate)
    {
        (Panel from, PlacedThing place) = places[(thing.Item.Group, thing.Item.Thing)];
        Panel to = targets[(link.Group, link.Number)].Panel;
        int side = SideOf((thing.Item.Group, thing.Item.Thing), link);
        return new Arrow(
            side > 0 && from.Left > to.Left ? from.Left : from.Right,
            place.Middle,
            side < 0 ? to.Left : to.Right,
            end,
            fate,
            thing.Item.Group == StateGroup.Tlb,
            thing.Words.Any(static word => word.Fate != WordFate.Goes && word.Text == "write"));
    }

    /// <summary>-1 for an arrow that comes from the left, 1 for one from the right or from the same column.</summary>
    private int SideOf((StateGroup, string) from, StateLink to) =>
        places[from].Panel.Left < targets[(to.Group, to.Number)].Panel.Left ? -1 : 1;

    private void Spread(StateLink to, ImmutableArray<((StateGroup, string) From, StateLink To)> links)
    {
        PlacedThing target = targets[(to.Group, to.Number)].Thing;
        double first = target.Middle;
        double room = Math.Max(0, target.Height - PictureLayout.LineHeight - (2 * PictureLayout.RowPadding));
        for (int i = 0; i < links.Length; i++)
        {
            double share = links.Length == 1 ? 0 : (double)i / (links.Length - 1);
            ends[(links[i].From, to)] = first + (share * room);
        }
    }
}
