// What this file covers: `nightly merge`: TigerBeetle's rules for seeds by commit, each by an example; and that neither
// the order of merges, nor how they are grouped, nor repetition matters, on drawn files. Files that are none.
// What it does not cover: which seeds a night has (NightTests.cs).

using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using MmFuzz.Tests.Cli;
using Xunit;

namespace MmFuzz.Tests.Nightly;

public class SeedRecordTests
{
    [Fact]
    public void Of_a_commit_and_fuzzer_four_seeds_stay_failing_first_then_faster_then_older()
    {
        string[] kept = Kept(
            Seed("slow", ok: true, seconds: 9), Seed("fails-late", ok: false, seconds: 5),
            Seed("quick", ok: true, seconds: 1), Seed("fails-early", ok: false, seconds: 2),
            Seed("old", ok: true, seconds: 3, started: "2026-01-01T00:00:00Z"),
            Seed("young", ok: true, seconds: 3, started: "2026-01-02T00:00:00Z"));
        Assert.Equal(["fails-early", "fails-late", "quick", "old"], kept);
    }

    [Fact]
    public void Fuzzers_and_commits_are_kept_apart()
    {
        string[] kept = Kept(
            [.. from fuzzer in (string[])["canary", "fuzz v6.1"]
                from commit in (int[])[1, 2]
                from number in Enumerable.Range(0, 6)
                select Seed($"{fuzzer} {commit}", ok: true, seconds: number, fuzzer: fuzzer, commit: commit)]);
        Assert.Equal(
            [("canary 1", 4), ("canary 2", 4), ("fuzz v6.1 1", 4), ("fuzz v6.1 2", 4)],
            kept.CountBy(name => name).Select(pair => (pair.Key, pair.Value)).Order());
    }

    [Fact]
    public void The_thirty_two_newest_commits_stay()
    {
        string[] kept = Kept([.. Enumerable.Range(1, 40).Select(commit =>
            Seed($"{commit}", ok: true, seconds: 1, commit: commit))]);
        Assert.Equal(Enumerable.Range(9, 32).Reverse().Select(commit => $"{commit}"), kept);
    }

    [Fact]
    public void Neither_order_nor_grouping_nor_repetition_of_merges_matters()
    {
        var dice = new Dice(11);
        for (int i = 0; i < 40; i++)
        {
            using var place = new Place();
            string[] files = [.. Enumerable.Range(0, 3).Select(number => place.With($"{number}.json", Drawn(dice)))];
            string all = Merge(place, files);
            Assert.Equal(all, Merge(place, [files[2], files[0], files[1], files[0]]));
            string some = place.With("some.json", Merge(place, files[1], files[2]));
            Assert.Equal(all, Merge(place, some, files[0], some));
            Assert.Equal(all, Merge(place, place.With("all.json", all)));
        }
    }

    [Theory]
    [InlineData("{", ":1:2: found no JSON")]
    [InlineData("{\"version\":2}", ":1:1: found another document")]
    [InlineData("[]", ": found no JSON")]
    public void A_file_that_is_none_is_bad_input(string text, string words)
    {
        using var place = new Place();
        string file = place.With("records.json", text);
        Answer answer = CommandLine.Run("nightly", "merge", file, "--out", file).WithoutTrace();
        Assert.Equal(2, answer.Code);
        Assert.Contains(words, answer.Error, StringComparison.Ordinal);
        Assert.Equal(text, File.ReadAllText(file));
    }

    /// <summary>The results of the seeds that are kept, in order.</summary>
    private static string[] Kept(params string[] seeds)
    {
        using var place = new Place();
        using var merged = JsonDocument.Parse(Merge(place, place.With("records.json", Records(seeds))));
        return [.. merged.RootElement.GetProperty("seeds").EnumerateArray()
            .Select(seed => seed.GetProperty("result").GetString()!)];
    }

    private static string Merge(Place place, params string[] files)
    {
        string target = Path.Combine(place.Root, "merged.json");
        Answer answer = CommandLine.Run(["nightly", "merge", .. files, "--out", target]).WithoutTrace();
        Assert.Equal(0, answer.Code);
        return File.ReadAllText(target);
    }

    private static string Drawn(Dice dice) => Records([.. Enumerable.Range(0, dice.Below(40)).Select(_ => Seed(
        $"{dice.Below(3)}", dice.Below(2) == 0, dice.Below(3), $"2026-01-0{1 + dice.Below(3)}T00:00:00Z",
        $"fuzzer {dice.Below(2)}", dice.Below(40)))]);

    private static string Records(string[] seeds) =>
        $$"""{"version":1,"seeds":[{{string.Join(',', seeds)}}],"nights":[],"findings":[],"canary":null}""";

    private static string Seed(
        string result, bool ok, int seconds, string started = "2026-01-01T00:00:00Z", string fuzzer = "fuzz",
        int commit = 1) =>
        $$"""
        {"commit":"{{commit:x40}}","commitTime":"2026-01-01T00:00:{{commit:00}}Z","fuzzer":"{{fuzzer}}",
        "ok":{{(ok ? "true" : "false")}},"seed":7,"seconds":{{seconds}},"started":"{{started}}",
        "result":"{{result}}","command":"mmfuzz"}
        """;
}
