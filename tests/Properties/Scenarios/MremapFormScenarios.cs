// What this file covers: the other forms of mremap: MREMAP_DONTUNMAP, shrinking and growing, in place and with a move;
// what is left behind, cut off and added, with its lock, its registration and its events.
// What it does not cover: moves as such (MremapScenarios.cs), races (Properties/).

using Xunit;

namespace MmFuzz.Tests.Scenarios;

public class MremapFormScenarios
{
    [Fact]
    public void What_is_left_behind_stays_mapped_and_is_empty() => Scenario.Run("v6.18", """
        mmap p0 0 2 anon rw
        store p0 0
        mremap p0 0 2 -> 8 dontunmap
        ? mappings p0     | 0-2 rw, 8-10 rw
        ? p0 0            | none
        ? p0 8            | A write dirty soft-dirty
        load p0 8         | #1
        load p0 0         | 0
        store p0 0
        load p0 8         | #1
        """);

    [Fact]
    public void A_file_is_seen_at_both_places() => Scenario.Run("v6.18", """
        mmap p0 0 2 memfd i0@0 rw
        store p0 0
        mremap p0 0 2 -> 8 dontunmap
        load p0 0         | #1
        store p0 8
        load p0 0         | #2
        """);

    [Fact]
    public void A_private_copy_moves_and_the_file_shows_again() => Scenario.Run("v6.18", """
        mmap p0 0 1 memfd-private i0@0 rw
        write i0 0
        store p0 0
        mremap p0 0 1 -> 8 dontunmap
        load p0 0         | #1
        load p0 8         | #2
        """);

    [Fact]
    public void A_pin_goes_along_with_its_page() => Scenario.Run("v6.18", """
        mmap p0 0 1 anon rw
        pin p0 0 1 rw -> g0
        mremap p0 0 1 -> 8 dontunmap
        devwrite g0 0
        load p0 8         | #1
        load p0 0         | 0
        """);

    [Theory]
    [InlineData("v5.4", "anon", "EINVAL", "ok")]
    [InlineData("v5.10", "anon", "ok", "0")]
    [InlineData("v5.10", "memfd i0@0", "EINVAL", "SIGSEGV")]
    [InlineData("v6.18", "memfd i0@0", "ok", "0")]
    public void It_came_with_5_7_and_for_files_with_5_13(string profile, string what, string result, string target) =>
        Scenario.Run(profile, $"""
        mmap p0 0 1 {what} rw
        mmap p0 8 1 anon rw
        mremap p0 0 1 -> 8 dontunmap | {result}
        load p0 8         | {(target == "ok" ? "0" : target)}
        """);

    [Fact]
    public void The_registration_stays_for_what_is_left_behind() => Scenario.Run("v6.18", """
        mmap p0 0 2 anon rw
        store p0 0
        uffd p0 -> u0
        register u0 0 2 missing
        mremap p0 0 2 -> 8 dontunmap
        ? mappings p0     | 0-2 rw, 8-10 rw
        load p0 8         | #1
        load p0 0         | blocked
        """);

    [Fact]
    public void With_EVENT_REMAP_both_are_registered_and_the_protection_moves() => Scenario.Run("v6.18", """
        mmap p0 0 2 anon rw
        store p0 0
        uffd p0 -> u0 event-remap event-unmap
        register u0 0 2 missing wp
        wp u0 0
        mremap p0 0 2 -> 8 dontunmap | blocked
        read u0           | t0
        read u0           | EAGAIN
        ? mappings p0     | 0-2 rw wp, 8-10 rw wp
        ? p0 0            | none
        store p0 8        | blocked
        load p0 0 by t4   | blocked
        """);

    [Fact]
    public void A_marker_goes_along_and_stores_to_what_is_left_raise_nothing() => Scenario.Run("v6.18", """
        mmap p0 0 1 memfd i0@0 rw
        uffd p0 -> u0 event-remap
        register u0 0 1
        wp u0 0
        mremap p0 0 1 -> 8 dontunmap | blocked
        read u0           | t0
        store p0 0
        store p0 8        | blocked
        """);

    [Fact]
    public void What_is_left_behind_is_not_locked_any_more() => Scenario.Run("v6.18", """
        mmap p0 0 1 anon rw
        mlock p0 0
        mremap p0 0 1 -> 8 dontunmap
        dontneed p0 0
        dontneed p0 8     | EINVAL
        """);

    [Fact]
    public void Linux_unlocks_the_rest_of_the_mapping_too() => Scenario.Run("v6.18", """
        mmap p0 0 2 anon rw
        mlock p0 0 2
        mremap p0 0 1 -> 8 dontunmap
        dontneed p0 1     | ok
        ! errno (wrong-result)
        """);

    [Fact]
    public void The_rest_stays_locked_on_the_repaired_kernel() => Scenario.Run("v6.18, with dontunmap-keeps-lock", """
        mmap p0 0 3 anon rw
        mlock p0 0 3
        mremap p0 1 1 -> 8 dontunmap
        dontneed p0 0     | EINVAL
        dontneed p0 1
        dontneed p0 2     | EINVAL
        """);

    [Fact]
    public void Several_mappings_are_left_behind_at_once() => Scenario.Run("v6.18", """
        mmap p0 0 2 anon rw
        store p0 1
        mprotect p0 0 1 r
        mremap p0 0 2 -> 8 dontunmap
        ? mappings p0     | 0-1 r, 1-2 rw, 8-9 r, 9-10 rw
        load p0 1         | 0
        load p0 9         | #1
        """);

    [Fact]
    public void What_is_cut_off_is_unmapped_whatever_it_was() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        mmap p0 5 2 anon r
        store p0 1
        mremap p0 1 7 to 1
        ? mappings p0     | 0-2 rw
        load p0 1         | #1
        load p0 2         | SIGSEGV
        """);

    [Fact]
    public void A_pin_of_what_is_cut_off_is_left_behind() => Scenario.Run("v6.18", """
        mmap p0 0 2 anon rw
        pin p0 1 1 rw -> g0
        mremap p0 0 2 to 1
        devwrite g0 0
        devread g0 0      | #1
        mmap p0 1 1 anon rw
        load p0 1         | 0
        """);

    [Fact]
    public void The_manager_hears_of_what_was_cut_off() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        uffd p0 -> u0 event-remap event-unmap
        register u0 0 4
        mremap p0 0 4 to 2 | blocked
        ? mappings p0     | 0-2 rw wp
        read u0           | t0
        read u0           | EAGAIN
        mremap p0 0 2 to 1 -> 8 | blocked
        read u0           | t0
        read u0           | t0
        read u0           | t0
        read u0           | EAGAIN
        ? mappings p0     | 8-9 rw wp
        """);

    [Fact]
    public void What_is_added_in_place_is_empty_and_watched_as_well() => Scenario.Run("v6.18", """
        mmap p0 0 1 anon rw
        store p0 0
        uffd p0 -> u0
        register u0 0 1 missing
        mremap p0 0 1 to 3
        ? mappings p0     | 0-3 rw
        load p0 0         | #1
        store p0 2        | blocked
        """);

    [Fact]
    public void What_it_grows_up_to_is_joined_if_it_is_alike() => Scenario.Run("v6.18", """
        mmap p0 0 1 anon rw
        mmap p0 3 1 anon rw
        mremap p0 0 1 to 3
        ? mappings p0     | 0-4 rw
        """);

    [Fact]
    public void A_move_can_make_it_longer_or_shorter() => Scenario.Run("v6.18", """
        mmap p0 0 2 memfd i0@0 rw
        store p0 1
        mremap p0 0 2 to 3 -> 8
        ? mappings p0     | 8-11 rw
        load p0 9         | #1
        write i0 2
        load p0 10        | #2
        mremap p0 9 2 to 1 -> 0
        ? mappings p0     | 0-1 rw, 8-9 rw
        load p0 0         | #1
        """);

    [Fact]
    public void Behind_the_end_of_its_file_what_is_added_cannot_be_used() => Scenario.Run("v6.18", """
        mmap p0 0 1 memfd i0@0 rw
        truncate i0 1
        mremap p0 0 1 to 2
        load p0 1         | SIGBUS
        """);

    [Fact]
    public void What_is_added_to_a_locked_mapping_is_faulted_in() => Scenario.Run("v6.18", """
        mmap p0 0 1 anon rw
        mlock p0 0
        mremap p0 0 1 to 2
        ? p0 1            | A write dirty soft-dirty
        swapout p0 1      | EAGAIN
        mremap p0 0 2 to 3 -> 8
        ? p0 10           | B write dirty soft-dirty
        dontneed p0 10    | EINVAL
        """);

    [Fact]
    public void A_locked_mapping_that_moves_and_grows_waits_for_who_cannot_answer() => Scenario.Run("v6.18", """
        mmap p0 0 1 anon rw
        mlock p0 0
        uffd p0 -> u0 event-remap
        register u0 0 1 missing
        mremap p0 0 1 to 2 -> 8 | blocked
        ! locks (deadlock)
        """);

    [Fact]
    public void The_repaired_kernel_tells_of_the_move_first() => Scenario.Run("v6.18, with mremap-tells-first", """
        mmap p0 0 1 anon rw
        mlock p0 0
        uffd p0 -> u0 event-remap
        register u0 0 1 missing
        mremap p0 0 1 to 2 -> 8 | blocked
        copy u0 9         | EAGAIN
        read u0           | t0
        copy u0 9
        load p0 9         | #1
        dontneed p0 9     | EINVAL
        """);

    [Theory]
    [InlineData("mremap p0 8 2 to 1", "EFAULT")]
    [InlineData("mremap p0 8 1 to 1", "EFAULT")]
    [InlineData("mremap p0 0 8 to 8", "ok")]
    [InlineData("mremap p0 0 4 to 5", "ENOMEM")]
    [InlineData("mremap p0 0 2 to 3", "ENOMEM")]
    [InlineData("mremap p0 0 5 to 6", "EFAULT")]
    [InlineData("mremap p0 4 1 to 2", "ok")]
    [InlineData("mremap p0 0 2 to 3 -> 1", "EINVAL")]
    [InlineData("mremap p0 0 2 to 1 -> 1", "EINVAL")]
    [InlineData("mremap p0 2 2 to 3 -> 8", "ok")]
    [InlineData("mremap p0 2 3 to 2 -> 8", "ok")]
    [InlineData("mremap p0 2 4 to 3 -> 8", "EFAULT")]
    [InlineData("mremap p0 8 2 to 1 -> 0", "EFAULT")]
    public void Results_are_those_of_Linux(string line, string result) => Scenario.Run("v6.18", $"""
        mmap p0 0 4 anon rw
        mmap p0 4 1 anon r
        {line} | {result}
        """);

    [Fact]
    public void Nobody_sees_half_of_what_is_cut_off() => Scenario.Run("v6.18", """
        mmap p0 0 2 anon rw
        store p0 1
        load p0 1 by t4   | #1
        start t0 mremap p0 0 2 to 1 | moving
        step t0 2         | moving
        load p0 1 by t4   | #1
        step t0 99
        load p0 1 by t4   | SIGSEGV
        """);
}
