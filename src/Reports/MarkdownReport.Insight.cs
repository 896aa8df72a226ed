// The part of a Markdown report that other runs of the program tell: where a repaired kernel goes another way, and what
// the violation takes. Not covered: finding it out (Explaining/Insight), the run itself (MarkdownReport.cs).

using System.IO;
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
        target.WriteLine("| line | | without it | swapped with the next | may also be |");
        target.WriteLine("|---:|---|---|---|---|");
        foreach (LineRole line in dissection.Lines)
        {
            Operation op = program.Operations[line.Index];
            target.WriteLine(
                $"| {program.LineNumber(line.Index)} | `{op}` | {DissectionWords.Shows(line.Without)} "
                + $"| {DissectionWords.Swapped(dissection, line.Index)} | {DissectionWords.Free(in op, line)} |");
        }

        target.WriteLine();
        Paragraph(target, string.Join(' ', DissectionWords.Summary(program, dissection)));
    }
}
