// What this file covers: docs/ is up to date: reference pages equal what the code makes of its catalogues, quoted
// programs equal their files and print what a replay prints; every program is quoted, every link leads somewhere.
// What it does not cover: what the programs show (ProgramsTests.cs), the words of the pages.

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using MmFuzz.Tests.Cli;
using MmFuzz.Tests.Tidy;
using Xunit;

namespace MmFuzz.Tests.Documents;

public partial class PagesTests
{
    private const string Renewal = "dotnet run -c Release --project fuzz -- docs --out docs";
    private static readonly string Docs = Path.Combine(SourceFile.Root(), "docs");

    [Fact]
    public void Every_page_is_up_to_date()
    {
        Answer answer = CommandLine.Run("docs", "--out", Docs, "--check", "--json").WithoutTrace();
        string[] stale = [.. answer.Json().EnumerateArray()
            .Where(page => !page.GetProperty("wasUpToDate").GetBoolean())
            .Select(page => page.GetProperty("file").GetString()!)];
        Assert.True(stale.Length == 0, $"out of date: {string.Join(", ", stale)}; renew by: {Renewal}");
        Assert.Equal(0, answer.Code);
    }

    [Fact]
    public void The_command_writes_what_its_check_then_accepts()
    {
        using var place = new Place();
        Directory.CreateDirectory(Path.Combine(place.Root, "programs"));
        place.With("programs/known.mm", CommandLine.KnownBug);
        string page = place.With("page.md", "# Page\n\n<!-- program known.mm -->\nstale\n<!-- end -->\nWords.\n"
            + "<!-- profiles known.mm -->\n<!-- end -->\n");
        Assert.Equal(1, CommandLine.Run("docs", "--out", place.Root, "--check").Code);
        Assert.Equal(0, CommandLine.Run("docs", "--out", place.Root).Code);
        string text = File.ReadAllText(page);
        Assert.DoesNotContain("stale", text, StringComparison.Ordinal);
        Assert.Contains(CommandLine.KnownBug, text, StringComparison.Ordinal);
        Assert.Contains("\ndocs/programs/known.mm on v6.18, without early-cow-fork\n", text, StringComparison.Ordinal);
        Assert.Contains("\npin-exclusive (pinned-but-shared) at ", text, StringComparison.Ordinal);
        Assert.Contains("| [known](programs/known.mm) | · | ", text, StringComparison.Ordinal);
        Assert.Contains("\nWords.\n", text, StringComparison.Ordinal);
        Assert.Equal(0, CommandLine.Run("docs", "--out", place.Root, "--check").Code);
    }

    [Theory]
    [InlineData("<!-- program known.mm -->\n")]
    [InlineData("<!-- end -->\n")]
    [InlineData("<!-- program known.mm -->\n<!-- program known.mm -->\n<!-- end -->\n")]
    [InlineData("<!-- program missing.mm -->\n<!-- end -->\n")]
    public void A_page_whose_marks_are_wrong_is_bad_input(string text)
    {
        using var place = new Place();
        Directory.CreateDirectory(Path.Combine(place.Root, "programs"));
        place.With("programs/known.mm", CommandLine.KnownBug);
        string page = place.With("page.md", text);
        Answer answer = CommandLine.Run("docs", "--out", place.Root, "--check").WithoutTrace();
        Assert.Equal(2, answer.Code);
        Assert.Contains(", expected ", answer.Error, StringComparison.Ordinal);
        Assert.Equal(text, File.ReadAllText(page));
    }

    [Fact]
    public void Every_program_is_quoted_in_a_page()
    {
        string pages = string.Concat(Markdown().Select(page => page.Text));
        None(from file in Directory.EnumerateFiles(Path.Combine(Docs, "programs"))
             let name = Path.GetFileName(file)
             where !pages.Contains($"<!-- program {name} -->", StringComparison.Ordinal)
             select $"{name} is quoted nowhere");
    }

    [Fact]
    public void Every_link_within_the_repository_leads_somewhere() =>
        None(from page in Markdown()
             from Match link in Link().Matches(page.Text)
             let target = link.Groups[1].Value.Split('#')[0]
             where target.Length > 0 && !target.Contains("://", StringComparison.Ordinal)
             let path = Path.Combine(Path.GetDirectoryName(page.Path)!, target)
             where !File.Exists(path) && !Directory.Exists(path)
             select $"{page.Path}: {target}");

    [Fact]
    public void Lines_of_words_are_narrow_enough_to_be_read_as_they_are() =>
        None(from page in Markdown()
             where Path.GetFileName(page.Path) is "concepts.md" or "cow-policies.md" or "extending.md"
             from line in Unquoted(page.Text)
             where line.Length > 120 && line[0] is not ('|' or '<')
             select $"{page.Path}: {line}");

    private static IEnumerable<(string Path, string Text)> Markdown() =>
        Directory.EnumerateFiles(Docs, "*.md", SearchOption.AllDirectories)
            .Append(Path.Combine(SourceFile.Root(), "README.md"))
            .Order(StringComparer.Ordinal)
            .Select(path => (path, File.ReadAllText(path)));

    private static IEnumerable<string> Unquoted(string text)
    {
        bool quoted = false;
        foreach (string line in text.Split('\n'))
        {
            quoted ^= line.StartsWith("```", StringComparison.Ordinal);
            if (!quoted)
                yield return line;
        }
    }

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    private static void None(IEnumerable<string> problems)
    {
        string[] all = [.. problems];
        Assert.True(all.Length == 0, string.Join('\n', all));
    }
}
