// What this file covers: what `linux fuzz` stores of a program on which model and kernel differ, on a model that is
// wrong on purpose: the program, its report and page, no raw program that stays, commands that show it again.
// What it does not cover: what stands in page and report (Reports/ComparisonTests.cs).

using System;
using System.IO;
using System.Linq;
using MmFuzz.Tests.Cli;
using Xunit;

namespace MmFuzz.Tests.Linux;

[Collection(nameof(LiveKernelTests))] // one after the other: a kernel is used in turns
public class DivergenceFilesTests
{
    [LiveFact(pageFrames: true)]
    public void A_divergence_is_stored_with_its_report_and_page_and_can_be_run_again()
    {
        using var place = new Place();
        string[] wrong = ["linux", "fuzz", "--without", "early-cow-fork", "--jobs", "1", "--out", place.Root];
        Assert.Equal(1, CommandLine.Run([.. wrong, "--programs", "1000"]).Code);
        string[] files = [.. Directory.GetFiles(place.Root).Order(StringComparer.Ordinal)];
        string[] programs = [.. files.Where(static file => file.EndsWith(".mm", StringComparison.Ordinal))];
        Assert.NotEmpty(programs);
        Assert.DoesNotContain(programs, static file => file.EndsWith(".raw.mm", StringComparison.Ordinal));
        Assert.All(programs, file =>
        {
            Assert.Contains(Path.ChangeExtension(file, ".md"), files);
            Assert.Contains(Path.ChangeExtension(file, ".html"), files);
            Assert.Equal(1, CommandLine.Run("linux", "run", "--without", "early-cow-fork", file).Code);
            Assert.Equal(0, CommandLine.Run("linux", "run", file).Code);
        });
        string foundBy = File.ReadLines(programs[0]).First().Split("mmfuzz ")[1];
        Assert.Contains("--without early-cow-fork", foundBy, StringComparison.Ordinal);
        Assert.Equal(1, CommandLine.Run([.. foundBy.Split(' '), "--out", place.Root]).Code);
    }
}
