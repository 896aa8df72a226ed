// What a violation takes, in words: what happens without a line or with neighbours swapped, which operands may be
// others, and what that means for the program as a whole.
// Not covered: finding it out (Generators/Dissecting), layout.

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using MmFuzz.Engine.Operations;
using MmFuzz.Generators.Dissecting;

namespace MmFuzz.Reports.Explaining;

/// <summary>Words for dissections.</summary>
public static class DissectionWords
{
    /// <summary>The largest number of stages that a line can say.</summary>
    private const string MostSteps = "99";

    /// <summary>What a variant shows.</summary>
    public static string Shows(VariantResult result) => result.Verdict switch
    {
        VariantVerdict.Same => "the same",
        VariantVerdict.OtherCause => "the same, but for another reason",
        VariantVerdict.OtherViolation => ClauseWords.Name(result.Found!),
        VariantVerdict.Nothing => "nothing",
    };

    /// <summary>What the program shows with a line and the next swapped; empty if that was not tried.</summary>
    public static string Swapped(Dissection dissection, int index)
    {
        foreach (LineOrder order in dissection.Orders)
        {
            if (order.First == index)
            {
                return Shows(order.Swapped);
            }
        }

        return string.Empty;
    }

    /// <summary>An operand's other values: <c>length 1 to 16</c>, <c>any handle</c>, <c>`r` or `rw`</c>.</summary>
    public static string Of(in Operation op, FreeOperand operand)
    {
        string label = Label(in op, operand);
        if (label.Length > 0 && operand.IsAny)
        {
            return $"any {label}";
        }

        if (label.Length > 0)
        {
            return $"{label} {Values(in op, operand)}";
        }

        string[] others = [.. operand.Others.Where(static one => one.Length > 0).Select(static one => $"`{one}`")];
        if (operand.Written.Length == 0)
        {
            return "also with " + Or(others);
        }

        string[] left = operand.Others.Contains(string.Empty) ? [$"also without `{operand.Written}`"] : [];
        string[] instead = others.Length > 0 ? [Or([$"`{operand.Written}`", .. others])] : [];
        return string.Join("; ", [.. instead, .. left]);
    }

    /// <summary>A line's free operands; empty if there are none.</summary>
    public static string Free(in Operation op, LineRole line)
    {
        var words = new List<string>();
        foreach (FreeOperand operand in line.Free)
        {
            words.Add(Of(in op, operand));
        }

        return string.Join("; ", words);
    }

    /// <summary>What it comes to, a sentence each.</summary>
    public static ImmutableArray<string> Summary(MmProgram program, Dissection dissection)
    {
        var sentences = ImmutableArray.CreateBuilder<string>();
        int[] spare = [.. dissection.Lines.Where(static line => !line.IsNecessary)
            .Select(line => program.LineNumber(line.Index))];
        sentences.Add(spare.Length == 0
            ? "Every line is necessary."
            : spare.Length == 1 ? $"Not necessary: {Lines(spare)}."
            : $"Not necessary: {Lines(spare)}. Each of them can go, though perhaps not all at once.");
        string[] free = [.. dissection.Orders.Where(static order => !order.Matters)
            .Select(order => $"{program.LineNumber(order.First)} and {program.LineNumber(order.First + 1)}")];
        if (dissection.Orders.Length > 0)
        {
            sentences.Add(free.Length == 0
                ? "Every two neighbours must be in this order."
                : $"Neighbours that may be swapped: {string.Join("; ", free)}.");
        }

        if (dissection.Lines.Any(static line => line.Without.Verdict == VariantVerdict.OtherCause)
            || dissection.Orders.Any(static order => order.Swapped.Verdict == VariantVerdict.OtherCause))
        {
            sentences.Add("For another reason: what repairs the program does not repair that variant of it.");
        }

        if (!dissection.Shifts.IsEmpty)
        {
            string by = Ranges(dissection.Shifts.Select(static one => one.ToString(CultureInfo.InvariantCulture)));
            sentences.Add($"All pages may be moved together, by {by}.");
        }

        if (!dissection.Names.IsEmpty)
        {
            string names = string.Join(
                "; ", dissection.Names.Select(static one => $"{one.Name} as {Ranges(one.Others)}"));
            sentences.Add($"May be named otherwise throughout: {names}.");
        }

        return sentences.ToImmutable();
    }

    /// <summary>Why nothing was found out.</summary>
    public static string TooLong { get; } = string.Create(
        CultureInfo.InvariantCulture,
        $"Only programs of up to {Dissection.MostLines} lines are taken apart; `mmfuzz shrink` makes them short.");

    private static string Label(in Operation op, FreeOperand operand) => operand.Kind switch
    {
        OperandKind.Process => "process",
        OperandKind.Thread => operand.IsAny ? "thread" : string.Empty,
        OperandKind.Page => "page",
        OperandKind.Length => "length",
        OperandKind.Slot => Slot(operand),
        OperandKind.Number => Number(in op, operand),
        OperandKind.Mapping or OperandKind.Mode => string.Empty,
    };

    private static string Slot(FreeOperand operand) => (operand.Written.Length > 0 ? operand.Written[0] : ' ') switch
    {
        'g' => "handle",
        'u' => "userfaultfd",
        'p' => "child",
        'i' => "inode",
        _ => string.Empty,
    };

    private static string Number(in Operation op, FreeOperand operand) =>
        op.Kind == OperationKind.Mmap ? "page of the inode"
        : !int.TryParse(operand.Written, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? string.Empty
        : op.Kind == OperationKind.Step ? "number of stages"
        : "number";

    private static string Values(in Operation op, FreeOperand operand)
    {
        string[] values = [.. operand.Others, operand.Written];
        if (op.Kind != OperationKind.Step || operand.Kind != OperandKind.Number || !values.Contains(MostSteps))
        {
            return Ranges(values);
        }

        // as many as there are, and any number behind that
        int least = values.Select(static one => int.Parse(one, CultureInfo.InvariantCulture)).Min();
        return Ranges(values) == $"{least} to {MostSteps}" ? $"{least} or more" : Ranges(values);
    }

    private static string Lines(int[] lines) =>
        (lines.Length == 1 ? "line " : "lines ")
        + Ranges(lines.Select(static line => line.ToString(CultureInfo.InvariantCulture)));

    private static string Or(string[] words) => words.Length <= 1
        ? string.Concat(words)
        : $"{string.Join(", ", words[..^1])} or {words[^1]}";

    /// <summary>Values in order, neighbours joined: <c>0, 3 to 5</c>, <c>g0 to g7</c>.</summary>
    private static string Ranges(IEnumerable<string> values)
    {
        (string Text, string Head, int? Number)[] all = [.. values.Select(Split)
            .OrderBy(static one => one.Head, StringComparer.Ordinal).ThenBy(static one => one.Number)];
        var parts = new List<string>();
        for (int i = 0; i < all.Length;)
        {
            int end = i + 1;
            while (end < all.Length && all[end].Head == all[i].Head && all[end].Number == all[end - 1].Number + 1)
            {
                end++;
            }

            string[] single = [.. all[i..end].Select(static one => one.Text)];
            parts.AddRange(single.Length > 2 ? [$"{single[0]} to {single[^1]}"] : single);
            i = end;
        }

        return Or([.. parts]);
    }

    /// <summary>A name and the number it ends with, if it ends with one.</summary>
    private static (string Text, string Head, int? Number) Split(string text)
    {
        int digits = text.Length;
        while (digits > 0 && char.IsAsciiDigit(text[digits - 1]))
        {
            digits--;
        }

        bool negative = digits == 1 && text[0] == '-';
        string head = negative ? string.Empty : text[..digits];
        return int.TryParse(text.AsSpan(negative ? 0 : digits), CultureInfo.InvariantCulture, out int number)
            ? (text, head, number)
            : (text, text, null);
    }
}
