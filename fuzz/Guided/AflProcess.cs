// Runs AFL++'s afl-fuzz on `mmfuzz target`: the environment and arguments it needs, programs to begin with, and the
// figures that it leaves. Not covered: what is done with what it found (AflRun).

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;

namespace MmFuzz.Cli;

/// <summary>AFL++.</summary>
internal sealed class AflProcess
{
    private const string Fuzzer = "afl-fuzz";
    private const int MostBegins = 64;
    private const int FewBegins = 32;
    private const string Timeout = "2000"; // ms a run, and ten times that for the start, on a busy machine

    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(200);

    private readonly GuidedSettings settings;
    private readonly string directory;

    /// <summary>Makes it, in a directory of its own.</summary>
    public AflProcess(GuidedSettings settings, string directory)
    {
        this.settings = settings;
        this.directory = Path.GetFullPath(directory);
    }

    /// <summary>Whether AFL++ is installed.</summary>
    public static bool IsInstalled => Find() is not null;

    /// <summary>Where it writes.</summary>
    public string Output => Path.Combine(directory, "out");

    /// <summary>A file in which the target notes what it did; null for none.</summary>
    public string? Meter { get; init; }

    /// <summary>Runs it for so many seconds; answers what it said if it failed, else null.</summary>
    /// <param name="begin">Programs to begin with; the generator's, if there are none.</param>
    /// <param name="seconds">For how long.</param>
    /// <param name="stop">Ends it before.</param>
    public string? Run(ImmutableArray<CorpusMember> begin, int seconds, CancellationToken stop)
    {
        string input = Path.Combine(directory, "in");
        Directory.CreateDirectory(input);
        WriteBegin(input, begin);
        var instances = new List<(Process Process, System.Threading.Tasks.Task<string> Words)>();
        for (int i = 0; i < settings.Jobs; i++)
        {
            Process process = Process.Start(Start(input, i, seconds))!;
            _ = process.StandardError.ReadToEndAsync(CancellationToken.None);
            instances.Add((process, process.StandardOutput.ReadToEndAsync(CancellationToken.None)));
        }

        string? failure = null;
        foreach ((Process process, System.Threading.Tasks.Task<string> words) in instances)
        {
            while (!process.WaitForExit(Glance))
            {
                if (stop.IsCancellationRequested)
                {
                    process.Kill(entireProcessTree: true);
                }
            }

            if (process.ExitCode != 0 && !stop.IsCancellationRequested)
            {
                failure ??= $"{Fuzzer} ended with {process.ExitCode}: {LastWords(words.Result)}";
            }

            process.Dispose();
        }

        return failure;
    }

    /// <summary>A figure that AFL++ left in its statistics, such as <c>stability</c>; null if it did not.</summary>
    public string? Figure(string name)
    {
        string file = Path.Combine(Output, InstanceName(0), "fuzzer_stats");
        return !File.Exists(file)
            ? null
            : (from line in File.ReadAllLines(file)
               let parts = line.Split(':', 2)
               where parts.Length == 2 && parts[0].Trim() == name
               select parts[1].Trim()).FirstOrDefault();
    }

    /// <summary>The command line of the target.</summary>
    public static ImmutableArray<string> TargetCommandLine(GuidedSettings settings)
    {
        string assembly = typeof(AflProcess).Assembly.Location;
        string program = Path.ChangeExtension(assembly, null);
        string[] start = File.Exists(program) ? [program] : ["dotnet", assembly];
        string command = settings.CommandFor(0, 0);
        string kernel = command[command.IndexOf("--profile", StringComparison.Ordinal)..command.IndexOf(
            " --seed", StringComparison.Ordinal)];
        return
        [
            .. start, "target", .. kernel.Split(' '), "--feedback", FeedbackOption.Word(settings.Feedback),
            "--length", settings.Length.ToString(CultureInfo.InvariantCulture),
        ];
    }

    /// <summary>What AFL++ needs in its environment to take a target that it did not compile.</summary>
    public static IReadOnlyDictionary<string, string> Environs { get; } = new Dictionary<string, string>
    {
        ["AFL_SKIP_BIN_CHECK"] = "1",
        ["AFL_SKIP_CPUFREQ"] = "1",
        ["AFL_NO_UI"] = "1",
        ["AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES"] = "1",
        ["AFL_TRY_AFFINITY"] = "1",
        ["AFL_AUTORESUME"] = "1",
        ["AFL_MAP_SIZE"] = SharpFuzz.Common.Trace.MapSize.ToString(CultureInfo.InvariantCulture),
    };

    private ProcessStartInfo Start(string input, int instance, int seconds)
    {
        string[] role = settings.Jobs == 1 ? [] : [instance == 0 ? "-M" : "-S", InstanceName(instance)];
        var start = new ProcessStartInfo(Find() ?? throw Missing(),
        [
            "-i", input, "-o", Output, "-m", "none", "-t", Timeout,
            "-V", seconds.ToString(CultureInfo.InvariantCulture),
            "-s", (settings.Seed + (ulong)instance).ToString(CultureInfo.InvariantCulture),
            .. role, "--", .. TargetCommandLine(settings),
        ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in Environs)
        {
            start.Environment[name] = value;
        }

        if (Meter is not null)
        {
            start.Environment[TargetCommand.MeterVariable] = Meter;
        }

        return start;
    }

    private string InstanceName(int instance) =>
        settings.Jobs == 1 ? "default" : string.Create(CultureInfo.InvariantCulture, $"mmfuzz{instance}");

    private void WriteBegin(string input, ImmutableArray<CorpusMember> begin)
    {
        IEnumerable<byte[]> programs = begin.IsEmpty
            ? CorpusCommand.Generate(settings.Seed, FewBegins).Select(bytes => bytes[..(bytes.Length / 2)])
            : begin.OrderBy(member => member.Bytes.Length).Take(MostBegins).Select(member => member.Bytes);
        foreach (byte[] program in programs.Where(program => program.Length > 0))
        {
            File.WriteAllBytes(Path.Combine(input, ByteCorpus.NameOf(program)), program);
        }
    }

    private static string LastWords(string output)
    {
        string plain = System.Text.RegularExpressions.Regex.Replace(output, "\x1b\\[[0-9;?]*[a-zA-Z]", string.Empty);
        return string.Join(' ', plain.Split('\n', StringSplitOptions.TrimEntries).TakeLast(8)).Trim();
    }

    private static BadInputException Missing() =>
        new($"--driver: found no {Fuzzer} on the PATH, expected AFL++ (Debian's package afl++)");

    private static string? Find() =>
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator)
            .Select(part => Path.Combine(part, Fuzzer))
            .FirstOrDefault(File.Exists);
}
