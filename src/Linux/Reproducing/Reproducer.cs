// Makes a C program of a finding: what shows the bug on the model is put to a running kernel, with what that answers
// with the bug and without it. A finding that nobody sees yet is prolonged until somebody does.
// Not covered: races (a running kernel is not stopped between two stages), how the C looks (ReproducerText).

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;

namespace MmFuzz.Linux.Reproducing;

/// <summary>What is said about a finding in its C program.</summary>
/// <param name="Title">The property and clause.</param>
/// <param name="Words">What it means, and why it comes.</param>
/// <param name="Command">The command that makes the C program.</param>
public sealed record ReproducerWords(string Title, ImmutableArray<string> Words, string Command);

/// <summary>A C program, or why there is none.</summary>
/// <param name="Source">Its text; null if there is none.</param>
/// <param name="Reason">Why there is none; null if there is one.</param>
/// <param name="Tells">What tells the two kernels apart, in words.</param>
/// <param name="Replaced">What is asked for in place of something that cannot be.</param>
/// <param name="Added">Operations that were added so that the bug is seen.</param>
public sealed record Reproduction(
    string? Source, string? Reason, string? Tells, ImmutableArray<string> Replaced, ImmutableArray<string> Added)
{
    /// <summary>That there is no C program.</summary>
    public static Reproduction None(string reason) => new(null, reason, null, [], []);
}

/// <summary>Makes C programs.</summary>
public static class Reproducer
{
    private const int FewAdded = 2;
    private const int MostAdded = 3;

    /// <summary>The C program of a finding, or why there is none.</summary>
    /// <param name="program">The program that shows it.</param>
    /// <param name="repaired">
    /// The kernel on which it does not; null if none is known: then the C program says whether the kernel does all that
    /// the model does.
    /// </param>
    /// <param name="words">What is said about it.</param>
    public static Reproduction Of(MmProgram program, Profile? repaired, ReproducerWords words)
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentNullException.ThrowIfNull(words);
        var replaced = ImmutableArray.CreateBuilder<string>();
        if (Translated(program, replaced, out string? reason) is not { } given)
        {
            return Reproduction.None(reason!);
        }

        var kernels = new TwoKernels(repaired ?? program.Profile, program.Profile);
        Operation[] whole = given;
        List<List<Sight>> lines = kernels.Run(given);
        if (repaired is null)
        {
            lines[^1].AddRange(kernels.PagesAtTheEnd());
        }
        else if (!Tells(lines))
        {
            if (EndOf(kernels, given) is not { } end)
            {
                return Reproduction.None(
                    "with what a running kernel can be asked for, it answers the same with the bug and without it");
            }

            whole = end.Whole;
            lines = kernels.Run(whole);
            lines[^1].AddRange(end.Page is { } sight ? [sight] : []);
        }

        if (OrderMatters(kernels, whole, lines))
        {
            return Reproduction.None(
                "two threads are woken at once, and which of them goes on first makes a difference");
        }

        ImmutableArray<string> added = [.. whole.Skip(given.Length).Select(static op => op.ToString())];
        Operation[] told = whole[..lines.Count];
        string tells = repaired is null
            ? "all of it: no kernel without the bug is known"
            : OutcomeText.Of(told[^1], lines[^1].Find(static sight => sight.Tells));
        string source = new ReproducerText(words, replaced.ToImmutable(), added, tells).Of(told, lines);
        return new Reproduction(source, null, tells, replaced.ToImmutable(), added);
    }

    private static bool OrderMatters(TwoKernels kernels, Operation[] program, List<List<Sight>> lines)
    {
        List<List<Sight>> others = kernels.Run(program, wakesLastFirst: true);
        bool differs = others.Count != lines.Count;
        for (int i = 0; i < lines.Count && !differs; i++)
        {
            // what was added to the last line is no result of its own
            differs = !others[i].SequenceEqual(lines[i].Take(others[i].Count));
        }

        return differs;
    }

    /// <summary>What a running kernel is asked for; null if it cannot be.</summary>
    private static Operation[]? Translated(
        MmProgram program, ImmutableArray<string>.Builder replaced, out string? reason)
    {
        reason = null;
        var operations = new List<Operation>();
        for (int i = 0; i < program.Operations.Length; i++)
        {
            Operation op = program.Operations[i];
            bool holds = op.Kind == OperationKind.Exit && operations.Exists(
                one => one.Kind == OperationKind.Pin && !one.Has(OperationFlags.Write) && one.Process == op.Process);
            string? ends = holds ? "a pin for reading ends with the process that took it" : null;
            if ((NearestOperation.WhyNot(in op) ?? ends) is { } why)
            {
                reason = string.Create(CultureInfo.InvariantCulture, $"line {program.LineNumber(i)}, `{op}`: {why}");
                return null;
            }

            Operation near = NearestOperation.Of(op);
            operations.Add(near);
            string stands = $"`{near}` stands for `{op}`";
            if (near.ToString() != op.ToString() && !replaced.Contains(stands))
            {
                replaced.Add(stands);
            }
        }

        return [.. operations];
    }

    private static bool Tells(List<List<Sight>> lines) => lines[^1].Exists(static sight => sight.Tells);

    /// <summary>What is seen in data is better than what only pagemap says, but not at any price.</summary>
    private static (Operation[] Whole, Sight? Page)? EndOf(TwoKernels kernels, Operation[] given)
    {
        var end = new TellingEnd(kernels);
        if (end.Search(given, 1, FewAdded) is { } shortEnd)
        {
            return (shortEnd, null);
        }

        kernels.Run(given);
        if (kernels.PageThatTells() is { } sight)
        {
            return (given, sight);
        }

        return end.Search(given, MostAdded, MostAdded) is { } longer ? (longer, null) : null;
    }
}
