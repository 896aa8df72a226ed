// What this file covers: the base-page cells of the kernel's own copy-on-write tests (tools/testing/selftests/mm/cow.c)
// as programs: each passes on v6.18, and passes or fails on v5.7 and v5.18 as it did in its time, by the test's own
// condition and by our properties. What it does not cover: the live kernel (LiveKernelTests.cs), huge pages.

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.State;
using MmFuzz.Tests.Tidy;
using Xunit;
using Runner = MmFuzz.Engine.Runner;

namespace MmFuzz.Tests.Linux;

public partial class SelftestTests
{
    public static TheoryData<string> Cells => [.. Files().Select(file => Path.GetFileName(file)!)];

    internal static string Folder => Path.Combine(SourceFile.Root(), "corpus", "selftests", "cow");

    [Fact]
    public void There_are_twenty_eight_anonymous_cells_and_nine_others() =>
        Assert.Equal((28, 9), (
            Files().Count(file => !Path.GetFileName(file).StartsWith("19", StringComparison.Ordinal)
                && !Path.GetFileName(file).StartsWith('2')),
            Files().Count(file => Path.GetFileName(file).StartsWith("19", StringComparison.Ordinal)
                || Path.GetFileName(file).StartsWith('2'))));

    [Theory]
    [MemberData(nameof(Cells))]
    public void Passes_on_the_newest_kernel(string cell) =>
        Assert.Equal("passes, shows nothing", Result(cell, "v6.18"));

    [Theory]
    [MemberData(nameof(Cells))]
    public void Does_on_v5_7_what_it_did(string cell) => Assert.Equal(Expected(cell, "v5.7"), Result(cell, "v5.7"));

    [Theory]
    [MemberData(nameof(Cells))]
    public void Does_on_v5_18_what_it_did(string cell) => Assert.Equal(Expected(cell, "v5.18"), Result(cell, "v5.18"));

    private static IEnumerable<string> Files() =>
        Directory.EnumerateFiles(Folder, "*.mm").Order(StringComparer.Ordinal);

    private static string Expected(string cell, string release) =>
        Regex.Match(File.ReadAllText(Path.Combine(Folder, cell)), $"^# {Regex.Escape(release)}: (.*)$",
            RegexOptions.Multiline).Groups[1].Value;

    private static string Result(string cell, string release)
    {
        string text = File.ReadAllText(Path.Combine(Folder, cell));
        MmProgram program = MmProgramParser.Parse(text, out _)!;
        Match pair = Condition().Match(text);
        Assert.True(KernelVersion.TryParse(release, out KernelVersion version));
        var judged = new Runner(Profile.Of(version));
        var read = new Runner(Profile.Of(version)) { Judges = false };
        var values = new List<Token>();
        foreach (Operation op in program.Operations)
        {
            if (judged.Violation is null)
            {
                judged.Execute(in op);
            }

            values.Add(read.Execute(in op).Value);
        }

        string shown = judged.Violation is { } found ? $"{found.PropertyName} {found.ClauseName}" : "nothing";
        bool passes = values[int.Parse(pair.Groups[1].Value)] == values[int.Parse(pair.Groups[2].Value)];
        return $"{(passes ? "passes" : "fails")}, shows {shown}";
    }

    [GeneratedRegex(@"^# passes if the same is read by operations (\d+) and (\d+)", RegexOptions.Multiline)]
    private static partial Regex Condition();
}
