// The colours of all pages, each for light and for dark, by the names that the style sheets use. They are here and not
// in a style sheet so that a test can hold every pair of writing and ground against the contrast that people need.
// Not covered: where they are used (the .css files beside this one).

using System.Collections.Immutable;
using System.Text;

namespace MmFuzz.Reports.Html;

/// <summary>A colour.</summary>
/// <param name="Name">Its name in style sheets, without dashes before it.</param>
/// <param name="Light">It on a light page, as <c>#rrggbb</c>.</param>
/// <param name="Dark">It on a dark page.</param>
public sealed record Colour(string Name, string Light, string Dark);

/// <summary>The colours.</summary>
public static class Palette
{
    /// <summary>All colours.</summary>
    public static ImmutableArray<Colour> All { get; } =
    [
        new("page", "#ffffff", "#0f1216"),
        new("card", "#f6f7f9", "#181c22"),
        new("line", "#cfd5dc", "#363e49"),
        new("edge", "#7a838e", "#77828f"),
        new("ink", "#15181c", "#e9ecf0"),
        new("muted", "#525a64", "#a6b0bb"),
        new("link", "#0a55a3", "#84bcff"),
        new("new", "#04603a", "#6fdfa9"),
        new("new-tint", "#e2f5eb", "#112b1e"),
        new("gone", "#8c3b00", "#ffb380"),
        new("gone-tint", "#fdeee3", "#332113"),
        new("changed", "#3f35b0", "#bdb8ff"),
        new("changed-tint", "#edecfb", "#22213f"),
        new("bad", "#ae001c", "#ff8f99"),
    ];

    /// <summary>Writing (or a line that must be seen) and its ground, with the contrast it needs.</summary>
    public static ImmutableArray<(string Front, string Ground, double Contrast)> Pairs { get; } =
    [
        .. Of(["ink", "muted", "link", "new", "gone", "changed", "bad"], ["page", "card"], 4.5),
        .. Of(["ink", "muted"], ["new-tint", "gone-tint", "changed-tint"], 4.5),
        ("new", "new-tint", 4.5), ("gone", "gone-tint", 4.5), ("changed", "changed-tint", 4.5),
        ("gone", "changed-tint", 4.5), ("bad", "changed-tint", 4.5), ("new", "changed-tint", 4.5),
        ("page", "new", 4.5), ("page", "gone", 4.5), ("page", "changed", 4.5), ("page", "bad", 4.5),
        ("edge", "page", 3), ("edge", "card", 3),
    ];

    /// <summary>The colours as variables of a style sheet: as the system says, unless the reader chose.</summary>
    internal static string Css()
    {
        var css = new StringBuilder();
        Append(css, ":root", "light");
        css.Append("@media (prefers-color-scheme: dark) {\n");
        Append(css, ":root", "dark");
        css.Append("}\n");
        Append(css, ":root[data-theme=\"light\"]", "light");
        Append(css, ":root[data-theme=\"dark\"]", "dark");
        return css.ToString();
    }

    private static ImmutableArray<(string, string, double)> Of(string[] fronts, string[] grounds, double contrast)
    {
        var pairs = ImmutableArray.CreateBuilder<(string, string, double)>();
        foreach (string front in fronts)
        {
            foreach (string ground in grounds)
            {
                pairs.Add((front, ground, contrast));
            }
        }

        return pairs.ToImmutable();
    }

    private static void Append(StringBuilder css, string selector, string scheme)
    {
        css.Append(selector).Append(" {\n  color-scheme: ").Append(scheme).Append(";\n");
        foreach (Colour colour in All)
        {
            string value = scheme == "dark" ? colour.Dark : colour.Light;
            css.Append("  --").Append(colour.Name).Append(": ").Append(value).Append(";\n");
        }

        css.Append("}\n");
    }
}
