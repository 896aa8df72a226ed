// What this file covers: that slow operations are told apart, kind by kind, and that threads' times add up.
// What it does not cover: that the executor measures them (LiveKernelTests.cs).

using System.Linq;
using MmFuzz.Engine.Operations;
using MmFuzz.Linux;
using Xunit;

namespace MmFuzz.Tests.Linux;

public sealed class TimeSpentTests
{
    [Fact]
    public void Only_what_takes_longer_than_100_microseconds_is_slow()
    {
        var time = new TimeSpent();
        time.Add(OperationKind.Load, 100_000);
        time.Add(OperationKind.Migrate, 100_001);
        time.Add(OperationKind.Migrate, 9_000_000);
        time.Add(OperationKind.Migrate, 500);
        TimeOfKind only = Assert.Single(time.Slow());
        Assert.Equal((OperationKind.Migrate, 3, 2), (only.Kind, only.Times, only.Slow));
        Assert.Equal(0.009100001, only.SlowSeconds, 9);
    }

    [Fact]
    public void Times_of_several_threads_add_up()
    {
        var one = new TimeSpent();
        var other = new TimeSpent();
        one.Add(OperationKind.DirectIo, 200_000);
        other.Add(OperationKind.DirectIo, 300_000);
        other.Add(OperationKind.Migrate, 400_000);
        one.Add(other);
        Assert.Equal([(OperationKind.Migrate, 1L), (OperationKind.DirectIo, 2L)],
            one.Slow().Select(static kind => (kind.Kind, kind.Slow)));
    }
}
