// What this file covers: the exit codes of every command, and the words beside them: what was found, what was
// expected, at which file:line:column; never a stack trace. What `replay` says a violation comes from.
// What it does not cover: code 3, which only a defect of mmfuzz makes; texts at random (RobustnessTests.cs).

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Xunit;

namespace MmFuzz.Tests.Cli;

public class ExitCodeTests
{
    private const string Mutant = "mutant invent:write@fork-child@anon";
    private const string Mutated = $"mmfuzz 1\n{Mutant}\nmmap p0 0 1 anon rw\nstore p0 0\nfork p0 -> p1\n";

    [Theory]
    [InlineData("fuzz", "--no-such-option")]
    [InlineData("fuzz", "--profile", "v9.9")]
    [InlineData("fuzz", "--seed", "-1")]
    [InlineData("fuzz", "--programs", "0")]
    [InlineData("fuzz", "--programs")]
    [InlineData("fuzz", "--budget", "soon")]
    [InlineData("fuzz", "--budget", "1s", "--programs", "1")]
    [InlineData("fuzz", "--without", "no-such-fix")]
    [InlineData("fuzz", "--with", "zap-flush", "--without", "zap-flush", "--programs", "1")]
    [InlineData("replay")]
    [InlineData("replay", "/no/such/file.mm")]
    [InlineData("replay", "/")]
    [InlineData("replay", "a\0b")]
    [InlineData("shrink")]
    [InlineData("shrink", "/no/such/file.mm")]
    [InlineData("bugs", "--only", "no-such-bug")]
    [InlineData("list")]
    [InlineData("list", "no-such-thing")]
    [InlineData("linux", "fuzz", "--migrate")]
    [InlineData("linux", "fuzz", "--migrate", "--allow-system-changes", "--jobs", "2")]
    [InlineData("no-such-command")]
    [InlineData("--no-such-option")]
    public void What_cannot_be_used_ends_with_2_and_says_what_was_found(params string[] args)
    {
        Answer answer = CommandLine.Run(args).WithoutTrace();
        Assert.Equal(2, answer.Code);
        Assert.Empty(answer.Out);
        Assert.StartsWith("mmfuzz: ", answer.Error, StringComparison.Ordinal);
        Assert.Contains("expected", answer.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fuzz", "--no-such-option")]
    [InlineData("replay", "/no/such/file.mm")]
    [InlineData("bugs", "--only", "no-such-bug")]
    public void With_json_what_cannot_be_used_is_a_document_as_well(params string[] args)
    {
        Answer answer = CommandLine.Run([.. args, "--json"]).WithoutTrace();
        Assert.Equal(2, answer.Code);
        Assert.Equal(2, answer.Json().GetProperty("exitCode").GetInt32());
        Assert.Contains("expected", answer.Json().GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_quiet_replay_ends_with_0()
    {
        Answer answer = CommandLine.Feed(CommandLine.Quiet, "replay", "-").WithoutTrace();
        Assert.Equal(0, answer.Code);
        Assert.Contains("nothing violated", answer.Out, StringComparison.Ordinal);
        Assert.Empty(answer.Error);
    }

    [Fact]
    public void A_violated_replay_ends_with_1_and_names_the_clause_and_the_missing_fix()
    {
        Answer answer = CommandLine.Feed(CommandLine.KnownBug, "replay", "-").WithoutTrace();
        Assert.Equal(1, answer.Code);
        Assert.Contains("pin-exclusive (pinned-but-shared)", answer.Out, StringComparison.Ordinal);
        Assert.Contains("lacks early-cow-fork", answer.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void A_violation_that_the_program_expects_ends_with_0_and_one_that_does_not_come_with_1()
    {
        Assert.Equal(0, CommandLine.Feed(Expecting(CommandLine.KnownBug), "replay", "-").WithoutTrace().Code);
        Assert.Equal(1, CommandLine.Feed(Expecting(CommandLine.Quiet), "replay", "-").WithoutTrace().Code);
        Assert.Equal(
            0, CommandLine.Feed(CommandLine.KnownBug, "replay", "-", "--with", "early-cow-fork").WithoutTrace().Code);

        static string Expecting(string text) =>
            text.Replace("mmap", "expect pin-exclusive pinned-but-shared\nmmap", StringComparison.Ordinal);
    }

    [Fact]
    public void A_bad_file_ends_with_2_and_a_place_for_each_mistake()
    {
        using var place = new Place();
        string first = place.With("first.mm", "mmfuzz 1\nmmap p0 0 1 anon rw\nstore p0 sixteen\n");
        string second = place.With("second.mm", "mmfuzz 1\nflurb\n");
        Answer answer = CommandLine.Run("replay", first, second).WithoutTrace();
        Assert.Equal(2, answer.Code);
        Assert.Contains($"mmfuzz: {first}:3:10: ", answer.Error, StringComparison.Ordinal);
        Assert.Contains($"mmfuzz: {second}:2:1: ", answer.Error, StringComparison.Ordinal);
        Assert.Empty(answer.Out);
        Assert.Equal(2, CommandLine.Run("shrink", first).WithoutTrace().Code);
    }

    [Fact]
    public void Shrinking_ends_with_1_if_it_violates_and_with_0_if_it_does_not()
    {
        Assert.Equal(1, CommandLine.Feed(CommandLine.KnownBug, "shrink", "-").WithoutTrace().Code);
        Assert.Equal(0, CommandLine.Feed(CommandLine.Quiet, "shrink", "-").WithoutTrace().Code);
    }

    [Fact]
    public void Output_that_cannot_be_written_ends_with_2()
    {
        using var place = new Place();
        string file = place.With("file", string.Empty);
        Answer fuzz = CommandLine.Run("fuzz", "--programs", "1", "--out", Path.Combine(file, "inside")).WithoutTrace();
        Answer shrink = CommandLine.Feed(
            CommandLine.KnownBug, "shrink", "-", "-o", Path.Combine(file, "small.mm")).WithoutTrace();
        Assert.Equal([2, 2], [fuzz.Code, shrink.Code]);
    }

    [Fact]
    public void A_fix_that_is_asked_for_and_against_is_named()
    {
        foreach (string[] start in (string[][])[["fuzz", "--programs", "1"], ["replay", "-"]])
        {
            Answer answer = CommandLine.Feed(
                CommandLine.Quiet, [.. start, "--with", "zap-flush", "--without", "zap-flush"]).WithoutTrace();
            Assert.Equal(2, answer.Code);
            Assert.Contains("`zap-flush` after both --with and --without", answer.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_violation_that_a_generated_fault_makes_is_attributed_to_it()
    {
        Answer words = CommandLine.Feed(Mutated, "replay", "-").WithoutTrace();
        Assert.Equal(1, words.Code);
        Assert.Contains(Mutant, Line(words.Out, "cause"), StringComparison.Ordinal);
        Assert.DoesNotContain("a new bug", words.Out, StringComparison.Ordinal);
        Answer json = CommandLine.Feed(Mutated, "replay", "-", "--json").WithoutTrace();
        string[] causes = [.. json.Json()[0].GetProperty("violation").GetProperty("attributedTo").EnumerateArray()
            .Select(one => one.GetString()!)];
        Assert.Equal([Mutant], causes);
    }

    [Fact]
    public void A_generated_fault_is_not_blamed_for_what_a_missing_fix_makes()
    {
        string text = CommandLine.KnownBug.Replace(
            "mmap", "mutant drop:dirty@swap-in@anon\nmmap", StringComparison.Ordinal);
        Answer answer = CommandLine.Feed(text, "replay", "-").WithoutTrace();
        Assert.Contains("lacks early-cow-fork", Line(answer.Out, "cause"), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_several_generated_faults_the_guilty_one_is_named()
    {
        string text = Mutated.Replace(
            "mmap", "mutant drop:dirty@swap-in@anon\nmmap", StringComparison.Ordinal);
        string cause = Line(CommandLine.Feed(text, "replay", "-").WithoutTrace().Out, "cause");
        Assert.EndsWith("it has " + Mutant, cause, StringComparison.Ordinal);
    }

    private static string Line(string text, string field)
    {
        IEnumerable<string> lines = text.Split('\n').Select(line => line.Trim());
        return Assert.Single(lines, line => line.StartsWith(field + " ", StringComparison.Ordinal));
    }
}
