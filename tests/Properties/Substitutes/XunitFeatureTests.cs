// What this file covers: that what xunit offers a fact works for a [Property] too: Skip, Timeout, DisplayName, traits,
// constructor injection, IAsyncLifetime, IDisposable, BeforeAfterTestAttribute, serialisation of test cases.
// What it does not cover: xunit's own correctness; each feature is touched once, to see that it is reached.

using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Threading;
using System.Threading.Tasks;
using FsCheck.Xunit;
using Xunit;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace MmFuzz.Tests.Substitutes;

public class XunitFeatureTests
{
    private const int SlowCalls = 30_000;

    [Fact]
    public async Task A_skipped_property_is_not_run_and_its_reason_is_told()
    {
        TestRun run = await InProcessXunit.RunAsync<Skipped>();

        Assert.Equal((Verdict.Skipped, "not today"), (run.Verdict, run.Text));
        Assert.Equal(0, Skipped.Calls);
    }

    [Fact]
    public async Task A_property_that_takes_too_long_fails_and_is_stopped_even_if_it_never_awaits()
    {
        TestRun run = await InProcessXunit.RunAsync<Slow>();

        AssertTimedOut(run);
        await AssertEndsAsync(static () => Slow.Calls);
    }

    [Fact]
    public async Task A_parallel_property_that_takes_too_long_fails_and_is_stopped()
    {
        TestRun run = await InProcessXunit.RunAsync<SlowParallel>();

        AssertTimedOut(run);
        await AssertEndsAsync(static () => SlowParallel.Calls);
    }

    [Fact]
    public async Task A_property_that_awaits_too_long_fails_as_one_that_computes()
    {
        TestRun run = await InProcessXunit.RunAsync<SlowAsync>();

        AssertTimedOut(run);
    }

    [Fact]
    public async Task A_property_that_ends_before_its_timeout_passes_or_fails_as_any_other()
    {
        IReadOnlyList<TestRun> runs = await InProcessXunit.RunAllAsync(typeof(InTime));

        Assert.Equal("Ok, passed 5 tests.", runs.Single(run => run.Verdict == Verdict.Passed).Output.Trim());
        Assert.Equal(typeof(PropertyFailedException).FullName,
            runs.Single(run => run.Verdict == Verdict.Failed).Exceptions);
    }

    [Fact]
    public async Task A_property_may_wait_for_tasks_by_blocking()
    {
        TestRun run = await InProcessXunit.RunAsync<Blocking>();

        Assert.True(run.Verdict == Verdict.Passed, run.ToString());
    }

    [Fact]
    public async Task An_injected_output_shows_the_propertys_lines_and_FsChecks_summary()
    {
        TestRun run = await InProcessXunit.RunAsync<Injected>();

        Assert.Equal(["a line", "a line", "a line", "Ok, passed 3 tests."],
            run.Output.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task A_class_fixture_is_injected()
    {
        TestRun run = await InProcessXunit.RunAsync<WithClassFixture>();

        Assert.True(run.Verdict == Verdict.Passed, run.ToString());
    }

    [Fact]
    public async Task Lifetime_and_before_after_methods_run_once_around_all_tests_of_a_property()
    {
        TestRun run = await InProcessXunit.RunAsync<Lifetime>();

        Assert.True(run.Verdict == Verdict.Passed, run.ToString());
        Assert.Equal(["initialize", "before", "test", "test", "after", "dispose async", "dispose"], Lifetime.Events);
    }

    [Fact]
    public async Task A_constructor_that_throws_fails_the_property_with_its_exception()
    {
        TestRun run = await InProcessXunit.RunAsync<ThrowingConstructor>();

        Assert.Equal((typeof(NotSupportedException).FullName, "no class"), (run.Exceptions, run.Text));
    }

    [Fact]
    public async Task A_property_is_one_test_case_with_its_display_name_and_traits()
    {
        IXunitTestCase found = Assert.Single(await InProcessXunit.DiscoverAsync(typeof(Described)));

        Assert.IsType<PropertyTestCase>(found);
        Assert.Equal("sums commute", found.DisplayName);
        Assert.Equal(["nightly"], found.Traits["Category"]);
    }

    [Fact]
    public async Task A_test_case_survives_serialisation_as_editors_need_it()
    {
        IXunitTestCase found = Assert.Single(await InProcessXunit.DiscoverAsync(typeof(Described)));

        PropertyTestCase copy = SerializationHelper.Deserialize<PropertyTestCase>(
            SerializationHelper.Serialize(found));

        Assert.Equal((found.UniqueID, found.DisplayName), (copy.UniqueID, copy.DisplayName));
    }

    [Fact]
    public async Task An_attribute_derived_from_Property_works_as_its_base()
    {
        TestRun run = await InProcessXunit.RunAsync<OwnAttribute>();

        Assert.Equal("Ok, passed 2 tests.", run.Output.Trim());
    }

    private static void AssertTimedOut(TestRun run) =>
        Assert.Equal((typeof(TestTimeoutException).FullName, "Test execution timed out after 100 milliseconds"),
            (run.Exceptions, run.Text));

    // Calls that were under way at the verdict may end after it, and FsCheck's parallel workers begin others until the
    // thread that reads their results comes to run: on a busy machine nothing bounds their number. What is bounded is
    // that they come to an end, long before all the calls of the property (minutes) have been made.
    private static async Task AssertEndsAsync(Func<int> calls)
    {
        (int before, int now) = (-1, calls());
        for (int waits = 0; waits < 150 && now != before; waits++)
        {
            await Task.Delay(200);
            (before, now) = (now, calls());
        }

        Assert.Equal(before, now);
        Assert.InRange(now, 0, SlowCalls - 1);
    }

#pragma warning disable xUnit1000 // Fixtures are private so that only InProcessXunit finds them.

    private sealed class Skipped
    {
        public static int Calls { get; private set; }

        [Property(Skip = "not today")]
        public void Property(int x) => Calls += 1 + (x - x);
    }

    private sealed class Slow
    {
        private static int calls;

        public static int Calls => Volatile.Read(ref calls);

        [Property(MaxTest = SlowCalls, Timeout = 100)]
        public bool Property(int x)
        {
            Interlocked.Increment(ref calls);
            Thread.Sleep(10);
            return x == -(-x);
        }
    }

    private sealed class SlowParallel
    {
        private static int calls;

        public static int Calls => Volatile.Read(ref calls);

        [Property(MaxTest = SlowCalls, Timeout = 100, Parallelism = 2)]
        public bool Property(int x)
        {
            Interlocked.Increment(ref calls);
            Thread.Sleep(10);
            return x == -(-x);
        }
    }

    private sealed class SlowAsync
    {
        [Property(Timeout = 100)]
        public async Task Property(int x) => await Task.Delay(TimeSpan.FromSeconds(1 + (x - x)));
    }

    private sealed class InTime
    {
        [Property(MaxTest = 5, Timeout = 60_000)]
        public bool Passing(int x) => x == -(-x);

        [Property(Timeout = 60_000)]
        public bool Failing(int x) => x == x + 1;
    }

    private sealed class Blocking
    {
        [Property]
        public bool Property(int x)
        {
            // What a careless test does: with xunit's scheduler as the current one, this never returns.
            Assert.Null(SynchronizationContext.Current);
            return Later(x).GetAwaiter().GetResult() == x;
        }

        private static async Task<int> Later(int x)
        {
            await Task.Yield();
            return x;
        }
    }

    private sealed class Injected(ITestOutputHelper output)
    {
        [Property(MaxTest = 3)]
        public bool Property(int x)
        {
            output.WriteLine("a line");
            return x == -(-x);
        }
    }

    public sealed class SharedState
    {
        public int Answer { get; } = 42;
    }

    private sealed class WithClassFixture(SharedState shared) : IClassFixture<SharedState>
    {
        [Property]
        public bool Property(int x) => shared.Answer + x - x == 42;
    }

    private sealed class Lifetime : IAsyncLifetime, IDisposable
    {
        public static List<string> Events { get; } = [];

        public async Task InitializeAsync()
        {
            await Task.Yield();
            Events.Add("initialize");
        }

        [Property(MaxTest = 2)]
        [Around]
        public void Property() => Events.Add("test");

        public async Task DisposeAsync()
        {
            await Task.Yield();
            Events.Add("dispose async");
        }

        public void Dispose() => Events.Add("dispose");
    }

    [AttributeUsage(AttributeTargets.Method)]
    private sealed class AroundAttribute : BeforeAfterTestAttribute
    {
        public override void Before(MethodInfo methodUnderTest) => Lifetime.Events.Add("before");

        public override void After(MethodInfo methodUnderTest) => Lifetime.Events.Add("after");
    }

    private sealed class ThrowingConstructor
    {
        public ThrowingConstructor() => throw new NotSupportedException("no class");

        [Property]
        public bool Property(int x) => x == -(-x);
    }

    private sealed class Described
    {
        [Property(DisplayName = "sums commute")]
        [Trait("Category", "nightly")]
        public bool Property(int x, int y) => x + y == y + x;
    }

    private sealed class OwnAttribute
    {
        [TwiceProperty]
        public bool Property(int x) => x == -(-x);
    }

    [AttributeUsage(AttributeTargets.Method)]
    private sealed class TwicePropertyAttribute : PropertyAttribute
    {
        public TwicePropertyAttribute() => MaxTest = 2;
    }
}
