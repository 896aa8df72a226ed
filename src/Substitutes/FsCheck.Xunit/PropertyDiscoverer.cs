// What this file covers: how xunit turns a method with [Property] into one test case, and the methods it refuses
// then: generic ones (FsCheck has no type to draw for) and "async void" (nobody could await it: its exceptions would
// end the test process).
// What it does not cover: return types that FsCheck itself refuses when it runs, such as string or ValueTask.

using System.Collections.Generic;
using System.Reflection;
using System.Runtime.CompilerServices;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace FsCheck.Xunit;

/// <summary>Finds the test case of a method with <see cref="PropertyAttribute"/>; xunit creates it by name.</summary>
public class PropertyDiscoverer(IMessageSink messageSink) : IXunitTestCaseDiscoverer
{
    /// <summary>Where diagnostic messages go.</summary>
    public IMessageSink MessageSink { get; } = messageSink;

    /// <summary>The one test case of a property, or one that fails and says why the method cannot be one.</summary>
    public IEnumerable<IXunitTestCase> Discover(
        ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute)
    {
        TestMethodDisplay display = discoveryOptions.MethodDisplayOrDefault();
        TestMethodDisplayOptions displayOptions = discoveryOptions.MethodDisplayOptionsOrDefault();
        return [Refusal(testMethod.Method) is { } refusal
            ? new ExecutionErrorTestCase(MessageSink, display, displayOptions, testMethod, refusal)
            : new PropertyTestCase(MessageSink, display, displayOptions, testMethod)];
    }

    private static string? Refusal(IMethodInfo method)
    {
        if (method.IsGenericMethodDefinition)
            return "[Property] methods are not allowed to be generic.";
        MethodInfo runtime = method.ToRuntimeMethod();
        return runtime.ReturnType == typeof(void) && runtime.IsDefined(typeof(AsyncStateMachineAttribute))
            ? "[Property] methods are not allowed to be async void; return Task instead."
            : null;
    }
}
