// Words, slots and numbers of a line, and what is said of those that do not fit.
// Not covered: what they mean (OperationParser.cs, OperationParser.Operands.cs).

using System;
using System.Globalization;

namespace MmFuzz.Engine.Operations;

public ref partial struct OperationParser
{
    private ReadOnlySpan<char> Word()
    {
        while (position < text.Length && char.IsWhiteSpace(text[position]))
        {
            position++;
        }

        wordStart = position;
        while (position < text.Length && !char.IsWhiteSpace(text[position]))
        {
            position++;
        }

        return text[wordStart..position];
    }

    private bool Accept(string word)
    {
        int before = position;
        if (Word().SequenceEqual(word))
        {
            return true;
        }

        position = before;
        return false;
    }

    private void Expect(string word)
    {
        ReadOnlySpan<char> found = Word();
        if (!found.SequenceEqual(word))
        {
            Fail(found, $"`{word}`");
        }
    }

    private int Slot(char letter, int count, string expected)
    {
        ReadOnlySpan<char> word = Word();
        if (word.Length == 2 && word[0] == letter && word[1] >= '0' && word[1] < '0' + count)
        {
            return word[1] - '0';
        }

        Fail(word, expected);
        return 0;
    }

    private int Number(int least, int most, string expected)
    {
        ReadOnlySpan<char> word = Word();
        if (int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            && number >= least && number <= most)
        {
            return number;
        }

        Fail(word, expected);
        return least;
    }

    private int OptionalNumber(int least, int most, int otherwise)
    {
        int before = position;
        ReadOnlySpan<char> word = Word();
        if (word.IsEmpty || !char.IsAsciiDigit(word[0]))
        {
            position = before;
            return otherwise;
        }

        position = before;
        return Number(least, most, string.Create(CultureInfo.InvariantCulture, $"a number, {least} to {most}"));
    }

    private void Fail(ReadOnlySpan<char> found, string expected)
    {
        if (Error is null)
        {
            string shown = found.IsEmpty ? "the end of the line"
                : found.Length > 40 ? $"`{found[..40]}...`"
                : $"`{found}`";
            Error = new TextError(line, wordStart + 1, $"found {shown}, expected {expected}");
        }
    }
}
