// What `mmfuzz explain` says beyond a replay, for a terminal: each line in words with the functions it went through,
// where a repaired kernel goes another way, and what the violation takes.
// Not covered: finding it out (Explaining/Insight), replays (TerminalReport.cs).

using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.Properties;
using MmFuzz.Generators.Dissecting;
using MmFuzz.Reports.Explaining;
using Spectre.Console;

namespace MmFuzz.Reports;

public static partial class TerminalReport
{
    private const string Gap = "  ";
    private const int DetailIndent = 9;

    /// <summary>Each step in words: what it does, through which functions, and what that changed.</summary>
    public static void WriteExplained(IAnsiConsole console, ProgramExplanation explanation) =>
        WriteSteps(console, explanation, WriteInWords);

    /// <summary>Where a repaired kernel goes another way, if one is known, and what the violation takes.</summary>
    public static void WriteInsight(IAnsiConsole console, MmProgram program, Violation violation, Insight insight)
    {
        if (insight.Divergence is { } divergence)
        {
            WriteDivergence(console, program, violation, divergence);
        }

        WriteLine(console, "[bold]what it takes[/]");
        if (insight.Dissection is not { } dissection)
        {
            WriteIndented(console, 2, DissectionWords.TooLong.EscapeMarkup());
            return;
        }

        WriteRoles(console, program, dissection);
        foreach (string sentence in DissectionWords.Summary(program, dissection))
        {
            WriteIndented(console, 2, sentence.EscapeMarkup());
        }
    }

    private static void WriteInWords(IAnsiConsole console, ExplainedStep step)
    {
        Operation op = step.Operation;
        WriteIndented(console, DetailIndent, $"[dim]{OperationWords.Sentence(in op).EscapeMarkup()}[/]");
        if (!step.Stages.IsEmpty)
        {
            WriteIndented(console, DetailIndent, $"[dim]through {StageWords.Of(step).EscapeMarkup()}[/]");
        }

        foreach (StateRow row in step.Changes)
        {
            string thing = $"{StateTable.Title(row.Group)} {row.Thing}:".EscapeMarkup();
            string by = row.By is null ? string.Empty : $"  [dim]({row.By.EscapeMarkup()})[/]";
            WriteIndented(console, DetailIndent, $"{thing} {ChangeWords.Of(row).EscapeMarkup()}{by}");
        }
    }

    private static void WriteDivergence(
        IAnsiConsole console, MmProgram program, Violation violation, Divergence divergence)
    {
        WriteLine(console, "[bold]where a repaired kernel goes another way[/]");
        WriteIndented(console, 2, DivergenceWords.Where(program, divergence, violation).EscapeMarkup());
        foreach (StateRow row in DivergenceWords.Rows(divergence))
        {
            string thing = $"{StateTable.Title(row.Group)} {row.Thing}".EscapeMarkup();
            WriteIndented(console, 4, thing);
            WriteIndented(console, 6, $"[red]this kernel       {row.Before.EscapeMarkup()}[/]");
            WriteIndented(console, 6, $"[green]the repaired one  {row.After.EscapeMarkup()}[/]");
        }

        string paths = DivergenceWords.Paths(program, divergence);
        if (paths.Length > 0)
        {
            WriteIndented(console, 2, paths.EscapeMarkup());
        }
    }

    /// <summary>A line for each line, in columns.</summary>
    private static void WriteRoles(IAnsiConsole console, MmProgram program, Dissection dissection)
    {
        var rows = new List<string[]> { (string[])["line", "", "without it", "swapped with the next", "may also be"] };
        foreach (LineRole line in dissection.Lines)
        {
            Operation op = program.Operations[line.Index];
            rows.Add(
            [
                program.LineNumber(line.Index).ToString(CultureInfo.InvariantCulture).PadLeft("line".Length),
                op.ToString(),
                DissectionWords.Shows(line.Without),
                DissectionWords.Swapped(dissection, line.Index),
                DissectionWords.Free(in op, line),
            ]);
        }

        if (console.Profile.Out.IsTerminal)
        {
            WriteGrid(console, rows);
            return;
        }

        int[] widths = [.. rows[0].Select((_, column) => rows.Max(row => row[column].Length))];
        foreach (string[] row in rows)
        {
            string text = string.Join(Gap, row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd();
            WriteLine(console, $" {text.EscapeMarkup()}");
        }
    }

    /// <summary>The same for a terminal, which breaks what is too wide inside its column.</summary>
    private static void WriteGrid(IAnsiConsole console, List<string[]> rows)
    {
        var grid = new Grid();
        for (int column = 0; column < rows[0].Length; column++)
        {
            grid.AddColumn(new GridColumn().PadLeft(column == 0 ? 1 : 0).PadRight(Gap.Length));
        }

        foreach (string[] row in rows)
        {
            string style = row == rows[0] ? "dim" : "default";
            grid.AddRow([.. row.Select(cell => $"[{style}]{PlainText.Clean(cell).EscapeMarkup()}[/]")]);
        }

        console.Write(grid);
    }

    /// <summary>A line that begins some columns to the right, and so do its parts if a terminal breaks it.</summary>
    private static void WriteIndented(IAnsiConsole console, int indent, string markup)
    {
        if (console.Profile.Out.IsTerminal)
        {
            console.Write(new Padder(new Markup(PlainText.Clean(markup)), new Padding(indent, 0, 0, 0)));
        }
        else
        {
            WriteLine(console, new string(' ', indent) + markup);
        }
    }
}
