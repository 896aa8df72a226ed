// What this file covers: mlock and munlock: what they bring in, what reclaim and madvise make of locked pages, what
// becomes of them with fork, mremap, mprotect and UFFDIO_MOVE, races with reclaim, and the answers.
// What it does not cover: MLOCK_ONFAULT, mlockall, limits, which the model does not have.

using Xunit;

namespace MmFuzz.Tests.Scenarios;

public class MlockScenarios
{
    [Fact]
    public void All_pages_are_brought_in_and_copy_on_write_is_broken() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        mmap p0 4 2 anon r
        mmap p0 8 2 memfd i0@0 rw
        store p0 0
        fork p0 -> p1
        store p0 1
        swapout p0 1
        mlock p0 0 6
        mlock p0 8 2
        ? p0 0            | A write dirty soft-dirty
        ? p0 1            | B write dirty soft-dirty
        ? p0 3            | C write dirty soft-dirty
        ? p0 5            | zero page
        ? page A          | refs 1 maps 1 exclusive holds #1
        load p1 0         | #1
        load p0 1         | #2
        """);

    [Fact]
    public void Reclaim_keeps_what_anybody_has_locked() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        store p0 0
        fork p0 -> p1
        mlock p1 0 1
        swapout p0 0
        ? p0 0            | swap slot0 soft-dirty
        swapout p1 0      | EAGAIN
        munlock p1 0 1
        swapout p1 0
        """);

    [Theory]
    [InlineData("dontneed", "EINVAL")]
    [InlineData("free", "EINVAL")]
    [InlineData("cold", "EINVAL")]
    [InlineData("pageout", "EINVAL")]
    public void Advice_ends_at_a_locked_mapping(string advice, string result) => Scenario.Run("v6.18", $"""
        mmap p0 0 4 anon rw
        store p0 0
        store p0 2
        mlock p0 2 1
        {advice} p0 0 4 | {result}
        load p0 2         | #2
        munlock p0 2 1
        {advice} p0 2 1
        """);

    [Fact]
    public void Shared_memory_that_is_locked_is_not_removed_but_may_be_populated() => Scenario.Run("v6.18", """
        mmap p0 0 2 memfd i0@0 rw
        store p0 0
        mlock p0 0 1
        remove p0 0 2     | EINVAL
        load p0 0         | #1
        populate p0 0 2 rw
        munlock p0 0 1
        remove p0 0 2
        load p0 0         | 0
        """);

    [Fact]
    public void A_page_that_mlock_missed_stays_so_when_an_unlocked_mapping_maps_it() => Scenario.Run("v6.18", """
        mmap p0 0 1 anon rw
        store p0 0
        fork p0 -> p1
        swapout p0 0
        mprotect p0 0 1 r
        mlock p0 0 1
        load p1 0         | #1
        free p1 0 1
        munlock p0 0 1
        ? p1 0            | A soft-dirty
        """);

    [Fact]
    public void Locked_pages_get_no_guards_and_guards_cannot_be_faulted_in() => Scenario.Run("v6.18", """
        mmap p0 0 2 anon rw
        mlock p0 0 1
        guard p0 0 1      | EINVAL
        guard p0 1 1
        mlock p0 0 2      | ENOMEM
        unguard p0 0 2
        mlock p0 0 2
        """);

    [Fact]
    public void What_lies_behind_the_end_of_a_file_cannot_be_faulted_in() => Scenario.Run("v6.18", """
        mmap p0 0 4 memfd i0@0 rw
        truncate i0 2
        mlock p0 0 2
        mlock p0 0 4      | ENOMEM
        """);

    [Fact]
    public void What_lies_before_a_locked_page_is_discarded() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        store p0 0
        store p0 1
        store p0 2
        mlock p0 1 1
        dontneed p0 0 3   | EINVAL
        load p0 0         | 0
        load p0 1         | #2
        load p0 2         | #3
        """);

    [Theory]
    [InlineData("mlock p0 0 4", "ok")]
    [InlineData("mlock p0 0 5", "ENOMEM")]
    [InlineData("mlock p0 5 1", "ENOMEM")]
    [InlineData("mlock p0 12 1", "ENOMEM")]
    [InlineData("mlock p0 9 0", "ok")]
    [InlineData("munlock p0 0 4", "ok")]
    [InlineData("munlock p0 3 2", "ENOMEM")]
    public void It_answers_as_Linux_does(string line, string result) => Scenario.Run("v6.18", $"""
        mmap p0 0 4 anon rw
        mmap p0 12 1 anon none
        {line} | {result}
        """);

    [Fact]
    public void What_somebody_else_has_locked_is_not_freed_lazily() => Scenario.Run("v6.18", """
        mmap p0 0 1 anon rw
        store p0 0
        mlock p0 0 1
        fork p0 -> p1
        free p1 0 1
        store p0 0
        swapout p1 0
        ? p1 0            | swap slot0 soft-dirty
        load p1 0         | #1
        """);

    [Theory]
    [InlineData("v6.18", "none")]
    [InlineData("v6.2", "swap slot0 soft-dirty")]
    public void What_is_read_from_swap_into_a_locked_mapping_is_not_marked_since_6_11(string profile, string left) =>
        Scenario.Run(profile, $"""
        mmap p0 0 1 anon rw
        store p0 0
        swapout p0 0
        mlock p0 0 1
        fork p0 -> p1
        free p1 0 1
        store p0 0
        swapout p1 0
        ? p1 0            | {left}
        """);

    [Fact]
    public void What_came_before_a_hole_stays_locked() => Scenario.Run("v6.18", """
        mmap p0 0 2 anon rw
        store p0 0
        mlock p0 0 4      | ENOMEM
        swapout p0 0      | EAGAIN
        dontneed p0 1 1   | EINVAL
        """);

    [Fact]
    public void The_lock_goes_along_with_mremap_and_not_to_children() => Scenario.Run("v6.18", """
        mmap p0 0 1 anon rw
        mlock p0 0 1
        fork p0 -> p1
        mremap p0 0 1 -> 4
        dontneed p0 4 1   | EINVAL
        dontneed p1 0 1
        """);

    [Fact]
    public void What_mprotect_makes_writable_is_copied_at_once() => Scenario.Run("v6.18", """
        mmap p0 0 2 anon r
        mlock p0 0 2
        ? p0 0            | zero page
        mprotect p0 0 2 rw
        ? p0 0            | A write dirty soft-dirty
        """);

    [Fact]
    public void A_page_that_userfaultfd_watches_is_waited_for() => Scenario.Run("v6.18", """
        mmap p0 0 2 anon rw
        uffd p0 -> u0
        register u0 0 2 missing
        mlock p0 0 1      | blocked
        copy u0 0 1
        dontneed p0 0 1 by t4 | EINVAL
        """);

    [Fact]
    public void Move_wants_both_places_locked_or_neither() => Scenario.Run("v6.18", """
        mmap p0 0 2 anon rw
        mmap p0 4 2 anon rw
        uffd p0 -> u0
        register u0 4 2
        store p0 0
        mlock p0 0 1
        move u0 0 1 -> 4  | EINVAL
        munlock p0 0 1
        move u0 0 1 -> 4
        """);

    [Fact]
    public void Reclaim_that_is_under_way_stops_at_what_is_locked_now() => Scenario.Run("v6.18", """
        mmap p0 0 2 anon rw
        store p0 0
        start t8 swapout p0 0 | moving
        step t8 1         | moving
        mlock p0 0 1
        step t8 9         | EAGAIN
        ? p0 0            | A write dirty soft-dirty
        """);
}
