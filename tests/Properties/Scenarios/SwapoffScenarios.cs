// What this file covers: swapoff: what it brings back, with which bits, and what others may do meanwhile.
// What it does not cover: swap-out and swap-in by faults (MovingScenarios.cs), bugs of it (corpus/known-bugs).

using Xunit;

namespace MmFuzz.Tests.Scenarios;

public class SwapoffScenarios
{
    [Fact]
    public void An_exclusive_page_comes_back_read_only_and_exclusive_and_its_slot_is_free() =>
        Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        store p0 0
        swapout p0 0
        swapoff
        ? p0 0            | A soft-dirty
        ? page A          | refs 1 maps 1 exclusive holds #1
        ? slot 0          | free
        store p0 0
        ? p0 0            | A write dirty soft-dirty
        """);

    [Fact]
    public void Protection_and_the_mark_come_back_too() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        uffd p0 -> u0
        register u0 0 4
        store p0 0
        wp u0 0 1
        swapout p0 0
        swapoff
        ? p0 0            | A soft-dirty uffd-wp
        store p0 0        | blocked
        """);

    [Theory]
    [InlineData("v6.18, without unuse-pte-exclusive", "")]
    [InlineData("v6.18", " exclusive")]
    public void Without_the_exclusive_bit_the_next_store_only_takes_one_fault_more(string profile, string exclusive) =>
        Scenario.Run(profile, $"""
        mmap p0 0 4 anon rw
        store p0 0
        swapout p0 0
        swapoff
        ? p0 0            | A soft-dirty
        ? page A          | refs 1 maps 1{exclusive} holds #1
        store p0 0
        ? p0 0            | A write dirty soft-dirty
        ? page A          | refs 1 maps 1 exclusive holds #2
        """);

    [Fact]
    public void A_page_that_two_processes_share_comes_back_once_and_shared() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        store p0 0
        fork p0 -> p1
        swapout p0 0
        ? slot 0          | uses 2 holds #1
        swapoff
        ? p0 0            | A soft-dirty
        ? p1 0            | A soft-dirty
        ? page A          | refs 2 maps 2 holds #1
        store p1 0
        load p0 0         | #1
        """);

    [Fact]
    public void A_page_of_an_inode_comes_back_to_its_page_cache_and_not_to_page_tables() => Scenario.Run("v6.18", """
        mmap p0 0 4 memfd i0@0 rw
        store p0 0
        swapout p0 0
        ? inode i0 0      | slot0
        swapoff
        ? inode i0 0      | A
        ? p0 0            | none
        ? page A          | shmem refs 1 maps 0 holds #1
        load p0 0         | #1
        """);

    [Fact]
    public void Meanwhile_nothing_is_swapped_out_and_a_second_swapoff_is_refused() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        store p0 0
        store p0 1
        swapout p0 0
        start t8 swapoff  | moving
        swapout p0 1 by t9 | EAGAIN
        swapoff by t9     | EINVAL
        step t8 99
        swapout p0 1 by t9
        ? p0 1            | swap slot0 soft-dirty exclusive
        """);

    [Fact]
    public void A_fault_that_was_faster_leaves_swapoff_nothing_to_do() => Scenario.Run("v6.18, swap asynchronous", """
        mmap p0 0 4 anon rw
        store p0 0
        swapout p0 0
        start t8 swapoff  | moving
        step t8 4         | moving
        store p0 0
        ? p0 0            | A write dirty soft-dirty
        step t8 99
        ? page A          | refs 1 maps 1 exclusive holds #2
        """);

    [Fact]
    public void It_waits_for_a_process_that_forks() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        store p0 0
        swapout p0 0
        start t0 fork p0 -> p1 | moving
        swapoff           | blocked
        step t0 99
        ? p1 0            | A soft-dirty
        ? page A          | refs 2 maps 2 holds #1
        """);

    [Fact]
    public void Without_memory_it_fails_and_what_is_left_stays_in_swap() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        store p0 0
        store p0 1
        swapout p0 0
        swapout p0 1
        inject alloc 1
        swapoff           | ENOMEM
        ? p0 0            | A soft-dirty
        ? p0 1            | swap slot1 soft-dirty exclusive
        """);
}
