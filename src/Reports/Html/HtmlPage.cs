// A page that needs nothing but itself: head with styles and scripts in it, a header with the choice of light and dark,
// a table of contents, the body, a footer. Its policy lets nothing be loaded and no script run but its own.
// Not covered: what stands in it (FindingPage), elements (HtmlWriter), colours (Palette).

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;

namespace MmFuzz.Reports.Html;

/// <summary>What a page says about itself.</summary>
/// <param name="Title">Its title.</param>
/// <param name="Kind">What kind of page it is, in a word or two; stands above the title.</param>
/// <param name="Lead">The most important thing, in a sentence or two; stands below the title.</param>
/// <param name="Sections">Its sections by id and heading.</param>
/// <param name="Assets">Its style sheets and scripts beside the common ones, by file name.</param>
public sealed record HtmlHead(
    string Title,
    string Kind,
    string Lead,
    IReadOnlyList<(string Id, string Heading)> Sections,
    IReadOnlyList<string> Assets);

/// <summary>Writes pages.</summary>
public static class HtmlPage
{
    private static readonly string[] Common = ["page.css", "page.js"];
    private static readonly string[] Themes = ["system", "light", "dark"];

    /// <summary>Writes a page.</summary>
    /// <param name="target">Where to.</param>
    /// <param name="head">What it says about itself.</param>
    /// <param name="introduction">Writes what stands in the header below the lead.</param>
    /// <param name="body">Writes the sections.</param>
    public static void Write(
        TextWriter target, HtmlHead head, Action<HtmlWriter> introduction, Action<HtmlWriter> body)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(head);
        ArgumentNullException.ThrowIfNull(introduction);
        ArgumentNullException.ThrowIfNull(body);
        var html = new HtmlWriter(target);
        target.Write("<!DOCTYPE html>");
        html.Open("html", ("xmlns", "http://www.w3.org/1999/xhtml"), ("lang", "en"));
        WriteHead(html, head);
        html.Open("body");
        html.Line("a", "Skip to the content", ("class", "skip"), ("href", "#content"));
        WriteHeader(html, head, introduction);
        WriteContents(html, head);
        html.Open("main", ("id", "content"), ("tabindex", "-1"));
        body(html);
        html.Close();
        html.Open("footer");
        html.Line("p", "Written by MmFuzz. This page loads nothing and can be mailed as it is.");
        html.Close();
        html.Line("p", string.Empty, ("id", "said"), ("class", "unseen"), ("role", "status"));
        html.Close();
        html.Close();
        target.WriteLine();
    }

    /// <summary>A section with its heading.</summary>
    public static void Section(HtmlWriter html, string id, string heading, Action body)
    {
        ArgumentNullException.ThrowIfNull(html);
        ArgumentNullException.ThrowIfNull(body);
        html.Open("section", ("id", id), ("aria-labelledby", $"{id}-heading"));
        html.Line("h2", heading, ("id", $"{id}-heading"));
        body();
        html.Close();
    }

    /// <summary>A text with a button that copies it.</summary>
    /// <param name="html">Where to.</param>
    /// <param name="id">The text's id.</param>
    /// <param name="label">What the text is, in a few words.</param>
    /// <param name="text">The text.</param>
    public static void Copyable(HtmlWriter html, string id, string label, string text)
    {
        ArgumentNullException.ThrowIfNull(html);
        html.Open("div", ("class", "copyable"));
        html.Line(
            "button", "Copy", ("type", "button"), ("data-copies", id), ("aria-label", $"Copy {label}"));
        html.Line("pre", text, ("id", id), ("tabindex", "0"), ("role", "region"), ("aria-label", label));
        html.Close();
    }

    /// <summary>A file of this folder.</summary>
    internal static string Asset(string name)
    {
        using Stream stream = typeof(HtmlPage).Assembly.GetManifestResourceStream("MmFuzz.Reports.Html." + name)
            ?? throw new ArgumentException($"there is no {name} in src/Reports/Html", nameof(name));
        using var reader = new StreamReader(stream, new UTF8Encoding(false));
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    private static void WriteHead(HtmlWriter html, HtmlHead head)
    {
        string[] assets = [.. Common.Concat(head.Assets)];
        string style = Quoted(Palette.Css() + Joined(assets, ".css"));
        string script = Quoted(Joined(assets, ".js"));
        string policy = $"default-src 'none'; style-src '{Hash(style)}'; script-src '{Hash(script)}'; "
            + "base-uri 'none'; form-action 'none'";
        html.Open("head");
        html.Empty("meta", ("charset", "utf-8"));
        html.Empty("meta", ("http-equiv", "Content-Security-Policy"), ("content", policy));
        html.Empty("meta", ("name", "viewport"), ("content", "width=device-width, initial-scale=1"));
        html.Empty("meta", ("name", "color-scheme"), ("content", "light dark"));
        html.Empty("meta", ("name", "generator"), ("content", "MmFuzz"));
        html.Line("title", $"{head.Title} - {head.Kind}");
        html.Raw("\n<style>").Raw(style).Raw("</style>");
        html.Raw("\n<script>").Raw(script).Raw("</script>");
        html.Close();
    }

    private static void WriteHeader(HtmlWriter html, HtmlHead head, Action<HtmlWriter> introduction)
    {
        html.Open("header");
        html.Open("div", ("class", "top"));
        html.Line("p", head.Kind, ("class", "kind"));
        html.Open("fieldset", ("class", "theme"));
        html.Line("legend", "Colours", ("class", "unseen"));
        foreach (string theme in Themes)
        {
            html.Open("label");
            html.Empty(
                "input",
                ("type", "radio"),
                ("name", "theme"),
                ("value", theme),
                ("checked", theme == Themes[0] ? "checked" : null));
            html.Leaf("span", theme);
            html.Close();
        }

        html.Close();
        html.Close();
        html.Line("h1", head.Title);
        html.Prose("p", head.Lead, ("class", "lead"));
        introduction(html);
        html.Close();
    }

    private static void WriteContents(HtmlWriter html, HtmlHead head)
    {
        html.Open("nav", ("class", "contents"), ("aria-label", "On this page"));
        html.Open("ul");
        foreach ((string id, string heading) in head.Sections)
        {
            html.Open("li").Leaf("a", heading, ("href", $"#{id}")).Close();
        }

        html.Close();
        html.Close();
    }

    private static string Joined(string[] assets, string extension) =>
        string.Concat(assets.Where(name => name.EndsWith(extension, StringComparison.Ordinal)).Select(Asset));

    /// <summary>Styles and scripts may hold letters that XML wants escaped and HTML does not.</summary>
    private static string Quoted(string text) => $"/*<![CDATA[*/\n{text}/*]]>*/";

    private static string Hash(string text) =>
        "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
