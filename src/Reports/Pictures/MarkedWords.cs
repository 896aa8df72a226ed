// What a thing was and what it is, as one row of words of which some stay, some go and some come, so that a picture can
// strike out the old ones and frame the new ones. Not covered: where the words stand (WordFlow).

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;

namespace MmFuzz.Reports.Pictures;

/// <summary>What becomes of words.</summary>
public enum WordFate
{
    /// <summary>They were there and are there.</summary>
    Stays,

    /// <summary>They were there.</summary>
    Goes,

    /// <summary>They are there now.</summary>
    Comes,
}

/// <summary>Words that share a fate.</summary>
/// <param name="Text">The words.</param>
/// <param name="Fate">What becomes of them.</param>
/// <param name="Continues">Whether they go on with what stands before them.</param>
public readonly record struct MarkedWords(string Text, WordFate Fate, bool Continues = false)
{
    private const string ReadOnly = "(read-only)";
    private const string ZeroPage = "zero page";

    /// <summary>Compares two texts of a thing; null stands for a time at which there was no such thing.</summary>
    public static ImmutableArray<MarkedWords> Of(StateGroup group, string? before, string? after)
    {
        string[] old = Split(group, before);
        string[] now = Split(group, after);
        if (before is null || after is null)
        {
            // a thing that came or went as a whole is marked as a whole
            WordFate fate = before is null ? WordFate.Stays : WordFate.Goes;
            return [.. (before is null ? now : old).Select(part => new MarkedWords(part, fate))];
        }

        return Align(old, now);
    }

    /// <summary>A text in the parts that change together.</summary>
    private static string[] Split(StateGroup group, string? text)
    {
        if (text is null)
        {
            return [];
        }

        if (group is not (StateGroup.Entry or StateGroup.Tlb))
        {
            return text.Split(", ");
        }

        // of an entry each bit is a part, and the right to write stands where the lack of it does
        List<string> parts = text.StartsWith(ZeroPage, StringComparison.Ordinal)
            ? [ZeroPage, .. text[ZeroPage.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)]
            : [.. text.Split(' ')];
        if (parts.Remove(ReadOnly))
        {
            parts.Insert(1, ReadOnly.Trim('(', ')'));
        }

        return [.. parts];
    }

    private static ImmutableArray<MarkedWords> Align(string[] old, string[] now)
    {
        int[,] common = CommonParts(old, now);
        var words = ImmutableArray.CreateBuilder<MarkedWords>();
        var goes = new List<string>();
        var comes = new List<string>();
        int o = 0;
        int n = 0;
        while (o < old.Length || n < now.Length)
        {
            if (o < old.Length && n < now.Length && old[o] == now[n])
            {
                Replace(words, goes, comes);
                words.Add(new MarkedWords(now[n], WordFate.Stays));
                o++;
                n++;
            }
            else if (n == now.Length || (o < old.Length && common[o + 1, n] >= common[o, n + 1]))
            {
                goes.Add(old[o++]);
            }
            else
            {
                comes.Add(now[n++]);
            }
        }

        Replace(words, goes, comes);
        return words.ToImmutable();
    }

    /// <summary>How many parts two texts have in common from a place on, in order.</summary>
    private static int[,] CommonParts(string[] old, string[] now)
    {
        int[,] common = new int[old.Length + 1, now.Length + 1];
        for (int o = old.Length - 1; o >= 0; o--)
        {
            for (int n = now.Length - 1; n >= 0; n--)
            {
                common[o, n] = old[o] == now[n]
                    ? common[o + 1, n + 1] + 1
                    : Math.Max(common[o + 1, n], common[o, n + 1]);
            }
        }

        return common;
    }

    /// <summary>Of parts that differ in a figure only (<c>refcount 1</c>, <c>refcount 2</c>), the name stays.</summary>
    private static void Replace(ImmutableArray<MarkedWords>.Builder words, List<string> goes, List<string> comes)
    {
        int next = 0;
        foreach (string part in comes)
        {
            string name = part.Split(' ')[0];
            int like = goes.FindIndex(next, one => one.StartsWith(name + " ", StringComparison.Ordinal));
            bool replaces = like >= 0 && name.Length < part.Length;
            while (next < goes.Count && (replaces ? next < like : !IsReplaced(goes[next], comes)))
            {
                words.Add(new MarkedWords(goes[next++], WordFate.Goes));
            }

            if (replaces)
            {
                words.Add(new MarkedWords(name, WordFate.Stays));
                words.Add(new MarkedWords(goes[like][(name.Length + 1)..], WordFate.Goes, Continues: true));
                words.Add(new MarkedWords(part[(name.Length + 1)..], WordFate.Comes, Continues: true));
                next = like + 1;
            }
            else
            {
                words.Add(new MarkedWords(part, WordFate.Comes));
            }
        }

        words.AddRange(goes.Skip(next).Select(static part => new MarkedWords(part, WordFate.Goes)));
        goes.Clear();
        comes.Clear();
    }

    /// <summary>Whether a part that goes has its place taken by one of the same name.</summary>
    private static bool IsReplaced(string part, List<string> comes)
    {
        string name = part.Split(' ')[0] + " ";
        return comes.Exists(one => one.StartsWith(name, StringComparison.Ordinal))
            && part.StartsWith(name, StringComparison.Ordinal);
    }
}
