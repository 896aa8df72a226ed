// What this file covers: that checking only what was touched finds what checking everything finds, the same clause at
// the same operation; that a run depends on its seed and on nothing else: the same worlds twice, and under a culture
// with other signs for numbers.
// What it does not cover: what the properties say (KernelPropertyTests.cs).

using System.Collections.Generic;
using System.Globalization;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.State;
using MmFuzz.Generators;
using Xunit;
using Runner = MmFuzz.Engine.Runner;

namespace MmFuzz.Tests.Properties;

public class CheckingTests
{
    private const int Programs = 2000;

    [Theory]
    [InlineData("v6.18")]
    [InlineData("v5.7")]
    [InlineData("v5.18")]
    [InlineData("v6.1")]
    [InlineData("v6.18, without early-cow-fork")]
    [InlineData("v6.18, without softdirty-tlb")]
    [InlineData("v6.18, without unmap-dirty, without uffd-migration")]
    public void Checking_what_was_touched_finds_what_checking_everything_finds(string words)
    {
        Profile profile = Scenarios.Scenario.ProfileOf(words);
        var fuzzer = new Fuzzer(profile, seed: 2);
        var touched = new Runner(profile);
        var everything = new Runner(profile) { ChecksEverything = true };
        List<string> different = [];
        for (ulong program = 0; program < Programs; program++)
        {
            fuzzer.RunProgram(Fuzzer.Apart(program));
            string some = Replay(touched, [.. fuzzer.Generator.Recorded]);
            string all = Replay(everything, [.. fuzzer.Generator.Recorded]);
            if (some != all)
                different.Add($"program {program}: {some}; everything: {all}");
        }

        Assert.Empty(different);
    }

    [Theory]
    [InlineData("v6.18")]
    [InlineData("v5.7")]
    public void The_same_seed_gives_the_same_worlds_twice(string words) =>
        Assert.Equal(Worlds(words, seed: 1), Worlds(words, seed: 1));

    [Fact]
    public void Another_seed_gives_other_worlds() =>
        Assert.NotEqual(Worlds("v6.18", seed: 1), Worlds("v6.18", seed: 2));

    [Fact]
    public void A_program_depends_on_its_number_and_not_on_what_ran_before()
    {
        var fuzzer = new Fuzzer(Profile.Newest, seed: 1);
        for (ulong program = 0; program < 100; program++)
            fuzzer.RunProgram(Fuzzer.Apart(program));
        var fresh = new Fuzzer(Profile.Newest, seed: 1);
        fresh.RunProgram(Fuzzer.Apart(99));
        Assert.Equal([.. fresh.Generator.Recorded], fuzzer.Generator.Recorded.ToArray());
        Assert.True(fresh.Runner.World == fuzzer.Runner.World);
    }

    // The suite runs without tables of cultures, so these are made by hand, each worse than the real one.
    [Theory]
    [InlineData("tr-TR", ",", ".", "-")]
    [InlineData("de-DE", ",", ".", "\u2212")]
    [InlineData("nonsense", "0", "1", "p")]
    public void A_culture_changes_neither_worlds_nor_texts(string name, string point, string group, string minus)
    {
        List<ulong> worlds = Worlds("v6.18", seed: 1);
        string text = TextOfOne();
        CultureInfo before = CultureInfo.CurrentCulture;
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        culture.NumberFormat.NumberDecimalSeparator = point;
        culture.NumberFormat.NumberGroupSeparator = group;
        culture.NumberFormat.NegativeSign = minus;
        culture.NumberFormat.PositiveSign = name;
        try
        {
            CultureInfo.CurrentCulture = culture;
            CultureInfo.CurrentUICulture = culture;
            Assert.Equal(worlds, Worlds("v6.18", seed: 1));
            Assert.Equal(text, TextOfOne());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
            CultureInfo.CurrentUICulture = before;
        }
    }

    private static string Replay(Runner runner, Operation[] operations)
    {
        runner.Reset();
        for (int i = 0; i < operations.Length; i++)
        {
            runner.Execute(in operations[i], (ushort)i);
            if (runner.Violation is { } violation)
                return $"{violation.ClauseName} at {i + 1}";
        }

        return "nothing";
    }

    /// <summary>A hash of the world after each of some programs.</summary>
    private static List<ulong> Worlds(string words, ulong seed)
    {
        var fuzzer = new Fuzzer(Scenarios.Scenario.ProfileOf(words), seed);
        List<ulong> hashes = [];
        for (ulong program = 0; program < 300; program++)
        {
            fuzzer.RunProgram(Fuzzer.Apart(program));
            hashes.Add(Fnv(in fuzzer.Runner.World));
        }

        return hashes;
    }

    private static string TextOfOne()
    {
        var fuzzer = new Fuzzer(Profile.Newest, seed: 1);
        fuzzer.RunProgram(3);
        string text = new MmProgram(Profile.Newest, fuzzer.Generator.Recorded.ToArray()).Print();
        Assert.Equal(text, MmProgramParser.Parse(text, out _)!.For(Profile.Newest, null).Print());
        return text;
    }

    /// <summary>FNV-1a.</summary>
    private static ulong Fnv(in World world)
    {
        ulong hash = 14695981039346656037;
        foreach (byte part in World.Bytes(in world))
            hash = (hash ^ part) * 1099511628211;
        return hash;
    }
}
