// Small helpers for tables and numbers in words, the same on every machine. Not covered: what is in a table.

using System;
using System.Globalization;
using MmFuzz.Engine.Fixes;
using Spectre.Console;

namespace MmFuzz.Cli;

/// <summary>Makes tables.</summary>
internal static class Tables
{
    /// <summary>A table with these headings; <c>&gt;</c> before one: numbers, <c>!</c>: never broken.</summary>
    public static Table Make(params ReadOnlySpan<string> headings)
    {
        var table = new Table { Border = TableBorder.Rounded };
        foreach (string heading in headings)
        {
            bool numbers = heading.StartsWith('>');
            bool whole = heading.StartsWith('!');
            string text = numbers || whole ? heading[1..] : heading;
            var column = new TableColumn($"[bold]{text.EscapeMarkup()}[/]") { NoWrap = whole };
            table.AddColumn(numbers ? column.RightAligned() : column);
        }

        return table;
    }

    /// <summary>A number with thousands apart.</summary>
    public static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A number with a noun.</summary>
    public static string Plural(long number, string noun) =>
        $"{Count(number)} {noun}{(number == 1 ? string.Empty : "s")}";

    /// <summary>A span of time, short.</summary>
    public static string Time(TimeSpan span) => span.TotalSeconds switch
    {
        < 0.0995 => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMilliseconds:0.0} ms"),
        < 1 => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMilliseconds:0} ms"),
        < 99.5 => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.0} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalMinutes} min {span.Seconds} s"),
    };

    /// <summary>A speed in millions.</summary>
    public static string Speed(double perSecond) =>
        string.Create(CultureInfo.InvariantCulture, $"{perSecond / 1e6:0.00} M operations/s");

    /// <summary>An enum member's name in words.</summary>
    public static string Words<T>(T value)
        where T : struct, Enum => Names.Dashed(value);
}
