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
            WriteLine(console, $"  {DissectionWords.TooLong.EscapeMarkup()}");
            return;
        }

        WriteRoles(console, program, dissection);
        foreach (string sentence in DissectionWords.Summary(program, dissection))
        {
            WriteLine(console, $"  {sentence.EscapeMarkup()}");
        }
    }

    private static void WriteInWords(IAnsiConsole console, ExplainedStep step)
    {
        Operation op = step.Operation;
        WriteLine(console, $"         [dim]{OperationWords.Sentence(in op).EscapeMarkup()}[/]");
        if (!step.Stages.IsEmpty)
        {
            WriteLine(console, $"         [dim]through {StageWords.Of(step).EscapeMarkup()}[/]");
        }

        foreach (StateRow row in step.Changes)
        {
            string thing = $"{StateTable.Title(row.Group)} {row.Thing}:".EscapeMarkup();
            string by = row.By is null ? string.Empty : $"  [dim]({row.By.EscapeMarkup()})[/]";
            WriteLine(console, $"         {thing} {ChangeWords.Of(row).EscapeMarkup()}{by}");
        }
    }

    private static void WriteDivergence(
        IAnsiConsole console, MmProgram program, Violation violation, Divergence divergence)
    {
        WriteLine(console, "[bold]where a repaired kernel goes another way[/]");
        WriteLine(console, $"  {DivergenceWords.Where(program, divergence, violation).EscapeMarkup()}");
        foreach (StateRow row in DivergenceWords.Rows(divergence))
        {
            string thing = $"{StateTable.Title(row.Group)} {row.Thing}".EscapeMarkup();
            WriteLine(console, $"    {thing}");
            WriteLine(console, $"      [red]this kernel       {row.Before.EscapeMarkup()}[/]");
            WriteLine(console, $"      [green]the repaired one  {row.After.EscapeMarkup()}[/]");
        }

        string paths = DivergenceWords.Paths(program, divergence);
        if (paths.Length > 0)
        {
            WriteLine(console, $"  {paths.EscapeMarkup()}");
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

        int[] widths = [.. rows[0].Select((_, column) => rows.Max(row => row[column].Length))];
        foreach (string[] row in rows)
        {
            string text = string.Join(Gap, row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd();
            WriteLine(console, $" {(row == rows[0] ? $"[dim]{text}[/]" : text.EscapeMarkup())}");
        }
    }
}
