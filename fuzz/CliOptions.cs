// Options that several commands have, and how their values are read. What is wrong with a value is said as "found,
// expected". Not covered: what the commands do with them.

using System;
using System.Collections.Generic;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Linq;
using MmFuzz.Engine.Fixes;

namespace MmFuzz.Cli;

/// <summary>Makes options.</summary>
internal static class CliOptions
{
    /// <summary>Threads, at most.</summary>
    public const int MostJobs = 256;

    private static readonly KernelVersion Oldest = Profile.Known[0];

    /// <summary><c>--json</c>, for every command.</summary>
    public static Option<bool> Json() => new("--json")
    {
        Description = "Answer with one JSON document on standard output; words go to standard error.",
        Recursive = true,
    };

    /// <summary><c>--profile</c>.</summary>
    public static Option<KernelVersion?> Release(string otherwise) => new("--profile")
    {
        Description = $"The kernel: a release from {Oldest} to {KernelVersion.Newest}. Default: {otherwise}.",
        HelpName = "RELEASE",
        CustomParser = ParseRelease,
    };

    /// <summary><c>--without</c> or <c>--with</c>.</summary>
    public static Option<List<Fix>> Fixes(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "FIX",
        Arity = ArgumentArity.OneOrMore,
        CustomParser = ParseFixes,
    };

    /// <summary><c>--mutant</c>.</summary>
    public static Option<List<Mutant>> Mutants() => new("--mutant")
    {
        Description = "Put this generated fault into the kernel, such as drop:uffd_wp@migrate-end@shmem. "
            + "Can be repeated.",
        HelpName = "FAULT",
        Arity = ArgumentArity.OneOrMore,
        CustomParser = ParseMutants,
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

    /// <summary><c>--jobs</c>.</summary>
    public static Option<long?> Jobs() =>
        Number("--jobs", "Threads. Default: as many as there are processors.", 1, MostJobs);

    /// <summary>The profile that the options describe, on top of another.</summary>
    public static Profile Apply(Profile start, KernelVersion? release, List<Fix>? with, List<Fix>? without)
    {
        RefuseBoth(with ?? [], without ?? []);
        Profile profile = release is { } version
            ? Profile.Of(version).WithSwap(start.Swap).WithMutants(start.Mutants)
            : start;
        return profile.WithFixes(profile.Fixes.Or(FixSet.Of(with ?? [])).Except(FixSet.Of(without ?? [])));
    }

    /// <summary>The profile with these generated faults beside those that it has.</summary>
    public static Profile Mutate(Profile profile, List<Mutant>? mutants) =>
        mutants is null or [] ? profile : profile.WithMutants(profile.Mutants.Union(mutants));

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

    /// <summary>A fix cannot be both in and out; it is bad input to ask for that.</summary>
    private static void RefuseBoth(List<Fix> with, List<Fix> without)
    {
        Fix[] both = [.. with.Intersect(without)];
        if (both.Length > 0)
        {
            throw new BadInputException(both.Select(fix =>
                $"found `{FixCatalogue.Of(fix).Name}` after both --with and --without, expected it after one of them"));
        }
    }

    private static KernelVersion? ParseRelease(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (KernelVersion.TryParse(text, out KernelVersion version)
            && version >= Oldest && version <= KernelVersion.Newest)
        {
            return version;
        }

        result.AddError(
            $"--profile: found `{text}`, expected a release from {Oldest} to {KernelVersion.Newest}, such as "
            + "v5.18 (see `mmfuzz list profiles`)");
        return null;
    }

    private static List<Fix> ParseFixes(ArgumentResult result)
    {
        var fixes = new List<Fix>();
        foreach (Token token in result.Tokens)
        {
            if (FixCatalogue.Find(token.Value) is { } info)
            {
                fixes.Add(info.Fix);
            }
            else
            {
                result.AddError(
                    $"{NameOf(result)}: found `{token.Value}`, expected the name of a fix (see `mmfuzz list fixes`)");
            }
        }

        return fixes;
    }

    private static List<Mutant> ParseMutants(ArgumentResult result)
    {
        var mutants = new List<Mutant>();
        foreach (Token token in result.Tokens)
        {
            if (Mutant.TryParse(token.Value, out Mutant mutant, out string expected))
            {
                mutants.Add(mutant);
            }
            else
            {
                result.AddError($"{NameOf(result)}: found `{token.Value}`, expected {expected}");
            }
        }

        return mutants;
    }

    private static ulong ParseNumber(ArgumentResult result, ulong most, ulong least)
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

    private static string NameOf(ArgumentResult result) =>
        result.Parent is OptionResult option ? option.Option.Name : result.Argument.Name;
}
