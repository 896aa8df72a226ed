// What this file covers: where the methods, constructors, operators, properties and accessors' blocks of a C# text
// begin and end, by counting braces. Attributes and comments before one do not count as its lines.
// What it does not cover: functions inside methods (they count as lines of the method), lambdas in the initialiser of
// a field (a field is data, however long), statements outside all types (each block counts as one method).

using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;

namespace MmFuzz.Tests.Tidy;

/// <summary>A member with a body.</summary>
/// <param name="Name">Its name, for a reader.</param>
/// <param name="FirstLine">The line its signature begins, counted from 1.</param>
/// <param name="LastLine">The line its body ends.</param>
internal sealed record Method(string Name, int FirstLine, int LastLine)
{
    internal int Lines => LastLine - FirstLine + 1;
}

/// <summary>A walk over code whose comments and strings are blank.</summary>
internal sealed partial class MethodScan
{
    private readonly string code;
    private readonly List<Method> found = [];
    private int at;

    private MethodScan(string code) => this.code = code;

    /// <summary>The members with a body, in the order of their ends.</summary>
    internal static IReadOnlyList<Method> Of(SourceFile file)
    {
        MethodScan scan = new(file.Code);
        while (scan.at < scan.code.Length)
            scan.Members();
        return scan.found;
    }

    [GeneratedRegex(@"(^|\s)(class|struct|interface|record|namespace|extension)\b")]
    private static partial Regex TypeWord();

    [GeneratedRegex(@"(^|\s)enum\b")]
    private static partial Regex EnumWord();

    [GeneratedRegex(@"\swhere\s")]
    private static partial Regex WhereWord();

    // Goes past the brace that closes the type, or to the end.
    private void Members()
    {
        while (SkipBlanks())
        {
            if (code[at] == '}')
            {
                at++;
                return;
            }
            Member();
        }
    }

    private bool SkipBlanks()
    {
        while (at < code.Length && char.IsWhiteSpace(code[at]))
            at++;
        return at < code.Length;
    }

    private void Member()
    {
        while (SkipBlanks() && code[at] == '[')
            SkipBalanced();
        int start = at;
        StringBuilder header = new();
        // What the member's first '=' or '=>' says: a value it starts with, or its body.
        bool value = false, arrow = false;
        while (at < code.Length && code[at] is not (';' or '}'))
        {
            if (code[at] is '(' or '[')
                SkipBalanced();
            else if (code[at] == '{' && !value && !arrow)
            {
                Block(header.ToString(), start);
                return;
            }
            else if (code[at] == '{')
                SkipBalanced();
            else
            {
                arrow |= !value && At("=>");
                value |= !arrow && code[at] == '=' && !header.ToString().Contains("operator", StringComparison.Ordinal);
                header.Append(code[at++]);
            }
        }
        if (arrow)
            Found(header.ToString(), start);
        if (at < code.Length && code[at] == ';')
            at++;
    }

    private bool At(string word) => string.CompareOrdinal(code, at, word, 0, word.Length) == 0;

    private void Block(string header, int start)
    {
        // "where T : class" makes no type of a method.
        string declared = WhereWord().Split(header)[0];
        if (TypeWord().IsMatch(declared))
        {
            at++;
            Members();
            return;
        }
        SkipBalanced();
        if (!EnumWord().IsMatch(declared))
        {
            at--;
            Found(declared, start);
            at++;
        }
    }

    private void Found(string header, int start)
    {
        string name = header.Split("=>")[0].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            .LastOrDefault("block");
        found.Add(new Method(name, Line(start), Line(Math.Min(at, code.Length))));
    }

    private int Line(int position) => code.AsSpan(0, position).Count('\n') + 1;

    // From an opening bracket of any kind past its closing one; the kinds are taken to match.
    private void SkipBalanced()
    {
        int depth = 0;
        do
        {
            depth += code[at] switch { '(' or '[' or '{' => 1, ')' or ']' or '}' => -1, _ => 0 };
            at++;
        }
        while (depth > 0 && at < code.Length);
    }
}
