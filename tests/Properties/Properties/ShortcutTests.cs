// What this file covers: loads and stores that need no kernel are executed without a task, and the plainest of them
// without a judge. Both must do what the long way does: the same world, byte for byte, and the same violation.
// What it does not cover: goals, which waiting paths may count more often the long way.

using System.Collections.Generic;
using System.Linq;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Generators;
using Xunit;
using Runner = MmFuzz.Engine.Runner;

namespace MmFuzz.Tests.Properties;

public class ShortcutTests
{
    private const ulong Programs = 1500;

    private static readonly Profile[] Kernels =
    [
        Profile.Repaired, Profile.Repaired.WithSwap(SwapDevice.Asynchronous), .. Profile.Known.Select(Profile.Of),
    ];

    public static TheoryData<int, string> Numbers()
    {
        var data = new TheoryData<int, string>();
        foreach ((int number, Profile kernel) in Kernels.Index())
            data.Add(number, kernel.ToString());

        return data;
    }

    [Theory]
    [MemberData(nameof(Numbers))]
    public void An_access_that_hits_does_what_it_does_the_long_way(int kernel, string name)
    {
        Assert.NotEmpty(name);
        var quick = new Fuzzer(Kernels[kernel], seed: 11);
        var slow = new Fuzzer(Kernels[kernel], seed: 11);
        slow.Runner.TakesShortcuts = false;
        for (ulong program = 0; program < Programs; program++)
        {
            Finding? expected = slow.RunProgram(Fuzzer.Apart(program));
            Finding? actual = quick.RunProgram(Fuzzer.Apart(program));
            Assert.Equal(expected?.Violation, actual?.Violation);
            Assert.Equal(slow.Generator.Recorded.ToArray(), quick.Generator.Recorded.ToArray());
            Assert.True(slow.Runner.World == quick.Runner.World);
        }

        Assert.Equal(0, slow.Runner.AccessesThatHit);
        Assert.InRange(quick.Runner.AccessesThatHit, quick.Generator.Operations / 4, quick.Generator.Operations / 2);
    }

    [Theory]
    [InlineData("store p0 0", true)] // anonymous memory that is there
    [InlineData("load p0 8 by t4", true)] // a page of a memfd, on a processor that has not seen it yet
    [InlineData("store p0 1", false)] // nothing is there: a fault
    [InlineData("start t0 load p0 0", false)] // in a stage that somebody may come in between of
    public void Who_needs_no_kernel_says_so(string line, bool hits)
    {
        var runner = new Runner(Profile.Newest);
        Run(runner, "mmap p0 0 2 anon rw", "mmap p0 8 1 memfd i0@0 rw", "store p0 0", "store p0 8");
        long before = runner.AccessesThatHit;
        bool actual = Run(runner, line)[0].IsHit;
        Assert.Equal(hits, actual);
        Assert.Equal(hits ? 1 : 0, runner.AccessesThatHit - before);
    }

    private static List<Engine.Outcome> Run(Runner runner, params string[] lines)
    {
        List<Engine.Outcome> outcomes = [];
        foreach (string line in lines)
        {
            Operation operation = Scenarios.Scenario.Parse(line);
            outcomes.Add(runner.Execute(in operation));
        }

        return outcomes;
    }
}
