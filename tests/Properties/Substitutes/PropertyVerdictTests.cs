// What this file covers: when a [Property] of our stand-in for FsCheck.Xunit passes and when it fails, for each type
// a property may return, and what the failure says.
// What it does not cover: replay (ReplayTests), settings (PropertySettingsTests), xunit's features (XunitFeatureTests).

using System;
using System.Threading.Tasks;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Xunit;

namespace MmFuzz.Tests.Substitutes;

public class PropertyVerdictTests
{
    [Theory]
    [InlineData(typeof(PassingVoid))]
    [InlineData(typeof(PassingBool))]
    [InlineData(typeof(PassingProperty))]
    [InlineData(typeof(PassingTask))]
    [InlineData(typeof(PassingTaskOfBool))]
    [InlineData(typeof(PassingStatic))]
    public async Task A_property_that_holds_passes_whatever_it_returns(Type fixture)
    {
        TestRun run = await InProcessXunit.RunAsync(fixture);

        Assert.True(run.Verdict == Verdict.Passed, run.ToString());
        Assert.Contains("Ok, passed 100 tests", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(typeof(FailingVoid))]
    [InlineData(typeof(FailingBool))]
    [InlineData(typeof(FailingProperty))]
    [InlineData(typeof(FailingTask))]
    [InlineData(typeof(FailingTaskOfBool))]
    [InlineData(typeof(FailingStatic))]
    public async Task A_property_that_does_not_hold_fails_with_the_smallest_example_whatever_it_returns(Type fixture)
    {
        TestRun run = await InProcessXunit.RunAsync(fixture);

        Assert.True(run.Verdict == Verdict.Failed, run.ToString());
        Assert.Equal(typeof(PropertyFailedException).FullName, run.Exceptions);
        Assert.Matches(@"Falsifiable, after \d+ tests", run.Text);
        // All fail from 10 on and draw the same, larger first example.
        Assert.Matches(@"Original:\s+\d\d\s+Shrunk:\s+10\s+with exception:", run.Text);
        Assert.Matches(@"Replay directly at failing step with \(\d+,\d+,\d+\)", run.Text);
    }

    [Fact]
    public async Task The_exception_of_an_assertion_stands_in_the_failure()
    {
        TestRun run = await InProcessXunit.RunAsync<FailingVoid>();

        Assert.Contains("Assert.InRange() Failure", run.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_property_whose_precondition_rejects_too_much_fails_as_exhausted()
    {
        TestRun run = await InProcessXunit.RunAsync<NeverApplicable>();

        Assert.Equal(Verdict.Failed, run.Verdict);
        Assert.Equal(typeof(PropertyFailedException).FullName, run.Exceptions);
        Assert.Contains("Arguments exhausted after 0 tests.", run.Text, StringComparison.Ordinal);
        Assert.Equal(NeverApplicable.Rejections, NeverApplicable.Calls);
    }

    [Fact]
    public async Task An_argument_without_a_generator_fails_and_names_its_type()
    {
        TestRun run = await InProcessXunit.RunAsync<NoGenerator>();

        Assert.Equal(Verdict.Failed, run.Verdict);
        Assert.Contains("System.IDisposable is not handled automatically", run.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_generic_property_fails_and_says_so()
    {
        TestRun run = await InProcessXunit.RunAsync<GenericMethod>();

        Assert.Equal(Verdict.Failed, run.Verdict);
        Assert.Contains("not allowed to be generic", run.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_async_void_property_fails_before_its_exceptions_can_end_the_process()
    {
        TestRun run = await InProcessXunit.RunAsync<AsyncVoid>();

        Assert.Equal(Verdict.Failed, run.Verdict);
        Assert.Contains("return Task instead", run.Text, StringComparison.Ordinal);
    }

    // Fixtures are private so that only InProcessXunit finds them.
#pragma warning disable xUnit1000

    private const string Start = "1,3";

    private sealed class PassingVoid
    {
        [Property]
        public void Property(int x) => Assert.Equal(x, -(-x));
    }

    private sealed class PassingBool
    {
        [Property]
        public bool Property(int x) => x == -(-x);
    }

    private sealed class PassingProperty
    {
        [Property]
        public Property Property(int x) => (x == -(-x)).Classify(x < 0, "negative");
    }

    private sealed class PassingTask
    {
        [Property]
        public async Task Property(int x)
        {
            await Task.Yield();
            Assert.Equal(x, -(-x));
        }
    }

    private sealed class PassingTaskOfBool
    {
        [Property]
        public async Task<bool> Property(int x)
        {
            await Task.Yield();
            return x == -(-x);
        }
    }

    private static class PassingStatic
    {
        [Property]
        public static bool Property(int x) => x == -(-x);
    }

    private sealed class FailingVoid
    {
        [Property(Replay = Start)]
        public void Property(int x) => Assert.InRange(x, int.MinValue, 9);
    }

    private sealed class FailingBool
    {
        [Property(Replay = Start)]
        public bool Property(int x) => x < 10;
    }

    private sealed class FailingProperty
    {
        [Property(Replay = Start)]
        public Property Property(int x) => (x < 10).Label("below ten");
    }

    private sealed class FailingTask
    {
        [Property(Replay = Start)]
        public async Task Property(int x)
        {
            await Task.Yield();
            Assert.InRange(x, int.MinValue, 9);
        }
    }

    private sealed class FailingTaskOfBool
    {
        [Property(Replay = Start)]
        public async Task<bool> Property(int x)
        {
            await Task.Yield();
            return x < 10;
        }
    }

    private static class FailingStatic
    {
        [Property(Replay = Start)]
        public static bool Property(int x) => x < 10;
    }

    private sealed class NeverApplicable
    {
        public const int Rejections = 20;

        public static int Calls { get; private set; }

        [Property(MaxRejected = Rejections)]
        public Property Property(int x)
        {
            Calls++;
            return (x == x + 1).When(false);
        }
    }

    private sealed class NoGenerator
    {
        [Property]
        public bool Property(IDisposable argument) => argument is null;
    }

    private sealed class GenericMethod
    {
        [Property]
        public bool Property<T>(T argument) => argument is null;
    }

    private sealed class AsyncVoid
    {
        [Property]
        public async void Property(int x)
        {
            await Task.Yield();
            Assert.Equal(x, -(-x));
        }
    }
}
