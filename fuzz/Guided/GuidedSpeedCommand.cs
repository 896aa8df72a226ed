// `mmfuzz guided speed`: operations per second of the plain loop, the guided loop with each feedback, and AFL++, beside
// each other in one run. They take turns, so that what else the machine does concerns all; and processor time is
// counted, AFL++'s own with its target's, so that it concerns none.
// Not covered: whether guidance finds more (GuidanceCommand).

using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using MmFuzz.Engine.Fixes;
using MmFuzz.Generators;
using MmFuzz.Generators.Guided;
using Spectre.Console;
using Profile = MmFuzz.Engine.Fixes.Profile;

namespace MmFuzz.Cli;

/// <summary>A driver's speed.</summary>
/// <param name="Driver">Which.</param>
/// <param name="Programs">Programs run.</param>
/// <param name="Operations">Operations executed.</param>
/// <param name="ProcessorSeconds">Processor time.</param>
/// <param name="PerSecond">Operations per second of processor time.</param>
/// <param name="OfPlain">That, as a part of the plain loop's.</param>
/// <param name="Stability">AFL++'s stability; null for others.</param>
internal sealed record SpeedDocument(
    string Driver,
    long Programs,
    long Operations,
    double ProcessorSeconds,
    double PerSecond,
    double OfPlain,
    string? Stability);

/// <summary>The command <c>guided speed</c>.</summary>
internal static class GuidedSpeedCommand
{
    private const int Rounds = 8;
    private const ulong WarmUp = 3000;

    /// <summary>Makes the command.</summary>
    public static Command Make(Session session, Dictionary<Command, string[]> examples)
    {
        var command = new Command("speed", "Measure the drivers beside the plain loop, in one run.");
        KernelOptions kernel = KernelOptions.On(command, $"the newest, {KernelVersion.Newest}");
        Option<ulong> seed = CliOptions.Seed();
        Option<TimeSpan?> budget = CliOptions.Duration("--budget", "How long each driver runs. Default: 10s.");
        command.Options.Add(seed);
        command.Options.Add(budget);
        examples[command] = ["mmfuzz guided speed --budget 20s", "mmfuzz guided speed --json"];
        command.SetAction(parsed => Run(
            session,
            kernel.Apply(parsed, Profile.Newest),
            parsed.GetValue(seed),
            parsed.GetValue(budget) ?? TimeSpan.FromSeconds(10)));
        return command;
    }

    private static int Run(Session session, Profile profile, ulong seed, TimeSpan budget)
    {
        Contender[] contenders =
        [
            Contender.Plain(profile, seed),
            .. from feedback in (Feedback[])[Feedback.None, Feedback.Shapes, Feedback.Edges, Feedback.Both]
               select Contender.Guided(profile, seed, feedback),
        ];
        for (int round = 0; round < Rounds && !session.Stop.IsCancellationRequested; round++)
        {
            Array.ForEach(contenders, one => one.RunFor(budget / Rounds));
        }

        Contender? afl = AflProcess.IsInstalled ? MeasureAfl(session, profile, seed, budget) : null;
        double plain = contenders[0].PerSecond;
        SpeedDocument[] all =
        [
            .. contenders.Concat(afl is null ? [] : [afl]).Select(one => one.Document(plain)),
        ];
        if (session.Json)
        {
            session.WriteJson(all);
            return ExitCode.Clean;
        }

        Table table = Tables.Make("driver", ">programs", ">operations", ">speed", ">of the plain loop", ">stability");
        foreach (SpeedDocument one in all)
        {
            table.AddRow(
                one.Driver, Tables.Count(one.Programs), Tables.Count(one.Operations), Tables.Speed(one.PerSecond),
                one.OfPlain.ToString("P0", CultureInfo.InvariantCulture), one.Stability ?? string.Empty);
        }

        session.Words.Write(table);
        session.Say("Speeds are per second of processor time, each driver on one thread, in turns.");
        if (afl is null)
        {
            session.Say("[yellow]AFL++ is not installed (no afl-fuzz on the PATH), and was not measured.[/]");
        }

        return ExitCode.Clean;
    }

    /// <summary>AFL++ cannot be stopped and let go on, so it has its time as a whole.</summary>
    private static Contender? MeasureAfl(Session session, Profile profile, ulong seed, TimeSpan budget)
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("mmfuzz-speed-");
        try
        {
            string meter = Path.Combine(directory.FullName, "meter");
            File.WriteAllBytes(meter, new byte[16]);
            var settings = new GuidedSettings(
                profile, seed, null, budget, 1, FuzzSettings.UsualLength, Feedback.Both, directory.FullName,
                directory.FullName);
            var afl = new AflProcess(settings, directory.FullName) { Meter = meter };
            double before = ChildrenSeconds();
            string? failure = afl.Run([], (int)Math.Ceiling(budget.TotalSeconds), session.Stop);
            if (failure is not null)
            {
                session.Complain(failure);
                return null;
            }

            byte[] noted = File.ReadAllBytes(meter);
            double seconds = ChildrenSeconds() - before + (BitConverter.ToInt64(noted, 8) / 1000.0);
            return new Contender("AFL++, both", () => default)
            {
                Programs = long.Parse(afl.Figure("execs_done") ?? "0", CultureInfo.InvariantCulture),
                Operations = BitConverter.ToInt64(noted, 0),
                Seconds = seconds,
                Stability = afl.Figure("stability"),
            };
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    /// <summary>Processor time of processes that this one has waited for: afl-fuzz and the supervisor.</summary>
    private static double ChildrenSeconds()
    {
        const int UserTime = 13; // counted behind the name in brackets, which may have blanks
        const double TicksPerSecond = 100;
        string[] fields = File.ReadAllText("/proc/self/stat").Split(')')[^1].Split(' ');
        return (long.Parse(fields[UserTime + 1], CultureInfo.InvariantCulture)
            + long.Parse(fields[UserTime + 2], CultureInfo.InvariantCulture)) / TicksPerSecond;
    }

    /// <summary>Something that runs programs, and what it has done.</summary>
    private sealed class Contender(string driver, Func<(long Programs, long Operations)> step)
    {
        public long Programs { get; init; }

        public long Operations { get; init; }

        public double Seconds { get; set; }

        public string? Stability { get; init; }

        private long RunPrograms { get; set; }

        private long RunOperations { get; set; }

        public double PerSecond => (Operations + RunOperations) / Math.Max(Seconds, 1e-9);

        public static Contender Plain(Profile profile, ulong seed)
        {
            var fuzzer = new Fuzzer(profile, seed);
            ulong program = 0;
            return new Contender("plain loop", () =>
            {
                fuzzer.RunProgram(program++);
                return ((long)program, fuzzer.Generator.Operations);
            }).Warm();
        }

        public static Contender Guided(Profile profile, ulong seed, Feedback feedback)
        {
            IGuidedTarget target = InstrumentedTarget.Make(profile, feedback, FuzzSettings.UsualLength);
            var loop = new GuidedLoop(target, seed);
            return new Contender($"in process, {FeedbackOption.Word(feedback)}", () =>
            {
                loop.Step();
                return ((long)loop.Programs, loop.Operations);
            }).Warm();
        }

        public void RunFor(TimeSpan time)
        {
            (long programs, long operations) = step();
            long firstProgram = programs;
            long firstOperation = operations;
            TimeSpan before = Environment.CpuUsage.TotalTime;
            long start = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(start) < time)
            {
                (programs, operations) = step();
            }

            Seconds += (Environment.CpuUsage.TotalTime - before).TotalSeconds;
            RunPrograms += programs - firstProgram;
            RunOperations += operations - firstOperation;
        }

        public SpeedDocument Document(double plain) => new(
            driver, Programs + RunPrograms, Operations + RunOperations, Math.Round(Seconds, 2), Math.Round(PerSecond),
            Math.Round(PerSecond / plain, 3), Stability);

        private Contender Warm()
        {
            for (ulong i = 0; i < WarmUp; i++)
            {
                step();
            }

            return this;
        }
    }
}
