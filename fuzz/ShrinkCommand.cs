// `mmfuzz shrink`: makes a violating program as small as it gets and tells how. Not covered: shrinking
// (Generators/Shrinking).

using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Linq;
using MmFuzz.Engine.Operations;
using MmFuzz.Generators.Shrinking;
using MmFuzz.Reports;
using MmFuzz.Reports.Explaining;
using Spectre.Console;
using Profile = MmFuzz.Engine.Fixes.Profile;

namespace MmFuzz.Cli;

/// <summary>A pass in JSON.</summary>
internal sealed record PassDocument(string Name, int Attempts, int Successes, int OperationsRemoved);

/// <summary>A shrink in JSON.</summary>
internal sealed record ShrinkDocument(
    string File,
    string Profile,
    string? Property,
    string? Clause,
    int OperationsBefore,
    int Operations,
    double Seconds,
    bool BudgetExhausted,
    string Program,
    string? Written,
    IReadOnlyList<PassDocument> Passes,
    IReadOnlyList<string> Slips);

/// <summary>The command <c>shrink</c>.</summary>
internal static class ShrinkCommand
{
    private static readonly TimeSpan UsualBudget = TimeSpan.FromSeconds(10);

    /// <summary>Makes the command.</summary>
    public static Command Make(Session session, Dictionary<Command, string[]> examples)
    {
        var command = new Command(
            "shrink", "Make a violating program as small as it gets. Exit code 1: it violates, 0: it does not.");
        var file = new Argument<string>("FILE") { Description = "A program; - is standard input." };
        Option<TimeSpan?> budget = CliOptions.Duration("--budget", "How long to try. Default: 10s.");
        var target = new Option<string?>("--output", "-o")
        {
            Description = "Where to write the shrunk program. Default: standard output only.",
            HelpName = "FILE",
        };
        command.Arguments.Add(file);
        command.Options.Add(budget);
        command.Options.Add(target);
        KernelOptions kernel = KernelOptions.On(command, "what the program says");
        examples[command] =
        [
            "mmfuzz shrink findings/counts-refcount-0a1b2c3d.raw.mm",
            "mmfuzz shrink --budget 60s -o small.mm big.mm",
            "mmfuzz shrink --profile v5.18 bug.mm                on another kernel",
        ];
        command.SetAction(parsed => Run(
            session,
            kernel.Apply(parsed, ProgramFiles.Read(session, parsed.GetValue(file)!)),
            parsed.GetValue(budget) ?? UsualBudget,
            parsed.GetValue(target)));
        return command;
    }

    private static int Run(Session session, NamedProgram named, TimeSpan budget, string? target)
    {
        MmProgram program = named.Program;
        ProgramExplanation explanation = ProgramExplanation.Of(program, withStages: false);
        if (explanation.Violation is not { } violation)
        {
            if (session.Json)
            {
                session.WriteJson(new ShrinkDocument(
                    named.File, program.Profile.ToString(), null, null, program.Length, program.Length, 0, false,
                    program.Print(), null, [], []));
            }
            else
            {
                session.Say("[green]nothing is violated, so there is nothing to shrink[/]");
            }

            return ExitCode.Clean;
        }

        Profile? clean = Insight.Repaired(program.Profile, Cause.Of(program, violation));
        ShrinkResult result = new Shrinker().Shrink(
            program.Profile, program.Operations, violation, new ShrinkOptions(budget, clean));
        var shrunk = new MmProgram(
            program.Profile,
            result.Program.Operations,
            new Expectation(result.Violation.PropertyName, result.Violation.ClauseName));
        Save(target, shrunk);
        if (session.Json)
        {
            session.WriteJson(Document(named, result, shrunk, target));
        }
        else
        {
            Write(session, named, result, shrunk, target);
        }

        return ExitCode.Violation;
    }

    private static void Save(string? target, MmProgram shrunk)
    {
        if (target is null)
        {
            return;
        }

        try
        {
            SafeFile.Write(target, shrunk.Print());
        }
        catch (Exception failure) when (ProgramFiles.IsAboutFiles(failure))
        {
            throw new BadInputException(
                $"{target}: found {ProgramFiles.Reason(failure)}, expected a file that can be written");
        }
    }

    private static void Write(
        Session session, NamedProgram named, ShrinkResult result, MmProgram shrunk, string? target)
    {
        Table table = Tables.Make("pass", ">tried", ">succeeded", ">operations removed");
        foreach (PassStatistics pass in result.Passes)
        {
            table.AddRow(
                pass.Name.EscapeMarkup(),
                Tables.Count(pass.Attempts),
                Tables.Count(pass.Successes),
                Tables.Count(pass.OperationsRemoved));
        }

        session.Words.Write(table);
        session.Say($"[bold]{ClauseWords.Name(result.Violation).EscapeMarkup()}[/]: from {named.Program.Length} to "
            + $"{shrunk.Length} operations in {Tables.Time(result.Elapsed)}"
            + (result.BudgetExhausted ? " [yellow](out of time, may get smaller)[/]" : string.Empty));
        TerminalReport.WriteProgram(session.Words, shrunk);
        foreach (MmProgram slip in result.Slips)
        {
            session.Say("[yellow]on the way, something else was violated by:[/]");
            TerminalReport.WriteProgram(session.Words, slip);
        }

        if (target is not null)
        {
            session.Say($"written to {target.EscapeMarkup()}");
        }
    }

    private static ShrinkDocument Document(
        NamedProgram named, ShrinkResult result, MmProgram shrunk, string? target) => new(
        named.File,
        shrunk.Profile.ToString(),
        result.Violation.PropertyName,
        result.Violation.ClauseName,
        named.Program.Length,
        shrunk.Length,
        Math.Round(result.Elapsed.TotalSeconds, 6),
        result.BudgetExhausted,
        shrunk.Print(),
        target,
        [.. result.Passes.Select(one => new PassDocument(
            one.Name, one.Attempts, one.Successes, one.OperationsRemoved))],
        [.. result.Slips.Select(slip => slip.Print())]);
}
