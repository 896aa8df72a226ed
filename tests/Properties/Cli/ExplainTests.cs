// What this file covers: `mmfuzz explain` as a command: its exit codes, which are those of replay; its three forms;
// files that cannot be used; texts that were tampered with; reports of findings, which tell the same.
// What it does not cover: the words (Reports/).

using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using Xunit;

namespace MmFuzz.Tests.Cli;

public class ExplainTests
{
    [Fact]
    public void It_ends_as_replay_does()
    {
        string expecting = CommandLine.KnownBug.Replace(
            "mmap", "expect pin-exclusive pinned-but-shared\nmmap", StringComparison.Ordinal);
        foreach (string text in (string[])[CommandLine.KnownBug, CommandLine.Quiet, expecting])
        {
            int replay = CommandLine.Feed(text, "replay", "-").Code;
            foreach (string[] form in (string[][])[[], ["--markdown"], ["--json"]])
                Assert.Equal(replay, CommandLine.Feed(text, ["explain", "-", .. form]).WithoutTrace().Code);
        }

        Assert.Equal(1, CommandLine.Feed(CommandLine.KnownBug, "explain", "-").Code);
        Assert.Equal(0, CommandLine.Feed(CommandLine.Quiet, "explain", "-").Code);
        Assert.Equal(0, CommandLine.Feed(expecting, "explain", "-").Code);
    }

    [Fact]
    public void A_bad_file_ends_with_2_and_a_place()
    {
        using var place = new Place();
        string file = place.With("bad.mm", "mmfuzz 1\nmmap p0 0 1 anon rw\nstore p0 sixteen\n");
        Answer answer = CommandLine.Run("explain", file).WithoutTrace();
        Assert.Equal(2, answer.Code);
        Assert.Empty(answer.Out);
        Assert.StartsWith($"mmfuzz: {file}:3:10: found `sixteen`, expected", answer.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("explain")]
    [InlineData("explain", "/no/such/file.mm")]
    [InlineData("explain", "a.mm", "b.mm")]
    [InlineData("explain", "-", "--profile", "v9.9")]
    [InlineData("explain", "-", "--without", "no-such-fix")]
    [InlineData("explain", "-", "--with", "zap-flush", "--without", "zap-flush")]
    public void What_cannot_be_used_ends_with_2(params string[] args)
    {
        Answer answer = CommandLine.Feed(CommandLine.Quiet, args).WithoutTrace();
        Assert.Equal(2, answer.Code);
        Assert.Empty(answer.Out);
        Assert.StartsWith("mmfuzz: ", answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void One_form_at_a_time() =>
        Assert.Equal(2, CommandLine.Feed(CommandLine.Quiet, "explain", "-", "--json", "--markdown").Code);

    [Fact]
    public void Another_kernel_may_be_asked_for()
    {
        Answer answer = CommandLine.Feed(CommandLine.Quiet, "explain", "-", "--without", "early-cow-fork");
        Assert.Equal(1, answer.Code);
        Assert.Contains("where a repaired kernel goes another way", answer.Out, StringComparison.Ordinal);
        Assert.Contains("what it takes", answer.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_that_holds_is_explained_without_a_violation()
    {
        Answer answer = CommandLine.Feed(CommandLine.Quiet, "explain", "-").WithoutTrace();
        Assert.Contains("p0 writes page 0", answer.Out, StringComparison.Ordinal);
        Assert.Contains("through `dup_mmap` (lock, ", answer.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("what it takes", answer.Out, StringComparison.Ordinal);
        Assert.EndsWith("nothing violated\n", answer.Out, StringComparison.Ordinal);
        JsonElement json = CommandLine.Feed(CommandLine.Quiet, "explain", "-", "--json").Json();
        Assert.Equal(JsonValueKind.Null, json.GetProperty("divergence").ValueKind);
        Assert.Equal(JsonValueKind.Null, json.GetProperty("dissection").ValueKind);
    }

    [Fact]
    public void A_generated_fault_is_what_the_repaired_kernel_lacks()
    {
        const string Mutated =
            "mmfuzz 1\nmutant invent:write@fork-child@anon\nmmap p0 0 1 anon rw\nstore p0 0\nfork p0 -> p1\n";
        JsonElement divergence = CommandLine.Feed(Mutated, "explain", "-", "--json").Json().GetProperty("divergence");
        Assert.Equal("without mutant invent:write@fork-child@anon", divergence.GetProperty("repair").GetString());
        JsonElement state = divergence.GetProperty("state");
        Assert.Equal("dup_mmap", state.GetProperty("stage").GetProperty("path").GetString());
        Assert.Equal("p1:0", state.GetProperty("differences")[0].GetProperty("thing").GetString());
    }

    [Fact]
    public void A_long_program_is_explained_too()
    {
        string text = CommandLine.KnownBug.Replace(
            "fork p0", string.Concat(Enumerable.Repeat("load p0 0\n", 200)) + "fork p0", StringComparison.Ordinal);
        Answer answer = CommandLine.Feed(text, "explain", "-").WithoutTrace();
        Assert.Equal(1, answer.Code);
        Assert.Contains("`mmfuzz shrink` makes them short", answer.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Programs_that_were_tampered_with_are_explained_or_refused()
    {
        var random = new Dice(13);
        string[] corpus = CommandLine.Corpus();
        int[] codes = new int[3];
        for (int i = 0; i < 200; i++)
        {
            string[] lines = corpus[random.Below(corpus.Length)].Split('\n');
            string[] others = corpus[random.Below(corpus.Length)].Split('\n');
            lines[random.Below(lines.Length)] = others[random.Below(others.Length)];
            string form = i % 2 == 0 ? "--json" : "--markdown";
            Answer answer = CommandLine.Feed(string.Join('\n', lines), "explain", "-", form).WithoutTrace();
            codes[answer.Code]++;
        }

        Assert.All(codes, times => Assert.InRange(times, 2, 200)); // else nothing was tried
    }

    [Fact]
    public void A_report_of_a_finding_tells_where_the_repaired_kernel_goes_another_way_and_what_it_takes()
    {
        using var place = new Place();
        CommandLine.Run("fuzz", "--without", "early-cow-fork", "--programs", "200", "--out", place.Root);
        string[] reports = Directory.GetFiles(place.Root, "*.md");
        Assert.NotEmpty(reports);
        foreach (string report in reports.Select(File.ReadAllText))
        {
            Assert.Contains("\n## Where a repaired kernel goes another way\n", report, StringComparison.Ordinal);
            Assert.Contains("\n## What it takes\n", report, StringComparison.Ordinal);
            Assert.Contains("\nEvery line is necessary.", report, StringComparison.Ordinal);
        }
    }
}
