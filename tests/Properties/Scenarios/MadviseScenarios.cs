// What this file covers: MADV_FREE and what reclaim then does, COLD, PAGEOUT, POPULATE, and advice about fork.
// What it does not cover: MADV_DONTNEED (ProtectionScenarios.cs and others), bugs (corpus/known-bugs).

using Xunit;

namespace MmFuzz.Tests.Scenarios;

public class MadviseScenarios
{
    [Fact]
    public void A_lazyfree_page_is_clean_keeps_its_bits_and_is_discarded_with_them() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        uffd p0 -> u0
        register u0 0 4
        store p0 0
        wp u0 0 1
        free p0 0 1
        ? p0 0            | A soft-dirty uffd-wp
        load p0 0         | #1
        swapout p0 0
        ? p0 0            | none
        ? page A          | free
        load p0 0         | 0
        store p0 0
        """);

    [Fact]
    public void A_store_makes_it_an_ordinary_page_again() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        store p0 0
        free p0 0 1
        ? p0 0            | A write soft-dirty
        store p0 0
        swapout p0 0      | EAGAIN
        ? p0 0            | A write dirty soft-dirty
        swapout p0 0
        ? p0 0            | swap slot0 soft-dirty exclusive
        load p0 0         | #2
        """);

    [Fact]
    public void A_pin_keeps_it() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        pin p0 0 1 rw -> g0
        free p0 0 1
        swapout p0 0      | EAGAIN
        devwrite g0 0
        unpin g0
        swapout p0 0      | EAGAIN
        load p0 0         | #1
        """);

    [Fact]
    public void What_is_in_swap_goes_at_once() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        store p0 0
        swapout p0 0
        free p0 0 1
        ? p0 0            | none
        ? slot 0          | free
        load p0 0         | 0
        """);

    [Theory]
    [InlineData("v6.18, with madv-free-shared", "ok")]
    [InlineData("v6.18", "EAGAIN")]
    public void A_dirty_page_that_a_child_shares_stays_what_it_is_in_the_parent(string profile, string result) =>
        Scenario.Run(profile, $"""
        mmap p0 0 4 anon rw
        store p0 0
        swapout p0 0
        store p0 0
        fork p0 -> p1
        free p1 0 1
        swapout p0 0      | {result}
        load p0 0         | #2
        """);

    [Fact]
    public void Free_is_for_private_anonymous_memory_and_stops_at_anything_else() => Scenario.Run("v6.18", """
        mmap p0 0 2 anon rw
        mmap p0 2 2 memfd i0@0 rw
        store p0 0
        free p0 0 4       | EINVAL
        ? p0 0            | A write soft-dirty
        free p0 4 1       | ENOMEM
        free p0 4 0
        """);

    [Fact]
    public void Pageout_takes_what_one_process_maps_and_passes_over_the_rest() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        store p0 0
        fork p0 -> p1
        store p0 1
        pageout p0 0 3
        ? p0 0            | A dirty soft-dirty
        ? p0 1            | swap slot0 soft-dirty exclusive
        pageout p0 3 2    | ENOMEM
        """);

    [Fact]
    public void Cold_takes_nothing() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        store p0 0
        cold p0 0 4
        ? p0 0            | A write dirty soft-dirty
        """);

    [Theory]
    [InlineData("v6.18", "populate p0 0 2 rw", "ok")]
    [InlineData("v6.18", "populate p0 0 5 r", "ENOMEM")]
    [InlineData("v6.18", "populate p0 2 1 rw", "EINVAL")]
    [InlineData("v6.18", "populate p0 2 1 r", "ok")]
    [InlineData("v5.7", "populate p0 0 1 r", "EINVAL")]
    public void Populate_answers_as_Linux_does(string profile, string line, string result) =>
        Scenario.Run(profile, $"""
        mmap p0 0 4 anon rw
        mprotect p0 2 1 r
        {line} | {result}
        """);

    [Fact]
    public void Populate_faults_in_and_takes_no_reference() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        populate p0 0 1 r
        populate p0 1 1 rw
        ? p0 0            | zero page
        ? p0 1            | A write dirty soft-dirty
        ? page A          | refs 1 maps 1 exclusive holds 0
        """);

    [Fact]
    public void Populate_for_writing_raises_the_event_of_a_protected_page() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        uffd p0 -> u0
        register u0 0 4
        store p0 0
        wp u0 0 1
        populate p0 0 1 rw | blocked
        unwp u0 0 1
        ? p0 0            | A write dirty soft-dirty
        """);

    [Fact]
    public void A_child_has_no_memory_marked_dontfork() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        store p0 0
        store p0 1
        madvise p0 0 1 dontfork
        ? mappings p0     | 0-1 rw, 1-4 rw
        fork p0 -> p1
        ? mappings p1     | 1-4 rw
        load p1 0         | SIGSEGV
        load p1 1         | #2
        madvise p0 0 4 dofork
        ? mappings p0     | 0-4 rw
        """);

    [Fact]
    public void A_child_finds_zeros_in_memory_marked_wipeonfork() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        store p0 0
        madvise p0 0 1 wipeonfork
        fork p0 -> p1
        load p1 0         | 0
        store p1 0
        fork p1 -> p2
        load p2 0         | 0
        load p0 0         | #1
        madvise p1 0 1 keeponfork
        fork p1 -> p3
        load p3 0         | #2
        """);

    [Fact]
    public void Only_private_anonymous_memory_can_be_wiped() => Scenario.Run("v6.18", """
        mmap p0 0 2 anon rw
        mmap p0 2 2 memfd i0@0 rw
        madvise p0 1 2 wipeonfork | EINVAL
        madvise p0 1 2 dontfork
        madvise p0 3 2 keeponfork | ENOMEM
        ? mappings p0     | 0-1 rw, 1-2 rw, 2-3 rw, 3-4 rw
        """);
}
