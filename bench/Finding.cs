// Time to find and to shrink each historical bug by the default generator, per row of the kill matrix.
// Not covered: the spread over seeds; `mmfuzz bugs --seed S` shows it.

using System;
using System.Collections.Generic;
using System.Threading;
using BenchmarkDotNet.Attributes;
using MmFuzz.Engine.Properties;
using MmFuzz.Generators;

namespace MmFuzz.Bench;

[SimpleJob(warmupCount: 1, iterationCount: 3)]
public class Finding
{
    [ParamsSource(nameof(Rows))]
    public string Row { get; set; } = string.Empty;

    public static IEnumerable<string> Rows
    {
        get
        {
            foreach (BugRow row in BugCatalogue.All)
            {
                if (!row.IsQuiet)
                {
                    yield return row.Id;
                }
            }
        }
    }

    [Benchmark]
    public bool FindAndShrink()
    {
        BugRow row = BugCatalogue.Find(Row) ?? throw new InvalidOperationException(Row);
        return KillMatrix.Run(row, seed: 1, TimeSpan.FromSeconds(20), CancellationToken.None).Found;
    }
}
