// A run as a Markdown document that can be pasted into a mail or an issue: what happened, the program, the state before
// and after each step, a picture of the end, the rule, the fixes that are off, how to see it again. Made for mail: no
// line is wider than 79 columns, unless it is a single word.
// Not covered: what other runs tell of it (MarkdownReport.Insight.cs), finding causes, storing (fuzz/).

using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.IO;
using System.Linq;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.Properties;
using MmFuzz.Reports.Explaining;

namespace MmFuzz.Reports;

/// <summary>Where a finding comes from.</summary>
/// <param name="File">The file in which its program is stored; null for none.</param>
/// <param name="FoundBy">The command that found it; null if nobody knows.</param>
/// <param name="Cause">Why it is there; null if nobody asked.</param>
public sealed record FindingOrigin(string? File, string? FoundBy, Cause? Cause)
{
    /// <summary>The file that has its C program for a running kernel; null for none.</summary>
    public string? Reproducer { get; init; }

    /// <summary>Why no C program can show it; null if one can, or if nobody asked.</summary>
    public string? WhyNoReproducer { get; init; }

    /// <summary>How to build and run the C program.</summary>
    public string BuildCommand => $"gcc -O1 -pthread -o bug {Reproducer} && ./bug";
}

/// <summary>Writes Markdown.</summary>
public static partial class MarkdownReport
{
    /// <summary>Steps whose tables are written, at most: the last ones.</summary>
    public const int MostSteps = 60;

    /// <summary>Writes the report.</summary>
    /// <param name="target">Where to.</param>
    /// <param name="explanation">The run.</param>
    /// <param name="origin">Where the program comes from.</param>
    /// <param name="insight">What other runs tell of it; null if nobody asked, or nothing is violated.</param>
    /// <param name="comparison">What a running kernel showed; null if none was asked.</param>
    public static void Write(
        TextWriter target,
        ProgramExplanation explanation,
        FindingOrigin origin,
        Insight? insight = null,
        KernelComparison? comparison = null)
    {
        // a report is the same on every machine
        target.NewLine = "\n";
        if (comparison is null)
        {
            WriteHead(target, explanation, origin);
        }
        else
        {
            target.WriteLine($"# {comparison.Title}\n");
            Paragraph(target, comparison.Lead);
            Paragraph(target, $"The model: {explanation.Program.Profile}");
            WriteComparison(target, comparison);
        }

        WriteProgram(target, explanation, comparison is null ? "What happens" : "What happens in the model");
        WriteSteps(target, explanation);
        WriteEnd(target, explanation);
        if (insight is not null && explanation.Violation is { } violation)
        {
            WriteInsight(target, explanation.Program, violation, insight);
        }

        WriteKernel(target, explanation.Program.Profile, origin.Cause);
        WriteReplay(target, explanation, origin);
    }

    private static void WriteHead(TextWriter target, ProgramExplanation explanation, FindingOrigin origin)
    {
        if (explanation.Violation is not { } violation)
        {
            target.WriteLine("# Nothing was violated\n");
            Paragraph(target, $"Kernel: {explanation.Program.Profile}");
            return;
        }

        target.WriteLine($"# {ClauseWords.Name(violation)}\n");
        Paragraph(target, ClauseWords.Meaning(violation.Clause));
        Item(target, $"Where: {violation.Where}");
        Item(target, $"Found: {violation.Detail}");
        Item(target, $"Rule: {PropertyCatalogue.Of(violation.Property).Rule}");
        Item(target, $"Kernel: {explanation.Program.Profile}");
        if (origin.Cause is { } cause)
        {
            Item(target, $"Cause: {KernelWords.Sentence(cause)}");
        }

        target.WriteLine();
    }

    private static void WriteProgram(TextWriter target, ProgramExplanation explanation, string heading)
    {
        target.WriteLine($"## {heading}\n");
        target.WriteLine("```text");
        foreach (ExplainedStep step in explanation.Steps)
        {
            Operation op = step.Operation;
            string mark = step == explanation.Failing ? "  <-- violated here" : string.Empty;
            target.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{step.Line,4}  {op}"));
            Hanging(target, OperationWords.Sentence(in op), 6, string.Empty);
            Hanging(target, step.Outcome + mark, 6, "=> ");
        }

        target.WriteLine("```\n");
        int left = explanation.Program.Operations.Length - explanation.Steps.Length;
        if (left > 0)
        {
            Paragraph(target, left == 1 ? "1 more line was not run." : $"{left} more lines were not run.");
        }
    }

    private static void WriteSteps(TextWriter target, ProgramExplanation explanation)
    {
        target.WriteLine("## What each step changes\n");
        int first = System.Math.Max(0, explanation.Steps.Length - MostSteps);
        if (first > 0)
        {
            target.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"Only the last {MostSteps} steps are told.\n"));
        }

        for (int i = first; i < explanation.Steps.Length; i++)
        {
            ExplainedStep step = explanation.Steps[i];
            WriteHeading(target, step, step == explanation.Failing ? " <- violated here" : string.Empty);
            if (!step.Stages.IsEmpty)
            {
                Paragraph(target, $"Through {StageWords.Of(step)}.");
            }

            if (step.Changes.IsEmpty)
            {
                string why = step.Kind == "skipped" ? $" ({step.Outcome})" : " that can be seen";
                target.WriteLine($"Nothing{why}.\n");
                continue;
            }

            WriteTable(target, step.Changes);
        }
    }

    private static void WriteHeading(TextWriter target, ExplainedStep step, string mark)
    {
        string line = string.Create(CultureInfo.InvariantCulture, $"### Line {step.Line}");
        string heading = $"{line}: `{step.Operation}`{mark}";
        bool fits = heading.Length <= Prose.Width;
        target.WriteLine((fits ? heading : line + mark) + "\n");
        if (!fits)
        {
            target.WriteLine($"```text\n{step.Operation}\n```\n");
        }
    }

    /// <summary>Things before and after, each with the stage that made it so.</summary>
    private static void WriteTable(
        TextWriter target, IReadOnlyList<StateRow> rows, string before = "before", string after = "after")
    {
        string[][] cells =
        [
            [string.Empty, before, after],
            .. rows.Select(static row => (string[])
            [
                $"{StateTable.Title(row.Group)} {row.Thing}", row.Changed ? row.Before : string.Empty, row.After,
            ]),
        ];
        target.WriteLine("```text");
        foreach ((int row, string lines) in PlainTable.Set(cells).Index())
        {
            target.WriteLine(lines);
            if (row > 0 && rows[row - 1].By is { } stage)
            {
                Hanging(target, stage, 2, "by ");
            }
        }

        target.WriteLine("```\n");
    }

    private static void WriteEnd(TextWriter target, ProgramExplanation explanation)
    {
        target.WriteLine(explanation.Violation is null ? "## The end\n" : "## The moment of the violation\n");
        target.WriteLine("Who names which page (`<--` is counted, `<..` is a cached translation):\n");
        target.WriteLine("```text");
        foreach (string line in MappingDiagram.Letters(in explanation.World))
        {
            int indent = line[0] == ' ' ? 6 : 2;
            List<string> parts = line.Length <= Prose.Width
                ? [line]
                : PlainTable.Broken(line, Prose.Width - indent);
            target.WriteLine(string.Join('\n' + new string(' ', indent), parts));
        }

        target.WriteLine("```\n");
        target.WriteLine("```mermaid");
        target.Write(MappingDiagram.Mermaid(in explanation.World));
        target.WriteLine("```\n");
        target.WriteLine("All there is (what the last step left alone has no `before`):\n");
        WriteTable(target, explanation.Final);
    }

    private static void WriteKernel(TextWriter target, Profile profile, Cause? cause)
    {
        target.WriteLine("## The kernel\n");
        Paragraph(target, $"{profile}; copy on write is decided {KernelWords.Policy(profile.Policy)}.");
        ImmutableArray<Fix> fixes = KernelWords.WorthExplaining(profile, cause);
        if (fixes.IsEmpty)
        {
            target.WriteLine("It has every fix that belongs to its release.\n");
            return;
        }

        foreach (Fix fix in fixes)
        {
            Item(target, KernelWords.Mechanism(fix));
        }

        target.WriteLine();
    }

    private static void WriteReplay(TextWriter target, ProgramExplanation explanation, FindingOrigin origin)
    {
        target.WriteLine("## See it again\n");
        target.WriteLine("```sh");
        target.WriteLine($"mmfuzz explain {origin.File ?? "FILE"}");
        target.WriteLine("```\n");
        if (origin.FoundBy is { } command)
        {
            target.WriteLine("Found by:\n\n```sh");
            target.WriteLine(string.Join(" \\\n    ", PlainTable.Broken(command, Prose.Width - 6)));
            target.WriteLine("```\n");
        }

        if (origin.Reproducer is not null)
        {
            target.WriteLine("On a running kernel, as root; it says whether that has the bug:\n\n```sh");
            target.WriteLine(string.Join(" \\\n    ", PlainTable.Broken(origin.BuildCommand, Prose.Width - 6)));
            target.WriteLine("```\n");
        }
        else if (origin.WhyNoReproducer is { } reason)
        {
            target.WriteLine(Prose.Wrap($"There is no C program of it: {reason}.") + "\n");
        }

        target.WriteLine("The whole program, header and all; it can be pasted into `mmfuzz replay -`:\n");
        target.WriteLine("```text");
        foreach (string line in explanation.Program.Print().TrimEnd('\n').Split('\n'))
        {
            // a comment may be broken, a line that means something may not
            bool isComment = line.StartsWith('#');
            target.WriteLine(isComment
                ? string.Join("\n# ", PlainTable.Broken(line, Prose.Width - 2))
                : line);
        }

        target.WriteLine("```");
    }

    private static void Paragraph(TextWriter target, string text) => target.WriteLine(Prose.Wrap(text) + "\n");

    private static void Item(TextWriter target, string text) => target.WriteLine(Prose.Wrap("* " + text, "  "));

    /// <summary>A text within a block, all of it moved to the right.</summary>
    private static void Hanging(TextWriter target, string text, int indent, string first)
    {
        string left = new(' ', indent);
        List<string> lines = PlainTable.Broken(text, Prose.Width - indent - first.Length);
        target.WriteLine(left + first + string.Join("\n" + left + new string(' ', first.Length), lines));
    }
}
