// `mmfuzz docs`: writes the reference pages and renews the programs quoted in the other pages, or says which of all
// these are out of date. Not covered: what is on the pages (Reports/Pages), how programs are quoted (QuotedPrograms).

using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Linq;
using MmFuzz.Engine.Kernel;
using MmFuzz.Reports.Pages;
using Spectre.Console;

namespace MmFuzz.Cli;

/// <summary>A page in JSON.</summary>
internal sealed record PageDocument(string File, bool WasUpToDate);

/// <summary>The command <c>docs</c>.</summary>
internal static class DocsCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Make(Session session, Dictionary<Command, string[]> examples)
    {
        var command = new Command(
            "docs",
            "Write the reference pages from the code, and renew the programs quoted in the other pages. Exit code 1: "
            + "with --check, some are out of date.");
        var folder = new Option<string>("--out")
        {
            Description = "The folder of the documents; the reference is in its folder reference.",
            HelpName = "FOLDER",
            Required = true,
        };
        var check = new Option<bool>("--check") { Description = "Write nothing; say which pages are out of date." };
        command.Options.Add(folder);
        command.Options.Add(check);
        examples[command] =
        [
            "mmfuzz docs --out docs             renew the pages",
            "mmfuzz docs --out docs --check     are they up to date?",
        ];
        command.SetAction(parsed => Run(session, parsed.GetValue(folder)!, parsed.GetValue(check)));
        return command;
    }

    private static int Run(Session session, string folder, bool check)
    {
        var documents = new List<PageDocument>();
        foreach ((string path, string text) in Pages(folder))
        {
            bool upToDate = File.Exists(path) && ReadFile(path) == text;
            documents.Add(new PageDocument(path, upToDate));
            if (!check && !upToDate)
            {
                WriteFile(path, text);
            }

            string verdict = upToDate ? "up to date" : check ? "out of date" : "renewed";
            session.Say($"{path.EscapeMarkup()}: {verdict}");
        }

        if (session.Json)
        {
            session.WriteJson(documents);
        }

        return check && documents.Any(one => !one.WasUpToDate) ? ExitCode.Violation : ExitCode.Clean;
    }

    /// <summary>Every page as it must be: the reference first, then those by hand that quote programs.</summary>
    private static IEnumerable<(string Path, string Text)> Pages(string folder)
    {
        foreach (ReferencePage page in ReferencePages.Make(ReadComments()))
        {
            yield return (Path.Combine(folder, "reference", page.File), page.Text);
        }

        string[] written = Directory.Exists(folder) ? Directory.GetFiles(folder, "*.md") : [];
        foreach (string path in written.Order(StringComparer.Ordinal))
        {
            string text = ReadFile(path);
            if (QuotedPrograms.AreIn(text))
            {
                string programs = Path.Combine(folder, "programs");
                yield return (path, QuotedPrograms.Renew(text, path, name => ReadFile(Path.Combine(programs, name))));
            }
        }
    }

    private static DocComments ReadComments()
    {
        try
        {
            return DocComments.Beside(typeof(Goal));
        }
        catch (FileNotFoundException missing)
        {
            throw new BadInputException($"{missing.FileName}: found nothing, expected the engine's doc comments");
        }
    }

    private static string ReadFile(string path)
    {
        try
        {
            return File.ReadAllText(path).ReplaceLineEndings("\n");
        }
        catch (Exception failure) when (ProgramFiles.IsAboutFiles(failure))
        {
            throw new BadInputException(
                $"{path}: found {ProgramFiles.Reason(failure)}, expected a file that can be read");
        }
    }

    private static void WriteFile(string path, string text)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            SafeFile.Write(path, text);
        }
        catch (Exception failure) when (ProgramFiles.IsAboutFiles(failure))
        {
            throw new BadInputException(
                $"{path}: found {ProgramFiles.Reason(failure)}, expected a file that can be written");
        }
    }
}
