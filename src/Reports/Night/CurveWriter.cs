// One curve as a small picture: a line from point to point above an axis that begins at nothing, its least and greatest
// value in words. Each point tells its value to a mouse; the picture's name tells the whole to those who hear it.
// Not covered: which curves there are (NightPage.Charts.cs).

using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using MmFuzz.Reports.Html;

namespace MmFuzz.Reports.Night;

/// <summary>A point of a curve.</summary>
/// <param name="At">Where on the axis.</param>
/// <param name="Value">How high.</param>
/// <param name="Words">What it says.</param>
internal sealed record CurvePoint(double At, long Value, string Words);

/// <summary>Draws curves.</summary>
internal static class CurveWriter
{
    /// <summary>Of pictures.</summary>
    public const string Namespace = "http://www.w3.org/2000/svg";

    private const double Width = 360;
    private const double Height = 150;
    private const double Left = 8;
    private const double Right = 60;
    private const double Top = 12;
    private const double Bottom = 26;

    /// <summary>More points than this cannot be told apart.</summary>
    private const int MostPoints = 180;

    /// <summary>Draws one.</summary>
    /// <param name="html">Where to.</param>
    /// <param name="name">What rises or falls.</param>
    /// <param name="ends">What stands at the left and at the right end of the axis.</param>
    /// <param name="points">The points, from left to right.</param>
    public static void Write(HtmlWriter html, string name, (string Left, string Right) ends, CurvePoint[] points)
    {
        CurvePoint[] shown = Thinned(points);
        long greatest = Math.Max(1, shown.Max(one => one.Value));
        double from = shown[0].At;
        double span = Math.Max(1e-9, shown[^1].At - from);
        html.Open("figure");
        html.Line("figcaption", name);
        html.Open(
            "svg", ("xmlns", Namespace), ("viewBox", $"0 0 {Number(Width)} {Number(Height)}"), ("role", "img"),
            ("aria-label",
                $"{name}: from {Count(shown[0].Value)} to {Count(shown[^1].Value)}, at most {Count(greatest)}"));
        foreach (double share in (double[])[0, 0.5, 1])
        {
            html.Empty(
                "line", ("class", "axis"), ("x1", Number(Left)), ("x2", Number(Width - Right)),
                ("y1", Number(Y(share))), ("y2", Number(Y(share))));
            html.Line(
                "text", Count((long)Math.Round(share * greatest)), ("class", "scale"),
                ("x", Number(Width - Right + 6)), ("y", Number(Y(share) + 4)));
        }

        html.Line("text", ends.Left, ("class", "scale"), ("x", Number(Left)), ("y", Number(Height - 6)));
        html.Line(
            "text", ends.Right, ("class", "scale"), ("x", Number(Width - Right)), ("y", Number(Height - 6)),
            ("text-anchor", "end"));
        IEnumerable<string> corners = shown.Select(one => $"{Number(X(one))},{Number(Y(Share(one)))}");
        html.Empty("polyline", ("class", "curve"), ("points", string.Join(' ', corners)));
        foreach (CurvePoint one in shown)
        {
            html.Open(
                "circle", ("class", "point"), ("cx", Number(X(one))), ("cy", Number(Y(Share(one)))), ("r", "3"));
            html.Leaf("title", one.Words).Close();
        }

        html.Close();
        html.Close();

        double X(CurvePoint one) => Left + ((Width - Left - Right) * (one.At - from) / span);

        double Share(CurvePoint one) => one.Value / (double)greatest;

        double Y(double share) => Height - Bottom - ((Height - Top - Bottom) * share);
    }

    /// <summary>The first, the last, and of the rest some.</summary>
    private static CurvePoint[] Thinned(CurvePoint[] points)
    {
        int step = Math.Max(1, points.Length / MostPoints);
        return [.. points.Where((one, i) => i % step == 0 || i == points.Length - 1)];
    }

    private static string Number(double number) => HtmlWriter.Number(number);

    private static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
