// The part of a Markdown report that other runs of the program tell: where a repaired kernel goes another way, and what
// the violation takes. Not covered: finding it out (Explaining/Insight), the run itself (MarkdownReport.cs).

using System.Globalization;
using System.IO;
using System.Linq;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.Properties;
using MmFuzz.Generators.Dissecting;
using MmFuzz.Reports.Explaining;

namespace MmFuzz.Reports;

public static partial class MarkdownReport
{
    private static void WriteInsight(TextWriter target, MmProgram program, Violation violation, Insight insight)
    {
        if (insight.Divergence is { } divergence)
        {
            WriteDivergence(target, program, violation, divergence);
        }

        target.WriteLine("## What it takes\n");
        if (insight.Dissection is { } dissection)
        {
            WriteDissection(target, program, dissection);
        }
        else
        {
            Paragraph(target, DissectionWords.TooLong);
        }
    }

    private static void WriteDivergence(
        TextWriter target, MmProgram program, Violation violation, Divergence divergence)
    {
        target.WriteLine("## Where a repaired kernel goes another way\n");
        Paragraph(target, DivergenceWords.Where(program, divergence, violation));
        if (divergence.State is not null)
        {
            WriteTable(target, DivergenceWords.Rows(divergence), "this kernel", "the repaired one");
        }

        string paths = DivergenceWords.Paths(program, divergence);
        if (paths.Length > 0)
        {
            Paragraph(target, paths);
        }
    }

    private static void WriteDissection(TextWriter target, MmProgram program, Dissection dissection)
    {
        Paragraph(
            target,
            "What is violated without the line, and with it and the next one swapped; and which of its operands may "
            + "be others with the violation the same.");
        string[][] cells =
        [
            ["line", string.Empty, "without it", "swapped with the next"],
            .. dissection.Lines.Select(line => Cells(program, dissection, line)),
        ];
        target.WriteLine("```text");
        foreach ((int row, string lines) in PlainTable.Set(cells).Index())
        {
            target.WriteLine(lines);
            if (row > 0 && dissection.Lines[row - 1] is { Free.IsEmpty: false } line)
            {
                Operation op = program.Operations[line.Index];
                Hanging(target, DissectionWords.Free(in op, line), 6, "may also be: ");
            }
        }

        target.WriteLine("```\n");
        Paragraph(target, string.Join(' ', DissectionWords.Summary(program, dissection)));
    }

    private static string[] Cells(MmProgram program, Dissection dissection, LineRole line)
    {
        Operation op = program.Operations[line.Index];
        return
        [
            program.LineNumber(line.Index).ToString(CultureInfo.InvariantCulture).PadLeft("line".Length),
            op.ToString(),
            DissectionWords.Shows(line.Without),
            DissectionWords.Swapped(dissection, line.Index),
        ];
    }
}
