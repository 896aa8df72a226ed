// What this file covers: pages of findings as documents: well-formed, without anything to load, every id resolved,
// every control, picture and region named, all steps there without scripts, all contents there; nothing from outside
// becomes markup; the same bytes for the same finding; colours with the contrast that people need.
// What it does not cover: what a browser makes of them (Browsers/), what pictures show (PictureTests.cs).

using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using MmFuzz.Engine.Operations;
using MmFuzz.Reports;
using MmFuzz.Reports.Html;
using MmFuzz.Tests.Cli;
using Xunit;

namespace MmFuzz.Tests.Reports;

public partial class HtmlTests
{
    private static readonly XNamespace Html = "http://www.w3.org/1999/xhtml";
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    public static TheoryData<string> Bugs => [.. FindingPages.Bugs];

    [Theory]
    [MemberData(nameof(Bugs))]
    public void A_page_needs_nothing_but_itself(string bug)
    {
        string page = FindingPages.Page(bug);
        string[] addresses = [.. Address().Matches(page).Select(static match => match.Value).Distinct()];
        Assert.Equal([Html.NamespaceName, Svg.NamespaceName], addresses.Order(StringComparer.Ordinal));
        Assert.DoesNotContain(Elements(bug), static one =>
            one.Name.LocalName is "link" or "img" or "iframe" or "object" or "embed" or "image" or "use" or "base");
        Assert.DoesNotContain("url(", page, StringComparison.Ordinal);
        Assert.DoesNotContain("@import", page, StringComparison.Ordinal);
        Assert.All(
            Elements(bug).Attributes().Where(static one => one.Name.LocalName is "href" or "src"),
            static one => Assert.StartsWith("#", one.Value, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Bugs))]
    public void Every_id_is_there_once_and_every_reference_leads_to_one(string bug)
    {
        string[] ids = [.. Elements(bug).Attributes("id").Select(static one => one.Value)];
        Assert.Equal(ids.Length, ids.Distinct().Count());
        IEnumerable<string> named = Elements(bug).Attributes()
            .Where(static one => one.Name.LocalName is "aria-labelledby" or "aria-describedby" or "data-copies")
            .SelectMany(static one => one.Value.Split(' '))
            .Concat(Elements(bug).Attributes("href").Select(static one => one.Value[1..]));
        Assert.Superset(named.ToHashSet(), ids.ToHashSet());
    }

    [Theory]
    [MemberData(nameof(Bugs))]
    public void Everything_that_can_be_met_has_a_name(string bug)
    {
        Assert.All(
            Elements(bug).Where(static one => one.Name == Svg + "svg"),
            static one => Assert.True(IsNamed(one) || (string?)one.Attribute("aria-hidden") == "true", $"{one}"));
        Assert.All(
            Elements(bug).Where(static one => one.Name.LocalName is "nav" or "section" or "article"
                || one.Attribute("tabindex")?.Value == "0" || one.Attribute("role")?.Value is "region" or "group"),
            static one => Assert.True(IsNamed(one), one.ToString()[..Math.Min(200, one.ToString().Length)]));
        Assert.All(
            Elements(bug).Where(static one => one.Name.LocalName is "button" or "a" or "th" or "caption" or "summary"
                or "legend" or "label" or "h1" or "h2" or "h3"),
            static one => Assert.True(one.Value.Trim().Length > 0 || one.Attribute("aria-label") is not null));
        Assert.All(
            Elements(bug).Where(static one => one.Name.LocalName == "table"),
            static one => Assert.Single(one.Elements(Html + "caption")));
    }

    [Theory]
    [MemberData(nameof(Bugs))]
    public void A_page_has_landmarks_and_headings_in_order(string bug)
    {
        foreach (string landmark in (string[])["header", "main", "footer", "h1"])
        {
            Assert.Single(Elements(bug), one => one.Name == Html + landmark);
        }

        int level = 0;
        foreach (XElement heading in Elements(bug).Where(static one => Heading().IsMatch(one.Name.LocalName)))
        {
            int next = heading.Name.LocalName[1] - '0';
            Assert.InRange(next, 1, level + 1);
            level = next;
        }
    }

    [Theory]
    [MemberData(nameof(Bugs))]
    public void Every_step_is_there_with_a_picture_its_words_and_a_table_even_without_scripts(string bug)
    {
        ProgramExplanation explanation = FindingPages.Explain(FindingPages.Program(bug));
        XElement[] steps = [.. Elements(bug).Where(static one => (string?)one.Attribute("class") == "step")];
        Assert.Equal(explanation.Steps.Length, steps.Length);
        Assert.Empty(Elements(bug).Attributes("hidden"));
        foreach ((ExplainedStep step, XElement shown) in explanation.Steps.Zip(steps))
        {
            Assert.Contains(step.Operation.ToString(), shown.Element(Html + "h3")!.Value, StringComparison.Ordinal);
            XElement picture = Assert.Single(shown.Descendants(Svg + "svg"));
            string description = picture.Element(Svg + "desc")!.Value;
            Assert.All(step.Changes, row => Assert.Contains($" {row.Thing}: ", description, StringComparison.Ordinal));
            XElement table = shown.Descendants(Html + "table").Last();
            Assert.Equal(step.State.Length, table.Element(Html + "tbody")!.Elements().Count());
            Assert.All(step.State, item => Assert.Contains(
                table.Descendants(Html + "td"), cell => cell.Value == item.Text));
        }
    }

    [Theory]
    [MemberData(nameof(Bugs))]
    public void The_program_can_be_copied_letter_by_letter_and_the_command_replays_it(string bug)
    {
        string text = Elements(bug).Single(static one => (string?)one.Attribute("id") == "program").Value;
        Assert.Equal(MmProgramParser.Parse(FindingPages.Program(bug), out _)!.Print(), text);
        string command = Elements(bug).Single(static one => (string?)one.Attribute("id") == "command").Value;
        Assert.Equal($"mmfuzz explain {bug}.mm", command);
    }

    [Fact]
    public void The_same_finding_gives_the_same_bytes() => Assert.All(
        FindingPages.Bugs.Take(10),
        static bug => Assert.Equal(FindingPages.Page(bug), FindingPages.Of(FindingPages.Program(bug), $"{bug}.mm")));

    [Fact]
    public void Nothing_from_outside_becomes_markup()
    {
        const string Evil = "</pre><script>alert(\"1\")</script> & ]]> \u0007 \ud800";
        string page = FindingPages.Of($"# {Evil}\n{CommandLine.KnownBug}", $"{Evil}.mm", foundBy: $"mmfuzz {Evil}");
        XElement root = FindingPages.Parse(page);
        Assert.Single(root.Descendants(Html + "script"));
        Assert.DoesNotContain("<script>alert", page, StringComparison.Ordinal);
        string shown = PlainText.Clean(Evil);
        Assert.Contains($"{shown}.mm", root.Value, StringComparison.Ordinal);
        Assert.Contains($"mmfuzz {shown}", root.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_that_holds_has_a_page_too()
    {
        XElement root = FindingPages.Parse(FindingPages.Of(CommandLine.Quiet, "quiet.mm"));
        Assert.Equal("Nothing was violated", root.Descendants(Html + "h1").Single().Value);
        Assert.DoesNotContain("violated here", root.Value, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(root.Descendants(), static one => (string?)one.Attribute("id") == "takes");
    }

    [Fact]
    public void A_program_without_lines_has_a_page_too() => Assert.Contains(
        "The program has no lines.",
        FindingPages.Of("mmfuzz 1\nprofile v6.18\n", "empty.mm"),
        StringComparison.Ordinal);

    [Fact]
    public void A_long_program_has_pictures_of_its_last_lines()
    {
        string lines = string.Concat(Enumerable.Repeat("load p0 0\n", 200)) + "fork p0";
        string text = CommandLine.KnownBug.Replace("fork p0", lines, StringComparison.Ordinal);
        XElement root = FindingPages.Parse(FindingPages.Of(text, "long.mm"));
        Assert.Equal(
            MarkdownReport.MostSteps,
            root.Descendants().Count(static one => (string?)one.Attribute("class") == "step"));
        Assert.Equal(
            204,
            root.Descendants().Single(static one => (string?)one.Attribute("class") == "program")
                .Descendants(Html + "li").Count());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_pair_of_writing_and_ground_has_the_contrast_that_it_needs(bool dark)
    {
        Dictionary<string, double> light = Palette.All.ToDictionary(
            static one => one.Name, one => Luminance(dark ? one.Dark : one.Light));
        Assert.All(Palette.Pairs, pair =>
        {
            double high = Math.Max(light[pair.Front], light[pair.Ground]);
            double low = Math.Min(light[pair.Front], light[pair.Ground]);
            Assert.True((high + 0.05) / (low + 0.05) >= pair.Contrast, $"{pair.Front} on {pair.Ground}");
        });
    }

    [Fact]
    public void Style_sheets_use_no_colour_that_is_not_in_the_palette()
    {
        string page = FindingPages.Page("early-cow-fork");
        string[] used = [.. Variable().Matches(page).Select(static match => match.Groups[1].Value).Distinct()];
        Assert.Equal(Palette.All.Select(static one => one.Name).Order(), used.Order());
        string style = page.Split("</style>")[0].Split(Comment)[1];
        Assert.DoesNotMatch(Hexadecimal(), style);
    }

    /// <summary>How the first style sheet begins, behind the palette.</summary>
    private const string Comment = "/* What all pages share";

    private static IEnumerable<XElement> Elements(string bug) => FindingPages.Xml(bug).DescendantsAndSelf();

    private static bool IsNamed(XElement one) =>
        one.Attribute("aria-label")?.Value.Length > 0 || one.Attribute("aria-labelledby") is not null;

    /// <summary>The relative luminance of WCAG 2.</summary>
    private static double Luminance(string colour)
    {
        double Part(int at)
        {
            double part = int.Parse(
                colour.AsSpan(at, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) / 255.0;
            return part <= 0.04045 ? part / 12.92 : Math.Pow((part + 0.055) / 1.055, 2.4);
        }

        return (0.2126 * Part(1)) + (0.7152 * Part(3)) + (0.0722 * Part(5));
    }

    [GeneratedRegex(@"[a-z]+://[\w./#-]+")]
    private static partial Regex Address();

    [GeneratedRegex("^h[1-6]$")]
    private static partial Regex Heading();

    [GeneratedRegex(@"var\(--([a-z-]+)\)")]
    private static partial Regex Variable();

    [GeneratedRegex(@"(?<!&)#[0-9a-f]{3,8}\b|\brgb|\bhsl")]
    private static partial Regex Hexadecimal();
}
