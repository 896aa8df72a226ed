// `mmfuzz reproduce`: a C program for a real kernel of what a program shows on the model, or why there is none.
// Not covered: making it (src/Linux/Reproducing), findings of a run (FindingStore).

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.CommandLine;
using System.IO;
using System.Linq;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.Properties;
using MmFuzz.Linux.Reproducing;
using MmFuzz.Reports;
using MmFuzz.Reports.Explaining;
using Spectre.Console;


namespace MmFuzz.Cli;

/// <summary>The command <c>reproduce</c>.</summary>
internal static class ReproduceCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Make(Session session, Dictionary<Command, string[]> examples)
    {
        var command = new Command(
            "reproduce",
            "Write a C program that shows on a running kernel what a program shows on the model. It says after each "
            + "line what a kernel with the bug does and what one without it, and needs nothing but gcc. Exit code 0: "
            + "written, 1: no C program can show it (it says why).");
        var file = new Argument<string>("FILE") { Description = "A program that shows a bug; - is standard input." };
        var target = new Option<string?>("--out", "-o")
        {
            Description = "Where to write it. Default: standard output.",
            HelpName = "OUT.c",
        };
        command.Arguments.Add(file);
        command.Options.Add(target);
        KernelOptions kernel = KernelOptions.On(command, "what the program says");
        examples[command] =
        [
            "mmfuzz reproduce corpus/known-bugs/uffd-fork-keep.mm -o bug.c; gcc -O1 -pthread -o bug bug.c; ./bug",
            "mmfuzz reproduce --json bug.mm                              the text, and what tells, for programs",
            "mmfuzz shrink -o small.mm big.mm; mmfuzz reproduce small.mm > bug.c",
        ];
        command.SetAction(parsed =>
        {
            NamedProgram named = ProgramFiles.Read(session, parsed.GetValue(file)!);
            return Run(session, kernel.Apply(parsed, named), parsed.GetValue(target));
        });
        return command;
    }

    /// <summary>The C program of a violation, or why there is none.</summary>
    public static Reproduction Of(MmProgram program, Violation violation, Cause cause, string? file)
    {
        var words = new ReproducerWords(
            ClauseWords.Name(violation),
            [
                ClauseWords.Meaning(violation.Clause),
                .. cause.Lacking.Select(KernelWords.Mechanism),
                .. cause.Mutants.Select(static mutant => $"A generated fault of the model: {mutant}."),
            ],
            "mmfuzz reproduce " + (file is null ? "FILE" : Path.GetFileName(file)));
        return Reproducer.Of(program, Insight.Repaired(program.Profile, cause), words);
    }

    private static int Run(Session session, NamedProgram named, string? target)
    {
        ProgramExplanation explanation = ProgramExplanation.Of(named.Program, withStages: false);
        Violation violation = explanation.Violation ?? throw new BadInputException(
            $"{named.File}: found a program that violates nothing, expected one that shows a bug "
            + "(--profile and --without choose the kernel)");
        Cause cause = Cause.Of(named.Program, violation);
        Reproduction made = Of(named.Program, violation, cause, named.File == "-" ? null : named.File);
        if (made.Source is not null && target is not null)
        {
            Write(target, made.Source);
        }

        if (session.Json)
        {
            session.WriteJson(new ReproductionDocument(
                named.File, target, made.Reason, made.Tells, made.Replaced, made.Added,
                target is null ? made.Source : null));
        }
        else if (made.Source is null)
        {
            session.Say($"[red]there is no C program of this:[/] {made.Reason!.EscapeMarkup()}");
        }
        else if (target is null)
        {
            session.Output.Write(made.Source);
        }
        else
        {
            session.Say($"written: {target.EscapeMarkup()}; what tells: {made.Tells!.EscapeMarkup()}");
        }

        return made.Source is null ? ExitCode.Violation : ExitCode.Clean;
    }

    private static void Write(string path, string text)
    {
        try
        {
            SafeFile.Write(path, text);
        }
        catch (Exception failure) when (ProgramFiles.IsAboutFiles(failure))
        {
            string found = Directory.Exists(path) ? "a directory" : ProgramFiles.Reason(failure);
            throw new BadInputException($"--out: found {found} at `{path}`, expected a file that can be written");
        }
    }

    private sealed record ReproductionDocument(
        string File, string? Out, string? Reason, string? Tells, ImmutableArray<string> Replaced,
        ImmutableArray<string> Added, string? Source);
}
