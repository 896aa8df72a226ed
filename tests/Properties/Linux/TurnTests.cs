// What this file covers: whose turn it is to use the kernel below: runs that change nothing do not wait for each other.
// What it does not cover: the changes, and runs that are killed (docs/linux.md says how that was measured).

using System;
using System.IO;
using MmFuzz.Linux;
using Xunit;

namespace MmFuzz.Tests.Linux;

public sealed class TurnTests : IDisposable
{
    private readonly string file = Path.Combine(Path.GetTempPath(), $"mmfuzz-turn-{Environment.ProcessId}.lock");

    public void Dispose() => File.Delete(file);

    [Fact]
    public void Runs_that_change_nothing_go_on_beside_each_other()
    {
        using Turn first = Take(file);
        using Turn second = Take(file);
        Assert.NotSame(first, second);
    }

    [Fact]
    public void Who_changes_the_system_is_waited_for()
    {
        string waited = "nobody";
        using (var other = new FileStream(file, FileMode.OpenOrCreate, FileAccess.Read, FileShare.None))
        {
            var refused = Assert.Throws<ExecutorException>(
                () => Turn.Take(SystemSettings.Kept, file, () => waited = "somebody", tries: 2));
            Assert.StartsWith("another run has this machine", refused.Message, StringComparison.Ordinal);
        }

        Assert.Equal("somebody", waited);
        using Turn free = Take(file);
    }

    private static Turn Take(string file) =>
        Turn.Take(SystemSettings.Kept, file, () => Assert.Fail("it had to wait"), tries: 0);
}
