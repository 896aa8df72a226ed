// What this file covers: `mmfuzz report`: what it writes and where, its exit codes, what it refuses; and that a finding
// of a run has its page beside it.
// What it does not cover: the pages (Reports/HtmlTests.cs), the Markdown (Reports/MailTests.cs).

using System;
using System.IO;
using Xunit;

namespace MmFuzz.Tests.Cli;

public class ReportTests
{
    [Fact]
    public void A_page_and_Markdown_are_written()
    {
        using var place = new Place();
        (string bug, string html, string mail) = Names(place);
        Answer answer = CommandLine.Run("report", bug, "--html", html, "--markdown", mail).WithoutTrace();
        Assert.Equal(1, answer.Code); // the program does not say that it expects a violation
        Assert.Contains($"written: {html}\nwritten: {mail}\n", answer.Out, StringComparison.Ordinal);
        Assert.StartsWith("<!DOCTYPE html>\n<html", File.ReadAllText(html), StringComparison.Ordinal);
        Assert.Contains($"mmfuzz explain {bug}", File.ReadAllText(html), StringComparison.Ordinal);
        Assert.Equal(CommandLine.Run("explain", "--markdown", bug).Out, File.ReadAllText(mail));
        Assert.Equal(3, Directory.GetFiles(place.Root).Length); // and nothing temporary is left
    }

    [Fact]
    public void The_answer_in_JSON_names_the_files()
    {
        using var place = new Place();
        (string bug, string html, _) = Names(place);
        Answer answer = CommandLine.Run("report", bug, "--html", html, "--json").WithoutTrace();
        Assert.Equal("pin-exclusive", answer.Json().GetProperty("property").GetString());
        Assert.Equal(html, answer.Json().GetProperty("html").GetString());
        Assert.Equal(System.Text.Json.JsonValueKind.Null, answer.Json().GetProperty("markdown").ValueKind);
    }

    [Fact]
    public void A_program_that_does_what_it_expects_is_no_violation()
    {
        using var place = new Place();
        string file = place.With("quiet.mm", CommandLine.Quiet);
        Assert.Equal(0, CommandLine.Run("report", file, "--html", Path.Combine(place.Root, "a.html")).Code);
    }

    [Fact]
    public void Another_kernel_may_be_asked_for()
    {
        using var place = new Place();
        string file = place.With("quiet.mm", CommandLine.Quiet);
        string html = Path.Combine(place.Root, "a.html");
        Assert.Equal(1, CommandLine.Run("report", file, "--html", html, "--without", "early-cow-fork").Code);
        Assert.Contains("pinned-but-shared", File.ReadAllText(html), StringComparison.Ordinal);
    }

    [Fact]
    public void Nowhere_to_write_to_is_bad_input()
    {
        Answer answer = CommandLine.Feed(CommandLine.KnownBug, "report", "-").WithoutTrace();
        Assert.Equal(2, answer.Code);
        Assert.Contains("expected --html OUT.html, --markdown OUT.md or both", answer.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--html", "{bug}")]
    [InlineData("--markdown", "{bug}")]
    [InlineData("--html", "")]
    [InlineData("--html", "{root}")]
    [InlineData("--html", "{root}/missing/a.html")]
    [InlineData("--markdown", "a\0b")]
    public void A_file_that_must_or_can_not_be_written_is_bad_input(string option, string name)
    {
        using var place = new Place();
        (string bug, _, _) = Names(place);
        string path = name.Replace("{bug}", bug, StringComparison.Ordinal)
            .Replace("{root}", place.Root, StringComparison.Ordinal);
        Answer answer = CommandLine.Run("report", bug, option, path).WithoutTrace();
        Assert.Equal(2, answer.Code);
        Assert.Contains(option, answer.Error, StringComparison.Ordinal);
        Assert.Contains("expected", answer.Error, StringComparison.Ordinal);
        Assert.Equal(CommandLine.KnownBug, File.ReadAllText(bug));
        Assert.Single(Directory.GetFiles(place.Root));
    }

    [Fact]
    public void One_file_for_both_is_bad_input()
    {
        using var place = new Place();
        (string bug, string html, _) = Names(place);
        Answer answer = CommandLine.Run("report", bug, "--html", html, "--markdown", html).WithoutTrace();
        Assert.Equal(2, answer.Code);
        Assert.False(File.Exists(html));
    }

    [Fact]
    public void Every_finding_of_a_run_has_its_page_and_its_Markdown_beside_it()
    {
        using var place = new Place();
        CommandLine.Run("fuzz", "--without", "early-cow-fork", "--programs", "200", "--out", place.Root);
        string[] programs = Directory.GetFiles(place.Root, "*.mm");
        Assert.NotEmpty(programs);
        int reproducers = Directory.GetFiles(place.Root, "*.c").Length;
        Assert.Equal((3 * programs.Length) + reproducers, Directory.GetFiles(place.Root).Length);
        foreach (string program in programs)
        {
            string page = File.ReadAllText(Path.ChangeExtension(program, ".html"));
            Assert.Contains($"mmfuzz explain {program}", page, StringComparison.Ordinal);
            Assert.Contains("mmfuzz fuzz --profile", page, StringComparison.Ordinal);
            Assert.True(File.Exists(Path.ChangeExtension(program, ".md")));
        }
    }

    [Fact]
    public void Programs_that_were_tampered_with_are_reported_or_refused()
    {
        var random = new Dice(29);
        string[] corpus = CommandLine.Corpus();
        using var place = new Place();
        string html = Path.Combine(place.Root, "a.html");
        int[] codes = new int[3];
        for (int i = 0; i < 120; i++)
        {
            string[] lines = corpus[random.Below(corpus.Length)].Split('\n');
            string[] others = corpus[random.Below(corpus.Length)].Split('\n');
            lines[random.Below(lines.Length)] = others[random.Below(others.Length)];
            Answer answer = CommandLine.Feed(string.Join('\n', lines), "report", "-", "--html", html).WithoutTrace();
            codes[answer.Code]++;
            if (answer.Code < 2)
            {
                Assert.Equal("html", MmFuzz.Tests.Reports.FindingPages.Parse(File.ReadAllText(html)).Name.LocalName);
            }
        }

        Assert.All(codes, static times => Assert.InRange(times, 2, 120)); // else nothing was tried
    }

    private static (string Bug, string Html, string Markdown) Names(Place place)
    {
        string bug = place.With("bug.mm", CommandLine.KnownBug);
        return (bug, Path.Combine(place.Root, "a.html"), Path.Combine(place.Root, "a.md"));
    }
}
