// A run in words for a terminal: a line for each step, the stages if wanted, and a violation with what it means, the
// picture of who maps what, and the fixes that are off. Colours are the console's business.
// Not covered: what other runs tell of it (TerminalReport.Insight.cs), Markdown (MarkdownReport).

using System.Globalization;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.Properties;
using Spectre.Console;

namespace MmFuzz.Reports;

/// <summary>Writes for people at a terminal.</summary>
public static partial class TerminalReport
{
    /// <summary>A line for each step, with its stages and changes if they were kept and are wanted.</summary>
    public static void WriteSteps(IAnsiConsole console, ProgramExplanation explanation, bool trace) =>
        WriteSteps(console, explanation, trace ? WriteTrace : static (_, _) => { });

    private static void WriteSteps(
        IAnsiConsole console, ProgramExplanation explanation, System.Action<IAnsiConsole, ExplainedStep> details)
    {
        int width = 0;
        foreach (ExplainedStep step in explanation.Steps)
        {
            width = System.Math.Max(width, step.Operation.ToString().Length);
        }

        foreach (ExplainedStep step in explanation.Steps)
        {
            bool failing = step == explanation.Failing;
            string number = step.Line.ToString(CultureInfo.InvariantCulture).PadLeft(5);
            string text = step.Operation.ToString().PadRight(System.Math.Min(width, 44));
            string mark = failing ? "  [bold red]<- violated here[/]" : string.Empty;
            string outcome = $"[{Colour(step)}]{step.Outcome.EscapeMarkup()}[/]";
            WriteLine(console, $"[dim]{number}[/]  {text.EscapeMarkup()}  {outcome}{mark}");
            details(console, step);
        }

        int left = explanation.Program.Operations.Length - explanation.Steps.Length;
        if (left > 0)
        {
            string lines = left == 1 ? "1 more line was" : $"{left} more lines were";
            WriteLine(console, $"[dim]       ({lines} not run)[/]");
        }
    }

    /// <summary>What is violated, what that means, who maps what, what the kernel lacks.</summary>
    public static void WriteViolation(IAnsiConsole console, ProgramExplanation explanation, Cause? cause)
    {
        if (explanation.Violation is not { } violation)
        {
            return;
        }

        string name = ClauseWords.Name(violation).EscapeMarkup();
        WriteLine(console, $"[bold red]{name}[/] at {violation.Where.EscapeMarkup()}");
        Field(console, "means", ClauseWords.Meaning(violation.Clause));
        Field(console, "found", violation.Detail);
        Field(console, "rule", PropertyCatalogue.Of(violation.Property).Rule);
        Field(console, "kernel", explanation.Program.Profile.ToString());
        if (cause is not null)
        {
            Field(console, "cause", KernelWords.Sentence(cause));
        }

        foreach (Fix fix in KernelWords.WorthExplaining(explanation.Program.Profile, cause))
        {
            Field(console, "fix", KernelWords.Mechanism(fix));
        }

        WriteLine(console, "  [dim]who names which page, at that moment:[/]");
        foreach (string line in MappingDiagram.Letters(in explanation.World))
        {
            WriteLine(console, $"    {line.EscapeMarkup()}");
        }
    }

    /// <summary>A program's text, indented.</summary>
    public static void WriteProgram(IAnsiConsole console, MmProgram program)
    {
        foreach (string line in program.Print().TrimEnd('\n').Split('\n'))
        {
            WriteLine(console, $"    [cyan]{line.EscapeMarkup()}[/]");
        }
    }

    /// <summary>A line; only a terminal breaks it if it is long.</summary>
    public static void WriteLine(IAnsiConsole console, string markup)
    {
        markup = PlainText.Clean(markup);
        if (console.Profile.Out.IsTerminal)
        {
            console.Write(new Markup(markup + "\n"));
        }
        else
        {
            console.Profile.Out.Writer.Write(Markup.Remove(markup) + "\n");
        }
    }

    private static void WriteTrace(IAnsiConsole console, ExplainedStep step)
    {
        foreach (ExplainedStage stage in step.Stages)
        {
            string wait = stage.Waited ? " [yellow](must wait)[/]" : string.Empty;
            string text = $"{stage.Actor} {stage.Name}";
            WriteLine(console, $"         [dim]{text.EscapeMarkup()}[/]{wait}");
        }

        foreach (StateRow row in step.Changes)
        {
            string text = $"{StateTable.Title(row.Group)} {row.Thing}: {row.Before}  =>  {row.After}";
            string by = row.By is null ? string.Empty : $"  [dim]({row.By.EscapeMarkup()})[/]";
            WriteLine(console, $"         {text.EscapeMarkup()}{by}");
        }
    }

    private static void Field(IAnsiConsole console, string name, string text)
    {
        if (!console.Profile.Out.IsTerminal)
        {
            WriteLine(console, $"  {name,-7} {text.EscapeMarkup()}");
            return;
        }

        var grid = new Grid();
        grid.AddColumn(new GridColumn().Width(8).NoWrap().PadLeft(2));
        grid.AddColumn(new GridColumn());
        grid.AddRow($"[dim]{name}[/]", text.EscapeMarkup());
        console.Write(grid);
    }


    private static string Colour(ExplainedStep step) => step.Kind switch
    {
        "ok" => "green",
        "skipped" => "grey",
        "errno" => "yellow",
        _ => "blue",
    };
}
