// `mmfuzz nightly`: its options and its answer, and `mmfuzz nightly merge`, which makes one file of what several
// machines remember. Not covered: the night itself (NightRun).

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Linq;
using MmFuzz.Reports;
using MmFuzz.Reports.Night;
using Spectre.Console;

namespace MmFuzz.Cli.Nightly;

/// <summary>The command <c>nightly</c>.</summary>
internal static class NightlyCommand
{
    private static readonly TimeSpan UsualBudget = TimeSpan.FromHours(8);

    /// <summary>Makes the command.</summary>
    public static Command Make(Session session, Dictionary<Command, string[]> examples)
    {
        var command = new Command(
            "nightly",
            "Replay, find every known bug, try generated faults, fuzz all kernels and compare with the real one, each "
            + "with its share of the time; go on after a kill. Exit code 1: the night is red, or was stopped.");
        Option<TimeSpan?> budget = CliOptions.Duration("--budget", "How long to work, in all. Default: 8h.");
        Option<long?> programs = CliOptions.Number(
            "--programs", "Programs of each variant, instead of --budget; then no clock decides anything.", 1,
            long.MaxValue / 128);
        var seed = new Option<ulong?>("--seed")
        {
            Description = "Where the random choices begin. Default: one more than in the nights before, or that of "
                + "the night that goes on.",
            HelpName = "NUMBER",
            CustomParser = result => CliOptions.ParseNumber(result, ulong.MaxValue, 0),
        };
        var part = new Option<string[]>("--part")
        {
            Description = $"Only this part: {string.Join(", ", NightPlan.Names)}. Can be repeated.",
            HelpName = "PART",
            Arity = ArgumentArity.OneOrMore,
            CustomParser = result => ParseNames(result, NightPlan.Names),
        };
        var variant = new Option<string[]>("--variant")
        {
            Description = $"Fuzz only this: {string.Join("; ", FuzzVariant.Names)}. Can be repeated.",
            HelpName = "VARIANT",
            Arity = ArgumentArity.OneOrMore,
            CustomParser = result => ParseNames(result, FuzzVariant.Names),
        };
        var target = new Option<string>("--out")
        {
            Description = "Its directory, the same every night. Default: nightly.",
            HelpName = "DIRECTORY",
            DefaultValueFactory = _ => "nightly",
        };
        var records = new Option<string?>("--records")
        {
            Description = "The file of what is remembered. Default: records.json in the directory.",
            HelpName = "FILE",
        };
        var commit = new Option<string?>("--commit")
        {
            Description = "The commit it runs on. Default: the one mmfuzz was built from.",
            HelpName = "HASH",
        };
        var fresh = new Option<bool>("--fresh")
        {
            Description = "Begin anew, even if the last night did not come to its end.",
        };
        Option<long?> jobs = CliOptions.Jobs();
        Option<bool> allow = LinuxCommand.AllowOption();
        foreach (Option option in (Option[])
            [budget, programs, seed, part, variant, target, records, commit, fresh, jobs, allow])
        {
            command.Options.Add(option);
        }

        command.Subcommands.Add(MakeMerge(session, examples));
        examples[command] =
        [
            "mmfuzz nightly --budget 8h --out nightly               a night; the same command goes on after a kill",
            "mmfuzz nightly --programs 1000 --seed 7                the same findings on any machine",
            "mmfuzz nightly --part fuzz --part canary --budget 1h   only these parts",
            "mmfuzz nightly merge a/records.json b/records.json --out records.json",
        ];
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(budget) is not null && parsed.GetValue(programs) is not null)
            {
                throw new BadInputException("found both --budget and --programs, expected at most one of them");
            }

            long? count = parsed.GetValue(programs);
            double? seconds = count is null ? (parsed.GetValue(budget) ?? UsualBudget).TotalSeconds : null;
            var settings = new NightSettings(
                0, seconds, count, Chosen(parsed.GetValue(part), NightPlan.Names),
                Chosen(parsed.GetValue(variant), FuzzVariant.Names), parsed.GetValue(allow));
            return Run(session, new NightRequest(
                parsed.GetValue(target)!, parsed.GetValue(records), parsed.GetValue(seed), settings,
                CliOptions.JobsOr(parsed.GetValue(jobs)), parsed.GetValue(commit), parsed.GetValue(fresh)));
        });
        return command;
    }

    private static int Run(Session session, NightRequest request)
    {
        NightReport report = new NightRun(session, request).Execute();
        if (session.Json)
        {
            session.WriteJson(report);
        }
        else
        {
            Write(session, request, report);
        }

        if (report.Problems.FirstOrDefault(one => one.Kind == ProblemKind.Failure) is { } failure)
        {
            session.Complain($"{failure.Part}: {failure.Words}");
            return ExitCode.Internal;
        }

        return report.Problems.IsEmpty && report.Head.State == NightState.Complete
            ? ExitCode.Clean
            : ExitCode.Violation;
    }

    private static void Write(Session session, NightRequest request, NightReport report)
    {
        Table table = Tables.Make("part", "!state", ">time", "what it brought");
        foreach (NightPart part in report.Parts)
        {
            string colour = report.Problems.Any(problem => problem.Part == part.Name) ? "red"
                : part.State == NightState.Complete ? "green"
                : "yellow";
            table.AddRow(
                part.Name,
                $"[{colour}]{Tables.Words(part.State)}[/]",
                Tables.Time(TimeSpan.FromSeconds(part.Seconds)),
                part.Words.EscapeMarkup());
        }

        session.Words.Write(table);
        foreach (NightProblem problem in report.Problems)
        {
            string file = problem.File is null ? string.Empty : $" ({PlainText.Clean(problem.File)})";
            session.Say($"[red]{(problem.Part + ": " + problem.Name + ": " + problem.Words + file).EscapeMarkup()}[/]");
        }

        NightPlace place = new(request.Directory);
        session.Say($"see {place.In(NightFiles.Page).EscapeMarkup()}");
        session.Say(
            report.Head.State != NightState.Complete
            ? "[yellow]stopped before its end; the same command goes on.[/]"
            : report.Problems.IsEmpty ? "[bold green]All is well.[/]"
            : "[bold red]Not all is well[/]: see above.");
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

    private static Command MakeMerge(Session session, Dictionary<Command, string[]> examples)
    {
        var command = new Command("merge", "Make one file of what several machines remember.");
        var files = new Argument<string[]>("FILE")
        {
            Description = "Files that nights wrote as records.json.",
            Arity = ArgumentArity.OneOrMore,
        };
        var target = new Option<string>("--out")
        {
            Description = "Where to write it; may be one of the files.",
            HelpName = "FILE",
            Required = true,
        };
        command.Arguments.Add(files);
        command.Options.Add(target);
        examples[command] = ["mmfuzz nightly merge a/records.json b/records.json --out records.json"];
        command.SetAction(parsed =>
        {
            NightRecords merged = parsed.GetValue(files)!.Select(NightRecords.Read)
                .Aggregate(NightRecords.Empty, (sum, one) => sum.With(one));
            string path = parsed.GetValue(target)!;
            NightFiles.Write(path, JsonText.Of(merged) + "\n");
            session.Say($"{Tables.Plural(merged.Nights.Length, "night")}, "
                + $"{Tables.Plural(merged.Seeds.Length, "seed")}: {path.EscapeMarkup()}");
            return ExitCode.Clean;
        });
        return command;
    }
}
