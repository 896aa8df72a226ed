// What this file covers: AFL++ takes `mmfuzz target` as it takes any target: afl-fuzz with inputs in shared memory and
// a stable map, afl-tmin, afl-cmin. Where AFL++ is not installed, these are named as skipped.
// What it does not cover: how fast it is (`mmfuzz guided speed`), the protocol (ForkServerTests, TargetProcessTests).

using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using MmFuzz.Engine.Fixes;
using MmFuzz.Generators.Guided;
using MmFuzz.Tests.Cli;
using Xunit;

namespace MmFuzz.Tests.Guided;

public class AflTests
{
    private const double LeastStability = 99;

    [AflFact]
    public void Afl_fuzz_takes_the_target_and_what_it_found_is_taken_in()
    {
        using var place = new Place();
        string corpus = Path.Combine(place.Root, "corpus");
        Answer answer = CommandLine.Run(
            "guided", "--driver", "afl", "--budget", "5s", "--jobs", "1", "--corpus", corpus, "--out",
            Path.Combine(place.Root, "out"), "--json").WithoutTrace();
        Assert.InRange(answer.Code, 0, 1);
        Assert.True(answer.Json().GetProperty("corpusAdded").GetInt32() > 10);
        string[] figures = File.ReadAllLines(Path.Combine(corpus, "afl", "out", "default", "fuzzer_stats"));
        string stability = figures.Single(line => line.StartsWith("stability", StringComparison.Ordinal));
        Assert.InRange(
            double.Parse(stability.Split(':')[1].Trim(' ', '%'), CultureInfo.InvariantCulture), LeastStability, 100);
    }

    [AflFact]
    public async Task Afl_tmin_shortens_a_crash_that_stays_one()
    {
        using var place = new Place();
        string crash = Path.Combine(place.Root, "crash");
        byte[] bytes = Crashing();
        File.WriteAllBytes(crash, bytes);
        string small = Path.Combine(place.Root, "small");
        await Afl("afl-tmin", "-i", crash, "-o", small);
        Assert.InRange(new FileInfo(small).Length, 1, bytes.Length - 1);
        Assert.Equal(1, CommandLine.Run("target", "--without", "early-cow-fork", small).Code);
    }

    [AflFact]
    public async Task Afl_cmin_picks_programs_that_cover_the_same()
    {
        using var place = new Place();
        string input = Path.Combine(place.Root, "in");
        Directory.CreateDirectory(input);
        var dice = new Dice(1);
        for (int i = 0; i < 6; i++)
        {
            byte[] bytes = BytesTests.Bytes(dice, 200);
            File.WriteAllBytes(Path.Combine(input, $"a{i}"), bytes);
            File.WriteAllBytes(Path.Combine(input, $"b{i}"), bytes);
        }

        string output = Path.Combine(place.Root, "min");
        await Afl("afl-cmin", "-i", input, "-o", output);
        Assert.InRange(Directory.GetFiles(output).Length, 1, 6);
    }

    /// <summary>A short beginning of a program of the generator that shows the bug.</summary>
    private static byte[] Crashing()
    {
        var target = new GuidedTarget(
            Profile.Newest.WithFixes(Profile.Newest.Fixes.Except(FixSet.Of(Fix.EarlyCowFork))), Feedback.None);
        var choices = new NotedChoices();
        return Enumerable.Range(0, 2000)
            .Select(program => choices.Note(1, (ulong)program, 40).ToArray())
            .First(bytes => target.Run(bytes).Violated);
    }

    private static async Task Afl(string tool, params string[] arguments)
    {
        var start = new ProcessStartInfo(tool,
        [
            .. arguments, "-m", "none", "-t", "20000", "--", Path.Combine(AppContext.BaseDirectory, "mmfuzz"),
            "target", "--without", "early-cow-fork",
        ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["AFL_SKIP_BIN_CHECK"] = "1";
        start.Environment["AFL_ALLOW_TMP"] = "1";
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await output + error);
    }
}

/// <summary>A test that needs AFL++.</summary>
internal sealed class AflFactAttribute : FactAttribute
{
    public AflFactAttribute() =>
        Skip = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator)
            .Any(part => File.Exists(Path.Combine(part, "afl-fuzz")))
            ? null!
            : "AFL++ is not installed: no afl-fuzz on the PATH (Debian's package afl++)";
}
