// What this file covers: pages of findings in a browser: nothing loaded and nothing complained of, keys that step,
// focus that can be seen, light and dark as the system or the reader says, names for who listens, no page wider than
// its window, letters that stay within their frames and off each other.
// What it does not cover: pages as documents (../HtmlTests.cs). Without Chromium all of it is skipped, by name.

using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using MmFuzz.Reports.Html;
using Xunit;

namespace MmFuzz.Tests.Reports.Browsers;

public sealed class BrowserTests(Browser browser) : IClassFixture<Browser>
{
    /// <summary>The line whose picture is shown.</summary>
    private const string Shown =
        "[...document.querySelectorAll('.step')].filter(one => one.offsetParent).map(one => one.id).join()";

    private const string Ground = "getComputedStyle(document.body).backgroundColor";

    /// <summary>What has the focus without showing it; nothing if it shows it, or nothing has it.</summary>
    private const string FocusedUnseen =
        """
        (one => {
          const shown = one.matches("input") ? one.nextElementSibling : one;
          const seen = one === document.body || getComputedStyle(shown).outlineStyle !== "none";
          return seen ? "" : one.outerHTML;
        })(document.activeElement)
        """;

    [BrowserFact]
    public void A_page_loads_nothing_but_itself_and_complains_of_nothing()
    {
        foreach (string bug in FindingPages.Bugs.Where(static (_, index) => index % 7 == 0))
        {
            browser.Open(FindingPages.Page(bug));
            Assert.Single(browser.Events("Network.requestWillBeSent"));
            Assert.Empty(browser.Events("Log.entryAdded"));
            Assert.Empty(browser.Events("Runtime.exceptionThrown"));
            Assert.Empty(browser.Events("Runtime.consoleAPICalled"));
        }
    }

    [BrowserFact]
    public void It_begins_at_the_line_that_fails_and_the_arrow_keys_step()
    {
        browser.Open(FindingPages.Page("uffd-tlb-flush"));
        Assert.Equal("line-18", browser.Text(Shown));
        browser.Press("ArrowLeft");
        Assert.Equal("line-17", browser.Text(Shown));
        Assert.Equal("#line-17", browser.Text("location.hash"));
        Assert.Equal("#line-17", browser.Text("document.querySelector('[aria-current=step]').hash"));
        Assert.StartsWith("Line 17, store p0 0 by t4: ok. Changed: ", Said(), StringComparison.Ordinal);
        browser.Press("ArrowRight");
        browser.Press("ArrowRight"); // there is no further one
        Assert.Equal("line-18", browser.Text(Shown));
        for (int i = 0; i < 12; i++)
        {
            browser.Press("ArrowLeft");
        }

        Assert.Equal("line-8", browser.Text(Shown));
        Assert.Equal("Step 1 of 11", browser.Text("document.getElementById('where').textContent"));
    }

    [BrowserFact]
    public void An_address_with_a_line_shows_that_line()
    {
        browser.Open(FindingPages.Page("uffd-tlb-flush"), hash: "#line-13");
        Assert.Equal("line-13", browser.Text(Shown));
    }

    [BrowserFact]
    public void Lines_and_buttons_step_too()
    {
        browser.Open(FindingPages.Page("uffd-tlb-flush"));
        browser.Evaluate("document.querySelector('.program a').click()");
        Assert.Equal("line-8", browser.Text(Shown));
        browser.Evaluate("document.querySelector('.bar [data-by=\"1\"]').click()");
        Assert.Equal("line-9", browser.Text(Shown));
        Assert.Equal("false", browser.Text(
            "document.querySelector('.bar [data-by=\"-1\"]').getAttribute('aria-disabled')"));
    }

    [BrowserFact]
    public void Who_chooses_colours_with_the_arrow_keys_does_not_step()
    {
        browser.Open(FindingPages.Page("uffd-tlb-flush"));
        browser.Evaluate("document.querySelector('input[name=theme]').focus()");
        browser.Press("ArrowRight");
        Assert.Equal("line-18", browser.Text(Shown));
        Assert.Equal("light", browser.Text("document.querySelector('input[name=theme]:checked').value"));
    }

    [BrowserFact]
    public void Everything_that_the_tab_key_reaches_shows_that_it_is_reached()
    {
        browser.Open(FindingPages.Page("early-cow-fork"));
        var reached = new HashSet<string>();
        for (int i = 0; i < 40; i++)
        {
            browser.Press("Tab");
            reached.Add(browser.Text("document.activeElement.tagName"));
            Assert.Equal(string.Empty, browser.Text(FocusedUnseen));
        }

        Assert.Superset(new HashSet<string> { "A", "INPUT", "BUTTON", "FIGURE", "SUMMARY", "PRE" }, reached);
    }

    [BrowserFact]
    public void It_is_light_or_dark_as_the_system_says_unless_the_reader_chooses()
    {
        Colour page = Palette.All.Single(static one => one.Name == "page");
        browser.Open(FindingPages.Page("early-cow-fork"));
        browser.Evaluate("localStorage.clear()");
        browser.Open(FindingPages.Page("early-cow-fork"), scheme: "light");
        Assert.Equal(Rgb(page.Light), browser.Text(Ground));
        browser.Prefer("dark");
        Assert.Equal(Rgb(page.Dark), browser.Text(Ground));
        browser.Evaluate("document.querySelector('input[value=light]').click()");
        Assert.Equal(Rgb(page.Light), browser.Text(Ground));
        browser.Open(FindingPages.Page("early-cow-fork"), scheme: "dark"); // the choice is remembered
        Assert.Equal(Rgb(page.Light), browser.Text(Ground));
        Assert.Equal("light", browser.Text("document.querySelector('input[name=theme]:checked').value"));
        browser.Evaluate("document.querySelector('input[value=system]').click()");
        Assert.Equal(Rgb(page.Dark), browser.Text(Ground));
        browser.Evaluate("localStorage.clear()");
    }

    [BrowserFact]
    public void Who_listens_finds_landmarks_and_names()
    {
        browser.Open(FindingPages.Page("uffd-tlb-flush"));
        browser.Call("Accessibility.enable");
        (string Role, string Name)[] nodes =
        [
            .. browser.Call("Accessibility.getFullAXTree").GetProperty("nodes").EnumerateArray()
                .Where(static node => !node.GetProperty("ignored").GetBoolean())
                .Select(static node => (Value(node, "role"), Value(node, "name"))),
        ];
        foreach (string role in (string[])["banner", "main", "navigation", "contentinfo", "status", "table", "heading"])
        {
            Assert.Contains(nodes, node => node.Role == role);
        }

        string[] named =
            ["button", "link", "image", "img", "region", "navigation", "radio", "article", "figure", "table"];
        Assert.All(
            nodes.Where(node => named.Contains(node.Role)),
            static node => Assert.True(node.Name.Length > 0, $"a {node.Role} without a name"));
        Assert.Contains(nodes, static node => node.Name == "The machine after line 18");
        browser.Call("Accessibility.disable");
    }

    [BrowserTheory]
    [InlineData(320)]
    [InlineData(390)]
    [InlineData(768)]
    [InlineData(1184)]
    [InlineData(1440)]
    [InlineData(2560)]
    public void No_page_is_wider_than_its_window(int width)
    {
        foreach (string bug in FindingPages.Bugs.Where(static (_, index) => index % 25 == 0).Append("uffd-tlb-flush"))
        {
            browser.Open(FindingPages.Page(bug), width);
            Assert.Equal($"{width}", browser.Text("document.scrollingElement.scrollWidth"));
        }
    }

    [BrowserFact]
    public void Letters_stay_within_their_frames_and_off_each_other()
    {
        const string Misplaced =
            """
            [...document.querySelectorAll('svg.picture')].flatMap(svg => {
              svg.closest('.step')?.removeAttribute('hidden');
              const frames = [...svg.querySelectorAll('rect.panel')].map(one => one.getBBox());
              const texts = [...svg.querySelectorAll('text')].map(one => ({ one, box: one.getBBox() }));
              const wrong = texts.filter(({ one, box }) => {
                const frame = frames.find(f => box.x >= f.x && box.x <= f.x + f.width
                  && box.y + box.height / 2 >= f.y && box.y + box.height / 2 <= f.y + f.height);
                return box.x + box.width > (frame ? frame.x + frame.width : svg.viewBox.baseVal.width) + 0.5;
              }).map(({ one }) => 'leaves its frame: ' + one.textContent);
              texts.forEach(({ one, box }, index) => {
                for (const other of texts.slice(index + 1)) {
                  const right = Math.min(box.x + box.width, other.box.x + other.box.width);
                  const bottom = Math.min(box.y + box.height, other.box.y + other.box.height);
                  if (right - Math.max(box.x, other.box.x) > 1 && bottom - Math.max(box.y, other.box.y) > 4) {
                    wrong.push(one.textContent + ' on ' + other.one.textContent);
                  }
                }
              });
              return wrong;
            })
            """;
        foreach (string bug in FindingPages.Bugs)
        {
            browser.Open(FindingPages.Page(bug));
            Assert.Equal("[]", JsonSerializer.Serialize(browser.Evaluate(Misplaced)));
        }
    }

    [BrowserFact]
    public void The_program_is_copied_by_its_button()
    {
        browser.Open(FindingPages.Page("early-cow-fork"));
        browser.Evaluate("navigator.clipboard.writeText = text => { window.copied = text; return Promise.resolve(); }");
        browser.Evaluate("document.querySelector('[data-copies=program]').click()");
        Assert.Equal(browser.Text("document.getElementById('program').textContent"), browser.Text("window.copied"));
        Assert.Equal("Copied.", Said());
    }

    private static string Value(JsonElement node, string name) =>
        node.TryGetProperty(name, out JsonElement value) && value.TryGetProperty("value", out JsonElement text)
            ? text.ToString()
            : string.Empty;

    private static string Rgb(string colour)
    {
        byte[] parts = Convert.FromHexString(colour[1..]);
        return $"rgb({parts[0]}, {parts[1]}, {parts[2]})";
    }

    private string Said() => browser.Text("document.getElementById('said').textContent");
}
