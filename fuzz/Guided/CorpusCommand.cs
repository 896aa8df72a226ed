// `mmfuzz corpus`: a corpus of programs as bytes is seeded from the generator, distilled, and given what AFL++ found.
// Not covered: the directory (ByteCorpus), distilling (Distiller), running (GuidedRun).

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.CommandLine;
using System.IO;
using System.Linq;
using MmFuzz.Engine.Fixes;
using MmFuzz.Generators.Guided;

namespace MmFuzz.Cli;

/// <summary>What distilling did, in JSON.</summary>
internal sealed record MinimizeDocument(string Corpus, int Before, int After);

/// <summary>The command <c>corpus</c>.</summary>
internal static class CorpusCommand
{
    private const long UsualSeeds = 1000;
    private const long MostSeeds = 1_000_000;

    /// <summary>Makes the command.</summary>
    public static Command Make(Session session, Dictionary<Command, string[]> examples)
    {
        var command = new Command("corpus", "Look after a corpus of guided fuzzing.");
        command.Subcommands.Add(MakeSeed(session, examples));
        command.Subcommands.Add(MakeMinimize(session, examples));
        command.Subcommands.Add(MakeImport(session, examples));
        examples[command] =
        [
            "mmfuzz corpus seed                    programs of the generator that cover something new",
            "mmfuzz corpus minimize                what covers nothing that the others do not is removed",
            "mmfuzz corpus import afl/out          what AFL++ found and the corpus does not have",
        ];
        return command;
    }

    /// <summary>What AFL++ has queued, and what it took for crashes and hangs.</summary>
    public static ImmutableArray<byte[]> ReadAfl(string directory)
    {
        try
        {
            return
            [
                .. from path in Directory.EnumerateFiles(directory, "id*", SearchOption.AllDirectories)
                       .Order(StringComparer.Ordinal)
                   where Path.GetFileName(Path.GetDirectoryName(path)) is "queue" or "crashes" or "hangs"
                   select File.ReadAllBytes(path),
            ];
        }
        catch (Exception failure) when (ProgramFiles.IsAboutFiles(failure))
        {
            throw new BadInputException(
                $"found `{directory}`, which cannot be read ({failure.Message.ReplaceLineEndings(" ")}), expected the "
                + "directory that afl-fuzz wrote to (-o)");
        }
    }

    /// <summary>Runs programs, keeps those that cover something new, and takes findings in.</summary>
    public static int Take(Session session, GuidedSettings settings, ImmutableArray<byte[]> programs)
    {
        var run = new GuidedRun(
            settings, finding => session.Remark(FuzzCommand.Announcement(finding)), session.Stop)
        {
            Imported = programs,
            OnlyFeeds = true,
        };
        GuidedResult result = run.Execute(_ => { });
        GuidedReport.Answer(session, result);
        return result.Failure is not null ? ExitCode.Internal
            : result.Findings.IsEmpty ? ExitCode.Clean
            : ExitCode.Violation;
    }

    /// <summary>Programs of the generator, as bytes.</summary>
    public static ImmutableArray<byte[]> Generate(ulong seed, long programs)
    {
        var choices = new NotedChoices();
        var made = ImmutableArray.CreateBuilder<byte[]>((int)programs);
        for (ulong program = 0; program < (ulong)programs; program++)
        {
            made.Add(choices.Note(seed, program, RecordMutator.MostRecords).ToArray());
        }

        return made.MoveToImmutable();
    }

    private static Command MakeSeed(Session session, Dictionary<Command, string[]> examples)
    {
        var command = new Command("seed", "Add programs of the generator that cover something new.");
        CorpusOptions options = CorpusOptions.On(command);
        Option<ulong> seed = CliOptions.Seed();
        Option<long?> programs = CliOptions.Number(
            "--programs", $"How many programs are tried. Default: {UsualSeeds}.", 1, MostSeeds);
        command.Options.Add(seed);
        command.Options.Add(programs);
        examples[command] = ["mmfuzz corpus seed --programs 5000 --corpus mine"];
        command.SetAction(parsed => Take(
            session,
            options.Settings(parsed, parsed.GetValue(seed)),
            Generate(parsed.GetValue(seed), parsed.GetValue(programs) ?? UsualSeeds)));
        return command;
    }

    private static Command MakeImport(Session session, Dictionary<Command, string[]> examples)
    {
        var command = new Command(
            "import", "Add what AFL++ found: its queue to the corpus, its crashes to the findings.");
        CorpusOptions options = CorpusOptions.On(command);
        var from = new Argument<string>("DIRECTORY") { Description = "The directory that afl-fuzz wrote to (-o)." };
        command.Arguments.Add(from);
        examples[command] = ["mmfuzz corpus import afl/out --corpus mine"];
        command.SetAction(parsed => Take(
            session, options.Settings(parsed, seed: 1), ReadAfl(parsed.GetValue(from)!)));
        return command;
    }

    private static Command MakeMinimize(Session session, Dictionary<Command, string[]> examples)
    {
        var command = new Command("minimize", "Remove programs that cover nothing that the others do not.");
        CorpusOptions options = CorpusOptions.On(command);
        examples[command] = ["mmfuzz corpus minimize --corpus mine --feedback shapes"];
        command.SetAction(parsed => Minimize(session, options.Settings(parsed, seed: 1)));
        return command;
    }

    /// <summary>Removes one file after another, so that at any moment the rest covers what it did.</summary>
    private static int Minimize(Session session, GuidedSettings settings)
    {
        if (settings.Feedback == Feedback.None)
        {
            throw new BadInputException("--feedback: found none, expected what a program is to be kept for");
        }

        var corpus = new ByteCorpus(settings.CorpusDirectory);
        ImmutableArray<CorpusMember> members = corpus.Read();
        IGuidedTarget target = InstrumentedTarget.Make(settings.Profile, settings.Feedback, settings.Length);
        HashSet<int> kept = [.. Distiller.Keep(target, [.. members.Select(member => member.Bytes)])];
        for (int i = 0; i < members.Length; i++)
        {
            if (!kept.Contains(i))
            {
                corpus.Remove(members[i]);
            }
        }

        var document = new MinimizeDocument(settings.CorpusDirectory, members.Length, kept.Count);
        if (session.Json)
        {
            session.WriteJson(document);
        }
        else
        {
            session.Say($"{Tables.Plural(document.Before, "program")} before, {document.After} after");
        }

        return ExitCode.Clean;
    }

    /// <summary>The options that the three commands have.</summary>
    private sealed record CorpusOptions(
        KernelOptions Kernel, Option<Feedback> Feedback, Option<string> Corpus, Option<string> Out)
    {
        public static CorpusOptions On(Command command)
        {
            var options = new CorpusOptions(
                KernelOptions.On(command, $"the newest, {KernelVersion.Newest}"),
                FeedbackOption.Make(),
                GuidedCommand.CorpusOption(),
                FuzzCommand.OutOption());
            command.Options.Add(options.Feedback);
            command.Options.Add(options.Corpus);
            command.Options.Add(options.Out);
            return options;
        }

        public GuidedSettings Settings(ParseResult parsed, ulong seed) => new(
            Kernel.Apply(parsed, Profile.Newest), seed, null, null, 1, FuzzSettings.UsualLength,
            parsed.GetValue(Feedback), parsed.GetValue(Corpus)!, parsed.GetValue(Out)!);
    }
}
