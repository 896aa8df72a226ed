// Steps in words, the same for both sides, for traces and differences. Not covered: what is different (Comparison).

using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using MmFuzz.Engine.State;

namespace MmFuzz.Linux;

/// <summary>Values in words.</summary>
internal static class ValueText
{
    private const ulong Pattern = 0x0101010101010101;

    /// <summary>A value: by the line that wrote it, if one did.</summary>
    public static string Of(ulong value)
    {
        ulong number = NumberOf(value);
        return value == 0 ? "0"
            : number != 0 ? string.Create(CultureInfo.InvariantCulture, $"#{(number / 16) - 1}{Offset(number)}")
            : string.Create(CultureInfo.InvariantCulture, $"0x{value:x}");
    }

    /// <summary>Values.</summary>
    public static string Of(IEnumerable<ulong> values) => string.Join(' ', values.Select(Of));

    private static string Offset(ulong number) =>
        number % 16 == 0 ? string.Empty : string.Create(CultureInfo.InvariantCulture, $"+{number % 16}");

    /// <summary>What is repeated in a value's bytes; 0 if it is no such value.</summary>
    public static ulong NumberOf(ulong value)
    {
        ulong low = (value * 0xff01) & 0xffff; // 0xff01 is the inverse of 0x0101 modulo 2^16
        return low * Pattern == value ? low : 0;
    }
}

/// <summary>Steps in words.</summary>
internal static class StepText
{
    private static readonly (PageBits Bit, string Word)[] Words =
    [
        (PageBits.Present, "present"), (PageBits.Swap, "swap"), (PageBits.Zero, "zero-page"), (PageBits.Anon, "anon"),
        (PageBits.File, "file"), (PageBits.AnonExclusive, "exclusive"), (PageBits.UffdWp, "uffd-wp"),
        (PageBits.MappedOnce, "mapped-once"), (PageBits.Ksm, "ksm"), (PageBits.Huge, "huge"),
        (PageBits.Guard, "guard"), (PageBits.SwapCache, "swap-cache"),
    ];

    /// <summary>How a line went.</summary>
    public static string Result(StepRecord step) => step.Status switch
    {
        StepStatus.Ended => ErrorNumbers.Name(step.Error)
            + (step.Values.Count > 0 && step.Error == 0 ? " " + ValueText.Of(step.Values) : string.Empty),
        StepStatus.Blocked => "blocked",
        StepStatus.Busy => "its actor is busy or gone",
        StepStatus.Unable => "not done",
        StepStatus.Timeout => "no end and no event",
        StepStatus.NoAnswer => "no answer",
    };

    /// <summary>A page.</summary>
    public static string Page(PageWord page)
    {
        if (page.Word == 0)
        {
            return "nothing";
        }

        List<string> words = [.. from pair in Words where page.Has(pair.Bit) select pair.Word];
        if (page.HasFrame)
        {
            words.Add(string.Create(CultureInfo.InvariantCulture, $"mapcount {page.Mapcount}"));
        }

        return string.Join(' ', words);
    }

    /// <summary>Events.</summary>
    public static string Events(StepRecord step) => step.Events.Count == 0
        ? "no event"
        : string.Join(", ", step.Events.Order(Comparer<SeenEvent>.Create(static (a, b) => a.Actor - b.Actor)).Select(
            static one => string.Create(
                CultureInfo.InvariantCulture, $"u{one.Uffd} page {one.Page} {Reason(one.Flags)} t{one.Actor}")));

    /// <summary>Who went on.</summary>
    public static string Completions(StepRecord step) => step.Completions.Count == 0
        ? "nobody"
        : string.Join(", ", step.Completions.Select(static one => string.Create(
            CultureInfo.InvariantCulture,
            $"t{one.Actor} {ErrorNumbers.Name(one.Error)} {ValueText.Of(one.Value)}")));

    /// <summary>Processes.</summary>
    public static string Live(byte mask) =>
        string.Join(' ', Enumerable.Range(0, Limits.Mms).Where(p => ((mask >> p) & 1) != 0).Select(p => $"p{p}"));

    private static string Reason(UffdFaultFlags flags) =>
        flags.ToString().ToLowerInvariant().Replace(", ", "+", System.StringComparison.Ordinal);
}
