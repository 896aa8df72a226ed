// What this file covers: Markdown reports as mails: no line wider than 79 columns, whatever the program, unless it is a
// single word or a line of the program itself; tables in plain letters.
// What it does not cover: the words (SnapshotTests.cs).

using System;
using System.Globalization;
using System.IO;
using System.Linq;
using MmFuzz.Reports;
using MmFuzz.Reports.Explaining;
using MmFuzz.Tests.Cli;
using Xunit;

namespace MmFuzz.Tests.Reports;

public class MailTests
{
    [Fact]
    public void No_line_of_a_report_is_wider_than_79_columns() => Assert.All(CommandLine.Corpus(), program =>
    {
        string command = "mmfuzz fuzz " + string.Join(' ', Enumerable.Repeat("--without early-cow-fork", 20));
        Assert.All(Report(program, command).Split('\n'), static line => Assert.True(line.Length <= 79, line));
    });

    [Fact]
    public void A_command_that_is_too_long_can_be_pasted_all_the_same()
    {
        string command = "mmfuzz fuzz " + string.Join(' ', Enumerable.Repeat("--without early-cow-fork", 20));
        string report = Report(CommandLine.KnownBug, command);
        Assert.Contains(command, report.Replace(" \\\n    ", " ", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void The_program_in_a_report_is_the_program()
    {
        string report = Report(string.Concat("# ", string.Join(' ', Enumerable.Repeat("comment", 30)), "\n",
            CommandLine.KnownBug), "mmfuzz fuzz");
        string text = report.Split("```text\n")[^1].Split("```")[0];
        string[] program = [.. text.Split('\n').Where(static line => !line.StartsWith('#'))];
        Assert.Equal(CommandLine.KnownBug, string.Join('\n', program));
        Assert.Equal(30, text.Split("comment").Length - 1);
    }

    [Fact]
    public void Columns_of_a_plain_table_stand_under_each_other() => Assert.Equal(
        ["thing  before\n       after", "a      b"],
        PlainTable.Set([["thing", "before after"], ["a", "b"]], 15).Select(static row => row));

    [Fact]
    public void The_widest_column_gives_way()
    {
        string[][] rows = [["thing", new string('x', 5) + " " + new string('y', 60) + " z", "other words"]];
        Assert.All(
            PlainTable.Set(rows, 79).SelectMany(static row => row.Split('\n')),
            static line => Assert.InRange(line.Length, 0, 79));
    }

    private static string Report(string program, string command)
    {
        ProgramExplanation explanation = FindingPages.Explain(program);
        Cause? cause = explanation.Violation is { } found ? Cause.Of(explanation.Program, found) : null;
        Insight? insight = explanation.Violation is { } violation
            ? Insight.Of(explanation.Program, violation, Insight.Repaired(explanation.Program.Profile, cause))
            : null;
        using var target = new StringWriter(CultureInfo.InvariantCulture);
        MarkdownReport.Write(target, explanation, new FindingOrigin("bug.mm", command, cause), insight);
        return target.ToString();
    }
}
