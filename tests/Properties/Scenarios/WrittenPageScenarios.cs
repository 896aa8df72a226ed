// What this file covers: protection of pages that are not there (WP_UNPOPULATED), protection that a store lifts itself
// (WP_ASYNC), and PAGEMAP_SCAN, which reports what was written and protects it again.
// What it does not cover: events (UserfaultScenarios.cs), soft-dirty (SoftDirtyScenarios.cs).

using Xunit;

namespace MmFuzz.Tests.Scenarios;

public class WrittenPageScenarios
{
    [Fact]
    public void Only_with_WP_UNPOPULATED_anonymous_memory_is_protected_where_nothing_is() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        mmap p0 4 4 anon rw
        uffd p0 -> u0 wp-unpopulated
        register u0 0 4
        uffd p0 -> u1
        register u1 4 4
        wp u0 0 4
        wp u1 4 4
        ? p0 0            | marker uffd-wp
        ? p0 4            | none
        store p0 4
        load p0 1         | 0
        ? p0 1            | zero page uffd-wp
        store p0 0        | blocked
        ? p0 0            | A dirty soft-dirty uffd-wp
        unwp u0 0
        dontneed p0 2 by t4
        ? p0 2            | none
        unregister u0 0 4
        ? p0 3            | none
        """);

    [Theory]
    [InlineData("v6.3", "wp-unpopulated", "EINVAL")]
    [InlineData("v6.4", "wp-unpopulated", "ok")]
    [InlineData("v6.6", "wp-async", "EINVAL")]
    [InlineData("v6.7", "wp-async", "ok")]
    public void A_feature_is_known_since_its_release(string release, string feature, string answer) =>
        Scenario.Run(release, $"uffd p0 -> u0 {feature} | {answer}");

    [Fact]
    public void With_WP_ASYNC_a_store_lifts_the_protection_and_goes_on() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        mmap p0 8 4 memfd i0@0 rw
        uffd p0 -> u0 wp-async
        register u0 0 16
        store p0 0
        fork p0 -> p1
        wp u0 0 4
        wp u0 8 4
        store p0 0
        ? p0 0            | A write dirty soft-dirty
        load p1 0         | #1
        store p0 1
        ? p0 1            | B write dirty soft-dirty
        store p0 8
        ? p0 8            | C write dirty soft-dirty
        pin p0 2 1 rw -> g0
        ? p0 2            | D write dirty soft-dirty
        read u0           | EAGAIN
        """);

    [Fact]
    public void A_scan_reports_what_was_written_and_protects_it_again() => Scenario.Run("v6.18", """
        mmap p0 0 6 anon rw
        uffd p0 -> u0 wp-async
        register u0 0 6
        store p0 1
        swapout p0 1
        scan p0 0 6       | 0 1 2 3 4 5
        scan p0 0 6 wp    | 0 1 2 3 4 5
        scan p0 0 6 wp    | none
        ? p0 1            | swap slot0 soft-dirty uffd-wp exclusive
        ? p0 2            | marker uffd-wp
        store p0 1
        store p0 4
        load p0 5         | 0
        scan p0 0 6       | 1 4
        scan p0 0 3 wp    | 1
        scan p0 0 6       | 4
        """);

    [Fact]
    public void A_scan_skips_what_no_store_reports_or_stops_there() => Scenario.Run("v6.18", """
        mmap p0 0 6 anon rw
        uffd p0 -> u0 wp-async
        uffd p0 -> u1
        register u0 0 2
        register u1 2 1
        register u0 4 2
        scan p0 0 6       | 0 1 2 3 4 5
        scan p0 0 6 wp    | 0 1 4 5
        scan p0 0 6       | 2 3
        store p0 0
        store p0 4
        scan p0 0 6 wp check | EPERM
        ? p0 0            | A dirty soft-dirty uffd-wp
        ? p0 4            | B write dirty soft-dirty
        scan p0 0 2 wp check | none
        scan p0 8 2       | none
        """);

    [Fact]
    public void Before_6_7_there_is_no_scan() => Scenario.Run("v6.6", """
        mmap p0 0 4 anon rw
        scan p0 0 4       | ENOTTY
        """);

    [Fact]
    public void Up_to_6_8_a_scan_loses_a_dirty_bit_that_the_hardware_sets_meanwhile() =>
        Scenario.Run("v6.18, without scan-wp-atomic, swap asynchronous", """
        mmap p0 0 4 anon rw
        uffd p0 -> u0 wp-async
        register u0 0 4
        store p0 0
        swapout p0 0
        load p0 0         | #1
        ? p0 0            | A write soft-dirty
        start t8 scan p0 0 1 wp | moving
        step t8 3         | moving
        store p0 0
        step t8 9         | ok
        ? p0 0            | A soft-dirty uffd-wp
        swapout p0 0
        ! dirty-not-lost (swap-content-lost)
        """);
}
