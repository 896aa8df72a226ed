// What this file covers: write-protection of shared memory by userfaultfd: markers where nothing is, what DONTNEED,
// swap-out and munmap make of them, and mprotect before and after write-notify (seed 000).
// What it does not cover: private memory (UserfaultScenarios.cs).

using Xunit;

namespace MmFuzz.Tests.Scenarios;

public class UserfaultSharedScenarios
{
    [Fact]
    public void Shared_memory_that_is_not_there_is_protected_by_a_marker() => Scenario.Run("v6.18", """
        mmap p0 0 4 memfd i0@0 rw
        uffd p0 -> u0
        register u0 0 4
        wp u0 0 2
        ? p0 0            | marker uffd-wp
        ? p0 1            | marker uffd-wp
        load p0 0         | 0
        ? p0 0            | A uffd-wp
        store p0 1        | blocked
        ? p0 1            | B dirty soft-dirty uffd-wp
        unwp u0 0 2
        load p0 1         | #1
        ? goal MarkerFault | 2
        """);

    [Fact]
    public void Protection_of_shared_memory_survives_DONTNEED_and_swap_as_a_marker_and_ends_with_munmap() =>
        Scenario.Run("v6.18", """
        mmap p0 0 4 memfd i0@0 rw
        uffd p0 -> u0
        register u0 0 4
        store p0 0
        wp u0 0
        dontneed p0 0
        ? p0 0            | marker uffd-wp
        load p0 0         | #1
        swapout p0 0
        ? p0 0            | marker uffd-wp
        load p0 0         | #1
        store p0 0        | blocked
        unwp u0 0
        wp u0 0
        munmap p0 0 4
        mmap p0 0 4 memfd i0@0 rw
        ? p0 0            | none
        store p0 0
        """);

    [Fact]
    public void As_6_1_was_released_mprotect_puts_the_write_bit_beside_uffd_wp_on_a_memfd() => Scenario.Run("v6.1", """
        mmap p0 0 4 memfd i0@0 rw
        uffd p0 -> u0
        register u0 0 4
        store p0 0
        wp u0 0
        mprotect p0 0 1 r
        mprotect p0 0 1 rw
        ? p0 0            | A write dirty soft-dirty uffd-wp
        store p0 0        | ok
        ! uffd-wp-no-write-through (store-without-event)
        """);

    [Fact]
    public void With_write_notify_mprotect_leaves_a_protected_memfd_read_only() => Scenario.Run("v6.18", """
        mmap p0 0 4 memfd i0@0 rw
        uffd p0 -> u0
        register u0 0 4
        store p0 0
        wp u0 0
        mprotect p0 0 1 r
        mprotect p0 0 1 rw
        ? p0 0            | A dirty soft-dirty uffd-wp
        store p0 0        | blocked
        """);
}
