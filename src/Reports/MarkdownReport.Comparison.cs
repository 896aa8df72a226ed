// A program on which a running kernel and the model differ, in a mail: what differs, and both traces.
// Not covered: the rest of the report (MarkdownReport.cs).

using System.Globalization;
using System.IO;
using System.Linq;

namespace MmFuzz.Reports;

public static partial class MarkdownReport
{
    private static void WriteComparison(TextWriter target, KernelComparison comparison)
    {
        target.WriteLine("## The model beside the kernel\n");
        Paragraph(target, "Up to the first difference; `!` marks where the sides differ. Pages are named by letters, "
            + "on each side in the order in which it shows them.");
        string[][] cells =
        [
            ["line", "what", "the model", "the kernel"],
            .. comparison.Rows.Select(static row => (string[])
            [
                string.Create(CultureInfo.InvariantCulture, $"{(row.Differs ? "!" : " ")}{row.Line,3}"),
                row.What.Trim(), row.Model, row.Kernel,
            ]),
        ];
        target.WriteLine("```text");
        foreach (string lines in PlainTable.Set(cells))
        {
            target.WriteLine(lines);
        }

        target.WriteLine("```\n");
    }
}
