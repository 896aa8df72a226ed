// A run as a Markdown document that can be pasted into a mail or an issue: what happened, the program, the state before
// and after each step, a picture of the end, the rule, the fixes that are off, how to see it again.
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
public sealed record FindingOrigin(string? File, string? FoundBy, Cause? Cause);

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
    public static void Write(
        TextWriter target, ProgramExplanation explanation, FindingOrigin origin, Insight? insight = null)
    {
        // a report is the same on every machine
        target.NewLine = "\n";
        WriteHead(target, explanation, origin);
        WriteProgram(target, explanation);
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

    private static void WriteProgram(TextWriter target, ProgramExplanation explanation)
    {
        target.WriteLine("## What happens\n");
        target.WriteLine("| line | | in words | result |");
        target.WriteLine("|---:|---|---|---|");
        foreach (ExplainedStep step in explanation.Steps)
        {
            string mark = step == explanation.Failing ? " **<- here**" : string.Empty;
            Operation op = step.Operation;
            string words = Cell(OperationWords.Sentence(in op));
            target.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {step.Line} | `{op}` | {words} | {Cell(step.Outcome)}{mark} |"));
        }

        target.WriteLine();
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
            string mark = step == explanation.Failing ? " <- violated here" : string.Empty;
            target.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"### Line {step.Line}: `{step.Operation}`{mark}\n"));
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

    private static void WriteTable(
        TextWriter target, IReadOnlyList<StateRow> rows, string before = "before", string after = "after")
    {
        bool stages = rows.Any(static row => row.By is not null);
        target.WriteLine($"| | | {before} | {after} |{(stages ? " by |" : string.Empty)}");
        target.WriteLine($"|---|---|---|---|{(stages ? "---|" : string.Empty)}");
        foreach (StateRow row in rows)
        {
            string old = row.Changed ? Cell(row.Before) : string.Empty;
            string by = !stages ? string.Empty : row.By is null ? " |" : $" `{row.By}` |";
            target.WriteLine($"| {StateTable.Title(row.Group)} | {row.Thing} | {old} | {Cell(row.After)} |{by}");
        }

        target.WriteLine();
    }

    private static void WriteEnd(TextWriter target, ProgramExplanation explanation)
    {
        target.WriteLine(explanation.Violation is null ? "## The end\n" : "## The moment of the violation\n");
        target.WriteLine("Who names which page (`<--` is counted, `<..` is a cached translation):\n");
        target.WriteLine("```text");
        foreach (string line in MappingDiagram.Letters(in explanation.World))
        {
            target.WriteLine(line);
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
        if (origin.FoundBy is not null)
        {
            Paragraph(target, $"Found by `{origin.FoundBy}`.");
        }

        target.WriteLine("The whole program, header and all; it can be pasted into `mmfuzz replay -`:\n");
        target.WriteLine("```text");
        target.Write(explanation.Program.Print().TrimEnd('\n') + "\n");
        target.WriteLine("```");
    }

    private static void Paragraph(TextWriter target, string text) => target.WriteLine(Prose.Wrap(text) + "\n");

    private static void Item(TextWriter target, string text) => target.WriteLine(Prose.Wrap("* " + text, "  "));

    private static string Cell(string text) => text.Replace("|", "\\|", System.StringComparison.Ordinal);
}
