// Text from outside (file names, lines of programs) made fit to be shown: no control characters, which could steer a
// terminal, and nothing that is no character at all, on which console libraries stumble.

using System.Text;

namespace MmFuzz.Reports;

/// <summary>Cleans text.</summary>
public static class PlainText
{
    private const char Replacement = '\ufffd';

    /// <summary>The text with line ends kept and everything else that cannot be shown replaced.</summary>
    public static string Clean(string text)
    {
        StringBuilder? clean = null;
        for (int i = 0; i < text.Length; i++)
        {
            if (IsPair(text, i))
            {
                i++;
            }
            else if (!IsFine(text[i]))
            {
                clean ??= new StringBuilder(text);
                clean[i] = Replacement;
            }
        }

        return clean?.ToString() ?? text;
    }

    private static bool IsPair(string text, int index) =>
        index + 1 < text.Length && char.IsSurrogatePair(text[index], text[index + 1]);

    private static bool IsFine(char letter) =>
        letter == '\n' || !(char.IsControl(letter) || char.IsSurrogate(letter) || letter >= '\ufffe');
}
