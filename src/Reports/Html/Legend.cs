// What the signs in pictures mean, each shown as it is in a picture. Not covered: the pictures (Pictures/).

using MmFuzz.Reports.Pictures;

namespace MmFuzz.Reports.Html;

/// <summary>Explains the signs.</summary>
internal static class Legend
{
    private const int Height = 16;

    /// <summary>Writes it as a list.</summary>
    public static void Write(HtmlWriter html)
    {
        html.Open("ul", ("class", "legend"), ("aria-label", "What the signs mean"));
        WriteSign(html, "new", "+", "new");
        WriteSign(html, "changed", "\u0394", "changed");
        WriteSign(html, "gone", "\u2212", "gone");
        WriteWords(html, "goes", "old", "struck out: no longer");
        WriteWords(html, "comes", "new", "framed: now");
        WriteArrow(html, ThingFate.Same, isCached: false, isWritable: true, "may be stored through");
        WriteArrow(html, ThingFate.Same, isCached: false, isWritable: false, "names it, for reading or on paper only");
        WriteArrow(html, ThingFate.Same, isCached: true, isWritable: true, "cached in a TLB, not counted");
        WriteArrow(html, ThingFate.New, isCached: false, isWritable: true, "new");
        WriteArrow(html, ThingFate.Gone, isCached: false, isWritable: false, "gone");
        html.Close();
    }

    private static void WriteSign(HtmlWriter html, string kind, string sign, string words)
    {
        Begin(html, Height);
        html.Open("g", ("class", kind));
        html.Empty("circle", ("class", "sign"), ("cx", "8"), ("cy", "8"), ("r", "7"));
        html.Line("text", sign, ("class", "sign"), ("x", "8"), ("y", "12"), ("text-anchor", "middle"));
        html.Close();
        End(html, words);
    }

    private static void WriteWords(HtmlWriter html, string kind, string sample, string words)
    {
        Begin(html, 34);
        if (kind == "comes")
        {
            html.Empty("rect", ("class", kind), ("x", "1"), ("y", "1"), ("width", "31"), ("height", "14"), ("rx", "3"));
        }

        html.Line("text", sample, ("class", kind), ("x", "17"), ("y", "12"), ("text-anchor", "middle"));
        End(html, words);
    }

    private static void WriteArrow(HtmlWriter html, ThingFate fate, bool isCached, bool isWritable, string words)
    {
        Begin(html, 40);
        ArrowWriter.Write(html, new Arrow(1, 8, 38, 8, fate, isCached, isWritable));
        End(html, words);
    }

    private static void Begin(HtmlWriter html, int width)
    {
        html.Open("li");
        html.Open(
            "svg",
            ("xmlns", "http://www.w3.org/2000/svg"),
            ("aria-hidden", "true"),
            ("width", HtmlWriter.Number(width)),
            ("height", HtmlWriter.Number(Height)));
    }

    private static void End(HtmlWriter html, string words)
    {
        html.Close();
        html.Line("span", words);
        html.Close();
    }
}
