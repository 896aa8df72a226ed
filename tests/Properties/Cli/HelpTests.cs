// What this file covers: `--help` of every command: it ends well, tells what the command does and shows examples of
// it; and no command is left out here.
// What it does not cover: the words of the help.

using System;
using System.Linq;
using Xunit;

namespace MmFuzz.Tests.Cli;

public class HelpTests
{
    private static readonly string[] Names =
    [
        string.Empty, "fuzz", "guided", "guided speed", "guided compare", "corpus", "corpus seed", "corpus minimize",
        "corpus import", "target", "replay", "explain", "report", "reproduce", "shrink", "bugs", "list",
        "list operations",
        "list properties", "list fixes", "list profiles", "list goals", "list bugs", "list arguments",
        "docs", "linux", "linux capabilities", "linux run", "linux fuzz", "linux differences",
        "nightly", "nightly merge",
    ];

    public static TheoryData<string> Commands => [.. Names];

    [Theory]
    [MemberData(nameof(Commands))]
    public void Help_shows_examples_of_the_command(string command)
    {
        string[] words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Answer answer = CommandLine.Run([.. words, "--help"]).WithoutTrace();
        Assert.Equal(0, answer.Code);
        Assert.Empty(answer.Error);
        string[] lines = [.. answer.Out.Split('\n').Select(line => line.TrimEnd())];
        Assert.Contains("Usage:", lines);
        string[] examples = [.. lines.SkipWhile(line => line != "Examples:").Skip(1).TakeWhile(line => line != "")];
        Assert.NotEmpty(examples);
        Assert.All(examples, line => Assert.Contains("mmfuzz", line, StringComparison.Ordinal));
        Assert.All(examples, line => Assert.Contains(command, line, StringComparison.Ordinal));
        Assert.Contains("Exit codes: 0 nothing found, 1 violation, 2 bad input, 3 internal error.", lines);
    }

    [Fact]
    public void Every_command_that_the_help_names_is_tested_here()
    {
        foreach (string parent in (string[])[string.Empty, "list", "linux", "guided", "corpus", "nightly"])
        {
            string[] words = parent.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            string[] named = [.. CommandLine.Run([.. words, "--help"]).Out.Split('\n')
                .SkipWhile(line => line.Trim() != "Commands:").Skip(1).TakeWhile(line => line.Trim().Length > 0)
                .Select(line => $"{parent} {line.Trim().Split(' ')[0]}".Trim())];
            Assert.NotEmpty(named);
            Assert.Subset(Names.ToHashSet(), named.ToHashSet());
        }
    }
}
