// What this file covers: replacing what is not code in a C# text by blanks: comments, characters, directives, and
// strings of all forms (plain, verbatim, raw, interpolated; the expressions inside an interpolated one stay).
// What it does not cover: texts the compiler refuses; code that #if leaves out (it is treated as code).

using System;

namespace MmFuzz.Tests.Tidy;

/// <summary>A walk over one text that blanks what is not code.</summary>
internal sealed class CodeMask
{
    private readonly char[] text;
    private int at;

    private CodeMask(string text) => this.text = text.ToCharArray();

    /// <summary>The text, equally long and with the same lines, its comments, strings and directives blank.</summary>
    internal static string Blank(string text)
    {
        CodeMask mask = new(text);
        while (mask.at < text.Length)
        {
            // Past the end only after a brace that closes nothing.
            mask.Code();
            mask.at++;
        }
        return new string(mask.text);
    }

    // Goes on to the end, or to the brace that closes a block which was open at the start.
    private void Code()
    {
        for (int depth = 0; at < text.Length;)
        {
            char c = text[at];
            if (c == '}' && depth-- == 0)
                return;
            if (c == '{')
                depth++;
            if (Is("//") || (c == '#' && IsFirstOfItsLine()))
                BlankUntil("\n");
            else if (Is("/*"))
                BlankPast("*/");
            else if (c == '\'')
                Character();
            else if (c is '"' or '$' or '@' && Prefix() is { } prefix)
                String(prefix);
            else
                at++;
        }
    }

    private bool Is(string word) => text.AsSpan(at).StartsWith(word);

    private bool IsFirstOfItsLine()
    {
        ReadOnlySpan<char> before = text.AsSpan(0, at);
        return before[(before.LastIndexOf('\n') + 1)..].IsWhiteSpace();
    }

    private void BlankNext(int count = 1)
    {
        for (int end = Math.Min(at + count, text.Length); at < end; at++)
        {
            if (text[at] != '\n')
                text[at] = ' ';
        }
    }

    private void BlankUntil(string word)
    {
        while (at < text.Length && !Is(word))
            BlankNext();
    }

    private void BlankPast(string word)
    {
        // Both ends may share a character, as in "/*/".
        BlankNext(word.Length);
        BlankUntil(word);
        BlankNext(word.Length);
    }

    private void Character()
    {
        BlankNext();
        while (at < text.Length && text[at] != '\'')
            BlankNext(text[at] == '\\' ? 2 : 1);
        BlankNext();
    }

    private int Run(char c)
    {
        ReadOnlySpan<char> rest = text.AsSpan(at);
        int end = rest.IndexOfAnyExcept(c);
        return end < 0 ? rest.Length : end;
    }

    // The signs before a string's first quote; null if no string starts here, as in @class.
    private (int Dollars, bool Verbatim)? Prefix()
    {
        int dollars = 0;
        bool verbatim = false;
        for (int i = at; i < text.Length; i++)
        {
            if (text[i] == '"')
                return (dollars, verbatim);
            if (text[i] is not ('$' or '@'))
                return null;
            dollars += text[i] == '$' ? 1 : 0;
            verbatim |= text[i] == '@';
        }
        return null;
    }

    private void String((int Dollars, bool Verbatim) prefix)
    {
        while (text[at] != '"')
            BlankNext();
        int quotes = Run('"');
        if (quotes >= 3 && !prefix.Verbatim)
            Raw(quotes, prefix.Dollars);
        else
            Plain(prefix.Dollars > 0, prefix.Verbatim);
    }

    private void Plain(bool interpolated, bool verbatim)
    {
        BlankNext();
        while (at < text.Length)
        {
            if ((verbatim && Is("\"\"")) || (!verbatim && text[at] == '\\') || (interpolated && Is("{{")))
                BlankNext(2);
            else if (interpolated && text[at] == '{')
                Hole(1);
            else if (text[at] == '"')
                break;
            else
                BlankNext();
        }
        BlankNext();
    }

    private void Raw(int quotes, int dollars)
    {
        BlankNext(quotes);
        while (at < text.Length)
        {
            int braces = dollars > 0 ? Run('{') : 0;
            int closing = Run('"');
            if (closing >= quotes)
            {
                BlankNext(closing);
                return;
            }
            // Braces beyond the dollars are text, and the last ones open the hole.
            if (braces > 0 && braces >= dollars)
            {
                BlankNext(braces - dollars);
                Hole(dollars);
            }
            else
                BlankNext(Math.Max(1, closing));
        }
    }

    // An expression inside a string stays, the braces around it go, so that braces still count blocks.
    private void Hole(int braces)
    {
        BlankNext(braces);
        Code();
        BlankNext(braces);
    }
}
