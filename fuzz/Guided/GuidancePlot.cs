// The comparison as a picture: a line per bug, operations to the right on a scale of powers of ten, for each way a dot
// at the median and a bar over the quartiles. Colours that the colour-blind tell apart, shapes beside them, readable in
// light and dark. Not covered: what is compared (GuidanceCommand).

using System;
using System.Globalization;
using System.Linq;
using System.Text;

namespace MmFuzz.Cli;

/// <summary>Draws the plot.</summary>
internal static class GuidancePlot
{
    private const int Left = 270;
    private const int Width = 560;
    private const int Top = 56;
    private const int LineHeight = 34;
    private const int Lane = 6;
    private const int Least = 2; // powers of ten

    private static readonly string[] Colours = ["#888888", "#0072b2", "#d55e00", "#009e73"];

    /// <summary>The picture.</summary>
    public static string Make(GuidanceResult result)
    {
        IGrouping<string, GuidanceCell>[] bugs =
        [
            .. result.Cells.GroupBy(cell => cell.Row.Id).OrderBy(bug => bug.First().Quantile(0.5)),
        ];
        int height = Top + (bugs.Length * LineHeight) + 30;
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture,
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Left + Width + 40} {height}\" role=\"img\" "
            + $"aria-label=\"operations until found, by bug and feedback\" font-family=\"sans-serif\" "
            + $"font-size=\"12\">\n");
        svg.Append("<style>text{fill:#222}line.grid{stroke:#ddd}rect.back{fill:#fff}"
            + "@media(prefers-color-scheme:dark){text{fill:#ddd}line.grid{stroke:#444}rect.back{fill:#181818}}"
            + "</style>\n");
        svg.Append("<rect class=\"back\" width=\"100%\" height=\"100%\"/>\n");
        Legend(svg);
        Grid(svg, result.Most, height);
        foreach ((int line, IGrouping<string, GuidanceCell> bug) in bugs.Index())
        {
            int middle = Top + (line * LineHeight) + (LineHeight / 2);
            string name = bug.Key + (bug.First().Races ? " *" : string.Empty);
            svg.Append(CultureInfo.InvariantCulture,
                $"<text x=\"{Left - 10}\" y=\"{middle + 4}\" text-anchor=\"end\">{name}</text>\n");
            foreach ((int lane, GuidanceCell cell) in bug.Index())
            {
                Mark(svg, cell, lane, middle + ((lane - 1) * Lane) - (Lane / 2), result.Most);
            }
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static void Mark(StringBuilder svg, GuidanceCell cell, int way, int y, long most)
    {
        long median = cell.Quantile(0.5);
        svg.Append(CultureInfo.InvariantCulture,
            $"<g stroke=\"{Colours[way]}\" fill=\"{(median >= most ? "none" : Colours[way])}\"><title>"
            + $"{cell.Row.Id}, {cell.Guidance.Name}: median {Tables.Count(median)}, {cell.Found} of "
            + $"{cell.Trials.Length} found</title><line x1=\"{X(cell.Quantile(0.25), most):0.0}\" y1=\"{y}\" "
            + $"x2=\"{X(cell.Quantile(0.75), most):0.0}\" y2=\"{y}\" stroke-width=\"1.5\"/>"
            + $"{Shape(way, X(median, most), y)}</g>\n");
    }

    private static string Shape(int way, double x, double y) => way switch
    {
        0 => string.Create(CultureInfo.InvariantCulture, $"<circle cx=\"{x:0.0}\" cy=\"{y}\" r=\"3\"/>"),
        1 => string.Create(
            CultureInfo.InvariantCulture, $"<rect x=\"{x - 3:0.0}\" y=\"{y - 3}\" width=\"6\" height=\"6\"/>"),
        2 => string.Create(
            CultureInfo.InvariantCulture, $"<path d=\"M{x:0.0} {y - 4}l4 7h-8z\"/>"),
        _ => string.Create(
            CultureInfo.InvariantCulture, $"<path d=\"M{x:0.0} {y - 4}l4 4l-4 4l-4-4z\"/>"),
    };

    private static void Legend(StringBuilder svg)
    {
        foreach ((int way, Guidance guidance) in Guidance.All.Index())
        {
            int x = Left + (way * 90);
            svg.Append(CultureInfo.InvariantCulture,
                $"<g stroke=\"{Colours[way]}\" fill=\"{Colours[way]}\">{Shape(way, x, 14)}</g>"
                + $"<text x=\"{x + 10}\" y=\"18\">{guidance.Name}</text>\n");
        }

        svg.Append(CultureInfo.InvariantCulture,
            $"<text x=\"{Left + 370}\" y=\"18\">hollow: most seeds did not find it</text>\n");
    }

    private static void Grid(StringBuilder svg, long most, int height)
    {
        for (int power = Least; Math.Pow(10, power) <= most; power++)
        {
            double x = X((long)Math.Pow(10, power), most);
            svg.Append(CultureInfo.InvariantCulture,
                $"<line class=\"grid\" x1=\"{x:0.0}\" y1=\"{Top - 8}\" x2=\"{x:0.0}\" y2=\"{height - 20}\"/>"
                + $"<text x=\"{x:0.0}\" y=\"{Top - 14}\" text-anchor=\"middle\">"
                + $"{Tables.Count((long)Math.Pow(10, power))}</text>\n");
        }
    }

    private static double X(long operations, long most)
    {
        double range = Math.Log10(most) - Least;
        double at = (Math.Log10(Math.Max(operations, 1)) - Least) / range;
        return Left + (Math.Clamp(at, 0, 1) * Width);
    }
}
