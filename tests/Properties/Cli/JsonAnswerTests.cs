// What this file covers: `--json` of every command: one document on standard output, with the fields that the command
// promises; words go to standard error.
// What it does not cover: whether what the fields say is right (the tests of what they tell about).

using System;
using System.Linq;
using System.Text.Json;
using Xunit;

namespace MmFuzz.Tests.Cli;

public class JsonAnswerTests
{
    [Fact]
    public void Fuzz_answers_with_the_run_and_its_violations()
    {
        using var place = new Place();
        Answer answer = CommandLine.Run(
            "fuzz", "--without", "early-cow-fork", "--programs", "200", "--jobs", "1", "--json", "--out", place.Root);
        JsonElement run = answer.WithoutTrace().Json();
        Has(
            run, "seed:Number profile:String programs:Number operations:Number seconds:Number "
            + "operationsPerSecond:Number goals:Object violations:Array");
        Assert.Equal(200, run.GetProperty("programs").GetInt64());
        Assert.InRange(run.GetProperty("operations").GetInt64(), 1, 200 * 128);
        Assert.NotEmpty(run.GetProperty("violations").EnumerateArray());
        Assert.Equal(1, answer.Code);
        foreach (JsonElement violation in run.GetProperty("violations").EnumerateArray())
            Has(violation, "property:String clause:String operations:Number file:String attributedTo:Array");
    }

    [Fact]
    public void Replay_answers_with_a_document_for_each_program()
    {
        using var place = new Place();
        Answer answer = CommandLine.Run(
            "replay", "--json", place.With("a.mm", CommandLine.KnownBug), place.With("b.mm", CommandLine.Quiet));
        JsonElement[] programs = [.. answer.WithoutTrace().Json().EnumerateArray()];
        Assert.Equal(2, programs.Length);
        Has(programs[0], "file:String profile:String asExpected:False violation:Object lines:Array");
        Has(
            programs[0].GetProperty("violation"),
            "property:String clause:String line:Number where:String detail:String rule:String attributedTo:Array");
        Has(programs[1], "file:String profile:String asExpected:True violation:Null lines:Array");
        Assert.Equal(4, programs[1].GetProperty("lines").GetArrayLength());
        Has(programs[1].GetProperty("lines")[0], "line:Number text:String outcome:String words:String");
        Assert.Empty(answer.Error);
    }

    [Fact]
    public void A_traced_replay_answers_with_stages_and_changes()
    {
        JsonElement line = CommandLine.Feed(CommandLine.KnownBug, "replay", "-", "--trace", "--json")
            .WithoutTrace().Json()[0].GetProperty("lines")[1];
        Has(line.GetProperty("stages")[0], "actor:String path:String stage:String waited:False");
        Has(line.GetProperty("changes")[0], "kind:String thing:String before:String after:String");
    }

    [Fact]
    public void Explain_answers_with_the_replay_and_what_other_runs_tell()
    {
        JsonElement explained = CommandLine.Feed(CommandLine.KnownBug, "explain", "-", "--json").WithoutTrace().Json();
        Has(explained, "replay:Object divergence:Object dissection:Object");
        Has(explained.GetProperty("replay").GetProperty("lines")[1].GetProperty("changes")[0], "by:String");
        Has(
            explained.GetProperty("divergence"),
            "repaired:String repair:String words:String state:Object paths:Null");
        Has(
            explained.GetProperty("divergence").GetProperty("state"),
            "line:Number text:String stage:Object differences:Array");
        Has(explained.GetProperty("dissection"), "lines:Array pagesMovableBy:Array names:Array");
        JsonElement line = explained.GetProperty("dissection").GetProperty("lines")[2];
        Has(line, "line:Number text:String necessary:True without:Object swappedWithNext:Object free:Array");
        Has(line.GetProperty("without"), "verdict:String property:Null clause:Null");
        Has(line.GetProperty("free")[0], "operand:String written:String others:Array any:True words:String");
    }

    [Fact]
    public void Shrink_answers_with_the_small_program_and_its_passes()
    {
        JsonElement shrink = CommandLine.Feed(CommandLine.KnownBug, "shrink", "-", "--json").WithoutTrace().Json();
        Has(
            shrink, "file:String profile:String property:String clause:String operationsBefore:Number "
            + "operations:Number seconds:Number budgetExhausted:False program:String passes:Array");
        Assert.StartsWith("mmfuzz 1\n", shrink.GetProperty("program").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Bugs_answers_with_a_row_for_each_known_bug()
    {
        JsonElement rows = CommandLine.Run("bugs", "--only", "early-cow-fork", "--jobs", "1", "--json")
            .WithoutTrace().Json();
        JsonElement row = Assert.Single(rows.EnumerateArray());
        Has(
            row, "id:String seedDocument:String profile:String property:String expectedProperty:Array found:True "
            + "programs:Number operations:Number seconds:Number shrunkOperations:Number listedOperations:Number "
            + "shrinkSeconds:Number program:String");
    }

    [Theory]
    [InlineData("operations", "name:String form:String meaning:String")]
    [InlineData("properties", "name:String rule:String clauses:Array")]
    [InlineData("fixes", "name:String since:String seedDocument:String title:String mechanism:String")]
    [InlineData("profiles", "name:String copyOnWrite:String fixes:Number lacks:Array")]
    [InlineData("bugs", "id:String seedDocument:String profile:String expectedProperty:Array operations:Number")]
    public void List_answers_with_a_row_for_each_thing(string what, string fields)
    {
        Answer answer = CommandLine.Run("list", what, "--json").WithoutTrace();
        Assert.Equal(0, answer.Code);
        Assert.NotEmpty(answer.Json().EnumerateArray());
        foreach (JsonElement row in answer.Json().EnumerateArray())
            Has(row, fields);
        Assert.Empty(answer.Error);
    }

    [Fact]
    public void List_goals_answers_with_their_names() =>
        Assert.All(
            CommandLine.Run("list", "goals", "--json").WithoutTrace().Json().EnumerateArray(),
            goal => Assert.Equal(JsonValueKind.String, goal.ValueKind));

    /// <summary>Whether the object has all of these fields, each of that kind.</summary>
    private static void Has(JsonElement element, string fields)
    {
        foreach (string[] field in fields.Split(' ').Select(field => field.Split(':')))
        {
            Assert.True(element.TryGetProperty(field[0], out JsonElement value), $"no field {field[0]}");
            Assert.True(value.ValueKind.ToString() == field[1], $"{field[0]} is {value.ValueKind}, not {field[1]}");
        }
    }
}
