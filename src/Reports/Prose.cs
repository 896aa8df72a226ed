// Prose for Markdown: broken at blanks so that no line is wider than 79 columns, as mails and terminals like it; what
// stands between backticks stays whole. Not covered: tables (PlainTable).

using System.Text;

namespace MmFuzz.Reports;

/// <summary>Breaks prose.</summary>
public static class Prose
{
    /// <summary>Columns of a line, at most, unless a single word is wider.</summary>
    public const int Width = 79;

    /// <summary>The text in lines.</summary>
    /// <param name="text">One paragraph.</param>
    /// <param name="indent">What every line but the first begins with.</param>
    public static string Wrap(string text, string indent = "")
    {
        var lines = new StringBuilder();
        int column = 0;
        int start = 0;
        while (start < text.Length)
        {
            int end = EndOfWord(text, start);
            if (column > 0 && column + 1 + end - start > Width)
            {
                lines.Append('\n').Append(indent);
                column = indent.Length;
            }
            else if (column > 0)
            {
                lines.Append(' ');
                column++;
            }

            lines.Append(text, start, end - start);
            column += end - start;
            start = end + 1;
        }

        return lines.ToString();
    }

    private static int EndOfWord(string text, int start)
    {
        bool code = false;
        int at = start;
        while (at < text.Length && (code || text[at] != ' '))
        {
            code ^= text[at] == '`';
            at++;
        }

        return at;
    }
}
