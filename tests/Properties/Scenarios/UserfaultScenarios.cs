// What this file covers: write-protection by userfaultfd as a manager sees it: stores that block and are let through,
// DONTWAKE, WAKE, the SIGBUS feature, pins, unregistering and closing; what survives swap-out, migration, mprotect,
// fork and unsharing.
// What it does not cover: shared memory (UserfaultSharedScenarios.cs), errnos (WriteProtectErrnoScenarios.cs).

using Xunit;

namespace MmFuzz.Tests.Scenarios;

public class UserfaultScenarios
{
    [Fact]
    public void A_store_to_a_protected_page_blocks_until_the_manager_resolves() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        uffd p0 -> u0
        register u0 0 4
        store p0 0
        wp u0 0
        ? p0 0            | A dirty soft-dirty uffd-wp
        load p0 0         | #1
        store p0 0        | blocked
        ? event t0        | Pending
        store p0 1        | skipped: actor-busy
        store p0 1 by t4
        read u0           | t0
        ? event t0        | Read
        read u0           | EAGAIN
        ? p0 0            | A dirty soft-dirty uffd-wp
        unwp u0 0
        ? event t0        | None
        ? p0 0            | A write dirty soft-dirty
        load p0 0         | #3
        """);

    [Fact]
    public void Up_to_6_2_a_resolve_leaves_a_private_page_read_only_and_the_store_faults_once_more() =>
        Scenario.Run("v6.1", """
        mmap p0 0 4 anon rw
        uffd p0 -> u0
        register u0 0 4
        store p0 0
        wp u0 0
        unwp u0 0
        ? p0 0            | A dirty soft-dirty
        store p0 0
        ? p0 0            | A write dirty soft-dirty
        """);

    [Fact]
    public void A_resolve_without_waking_leaves_the_thread_asleep_until_it_is_woken() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        uffd p0 -> u0
        register u0 0 4
        store p0 0
        wp u0 0
        store p0 0        | blocked
        unwp u0 0 dontwake
        ? event t0        | Pending
        load p0 0 by t4   | #1
        wake u0 1 3
        load p0 0 by t4   | #1
        wake u0 0
        load p0 0         | #2
        """);

    [Fact]
    public void A_wake_without_a_resolve_only_raises_the_event_again() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        uffd p0 -> u0
        register u0 0 4
        store p0 0
        wp u0 0
        store p0 0        | blocked
        read u0           | t0
        wake u0 0
        ? event t0        | Pending
        load p0 0 by t4   | #1
        read u0           | t0
        unwp u0 0
        load p0 0         | #2
        """);

    [Fact]
    public void With_the_SIGBUS_feature_nobody_waits() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        uffd p0 -> u0 sigbus
        register u0 0 4
        store p0 0
        wp u0 0
        store p0 0        | SIGBUS
        pin p0 0 rw -> g0 | EFAULT
        load p0 0         | #1
        pin p0 0 r -> g0
        unwp u0 0
        store p0 0
        devread g0        | #2
        """);

    [Fact]
    public void A_write_pin_of_a_protected_page_waits_like_a_store() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        uffd p0 -> u0
        register u0 0 4
        store p0 0
        wp u0 0
        pin p0 0 rw fast -> g0 | blocked
        read u0           | t0
        unwp u0 0
        devwrite g0
        load p0 0         | #2
        """);

    [Fact]
    public void A_pin_taken_before_writes_through_without_an_event() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        uffd p0 -> u0
        register u0 0 4
        pin p0 0 rw -> g0
        wp u0 0
        devwrite g0
        load p0 0         | #1
        store p0 0        | blocked
        """);

    [Fact]
    public void Anonymous_memory_that_is_not_there_cannot_be_protected() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        uffd p0 -> u0
        register u0 0 4
        wp u0 0 4
        ? p0 0            | none
        store p0 0
        load p0 1         | 0
        wp u0 1
        ? p0 1            | zero page uffd-wp
        store p0 1        | blocked
        unwp u0 1
        load p0 1         | #2
        """);

    [Theory]
    [InlineData("swapout p0 0")]
    [InlineData("migrate p0 0")]
    [InlineData("mprotect p0 0 1 r\nmprotect p0 0 1 rw")]
    [InlineData("pin p0 0 r -> g0")]
    [InlineData("fork p0 -> p1")]
    [InlineData("fork p0 -> p1\npin p0 0 r -> g0")]
    [InlineData("swapout p0 0\nfork p0 -> p1\nload p1 0 | #1")]
    public void Protection_of_a_private_page_survives(string between) => Scenario.Run("v6.18", $"""
        mmap p0 0 4 anon rw
        uffd p0 -> u0
        register u0 0 4
        store p0 0
        wp u0 0
        {between}
        store p0 0        | blocked
        unwp u0 0
        load p0 0         | #2
        """);

    [Fact]
    public void A_child_is_neither_registered_nor_protected() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        uffd p0 -> u0
        register u0 0 4
        store p0 0
        wp u0 0
        fork p0 -> p1
        ? p0 0            | A dirty soft-dirty uffd-wp
        ? p1 0            | A dirty soft-dirty
        ? mappings p0     | 0-4 rw wp
        ? mappings p1     | 0-4 rw
        store p1 0
        load p0 0         | #1
        """);

    [Fact]
    public void Discarding_a_protected_private_page_ends_its_protection() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        uffd p0 -> u0
        register u0 0 4
        store p0 0
        wp u0 0
        dontneed p0 0
        ? p0 0            | none
        store p0 0
        load p0 0         | #2
        """);

    [Theory]
    [InlineData("v6.18, with unregister-wakes-all", "unregister u0 0 4")]
    [InlineData("v6.18", "close u0")]
    public void Who_waits_goes_on_when_nobody_watches_any_more(string kernel, string end) => Scenario.Run(kernel, $"""
        mmap p0 0 4 anon rw
        uffd p0 -> u0
        register u0 0 4
        store p0 0
        wp u0 0
        store p0 0        | blocked
        {end}
        ? p0 0            | A write dirty soft-dirty
        load p0 0         | #2
        ? mappings p0     | 0-4 rw
        """);

    [Fact]
    public void In_6_18_UNREGISTER_leaves_asleep_who_waits_for_write_protection() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        uffd p0 -> u0
        register u0 0 4
        store p0 0
        wp u0 0
        store p0 0        | blocked
        unregister u0 0 4
        ! locks (nobody-wakes)
        """);
}
