// What this file covers: what others do to locked mappings: truncation cuts their private copies, guards come only when
// they are unlocked, mprotect does not fail where it cannot populate, migration marks what mlock had missed, and
// UFFDIO_MOVE moves what is in swap there.
// What it does not cover: mlock and munlock themselves (MlockScenarios).

using Xunit;

namespace MmFuzz.Tests.Scenarios;

public class LockedPagesScenarios
{
    [Fact]
    public void A_locked_private_copy_is_cut_with_its_file() => Scenario.Run("v6.18", """
        mmap p0 0 2 memfd-private i0@0 rw
        store p0 0
        mlock p0 0 2
        ? p0 1            | A write dirty soft-dirty
        truncate i0 0
        ? p0 0            | none
        load p0 0         | SIGBUS
        truncate i0 2
        load p0 0         | 0
        """);

    [Fact]
    public void Guards_go_while_it_is_locked_but_do_not_come() => Scenario.Run("v6.18", """
        mmap p0 0 2 anon rw
        guard p0 0 1
        store p0 1
        mlock p0 0 2      | ENOMEM
        unguard p0 0 1
        load p0 0         | 0
        guard p0 1 1      | EINVAL
        munlock p0 0 2
        guard p0 1 1
        load p0 1         | SIGSEGV
        """);

    [Fact]
    public void The_right_to_write_comes_even_where_nothing_can_be_populated() => Scenario.Run("v6.18", """
        mmap p0 0 1 memfd-private i0@0 r
        truncate i0 0
        mlock p0 0 1      | ENOMEM
        mprotect p0 0 1 rw
        ? p0 0            | none
        truncate i0 1
        store p0 0
        load p0 0         | #1
        """);

    [Fact]
    public void Migration_marks_what_mlock_had_missed() => Scenario.Run("v6.18", """
        mmap p0 0 1 anon rw
        store p0 0
        mprotect p0 0 1 r
        swapout p0 0
        mlock p0 0 1
        migrate p0 0
        swapout p0 0      | EAGAIN
        ? p0 0            | A soft-dirty
        ? page A          | refs 1 maps 1 exclusive holds #1
        """);

    [Fact]
    public void A_page_in_swap_moves_between_locked_mappings_and_is_brought_in_there() => Scenario.Run("v6.18", """
        mmap p0 0 1 anon rw
        mmap p0 4 1 anon rw
        uffd p0 -> u0
        register u0 4 1 missing
        store p0 0
        swapout p0 0
        mlock p0 4 1      | blocked
        start t4 mlock p0 0 1 | moving
        step t4 1         | moving
        ? p0 0            | swap slot0 soft-dirty exclusive
        move u0 0 1 -> 4
        load p0 4         | #1
        """);
}
