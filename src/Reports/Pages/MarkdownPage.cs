// A Markdown page under construction: headings, paragraphs and items wrapped so that the source is readable as it is,
// and tables whose columns stand under each other. Not covered: what is written.

using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace MmFuzz.Reports.Pages;

/// <summary>A page.</summary>
public sealed class MarkdownPage
{
    /// <summary>Columns of a line, at most, if its words allow it.</summary>
    public const int Width = 118;

    private readonly StringBuilder text = new();

    /// <summary>Begins a page that a command renews.</summary>
    public MarkdownPage(string title, string introduction)
    {
        text.Append("# ").Append(title).Append("\n\n");
        text.Append("<!-- Generated from the code: do not edit. Renewed by: mmfuzz docs --out docs -->\n\n");
        Paragraph(introduction);
    }

    /// <summary>A heading of the second level.</summary>
    public void Heading(string words) => text.Append("## ").Append(words).Append("\n\n");

    /// <summary>A paragraph.</summary>
    public void Paragraph(string words) => Wrap(words, string.Empty, string.Empty).Append('\n');

    /// <summary>An item, with paragraphs that belong to it.</summary>
    public void Item(string words, params ReadOnlySpan<string> details)
    {
        Wrap(words, "* ", "  ");
        foreach (string detail in details)
        {
            Wrap(detail, "  * ", "    ");
        }
    }

    /// <summary>Ends a list.</summary>
    public void EndList() => text.Append('\n');

    /// <summary>A block that is shown as it is.</summary>
    public void Block(string words) => text.Append("```\n").Append(words.TrimEnd('\n')).Append("\n```\n\n");

    /// <summary>A table.</summary>
    public void Table(string[] headings, IEnumerable<string[]> rows)
    {
        string[][] cells = [.. rows.Select(row => row.Select(cell => cell.Replace("|", "\\|")).ToArray())];
        int[] widths = [.. headings.Select((heading, column) =>
            Math.Max(heading.Length, cells.Select(row => row[column].Length).DefaultIfEmpty(0).Max()))];
        Row(headings, widths);
        text.Append('|').AppendJoin('|', widths.Select(width => new string('-', width + 2))).Append("|\n");
        foreach (string[] row in cells)
        {
            Row(row, widths);
        }

        text.Append('\n');
    }

    /// <summary>The page.</summary>
    public override string ToString() => text.ToString().TrimEnd('\n') + "\n";

    /// <summary>Words in Markdown, with nothing in them taken for a tag.</summary>
    public static string Escape(string words) =>
        words.Replace("<", "&lt;", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal)
            .Replace("*", "\\*", StringComparison.Ordinal);

    private void Row(string[] cells, int[] widths) => text
        .Append("| ").AppendJoin(" | ", cells.Select((cell, column) => cell.PadRight(widths[column]))).Append(" |\n");

    private StringBuilder Wrap(string words, string first, string other)
    {
        string lead = first;
        int column = 0;
        foreach (string word in Words(words))
        {
            if (column > 0 && column + 1 + word.Length > Width)
            {
                text.Append('\n');
                column = 0;
            }

            if (column == 0)
            {
                text.Append(lead).Append(word);
                column = lead.Length + word.Length;
                lead = other;
            }
            else
            {
                text.Append(' ').Append(word);
                column += 1 + word.Length;
            }
        }

        return text.Append('\n');
    }

    /// <summary>Words; what stands between back quotes is one.</summary>
    private static IEnumerable<string> Words(string text)
    {
        int start = 0;
        bool quoted = false;
        for (int i = 0; i <= text.Length; i++)
        {
            if (i == text.Length || (text[i] == ' ' && !quoted))
            {
                if (i > start)
                {
                    yield return text[start..i];
                }

                start = i + 1;
            }
            else if (text[i] == '`')
            {
                quoted = !quoted;
            }
        }
    }
}
