// What this file covers: EVENT_REMAP, EVENT_UNMAP and EVENT_REMOVE: who makes the change waits until the manager has
// read of it, filling and protecting answer EAGAIN meanwhile, and what becomes of registration and protection.
// What it does not cover: EVENT_FORK (UserfaultForkScenarios.cs), mremap as such (MremapScenarios.cs).

using Xunit;

namespace MmFuzz.Tests.Scenarios;

public class UserfaultEventScenarios
{
    [Fact]
    public void With_EVENT_REMAP_registration_and_protection_move_along() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        uffd p0 -> u0 event-remap
        register u0 0 4
        store p0 0
        store p0 1
        wp u0 0 4
        swapout p0 1
        mremap p0 0 4 -> 8 | blocked
        ? mappings p0     | 8-12 rw wp
        ? p0 8            | A dirty soft-dirty uffd-wp
        ? p0 9            | swap slot0 soft-dirty uffd-wp exclusive
        wp u0 8           | EAGAIN
        read u0           | t0
        wp u0 8
        wp u0 0           | ENOENT
        store p0 8        | blocked
        """);

    [Fact]
    public void With_EVENT_REMAP_markers_move_along() => Scenario.Run("v6.18", """
        mmap p0 0 4 memfd i0@0 rw
        uffd p0 -> u0 event-remap
        register u0 0 4
        wp u0 0 4
        mremap p0 0 4 -> 8 | blocked
        read u0           | t0
        ? p0 8            | marker uffd-wp
        store p0 8        | blocked
        """);

    [Fact]
    public void Without_it_both_stay_behind() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        uffd p0 -> u0
        register u0 0 4
        store p0 0
        wp u0 0 4
        mremap p0 0 4 -> 8
        ? mappings p0     | 8-12 rw
        wp u0 8           | ENOENT
        store p0 8
        read u0           | EAGAIN
        """);

    [Fact]
    public void Mremap_tells_of_its_target_of_the_move_and_of_what_it_left() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        mmap p0 8 4 anon rw
        uffd p0 -> u0 event-remap event-unmap
        register u0 0 12
        store p0 0
        wp u0 0 1
        mremap p0 0 4 -> 8 | blocked
        read u0           | t0
        wp u0 8           | EAGAIN
        read u0           | t0
        wp u0 8           | EAGAIN
        read u0           | t0
        wp u0 8
        read u0           | EAGAIN
        """);

    [Fact]
    public void Munmap_is_done_before_the_manager_reads_of_it() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        uffd p0 -> u0 event-unmap
        register u0 0 4
        store p0 0
        munmap p0 0 2     | blocked
        ? mappings p0     | 2-4 rw wp
        mmap p0 0 1 anon rw by t4
        store p0 0 by t4
        copy u0 2 1       | EAGAIN
        read u0           | t0
        copy u0 2 1
        load p0 0 by t4   | #2
        """);

    [Fact]
    public void A_discard_comes_after_its_event() => Scenario.Run("v6.18", """
        mmap p0 0 2 anon rw
        uffd p0 -> u0 event-remove
        register u0 0 2 missing wp
        copy u0 0 2
        wp u0 0 1
        dontneed p0 0 2   | blocked
        ? p0 0            | A dirty soft-dirty uffd-wp
        load p0 0 by t4   | #1
        zeropage u0 0 1   | EAGAIN
        read u0           | t0
        ? p0 0            | none
        load p0 0         | blocked
        """);

    [Fact]
    public void A_mapping_that_is_gone_when_the_event_is_read_ends_the_discard() => Scenario.Run("v6.18", """
        mmap p0 0 2 anon rw
        mmap p0 2 1 anon r
        uffd p0 -> u0 event-remove
        register u0 0 2
        store p0 0
        store p0 1
        dontneed p0 0 3   | blocked
        munmap p0 0 1 by t4
        read u0           | t0
        load p0 1         | #2
        """);

    [Fact]
    public void What_is_unmapped_behind_a_discard_is_no_hole() => Scenario.Run("v6.18", """
        mmap p0 0 2 anon r
        uffd p0 -> u0 event-remove
        register u0 1 1
        start t0 dontneed p0 0 2 | moving
        step t0 20        | blocked
        munmap p0 0 1 by t4
        read u0           | t0
        step t0 20
        """);

    [Fact]
    public void A_mapping_that_grows_while_its_event_waits_is_discarded_as_far_as_it_was() => Scenario.Run("v6.18", """
        mmap p0 0 2 anon rw
        mprotect p0 0 1 r
        uffd p0 -> u0 event-remove
        register u0 0 2
        start t0 dontneed p0 0 2 | moving
        step t0 20        | blocked
        mprotect p0 0 1 rw by t4
        read u0           | t0
        step t0 20        | blocked
        read u0           | t0
        step t0 20
        """);

    [Fact]
    public void Events_are_read_in_the_order_in_which_they_were_raised() => Scenario.Run("v6.18", """
        mmap p0 0 2 anon r
        uffd p0 -> u0 event-remap event-unmap
        register u0 0 2
        munmap p0 0 1 by t4   | blocked
        mremap p0 1 1 -> 0    | blocked
        read u0               | t4
        read u0               | t0
        read u0               | t0
        read u0               | EAGAIN
        """);

    [Fact]
    public void Faults_are_read_before_them() => Scenario.Run("v6.18", """
        mmap p0 0 2 anon rw
        uffd p0 -> u0 event-unmap
        register u0 0 2 missing
        munmap p0 0 1 by t4   | blocked
        load p0 1             | blocked
        read u0               | t0
        read u0               | t4
        """);

    [Fact]
    public void MADV_FREE_of_a_memfd_fails_only_behind_the_event() => Scenario.Run("v6.18", """
        mmap p0 0 1 memfd i0@0 rw
        uffd p0 -> u0 event-remove
        register u0 0 1
        start t0 free p0 0 1 | moving
        step t0 20        | blocked
        read u0           | t0
        step t0 20        | EINVAL
        """);

    [Fact]
    public void MADV_FREE_waits_for_the_manager_too() => Scenario.Run("v6.18", """
        mmap p0 0 2 anon rw
        uffd p0 -> u0 event-remove
        register u0 0 2
        store p0 0
        free p0 0 2       | blocked
        ? p0 0            | A write dirty soft-dirty
        read u0           | t0
        swapout p0 0
        load p0 0         | 0
        """);

    [Fact]
    public void Closing_lets_who_waits_go_on() => Scenario.Run("v6.18", """
        mmap p0 0 2 anon rw
        uffd p0 -> u0 event-remove
        register u0 0 2
        store p0 0
        dontneed p0 0 2   | blocked
        close u0
        load p0 0         | 0
        """);
}
