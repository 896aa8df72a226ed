// Findings of earlier runs, replayed before anything else is done: a repaired engine should show none of them, a run
// that goes on all of them. Not covered: storing (FindingStore), findings of this run.

using System;
using System.IO;
using System.Linq;
using System.Threading;
using MmFuzz.Engine;
using MmFuzz.Engine.Operations;

namespace MmFuzz.Cli;

/// <summary>Replays what is stored.</summary>
internal static class StoredFindings
{
    /// <summary>Replays each, on the kernel of its header; answers how many, and how many violate something.</summary>
    public static (int Replayed, int StillThere) Replay(string directory, CancellationToken stop)
    {
        int replayed = 0;
        int stillThere = 0;
        foreach (string path in Directory.EnumerateFiles(directory, "*.mm").Order(StringComparer.Ordinal))
        {
            if (stop.IsCancellationRequested)
            {
                break;
            }

            if (MmProgramParser.Parse(File.ReadAllText(path), out _) is { } program)
            {
                replayed++;
                stillThere += Violates(program) ? 1 : 0;
            }
        }

        return (replayed, stillThere);
    }

    private static bool Violates(MmProgram program)
    {
        var runner = new Runner(program.Profile);
        for (int i = 0; i < program.Operations.Length && runner.Violation is null; i++)
        {
            runner.Execute(program.Operations[i], (ushort)i);
        }

        return runner.Violation is not null;
    }
}
