// What this file covers: explanations on a terminal and elsewhere: colours and breaks at its width on the one, neither
// on the other. What it does not cover: the words (SnapshotTests.cs).

using System.Globalization;
using System.IO;
using System.Text;
using System.Text.RegularExpressions;
using MmFuzz.Engine.Operations;
using MmFuzz.Reports;
using MmFuzz.Reports.Explaining;
using MmFuzz.Tests.Cli;
using Spectre.Console;
using Xunit;

namespace MmFuzz.Tests.Reports;

public partial class TerminalTests
{
    private const int Columns = 100;
    private const char Escape = '\u001b';

    [Fact]
    public void On_a_terminal_there_are_colours_and_no_line_is_wider_than_it()
    {
        foreach (string text in CommandLine.Corpus())
        {
            string shown = Show(text, isTerminal: true);
            Assert.Contains(Escape, shown);
            Assert.All(
                Escapes().Replace(shown, string.Empty).Split('\n'),
                line => Assert.InRange(line.TrimEnd().Length, 0, Columns));
        }
    }

    [Fact]
    public void Elsewhere_there_are_no_colours_and_no_blanks_at_the_ends_of_lines()
    {
        foreach (string text in CommandLine.Corpus())
        {
            string shown = Show(text, isTerminal: false);
            Assert.DoesNotContain(Escape, shown);
            Assert.All(shown.Split('\n'), line => Assert.Equal(line.TrimEnd(), line));
        }
    }

    private static string Show(string text, bool isTerminal)
    {
        using var writer = new StringWriter(CultureInfo.InvariantCulture);
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = isTerminal ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = isTerminal ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Out = new Output(writer, isTerminal),
        });
        MmProgram program = MmProgramParser.Parse(text, out _)!;
        ProgramExplanation explanation = ProgramExplanation.Of(program, withStages: true);
        TerminalReport.WriteExplained(console, explanation);
        if (explanation.Violation is { } violation)
        {
            var cause = Cause.Of(program, violation);
            Insight insight = Insight.Of(program, violation, Insight.Repaired(program.Profile, cause));
            TerminalReport.WriteInsight(console, program, violation, insight);
        }

        return writer.ToString();
    }

    [GeneratedRegex("\u001b\\[[0-9;]*m")]
    private static partial Regex Escapes();

    private sealed class Output(TextWriter writer, bool isTerminal) : IAnsiConsoleOutput
    {
        public TextWriter Writer => writer;

        public bool IsTerminal => isTerminal;

        public int Width => Columns;

        public int Height => 40;

        public void SetEncoding(Encoding encoding)
        {
        }
    }
}
