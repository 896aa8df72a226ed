// What this file covers: running a class that xunit does not find by itself (it is not public, or is emitted) through
// xunit's own discovery and runners, and collecting the verdicts. A property can so fail without failing the suite.
// What it does not cover: the step from the console or an editor to xunit; PropertyInTheSuiteTests goes that way.

using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using Xunit;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace MmFuzz.Tests.Substitutes;

/// <summary>How a test ended.</summary>
internal enum Verdict
{
    Passed,
    Failed,
    Skipped,
}

/// <summary>One test that was run.</summary>
/// <param name="Verdict">How it ended.</param>
/// <param name="Name">Its display name.</param>
/// <param name="Output">What was written to its output.</param>
/// <param name="Text">The exceptions' messages, or the reason why it was skipped.</param>
/// <param name="Exceptions">The exceptions' types, joined by commas.</param>
internal sealed record TestRun(Verdict Verdict, string Name, string Output, string Text, string Exceptions)
{
    /// <summary>A line for the message of a failed assertion about this run.</summary>
    public override string ToString() => $"{Name}: {Verdict} {Exceptions} {Text}\n{Output}";
}

/// <summary>A small xunit inside a test.</summary>
internal static class InProcessXunit
{
    /// <summary>Runs the only test of <typeparamref name="TFixture"/>.</summary>
    internal static Task<TestRun> RunAsync<TFixture>() => RunAsync(typeof(TFixture));

    /// <summary>Runs the only test of <paramref name="fixture"/>.</summary>
    internal static async Task<TestRun> RunAsync(Type fixture) => Assert.Single(await RunAllAsync(fixture));

    /// <summary>Runs all tests of <paramref name="fixture"/>.</summary>
    internal static async Task<IReadOnlyList<TestRun>> RunAllAsync(Type fixture)
    {
        IReadOnlyList<IXunitTestCase> cases = await DiscoverAsync(fixture);
        Collector collector = new();
        using XunitTestAssemblyRunner runner = new(
            new TestAssembly(Reflector.Wrap(fixture.Assembly)), cases, new Collector(), collector, new Options());
        // Off xunit's own scheduler, on which the calling test runs.
        await Task.Run(runner.RunAsync);
        return [.. collector.Messages.OfType<ITestResultMessage>().Select(ToRun)];
    }

    /// <summary>The test cases of <paramref name="fixture"/>, as xunit's own discoverer finds them.</summary>
    internal static async Task<IReadOnlyList<IXunitTestCase>> DiscoverAsync(Type fixture)
    {
        Collector collector = new();
        using XunitTestFrameworkDiscoverer discoverer = new(
            Reflector.Wrap(fixture.Assembly), new NoSourceInformation(), new Collector());
        discoverer.Find(fixture.FullName, includeSourceInformation: false, collector, new Options());
        await collector.Complete.WaitAsync(TimeSpan.FromMinutes(1));
        return [.. collector.Messages.OfType<ITestCaseDiscoveryMessage>().Select(m => (IXunitTestCase)m.TestCase)];
    }

    private static TestRun ToRun(ITestResultMessage message)
    {
        (Verdict verdict, string text, string exceptions) = message switch
        {
            ITestPassed => (Verdict.Passed, "", ""),
            ITestSkipped skipped => (Verdict.Skipped, skipped.Reason, ""),
            ITestFailed failed =>
                (Verdict.Failed, string.Join('\n', failed.Messages), string.Join(',', failed.ExceptionTypes)),
            _ => throw new InvalidOperationException($"xunit sent a result of an unknown kind: {message.GetType()}"),
        };
        return new TestRun(verdict, message.Test.DisplayName, message.Output ?? "", text, exceptions);
    }

    private sealed class Collector : LongLivedMarshalByRefObject, IMessageSink
    {
        private readonly List<IMessageSinkMessage> messages = [];
        private readonly TaskCompletionSource complete = new();

        public Task Complete => complete.Task;

        public IReadOnlyList<IMessageSinkMessage> Messages
        {
            get
            {
                lock (messages)
                    return [.. messages];
            }
        }

        public bool OnMessage(IMessageSinkMessage message)
        {
            lock (messages)
                messages.Add(message);
            if (message is IDiscoveryCompleteMessage)
                complete.TrySetResult();
            return true;
        }
    }

    private sealed class NoSourceInformation : LongLivedMarshalByRefObject, ISourceInformationProvider
    {
        public ISourceInformation GetSourceInformation(ITestCase testCase) =>
            throw new NotSupportedException("Discovery was asked not to look for source lines.");

        public void Dispose()
        {
        }
    }

    // Every option is left to xunit's default but one: the suite itself already runs on all cores.
    private sealed class Options : ITestFrameworkDiscoveryOptions, ITestFrameworkExecutionOptions
    {
        public TValue GetValue<TValue>(string name) =>
            name == "xunit.execution.DisableParallelization" ? (TValue)(object)true : default!;

        public void SetValue<TValue>(string name, TValue value) => throw new NotSupportedException(name);
    }
}
