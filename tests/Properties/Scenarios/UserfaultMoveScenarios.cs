// What this file covers: UFFDIO_MOVE: which pages move, what becomes of marks, protection, handles and swap entries,
// what stands in the way, and what it answers; checked against a running 6.18.
// What it does not cover: races with it (the fuzzer).

using Xunit;

namespace MmFuzz.Tests.Scenarios;

public class UserfaultMoveScenarios
{
    [Fact]
    public void A_page_moves_and_leaves_nothing_behind() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        mmap p0 8 4 anon rw
        uffd p0 -> u0
        register u0 8 4 missing
        store p0 0
        move u0 0 1 -> 8
        ? p0 0            | none
        ? p0 8            | A write dirty soft-dirty
        load p0 8         | #1
        load p0 0         | 0
        """);

    [Fact]
    public void Who_waits_for_the_page_is_woken() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        mmap p0 8 4 anon rw
        uffd p0 -> u0
        register u0 8 4 missing
        store p0 0
        load p0 8         | blocked
        move u0 0 1 -> 8
        load p0 8         | #1
        """);

    [Fact]
    public void Only_pages_of_this_process_alone_move() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        mmap p0 8 4 anon rw
        uffd p0 -> u0
        register u0 8 4 missing
        store p0 0
        store p0 1
        pin p0 0 r -> g0
        move u0 0 1 -> 8  | EBUSY
        unpin g0
        fork p0 -> p1
        move u0 1 1 -> 9  | EBUSY
        store p0 1
        move u0 1 1 -> 9
        """);

    [Fact]
    public void A_page_that_is_pinned_behind_the_first_look_goes_back() => Scenario.Run("v6.18", """
        mmap p0 0 2 anon rw
        uffd p0 -> u0
        register u0 0 2
        store p0 0
        start t8 move u0 0 1 -> 1 | moving
        step t8 3         | moving
        pin p0 0 rw fast -> g0
        step t8 9         | EBUSY
        devread g0        | #1
        load p0 0         | #1
        ? goal UffdMoveMetPin | 1
        """);

    [Fact]
    public void Holes_are_moved_only_if_they_may_be() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        mmap p0 8 4 anon rw
        uffd p0 -> u0
        register u0 8 4 missing
        store p0 0
        store p0 3
        move u0 0 4 -> 8  | EAGAIN
        ? p0 8            | A write dirty soft-dirty
        move u0 1 3 -> 9  | ENOENT
        move u0 1 3 -> 9 holes
        ? p0 11           | B write dirty soft-dirty
        """);

    [Fact]
    public void Where_something_is_nothing_moves_to() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        mmap p0 8 4 anon rw
        uffd p0 -> u0 wp-unpopulated
        store p0 0
        store p0 8
        register u0 0 12
        wp u0 1
        wp u0 9
        move u0 0 1 -> 8  | EEXIST
        move u0 0 1 -> 9  | EEXIST
        move u0 1 1 -> 10 | EFAULT
        """);

    [Fact]
    public void The_mappings_must_be_private_and_writable_and_the_target_watched() => Scenario.Run("v6.18", """
        mmap p0 0 2 anon rw
        mmap p0 4 2 memfd i0@0 rw
        mmap p0 8 4 anon rw
        uffd p0 -> u0
        register u0 8 2 missing
        store p0 0
        store p0 4
        move u0 0 1 -> 10 | EINVAL
        move u0 4 1 -> 8  | EINVAL
        move u0 3 1 -> 8  | ENOENT
        mprotect p0 0 2 r
        move u0 0 1 -> 8  | EINVAL
        """);

    [Fact]
    public void Protection_stays_behind_but_for_a_swapped_page() => Scenario.Run("v6.18", """
        mmap p0 0 12 anon rw
        uffd p0 -> u0
        store p0 0
        store p0 1
        register u0 0 12
        wp u0 0 2
        move u0 0 1 -> 8
        ? p0 8            | A write dirty soft-dirty
        swapout p0 1
        move u0 1 1 -> 9  | moving
        ! uffd-wp-not-lost (bit-spurious)
        """);

    [Fact]
    public void A_reference_follows_its_page() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        mmap p0 8 4 anon rw
        uffd p0 -> u0
        register u0 8 4 missing
        store p0 0
        get p0 0 r -> g0
        move u0 0 1 -> 8
        store p0 8
        devread g0        | #2
        """);

    [Fact]
    public void A_refused_move_prepares_the_target_so_that_fork_copies_its_table() => Scenario.Run("v6.18", """
        mmap p0 0 2 anon r
        load p0 1         | 0
        uffd p0 -> u0
        move u0 0 1 -> 0  | EINVAL
        fork p0 -> p1
        ? p1 1            | zero page
        """);

    [Fact]
    public void Before_6_8_there_is_none() => Scenario.Run("v6.2", """
        mmap p0 0 4 anon rw
        uffd p0 -> u0
        register u0 0 4 missing
        move u0 0 1 -> 2  | EINVAL
        """);
}
