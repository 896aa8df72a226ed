// Where each thing of a run stands in its pictures, the same in all of them: threads on top; below them address spaces
// with their pages and translations on the left, frames and swap slots in the middle, and on the right handles, files
// and userfaultfds. Not covered: arrows (PictureArrows), drawing (PictureWriter).

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;

namespace MmFuzz.Reports.Pictures;

/// <summary>A thing at its place.</summary>
/// <param name="Item">The thing.</param>
/// <param name="Label">What stands before its words.</param>
/// <param name="Top">Its upper edge.</param>
/// <param name="Height">How high it is.</param>
public sealed record PlacedThing(StateItem Item, string Label, double Top, double Height)
{
    /// <summary>The middle of its first line.</summary>
    public double Middle => Top + (PictureLayout.LineHeight / 2) + PictureLayout.RowPadding;
}

/// <summary>A frame around things.</summary>
/// <param name="Left">Its left edge.</param>
/// <param name="Top">Its upper edge.</param>
/// <param name="Width">How wide it is.</param>
/// <param name="Height">How high it is.</param>
/// <param name="LabelWidth">How much of it labels take.</param>
/// <param name="Things">What is in it.</param>
public sealed record Panel(
    double Left, double Top, double Width, double Height, double LabelWidth, ImmutableArray<PlacedThing> Things)
{
    /// <summary>Its right edge.</summary>
    public double Right => Left + Width;

    /// <summary>Where words begin.</summary>
    public double WordsLeft => Left + PictureLayout.Gutter + LabelWidth;

    /// <summary>Whether it is an address space, whose empty places are shown as such.</summary>
    public bool IsProcess => Things[0].Item.Group == StateGroup.Process;
}

/// <summary>A heading of a column.</summary>
/// <param name="Left">Where it begins.</param>
/// <param name="Top">Its upper edge.</param>
/// <param name="Text">Its words.</param>
public sealed record ColumnTitle(double Left, double Top, string Text);

/// <summary>The places of all things of a run.</summary>
/// <param name="Width">How wide the pictures are.</param>
/// <param name="Height">How high they are.</param>
/// <param name="Titles">Headings.</param>
/// <param name="Panels">Frames with what is in them.</param>
public sealed record PictureLayout(
    double Width, double Height, ImmutableArray<ColumnTitle> Titles, ImmutableArray<Panel> Panels)
{
    /// <summary>Height of a line of words.</summary>
    public const double LineHeight = 17;

    /// <summary>Above and below the words of a thing.</summary>
    public const double RowPadding = 4;

    /// <summary>Room for the sign of a change.</summary>
    public const double Gutter = 24;

    private const double Margin = 2;
    private const double TitleHeight = 24;
    private const double PanelGap = 14;
    private const double WordsRight = 10;
    private const double FlagHeight = 18;

    private static readonly Column Spaces = new(0, 410, 92, "Processes: page tables, TLBs");
    private static readonly Column Memory = new(474, 298, 56, "Memory: page frames, swap slots");
    private static readonly Column Others = new(828, 226, 46, "Devices, files, userfaultfds");

    /// <summary>Places the things of a run.</summary>
    public static PictureLayout Of(PictureStory story)
    {
        ILookup<int, StateItem> columns = story.Things.ToLookup(static item => ColumnOf(item.Group));
        double width = Margin + (columns[2].Any() ? Others.Left + Others.Width : Memory.Left + Memory.Width);
        var panels = ImmutableArray.CreateBuilder<Panel>();
        var titles = ImmutableArray.CreateBuilder<ColumnTitle>();
        double top = Margin;
        if (columns[-1].Any())
        {
            var threads = new Column(0, width - Margin, 40, "Threads in the kernel");
            top = Fill(story, threads, [[.. columns[-1]]], top, panels, titles);
        }

        IEnumerable<StateItem[]> spaces = columns[0].GroupBy(static item => item.Mm.Value)
            .OrderBy(static group => group.Key).Select(static group => Ordered(group));
        double height = Fill(story, Spaces, spaces, top, panels, titles);
        height = Math.Max(height, Fill(
            story, Memory, columns[1].Select(static item => (StateItem[])[item]), top, panels, titles));
        IEnumerable<StateItem[]> others = columns[2].GroupBy(
            static item => item.Group is StateGroup.Handle ? (0, item.Number)
                : item.Group is StateGroup.File ? (1, 0)
                : (2, 0)).OrderBy(static group => group.Key).Select(static group => group.ToArray());
        height = Math.Max(height, Fill(story, Others, others, top, panels, titles));
        return new PictureLayout(width, height, titles.ToImmutable(), panels.ToImmutable());
    }

    private static int ColumnOf(StateGroup group) => group switch
    {
        StateGroup.Thread => -1,
        StateGroup.Process or StateGroup.Mapping or StateGroup.PtLock or StateGroup.Entry or StateGroup.MustRead
            or StateGroup.Tlb => 0,
        StateGroup.Frame or StateGroup.Slot => 1,
        StateGroup.Handle or StateGroup.File or StateGroup.Uffd or StateGroup.Event => 2,
    };

    /// <summary>An address space: itself, its mappings and locks, then page after page.</summary>
    private static StateItem[] Ordered(IEnumerable<StateItem> space) =>
    [
        .. space.OrderBy(static item => item.Group switch
        {
            StateGroup.Process => -3,
            StateGroup.Mapping => -2,
            StateGroup.PtLock => -1,
            _ => item.Page,
        }).ThenBy(static item => item.Group).ThenBy(static item => item.Number),
    ];

    /// <summary>Fills a column from above; answers where it ends.</summary>
    private static double Fill(
        PictureStory story,
        Column column,
        IEnumerable<StateItem[]> groups,
        double top,
        ImmutableArray<Panel>.Builder panels,
        ImmutableArray<ColumnTitle>.Builder titles)
    {
        double next = top + TitleHeight;
        foreach (StateItem[] group in groups)
        {
            if (next == top + TitleHeight)
            {
                titles.Add(new ColumnTitle(column.Left + Margin, top, column.Title));
            }

            var things = ImmutableArray.CreateBuilder<PlacedThing>();
            double row = next + RowPadding;
            foreach (StateItem item in group)
            {
                row += story.IsViolated(item) ? FlagHeight : 0;
                double height = HeightOf(story, item, column);
                things.Add(new PlacedThing(item, LabelOf(item), row, height));
                row += height;
            }

            panels.Add(new Panel(
                column.Left + Margin, next, column.Width - Margin, row + RowPadding - next, column.LabelWidth,
                things.ToImmutable()));
            next = row + RowPadding + PanelGap;
        }

        return next;
    }

    private static double HeightOf(PictureStory story, StateItem item, Column column)
    {
        double width = column.Width - Gutter - column.LabelWidth - WordsRight;
        int lines = story.Pictures.Max(picture =>
            picture.Find(item) is { } thing ? WordFlow.Lines(thing.Words, width) : 1);
        return (lines * LineHeight) + (2 * RowPadding);
    }

    /// <summary>How wide the words of a thing may be.</summary>
    public static double WordsWidth(Panel panel) => panel.Width - Gutter - panel.LabelWidth - WordsRight + Margin;

    private static string LabelOf(StateItem item)
    {
        string pages = item.Thing[(item.Thing.IndexOf(':', StringComparison.Ordinal) + 1)..];
        return item.Group switch
        {
            StateGroup.Mapping => $"mapping {pages}",
            StateGroup.PtLock => $"PT lock {pages}",
            StateGroup.Entry => $"page {pages}",
            StateGroup.MustRead => "must hold",
            StateGroup.Tlb => $"TLB {item.Thing.Split(',')[0]}",
            StateGroup.Process or StateGroup.Thread or StateGroup.Frame or StateGroup.Slot or StateGroup.Handle
                or StateGroup.File or StateGroup.Uffd or StateGroup.Event => item.Thing,
        };
    }

    private sealed record Column(double Left, double Width, double LabelWidth, string Title);
}
