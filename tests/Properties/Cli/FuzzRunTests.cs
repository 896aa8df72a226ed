// What this file covers: `fuzz --programs`: the same answer on one thread and on two, and twice; what it stores is
// there, replays as it expects, and has a report beside it.
// What it does not cover: being killed (a run of its own), runs that time ends, speed (bench/).

using System;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using Xunit;

namespace MmFuzz.Tests.Cli;

public class FuzzRunTests
{
    private static readonly string[] Times = ["seconds", "operationsPerSecond"];

    [Fact]
    public void The_same_programs_give_the_same_answer_on_one_thread_and_on_two_and_twice()
    {
        string alone = Fuzz(jobs: 1);
        Assert.Equal(alone, Fuzz(jobs: 2));
        Assert.Equal(alone, Fuzz(jobs: 2));
        Assert.Equal(alone, Fuzz(jobs: 1));
        Assert.NotEmpty(JsonNode.Parse(alone)!["violations"]!.AsArray());
    }

    [Fact]
    public void Another_seed_gives_other_programs() => Assert.NotEqual(Fuzz(1, 300, 1), Fuzz(1, 300, 2));

    [Fact]
    public void What_is_found_is_stored_with_a_report_and_replays_as_expected()
    {
        using var place = new Place();
        Answer run = CommandLine.Run(
            "fuzz", "--profile", "v6.18", "--without", "early-cow-fork", "--programs", "200", "--out", place.Root,
            "--json").WithoutTrace();
        Assert.Equal(1, run.Code);
        string[] told = [.. run.Json().GetProperty("violations").EnumerateArray()
            .Select(violation => violation.GetProperty("file").GetString()!)];
        string[] stored = Directory.GetFiles(place.Root, "*.mm");
        Assert.NotEmpty(stored);
        Assert.Equal(stored.Order(StringComparer.Ordinal), told.Order(StringComparer.Ordinal));
        int reproducers = Directory.GetFiles(place.Root, "*.c").Length; // races have none
        Assert.Equal((3 * stored.Length) + reproducers, Directory.GetFileSystemEntries(place.Root).Length);
        foreach (string file in stored)
        {
            string report = File.ReadAllText(Path.ChangeExtension(file, ".md"));
            Assert.Contains($"mmfuzz explain {file}", report, StringComparison.Ordinal);
            Assert.Contains("## What happens", report, StringComparison.Ordinal);
            Answer replay = CommandLine.Run("replay", file).WithoutTrace();
            Assert.Equal(0, replay.Code);
            Assert.Contains("as expected: ", replay.Out, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_command_in_a_stored_program_finds_it_again()
    {
        using var place = new Place();
        using var other = new Place();
        CommandLine.Run("fuzz", "--without", "early-cow-fork", "--programs", "200", "--out", place.Root);
        string file = Directory.GetFiles(place.Root, "*.mm").Order(StringComparer.Ordinal).First();
        string line = File.ReadLines(file).First();
        Assert.StartsWith("# found by: mmfuzz fuzz ", line, StringComparison.Ordinal);
        Answer again = CommandLine.Run([.. line.Split(' ')[4..], "--out", other.Root]).WithoutTrace();
        Assert.Equal(1, again.Code);
        Assert.Equal(
            File.ReadAllText(file), File.ReadAllText(Path.Combine(other.Root, Path.GetFileName(file))));
    }

    /// <summary>The answer of a run, less its times and the name of its directory.</summary>
    private static string Fuzz(int jobs, int programs = 3000, int seed = 1)
    {
        using var place = new Place();
        Answer answer = CommandLine.Run(
            "fuzz", "--profile", "v5.18", "--seed", $"{seed}", "--programs", $"{programs}", "--jobs", $"{jobs}",
            "--out", place.Root, "--json").WithoutTrace();
        Assert.InRange(answer.Code, 0, 1);
        JsonObject run = JsonNode.Parse(answer.Out)!.AsObject();
        foreach (string time in Times)
            Assert.True(run.Remove(time), $"no field {time}");
        return run.ToJsonString().Replace(place.Root, string.Empty, StringComparison.Ordinal);
    }
}
