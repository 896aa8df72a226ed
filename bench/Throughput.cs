// Operations per second of the default generator on the newest profile: generation, execution and all properties, per
// operation. Skipped lines are not operations. Not covered: more than one core.

using BenchmarkDotNet.Attributes;
using MmFuzz.Engine.Fixes;
using MmFuzz.Generators;

namespace MmFuzz.Bench;

[MemoryDiagnoser]
public class Throughput
{
    private const int Programs = 2000;
    private const int Operations = Programs * 100; // nominal: programs end early where everybody waits
    private Fuzzer fuzzer = null!;
    private ulong next;

    [GlobalSetup]
    public void SetUp() => fuzzer = new Fuzzer(Profile.Repaired, seed: 1);

    /// <summary>Generate, run and check; allocated bytes must be 0 while nothing is found.</summary>
    [Benchmark(OperationsPerInvoke = Operations)]
    public long GenerateRunCheck()
    {
        for (int i = 0; i < Programs; i++)
        {
            fuzzer.RunProgram(next++);
        }

        return fuzzer.Generator.Operations;
    }
}
