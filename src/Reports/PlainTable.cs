// Tables in plain letters for mails: columns stand under each other, cells are broken at blanks, and no line is wider
// than prose may be, unless its longest words are. Not covered: what is in them, tables of Markdown.

using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace MmFuzz.Reports;

/// <summary>Sets tables.</summary>
public static class PlainTable
{
    private const int Gap = 2;

    /// <summary>A table, each of its rows as one line or several.</summary>
    /// <param name="rows">Cells of rows, headings first; all rows have as many.</param>
    /// <param name="width">Columns of a line, at most.</param>
    public static IEnumerable<string> Set(IReadOnlyList<string[]> rows, int width = Prose.Width)
    {
        ArgumentNullException.ThrowIfNull(rows);
        int[] widths = Widths(rows, width);
        return rows.Select(row => string.Join('\n', Row(row, widths)));
    }

    /// <summary>A text in lines of at most so many columns; words that are wider stand alone.</summary>
    public static List<string> Broken(string text, int width)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length <= width)
        {
            return [text];
        }

        var lines = new List<string>();
        var line = new StringBuilder();
        foreach (string word in text.Split(' '))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                lines.Add(line.ToString());
                line.Clear();
            }

            line.Append(line.Length > 0 ? " " : string.Empty).Append(word);
        }

        lines.Add(line.ToString());
        return lines;
    }

    private static IEnumerable<string> Row(string[] cells, int[] widths)
    {
        List<string>[] parts = [.. cells.Select((cell, column) => Broken(cell, widths[column]))];
        for (int i = 0; i < parts.Max(static part => part.Count); i++)
        {
            var line = new StringBuilder();
            for (int column = 0; column < parts.Length; column++)
            {
                string part = i < parts[column].Count ? parts[column][i] : string.Empty;
                line.Append(part.PadRight(widths[column] + Gap));
            }

            yield return line.ToString().TrimEnd();
        }
    }

    /// <summary>
    /// As wide as their cells; if that is too wide, the widest gives way until all fit, but never breaks a word.
    /// </summary>
    private static int[] Widths(IReadOnlyList<string[]> rows, int width)
    {
        int[] widths = [.. rows[0].Select((_, column) => rows.Max(row => row[column].Length))];
        int[] least = [.. rows[0].Select((_, column) => rows.Max(row => row[column].Split(' ').Max(Length)))];
        int room = width - (Gap * (widths.Length - 1));
        while (widths.Sum() > room)
        {
            int widest = -1;
            for (int i = 0; i < widths.Length; i++)
            {
                bool givesWay = widths[i] > least[i] && (widest < 0 || widths[i] > widths[widest]);
                widest = givesWay ? i : widest;
            }

            if (widest < 0)
            {
                break;
            }

            widths[widest]--;
        }

        return widths;
    }

    private static int Length(string word) => word.Length;
}
