// Copying a World out and in again, and comparing two: what shrinking and exploration do most.

using BenchmarkDotNet.Attributes;
using MmFuzz.Engine;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.State;
using MmFuzz.Generators;

namespace MmFuzz.Bench;

public class Snapshots
{
    private readonly World[] saved = new World[1];
    private Runner runner = null!;

    [GlobalSetup]
    public void SetUp()
    {
        var fuzzer = new Fuzzer(Profile.Repaired, seed: 1);
        fuzzer.RunProgram(1);
        runner = fuzzer.Runner;
        runner.Save(ref saved[0]);
    }

    [Benchmark]
    public void Save() => runner.Save(ref saved[0]);

    [Benchmark]
    public void Restore() => runner.Restore(in saved[0]);

    [Benchmark]
    public bool Equal() => saved[0].Equals(runner.World);
}
