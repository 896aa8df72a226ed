// What this file covers: what FsCheck tells while it runs a property, as lines of the test's output, and its verdict.
// What it does not cover: the verdict of a run that xunit has given up (Timeout); such a run is told to end, and
// nothing it still says is written, for the output belongs to a test that is over.

using System;
using System.Threading;
using Microsoft.FSharp.Collections;
using Microsoft.FSharp.Core;
using Xunit.Abstractions;

namespace FsCheck.Xunit;

/// <summary>FsCheck's runner for one run of one property.</summary>
internal sealed class PropertyReporter(ITestOutputHelper output) : IRunner
{
    // Held while a line is written, so that Abandon returns only when no line is on its way.
    private readonly Lock gate = new();
    private bool abandoned;
    private TestResult? verdict;

    /// <summary>Whether nobody waits for this run any more.</summary>
    internal bool Abandoned
    {
        get
        {
            lock (gate)
                return abandoned;
        }
    }

    /// <summary>Ends the run before its next test, and its output now.</summary>
    internal void Abandon()
    {
        lock (gate)
            abandoned = true;
    }

    /// <summary>Writes the summary of a property that passed.</summary>
    /// <exception cref="PropertyFailedException">The property did not pass.</exception>
    internal void ReportOrThrow()
    {
        if (verdict is not { } result)
            throw new InvalidOperationException("FsCheck ended without a verdict.");
        if (!result.IsPassed)
            throw new PropertyFailedException(result);
        // The text of a passed property is empty if it is to be quiet.
        Write(Runner.onFinishedToString("", result));
    }

    void IRunner.OnStartFixture(Type fixture)
    {
    }

    void IRunner.OnArguments(
        int number,
        FSharpList<object> arguments,
        FSharpFunc<int, FSharpFunc<FSharpList<object>, string>> every)
    {
        StopIfAbandoned();
        Write(every.Invoke(number).Invoke(arguments));
    }

    void IRunner.OnShrink(FSharpList<object> arguments, FSharpFunc<FSharpList<object>, string> everyShrink)
    {
        StopIfAbandoned();
        Write(everyShrink.Invoke(arguments));
    }

    void IRunner.OnFinished(string name, TestResult result) => verdict = result;

    // FsCheck knows no cancellation; an exception out of its runner ends the run.
    private void StopIfAbandoned()
    {
        if (Abandoned)
            throw new OperationCanceledException("The test of this property is over.");
    }

    private void Write(string text)
    {
        string line = text.TrimEnd();
        if (line.Length == 0)
            return;
        lock (gate)
        {
            if (!abandoned)
                output.WriteLine(line);
        }
    }
}
