// The options that say which kernel a command runs on: a release, fixes that are added or taken out, generated faults
// that are put in. What is wrong with a value is said as "found, expected".
// Not covered: which kernels there are (Fixes/Profile).

using System;
using System.Collections.Generic;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Linq;
using MmFuzz.Engine.Fixes;

namespace MmFuzz.Cli;

/// <summary>Which kernel.</summary>
/// <param name="Release"><c>--profile</c>.</param>
/// <param name="Without"><c>--without</c>.</param>
/// <param name="With"><c>--with</c>.</param>
/// <param name="Mutants"><c>--mutant</c>.</param>
/// <param name="Swap"><c>--swap</c>.</param>
internal sealed record KernelOptions(
    Option<KernelVersion?> Release,
    Option<List<Fix>> Without,
    Option<List<Fix>> With,
    Option<List<Mutant>> Mutants,
    Option<SwapDevice?> Swap)
{
    private static readonly KernelVersion Oldest = Profile.Known[0];

    /// <summary>Gives the options to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="otherwise">Which release it is if none is named, in words.</param>
    public static KernelOptions On(Command command, string otherwise)
    {
        var release = new Option<KernelVersion?>("--profile")
        {
            Description = $"The kernel: a release from {Oldest} to {KernelVersion.Newest}. Default: {otherwise}.",
            HelpName = "RELEASE",
            CustomParser = ParseRelease,
        };
        var mutants = new Option<List<Mutant>>("--mutant")
        {
            Description = "Put this generated fault into the kernel, such as drop:uffd_wp@migrate-end@shmem. "
                + "Can be repeated.",
            HelpName = "FAULT",
            Arity = ArgumentArity.OneOrMore,
            CustomParser = ParseMutants,
        };
        var options = new KernelOptions(
            release,
            Fixes("--without", "Take this fix out of the kernel. Can be repeated."),
            Fixes("--with", "Add this fix to the kernel. Can be repeated."),
            mutants,
            new Option<SwapDevice?>("--swap")
            {
                Description = $"The swap device: {Tables.Words(SwapDevice.Synchronous)}, like zram, or "
                    + $"{Tables.Words(SwapDevice.Asynchronous)}, like a disk.",
                HelpName = "DEVICE",
                CustomParser = ParseSwap,
            });
        command.Options.Add(options.Release);
        command.Options.Add(options.Without);
        command.Options.Add(options.With);
        command.Options.Add(options.Mutants);
        command.Options.Add(options.Swap);
        return options;
    }

    /// <summary>The kernel that they describe, on top of another.</summary>
    public Profile Apply(ParseResult parsed, Profile start)
    {
        List<Fix> with = parsed.GetValue(With) ?? [];
        List<Fix> without = parsed.GetValue(Without) ?? [];
        RefuseBoth(with, without);
        Profile profile = parsed.GetValue(Release) is { } version
            ? Profile.Of(version).WithSwap(start.Swap).WithMutants(start.Mutants)
            : start;
        profile = profile.WithFixes(profile.Fixes.Or(FixSet.Of(with)).Except(FixSet.Of(without)));
        profile = parsed.GetValue(Swap) is { } swap ? profile.WithSwap(swap) : profile;
        return parsed.GetValue(Mutants) is { Count: > 0 } mutants
            ? profile.WithMutants(profile.Mutants.Union(mutants))
            : profile;
    }

    /// <summary>The program on that kernel; what its header expects, it expects of its own.</summary>
    public NamedProgram Apply(ParseResult parsed, NamedProgram named)
    {
        Profile profile = Apply(parsed, named.Program.Profile);
        return profile.IsSameAs(named.Program.Profile)
            ? named
            : named with { Program = named.Program.For(profile, null) };
    }

    internal static Option<List<Fix>> Fixes(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "FIX",
        Arity = ArgumentArity.OneOrMore,
        CustomParser = ParseFixes,
    };

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

    private static SwapDevice? ParseSwap(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        foreach (SwapDevice device in Enum.GetValues<SwapDevice>())
        {
            if (text == Tables.Words(device))
            {
                return device;
            }
        }

        result.AddError($"--swap: found `{text}`, expected "
            + string.Join(" or ", Enum.GetValues<SwapDevice>().Select(Tables.Words)));
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
                    $"{CliOptions.NameOf(result)}: found `{token.Value}`, expected the name of a fix (see "
                    + "`mmfuzz list fixes`)");
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
                result.AddError($"{CliOptions.NameOf(result)}: found `{token.Value}`, expected {expected}");
            }
        }

        return mutants;
    }
}
