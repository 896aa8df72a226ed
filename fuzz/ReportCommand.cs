// `mmfuzz report`: one program, told as a page for a browser and as Markdown for a mail, each in a file that is there
// as a whole or not at all. Not covered: what is written (src/Reports), findings of a run (FindingStore).

using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Globalization;
using System.IO;
using MmFuzz.Engine.Properties;
using MmFuzz.Reports;
using MmFuzz.Reports.Explaining;
using MmFuzz.Reports.Html;
using Spectre.Console;

namespace MmFuzz.Cli;

/// <summary>A report in JSON.</summary>
internal sealed record ReportDocument(
    string File, string? Property, string? Clause, bool AsExpected, string? Html, string? Markdown);

/// <summary>The command <c>report</c>.</summary>
internal static class ReportCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Make(Session session, Dictionary<Command, string[]> examples)
    {
        var command = new Command(
            "report",
            "Write what explain tells as a page for a browser, with a picture of each step, and as Markdown for a "
            + "mail. The page is one file that loads nothing. Exit code 0: as the program expects, 1: not.");
        var file = new Argument<string>("FILE") { Description = "A program; - is standard input." };
        Option<string?> html = Target("--html", "Where to write the page.", "OUT.html");
        Option<string?> markdown = Target("--markdown", "Where to write the Markdown.", "OUT.md");
        command.Arguments.Add(file);
        command.Options.Add(html);
        command.Options.Add(markdown);
        KernelOptions kernel = KernelOptions.On(command, "what the program says");
        examples[command] =
        [
            "mmfuzz report corpus/known-bugs/uffd-tlb-flush.mm --html bug.html",
            "mmfuzz report bug.mm --html bug.html --markdown bug.md",
            "mmfuzz report bug.mm --profile v6.1 --markdown old.md       on another kernel",
        ];
        command.SetAction(parsed =>
        {
            (string? page, string? mail) = (parsed.GetValue(html), parsed.GetValue(markdown));
            Refuse(parsed.GetValue(file)!, page, mail);
            NamedProgram named = ProgramFiles.Read(session, parsed.GetValue(file)!);
            return Run(session, kernel.Apply(parsed, named), page, mail);
        });
        return command;
    }

    /// <summary>The page of a finding.</summary>
    public static string Html(
        ProgramExplanation explanation, FindingOrigin origin, Insight? insight, KernelComparison? comparison = null) =>
        Text(target => FindingPage.Write(target, explanation, origin, insight, comparison));

    /// <summary>Its Markdown.</summary>
    public static string Markdown(
        ProgramExplanation explanation, FindingOrigin origin, Insight? insight, KernelComparison? comparison = null) =>
        Text(target => MarkdownReport.Write(target, explanation, origin, insight, comparison));

    private static Option<string?> Target(string name, string description, string form) =>
        new(name) { Description = description, HelpName = form };

    /// <summary>Refuses what would write nothing, or over something that is needed.</summary>
    private static void Refuse(string file, string? html, string? markdown)
    {
        if (html is null && markdown is null)
        {
            throw new BadInputException(
                "found no place to write to, expected --html OUT.html, --markdown OUT.md or both");
        }

        var taken = new Dictionary<string, string>(StringComparer.Ordinal);
        Take(taken, "FILE", file == "-" ? null : file);
        Take(taken, "--html", html);
        Take(taken, "--markdown", markdown);
    }

    private static void Take(Dictionary<string, string> taken, string option, string? path)
    {
        if (path is null)
        {
            return;
        }

        string full;
        try
        {
            full = Path.GetFullPath(path);
        }
        catch (ArgumentException)
        {
            throw new BadInputException($"{option}: found `{path}`, expected a name that a file can have");
        }

        if (!taken.TryAdd(full, option))
        {
            throw new BadInputException(
                $"{option}: found `{path}`, which is {taken[full]} too, expected another file");
        }
    }

    private static int Run(Session session, NamedProgram named, string? html, string? markdown)
    {
        ProgramExplanation explanation = ProgramExplanation.Of(named.Program, withStages: true);
        Cause? cause = ReplayCommand.CauseOf(explanation);
        Insight? insight = ExplainCommand.InsightOf(explanation, cause);
        var origin = new FindingOrigin(named.File == "-" ? null : named.File, null, cause);
        Write("--html", html, () => Html(explanation, origin, insight));
        Write("--markdown", markdown, () => Markdown(explanation, origin, insight));
        bool asExpected = ReplayCommand.IsAsExpected(explanation);
        if (session.Json)
        {
            Violation? violation = explanation.Violation;
            session.WriteJson(new ReportDocument(
                named.File, violation?.PropertyName, violation?.ClauseName, asExpected, html, markdown));
        }
        else
        {
            session.Say(ReplayCommand.Verdict(explanation));
            foreach (string? path in (string?[])[html, markdown])
            {
                if (path is not null)
                {
                    session.Say($"written: {path.EscapeMarkup()}");
                }
            }
        }

        return asExpected ? ExitCode.Clean : ExitCode.Violation;
    }

    private static void Write(string option, string? path, Func<string> text)
    {
        if (path is null)
        {
            return;
        }

        try
        {
            SafeFile.Write(path, text());
        }
        catch (Exception failure) when (ProgramFiles.IsAboutFiles(failure))
        {
            string found = Directory.Exists(path) ? "a directory" : ProgramFiles.Reason(failure);
            throw new BadInputException($"{option}: found {found} at `{path}`, expected a file that can be written");
        }
    }

    private static string Text(Action<TextWriter> write)
    {
        using var target = new StringWriter(CultureInfo.InvariantCulture);
        write(target);
        return target.ToString();
    }
}
