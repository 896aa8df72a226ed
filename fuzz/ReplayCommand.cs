// `mmfuzz replay`: runs programs from files and tells what each line did, what was violated, and whether that is what
// the program expects. Not covered: the words (src/Reports), JSON (ReplayDocuments).

using System.Collections.Generic;
using System.Collections.Immutable;
using System.CommandLine;
using System.Linq;
using MmFuzz.Engine.Operations;
using MmFuzz.Reports;
using Spectre.Console;

namespace MmFuzz.Cli;

/// <summary>The command <c>replay</c>.</summary>
internal static class ReplayCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Make(Session session, Dictionary<Command, string[]> examples)
    {
        var command = new Command(
            "replay", "Run programs and tell what each line does. Exit code 0: as the program expects, 1: not.");
        var files = new Argument<string[]>("FILE")
        {
            Description = "Programs; - is standard input.",
            Arity = ArgumentArity.OneOrMore,
        };
        var trace = new Option<bool>("--trace") { Description = "Show every stage, and what each line changed." };
        command.Arguments.Add(files);
        command.Options.Add(trace);
        KernelOptions kernel = KernelOptions.On(command, "what the program says");

        examples[command] =
        [
            "mmfuzz replay corpus/known-bugs/*.mm                   do they still show what they expect?",
            "mmfuzz replay --trace findings/counts-refcount-*.mm    stage by stage",
            "mmfuzz replay --profile v6.1 bug.mm                    what does another kernel do?",
            "printf 'mmfuzz 1\\nmmap p0 0 2 anon rw\\nstore p0 0\\n' | mmfuzz replay -",
        ];
        command.SetAction(parsed =>
        {
            ImmutableArray<NamedProgram> programs = ProgramFiles.ReadAll(session, parsed.GetValue(files)!);
            return Run(session, programs.Select(one => kernel.Apply(parsed, one)), parsed.GetValue(trace));
        });
        return command;
    }

    /// <summary>Whether the run shows what is expected; a program that does not say must be quiet.</summary>
    public static bool IsAsExpected(ProgramExplanation explanation) =>
        explanation.IsAsExpected ?? explanation.Violation is null;

    /// <summary>Why a violated program is violated; null if it is not.</summary>
    public static Cause? CauseOf(ProgramExplanation explanation) => explanation.Violation is null
        ? null
        : Cause.Of(explanation.Program, explanation.Violation);

    private static int Run(Session session, IEnumerable<NamedProgram> programs, bool trace)
    {
        var documents = new List<ReplayDocument>();
        bool asExpected = true;
        foreach ((string file, MmProgram program) in programs)
        {
            ProgramExplanation explanation = ProgramExplanation.Of(program, withStages: trace);
            asExpected &= IsAsExpected(explanation);
            if (session.Json)
            {
                documents.Add(ReplayDocuments.Of(file, explanation, trace));
            }
            else
            {
                Write(session, file, explanation, trace);
            }

            if (session.Stop.IsCancellationRequested)
            {
                break;
            }
        }

        if (session.Json)
        {
            session.WriteJson(documents);
        }

        return asExpected ? ExitCode.Clean : ExitCode.Violation;
    }

    private static void Write(Session session, string file, ProgramExplanation explanation, bool trace)
    {
        session.Say($"[bold]{file.EscapeMarkup()}[/] on {explanation.Program.Profile.ToString().EscapeMarkup()}");
        TerminalReport.WriteSteps(session.Words, explanation, trace);
        TerminalReport.WriteViolation(session.Words, explanation, CauseOf(explanation));
        session.Say(Verdict(explanation));
    }

    /// <summary>Whether the run shows what is expected, in words.</summary>
    public static string Verdict(ProgramExplanation explanation)
    {
        string found = explanation.Violation is { } violation ? ClauseWords.Name(violation) : "nothing violated";
        string shown = found.EscapeMarkup();
        string expected = explanation.Program.Expectation switch
        {
            null => string.Empty,
            { Property: null } => "nothing",
            { Clause: null } expectation => expectation.Property!,
            { } expectation => $"{expectation.Property} ({expectation.Clause})",
        };
        if (explanation.Unexpected is { } step)
        {
            string answer = $"line {step.Line} answered {step.Answer}, ";
            return $"[red]not as expected: {answer}expected {explanation.Program.Answers[step.Index]}[/]";
        }

        return explanation.IsAsExpected switch
        {
            null => explanation.Violation is null ? $"[green]{shown}[/]" : $"[red]violated: {shown}[/]",
            true => $"[green]as expected: {shown}[/]",
            false => $"[red]not as expected: found {shown}, expected {expected.EscapeMarkup()}[/]",
        };
    }
}
