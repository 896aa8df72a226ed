// What this file covers: mremap: what moves and with which bits, what was at the target, pins and registrations, ranges
// over several mappings, results. What it does not cover: its races (Properties/), bugs of it (corpus/known-bugs).

using Xunit;

namespace MmFuzz.Tests.Scenarios;

public class MremapScenarios
{
    [Fact]
    public void A_page_moves_with_its_rights_and_is_marked_as_written() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        store p0 0
        clear-refs p0
        ? p0 0            | A dirty
        mremap p0 0 1 -> 8
        ? p0 0            | none
        ? p0 8            | A dirty soft-dirty
        ? page A          | refs 1 maps 1 exclusive holds #1
        ? mappings p0     | 1-4 rw, 8-9 rw
        load p0 8         | #1
        load p0 0         | SIGSEGV
        """);

    [Fact]
    public void A_page_in_swap_moves_as_an_entry() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        store p0 0
        clear-refs p0
        swapout p0 0
        ? p0 0            | swap slot0 exclusive
        mremap p0 0 4 -> 8
        ? p0 8            | swap slot0 soft-dirty exclusive
        ? slot 0          | uses 1 holds #1
        store p0 8
        load p0 8         | #2
        """);

    [Fact]
    public void What_was_at_the_target_is_unmapped() => Scenario.Run("v6.18", """
        mmap p0 0 2 anon rw
        mmap p0 8 4 memfd i0@0 rw
        store p0 0
        store p0 8
        ? p0 8            | A write dirty soft-dirty
        mremap p0 0 2 -> 9
        ? mappings p0     | 8-9 rw, 9-11 rw, 11-12 rw
        load p0 9         | #1
        load p0 10        | 0
        load p0 8         | #2
        """);

    [Fact]
    public void A_pin_follows_its_page() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        pin p0 0 1 rw -> g0
        mremap p0 0 1 -> 8
        devwrite g0 0
        load p0 8         | #1
        store p0 8
        devread g0 0      | #2
        """);

    [Fact]
    public void A_pin_of_what_was_at_the_target_is_left_behind() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        pin p0 1 1 rw -> g0
        store p0 0
        mremap p0 0 1 -> 1
        devwrite g0 0
        load p0 1         | #1
        devread g0 0      | #2
        """);

    [Fact]
    public void The_registration_stays_behind_and_so_does_the_protection() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        store p0 0
        uffd p0 -> u0
        register u0 0 4
        wp u0 0 1
        mremap p0 0 1 -> 8
        ? p0 8            | A dirty soft-dirty
        ? mappings p0     | 1-4 rw wp, 8-9 rw
        store p0 8
        """);

    [Fact]
    public void A_marker_does_not_move_where_nobody_watches() => Scenario.Run("v6.18", """
        mmap p0 0 4 memfd i0@0 rw
        uffd p0 -> u0
        register u0 0 4
        wp u0 0 1
        mremap p0 0 1 -> 8
        ? p0 8            | none
        store p0 8
        """);

    [Theory]
    [InlineData("v6.18", "ok", "0-2 rw, 8-9 r, 9-10 rw")]
    [InlineData("v6.1", "EFAULT", "0-2 rw, 2-3 r, 3-4 rw")]
    public void Several_mappings_move_at_once_since_6_17(string profile, string result, string mappings) =>
        Scenario.Run(profile, $"""
        mmap p0 0 4 anon rw
        mprotect p0 2 1 r
        mremap p0 2 2 -> 8 | {result}
        ? mappings p0     | {mappings}
        """);

    [Fact]
    public void Of_mappings_that_a_userfaultfd_watches_only_one_moves() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        mprotect p0 2 1 r
        uffd p0 -> u0
        register u0 0 4
        mremap p0 2 2 -> 8 | EFAULT
        mremap p0 2 1 -> 8
        ? mappings p0     | 0-2 rw wp, 3-4 rw wp, 8-9 r
        """);

    [Theory]
    [InlineData("mremap p0 0 0 -> 8", "EINVAL")]
    [InlineData("mremap p0 0 2 -> 1", "EINVAL")]
    [InlineData("mremap p0 1 2 -> 1", "EINVAL")]
    [InlineData("mremap p0 8 1 -> 0", "EFAULT")]
    [InlineData("mremap p0 0 2 -> 2", "ok")]
    public void Results_are_those_of_Linux(string line, string result) => Scenario.Run("v6.18", $"""
        mmap p0 0 4 anon rw
        {line} | {result}
        """);

    [Fact]
    public void Nobody_faults_meanwhile_but_the_hardware_finds_what_has_moved() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        store p0 0
        start t0 mremap p0 0 1 -> 8 | moving
        load p0 0 by t4   | #1
        step t0 99
        load p0 8 by t4   | #1
        store p0 0 by t4  | SIGSEGV
        """);

    [Fact]
    public void Two_mappings_that_are_side_by_side_again_become_one() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        mremap p0 2 2 -> 8
        ? mappings p0     | 0-2 rw, 8-10 rw
        mremap p0 8 2 -> 2
        ? mappings p0     | 0-4 rw
        """);
}
