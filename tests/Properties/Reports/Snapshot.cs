// What this file covers: comparing a text with the one that is kept beside the tests, in Reports/Snapshots. A text that
// changed on purpose is accepted by running the tests once with MMFUZZ_ACCEPT=1, which writes the new texts; `git diff`
// then shows what a reader will see change.
// What it does not cover: what the texts should say (SnapshotTests.cs).

using System;
using System.IO;
using MmFuzz.Tests.Tidy;
using Xunit;

namespace MmFuzz.Tests.Reports;

/// <summary>Texts that are kept.</summary>
internal static class Snapshot
{
    private const string Accept = "MMFUZZ_ACCEPT";

    /// <summary>Where they are kept.</summary>
    internal static string Folder { get; } = Path.Combine(
        SourceFile.Root(), "tests", "Properties", "Reports", "Snapshots");

    /// <summary>Whether the texts that are found are to be kept.</summary>
    internal static bool Accepts => Environment.GetEnvironmentVariable(Accept) == "1";

    /// <summary>Fails if the text is not the one that is kept; keeps it if that was asked for.</summary>
    internal static void Matches(string name, string actual)
    {
        string path = Path.Combine(Folder, name);
        if (Accepts)
        {
            Directory.CreateDirectory(Folder);
            File.WriteAllText(path, actual);
            return;
        }

        string[] expected = File.Exists(path) ? File.ReadAllText(path).ReplaceLineEndings("\n").Split('\n') : [];
        string[] found = actual.Split('\n');
        for (int line = 0; line < Math.Max(expected.Length, found.Length); line++)
        {
            string was = line < expected.Length ? expected[line] : "(nothing)";
            string now = line < found.Length ? found[line] : "(nothing)";
            if (was != now)
                Assert.Fail($"{name}:{line + 1}:\nkept:  {was}\nfound: {now}\nIf that is as it should be: {Accept}=1");
        }
    }
}
