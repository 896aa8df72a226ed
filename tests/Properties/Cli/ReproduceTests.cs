// What this file covers: `mmfuzz reproduce`: what it writes and where, its exit codes, what it refuses; and that a
// finding of a run has its C program beside it, and its report says how to run it.
// What it does not cover: the C programs (Linux/ReproducerTests.cs).

using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using Xunit;

namespace MmFuzz.Tests.Cli;

public class ReproduceTests
{
    private const string Race =
        "mmfuzz 1\nprofile v6.18\nwithout gupfast-fork-seq\nmmap p0 0 1 anon rw\nstore p0 0\n"
        + "start t0 fork p0 -> p1\nstep t0 4\npin p0 0 1 r fast -> g0 by t4\n";

    [Fact]
    public void A_C_program_is_written_to_standard_output()
    {
        Answer answer = CommandLine.Feed(CommandLine.KnownBug, "reproduce", "-").WithoutTrace();
        Assert.Equal(0, answer.Code);
        Assert.StartsWith("/*\n * pin-exclusive (pinned-but-shared)\n", answer.Out, StringComparison.Ordinal);
        Assert.Contains("Without it: ", answer.Out, StringComparison.Ordinal);
        Assert.Contains("int main(void)", answer.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Or_to_a_file()
    {
        using var place = new Place();
        string bug = place.With("bug.mm", CommandLine.KnownBug);
        string target = Path.Combine(place.Root, "bug.c");
        Answer answer = CommandLine.Run("reproduce", bug, "-o", target).WithoutTrace();
        Assert.Equal(0, answer.Code);
        Assert.StartsWith($"written: {target}; what tells: `devread g0 0`", answer.Out, StringComparison.Ordinal);
        Assert.Equal(CommandLine.Run("reproduce", bug).Out, File.ReadAllText(target));
        Assert.Equal(2, Directory.GetFiles(place.Root).Length);
    }

    [Fact]
    public void What_has_no_C_program_is_told_with_its_reason()
    {
        Answer answer = CommandLine.Feed(Race, "reproduce", "-").WithoutTrace();
        Assert.Equal(1, answer.Code);
        Assert.Contains("`start t0 fork p0 -> p1`: a running kernel cannot be stopped", answer.Out,
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_answer_in_JSON_has_the_text_or_the_reason()
    {
        JsonElement made = CommandLine.Feed(CommandLine.KnownBug, "reproduce", "-", "--json").WithoutTrace().Json();
        Assert.Contains("int main(void)", made.GetProperty("source").GetString(), StringComparison.Ordinal);
        Assert.Equal(2, made.GetProperty("added").GetArrayLength());
        JsonElement none = CommandLine.Feed(Race, "reproduce", "-", "--json").WithoutTrace().Json();
        Assert.Equal(JsonValueKind.Null, none.GetProperty("source").ValueKind);
        Assert.StartsWith("line 6, ", none.GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_that_violates_nothing_is_bad_input()
    {
        Answer answer = CommandLine.Feed(CommandLine.Quiet, "reproduce", "-").WithoutTrace();
        Assert.Equal(2, answer.Code);
        Assert.Contains("found a program that violates nothing", answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_is_no_place_for_it()
    {
        using var place = new Place();
        Answer answer = CommandLine.Feed(CommandLine.KnownBug, "reproduce", "-", "-o", place.Root).WithoutTrace();
        Assert.Equal(2, answer.Code);
        Assert.Contains("--out: found a directory", answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Findings_of_a_run_have_theirs_beside_them()
    {
        using var place = new Place();
        CommandLine.Run(
            "fuzz", "--profile", "v6.18", "--without", "early-cow-fork", "--programs", "2000", "--seed", "3", "--jobs",
            "1", "--out", place.Root);
        string[] reports = Directory.GetFiles(place.Root, "*.md");
        string[] programs = Directory.GetFiles(place.Root, "*.c");
        Assert.NotEmpty(programs);
        Assert.All(programs, file =>
        {
            string report = File.ReadAllText(Path.ChangeExtension(file, ".md"));
            Assert.Contains(Path.GetFileName(file), report.Replace(" \\\n    ", " ", StringComparison.Ordinal),
                StringComparison.Ordinal);
        });
        Assert.All(reports.Where(file => !programs.Contains(Path.ChangeExtension(file, ".c"))), file =>
            Assert.Contains("There is no C program of it", File.ReadAllText(file), StringComparison.Ordinal));
    }
}
