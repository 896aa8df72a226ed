// Draws an arrow: a curve that leaves and arrives level, with a filled head if one may store through it and a hollow
// one if not; dashed for a cached translation, thick if new, dotted with a cross if gone.
// Not covered: where it begins and ends (PictureArrows).

using System;
using MmFuzz.Reports.Html;

namespace MmFuzz.Reports.Pictures;

/// <summary>Draws arrows.</summary>
internal static class ArrowWriter
{
    private const double Head = 8;
    private const double HalfHead = 4;
    private const double Bow = 44;
    private const double HalfCross = 4;

    /// <summary>Draws one.</summary>
    public static void Write(HtmlWriter html, Arrow arrow)
    {
        // in which direction it leaves, and from which side it arrives
        double leaves = arrow.ToX > arrow.FromX ? 1 : arrow.ToX < arrow.FromX ? -1 : 1;
        double arrives = arrow.ToX == arrow.FromX ? -1 : leaves;
        double end = arrow.ToX - (arrives * Head);
        double bend = arrow.ToX == arrow.FromX ? Bow : Math.Abs(end - arrow.FromX) / 2;
        double from = arrow.FromX + (leaves * bend);
        double to = end - (arrives * bend);
        string fate = arrow.Fate switch
        {
            ThingFate.New => " new",
            ThingFate.Gone => " gone",
            ThingFate.Same or ThingFate.Changed => string.Empty,
        };
        html.Open("g", ("class", "arrow" + (arrow.IsCached ? " cached" : string.Empty) + fate));
        html.Empty(
            "path",
            ("class", "line"),
            ("d", $"M{N(arrow.FromX)} {N(arrow.FromY)} C{N(from)} {N(arrow.FromY)} {N(to)} {N(arrow.ToY)} "
                + $"{N(end)} {N(arrow.ToY)}"));
        html.Empty(
            "path",
            ("class", arrow.IsWritable ? "head" : "head hollow"),
            ("d", $"M{N(arrow.ToX)} {N(arrow.ToY)} L{N(end)} {N(arrow.ToY - HalfHead)} "
                + $"L{N(end)} {N(arrow.ToY + HalfHead)} Z"));
        if (arrow.Fate == ThingFate.Gone)
        {
            // the middle of the curve
            double x = (arrow.FromX + (3 * from) + (3 * to) + end) / 8;
            double y = (arrow.FromY + arrow.ToY) / 2;
            html.Empty(
                "path",
                ("class", "cross"),
                ("d", $"M{N(x - HalfCross)} {N(y - HalfCross)} L{N(x + HalfCross)} {N(y + HalfCross)} "
                    + $"M{N(x - HalfCross)} {N(y + HalfCross)} L{N(x + HalfCross)} {N(y - HalfCross)}"));
        }

        html.Close();
    }

    private static string N(double number) => HtmlWriter.Number(number);
}
