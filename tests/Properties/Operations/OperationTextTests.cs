// What this file covers: the one text form of every operation: text to operation to the same text, and the shorter
// forms that are read too.
// What it does not cover: what is wrong with a bad text (TextErrorTests.cs), whole programs (MmProgramTests.cs).

using System;
using System.Linq;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.State;
using Xunit;

namespace MmFuzz.Tests.Operations;

public class OperationTextTests
{
    private static readonly string[] All =
    [
        "mmap p0 0 4 anon rw",
        "mmap p3 15 1 anon none",
        "mmap p1 8 8 memfd i0@0 r",
        "mmap p1 0 2 memfd i3@6 rw by t5",
        "mmap p2 0 8 shared i2 rw",
        "start t0 mmap p0 0 4 anon rw",
        "munmap p0 0 16",
        "munmap p0 3 0",
        "start t4 munmap p0 1 2",
        "dontneed p1 2 3",
        "dontneed p1 2 3 by t5",
        "mprotect p0 0 1 r",
        "mprotect p0 0 1 rw",
        "mprotect p0 0 1 none",
        "start t0 mprotect p0 0 4 r",
        "fork p0 -> p1",
        "fork p2 -> p3 by t6",
        "start t0 fork p0 -> p1",
        "exit p1",
        "load p0 7",
        "load p0 7 by t4",
        "store p0 7",
        "start t4 store p0 7",
        "pin p0 3 1 rw -> g0",
        "pin p0 3 4 r fast -> g7",
        "start t4 pin p0 3 1 rw fast -> g1",
        "get p0 3 1 r -> g2",
        "get p0 3 2 rw fast -> g2",
        "vmsplice p0 3 2 -> g3",
        "vmsplice p0 3 1 fast -> g3 by t4",
        "punch i0 7",
        "start t9 punch i1 0",
        "truncate i0 0",
        "truncate i1 8",
        "start t8 truncate i0 3",
        "remove p0 3 2",
        "mlock p0 3 2",
        "munlock p0 3 2",
        "start t4 remove p0 0 16",
        "guard p0 0 1",
        "start t4 guard p0 3 2",
        "unguard p0 0 16",
        "memory-failure p0 3",
        "start t4 memory-failure p0 0",
        "direct-io p0 3 in",
        "start t4 direct-io p0 3 out",
        "process-vm p0 3 in by t4",
        "process-vm p1 0 out",
        "pipe-read g3",
        "unpin g0",
        "devread g0 3",
        "devwrite g0 0",
        "swapout p0 3",
        "swapout p0 3 by t9",
        "start t8 swapout p0 3",
        "migrate p0 3",
        "migrate p0 3 by t8",
        "start t9 migrate p0 3",
        "uffd p0 -> u0",
        "uffd p1 -> u1 sigbus",
        "uffd p0 -> u0 wp-async",
        "uffd p0 -> u0 event-fork wp-unpopulated wp-async sigbus",
        "scan p0 0 16",
        "scan p1 3 1 wp check",
        "start t9 scan p0 0 4 wp",
        "close u0",
        "register u0 0 16",
        "register u0 0 4 missing",
        "register u0 0 4 minor",
        "register u0 0 4 missing wp minor",
        "unregister u1 3 1",
        "copy u0 0 4",
        "copy u0 3 1 wp dontwake by t9",
        "zeropage u1 3 1 dontwake",
        "continue u0 3 1 wp",
        "start t8 poison u0 3 1",
        "migrate-vma p0 3",
        "move u0 3 2 -> 8 holes dontwake",
        "wp u0 3 1",
        "wp u0 3 1 by t9",
        "start t8 wp u0 0 4",
        "unwp u0 3 1",
        "unwp u0 3 1 dontwake",
        "read u0",
        "wake u0 3 1",
        "clear-refs p0",
        "start t8 clear-refs p0",
        "pagemap p0 3",
        "inject arch-unmap-one 0",
        "inject alloc 2",
        "inject swap-full 0",
        "inject write-out 1",
        "inject read-in 0",
        "inject same-frame 3",
        "inject same-slot 9",
        "mmap p0 4 2 memfd-private i0@2 rw",
        "mmap p0 6 2 file i1@0 r",
        "write i1 0",
        "start t8 write i0 7",
        "force-write p0 3",
        "ref p0 3 -> g7",
        "unref g7",
        "force-write p0 3 by t9",
        "pin p0 0 1 r force longterm nowait -> g0",
        "get p0 0 1 rw fast force -> g0",
        "pin p0 0 1 r follow -> g0",
        "get p0 0 1 rw follow -> g0",
        "swapoff",
        "start t8 swapoff",
        "swapoff by t9",
        "mremap p0 0 4 -> 8",
        "start t4 mremap p0 0 1 -> 15",
        "mremap p1 2 0 -> 3 by t5",
        "mremap p0 0 4 -> 8 dontunmap",
        "start t4 mremap p0 0 1 -> 15 dontunmap",
        "mmap p0 0 4 anon rw fixed",
        "start t4 mmap p0 6 2 file i1@0 r fixed",
        "mremap p0 0 4 to 2",
        "mremap p1 0 4 to 4 by t5",
        "start t0 mremap p0 14 1 to 2",
        "mremap p0 0 1 to 4 -> 12",
        "mremap p0 4 4 to 1 -> 0 by t4",
        "free p0 0 4",
        "start t4 free p0 0 1",
        "free p1 2 0 by t5",
        "cold p0 0 4",
        "start t0 cold p0 3 1",
        "pageout p0 0 4",
        "start t0 pageout p0 3 1",
        "populate p0 0 4 rw",
        "populate p0 0 1 r by t4",
        "start t0 populate p0 3 1 r",
        "madvise p0 0 4 dontfork",
        "madvise p0 0 4 dofork by t4",
        "madvise p1 3 1 wipeonfork",
        "start t0 madvise p0 0 1 keeponfork",
        "numa-hint p0 0 4",
        "numa-hint p1 3 1 by t5",
        "start t0 numa-hint p0 0 1",
        "step t4 1",
        "step t9 99",
    ];

    public static TheoryData<string> Forms => new(All);

    [Theory]
    [MemberData(nameof(Forms))]
    public void An_operation_that_is_read_prints_as_it_was_written(string text) =>
        Assert.Equal(text, Parse(text).ToString());

    [Theory]
    [InlineData("mmap p0 3 anon rw", "mmap p0 3 1 anon rw")]
    [InlineData("mmap p0 8 4 memfd i1 rw", "mmap p0 8 4 memfd i1@0 rw")]
    [InlineData("munmap p0 3", "munmap p0 3 1")]
    [InlineData("pin p0 3 rw -> g0", "pin p0 3 1 rw -> g0")]
    [InlineData("vmsplice p0 3 fast -> g0", "vmsplice p0 3 1 fast -> g0")]
    [InlineData("wp u0 3", "wp u0 3 1")]
    [InlineData("register u0 0 4 wp", "register u0 0 4")]
    [InlineData("register u0 0 4 minor missing", "register u0 0 4 missing minor")]
    [InlineData("devread g0", "devread g0 0")]
    [InlineData("inject arch-unmap-one", "inject arch-unmap-one 0")]
    [InlineData("step t4", "step t4 1")]
    [InlineData("store p0 3 by t0", "store p0 3")]
    [InlineData("swapout p0 3 by t8", "swapout p0 3")]
    [InlineData("migrate p0 3 by t9", "migrate p0 3")]
    [InlineData("store   p0\t007", "store p0 7")]
    public void A_shorter_form_means_the_full_one(string text, string expected) =>
        Assert.Equal(expected, Parse(text).ToString());

    [Fact]
    public void The_examples_show_every_kind_of_operation() =>
        Assert.Equal(
            Enum.GetValues<OperationKind>(),
            All.Select(text => Parse(text).Kind).Distinct().Order());

    [Fact]
    public void The_examples_show_every_flag()
    {
        OperationFlags seen = All.Select(text => Parse(text).Flags).Aggregate((all, more) => all | more);
        Assert.Equal(Enum.GetValues<OperationFlags>().Aggregate((all, more) => all | more), seen);
    }

    [Theory]
    [InlineData("mmap p0 0 4 anon rw", false)]
    [InlineData("uffd p0 -> u0", false)]
    [InlineData("register u0 0 16", false)]
    [InlineData("step t0 3", false)]
    [InlineData("start t0 store p0 0", true)]
    [InlineData("store p0 0", true)]
    [InlineData("inject arch-unmap-one 0", false)]
    public void Lengths_count_neither_the_ground_nor_steps_nor_injected_failures(string text, bool expected) =>
        Assert.Equal(expected, Parse(text).Counts);

    [Fact]
    public void Operations_are_equal_if_and_only_if_their_texts_are()
    {
        Operation[] parsed = [.. All.Select(Parse)];
        foreach (Operation left in parsed)
        {
            Assert.Single(parsed, right => right == left && right.GetHashCode() == left.GetHashCode());
            Assert.Equal(left, Parse(left.ToString()));
        }
    }

    [Fact]
    public void An_operation_by_nobody_in_particular_is_by_the_main_thread_or_by_the_kernel()
    {
        Assert.Equal(new ActorId(2), Parse("store p2 0").Actor);
        Assert.Equal(ActorId.Outside0, Parse("swapout p2 0").Actor);
        Assert.Equal(ActorId.Outside1, Parse("migrate p2 0").Actor);
    }

    private static Operation Parse(string text)
    {
        bool parsed = OperationParser.TryParse(text, 1, 0, out Operation op, out TextError? error);
        Assert.True(parsed, error?.Message);
        return op;
    }
}
