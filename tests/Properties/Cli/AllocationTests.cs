// What this file covers: once warm, a quiet run of generated programs, with all properties, allocates nothing.
// What it does not cover: how fast it is (bench/), what a finding costs.

using System;
using MmFuzz.Engine.Fixes;
using MmFuzz.Generators;
using Xunit;

namespace MmFuzz.Tests.Cli;

public class AllocationTests
{
    private const ulong Programs = 2_000;

    [Fact]
    public void Generated_programs_run_without_allocating()
    {
        var fuzzer = new Fuzzer(Profile.Repaired, seed: 1);
        Run(fuzzer, 0);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Finding? found = Run(fuzzer, Programs);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Null(found);
        Assert.Equal(0, allocated);
    }

    /// <summary>Runs so many programs; answers the first finding.</summary>
    private static Finding? Run(Fuzzer fuzzer, ulong first)
    {
        Finding? found = null;
        for (ulong i = first; i < first + Programs; i++)
            found ??= fuzzer.RunProgram(i);
        return found;
    }
}
