// What this file covers: the page and the mail of a program on which a running kernel and the model differ: both traces
// are there, what differs is marked in words, nothing from the kernel becomes markup, no line is too wide for a mail.
// What it does not cover: comparing (Linux/), what all pages share (HtmlTests.cs).

using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Xml.Linq;
using MmFuzz.Reports;
using MmFuzz.Reports.Html;
using MmFuzz.Tests.Cli;
using Xunit;

namespace MmFuzz.Tests.Reports;

public class ComparisonTests
{
    private const string Evil = "</td><script>alert(1)</script> & ]]>";
    private static readonly XNamespace Html = "http://www.w3.org/1999/xhtml";

    private static readonly KernelComparison Comparison = new(
        "6.18.44", "anon-exclusive", "anon-exclusive of p0:0: the model says shared, the kernel exclusive",
        [
            new ComparedRow(3, "mmap p0 0 1 anon rw", "ok", "ok"),
            new ComparedRow(4, "fork p0 -> p1", "ok", "ok"),
            new ComparedRow(null, "  p0:0", "page A: present anon mapcount 2", Evil),
            new ComparedRow(5, "load p0 0", "ok #1", "blocked"),
        ]);

    [Fact]
    public void A_page_shows_both_traces_and_says_where_they_differ()
    {
        XElement table = Page().Descendants(Html + "table").First();
        string[][] rows =
        [
            .. table.Element(Html + "tbody")!.Elements()
                .Select(static row => (string[])[.. row.Elements().Select(static cell => cell.Value.Trim())]),
        ];
        Assert.Equal(
            [
                ["3 mmap p0 0 1 anon rw", "ok", "ok", "same"],
                ["4 fork p0 -> p1", "ok", "ok", "same"],
                ["p0:0", "page A: present anon mapcount 2", Evil, "differs"],
                ["5 load p0 0", "ok #1", "blocked", "differs"],
            ],
            rows);
    }

    [Fact]
    public void A_page_begins_with_what_differs_and_shows_the_steps_of_the_model_too()
    {
        XElement page = Page();
        Assert.Equal("Model and kernel differ: anon-exclusive", page.Descendants(Html + "h1").Single().Value);
        Assert.Single(page.Descendants(Html + "script"));
        string[] headings = [.. page.Descendants(Html + "h2").Select(static one => one.Value)];
        Assert.Equal(["The model beside the kernel", "What happens in the model"], headings[..2]);
        Assert.Contains(page.Descendants(), static one => (string?)one.Attribute("class") == "step");
    }

    [Fact]
    public void A_mail_marks_lines_that_differ_and_is_no_wider_than_79_columns()
    {
        using var target = new StringWriter(CultureInfo.InvariantCulture);
        MarkdownReport.Write(target, Explanation(), new FindingOrigin("linux.mm", null, null), null, Comparison);
        string[] lines = target.ToString().Split('\n');
        Assert.Equal("# Model and kernel differ: anon-exclusive", lines[0]);
        Assert.Equal(2, lines.Count(static line => line.StartsWith('!')));
        Assert.All(lines, static line => Assert.True(line.Length <= 79, line));
    }

    private static XElement Page()
    {
        using var target = new StringWriter(CultureInfo.InvariantCulture);
        FindingPage.Write(target, Explanation(), new FindingOrigin("linux.mm", null, null), null, Comparison);
        return FindingPages.Parse(target.ToString());
    }

    private static ProgramExplanation Explanation() => FindingPages.Explain(CommandLine.Quiet);
}
