// What this file covers: the way from xunit's test case through its runners to PropertyInvoker. The classes here only
// hand on; Skip, constructor injection, BeforeAfterTestAttribute and the rest stay xunit's own.
// The one thing added is an output for FsCheck's report when the test class asked for none.
// What it does not cover: several test cases for one property, as a Theory has them.

using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Linq;
using System.Reflection;
using System.Threading;
using System.Threading.Tasks;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace FsCheck.Xunit;

/// <summary>The test case of one property. It holds no settings: they are read from the attributes when it runs, so
/// that there is nothing beyond xunit's own data to serialise.</summary>
public class PropertyTestCase : XunitTestCase
{
    /// <summary>Only for xunit, which deserialises into it.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    [Obsolete("Called by the de-serializer; should only be called by deriving classes for de-serialization purposes")]
    public PropertyTestCase()
    {
    }

    /// <summary>A test case for <paramref name="testMethod"/>.</summary>
    public PropertyTestCase(
        IMessageSink diagnosticMessageSink,
        TestMethodDisplay defaultMethodDisplay,
        TestMethodDisplayOptions defaultMethodDisplayOptions,
        ITestMethod testMethod,
        object[]? testMethodArguments = null)
        : base(diagnosticMessageSink, defaultMethodDisplay, defaultMethodDisplayOptions, testMethod,
            testMethodArguments)
    {
    }

    /// <inheritdoc/>
    public override Task<RunSummary> RunAsync(
        IMessageSink diagnosticMessageSink,
        IMessageBus messageBus,
        object[] constructorArguments,
        ExceptionAggregator aggregator,
        CancellationTokenSource cancellationTokenSource) =>
        new PropertyTestCaseRunner(
            this, constructorArguments, messageBus, aggregator, cancellationTokenSource).RunAsync();
}

/// <summary>xunit's runner of a test case, except for the test runner it creates.</summary>
internal sealed class PropertyTestCaseRunner(
    PropertyTestCase testCase,
    object[] constructorArguments,
    IMessageBus messageBus,
    ExceptionAggregator aggregator,
    CancellationTokenSource cancellation)
    : XunitTestCaseRunner(testCase, testCase.DisplayName, testCase.SkipReason, constructorArguments,
        testCase.TestMethodArguments, messageBus, aggregator, cancellation)
{
    protected override XunitTestRunner CreateTestRunner(
        ITest test,
        IMessageBus bus,
        Type testClass,
        object[] arguments,
        MethodInfo testMethod,
        object[] testMethodArguments,
        string skipReason,
        IReadOnlyList<BeforeAfterTestAttribute> beforeAfterAttributes,
        ExceptionAggregator errors,
        CancellationTokenSource cancellationTokenSource) =>
        new PropertyTestRunner(
            test, bus, testClass, arguments, testMethod, skipReason, beforeAfterAttributes, errors,
            cancellationTokenSource);
}

/// <summary>xunit's runner of a test, except for the invoker it creates and the output that one writes to.</summary>
internal sealed class PropertyTestRunner(
    ITest test,
    IMessageBus messageBus,
    Type testClass,
    object[] constructorArguments,
    MethodInfo testMethod,
    string skipReason,
    IReadOnlyList<BeforeAfterTestAttribute> beforeAfterAttributes,
    ExceptionAggregator aggregator,
    CancellationTokenSource cancellation)
    : XunitTestRunner(test, messageBus, testClass, constructorArguments, testMethod, [], skipReason,
        beforeAfterAttributes, aggregator, cancellation)
{
    // For FsCheck's report when the class injects no output.
    private readonly TestOutputHelper ownOutput = new();

    protected override async Task<Tuple<decimal, string>> InvokeTestAsync(ExceptionAggregator errors)
    {
        ownOutput.Initialize(MessageBus, Test);
        (decimal seconds, string injectedOutput) = await base.InvokeTestAsync(errors);
        string written = injectedOutput + ownOutput.Output;
        ownOutput.Uninitialize();
        return Tuple.Create(seconds, written);
    }

    // Called from base.InvokeTestAsync, which has put the output among the constructor's arguments by then if the
    // class injects one; before that a factory stands in its place.
    protected override Task<decimal> InvokeTestMethodAsync(ExceptionAggregator errors) =>
        new PropertyInvoker(
            Test, MessageBus, TestClass, ConstructorArguments, TestMethod, BeforeAfterAttributes, errors,
            CancellationTokenSource,
            ConstructorArguments.OfType<TestOutputHelper>().FirstOrDefault() ?? ownOutput).RunAsync();
}
