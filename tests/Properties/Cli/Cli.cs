// What this file covers: the command line as the tests of this folder use it: in process, through its own entry point,
// with what it wrote and its exit code; places for its files; random numbers that a seed repeats.
// What it does not cover: the process around it (fuzz/Program.cs).

using System;
using System.IO;
using System.Text;
using System.Text.Json;
using System.Threading;
using MmFuzz.Cli;
using MmFuzz.Generators;
using MmFuzz.Tests.Tidy;
using Xunit;

namespace MmFuzz.Tests.Cli;

/// <summary>One run of the command.</summary>
/// <param name="Code">Its exit code.</param>
/// <param name="Out">Standard output.</param>
/// <param name="Error">Standard error.</param>
internal sealed record Answer(int Code, string Out, string Error)
{
    /// <summary>Standard output as the one JSON document that it must be.</summary>
    internal JsonElement Json()
    {
        using var document = JsonDocument.Parse(Out);
        return document.RootElement.Clone();
    }

    /// <summary>Fails if anything of an exception can be seen.</summary>
    internal Answer WithoutTrace()
    {
        foreach (string text in (string[])[Out, Error])
        {
            Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
            Assert.DoesNotContain("Exception", text, StringComparison.Ordinal);
            Assert.DoesNotContain("internal error:", text, StringComparison.Ordinal);
        }

        return this;
    }
}

/// <summary>Runs the command in process.</summary>
internal static class CommandLine
{
    /// <summary>Four lines that show a known bug.</summary>
    internal const string KnownBug =
        "mmfuzz 1\nprofile v6.18\nwithout early-cow-fork\n"
        + "mmap p0 0 1 anon rw\nstore p0 0\npin p0 0 1 r -> g0\nfork p0 -> p1\n";

    /// <summary>The same on a kernel without the bug.</summary>
    internal static readonly string Quiet = KnownBug.Replace(
        "without early-cow-fork\n", string.Empty, StringComparison.Ordinal);

    /// <summary>Runs it with nothing on standard input.</summary>
    internal static Answer Run(params string[] args) => Feed(string.Empty, args);

    /// <summary>Runs it with a text on standard input.</summary>
    internal static Answer Feed(string input, params string[] args) => Feed(Encoding.UTF8.GetBytes(input), args);

    /// <summary>Runs it with bytes on standard input.</summary>
    internal static Answer Feed(byte[] input, params string[] args)
    {
        using var reader = new StreamReader(new MemoryStream(input), new UTF8Encoding(false));
        using var output = new StringWriter();
        using var error = new StringWriter();
        int code = new MmFuzzCommand(reader, output, error).Run(args, CancellationToken.None);
        return new Answer(code, output.ToString(), error.ToString());
    }

    /// <summary>The texts of the corpus, in the order of their paths.</summary>
    internal static string[] Corpus()
    {
        string[] files = Directory.GetFiles(
            Path.Combine(SourceFile.Root(), "corpus"), "*.mm", SearchOption.AllDirectories);
        Array.Sort(files, StringComparer.Ordinal);
        return Array.ConvertAll(files, File.ReadAllText);
    }
}

/// <summary>A directory that is gone after the test.</summary>
internal sealed class Place : IDisposable
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("mmfuzz-tests-");

    /// <summary>Its path.</summary>
    internal string Root => directory.FullName;

    /// <summary>Writes a file in it; answers its path.</summary>
    internal string With(string name, string text)
    {
        string path = Path.Combine(Root, name);
        File.WriteAllText(path, text);
        return path;
    }

    public void Dispose() => directory.Delete(recursive: true);
}

/// <summary>Numbers that a seed repeats.</summary>
internal sealed class Dice
{
    private readonly PrngChoices choices = new();

    internal Dice(ulong seed) => choices.Restart(seed, 0);

    /// <summary>A number from 0 to before <paramref name="bound"/>.</summary>
    internal int Below(int bound)
    {
        choices.TryNext(out ChoiceRecord record);
        return (int)(record.Bits % (ulong)Math.Max(1, bound));
    }
}
