// What this file covers: registering for missing pages and minor faults, and what answers them: UFFDIO_COPY, ZEROPAGE,
// CONTINUE, POISON, with their errnos, partial effects and the rights of the new entry.
// What it does not cover: write-protection (UserfaultScenarios.cs).

using Xunit;

namespace MmFuzz.Tests.Scenarios;

public class UserfaultFillScenarios
{
    [Fact]
    public void Who_reads_or_writes_a_missing_page_waits_until_it_is_filled() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        uffd p0 -> u0
        register u0 0 4 missing
        load p0 0         | blocked
        store p0 1 by t4  | blocked
        read u0           | t0
        copy u0 0
        ? event t0        | None
        ? p0 0            | A write dirty soft-dirty
        ? page A          | refs 1 maps 1 exclusive holds #1
        load p0 0         | #1
        zeropage u0 1
        ? p0 1            | B write dirty soft-dirty
        load p0 1         | #2
        load p0 2         | blocked
        zeropage u0 2 dontwake
        ? p0 2            | zero page
        ? event t0        | Pending
        wake u0 2
        ? event t0        | None
        """);

    [Fact]
    public void Shared_memory_is_missing_only_where_the_page_cache_has_nothing() => Scenario.Run("v6.18", """
        mmap p0 0 4 memfd i0@0 rw
        mmap p0 8 4 memfd i0@0 rw
        uffd p0 -> u0
        register u0 0 4 missing
        store p0 8
        load p0 0         | #1
        load p0 1         | blocked
        copy u0 1
        load p0 9 by t4   | #2
        copy u0 0         | EEXIST
        store p0 10 by t4
        copy u0 2         | EEXIST
        """);

    [Fact]
    public void A_minor_fault_is_continued_with_what_the_page_cache_has() => Scenario.Run("v6.18", """
        mmap p0 0 4 memfd i0@0 rw
        mmap p0 8 4 memfd i0@0 rw
        uffd p0 -> u0
        register u0 0 4 wp minor
        continue u0 0     | EFAULT
        store p0 8
        store p0 0        | blocked
        read u0           | t0
        continue u0 0
        ? p0 0            | A write dirty soft-dirty
        load p0 8         | #2
        continue u0 0     | EEXIST
        store p0 9
        continue u0 1 wp
        ? p0 1            | B dirty soft-dirty uffd-wp
        store p0 1        | blocked
        unwp u0 1
        store p0 10
        swapout p0 10
        continue u0 2
        load p0 2         | #5
        """);

    [Theory]
    [InlineData("v5.13", "register u0 0 4 minor", "EINVAL")]
    [InlineData("v5.14", "register u0 0 4 minor", "ok")]
    [InlineData("v5.18", "register u0 0 4 wp minor", "EINVAL")]
    [InlineData("v5.19", "register u0 0 4 wp minor", "ok")]
    [InlineData("v6.3", "continue u0 0 wp", "EINVAL")]
    [InlineData("v6.4", "continue u0 0 wp", "ok")]
    [InlineData("v6.5", "poison u0 1", "EINVAL")]
    [InlineData("v6.6", "poison u0 1", "ok")]
    public void What_is_known_depends_on_the_release(string release, string line, string answer)
    {
        const string Ground = "mmap p0 0 4 memfd i0@0 rw\nstore p0 0\ndontneed p0 0\nuffd p0 -> u0\n";
        bool registers = line.StartsWith("register", System.StringComparison.Ordinal);
        Scenario.Run(release, $"{Ground}{(registers ? string.Empty : "register u0 0 4\n")}{line} | {answer}");
    }

    [Fact]
    public void A_protecting_copy_raises_an_event_at_the_first_store() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        uffd p0 -> u0
        register u0 0 4 missing wp
        copy u0 0 2 wp
        ? p0 0            | A dirty soft-dirty uffd-wp
        load p0 0         | #1
        store p0 0        | blocked
        unwp u0 0
        load p0 0         | #3
        mprotect p0 0 4 r
        copy u0 2 1 wp
        ? p0 2            | B dirty soft-dirty uffd-wp
        copy u0 3
        ? p0 3            | C dirty soft-dirty
        """);

    [Fact]
    public void A_poisoned_page_answers_with_a_signal_until_it_is_discarded_or_filled() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        uffd p0 -> u0
        register u0 0 4
        poison u0 0 2
        load p0 0         | SIGBUS
        store p0 1        | SIGBUS
        pin p0 0 1 r -> g0 | EFAULT
        wp u0 0
        ? p0 0            | poison marker
        poison u0 0       | EEXIST
        zeropage u0 0     | EEXIST
        fork p0 -> p1
        load p1 0         | SIGBUS
        copy u0 0
        load p0 0         | #1
        dontneed p0 1
        load p0 1         | 0
        """);

    [Fact]
    public void What_was_filled_before_an_error_stays_and_its_waiters_wake() => Scenario.Run("v6.18", """
        mmap p0 0 8 anon rw
        uffd p0 -> u0
        register u0 0 6 missing wp
        copy u0 2
        store p0 0        | blocked
        load p0 3 by t4   | blocked
        copy u0 0 4       | EAGAIN
        ? event t0        | None
        ? event t4        | Pending
        load p0 1         | #3
        copy u0 3 4       | ENOENT
        copy u0 6         | ENOENT
        copy u0 3 0       | EINVAL
        mprotect p0 4 1 r
        copy u0 3 2       | ENOENT
        copy u0 3 1 wp dontwake
        ? event t4        | Pending
        """);

    [Fact]
    public void Protecting_needs_the_mode_and_filling_any_registration() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        uffd p0 -> u0
        uffd p0 -> u1
        copy u0 0         | ENOENT
        register u0 0 4 missing
        copy u0 0 1 wp    | EINVAL
        wp u0 0           | ENOENT
        continue u0 0     | EINVAL
        copy u1 0
        register u0 0 4 minor | EINVAL
        exit p0
        copy u0 1         | ESRCH
        """);

    [Fact]
    public void Two_who_fill_one_page_get_one_success() => Scenario.Run("v6.18", """
        mmap p0 0 4 memfd i0@0 rw
        uffd p0 -> u0
        register u0 0 4 missing
        start t8 copy u0 0 | moving
        step t8 1         | moving
        copy u0 0 by t9
        step t8 9         | EEXIST
        load p0 0         | #1
        """);

    [Fact]
    public void A_signal_comes_instead_of_the_event_if_the_userfaultfd_asked_for_that() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        uffd p0 -> u0 sigbus
        register u0 0 4 missing
        load p0 0         | SIGBUS
        get p0 0 1 r -> g0 | EFAULT
        zeropage u0 0
        load p0 0         | 0
        """);

    [Fact]
    public void Registered_in_another_mode_a_page_keeps_a_bit_that_stops_nobody() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        uffd p0 -> u0
        store p0 0
        register u0 0 4
        wp u0 0
        register u0 0 4 wp missing
        ? p0 0            | A dirty soft-dirty uffd-wp
        register u0 0 4 missing
        wp u0 0
        unregister u0 0 4
        register u0 0 4
        wp u0 0
        register u0 0 4 missing
        ! uffd-wp-not-lost (bit-spurious)
        """);

    [Fact]
    public void Repaired_it_is_protected_no_longer() => Scenario.Run("v6.18, with register-resets-protection", """
        mmap p0 0 4 anon rw
        uffd p0 -> u0
        store p0 0
        register u0 0 4
        wp u0 0
        register u0 0 4 missing
        ? p0 0            | A dirty soft-dirty
        register u0 0 4
        store p0 0
        """);

    [Fact]
    public void UNREGISTER_wakes_who_waits_for_a_missing_page() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        uffd p0 -> u0
        register u0 0 4 missing wp
        store p0 0        | blocked
        unregister u0 0 4
        load p0 0         | #1
        """);
}
