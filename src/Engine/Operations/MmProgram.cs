// A program: header, operations, and every comment and blank line that stood between them, so that reading and
// printing is an exact round trip. Not covered: the operations' own texts (OperationParser, OperationPrinter).

using System.Collections.Generic;
using System.Collections.Immutable;
using System.Text;
using MmFuzz.Engine.Fixes;

namespace MmFuzz.Engine.Operations;

/// <summary>What a replay is expected to show.</summary>
/// <param name="Property">Name of the property that is violated; null if nothing is.</param>
/// <param name="Clause">Which part of it; null for any.</param>
public sealed record Expectation(string? Property, string? Clause)
{
    /// <summary>Nothing is violated.</summary>
    public static Expectation Quiet { get; } = new(null, null);
}

/// <summary>A program.</summary>
public sealed class MmProgram
{
    /// <summary>The format that this version reads and prints.</summary>
    public const int FormatVersion = 1;

    /// <summary>Makes a program.</summary>
    public MmProgram(
        Profile profile,
        IEnumerable<Operation> operations,
        Expectation? expectation = null,
        ImmutableArray<Answer?> answers = default)
        : this(profile, [.. operations], expectation, answers.IsDefault ? [] : answers, [], [])
    {
    }

    internal MmProgram(
        Profile profile,
        ImmutableArray<Operation> operations,
        Expectation? expectation,
        ImmutableArray<Answer?> answers,
        ImmutableArray<string> lines,
        ImmutableArray<int> lineOf)
    {
        Profile = profile;
        Operations = operations;
        Expectation = expectation;
        Answers = answers;
        SourceLines = lines;
        LineOf = lineOf;
    }

    /// <summary>The kernel that it is for.</summary>
    public Profile Profile { get; }

    /// <summary>The operations.</summary>
    public ImmutableArray<Operation> Operations { get; }

    /// <summary>What a replay is expected to show; null if the program does not say.</summary>
    public Expectation? Expectation { get; }

    /// <summary>What each operation is expected to answer, null where nothing is said; empty if nobody says.</summary>
    public ImmutableArray<Answer?> Answers { get; }

    /// <summary>Number of operations that count in its length.</summary>
    public int Length
    {
        get
        {
            int length = 0;
            foreach (Operation op in Operations)
            {
                length += op.Counts ? 1 : 0;
            }

            return length;
        }
    }

    /// <summary>The lines as they were read; empty for a program that was made.</summary>
    private ImmutableArray<string> SourceLines { get; }

    /// <summary>Line (from 1) of each operation; empty for a program that was made.</summary>
    private ImmutableArray<int> LineOf { get; }

    /// <summary>The line (from 1) on which an operation stands in <see cref="Print"/>.</summary>
    public int LineNumber(int operation) =>
        LineOf.IsEmpty ? Header().Count + 1 + operation : LineOf[operation];

    /// <summary>The text: exactly what was read, if it was read.</summary>
    public string Print()
    {
        var text = new StringBuilder();
        if (!SourceLines.IsEmpty)
        {
            return string.Join('\n', SourceLines);
        }

        foreach (string line in Header())
        {
            text.Append(line).Append('\n');
        }

        for (int i = 0; i < Operations.Length; i++)
        {
            text.Append(Operations[i].ToString());
            if (!Answers.IsEmpty && Answers[i] is { } answer)
            {
                text.Append(" = ").Append(answer.ToString());
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    /// <summary>The same operations for another kernel, which may answer otherwise.</summary>
    public MmProgram For(Profile profile, Expectation? expectation) => new(profile, Operations, expectation);

    private List<string> Header()
    {
        List<string> lines = ["mmfuzz 1", $"profile {Profile.Version}"];
        foreach (Fix fix in Profile.Missing.Members)
        {
            lines.Add($"without {FixCatalogue.Of(fix).Name}");
        }

        foreach (Fix fix in Profile.Added.Members)
        {
            lines.Add($"with {FixCatalogue.Of(fix).Name}");
        }

        foreach (Mutant mutant in Profile.Mutants)
        {
            lines.Add($"mutant {mutant}");
        }

        if (Profile.Swap != SwapDevice.Synchronous)
        {
            lines.Add("swap asynchronous");
        }

        if (Expectation is { Property: null })
        {
            lines.Add("expect nothing");
        }
        else if (Expectation is not null)
        {
            string clause = Expectation.Clause is null ? string.Empty : $" {Expectation.Clause}";
            lines.Add($"expect {Expectation.Property}{clause}");
        }

        return lines;
    }
}
