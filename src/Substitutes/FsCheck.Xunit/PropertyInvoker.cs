// What this file covers: the one step of xunit's pipeline that a property changes. Where a fact calls its method
// once, FsCheck calls it many times, on a thread of the pool: Timeout then works for properties that never await (for
// facts xunit refuses it), and a property that blocks on a Task cannot block xunit's scheduler.
// What it does not cover: stopping a single call that hangs. After a Timeout FsCheck is stopped before its next test;
// a call that never returns keeps its thread until the process ends.

using System;
using System.Collections.Generic;
using System.Reflection;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.FSharp.Core;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace FsCheck.Xunit;

/// <summary>xunit's invoker of a test method, except for the call itself.</summary>
internal sealed class PropertyInvoker(
    ITest test,
    IMessageBus messageBus,
    Type testClass,
    object[] constructorArguments,
    MethodInfo testMethod,
    IReadOnlyList<BeforeAfterTestAttribute> beforeAfterAttributes,
    ExceptionAggregator aggregator,
    CancellationTokenSource cancellation,
    ITestOutputHelper output)
    // xunit compares the number of arguments with that of parameters before it calls: hence the empty places.
    : XunitTestInvoker(test, messageBus, testClass, constructorArguments, testMethod,
        new object[testMethod.GetParameters().Length], beforeAfterAttributes, aggregator, cancellation)
{
    private readonly PropertyReporter reporter = new(output);

    protected override Task<decimal> InvokeTestMethodAsync(object testClassInstance) =>
        TestCase.Timeout > 0 && TestCase.InitializationException is null
            ? InvokeWithTimeoutAsync(testClassInstance)
            : base.InvokeTestMethodAsync(testClassInstance);

    protected override object CallTestMethod(object testClassInstance) => StartProperty(testClassInstance);

    // xunit refuses a Timeout on a method that is not async itself, since it would call it on the thread that is to
    // watch it. A property is called elsewhere, whatever it returns.
    private async Task<decimal> InvokeWithTimeoutAsync(object testClassInstance)
    {
        await Aggregator.RunAsync(() => Timer.AggregateAsync(async () =>
        {
            Task property = StartProperty(testClassInstance);
            if (await Task.WhenAny(property, Task.Delay(TestCase.Timeout)) != property)
            {
                reporter.Abandon();
                throw new TestTimeoutException(TestCase.Timeout);
            }
            await property;
        }));
        return Timer.Total;
    }

    private Task StartProperty(object? testClassInstance) => Task.Run(() => RunProperty(testClassInstance));

    private void RunProperty(object? testClassInstance)
    {
        try
        {
            Config config = PropertySettings.Of(TestClass, TestMethod).ToConfig(reporter);
            Check.Method(config, TestMethod, FSharpOption<object>.Some(testClassInstance!));
            reporter.ReportOrThrow();
        }
        catch (Exception) when (reporter.Abandoned)
        {
            // xunit has reported a timeout; a second exception would only blur it.
        }
    }
}
