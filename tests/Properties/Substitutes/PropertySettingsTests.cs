// What this file covers: what each setting of [Property] and [Properties] does, and which level wins.
// What it does not cover: Replay (ReplayTests) and MaxRejected (PropertyVerdictTests, with the verdict it leads to).

using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Xunit;
using Gen = FsCheck.Fluent.Gen;

namespace MmFuzz.Tests.Substitutes;

public class PropertySettingsTests
{
    [Fact]
    public async Task A_property_runs_100_tests_unless_told_otherwise() =>
        Assert.Equal(100, Tests(await InProcessXunit.RunAsync<Defaults>()));

    [Fact]
    public async Task The_settings_of_a_method_win_over_those_of_its_class()
    {
        IReadOnlyList<TestRun> runs = await InProcessXunit.RunAllAsync(typeof(TwoLevels));

        Assert.Equal(7, Tests(runs.Single(run => run.Name.EndsWith("Inheriting", StringComparison.Ordinal))));
        Assert.Equal(3, Tests(runs.Single(run => run.Name.EndsWith("Overriding", StringComparison.Ordinal))));
    }

    [Fact]
    public async Task The_settings_of_an_enclosing_class_reach_the_classes_in_it() =>
        Assert.Equal(9, Tests(await InProcessXunit.RunAsync<Enclosing.Inner>()));

    [Fact]
    public async Task The_settings_of_a_base_class_reach_a_derived_one() =>
        Assert.Equal(7, Tests((await InProcessXunit.RunAllAsync(typeof(Derived))).Single(
            run => run.Name.EndsWith("Inheriting", StringComparison.Ordinal))));

    [Fact]
    public async Task The_settings_of_an_assembly_reach_all_its_properties() =>
        Assert.Equal(11, Tests(await InProcessXunit.RunAsync(
            EmittedFixture.Create<Open>(onAssembly: (nameof(PropertyAttribute.MaxTest), 11)))));

    [Fact]
    public async Task The_settings_of_a_class_win_over_those_of_its_assembly() =>
        Assert.Equal(5, Tests(await InProcessXunit.RunAsync(EmittedFixture.Create<Open>(
            onClass: (nameof(PropertyAttribute.MaxTest), 5), onAssembly: (nameof(PropertyAttribute.MaxTest), 11)))));

    [Fact]
    public async Task The_settings_of_a_method_win_over_those_of_its_assembly() =>
        Assert.Equal(4, Tests(await InProcessXunit.RunAsync(
            EmittedFixture.Create<Fixed>(onAssembly: (nameof(PropertyAttribute.MaxTest), 11)))));

    [Fact]
    public async Task Generators_of_all_levels_are_used_and_the_innermost_and_first_wins()
    {
        Type fixture = EmittedFixture.Create<Generators>(
            onAssembly: (nameof(PropertyAttribute.Arbitrary), new[] { typeof(Threes) }));

        TestRun run = await InProcessXunit.RunAsync(fixture);

        // int from the method's first type, not its second, nor the class's; string from the class's, not the
        // assembly's; char from the assembly's, which nothing else gives.
        Assert.True(run.Verdict == Verdict.Passed, run.ToString());
        Assert.Equal([(1, "2", '3')], Generators.Seen.Distinct());
    }

    [Fact]
    public async Task Sizes_grow_from_StartSize_to_EndSize()
    {
        TestRun run = await InProcessXunit.RunAsync<Sizes>();

        Assert.Equal(Verdict.Passed, run.Verdict);
        Assert.Equal(Enumerable.Range(11, 10), Sizes.Seen);
    }

    [Fact]
    public async Task Parallelism_runs_tests_at_the_same_time()
    {
        TestRun run = await InProcessXunit.RunAsync<Parallel>();

        Assert.True(run.Verdict == Verdict.Passed, run.ToString());
    }

    [Fact]
    public async Task QuietOnSuccess_leaves_the_output_empty_and_can_be_turned_off_again()
    {
        IReadOnlyList<TestRun> runs = await InProcessXunit.RunAllAsync(typeof(Quiet));

        Assert.Equal("", runs.Single(run => run.Name.EndsWith("Silent", StringComparison.Ordinal)).Output);
        // MaxTest still comes from the class: a level overrides only what it writes.
        Assert.Equal(6, Tests(runs.Single(run => run.Name.EndsWith("Loud", StringComparison.Ordinal))));
    }

    [Fact]
    public async Task Verbose_writes_every_argument_and_every_shrink()
    {
        TestRun run = await InProcessXunit.RunAsync<Verbose>();

        int tests = int.Parse(Regex.Match(run.Text, @"after (\d+) test").Groups[1].Value, provider: null);
        int shrinks = int.Parse(Regex.Match(run.Text, @"\((\d+) shrink").Groups[1].Value, provider: null);
        Assert.Equal(tests, Regex.Count(run.Output, @"^\d+:", RegexOptions.Multiline));
        Assert.Equal(shrinks, Regex.Count(run.Output, "^shrink:", RegexOptions.Multiline));
        Assert.True(shrinks > 0, run.ToString());
    }

    [Fact]
    public async Task A_run_that_is_not_verbose_writes_only_its_summary() =>
        Assert.Equal("Ok, passed 100 tests.", (await InProcessXunit.RunAsync<Defaults>()).Output.Trim());

    [Fact]
    public void Settings_that_nobody_wrote_read_as_the_packages_defaults()
    {
        PropertyAttribute attribute = new();

        Assert.Equal((100, 1000, 1, 100),
            (attribute.MaxTest, attribute.MaxRejected, attribute.StartSize, attribute.EndSize));
        Assert.Equal((null, 0, false, false),
            (attribute.Replay, attribute.Parallelism, attribute.Verbose, attribute.QuietOnSuccess));
        Assert.Empty(attribute.Arbitrary);
    }

    private static int Tests(TestRun run)
    {
        Match match = Regex.Match(run.Output, @"Ok, passed (\d+) tests\.");
        Assert.True(match.Success, run.ToString());
        return int.Parse(match.Groups[1].Value, provider: null);
    }

    /// <summary>Leaves all settings to the class and assembly it is emitted into.</summary>
    public abstract class Open
    {
        [Property]
        public bool Property(int x) => x == -(-x);
    }

    /// <summary>Sets one itself.</summary>
    public abstract class Fixed
    {
        [Property(MaxTest = 4)]
        public bool Property(int x) => x == -(-x);
    }

    /// <summary>Records what it draws; the assembly it is emitted into adds generators.</summary>
    [Properties(Arbitrary = [typeof(Twos)])]
    public abstract class Generators
    {
        internal static List<(int, string, char)> Seen { get; } = [];

        [Property(Arbitrary = [typeof(Ones), typeof(Twos)])]
        public void Property(int number, string text, char letter) => Seen.Add((number, text, letter));
    }

    private static class Ones
    {
        public static Arbitrary<int> Int() => Arb.From(Gen.Constant(1));
    }

    private static class Twos
    {
        public static Arbitrary<int> Int() => Arb.From(Gen.Constant(2));

        public static Arbitrary<string> String() => Arb.From(Gen.Constant("2"));
    }

    private static class Threes
    {
        public static Arbitrary<int> Int() => Arb.From(Gen.Constant(3));

        public static Arbitrary<string> String() => Arb.From(Gen.Constant("3"));

        public static Arbitrary<char> Char() => Arb.From(Gen.Constant('3'));
    }

    private static class TheSize
    {
        public static Arbitrary<int> Int() => Arb.From(Gen.Sized(Gen.Constant));
    }

#pragma warning disable xUnit1000 // Fixtures are private so that only InProcessXunit finds them.

    private sealed class Defaults
    {
        [Property]
        public bool Property(int x) => x == -(-x);
    }

    [Properties(MaxTest = 7)]
    private class TwoLevels
    {
        [Property]
        public bool Inheriting(int x) => x == -(-x);

        [Property(MaxTest = 3)]
        public bool Overriding(int x) => x == -(-x);
    }

    private sealed class Derived : TwoLevels
    {
    }

    [Properties(MaxTest = 9)]
    private static class Enclosing
    {
        public sealed class Inner
        {
            [Property]
            public bool Property(int x) => x == -(-x);
        }
    }

    private sealed class Sizes
    {
        public static List<int> Seen { get; } = [];

        [Property(StartSize = 10, EndSize = 20, MaxTest = 10, Arbitrary = [typeof(TheSize)])]
        public void Property(int size) => Seen.Add(size);
    }

    private sealed class Parallel
    {
        private int entered;

        // The first call waits for a second one; a sequential run never sends it.
        [Property(Parallelism = 2, MaxTest = 10)]
        public bool Property(int x)
        {
            Interlocked.Increment(ref entered);
            return SpinWait.SpinUntil(() => Volatile.Read(ref entered) > 1, TimeSpan.FromSeconds(20)) && x == -(-x);
        }
    }

    [Properties(QuietOnSuccess = true, MaxTest = 6)]
    private sealed class Quiet
    {
        [Property]
        public bool Silent(int x) => x == -(-x);

        [Property(QuietOnSuccess = false)]
        public bool Loud(int x) => x == -(-x);
    }

    private sealed class Verbose
    {
        [Property(Verbose = true, Replay = "1,3")]
        public bool Property(int x) => x < 10;
    }
}
