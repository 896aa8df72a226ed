// The options of `mmfuzz nightly`, and the night that they ask for. Not covered: running it (NightlyCommand).

using System;
using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Linq;

namespace MmFuzz.Cli.Nightly;

/// <summary>The options.</summary>
internal sealed class NightlyOptions
{
    private static readonly TimeSpan UsualBudget = TimeSpan.FromHours(8);

    private readonly Option<TimeSpan?> budget =
        CliOptions.Duration("--budget", "How long to work, in all. Default: 8h.");

    private readonly Option<long?> programs =
        CliOptions.Programs("Programs of each variant, instead of --budget; then no clock decides anything.");

    private readonly Option<ulong?> seed = new("--seed")
    {
        Description = "Where the random choices begin. Default: one more than in the nights before, or that of "
            + "the night that goes on.",
        HelpName = "NUMBER",
        CustomParser = result => CliOptions.ParseNumber(result, ulong.MaxValue, 0),
    };

    private readonly Option<string[]> part = Several("--part", "PART", "Only this part: ", NightPlan.Names);

    private readonly Option<string[]> variant =
        Several("--variant", "VARIANT", "Fuzz only this: ", FuzzVariant.Names);

    private readonly Option<string> target = new("--out")
    {
        Description = "Its directory, the same every night. Default: nightly.",
        HelpName = "DIRECTORY",
        DefaultValueFactory = _ => "nightly",
    };

    private readonly Option<string?> records = new("--records")
    {
        Description = "The file of what is remembered. Default: records.json in the directory.",
        HelpName = "FILE",
    };

    private readonly Option<string?> commit = new("--commit")
    {
        Description = "The commit it runs on. Default: the one mmfuzz was built from.",
        HelpName = "HASH",
    };

    private readonly Option<bool> fresh = new("--fresh")
    {
        Description = "Begin anew, even if the last night did not come to its end.",
    };

    private readonly Option<long?> jobs = CliOptions.Jobs();
    private readonly Option<bool> allow = LinuxCommand.AllowOption();

    /// <summary>Gives the options to a command.</summary>
    public NightlyOptions(Command command)
    {
        foreach (Option option in (Option[])
            [budget, programs, seed, part, variant, target, records, commit, fresh, jobs, allow])
        {
            command.Options.Add(option);
        }
    }

    /// <summary>The night that was asked for.</summary>
    public NightRequest Read(ParseResult parsed)
    {
        (long? count, TimeSpan? time) = CliOptions.Extent(parsed, budget, programs, UsualBudget);
        var settings = new NightSettings(
            0, time?.TotalSeconds, count, Chosen(parsed.GetValue(part), NightPlan.Names),
            Chosen(parsed.GetValue(variant), FuzzVariant.Names), parsed.GetValue(allow));
        return new NightRequest(
            parsed.GetValue(target)!, parsed.GetValue(records), parsed.GetValue(seed), settings,
            CliOptions.JobsOr(parsed.GetValue(jobs)), parsed.GetValue(commit), parsed.GetValue(fresh));
    }

    private static Option<string[]> Several(
        string name, string value, string description, ImmutableArray<string> all)
    {
        return new Option<string[]>(name)
        {
            Description = $"{description}{string.Join("; ", all)}. Can be repeated.",
            HelpName = value,
            Arity = ArgumentArity.OneOrMore,
            CustomParser = result => ParseNames(result, all),
        };
    }

    private static ImmutableArray<string> Chosen(string[]? wanted, ImmutableArray<string> all) =>
        wanted is null or [] ? all : [.. all.Where(name => wanted.Contains(name))];

    private static string[] ParseNames(ArgumentResult result, ImmutableArray<string> all)
    {
        string[] names = [.. result.Tokens.Select(token => token.Value)];
        foreach (string name in names.Where(name => !all.Contains(name)))
        {
            result.AddError(
                $"{CliOptions.NameOf(result)}: found `{name}`, expected one of {string.Join("; ", all)}");
        }

        return names;
    }
}
