// What this file covers: canaries: the property tests must fail on a kernel with a bug, each by its own property, and
// print the shrunk program; and no property is vacuous, so that none passes because it had nothing to judge.
// What it does not cover: every bug of the catalogue (Sensitivity/).

using System;
using System.Linq;
using System.Threading.Tasks;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Properties;
using MmFuzz.Generators;
using MmFuzz.Tests.Substitutes;
using Xunit;

namespace MmFuzz.Tests.Properties;

public class CanaryTests
{
    private const int Programs = 3000;

    [Fact]
    public async Task A_property_test_on_a_kernel_with_a_bug_fails_and_prints_the_shrunk_program()
    {
        TestRun run = await InProcessXunit.RunAsync<WithoutEarlyCow>();
        Assert.Equal(Verdict.Failed, run.Verdict);
        Assert.Equal(typeof(PropertyFailedException).FullName, run.Exceptions);
        Assert.Contains("without early-cow-fork\n", run.Text, StringComparison.Ordinal);
        Assert.Contains("fork p0 -> p1\n", run.Text, StringComparison.Ordinal);
        Assert.Contains("pin-exclusive (pinned-but-shared)", run.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(PropertyId.ExclWritable, "mutant invent:write@fork-parent@anon")]
    [InlineData(PropertyId.PinCoherent, "without exclusive-reuse")]
    [InlineData(PropertyId.PinExclusive, "without early-cow-fork")]
    [InlineData(PropertyId.UffdWpNoWriteThrough, "mutant invent:write@uffd-protect@anon")]
    [InlineData(PropertyId.UffdWpNotLost, "mutant drop:uffd_wp@migrate-end@anon")]
    [InlineData(PropertyId.UffdLive, "without missing-only-hole")]
    [InlineData(PropertyId.SoftDirtyComplete, "mutant drop:soft_dirty@swap-out@anon")]
    [InlineData(PropertyId.Counts, "without unmap-swap-free")]
    [InlineData(PropertyId.Errno, "without wp-multi-vma")]
    [InlineData(PropertyId.Encoding, "without mprotect-swap-page")]
    [InlineData(PropertyId.GuardHolds, "with hole-marker")]
    public void A_property_can_fail(PropertyId id, string words)
    {
        Profile profile = Profile("profile v6.18\n" + words);
        var bench = new Bench(profile);
        Property property = Prop.ForAll(Draws.Of(profile), draw => KernelPropertyTests.Holds(bench, id, draw));
        Exception failure = Assert.ThrowsAny<Exception>(() =>
            Check.One(Config.QuickThrowOnFailure.WithMaxTest(Programs).WithQuietOnSuccess(true), property));
        Assert.Contains($"{PropertyCatalogue.Of(id).Name} (", failure.Message, StringComparison.Ordinal);
        Assert.Contains(words, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_property_is_vacuous()
    {
        var fuzzer = new Fuzzer(Engine.Fixes.Profile.Repaired, seed: 1);
        for (ulong program = 0; program < Programs; program++)
            fuzzer.RunProgram(Fuzzer.Apart(program));

        ulong judged = fuzzer.Runner.Checker.Judged;
        PropertyId[] vacuous = [.. Enum.GetValues<PropertyId>().Where(id => Enum.GetValues<Clause>().All(
            clause => PropertyCatalogue.PropertyOf(clause) != id || ((judged >> (int)clause) & 1) == 0))];
        Assert.Empty(vacuous);
    }

    private static Profile Profile(string header) =>
        Engine.Operations.MmProgramParser.Parse("mmfuzz 1\n" + header, out _)!.Profile;

#pragma warning disable xUnit1000 // Fixtures are private so that only InProcessXunit finds them.
    private sealed class WithoutEarlyCow
    {
        private static readonly Profile Kernel = Profile("profile v6.18\nwithout early-cow-fork");

        private readonly Bench bench = new(Kernel);

        public static Arbitrary<Draw> Draw() => Draws.Of(Kernel);

        [Property(Arbitrary = [typeof(WithoutEarlyCow)], MaxTest = Programs, Replay = "31" + Draws.Gamma)]
        public Property A_pinned_page_stays_exclusive(Draw draw) =>
            KernelPropertyTests.Holds(bench, PropertyId.PinExclusive, draw);
    }
}
