// What this file covers: NUMA hinting entries: who gets them, what the fault gives back, what GUP does with them.
// What it does not cover: pages that move to another node for it, bugs (corpus/known-bugs).

using Xunit;

namespace MmFuzz.Tests.Scenarios;

public class NumaScenarios
{
    [Fact]
    public void The_next_access_faults_and_gets_the_rights_back() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        store p0 0
        numa-hint p0 0 4
        ? p0 0            | A dirty soft-dirty protnone
        load p0 0         | #1
        ? p0 0            | A write dirty soft-dirty
        """);

    [Fact]
    public void Up_to_6_1_the_write_bit_stays_in_the_entry() => Scenario.Run("v6.1", """
        mmap p0 0 4 anon rw
        store p0 0
        numa-hint p0 0 4
        ? p0 0            | A write dirty soft-dirty protnone
        store p0 0
        ? p0 0            | A write dirty soft-dirty
        """);

    [Fact]
    public void Shared_and_pinned_pages_and_the_zero_page_are_left_alone() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        store p0 0
        fork p0 -> p1
        pin p0 1 1 rw -> g0
        load p0 2         | 0
        numa-hint p0 0 4
        ? p0 0            | A dirty soft-dirty
        ? p0 1            | B write dirty soft-dirty
        ? p0 2            | zero page
        """);

    [Fact]
    public void A_protected_page_of_shared_memory_does_not_come_back_writable() => Scenario.Run("v6.18", """
        mmap p0 0 4 memfd i0@0 rw
        store p0 0
        uffd p0 -> u0
        register u0 0 4
        wp u0 0 1
        numa-hint p0 0 1
        load p0 0         | #1
        ? p0 0            | A dirty soft-dirty uffd-wp
        store p0 0        | blocked
        """);

    [Theory]
    [InlineData("v6.18", "A dirty soft-dirty protnone")]
    [InlineData("v6.1", "A write dirty soft-dirty")]
    public void Since_6_6_a_reader_s_pin_takes_the_page_without_the_fault(string profile, string entry) =>
        Scenario.Run(profile, $"""
        mmap p0 0 4 anon rw
        store p0 0
        numa-hint p0 0 1
        pin p0 0 1 r fast -> g0
        ? p0 0            | {entry}
        """);

    [Fact]
    public void It_only_tries_the_lock() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        store p0 0
        start t0 fork p0 -> p1 | moving
        numa-hint p0 0 1 by t4
        ? p0 0            | A write dirty soft-dirty
        """);
}
