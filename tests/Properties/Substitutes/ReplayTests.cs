// What this file covers: that a token printed by a failing [Property], pasted into Replay, fails in the same way; what
// a token with a size does; and that text which is no token fails instead of running with a fresh seed.
// What it does not cover: replay of a run with Parallelism, whose order of tests FsCheck does not fix.

using System;
using System.Collections.Generic;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using FsCheck.Xunit;
using Xunit;

namespace MmFuzz.Tests.Substitutes;

public class ReplayTests
{
    [Fact]
    public async Task The_token_of_the_failing_step_fails_with_the_same_example_in_one_test()
    {
        TestRun first = await InProcessXunit.RunAsync(EmittedFixture.Create<FailsSomewhere>());
        string token = Printed(@"Replay directly at failing step with (\([\d,]+\))", first);

        TestRun again = await InProcessXunit.RunAsync(Pasted<FailsSomewhere>(token));

        Assert.Equal(Verdict.Failed, again.Verdict);
        Assert.Equal(Example(first), Example(again));
        Assert.Contains("Falsifiable, after 1 test (", again.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_token_of_the_whole_run_fails_with_the_same_example_after_as_many_tests()
    {
        TestRun first = await InProcessXunit.RunAsync(EmittedFixture.Create<FailsSomewhere>());
        string token = Printed(@"shrinks?\) (\([\d,]+\))", first);

        TestRun again = await InProcessXunit.RunAsync(Pasted<FailsSomewhere>(token));

        Assert.Equal(first.Text, again.Text);
    }

    [Fact]
    public async Task A_token_without_its_brackets_and_with_blanks_is_read_as_well()
    {
        TestRun first = await InProcessXunit.RunAsync(EmittedFixture.Create<FailsSomewhere>());
        string token = Printed(@"shrinks?\) \(([\d,]+)\)", first);

        TestRun again = await InProcessXunit.RunAsync(Pasted<FailsSomewhere>($" {token.Replace(",", " , ")} "));

        Assert.Equal(first.Text, again.Text);
    }

    [Fact]
    public async Task A_token_with_a_size_runs_exactly_one_test()
    {
        TestRun run = await InProcessXunit.RunAsync<OneTest>();

        Assert.Equal(Verdict.Passed, run.Verdict);
        Assert.Equal(1, OneTest.Calls);
    }

    [Fact]
    public async Task A_token_on_the_method_draws_the_same_arguments_in_every_run()
    {
        await InProcessXunit.RunAsync<Recording>();
        int[] first = [.. Recording.Seen];
        Recording.Seen.Clear();

        await InProcessXunit.RunAsync<Recording>();

        Assert.Equal(100, first.Length);
        Assert.Equal(first, Recording.Seen);
    }

    [Theory]
    [InlineData("12")]
    [InlineData("12,14")]
    [InlineData("12,13,-1")]
    [InlineData("12,13,14,15")]
    [InlineData("-1,13")]
    [InlineData("(12,13")]
    [InlineData("seed,gamma")]
    public async Task Text_that_is_no_token_fails_and_shows_the_form(string text)
    {
        TestRun run = await InProcessXunit.RunAsync(Pasted<FailsSomewhere>(text));

        Assert.Equal(typeof(FormatException).FullName, run.Exceptions);
        Assert.Contains($"\"{text}\" is not \"seed,gamma\"", run.Text, StringComparison.Ordinal);
    }

    private static Type Pasted<TFixture>(string token) =>
        EmittedFixture.Create<TFixture>(onClass: (nameof(PropertyAttribute.Replay), token));

    private static string Printed(string pattern, TestRun run)
    {
        Match match = Regex.Match(run.Text, pattern);
        Assert.True(match.Success, $"No token in: {run}");
        return match.Groups[1].Value;
    }

    // From the original argument to the exception: all that a reader sees of the example.
    private static string Example(TestRun run)
    {
        int start = run.Text.IndexOf("Original:", StringComparison.Ordinal);
        Assert.True(start >= 0, $"No example in: {run}");
        return run.Text[start..];
    }

    /// <summary>Fails for small and large arguments alike, but never in the first tests, whose token is the run's
    /// own. Each run's seed is fresh.</summary>
    public abstract class FailsSomewhere
    {
        [Property(MaxTest = 10_000)]
        public bool Sum_is_small(int[] numbers, int more)
        {
            ArgumentNullException.ThrowIfNull(numbers);
            return numbers.Length + Math.Abs(more) < 20;
        }
    }

#pragma warning disable xUnit1000 // Fixtures are private so that only InProcessXunit finds them.

    private sealed class OneTest
    {
        public static int Calls { get; private set; }

        [Property(Replay = "(12,13,7)")]
        public void Property(int x)
        {
            Calls++;
            Assert.InRange(x, -7, 7);
        }
    }

    private sealed class Recording
    {
        public static List<int> Seen { get; } = [];

        [Property(Replay = "12,13")]
        public void Property(int x) => Seen.Add(x);
    }
}
