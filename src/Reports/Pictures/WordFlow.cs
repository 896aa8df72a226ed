// Words set in lines of a given width, in a font whose letters are all equally wide. Pure arithmetic, so that a picture
// is the same on every machine. Not covered: what the words are (MarkedWords), how they look (PictureWriter).

using System.Collections.Immutable;

namespace MmFuzz.Reports.Pictures;

/// <summary>Words at a place.</summary>
/// <param name="Text">The words.</param>
/// <param name="Fate">What becomes of them.</param>
/// <param name="Line">Their line, from 0.</param>
/// <param name="Left">Where they begin, from the left edge.</param>
/// <param name="Width">How wide they are.</param>
public readonly record struct PlacedWords(string Text, WordFate Fate, int Line, double Left, double Width);

/// <summary>Sets words.</summary>
public static class WordFlow
{
    /// <summary>Width of a letter of the pictures' font.</summary>
    public const double Letter = 7.22;

    /// <summary>Between two parts.</summary>
    private const double Gap = 15;

    /// <summary>Between two words of a part, and what a frame around words takes on each side.</summary>
    private const double Blank = 9;

    /// <summary>Sets the words; a word that is wider than a line stands in a line of its own.</summary>
    public static ImmutableArray<PlacedWords> Of(ImmutableArray<MarkedWords> marked, double width)
    {
        var placed = ImmutableArray.CreateBuilder<PlacedWords>();
        double left = 0;
        int line = 0;
        for (int i = 0; i < marked.Length; i++)
        {
            MarkedWords part = marked[i];
            double gap = left == 0 ? 0 : part.Continues ? Blank : Gap;
            double whole = part.Continues ? 0 : Together(marked, i);
            if (left > 0 && whole <= width && left + gap + whole > width)
            {
                (left, gap) = (0, 0);
                line++;
            }

            string run = string.Empty;
            foreach (string word in part.Text.Split(' '))
            {
                string longer = run.Length == 0 ? word : $"{run} {word}";
                if (left + gap + Width(longer) <= width || (left == 0 && run.Length == 0))
                {
                    run = longer;
                    continue;
                }

                if (run.Length > 0)
                {
                    placed.Add(new PlacedWords(run, part.Fate, line, left + gap, Width(run)));
                }

                run = word;
                (left, gap) = (0, 0);
                line++;
            }

            placed.Add(new PlacedWords(run, part.Fate, line, left + gap, Width(run)));
            left += gap + Width(run);
        }

        return placed.ToImmutable();
    }

    /// <summary>Width of a part with all that continues it, which one would rather have in one line.</summary>
    private static double Together(ImmutableArray<MarkedWords> marked, int first)
    {
        double width = Width(marked[first].Text);
        for (int i = first + 1; i < marked.Length && marked[i].Continues; i++)
        {
            width += Blank + Width(marked[i].Text);
        }

        return width;
    }

    /// <summary>How many lines the words take.</summary>
    public static int Lines(ImmutableArray<MarkedWords> marked, double width)
    {
        ImmutableArray<PlacedWords> placed = Of(marked, width);
        return placed.IsEmpty ? 1 : placed[^1].Line + 1;
    }

    private static double Width(string text) => text.Length * Letter;
}
