// `mmfuzz explain`: one program, told line by line; if it violates something, also where a repaired kernel goes another
// way and what of the program the violation takes. Not covered: the words (src/Reports), JSON (ExplainDocuments).

using System.Collections.Generic;
using System.CommandLine;
using MmFuzz.Engine.Operations;
using MmFuzz.Reports;
using MmFuzz.Reports.Explaining;
using Spectre.Console;

namespace MmFuzz.Cli;

/// <summary>The command <c>explain</c>.</summary>
internal static class ExplainCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Make(Session session, Dictionary<Command, string[]> examples)
    {
        var command = new Command(
            "explain",
            "Tell a program line by line: what each line changes and through which kernel functions, which rule is "
            + "violated, where a repaired kernel first goes another way, which lines are necessary, which operands "
            + "free and which orders matter. Exit code 0: as the program expects, 1: not; as replay does.");
        var file = new Argument<string>("FILE") { Description = "A program; - is standard input." };
        var markdown = new Option<bool>("--markdown") { Description = "Write Markdown, for a mail or an issue." };
        command.Arguments.Add(file);
        command.Options.Add(markdown);
        KernelOptions kernel = KernelOptions.On(command, "what the program says");

        examples[command] =
        [
            "mmfuzz explain corpus/known-bugs/migrate-wrprotect.mm        on the terminal",
            "mmfuzz explain --markdown bug.mm > bug.md                    to be mailed",
            "mmfuzz explain --json bug.mm                                 for programs",
            "mmfuzz explain --profile v6.18 --without early-cow-fork a.mm on another kernel",
            "mmfuzz shrink -o small.mm big.mm; mmfuzz explain small.mm    a long one first becomes short",
        ];
        command.SetAction(parsed =>
        {
            if (session.Json && parsed.GetValue(markdown))
            {
                throw new BadInputException("found both --markdown and --json, expected one of them");
            }

            NamedProgram named = ProgramFiles.Read(session, parsed.GetValue(file)!);
            return Run(session, kernel.Apply(parsed, named), parsed.GetValue(markdown));
        });
        return command;
    }

    /// <summary>What other runs tell of a violation; null if nothing is violated.</summary>
    public static Insight? InsightOf(ProgramExplanation explanation, Cause? cause)
    {
        MmProgram program = explanation.Program;
        return explanation.Violation is { } violation
            ? Insight.Of(program, violation, Insight.Repaired(program.Profile, cause))
            : null;
    }

    private static int Run(Session session, NamedProgram named, bool markdown)
    {
        ProgramExplanation explanation = ProgramExplanation.Of(named.Program, withStages: true);
        Cause? cause = ReplayCommand.CauseOf(explanation);
        Insight? insight = InsightOf(explanation, cause);
        if (session.Json)
        {
            session.WriteJson(ExplainDocuments.Of(named.File, explanation, insight));
        }
        else if (markdown)
        {
            var origin = new FindingOrigin(named.File == "-" ? null : named.File, null, cause);
            MarkdownReport.Write(session.Output, explanation, origin, insight);
        }
        else
        {
            Write(session, named.File, explanation, cause, insight);
        }

        return ReplayCommand.IsAsExpected(explanation) ? ExitCode.Clean : ExitCode.Violation;
    }

    private static void Write(
        Session session,
        string file,
        ProgramExplanation explanation,
        Cause? cause,
        Insight? insight)
    {
        MmProgram program = explanation.Program;
        session.Say($"[bold]{file.EscapeMarkup()}[/] on {program.Profile.ToString().EscapeMarkup()}");
        TerminalReport.WriteExplained(session.Words, explanation);
        TerminalReport.WriteViolation(session.Words, explanation, cause);
        if (insight is not null && explanation.Violation is { } violation)
        {
            TerminalReport.WriteInsight(session.Words, program, violation, insight);
        }

        session.Say(ReplayCommand.Verdict(explanation));
    }
}
