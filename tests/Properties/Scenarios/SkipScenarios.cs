// What this file covers: lines that cannot run: every reason, by example, with no byte of the World changed (Scenario
// compares); and that whatever else is wrong with a line it runs and gets its errno.
// What it does not cover: programs that the parser refuses (Operations/).

using System;
using System.Linq;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using Xunit;

namespace MmFuzz.Tests.Scenarios;

public class SkipScenarios
{
    private const string Protected = """
        mmap p0 0 4 anon rw
        uffd p0 -> u0
        register u0 0 4
        store p0 0
        wp u0 0
        """;

    private static readonly (SkipReason Reason, string Program)[] Examples =
    [
        (SkipReason.ProcessGone, """
            load p1 0         | skipped: process-gone
            swapout p1 0      | skipped: process-gone
            uffd p1 -> u0     | skipped: process-gone
            exit p0
            fork p0 -> p1     | skipped: process-gone
            """),
        (SkipReason.ProcessExists, """
            fork p0 -> p0     | skipped: process-exists
            fork p0 -> p1
            fork p0 -> p1     | skipped: process-exists
            start t0 fork p0 -> p2 | moving
            start t1 fork p1 -> p2 | skipped: process-exists
            """),
        (SkipReason.HandleTaken, """
            mmap p0 0 4 anon rw
            pin p0 0 rw -> g0
            pin p0 1 rw -> g0 | skipped: handle-taken
            vmsplice p0 1 -> g0 | skipped: handle-taken
            start t0 get p0 0 r -> g1 | moving
            get p0 0 r -> g1 by t4 | skipped: handle-taken
            """),
        (SkipReason.HandleEmpty, """
            unpin g0          | skipped: handle-empty
            devread g0        | skipped: handle-empty
            pipe-read g7      | skipped: handle-empty
            """),
        (SkipReason.HandleUnfit, """
            mmap p0 0 4 anon rw
            pin p0 0 r -> g0
            vmsplice p0 0 -> g1
            pipe-read g0      | skipped: handle-unfit
            unpin g1          | skipped: handle-unfit
            devwrite g0       | skipped: handle-unfit
            devread g0 1      | skipped: handle-unfit
            """),
        (SkipReason.NoHandleLeft, """
            mmap p0 0 4 anon rw
            pin p0 0 r -> g0
            pin p0 0 r -> g1
            pin p0 0 r -> g2
            pin p0 0 r -> g3
            pin p0 0 r -> g4
            pin p0 0 r -> g5
            pin p0 0 r -> g6
            direct-io p0 0 out          | 0
            start t0 direct-io p0 0 out | moving
            process-vm p0 0 out by t4   | skipped: no-handle-left
            unpin g7                    | skipped: handle-empty
            """),
        (SkipReason.UffdTaken, """
            uffd p0 -> u0
            uffd p0 -> u0     | skipped: uffd-taken
            """),
        (SkipReason.UffdClosed, """
            wp u0 0           | skipped: uffd-closed
            register u0 0     | skipped: uffd-closed
            close u1          | skipped: uffd-closed
            read u0           | skipped: uffd-closed
            wake u0 0         | skipped: uffd-closed
            """),
        (SkipReason.InodeTaken, """
            mmap p0 0 4 shared i0 rw
            mmap p0 4 4 shared i0 rw | skipped: inode-taken
            mmap p0 4 4 memfd i0@0 rw | skipped: inode-taken
            mmap p0 4 4 memfd i1@0 rw
            mmap p0 8 4 shared i1 rw | skipped: inode-taken
            """),
        (SkipReason.ActorBusy, $"""
            {Protected}
            store p0 0        | blocked
            load p0 1         | skipped: actor-busy
            start t8 swapout p0 0 | moving
            clear-refs p0     | skipped: actor-busy
            """),
        (SkipReason.InUse, $"""
            {Protected}
            start t8 wp u0 0 4 | moving
            close u0 by t9    | skipped: in-use
            exit p0           | skipped: in-use
            """),
        (SkipReason.NothingStarted, $"""
            step t0           | skipped: nothing-started
            {Protected}
            store p0 0        | blocked
            step t0           | skipped: nothing-started
            """),
        (SkipReason.WouldWait, """
            mmap p0 0 4 anon rw
            start t0 fork p0 -> p1 | moving
            start t4 munmap p0 0 4 | blocked
            step t4           | skipped: would-wait
            step t4 99        | skipped: would-wait
            step t0 99
            step t4 99
            """),
        (SkipReason.InodeMissing, """
            write i0 0        | skipped: inode-missing
            mmap p0 0 2 memfd i0@0 rw
            write i0 0
            """),
        (SkipReason.AlreadyArmed, """
            inject arch-unmap-one 3
            inject arch-unmap-one | skipped: already-armed
            """),
    ];

    public static TheoryData<SkipReason> Reasons => new(Examples.Select(example => example.Reason));

    [Theory]
    [MemberData(nameof(Reasons))]
    public void A_line_that_cannot_run_is_skipped_and_changes_no_byte(SkipReason reason)
    {
        string program = Examples.Single(example => example.Reason == reason).Program;
        Assert.Contains($"| skipped: {Names.Dashed(reason)}", program, StringComparison.Ordinal);
        Scenario.Run("v6.18", program);
    }

    [Fact]
    public void When_all_running_numbers_are_used_up_stores_are_skipped_and_loads_are_not()
    {
        string stores = string.Concat(Enumerable.Repeat("store p0 0\n", 982));
        Scenario.Run("v6.18", $"""
            mmap p0 0 4 anon rw
            pin p0 0 rw -> g0
            {stores}store p0 0        | skipped: no-token-left
            devwrite g0       | skipped: no-token-left
            load p0 0         | #982
            """);
    }

    [Fact]
    public void The_examples_show_every_reason() =>
        Assert.Equal(
            Enum.GetValues<SkipReason>().Except([SkipReason.None, SkipReason.NoTokenLeft]),
            Examples.Select(example => example.Reason).Order());

    [Fact]
    public void A_bad_address_is_no_reason_to_skip() => Scenario.Run("v6.18", """
        load p0 15        | SIGSEGV
        store p0 15       | SIGSEGV
        pin p0 15 r -> g0 | EFAULT
        munmap p0 0 16
        dontneed p0 0 16  | ENOMEM
        mprotect p0 0 1 r | ENOMEM
        swapout p0 0      | ENOENT
        migrate p0 0      | ENOENT
        clear-refs p0
        pagemap p0 0      | clean
        """);
}
