// What this file covers: that the suite's own runner (dotnet test, an editor) runs a [Property] as often as it should;
// the other tests of the stand-in start xunit themselves.
// What it does not cover: a failing property, which would fail the suite, and a property that is not found, which
// nothing here could notice; InProcessXunit finds properties by xunit's own discoverer.

using System;
using FsCheck.Xunit;
using Xunit;

namespace MmFuzz.Tests.Substitutes;

public sealed class PropertyInTheSuiteTests : IDisposable
{
    private const int Expected = 7;

    private int calls;

    [Property(MaxTest = Expected)]
    public void A_property_is_run_by_the_suite_as_often_as_it_says(int x, int y)
    {
        calls++;
        Assert.Equal(x + y, y + x);
    }

    // xunit makes one instance for each test and fails the test if this throws: the only place after the last call.
    public void Dispose() => Assert.Equal(Expected, calls);
}
