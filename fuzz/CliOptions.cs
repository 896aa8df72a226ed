// Options that several commands have, and how their values are read. What is wrong with a value is said as "found,
// expected". Not covered: what the commands do with them, options that name a kernel (KernelOptions).

using System;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace MmFuzz.Cli;

/// <summary>Makes options.</summary>
internal static class CliOptions
{
    /// <summary>Threads, at most.</summary>
    public const int MostJobs = 256;

    /// <summary><c>--json</c>, for every command.</summary>
    public static Option<bool> Json() => new("--json")
    {
        Description = "Answer with one JSON document on standard output; words go to standard error.",
        Recursive = true,
    };

    /// <summary><c>--seed</c>.</summary>
    public static Option<ulong> Seed() => new("--seed")
    {
        Description = "Where the random choices begin.",
        HelpName = "NUMBER",
        DefaultValueFactory = _ => 1,
        CustomParser = result => ParseNumber(result, ulong.MaxValue, 0),
    };

    /// <summary>A whole number.</summary>
    public static Option<long?> Number(string name, string description, long least, long most) => new(name)
    {
        Description = description,
        HelpName = "NUMBER",
        CustomParser = result => (long)ParseNumber(result, (ulong)most, (ulong)least),
    };

    /// <summary>A span of time.</summary>
    public static Option<TimeSpan?> Duration(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "TIME",
        CustomParser = ParseDuration,
    };

    /// <summary><c>--budget</c>.</summary>
    public static Option<TimeSpan?> Budget() => Duration("--budget", "How long to run. Default: 60s.");

    /// <summary><c>--programs</c>.</summary>
    public static Option<long?> Programs(string description) =>
        Number("--programs", description, 1, long.MaxValue / 128);

    /// <summary>How long a run goes on: so many programs, or else so much time.</summary>
    /// <exception cref="BadInputException">Both were given.</exception>
    public static (long? Programs, TimeSpan? Time) Extent(
        ParseResult parsed, Option<TimeSpan?> budget, Option<long?> programs, TimeSpan usual)
    {
        TimeSpan? time = parsed.GetValue(budget);
        long? count = parsed.GetValue(programs);
        return (count, time) switch
        {
            (not null, not null) => throw new BadInputException(
                "found both --budget and --programs, expected at most one of them"),
            (not null, null) => (count, null),
            _ => (null, time ?? usual),
        };
    }

    /// <summary><c>--jobs</c>.</summary>
    public static Option<long?> Jobs() =>
        Number("--jobs", "Threads. Default: as many as there are processors.", 1, MostJobs);

    /// <summary>How many threads to use.</summary>
    public static int JobsOr(long? jobs) => (int)(jobs ?? Math.Min(MostJobs, Environment.ProcessorCount));

    /// <summary>Reads a span of time such as <c>60s</c>; null if it is none.</summary>
    public static TimeSpan? ReadDuration(string text)
    {
        (string Unit, double Milliseconds)[] units = [("ms", 1), ("s", 1e3), ("m", 60e3), ("h", 3600e3)];
        foreach ((string unit, double milliseconds) in units)
        {
            if (text.EndsWith(unit, StringComparison.Ordinal)
                && double.TryParse(
                    text.AsSpan(0, text.Length - unit.Length),
                    NumberStyles.AllowDecimalPoint,
                    CultureInfo.InvariantCulture,
                    out double number)
                && number > 0
                && number * milliseconds is >= 1 and <= 30.0 * 24 * 3600e3)
            {
                return TimeSpan.FromMilliseconds(number * milliseconds);
            }
        }

        return null;
    }

    /// <summary>Reads a whole number, also in hexadecimal.</summary>
    public static ulong ParseNumber(ArgumentResult result, ulong most, ulong least)
    {
        string text = result.Tokens[0].Value;
        bool hex = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        NumberStyles style = hex ? NumberStyles.AllowHexSpecifier : NumberStyles.None;
        if (ulong.TryParse(hex ? text.AsSpan(2) : text, style, CultureInfo.InvariantCulture, out ulong number)
            && number >= least && number <= most)
        {
            return number;
        }

        result.AddError(string.Create(
            CultureInfo.InvariantCulture,
            $"{NameOf(result)}: found `{text}`, expected a whole number from {least} to {most}"));
        return least;
    }

    private static TimeSpan? ParseDuration(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        TimeSpan? span = ReadDuration(text);
        if (span is null)
        {
            result.AddError(
                $"{NameOf(result)}: found `{text}`, expected a time such as 500ms, 60s, 2m or 1h (at most 720h)");
        }

        return span;
    }

    /// <summary>The option, or argument, that a value was given for.</summary>
    public static string NameOf(ArgumentResult result) =>
        result.Parent is OptionResult option ? option.Option.Name : result.Argument.Name;
}
