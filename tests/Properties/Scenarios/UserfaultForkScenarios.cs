// What this file covers: EVENT_FORK: the child stays registered with a context of its own, fork waits until the manager
// has read of it, and what changes entries answers EAGAIN meanwhile.
// What it does not cover: fork without the feature (CowScenarios.cs, ProtectionScenarios.cs).

using Xunit;

namespace MmFuzz.Tests.Scenarios;

public class UserfaultForkScenarios
{
    [Fact]
    public void The_child_keeps_its_protection_and_has_a_manager_of_its_own() => Scenario.Run("v6.18", """
        mmap p0 0 2 anon rw
        mmap p0 8 2 memfd i0@0 rw
        uffd p0 -> u0 event-fork
        register u0 0 16
        store p0 0
        store p0 1
        store p0 8
        wp u0 0 16
        swapout p0 1
        fork p0 -> p1     | blocked
        store p1 0        | skipped: process-gone
        read u0           | t0
        ? mappings p1     | 0-2 rw wp, 8-10 rw wp
        ? p1 0            | A dirty soft-dirty uffd-wp
        ? p1 1            | swap slot0 soft-dirty uffd-wp
        ? p1 9            | marker uffd-wp
        store p1 0        | blocked
        store p0 8        | blocked
        read u1           | t1
        read u0           | t0
        unwp u1 0
        load p1 0         | #4
        load p0 0 by t4   | #1
        """);

    [Fact]
    public void Of_shared_memory_the_child_may_store_at_once_and_its_entry_is_clean() => Scenario.Run("v6.18", """
        mmap p0 0 2 memfd i0@0 rw
        store p0 0
        ? p0 0            | A write dirty soft-dirty
        uffd p0 -> u0 event-fork
        register u0 0 2
        fork p0 -> p1     | blocked
        read u0           | t0
        ? p0 0            | A write dirty soft-dirty
        ? p1 0            | A write soft-dirty
        """);

    [Fact]
    public void While_the_event_is_not_read_the_address_space_is_changing() => Scenario.Run("v6.18", """
        mmap p0 0 2 anon rw
        uffd p0 -> u0 event-fork
        register u0 0 2 missing wp
        fork p0 -> p1     | blocked
        wp u0 0           | EAGAIN
        unwp u0 0 0       | EAGAIN
        copy u0 0         | EAGAIN
        zeropage u0 0 0   | EAGAIN
        uffd p0 -> u1     | skipped: in-use
        load p0 0 by t4   | blocked
        wake u0 0 2
        read u0           | t4
        read u0           | t0
        copy u0 0
        load p1 0         | blocked
        copy u1 0
        load p0 0         | #1
        load p1 0         | #2
        """);

    [Fact]
    public void A_pinned_page_is_copied_for_the_child_with_its_protection() => Scenario.Run("v6.18", """
        mmap p0 0 2 anon rw
        uffd p0 -> u0 event-fork
        register u0 0 2
        store p0 0
        pin p0 0 rw -> g0
        wp u0 0
        fork p0 -> p1     | blocked
        read u0           | t0
        ? p0 0            | A dirty soft-dirty uffd-wp
        ? p1 0            | B dirty soft-dirty uffd-wp
        store p1 0        | blocked
        """);

    [Fact]
    public void Without_a_context_for_the_child_there_is_no_child() => Scenario.Run("v6.18", """
        mmap p0 0 2 anon rw
        uffd p0 -> u0 event-fork
        uffd p0 -> u1
        register u0 0 2
        store p0 0
        fork p0 -> p1     | ENOMEM
        wp u0 0
        store p0 0        | blocked
        close u1
        fork p0 -> p1 by t4 | blocked
        """);

    [Fact]
    public void A_fork_without_anything_registered_raises_no_event() => Scenario.Run("v6.18", """
        mmap p0 0 2 anon rw
        uffd p0 -> u0 event-fork
        fork p0 -> p1
        read u0           | EAGAIN
        """);
}
