// `mmfuzz target`: bytes as programs, for AFL++ and for people. Under AFL++ (afl-fuzz, afl-tmin, afl-cmin) it serves
// runs; else it prints the programs that files, or standard input, stand for, and says what they violate.
// Not covered: the protocol (SharpFuzz), starting AFL++ (AflRun).

using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Diagnostics;
using System.IO;
using System.IO.MemoryMappedFiles;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Generators;
using MmFuzz.Generators.Guided;
using Server = SharpFuzz.Fuzzer;
using Trace = SharpFuzz.Common.Trace;

namespace MmFuzz.Cli;

/// <summary>The command <c>target</c>.</summary>
internal static class TargetCommand
{
    /// <summary>Names a file of 16 bytes for operations executed and milliseconds of processor time.</summary>
    public const string MeterVariable = "MMFUZZ_METER";

    private const int Violated = 6; // SIGABRT
    private const int WarmUpPrograms = 200;
    private const int RunsBetweenTimes = 256;

    /// <summary>Makes the command.</summary>
    public static Command Make(Session session, Dictionary<Command, string[]> examples)
    {
        var command = new Command(
            "target", "Run bytes as programs: under AFL++ whatever it sends, else files or standard input.");
        KernelOptions kernel = KernelOptions.On(command, $"the newest, {KernelVersion.Newest}");
        Option<Feedback> feedback = FeedbackOption.Make();
        Option<long?> length = CliOptions.Number(
            "--length", "Operations of a program, at most. Default: 100.", 1, Generator.MaxLength);
        var files = new Argument<string[]>("FILE")
        {
            Description = "Files of bytes; none for standard input.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        command.Options.Add(feedback);
        command.Options.Add(length);
        command.Arguments.Add(files);
        examples[command] =
        [
            "mmfuzz target guided-corpus/5d1c0b2a99e8f7a6b3c4    the program that those bytes stand for",
            "AFL_SKIP_BIN_CHECK=1 afl-fuzz -i in -o out -m none -t 2000 -- mmfuzz target",
            "AFL_SKIP_BIN_CHECK=1 afl-tmin -i crash -o small -m none -t 2000 -- mmfuzz target",
        ];
        command.SetAction(parsed =>
        {
            Profile profile = kernel.Apply(parsed, Profile.Newest);
            int most = (int)(parsed.GetValue(length) ?? FuzzSettings.UsualLength);
            if (Server.IsUnderAfl)
            {
                Serve(profile, parsed.GetValue(feedback), most);
                return ExitCode.Clean;
            }

            return Show(session, profile, most, parsed.GetValue(files)!);
        });
        return command;
    }

    /// <summary>Serves AFL++ until it asks no more.</summary>
    private static void Serve(Profile profile, Feedback feedback, int length)
    {
        if (Server.OutOfProcess.IsSupervisor)
        {
            Server.OutOfProcess.Run((Stream _) => { }); // the supervisor runs no programs
            return;
        }

        IGuidedTarget target = InstrumentedTarget.Make(profile, feedback, length);
        WarmUp(target);
        using Meter? meter = Meter.Open();
        var bytes = new byte[ByteChoices.MostBytes];
        var violation = new InvalidOperationException("a property is violated");
        violation.Data[Server.StatusKey] = Violated;
        Server.OutOfProcess.Run((Stream stream) =>
        {
            int given = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            GuidedOutcome outcome = target.Run(bytes.AsSpan(0, given));
            HandOver(target.Shapes);
            meter?.Count(outcome.Operations);
            if (outcome.Violated)
            {
                throw violation;
            }
        });
    }

    /// <summary>Runs until code is compiled and static data is there, which would look like coverage later.</summary>
    private static void WarmUp(IGuidedTarget target)
    {
        var choices = new NotedChoices();
        for (ulong program = 0; program < WarmUpPrograms; program++)
        {
            target.Run(choices.Note(1, program, RecordMutator.MostRecords));
        }

        target.Shapes.Clear();
    }

    /// <summary>Shapes go into the part of AFL++'s map that edges leave free.</summary>
    private static unsafe void HandOver(Span<byte> shapes)
    {
        shapes.CopyTo(new Span<byte>(Trace.Map + Trace.EdgeBytes, Trace.MapSize - Trace.EdgeBytes));
        shapes.Clear();
    }

    private static int Show(Session session, Profile profile, int length, string[] files)
    {
        int code = ExitCode.Clean;
        var target = new GuidedTarget(profile, Feedback.None, length);
        foreach (string file in files.Length == 0 ? ["-"] : files)
        {
            byte[] bytes = ReadBytes(file);
            target.Run(bytes);
            Finding? found = target.Found(0);
            Expectation? expectation = found is null
                ? null
                : new Expectation(found.Violation.PropertyName, found.Violation.ClauseName);
            var program = new MmProgram(profile, target.Generator.Recorded.ToArray(), expectation);
            string name = file == "-" ? "standard input" : file;
            session.Output.Write($"# {name}, {bytes.Length} bytes\n{program.Print()}");
            code = found is null ? code : ExitCode.Violation;
        }

        return code;
    }

    private static byte[] ReadBytes(string file)
    {
        try
        {
            if (file != "-")
            {
                return File.ReadAllBytes(file);
            }

            using Stream input = Console.OpenStandardInput();
            using var read = new MemoryStream();
            input.CopyTo(read);
            return read.ToArray();
        }
        catch (Exception failure) when (ProgramFiles.IsAboutFiles(failure))
        {
            throw new BadInputException(
                $"found `{file}`, which cannot be read ({failure.Message.ReplaceLineEndings(" ")}), expected a file "
                + "of bytes");
        }
    }

    /// <summary>What a worker has done, where another process can read it, for measuring.</summary>
    private sealed class Meter : IDisposable
    {
        private readonly MemoryMappedFile file;
        private readonly MemoryMappedViewAccessor view;
        private readonly Process process = Process.GetCurrentProcess();
        private int runs;

        private Meter(string path)
        {
            file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 16);
            view = file.CreateViewAccessor();
        }

        public static Meter? Open() =>
            Environment.GetEnvironmentVariable(MeterVariable) is { Length: > 0 } path ? new Meter(path) : null;

        public void Count(int operations)
        {
            view.Write(0, view.ReadInt64(0) + operations);
            if (++runs % RunsBetweenTimes == 0)
            {
                process.Refresh();
                view.Write(8, (long)process.TotalProcessorTime.TotalMilliseconds);
            }
        }

        public void Dispose()
        {
            view.Dispose();
            file.Dispose();
            process.Dispose();
        }
    }
}
