// Programs quoted in a document written by hand. Between `<!-- program NAME.mm -->` and `<!-- end -->` stand the file
// and what its replay prints, after `<!-- profiles NAME.mm ... -->` what each shows on each release. `mmfuzz docs`
// renews them, so that no page tells of an answer that is no longer given. Not covered: the words around.

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Reports;

namespace MmFuzz.Cli;

/// <summary>Renews quotations.</summary>
internal static class QuotedPrograms
{
    private const string End = "<!-- end -->";

    // the text and the answer of each program; what each shows on each release
    private static readonly string[] Begins = ["<!-- program ", "<!-- profiles "];

    // what a replay says beside the picture: rules and fixes have pages of their own
    private static readonly string[] LeftOut = ["means", "rule", "kernel", "cause", "fix"];

    /// <summary>Whether the document quotes anything.</summary>
    public static bool AreIn(string text) =>
        text.Split('\n').Any(line => line == End || Begins.Any(line.StartsWith));

    /// <summary>The document with every quotation as it must be.</summary>
    /// <param name="text">The document.</param>
    /// <param name="name">Its name, for errors.</param>
    /// <param name="read">Reads a program by its name.</param>
    public static string Renew(string text, string name, Func<string, string> read)
    {
        var renewed = new StringBuilder();
        string? open = null;
        foreach (string line in text.TrimEnd('\n').Split('\n'))
        {
            bool begins = Begins.Any(line.StartsWith);
            if (begins ? open is not null : line == End && open is null)
            {
                throw new BadInputException(
                    $"{name}: found {line} without its other half, expected pairs of {Begins[0]}NAME.mm --> and {End}");
            }

            open = line == End ? null : open;
            if (open is null)
            {
                renewed.Append(line).Append('\n');
            }

            if (begins)
            {
                open = line;
                string[] names = [.. line.Split(' ').Where(word => word.EndsWith(".mm", StringComparison.Ordinal))];
                renewed.Append(line.StartsWith(Begins[0], StringComparison.Ordinal)
                    ? string.Concat(names.Select(one => Quote(one, read(one))))
                    : Table(names, read));
            }
        }

        return open is null
            ? renewed.ToString()
            : throw new BadInputException($"{name}: found no {End} after {open}, expected one");
    }

    /// <summary>What each program shows on each release as it was.</summary>
    private static string Table(string[] names, Func<string, string> read)
    {
        var table = new StringBuilder("| program |");
        foreach (KernelVersion version in Profile.Known)
        {
            table.Append(' ').Append(version).Append(" |");
        }

        table.Append("\n|---|").Insert(table.Length, "---|", Profile.Known.Length).Append('\n');
        foreach (string name in names)
        {
            MmProgram program = ProgramFiles.Parse(name, read(name));
            table.Append("| [").Append(Path.GetFileNameWithoutExtension(name)).Append("](programs/").Append(name)
                .Append(") |");
            foreach (KernelVersion version in Profile.Known)
            {
                MmProgram there = program.For(Profile.Of(version).WithSwap(program.Profile.Swap), null);
                string? found = ProgramExplanation.Of(there, withStages: false).Violation?.PropertyName;
                table.Append(' ').Append(found ?? "·").Append(" |");
            }

            table.Append('\n');
        }

        return table.ToString();
    }

    private static string Quote(string name, string program) =>
        $"""
        ```
        {program.TrimEnd('\n')}
        ```

        `mmfuzz replay docs/programs/{name}` prints:

        ```
        {Replay(name, program)}
        ```

        """;

    private static string Replay(string name, string program)
    {
        using var input = new StringReader(program);
        using var output = new StringWriter { NewLine = "\n" };
        _ = new MmFuzzCommand(input, output, output).Run(["replay", "-"], CancellationToken.None);
        IEnumerable<string> lines = output.ToString().Trim('\n').Split('\n').Select(line => line.TrimEnd());
        string[] kept = [.. lines.Where(line => !LeftOut.Any(word =>
            line.StartsWith($"  {word} ", StringComparison.Ordinal)))];
        kept[0] = kept[0].StartsWith("- ", StringComparison.Ordinal) ? $"docs/programs/{name}{kept[0][1..]}" : kept[0];
        return string.Join('\n', kept);
    }
}
