// Reads a program text. The header's lines come before the first operation, in any order after `mmfuzz 1`; `#`
// begins a comment anywhere. All errors are found and reported, not only the first.
// Not covered: the operations' own texts (OperationParser).

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using MmFuzz.Engine.Fixes;

namespace MmFuzz.Engine.Operations;

/// <summary>Reads programs.</summary>
public sealed class MmProgramParser
{
    /// <summary>Operations of a program, at most.</summary>
    public const int MaxOperations = 100_000;

    private const int MaxErrors = 20;
    private readonly List<TextError> errors = [];
    private readonly List<Operation> operations = [];
    private readonly List<Answer?> answers = [];
    private readonly List<int> lineOf = [];
    private readonly List<Mutant> mutants = [];
    private KernelVersion version = KernelVersion.Newest;
    private FixSet with = FixSet.Empty;
    private FixSet without = FixSet.Empty;
    private SwapDevice swap = SwapDevice.Synchronous;
    private Expectation? expectation;
    private bool versionSeen;

    private MmProgramParser()
    {
    }

    /// <summary>Reads a program; null, with at least one error, if it cannot.</summary>
    public static MmProgram? Parse(string text, out ImmutableArray<TextError> errors)
    {
        var parser = new MmProgramParser();
        string[] lines = text.Split('\n');
        for (int i = 0; i < lines.Length && parser.errors.Count < MaxErrors; i++)
        {
            parser.ParseLine(lines[i], i + 1);
        }

        if (!parser.versionSeen && parser.errors.Count == 0)
        {
            parser.errors.Add(new TextError(1, 1, "found no header, expected `mmfuzz 1` on the first line"));
        }

        errors = [.. parser.errors];
        return errors.IsEmpty
            ? new MmProgram(
                parser.MakeProfile(),
                [.. parser.operations],
                parser.expectation,
                parser.answers.Exists(answer => answer is not null) ? [.. parser.answers] : [],
                [.. lines],
                [.. parser.lineOf])
            : null;
    }

    private Profile MakeProfile()
    {
        Profile profile = Profile.Of(version);
        return profile.WithFixes(profile.Fixes.Or(with).Except(without)).WithSwap(swap).WithMutants(mutants);
    }

    private void ParseLine(string line, int number)
    {
        int comment = line.IndexOf('#', StringComparison.Ordinal);
        ReadOnlySpan<char> code = (comment < 0 ? line : line.AsSpan(0, comment)).TrimEnd();
        int start = code.Length - code.TrimStart().Length;
        if (code.Length == start)
        {
            return;
        }

        ReadOnlySpan<char> rest = code[start..];
        int space = rest.IndexOf(' ');
        ReadOnlySpan<char> word = space < 0 ? rest : rest[..space];
        string argument = space < 0 ? string.Empty : rest[space..].Trim().ToString();
        int column = space < 0 ? code.Length + 1 : start + space + 2;
        if (!versionSeen)
        {
            versionSeen = true;
            string format = MmProgram.FormatVersion.ToString(CultureInfo.InvariantCulture);
            if (!word.SequenceEqual("mmfuzz") || argument != format)
            {
                Fail(number, start + 1, $"found `{Short(rest)}`, expected `mmfuzz 1`");
            }
        }
        else if (!ParseHeader(word, argument, number, column))
        {
            ParseOperation(code, number, start);
        }
    }

    private void ParseOperation(ReadOnlySpan<char> code, int number, int start)
    {
        Answer? answer = ParseAnswer(ref code, number);
        start = Math.Min(start, code.Length); // a line of nothing but an answer
        if (!OperationParser.TryParse(code, number, start, out Operation op, out TextError? error))
        {
            errors.Add(error!);
        }
        else if (operations.Count == MaxOperations)
        {
            Fail(number, 1, $"found more than {MaxOperations} operations, expected at most that many");
        }
        else
        {
            operations.Add(op);
            answers.Add(answer);
            lineOf.Add(number);
        }
    }

    /// <summary>Cuts `= ANSWER` off the end of a line; null if there is none.</summary>
    private Answer? ParseAnswer(ref ReadOnlySpan<char> code, int line)
    {
        int sign = code.IndexOf('=');
        if (sign < 0)
        {
            return null;
        }

        ReadOnlySpan<char> said = code[(sign + 1)..].Trim();
        if (!Answer.TryParse(said, out Answer answer))
        {
            int column = code.Length - code[(sign + 1)..].TrimStart().Length + 1;
            string found = said.IsEmpty ? "the end of the line" : $"`{Short(said)}`";
            Fail(line, column, $"found {found}, expected {Answer.Expected}");
        }

        code = code[..sign].TrimEnd();
        return answer;
    }

    /// <summary>False if the line is not one of the header's.</summary>
    private bool ParseHeader(ReadOnlySpan<char> word, string argument, int line, int column)
    {
        switch (word)
        {
            case "profile":
                Require(KernelVersion.TryParse(argument, out version), line, column, argument,
                    "a release such as v6.18");
                break;
            case "with":
                with = with.Or(ParseFix(argument, line, column));
                break;
            case "without":
                without = without.Or(ParseFix(argument, line, column));
                break;
            case "mutant":
                bool known = Mutant.TryParse(argument, out Mutant mutant, out string expected);
                Require(known, line, column, argument, expected);
                mutants.Add(mutant);
                break;
            case "swap":
                Require(argument is "synchronous" or "asynchronous", line, column, argument,
                    "`synchronous` or `asynchronous`");
                swap = argument == "asynchronous" ? SwapDevice.Asynchronous : SwapDevice.Synchronous;
                break;
            case "expect":
                string[] parts = argument.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                Require(parts.Length is 1 or 2, line, column, argument, "`nothing`, or a property and a clause");
                expectation = parts.Length == 0 || parts[0] == "nothing"
                    ? Expectation.Quiet
                    : new Expectation(parts[0], parts.Length > 1 ? parts[1] : null);
                break;
            default:
                return false;
        }

        Require(operations.Count == 0, line, 1, word.ToString(), "header lines before the first operation");
        return true;
    }

    private FixSet ParseFix(string name, int line, int column)
    {
        FixInfo? info = FixCatalogue.Find(name);
        Require(info is not null, line, column, name, "a fix (see `mmfuzz list fixes`)");
        return info is null ? FixSet.Empty : FixSet.Of(info.Fix);
    }

    private void Require(bool holds, int line, int column, string found, string expected)
    {
        if (!holds)
        {
            Fail(line, column, $"found `{Short(found)}`, expected {expected}");
        }
    }

    private void Fail(int line, int column, string message) => errors.Add(new TextError(line, column, message));

    private static string Short(ReadOnlySpan<char> found) =>
        found.Length > 40 ? $"{found[..40]}..." : found.ToString();
}
