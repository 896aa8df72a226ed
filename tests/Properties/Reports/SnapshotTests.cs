// What this file covers: `mmfuzz explain` and the report of a finding, word for word, on the terminal, as Markdown, as
// JSON and as a page: bugs of one process, of fork, races that are told stage by stage, a program that holds.
// Snapshot.cs says how a new text is accepted.
// What it does not cover: whether what is told is true (ExplainingTests.cs, DivergenceTests.cs).

using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using MmFuzz.Engine.Operations;
using MmFuzz.Reports;
using MmFuzz.Reports.Explaining;
using MmFuzz.Tests.Cli;
using MmFuzz.Tests.Tidy;
using Xunit;

namespace MmFuzz.Tests.Reports;

public partial class SnapshotTests
{
    private const string Holds =
        "mmfuzz 1\nprofile v6.18\nexpect nothing\nmmap p0 0 2 anon rw\nuffd p0 -> u0\nregister u0 0 2\nstore p0 0\n"
        + "wp u0 0 1\nstore p0 0\nread u0\nstep t3\nunwp u0 0 1\nload p0 0\n";

    private static readonly string[] Bugs =
        ["migrate-wrprotect", "early-cow-fork", "gupfast-fork-seq", "uffd-tlb-flush", "gupfast-seq-unpin"];

    private static readonly string[] Pages = ["early-cow-fork", "swapin-race"];

    public static TheoryData<string> OnTheTerminal => [.. Bugs];

    public static TheoryData<string> AsPages => [.. Pages];

    [Theory]
    [MemberData(nameof(OnTheTerminal))]
    public void A_known_bug_reads_like_this_on_the_terminal(string bug) =>
        Snapshot.Matches($"{bug}.txt", Explain(Text(bug)));

    [Theory]
    [InlineData("migrate-wrprotect")]
    [InlineData("migrate-gupfast")]
    public void A_known_bug_reads_like_this_as_Markdown(string bug) =>
        Snapshot.Matches($"{bug}.md", Explain(Text(bug), "--markdown"));

    [Fact]
    public void A_known_bug_reads_like_this_as_JSON() =>
        Snapshot.Matches("early-cow-fork.json", Explain(Text("early-cow-fork"), "--json"));

    [Fact]
    public void A_program_that_holds_reads_like_this()
    {
        Snapshot.Matches("holds.txt", Explain(Holds));
        Snapshot.Matches("holds.md", Explain(Holds, "--markdown"));
    }

    [Fact]
    public void A_report_of_a_finding_reads_like_this()
    {
        MmProgram program = MmProgramParser.Parse(Text("early-cow-fork"), out _)!;
        ProgramExplanation explanation = ProgramExplanation.Of(program, withStages: true);
        var cause = Cause.Of(program, explanation.Violation!);
        Insight insight = Insight.Of(
            program, explanation.Violation!, Insight.Repaired(program.Profile, cause));
        using var target = new StringWriter(CultureInfo.InvariantCulture);
        MarkdownReport.Write(
            target, explanation, new FindingOrigin("bug.mm", "mmfuzz fuzz --programs 1", cause), insight);
        Snapshot.Matches("finding.md", target.ToString());
    }

    [Theory]
    [MemberData(nameof(AsPages))]
    public void A_known_bug_reads_like_this_as_a_page(string bug) =>
        Snapshot.Matches($"{bug}.html", WithoutAssets(FindingPages.Page(bug)));

    [Fact]
    public void No_text_is_kept_that_nothing_is_compared_with()
    {
        string[] used =
        [
            .. Bugs.Select(bug => $"{bug}.txt"), "migrate-wrprotect.md", "migrate-gupfast.md", "early-cow-fork.json",
            "holds.txt", "holds.md", "finding.md", .. Pages.Select(bug => $"{bug}.html"),
        ];
        string[] stale = [.. Directory.GetFiles(Snapshot.Folder).Where(path => !used.Contains(Path.GetFileName(path)))];
        if (Snapshot.Accepts)
            Array.ForEach(stale, File.Delete);
        else
            Assert.Empty(stale);
    }

    [Fact]
    public void The_same_program_is_explained_in_the_same_words_twice() =>
        Assert.All(Bugs, bug => Assert.Equal(Explain(Text(bug)), Explain(Text(bug))));

    [Fact]
    public void The_example_in_the_README_is_what_the_command_says()
    {
        string[] blocks = File.ReadAllText(Path.Combine(SourceFile.Root(), "README.md")).Split("```");
        string program = Assert.Single(blocks, block => block.StartsWith("\nmmfuzz 1\n", StringComparison.Ordinal));
        string example = Assert.Single(blocks, block => block.Contains("where a repaired", StringComparison.Ordinal));
        string said = Joined(Explain(program.TrimStart('\n')));
        Assert.All(example.Split("\n...\n"), part => Assert.Contains(Joined(part), said, StringComparison.Ordinal));
    }

    /// <summary>Styles and scripts have files of their own, and hashes would change with every letter.</summary>
    private static string WithoutAssets(string page) => Hash().Replace(Asset().Replace(page, "$1...$3"), "sha256-...");

    [GeneratedRegex(@"(<(?:style|script)>)(.*?)(</)", RegexOptions.Singleline)]
    private static partial Regex Asset();

    [GeneratedRegex("sha256-[A-Za-z0-9+/=]+")]
    private static partial Regex Hash();

    private static string Joined(string text) =>
        string.Join(' ', text.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries));

    private static string Text(string bug) =>
        File.ReadAllText(Path.Combine(SourceFile.Root(), "corpus", "known-bugs", $"{bug}.mm"));

    private static string Explain(string program, params string[] options)
    {
        Cli.Answer answer = CommandLine.Feed(program, ["explain", "-", .. options]).WithoutTrace();
        Assert.Equal(0, answer.Code);
        Assert.Empty(answer.Error);
        return answer.Out;
    }
}
