// What this file covers: the page of a night as a document: well-formed, nothing to load, every id once and every
// reference resolved, nothing from outside becomes markup, everything that went wrong is said; JUnit XML and SARIF of
// the same reports; in a browser: nothing complained of, light and dark, no wider than its window, names for who
// listens.
// What it does not cover: the frame that all pages share (Reports/HtmlTests.cs).

using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using MmFuzz.Reports.Html;
using MmFuzz.Reports.Night;
using MmFuzz.Tests.Reports.Browsers;
using Xunit;

namespace MmFuzz.Tests.Nightly;

public sealed class NightPageTests(Browser browser) : IClassFixture<Browser>
{
    private const string FileOfPrograms = "findings/";

    public static TheoryData<string> Nights => ["well", "red"];

    [Theory]
    [MemberData(nameof(Nights))]
    public void A_page_is_well_formed_and_loads_nothing(string night)
    {
        XElement[] all = [.. Elements(night)];
        Assert.DoesNotContain(all, static one =>
            one.Name.LocalName is "link" or "img" or "iframe" or "object" or "embed" or "image" or "use" or "base");
        Assert.Single(all, static one => one.Name.LocalName == "script");
        Assert.DoesNotContain(
            all, static one => one.Attribute("style") is not null || one.Attribute("onclick") is not null);
        Assert.All(
            all.Attributes("href").Where(static one => !one.Value.StartsWith(FileOfPrograms, StringComparison.Ordinal)),
            static one => Assert.StartsWith("#", one.Value, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Nights))]
    public void Every_id_is_there_once_and_every_reference_leads_to_one(string night)
    {
        string[] ids = [.. Elements(night).Attributes("id").Select(static one => one.Value)];
        Assert.Equal(ids.Distinct(), ids);
        IEnumerable<string> named = Elements(night).Attributes()
            .Where(static one => one.Name.LocalName is "aria-labelledby" or "data-copies")
            .Select(static one => one.Value)
            .Concat(Elements(night).Attributes("href").Select(static one => one.Value)
                .Where(static one => one.StartsWith('#')).Select(static one => one[1..]));
        Assert.Superset(named.ToHashSet(), ids.ToHashSet());
    }

    [Fact]
    public void What_went_wrong_is_said_and_not_only_shown_by_a_colour()
    {
        string text = Text("red");
        Assert.All(
            NightReports.Red.Problems,
            problem => Assert.Contains($"{problem.Kind} <script>", text, StringComparison.Ordinal));
        foreach (string words in (string[])
            ["not explained", "not found", "survived", "counts, expected it quiet", "gone", "red, 9", "27.1 h before"])
        {
            Assert.Contains(words, text, StringComparison.Ordinal);
        }

        Assert.Contains("all is well", Text("well"), StringComparison.Ordinal);
        Assert.DoesNotContain("Why it is red", Text("well"), StringComparison.Ordinal);
    }

    [Fact]
    public void JUnit_says_what_failed_and_what_broke()
    {
        XElement root = XDocument.Parse(JUnitXml.Of(NightReports.Red)).Root!;
        Assert.Equal([ProblemKind.Timeout, ProblemKind.Failure], KindsOf(root.Descendants("error")));
        Assert.Equal(
            Enum.GetValues<ProblemKind>().Except([ProblemKind.Failure, ProblemKind.Timeout]),
            KindsOf(root.Descendants("failure")));
        XElement finding = root.Descendants("failure").Single(one => Kind(one) == ProblemKind.Finding);
        Assert.Contains("findings/a b.mm\nmmfuzz 1\n", finding.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Sarif_tells_the_new_from_the_old_and_the_explained_from_the_rest()
    {
        JsonNode run = JsonNode.Parse(SarifLog.Of(NightReports.Red, "1.0"))!["runs"]![0]!;
        (string, string, string)[] findings = [.. run["results"]!.AsArray().Take(3).Select(one => (
            one!["level"]!.GetValue<string>(), one["baselineState"]!.GetValue<string>(),
            one["locations"]![0]!["physicalLocation"]!["artifactLocation"]!["uri"]!.GetValue<string>()))];
        Assert.Equal(
            [("error", "new", "findings/a%20b.mm"), ("note", "unchanged", "findings/old.mm"),
                ("none", "absent", "findings/gone.mm")],
            findings);
        Assert.False(run["invocations"]![0]!["executionSuccessful"]!.GetValue<bool>());
        Assert.Equal(3 + NightReports.Red.Problems.Length - 1, run["results"]!.AsArray().Count);
    }

    [BrowserTheory]
    [MemberData(nameof(Nights))]
    public void A_browser_loads_nothing_else_and_complains_of_nothing(string night)
    {
        browser.Open(Page(night));
        Assert.Single(browser.Events("Network.requestWillBeSent"));
        Assert.Empty(browser.Events("Log.entryAdded"));
        Assert.Empty(browser.Events("Runtime.exceptionThrown"));
        Assert.Empty(browser.Events("Page.javascriptDialogOpening"));
    }

    [BrowserTheory]
    [InlineData(320)]
    [InlineData(768)]
    [InlineData(1440)]
    public void It_is_no_wider_than_its_window(int width)
    {
        browser.Open(Page("red"), width);
        Assert.Equal($"{width}", browser.Text("document.scrollingElement.scrollWidth"));
    }

    [BrowserFact]
    public void Curves_and_bars_have_the_colours_of_the_scheme()
    {
        const string Stroke = "getComputedStyle(document.querySelector('.curve')).stroke";
        Colour link = Palette.All.Single(static one => one.Name == "link");
        browser.Open(Page("red"), scheme: "light");
        Assert.Equal(Rgb(link.Light), browser.Text(Stroke));
        browser.Prefer("dark");
        Assert.Equal(Rgb(link.Dark), browser.Text(Stroke));
    }

    [BrowserFact]
    public void Who_listens_hears_what_curves_say()
    {
        browser.Open(Page("red"));
        const string Labels = "[...document.querySelectorAll('svg[role=img]')].map(one => one.ariaLabel)";
        string[] said = [.. browser.Evaluate(Labels).EnumerateArray().Select(static one => one.GetString()!)];
        Assert.Contains("Goals reached: from 0 to 62, at most 62", said);
        Assert.Contains("Reasons to be red: from 1 to 9, at most 9", said);
    }

    private static string Rgb(string colour)
    {
        IEnumerable<int> parts = ((int[])[1, 3, 5]).Select(at => Convert.ToInt32(colour[at..(at + 2)], 16));
        return $"rgb({string.Join(", ", parts)})";
    }

    private static string Page(string night) => NightPage.Of(night == "red" ? NightReports.Red : NightReports.Well);

    private static IEnumerable<XElement> Elements(string night)
    {
        string page = Page(night);
        return XDocument.Parse(page[page.IndexOf("<html", StringComparison.Ordinal)..]).Descendants();
    }

    private static string Text(string night) => string.Join(
        ' ', Elements(night).Where(one => one.Name.LocalName == "body").Select(body => body.Value));

    private static IEnumerable<ProblemKind> KindsOf(IEnumerable<XElement> elements) => elements.Select(Kind).Order();

    private static ProblemKind Kind(XElement element) =>
        Enum.Parse<ProblemKind>(element.Parent!.Attribute("name")!.Value.Split(' ')[0]);
}
