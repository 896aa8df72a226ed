// What this file covers: that C programs of known bugs compile without a warning, whatever parts they need, and what
// they say about the kernel under the tests: it has no bug that is mended, it has one whose mending was left out of the
// expectation, and what a machine lacks is no verdict.
// What it does not cover: the texts (ReproducerTests).

using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Linux;
using MmFuzz.Linux.Reproducing;
using MmFuzz.Tests.Cli;
using MmFuzz.Tests.Tidy;
using Xunit;

namespace MmFuzz.Tests.Linux;

[Collection(nameof(LiveKernelTests))] // one after the other: a kernel is used in turns
public class ReproducerLiveTests
{
    private const int NotShown = 0;
    private const int Shown = 1;
    private const int Otherwise = 3;
    private const int Lacking = 4;
    private const ulong Seed = 40;
    private const ulong Programs = 40;
    private const int Length = 24;

    [LiveTheory]
    [InlineData("migrate-wrprotect")] // userfaultfd, migration
    [InlineData("unpin-dirty")] // files, pins
    [InlineData("early-cow-fork")] // holds
    [InlineData("uffd-swap")] // pagemap
    [InlineData("vmsplice-reuse")] // pipes
    public void A_C_program_compiles_without_a_warning(string bug)
    {
        using var place = new Place();
        Compile(place, ReproducerTests.OfKnownBug(bug), "-Wall -Wextra -Wno-sign-compare -Werror");
    }

    [LiveTheory(pageFrames: true)]
    [InlineData("early-cow-fork")]
    [InlineData("uffd-fork-keep")]
    [InlineData("missing-only-hole")]
    [InlineData("uffd-writenotify")]
    public void A_bug_that_this_kernel_has_not_does_not_show(string bug) =>
        Assert.Equal(NotShown, Run(ReproducerTests.OfKnownBug(bug)));

    /// <summary>What it does right is taken for the bug, and the bug for what is right.</summary>
    [LiveTheory(pageFrames: true)]
    [InlineData("early-cow-fork", "early-cow-fork")]
    [InlineData("uffd-fork-keep", "uffd-fork-keep")]
    public void A_bug_that_it_has_shows(string bug, string fix)
    {
        MmProgram program = ReproducerTests.Read(
            Path.Combine(SourceFile.Root(), "corpus", "known-bugs", bug + ".mm"));
        FixSet mended = FixSet.Of([FixCatalogue.Find(fix)!.Fix]);
        Profile repaired = program.Profile.WithFixes(program.Profile.Fixes.Or(mended));
        var exchanged = new MmProgram(repaired, program.Operations);
        Assert.Equal(Shown, Run(ReproducerTests.Of(exchanged, program.Profile)));
    }

    [LiveFact]
    public void A_kernel_that_does_as_the_model_does_agrees()
    {
        var program = MmProgramParser.Parse("mmfuzz 1\nmmap p0 0 1 anon rw\nstore p0 0\nload p0 0\n", out _)!;
        Assert.Equal(Shown, Run(ReproducerTests.Of(program, null)));
    }

    [LiveFact]
    public void A_kernel_that_goes_another_way_is_not_judged()
    {
        // on the model of 6.12 there are no guards
        var program = MmProgramParser.Parse("mmfuzz 1\nprofile v6.12\nmmap p0 0 1 anon rw\nguard p0 0 1\n", out _)!;
        Assert.Equal(
            LiveKernel.Capabilities.Profile.Has(Fix.MadviseGuard) ? Otherwise : Shown,
            Run(ReproducerTests.Of(program, null)));
    }

    /// <summary>Whatever a running kernel can be asked for: the C program does it as the executor does.</summary>
    [LiveFact(pageFrames: true)]
    public void Generated_programs_go_as_on_the_model()
    {
        Capabilities found = LiveKernel.Capabilities;
        using var fuzzer = new LinuxFuzzer(found.Profile, found.Filter(migrates: false), 0, Seed, Length);
        var prepared = new PreparedProgram();
        var others = new List<string>();
        for (ulong number = 0; number < Programs; number++)
        {
            Assert.Null(fuzzer.Differential.Run(prepared, fuzzer.Generate(number)));
            var program = new MmProgram(found.Profile, prepared.Sent.ToArray());
            if (program.Operations.IsEmpty)
            {
                continue;
            }

            Reproduction made = ReproducerTests.Of(program, null);
            if (made.Source is null)
            {
                Assert.StartsWith("two threads are woken at once", made.Reason, System.StringComparison.Ordinal);
                continue;
            }
            (int code, string said) = Ran(made);
            if (code != Shown && !said.Contains("a limit of this program", System.StringComparison.Ordinal))
            {
                others.Add($"program {number}:\n{program.Print()}{said}");
            }
        }

        Assert.True(others.Count == 0, string.Join('\n', others));
    }

    private static string Compile(Place place, Reproduction made, string flags)
    {
        string source = place.With("bug.c", made.Source!);
        string program = Path.Combine(place.Root, "bug");
        (int code, string said) = Start("gcc", $"-O1 {flags} -pthread -o {program} {source}");
        Assert.True(code == 0, said);
        return program;
    }

    private static int Run(Reproduction made) => Ran(made).Code;

    private static (int Code, string Said) Ran(Reproduction made)
    {
        using var place = new Place();
        (int code, string said) = Start("timeout", "-s KILL 30 " + Compile(place, made, string.Empty));
        Assert.True(code is NotShown or Shown or Otherwise or Lacking, said);
        return (code, said);
    }

    private static (int Code, string Said) Start(string program, string arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        string said = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, said);
    }
}
