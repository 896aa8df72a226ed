// A program on which a running kernel and the model differ: both traces beside each other.
// Not covered: the rest of the page (FindingPage.cs).

using System.Globalization;
using System.Linq;

namespace MmFuzz.Reports.Html;

public static partial class FindingPage
{
    private const string Differs = "differs";

    private static void WriteComparison(HtmlWriter html, KernelComparison comparison)
    {
        html.Line("p", "What each side showed of every line, up to the first difference. Pages are named by letters, "
            + "on each side in the order in which it shows them.");
        HtmlTable.Write(
            html, "compared", "The model and the kernel, line by line",
            ["line", "the model", $"Linux {comparison.Kernel}", "same?"],
            comparison.Rows.Select(static row => (string[])
            [
                row.Line is { } line
                    ? string.Create(CultureInfo.InvariantCulture, $"{line} {row.What}")
                    : row.What.Trim(),
                row.Model, row.Kernel, row.Differs ? Differs : "same",
            ]),
            static row => row[^1] == Differs);
    }
}
