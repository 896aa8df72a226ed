// What this file covers: the executor on the kernel that the tests run on, as far as it and the machine's owner let it:
// the selftests' cells, generated programs, the corpus, and that nothing is left behind. What cannot be done here is
// counted and named in the test's output; a machine without an executor names that.
// What it does not cover: swap, unless MMFUZZ_ALLOW_SYSTEM_CHANGES=1 allows to change the system for the time being.

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Diagnostics;
using System.IO;
using System.Linq;
using MmFuzz.Engine.Operations;
using MmFuzz.Linux;
using MmFuzz.Tests.Tidy;
using Xunit;
using Xunit.Abstractions;

namespace MmFuzz.Tests.Linux;

[Collection(nameof(LiveKernelTests))] // one after the other: a kernel is used in turns
public sealed class LiveKernelTests : IDisposable
{
    private const int Programs = 1500;
    private readonly ITestOutputHelper output;
    private readonly Turn? turn;
    private readonly Capabilities capabilities = LiveKernel.Capabilities;

    public LiveKernelTests(ITestOutputHelper output)
    {
        this.output = output;
        turn = LiveKernel.TakeTurn(
            LiveKernel.WithSwap, () => output.WriteLine("waits for another run on this machine"));
        ImmutableArray<Capability> missing = [.. capabilities.All.Where(one => !one.IsAvailable)];
        output.WriteLine($"skipped, {missing.Length} of {capabilities.All.Length} capabilities:");
        foreach (Capability one in missing)
        {
            output.WriteLine($"  {one.Name}: {one.Detail}");
        }
    }

    public void Dispose() => turn?.Dispose();

    [LiveFact]
    public void The_selftests_cells_agree() => AgreeOn("corpus/selftests/cow", 14);

    [LiveFact]
    public void Regressions_agree_as_far_as_the_kernel_can_be_asked() => AgreeOn("corpus/regressions", 8);

    [LiveFact]
    public void Generated_programs_agree()
    {
        using var fuzzer = new LinuxFuzzer(capabilities.Profile, capabilities.Filter(migrates: false), 0, 2026, 20);
        ulong next = 0;
        var found = new List<Divergence>();
        fuzzer.Run(() => next < Programs ? next++ : null, divergence =>
        {
            found.Add(divergence);
            return found.Count < 3;
        });
        output.WriteLine($"{fuzzer.Programs} programs, {fuzzer.Operations} operations");
        Assert.True(found.Count == 0, string.Join('\n', found.Select(one =>
            $"program {one.Program}: {one.Difference}\n  " + string.Join("\n  ", one.Operations))));
    }

    [LiveFact]
    public void The_same_programs_show_the_same_twice() => Assert.Equal(DigestOf(300), DigestOf(300));

    [LiveFact(pageFrames: true)]
    public void A_model_that_is_wrong_is_noticed()
    {
        var wrong = capabilities.Profile.Without(MmFuzz.Engine.Fixes.Fix.EarlyCowFork);
        using var fuzzer = new LinuxFuzzer(wrong, capabilities.Filter(migrates: false), 0, 1, 20);
        ulong next = 0;
        bool noticed = false;
        fuzzer.Run(() => next < 20_000 ? next++ : null, _ => !(noticed = true));
        Assert.True(noticed, "fork shares pinned pages in this model, and nobody noticed");
    }

    [LiveFact]
    public void An_executor_that_is_killed_is_replaced_and_no_program_is_left_out()
    {
        using var fuzzer = new LinuxFuzzer(capabilities.Profile, capabilities.Filter(migrates: false), 0, 7, 20);
        int next = 0;
        fuzzer.Run(
            () =>
            {
                if (next is 50 or 200)
                    Process.GetProcessById(fuzzer.Differential.ExecutorId).Kill();
                return next < 300 ? (ulong)next++ : null;
            },
            divergence => throw new InvalidOperationException(divergence.Difference.ToString()));
        Assert.Equal(2, fuzzer.Differential.Lost);
        Assert.Equal(300, fuzzer.Programs);
        Assert.Equal(DigestOf(300), fuzzer.Digest);
    }

    // The page holds what the second of them stored; the kernel takes them in the order in which they came or not.
    [LiveTheory(OperationKind.UffdOpen)]
    [InlineData("store p0 0\nstore p0 0 by t4")]
    [InlineData("store p0 0 by t4\nstore p0 0")]
    public void Either_of_two_threads_that_are_woken_together_may_go_on_first(string stores)
    {
        PreparedProgram prepared = LiveKernel.AgreeWholly(
            $"mmap p0 0 1 anon rw\nuffd p0 -> u0\nregister u0 0 1 missing\n{stores}\n"
            + "zeropage u0 0 1\nload p0 0\nmprotect p0 0 1 r\nstore p0 0\n", turn);
        Assert.Equal(1, prepared.Choices);
    }

    [LiveTheory(OperationKind.Pin)]
    [InlineData("mmap p0 0 1 anon rw\npin p0 0 2 rw fast longterm -> g0\nstore p0 0\nfork p0 -> p1\nstore p0 0\n")]
    [InlineData("mmap p0 0 4 anon rw\nstore p0 0\nfork p0 -> p1\nmprotect p0 1 3 r\n"
        + "pin p0 0 2 rw fast longterm -> g0\nstore p0 0\nload p1 0\n")]
    public void Of_a_pin_of_which_only_a_part_can_be_had_nothing_stays(string program) =>
        LiveKernel.AgreeWholly(program, turn);

    // What waits is woken alone: beside another thread the disk would race with it, and the comparison ends there.
    [LiveTheory(OperationKind.DirectIo, OperationKind.ProcessVm, OperationKind.UffdOpen)]
    [InlineData("direct-io p0 0 in")]
    [InlineData("direct-io p0 0 out")]
    [InlineData("process-vm p0 0 in")]
    [InlineData("process-vm p0 0 out")]
    public void Calls_that_pin_a_page_copy_unshare_and_wait(string call) => LiveKernel.AgreeWholly(
        $"mmap p0 0 2 anon rw\nstore p0 0\nfork p0 -> p1\n{call}\n{call}\nload p1 0\nload p0 0\n"
        + $"uffd p0 -> u0\nregister u0 0 2 missing wp\ndontneed p0 0 1\n{call}\nload p1 0\ncopy u0 0 1 wp\n"
        + "unwp u0 0 1\nload p0 0\nmprotect p0 0 2 none\n" + call + "\n", turn);

    private ulong DigestOf(int programs)
    {
        using var fuzzer = new LinuxFuzzer(capabilities.Profile, capabilities.Filter(migrates: false), 0, 7, 20);
        int next = 0;
        fuzzer.Run(() => next < programs ? (ulong)next++ : null, _ => true);
        return fuzzer.Digest;
    }

    private void AgreeOn(string folder, int atLeastWithRoot)
    {
        var differ = new List<string>();
        var prepared = new PreparedProgram { WhyNot = op => capabilities.WhyNot(in op) };
        int partly = 0;
        int whole = 0;
        using var runner = new DifferentialRunner(capabilities.Profile, 0);
        foreach (string file in Directory.EnumerateFiles(Path.Combine(SourceFile.Root(), folder), "*.mm").Order())
        {
            MmProgram program = MmProgramParser.Parse(File.ReadAllText(file), out _)!;
            string name = Path.GetFileName(file);
            Difference? found = runner.Run(prepared, program.Operations.AsMemory());
            if (prepared.Unsupported is { } line)
            {
                partly++;
                output.WriteLine($"in part {name}: `{program.Operations[line.Line]}`: {line.Reason}");
            }
            else if (prepared.Cut != DeclaredDifference.None)
            {
                partly++;
                output.WriteLine($"in part {name}: {DeclaredDifferences.Of(prepared.Cut).Name}");
            }
            else
            {
                whole++;
            }

            if (found is not null)
            {
                differ.Add($"{name}: {found}");
            }
        }

        output.WriteLine($"{whole} programs compared, {partly} more in part");
        Assert.True(differ.Count == 0, string.Join('\n', differ));
        bool root = capabilities.All.Any(one => one is { Name: "namespaces", IsAvailable: true });
        Assert.True(whole >= (root ? atLeastWithRoot : 3), $"only {whole} programs were compared as a whole");
    }
}
