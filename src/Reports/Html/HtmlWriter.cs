// Writes HTML and SVG that is well-formed XML too: every element is closed, every attribute quoted, every text escaped.
// What is written is the same on every machine. Not covered: the page around it (HtmlPage).

using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text;

namespace MmFuzz.Reports.Html;

/// <summary>Writes elements.</summary>
public sealed class HtmlWriter
{
    private const string Xml = "&<>\"";

    private readonly TextWriter target;
    private readonly Stack<(string Name, bool IsInline)> open = new();

    /// <summary>Writes to a target, whose line ends are set to be the same everywhere.</summary>
    public HtmlWriter(TextWriter target)
    {
        ArgumentNullException.ThrowIfNull(target);
        this.target = target;
        target.NewLine = "\n";
    }

    /// <summary>Opens an element on a line of its own.</summary>
    public HtmlWriter Open(string name, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        target.WriteLine();
        return Begin(name, isInline: false, attributes);
    }

    /// <summary>Opens an element within a text.</summary>
    public HtmlWriter Inline(string name, params ReadOnlySpan<(string Name, string? Value)> attributes) =>
        Begin(name, isInline: true, attributes);

    /// <summary>Closes the element that was opened last.</summary>
    public HtmlWriter Close()
    {
        (string name, bool isInline) = open.Pop();
        target.Write(isInline ? $"</{name}>" : $"\n</{name}>");
        return this;
    }

    /// <summary>Text.</summary>
    public HtmlWriter Text(string text)
    {
        target.Write(Escape(text));
        return this;
    }

    /// <summary>An element on a line of its own with nothing but a text in it.</summary>
    public HtmlWriter Line(string name, string text, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        target.WriteLine();
        return Leaf(name, text, attributes);
    }

    /// <summary>An element within a text with nothing but a text in it.</summary>
    public HtmlWriter Leaf(string name, string text, params ReadOnlySpan<(string Name, string? Value)> attributes) =>
        Begin(name, isInline: true, attributes).Text(text).Close();

    /// <summary>An element that has no content.</summary>
    public HtmlWriter Empty(string name, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        target.WriteLine();
        target.Write($"<{name}");
        Attributes(attributes);
        target.Write("/>");
        return this;
    }

    /// <summary>Prose in which code stands between back quotes.</summary>
    public HtmlWriter Prose(string text)
    {
        string[] parts = text.Split('`');
        for (int i = 0; i < parts.Length; i++)
        {
            if (i % 2 == 1 && i < parts.Length - 1)
            {
                Leaf("code", parts[i]);
            }
            else
            {
                Text(i % 2 == 1 ? "`" + parts[i] : parts[i]);
            }
        }

        return this;
    }

    /// <summary>A paragraph, or whatever element is asked for, of such prose.</summary>
    public HtmlWriter Prose(string name, string text, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        target.WriteLine();
        return Begin(name, isInline: true, attributes).Prose(text).Close();
    }

    /// <summary>What is not to be escaped: styles and scripts of ours.</summary>
    internal HtmlWriter Raw(string text)
    {
        target.Write(text);
        return this;
    }

    /// <summary>A number in an attribute: two digits behind the point at most, and a point in every country.</summary>
    public static string Number(double number) => number.ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>A text in which nothing can be taken for an element, an entity or the end of an attribute.</summary>
    public static string Escape(string text)
    {
        text = PlainText.Clean(text);
        if (text.AsSpan().IndexOfAny(Xml) < 0)
        {
            return text;
        }

        var escaped = new StringBuilder(text.Length + 16);
        foreach (char letter in text)
        {
            _ = letter switch
            {
                '&' => escaped.Append("&amp;"),
                '<' => escaped.Append("&lt;"),
                '>' => escaped.Append("&gt;"),
                '"' => escaped.Append("&quot;"),
                _ => escaped.Append(letter),
            };
        }

        return escaped.ToString();
    }

    private HtmlWriter Begin(string name, bool isInline, ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        target.Write($"<{name}");
        Attributes(attributes);
        target.Write('>');
        open.Push((name, isInline));
        return this;
    }

    /// <summary>Attributes; those without a value are left out.</summary>
    private void Attributes(ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        foreach ((string name, string? value) in attributes)
        {
            if (value is not null)
            {
                target.Write($" {name}=\"{Escape(value)}\"");
            }
        }
    }
}
