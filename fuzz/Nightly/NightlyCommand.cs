// `mmfuzz nightly` and its answer, and `mmfuzz nightly merge`, which makes one file of what several machines remember.
// Not covered: its options (NightlyOptions), the night itself (NightRun).

using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Linq;
using MmFuzz.Reports;
using MmFuzz.Reports.Night;
using Spectre.Console;

namespace MmFuzz.Cli.Nightly;

/// <summary>The command <c>nightly</c>.</summary>
internal static class NightlyCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Make(Session session, Dictionary<Command, string[]> examples)
    {
        var command = new Command(
            "nightly",
            "Replay, find every known bug, try generated faults, fuzz all kernels and compare with the real one, each "
            + "with its share of the time; go on after a kill. Exit code 1: the night is red, or was stopped.");
        var options = new NightlyOptions(command);
        command.Subcommands.Add(MakeMerge(session, examples));
        examples[command] =
        [
            "mmfuzz nightly --budget 8h --out nightly               a night; the same command goes on after a kill",
            "mmfuzz nightly --programs 1000 --seed 7                the same findings on any machine",
            "mmfuzz nightly --part fuzz --part canary --budget 1h   only these parts",
            "mmfuzz nightly merge a/records.json b/records.json --out records.json",
        ];
        command.SetAction(parsed => Run(session, options.Read(parsed)));
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
