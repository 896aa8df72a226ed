// The benchmarks' entry point: `dotnet run -c Release --project bench -- --filter '*'`.
// What is measured stands in the other files. Not covered: judging the figures, which a person does.

using BenchmarkDotNet.Running;

BenchmarkSwitcher.FromAssembly(typeof(MmFuzz.Bench.Throughput).Assembly).Run(args);
