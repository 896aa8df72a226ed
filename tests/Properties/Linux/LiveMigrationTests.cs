// What this file covers: pages that are moved on the kernel that the tests run on, by taking the memory offline in
// which they lie. It needs MMFUZZ_ALLOW_SYSTEM_CHANGES=1, and a machine whose memory lets itself be taken offline.
// What it does not cover: everything else that the kernel is asked (LiveKernelTests.cs).

using System;
using MmFuzz.Engine.Operations;
using MmFuzz.Linux;
using Xunit;

namespace MmFuzz.Tests.Linux;

[Collection(nameof(LiveKernelTests))] // one after the other: a kernel is used in turns
public sealed class LiveMigrationTests : IDisposable
{
    private readonly Turn? turn = LiveKernel.TakeTurn(LiveKernel.WithMovableMemory, static () => { });
    private readonly Capabilities capabilities = LiveKernel.Capabilities;

    public void Dispose() => turn?.Dispose();

    // What is protected stays protected, what is exclusive stays so, what is shared moves once for all, and what
    // somebody else refers to stays where it is.
    [LiveTheory(OperationKind.Migrate)]
    [InlineData("mmap p0 0 1 anon rw\nstore p0 0\nmigrate p0 0\nload p0 0\nstore p0 0\nmigrate p0 0\n")]
    [InlineData("mmap p0 0 2 anon rw\nstore p0 0\nfork p0 -> p1\nmigrate p1 0\nload p0 0\nstore p0 0\nload p1 0\n")]
    [InlineData("mmap p0 0 1 anon rw\nload p0 0\nmigrate p0 0\nmmap p0 4 1 memfd i0@0 rw\nload p0 4\nmigrate p0 4\n")]
    [InlineData("mmap p0 0 2 memfd i0@0 rw\nstore p0 0\nuffd p0 -> u0\nregister u0 0 2 wp\nwp u0 0 1\n"
        + "migrate p0 0\nstore p0 0\nunwp u0 0 1\nload p0 0\n")]
    [InlineData("mmap p0 0 1 anon rw\nstore p0 0\nuffd p0 -> u0\nregister u0 0 1 wp\nwp u0 0 1\nfork p0 -> p1\n"
        + "migrate p0 0\nstore p1 0\nstore p0 0\nunwp u0 0 1\nload p0 0\n")]
    [InlineData("mmap p0 0 1 anon rw\nstore p0 0\nvmsplice p0 0 1 -> g0\nmigrate p0 0\nstore p0 0\npipe-read g0\n"
        + "migrate p0 0\n")]
    public void A_page_that_is_moved_is_the_same_page_for_everybody(string program) =>
        LiveKernel.AgreeWholly(program, turn);

    [LiveTheory(OperationKind.Migrate)]
    [InlineData("pin p0 0 1 r fast -> g0")]
    [InlineData("vmsplice p0 0 1 -> g0")]
    public void A_page_that_somebody_refers_to_is_not_moved(string taken)
    {
        PreparedProgram prepared = LiveKernel.AgreeWholly(
            $"mmap p0 0 1 anon rw\nstore p0 0\n{taken}\nmigrate p0 0\n", turn);
        Assert.Equal(11, prepared.Kernel(3).Error); // EAGAIN
        Assert.True(prepared.Kernel(3).Nanoseconds > TimeSpent.SlowNanoseconds, "it was not tried");
    }

    [LiveFact(OperationKind.Migrate)]
    public void Generated_programs_in_which_pages_move_agree()
    {
        using var fuzzer = new LinuxFuzzer(
            capabilities.Profile, capabilities.Filter(migrates: true), 0, 11, 20, turn?.Blocks ?? []);
        ulong next = 0;
        Divergence? found = null;
        fuzzer.Run(() => next < 300 ? next++ : null, divergence => (found = divergence) is null);
        Assert.True(found is null, $"program {found?.Program}: {found?.Difference}");
        Assert.Contains(fuzzer.Time.Slow(), static one => one.Kind == OperationKind.Migrate && one.Slow > 20);
    }
}
