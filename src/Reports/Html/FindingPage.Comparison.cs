// A program on which a running kernel and the model differ: both traces beside each other.
// Not covered: the rest of the page (FindingPage.cs).

using System.Globalization;

namespace MmFuzz.Reports.Html;

public static partial class FindingPage
{
    private static void WriteComparison(HtmlWriter html, KernelComparison comparison)
    {
        html.Line("p", "What each side showed of every line, up to the first difference. Pages are named by letters, "
            + "on each side in the order in which it shows them.");
        const string Caption = "The model and the kernel, line by line";
        html.Open("div", ("class", "scrolls"), ("tabindex", "0"), ("role", "region"), ("aria-label", Caption));
        html.Open("table", ("class", "compared"));
        html.Line("caption", Caption);
        html.Open("thead").Open("tr");
        foreach (string heading in (string[])["line", "what", "the model", $"Linux {comparison.Kernel}", "same?"])
        {
            html.Line("th", heading, ("scope", "col"));
        }

        html.Close().Close();
        html.Open("tbody");
        foreach (ComparedRow row in comparison.Rows)
        {
            html.Open("tr", ("class", row.Differs ? "failing" : null));
            html.Line("td", row.Line?.ToString(CultureInfo.InvariantCulture) ?? string.Empty, ("class", "number"));
            html.Line("th", row.What, ("scope", "row"));
            html.Line("td", row.Model);
            html.Line("td", row.Kernel);
            html.Line("td", row.Differs ? "differs" : "same");
            html.Close();
        }

        html.Close().Close().Close();
    }
}
