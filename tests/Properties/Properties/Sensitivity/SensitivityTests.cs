// What this file covers: that the properties and the generator are worth something: with each historical fix taken out
// alone, in the kernel in which that shows, the default generator finds it by an expected property, and it shrinks to
// the listed length; the rows that must stay quiet stay quiet.
// What it does not cover: other seeds than 1 (mmfuzz bugs --seed), generated mutants.

using System;
using System.Linq;
using System.Threading;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.Properties;
using MmFuzz.Generators;
using Xunit;
using Runner = MmFuzz.Engine.Runner;

namespace MmFuzz.Tests.Properties.Sensitivity;

public class SensitivityTests
{
    /// <summary>What 20 s are good for on one core of a calm machine; a busy one takes longer, and no more.</summary>
    private const long MostOperations = 26_000_000;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(3);

    public static TheoryData<string> Bugs => new(BugCatalogue.All.Where(row => !row.IsQuiet).Select(row => row.Id));

    public static TheoryData<string> QuietRows => new(BugCatalogue.All.Where(row => row.IsQuiet).Select(row => row.Id));

    [Theory]
    [MemberData(nameof(Bugs))]
    public void A_bug_is_found_by_an_expected_property_and_shrinks_to_its_listed_length(string id)
    {
        BugRow row = BugCatalogue.Find(id)!;
        KillResult result = KillMatrix.Run(row, seed: 1, Patience, CancellationToken.None);
        string shown = result.Program?.Print() ?? "nothing found";
        Assert.True(result.Found, $"{id}: {result.Programs} programs, {result.Operations} operations");
        Assert.True(row.Expected.Contains(result.Property!.Value), $"{id}: by {result.Property}\n{shown}");
        Assert.True(result.Program!.Length <= row.ListedLength,
            $"{id}: {result.Program.Length} operations, at most {row.ListedLength}\n{shown}");
        Assert.InRange(result.Operations, 1, MostOperations);
        Assert.Equal(result.Program.Length, result.ShrunkOperations);
        Assert.Equal(result.Property, Replay(result.Program, row.Profile));
        Assert.Null(Replay(result.Program, row.Base));
    }

    [Theory]
    [MemberData(nameof(QuietRows))]
    public void What_must_stay_quiet_stays_quiet(string id)
    {
        KillResult result = KillMatrix.Run(BugCatalogue.Find(id)!, seed: 1, Silence, CancellationToken.None);
        Assert.False(result.Found, result.Program?.Print());
    }

    [Fact]
    public void Every_row_takes_out_something_that_its_base_has() =>
        Assert.All(BugCatalogue.All, row =>
        {
            Assert.NotEqual(0, row.Off.Count);
            Assert.Equal(row.Off, row.Base.Fixes.And(row.Off));
            Assert.Equal(row.IsQuiet, row.Expected.IsEmpty);
        });

    [Fact]
    public void Rows_have_names_of_their_own() =>
        Assert.Equal(BugCatalogue.All.Length, BugCatalogue.All.Select(row => row.Id).Distinct().Count());

    private static PropertyId? Replay(MmProgram program, Engine.Fixes.Profile profile)
    {
        var runner = new Runner(profile);
        foreach (Operation op in program.Operations)
        {
            runner.Execute(in op);
            if (runner.Violation is { } violation)
                return violation.Property;
        }

        return null;
    }
}
