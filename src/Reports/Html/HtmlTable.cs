// A table in a box of its own that scrolls if it is too wide, with a caption and with names for rows and columns.
// Not covered: what is in it.

using System;
using System.Collections.Generic;

namespace MmFuzz.Reports.Html;

/// <summary>Writes tables.</summary>
public static class HtmlTable
{
    /// <summary>A table whose first cells name their rows.</summary>
    /// <param name="html">Where to.</param>
    /// <param name="kind">A name for style sheets.</param>
    /// <param name="caption">What it tells.</param>
    /// <param name="headings">Headings of columns; a column may go without.</param>
    /// <param name="rows">Rows, each with as many cells; the first names the row.</param>
    /// <param name="fails">Which rows are marked as those that fail; a cell must say so too.</param>
    public static void Write(
        HtmlWriter html,
        string kind,
        string caption,
        string[] headings,
        IEnumerable<string[]> rows,
        Predicate<string[]>? fails = null)
    {
        ArgumentNullException.ThrowIfNull(html);
        ArgumentNullException.ThrowIfNull(headings);
        ArgumentNullException.ThrowIfNull(rows);
        html.Open("div", ("class", "scrolls"), ("tabindex", "0"), ("role", "region"), ("aria-label", caption));
        html.Open("table", ("class", kind));
        html.Line("caption", caption);
        html.Open("thead").Open("tr");
        foreach (string heading in headings)
        {
            html.Line(heading.Length == 0 ? "td" : "th", heading, ("scope", heading.Length == 0 ? null : "col"));
        }

        html.Close().Close();
        html.Open("tbody");
        foreach (string[] row in rows)
        {
            html.Open("tr", ("class", fails?.Invoke(row) == true ? "failing" : null));
            html.Line("th", row[0], ("scope", "row"));
            for (int i = 1; i < row.Length; i++)
            {
                html.Line("td", row[i], ("data-column", headings[i]));
            }

            html.Close();
        }

        html.Close().Close().Close();
    }
}
