// Draws a picture as SVG. What changed is told by signs, frames and strokes, not by colour alone: a sign before the
// thing, new words framed, old ones struck out, new arrows thick, gone ones dotted with a cross.
// Not covered: places (PictureLayout, PictureArrows), colours (Html/finding.css).

using System.Linq;
using MmFuzz.Reports.Html;

namespace MmFuzz.Reports.Pictures;

/// <summary>Draws the pictures of a run.</summary>
public sealed class PictureWriter
{
    private const double Round = 6;
    private const double Sign = 7;
    private const double Baseline = 12.5;
    private const double Margin = 4;
    private const double FlagWidth = 88;
    private const double FlagHeight = 16;

    private readonly PictureStory story;
    private readonly PictureLayout layout;
    private readonly PictureArrows arrows;

    /// <summary>Places everything.</summary>
    public PictureWriter(PictureStory story)
    {
        this.story = story;
        layout = PictureLayout.Of(story);
        arrows = new PictureArrows(story, layout);
    }

    /// <summary>Draws one of them.</summary>
    /// <param name="html">Where to.</param>
    /// <param name="index">Which one.</param>
    /// <param name="id">A name for it that no other picture of the page has.</param>
    /// <param name="title">What it shows, in a few words.</param>
    /// <param name="description">What it shows, in sentences.</param>
    /// <param name="isViolated">Whether the violation is to be marked.</param>
    public void Write(HtmlWriter html, int index, string id, string title, string description, bool isViolated)
    {
        Picture picture = story.Pictures[index];
        double height = layout.Panels.Where(panel => Exists(picture, panel))
            .Select(static panel => panel.Top + panel.Height).DefaultIfEmpty(layout.Height).Max() + Margin;
        html.Open(
            "svg",
            ("xmlns", "http://www.w3.org/2000/svg"),
            ("class", "picture"),
            ("role", "img"),
            ("aria-labelledby", $"{id}-title"),
            ("aria-describedby", $"{id}-desc"),
            ("viewBox", $"0 0 {N(layout.Width)} {N(height)}"),
            ("width", N(layout.Width)),
            ("height", N(height)));
        html.Line("title", title, ("id", $"{id}-title"));
        html.Line("desc", description, ("id", $"{id}-desc"));
        foreach (ColumnTitle column in layout.Titles)
        {
            Words(html, "column", column.Left, column.Top + Baseline, column.Text);
        }

        foreach (Panel panel in layout.Panels)
        {
            WriteFrame(html, picture, panel);
        }

        foreach (Arrow arrow in arrows.Of(picture))
        {
            ArrowWriter.Write(html, arrow);
        }

        foreach (Panel panel in layout.Panels)
        {
            foreach (PlacedThing place in panel.Things)
            {
                WriteThing(html, picture, panel, place);
            }
        }

        if (isViolated)
        {
            WriteViolation(html);
        }

        html.Close();
    }

    private static bool Exists(Picture picture, Panel panel) =>
        panel.Things.Any(one => picture.Find(one.Item) is not null);

    private static void WriteFrame(HtmlWriter html, Picture picture, Panel panel)
    {
        if (Exists(picture, panel))
        {
            ThingFate fate = panel.Things.Length == 1 || panel.IsProcess
                ? picture.Find(panel.Things[0].Item)?.Fate ?? ThingFate.Same
                : ThingFate.Same;
            Box(html, "panel" + (fate == ThingFate.Gone ? " gone" : string.Empty), panel);
        }
    }

    private static void WriteThing(HtmlWriter html, Picture picture, Panel panel, PlacedThing place)
    {
        double baseline = place.Top + PictureLayout.RowPadding + Baseline;
        double left = panel.Left + PictureLayout.Gutter;
        if (picture.Find(place.Item) is not { } thing)
        {
            if (panel.IsProcess && Exists(picture, panel))
            {
                Words(html, "label empty", left, baseline, place.Label);
                Words(html, "empty", panel.WordsLeft, baseline, place.Item.Group == StateGroup.Entry ? "none" : "-");
            }

            return;
        }

        html.Open("g", ("class", "thing " + Class(thing.Fate)));
        if (thing.Fate != ThingFate.Same)
        {
            WriteMark(html, panel, place, thing);
        }

        bool heads = place == panel.Things[0] || !panel.IsProcess || place.Item.Group == StateGroup.Entry;
        Words(html, heads ? "label head" : "label", left, baseline, place.Label);
        foreach (PlacedWords words in WordFlow.Of(thing.Words, PictureLayout.WordsWidth(panel)))
        {
            double line = words.Line * PictureLayout.LineHeight;
            if (words.Fate == WordFate.Comes)
            {
                html.Empty(
                    "rect",
                    ("class", "comes"),
                    ("x", N(panel.WordsLeft + words.Left - 3)),
                    ("y", N(place.Top + PictureLayout.RowPadding + line)),
                    ("width", N(words.Width + 6)),
                    ("height", N(PictureLayout.LineHeight - 1)),
                    ("rx", "3"));
            }

            Words(html, Class(words.Fate), panel.WordsLeft + words.Left, baseline + line, words.Text);
        }

        html.Close();
    }

    /// <summary>The sign of a change, with the stage that made it for who points at it.</summary>
    private static void WriteMark(HtmlWriter html, Panel panel, PlacedThing place, PictureThing thing)
    {
        string sign = thing.Fate == ThingFate.New ? "+" : thing.Fate == ThingFate.Gone ? "\u2212" : "\u0394";
        if (thing.By is not null)
        {
            html.Line("title", $"by {thing.By}");
        }

        html.Empty(
            "rect",
            ("class", "tint"),
            ("x", N(panel.Left + 1.5)),
            ("y", N(place.Top + 1)),
            ("width", N(panel.Width - 3)),
            ("height", N(place.Height - 2)),
            ("rx", "4"));
        double x = panel.Left + (PictureLayout.Gutter / 2);
        html.Empty("circle", ("class", "sign"), ("cx", N(x)), ("cy", N(place.Middle)), ("r", N(Sign)));
        html.Line(
            "text", sign, ("class", "sign"), ("x", N(x)), ("y", N(place.Middle + 4)), ("text-anchor", "middle"));
    }

    private void WriteViolation(HtmlWriter html)
    {
        foreach (Panel panel in layout.Panels)
        {
            foreach (PlacedThing place in panel.Things.Where(one => story.IsViolated(one.Item)))
            {
                html.Empty(
                    "rect",
                    ("class", "violated"),
                    ("x", N(panel.Left)),
                    ("y", N(place.Top)),
                    ("width", N(panel.Width)),
                    ("height", N(place.Height)),
                    ("rx", N(Round)));
                double left = panel.Right - FlagWidth - 8;
                html.Empty(
                    "rect",
                    ("class", "flag"),
                    ("x", N(left)),
                    ("y", N(place.Top - FlagHeight)),
                    ("width", N(FlagWidth)),
                    ("height", N(FlagHeight)),
                    ("rx", "3"));
                Words(html, "flag", left + 6, place.Top - 4, "\u2717 violated");
            }
        }
    }

    private static void Box(HtmlWriter html, string kind, Panel panel) => html.Empty(
        "rect",
        ("class", kind),
        ("x", N(panel.Left)),
        ("y", N(panel.Top)),
        ("width", N(panel.Width)),
        ("height", N(panel.Height)),
        ("rx", N(Round)));

    private static void Words(HtmlWriter html, string kind, double x, double y, string text) =>
        html.Line("text", text, ("class", kind.Length == 0 ? null : kind), ("x", N(x)), ("y", N(y)));

    private static string Class(ThingFate fate) => fate switch
    {
        ThingFate.Same => "same",
        ThingFate.Changed => "changed",
        ThingFate.New => "new",
        ThingFate.Gone => "gone",
    };

    private static string Class(WordFate fate) => fate switch
    {
        WordFate.Stays => string.Empty,
        WordFate.Goes => "goes",
        WordFate.Comes => "comes",
    };

    private static string N(double number) => HtmlWriter.Number(number);
}
