// What this file covers: `mmfuzz target` as AFL++ meets it, without AFL++: a process with descriptors 198 and 199, a
// map and inputs in shared memory. The same input covers the same; a violation is status 6; a worker that dies in a run
// is reported and replaced; when nobody asks any more, everything ends.
// What it does not cover: the words one by one (ForkServerTests), AFL++ itself (AflTests).

using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using MmFuzz.Engine.Fixes;
using MmFuzz.Generators.Guided;
using Xunit;
using Trace = SharpFuzz.Common.Trace;

namespace MmFuzz.Tests.Guided;

public class TargetProcessTests
{
    private const int Killed = 9;

    [LinuxFact]
    public void The_same_input_covers_the_same_and_a_violation_is_a_status()
    {
        using var fuzzer = new FuzzerSide("--without", "early-cow-fork", "--feedback", "both");
        byte[] violating = Generated(violates: true);
        byte[] harmless = Generated(violates: false);
        Assert.Equal(0, fuzzer.Run(harmless).Status);
        byte[] first = fuzzer.Map();
        Assert.Equal(0, fuzzer.Run(harmless).Status);
        Assert.Equal(first, fuzzer.Map());
        Assert.Contains(first[..Trace.EdgeBytes], count => count != 0);
        Assert.Contains(first[Trace.EdgeBytes..], count => count != 0);
        Assert.Equal(6, fuzzer.Run(violating).Status);
        Assert.NotEqual(first, fuzzer.Map());
        Assert.Equal(0, fuzzer.Run([]).Status);
        Assert.Equal(0, fuzzer.End());
    }

    [LinuxFact]
    public void A_worker_that_dies_in_a_run_is_reported_and_replaced()
    {
        using var fuzzer = new FuzzerSide("--feedback", "shapes");
        (int worker, int status) = fuzzer.Run([1, 2, 3]);
        Assert.Equal(0, status);
        Signal("STOP", worker);
        Assert.True(SpinWait.SpinUntil(() => HasStopped(worker), TimeSpan.FromSeconds(30)), "it goes on");
        fuzzer.Ask(); // which the worker will never read
        Signal("KILL", worker);
        Assert.Equal(Killed, fuzzer.Read());
        int next = fuzzer.Read();
        Assert.NotEqual(worker, next);
        Assert.Equal(0, fuzzer.Read());
        Assert.Equal((next, 0), fuzzer.Run([4, 5, 6]));
        Assert.Equal(0, fuzzer.End());
    }

    /// <summary>A signal is sent before it is obeyed: each thread stops for itself.</summary>
    private static bool HasStopped(int process) =>
        Directory.EnumerateDirectories($"/proc/{process}/task")
            .All(thread => File.ReadAllText(thread + "/stat").Split(") ")[^1][0] == 'T');

    private static void Signal(string name, int process)
    {
        using Process kill = Process.Start("kill", ["-" + name, $"{process}"]);
        kill.WaitForExit();
    }

    /// <summary>The first program of the generator that shows the bug, or does not.</summary>
    private static byte[] Generated(bool violates)
    {
        var target = new GuidedTarget(
            Profile.Newest.WithFixes(Profile.Newest.Fixes.Except(FixSet.Of(Fix.EarlyCowFork))), Feedback.None);
        var choices = new NotedChoices();
        return Enumerable.Range(0, 1000)
            .Select(program => choices.Note(1, (ulong)program, RecordMutator.MostRecords).ToArray())
            .First(bytes => target.Run(bytes).Violated == violates);
    }
}

/// <summary>A test that needs Linux: named pipes, shared memory, signals.</summary>
internal sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute() => Skip = OperatingSystem.IsLinux() ? null! : "this is not Linux";
}
