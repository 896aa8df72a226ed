// What this file covers: finding the repository and its C# sources, and one source as the tidy tests look at it: its
// lines, and its code, in which comments, texts and directives are blanks, so that a word in them is no use of it.
// What it does not cover: the rules (TidyTests.cs), methods (MethodScan.cs), sources a build generates.

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;

namespace MmFuzz.Tests.Tidy;

/// <summary>A C# source.</summary>
/// <param name="Path">From the repository's root, with '/'.</param>
/// <param name="Text">The whole text, with '\n' between lines.</param>
internal sealed record SourceFile(string Path, string Text)
{
    private static readonly string[] Folders = ["src", "fuzz", "tests", "bench"];

    private readonly Lazy<string> code = new(() => CodeMask.Blank(Text));

    /// <summary>All C# sources of the repository, in the order of their paths.</summary>
    internal static Lazy<IReadOnlyList<SourceFile>> All { get; } = new(() => [.. Read(Root())]);

    internal string[] Lines => Text.Split('\n');

    /// <summary>The text with blanks for comments, strings, characters and directives; every character that is left
    /// stands where it stood.</summary>
    internal string Code => code.Value;

    internal bool IsUnder(string folder) => Path.StartsWith(folder + "/", StringComparison.Ordinal);

    /// <summary>Where <paramref name="pattern"/> occurs in the code, as "path:line: the text found".</summary>
    internal IEnumerable<string> Uses(Regex pattern) =>
        pattern.Matches(Code).Select(match => At(LineOf(match.Index), $"{match.Value.Trim()}"));

    internal string At(int line, string message) => $"{Path}:{line}: {message}";

    /// <summary>The line, counted from 1, of a position.</summary>
    internal int LineOf(int position) => Text.AsSpan(0, position).Count('\n') + 1;

    /// <summary>The folder with the solution, at or above the folder of the tests.</summary>
    internal static string Root()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(at.FullName, "MmFuzz.sln")))
                return at.FullName;
        }
        throw new DirectoryNotFoundException($"MmFuzz.sln stands in no folder above {AppContext.BaseDirectory}");
    }

    private static IEnumerable<SourceFile> Read(string root) =>
        from folder in Folders
        let start = System.IO.Path.Combine(root, folder)
        where Directory.Exists(start)
        from file in Directory.EnumerateFiles(start, "*.cs", SearchOption.AllDirectories)
        let path = System.IO.Path.GetRelativePath(root, file).Replace('\\', '/')
        where !path.Split('/').Any(part => part is "bin" or "obj")
        orderby path
        select new SourceFile(path, File.ReadAllText(file).ReplaceLineEndings("\n"));
}
