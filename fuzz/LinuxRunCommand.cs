// `mmfuzz linux run`: programs from files on both sides, as two traces beside each other. A line that no kernel can be
// asked for is named with its reason, and the program ends there.
// Not covered: the comparison (src/Linux/Comparison).

using System.Collections.Generic;
using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Linq;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Linux;
using Spectre.Console;
using Capabilities = MmFuzz.Linux.Capabilities;
using Profile = MmFuzz.Engine.Fixes.Profile;

namespace MmFuzz.Cli;

/// <summary>The command <c>linux run</c>.</summary>
internal static class LinuxRunCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Make(Session session, Dictionary<Command, string[]> examples)
    {
        var command = new Command(
            "run", "Run programs on the model and on the kernel. Exit code 0: they agree, 1: they differ.");
        var files = new Argument<string[]>("FILE")
        {
            Description = "Programs; - is standard input. Their headers' kernels do not matter here.",
            Arity = ArgumentArity.OneOrMore,
        };
        var trace = new Option<bool>("--trace") { Description = "Show both traces even if they agree." };
        Option<List<Fix>> without = KernelOptions.Fixes(
            "--without", "Take this fix out of the model. Can be repeated.");
        Option<bool> allow = LinuxCommand.AllowOption();
        Option<bool> migrate = LinuxCommand.MigrateOption();
        command.Arguments.Add(files);
        foreach (Option option in (Option[])[trace, without, allow, migrate])
        {
            command.Options.Add(option);
        }

        examples[command] =
        [
            "mmfuzz linux run --trace bug.mm                     both traces, line by line",
            "mmfuzz linux run corpus/selftests/cow/*.mm          the kernel's own copy-on-write tests",
            "printf 'mmfuzz 1\\nmmap p0 0 2 anon rw\\nstore p0 0\\n' | mmfuzz linux run -",
        ];
        command.SetAction(parsed =>
        {
            ImmutableArray<NamedProgram> programs = ProgramFiles.ReadAll(session, parsed.GetValue(files)!);
            using Turn turn = LinuxCommand.TakeTurn(
                session, LinuxCommand.SettingsOf(parsed.GetValue(allow), parsed.GetValue(migrate)));
            return LinuxCommand.Guarded(() => Run(
                session, programs, parsed.GetValue(without) ?? [], parsed.GetValue(trace), turn.Blocks));
        });
        return command;
    }

    /// <summary>Writes two traces beside each other.</summary>
    public static void WriteTraces(Session session, ImmutableArray<TraceRow> rows)
    {
        Table table = Tables.Make(">line", "!what", "the model", "the kernel");
        foreach (TraceRow row in rows)
        {
            string line = row.Line < 0 ? string.Empty : row.Line.ToString(CultureInfo.InvariantCulture);
            string colour = row.Differs ? "red" : "default";
            table.AddRow(
                line, row.What.EscapeMarkup(), $"[{colour}]{row.Model.EscapeMarkup()}[/]",
                $"[{colour}]{row.Kernel.EscapeMarkup()}[/]");
        }

        session.Words.Write(table);
    }

    private static int Run(
        Session session, ImmutableArray<NamedProgram> programs, List<Fix> without, bool trace,
        ImmutableArray<string> blocks)
    {
        Capabilities found = Capabilities.Find(blocks);
        Profile profile = found.Profile.WithFixes(found.Profile.Fixes.Except(FixSet.Of(without)));
        using var runner = new DifferentialRunner(profile, 0, blocks);
        var prepared = new PreparedProgram { WhyNot = op => found.WhyNot(in op) };
        var documents = new List<RunDocument>();
        bool agree = true;
        int partly = 0;
        foreach ((string file, MmProgram program) in programs)
        {
            Difference? difference = runner.Run(prepared, program.Operations.AsMemory());
            agree &= difference is null;
            partly += difference is null && (prepared.Unsupported is not null
                || prepared.Cut != DeclaredDifference.None) ? 1 : 0;
            ImmutableArray<TraceRow> rows = SideBySide.Of(prepared, difference);
            documents.Add(DocumentOf(file, program, prepared, difference, rows));
            if (!session.Json)
            {
                session.Say($"[bold]{file.EscapeMarkup()}[/]: {Verdict(documents[^1]).EscapeMarkup()}");
                if (trace || difference is not null)
                {
                    WriteTraces(session, rows);
                }
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
        else if (partly > 0)
        {
            session.Say($"{partly} of {documents.Count} compared in part only, as said above");
        }

        return agree ? ExitCode.Clean : ExitCode.Violation;
    }

    private static string Verdict(RunDocument document) =>
        document.Difference is { } difference ? "differs, " + difference
        : document.Unsupported is { } unsupported ? "compared up to " + unsupported
        : document.Declared is { } declared ? "agrees, as far as it is compared: " + declared
        : "agrees";

    private static int LineOf(MmProgram program, Difference difference) =>
        program.LineNumber(System.Math.Min(difference.Line, program.Operations.Length - 1));

    private static RunDocument DocumentOf(
        string file, MmProgram program, PreparedProgram prepared, Difference? difference,
        ImmutableArray<TraceRow> rows)
    {
        string? unsupported = prepared.Unsupported is { } line
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"line {program.LineNumber(line.Line)}, `{program.Operations[line.Line]}`: {line.Reason}")
            : null;
        string? declared = prepared.Cut == DeclaredDifference.None
            ? null
            : DeclaredDifferences.Of(prepared.Cut).Name;
        return new RunDocument(
            file, prepared.Count, prepared.Skips.ToArray().Count(static skip => skip != SkipReason.None),
            difference is null ? null : string.Create(
                CultureInfo.InvariantCulture, $"line {LineOf(program, difference)}: {difference}"),
            unsupported, declared, rows);
    }

    private sealed record RunDocument(
        string File, int Compared, int Skipped, string? Difference, string? Unsupported, string? Declared,
        ImmutableArray<TraceRow> Rows);
}
