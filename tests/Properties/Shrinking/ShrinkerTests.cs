// What this file covers: what holds of every result of the shrinker, on programs that the fuzzer finds on old kernels:
// the same clause, never longer, nothing more to remove, the same again when shrunk again, no slip to another bug, a
// budget that is kept.
// What it does not cover: which text is the minimum (ShrinkerQualityTests.cs).

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.Properties;
using MmFuzz.Generators;
using MmFuzz.Generators.Shrinking;
using Xunit;
using Runner = MmFuzz.Engine.Runner;

namespace MmFuzz.Tests.Shrinking;

public class ShrinkerTests
{
    private static readonly ShrinkOptions Patient = new(TimeSpan.FromSeconds(10), MustBeCleanOn: null);

    private static readonly Lazy<Finding[]> Found = new(() =>
    [
        .. Find("v5.7", 6), .. Find("v5.18", 6), .. Find("v6.1", 4), .. Find("v6.18, without early-cow-fork", 4),
        .. Find("v6.18, without softdirty-tlb", 4),
    ]);

    [Fact]
    public void The_result_shows_the_same_clause_and_says_so_truly() => ForAll((finding, result) =>
    {
        Assert.Equal(finding.Violation.Clause, result.Violation.Clause);
        Assert.Equal(result.Violation, Run(finding.Profile, result.Program.Operations));
        Assert.True(finding.Profile.IsSameAs(result.Program.Profile));
    });

    [Fact]
    public void The_result_is_no_longer_than_what_went_in() => ForAll((finding, result) =>
        Assert.InRange(result.Program.Operations.Length, 1, finding.Operations.Length));

    [Fact]
    public void No_line_can_be_removed_from_the_result() => ForAll((finding, result) =>
    {
        for (int i = 0; i < result.Program.Operations.Length; i++)
        {
            Violation? without = Run(finding.Profile, result.Program.Operations.RemoveAt(i));
            Assert.False(without?.Clause == finding.Violation.Clause, $"line {i} of\n{result.Program.Print()}");
        }
    });

    [Fact]
    public void The_result_has_no_line_that_is_skipped() => ForAll((finding, result) =>
    {
        var runner = new Runner(finding.Profile);
        foreach (Operation op in result.Program.Operations)
            Assert.Equal(SkipReason.None, runner.Execute(in op).Skip);
    });

    [Fact]
    public void Shrinking_the_result_again_changes_nothing() => ForAll((finding, result) =>
    {
        ShrinkResult again = new Shrinker().Shrink(
            finding.Profile, result.Program.Operations, result.Violation, Patient);
        Assert.Equal(Text(result), Text(again));
    });

    [Fact]
    public void A_shrinker_that_was_used_before_gives_the_same_result()
    {
        var used = new Shrinker();
        foreach (Finding finding in Found.Value)
        {
            ShrinkResult first = used.Shrink(finding.Profile, finding.Operations, finding.Violation, Patient);
            Assert.Equal(Text(Shrink(finding)), Text(first));
        }
    }

    [Fact]
    public void Without_any_time_the_program_comes_back_failing_as_it_did()
    {
        foreach (Finding finding in Found.Value)
        {
            ShrinkResult result = new Shrinker().Shrink(
                finding.Profile, finding.Operations, finding.Violation, new ShrinkOptions(TimeSpan.Zero, null));
            Assert.True(result.BudgetExhausted);
            Assert.Equal(finding.Violation.Clause, Run(finding.Profile, result.Program.Operations)?.Clause);
        }
    }

    [Fact]
    public void What_must_be_clean_elsewhere_stays_clean_there()
    {
        Profile bug = Scenarios.Scenario.ProfileOf("v5.18, without clear-refs-pinned");
        Profile clean = Scenarios.Scenario.ProfileOf("v5.18");
        Finding[] findings =
            [.. Find("v5.18, without clear-refs-pinned", 40).Where(f => Run(clean, f.Operations) is null)];
        Assert.NotEmpty(findings);
        foreach (Finding finding in findings)
        {
            ShrinkResult result = new Shrinker().Shrink(
                bug, finding.Operations, finding.Violation, Patient with { MustBeCleanOn = clean });
            Assert.Null(Run(clean, result.Program.Operations));
            Assert.Equal(finding.Violation.Clause, Run(bug, result.Program.Operations)?.Clause);
        }
    }

    [Fact]
    public void The_passes_account_for_every_operation_that_is_gone() => ForAll((finding, result) =>
        Assert.Equal(
            finding.Operations.Length - result.Program.Operations.Length,
            result.Passes.Sum(pass => pass.OperationsRemoved)));

    [Fact]
    public void Slips_are_findings_of_another_clause() => ForAll((finding, result) =>
        Assert.All(result.Slips, slip =>
        {
            Violation? other = Run(slip.Profile, slip.Operations);
            Assert.NotNull(other);
            Assert.NotEqual(finding.Violation.Clause, other.Clause);
        }));

    private static void ForAll(Action<Finding, ShrinkResult> check)
    {
        foreach (Finding finding in Found.Value)
            check(finding, Shrink(finding));
    }

    private static ShrinkResult Shrink(Finding finding) =>
        new Shrinker().Shrink(finding.Profile, finding.Operations, finding.Violation, Patient);

    private static string Text(ShrinkResult result) => result.Program.Print();

    private static IEnumerable<Finding> Find(string profile, int count)
    {
        var fuzzer = new Fuzzer(Scenarios.Scenario.ProfileOf(profile), seed: 12);
        for (ulong program = 0; count > 0 && program < 100_000; program++)
        {
            if (fuzzer.RunProgram(Fuzzer.Apart(program)) is { } finding)
            {
                count--;
                yield return finding;
            }
        }
    }

    private static Violation? Run(Profile profile, ImmutableArray<Operation> operations)
    {
        var runner = new Runner(profile);
        foreach (Operation op in operations)
        {
            runner.Execute(in op);
            if (runner.Violation is not null)
                break;
        }

        return runner.Violation;
    }
}
