// What this file covers: rights of entries: mprotect and who gives the write bit back since when; discards, unmapping,
// the end of processes, errnos of mappings.
// What it does not cover: userfaultfd (UserfaultScenarios.cs), pins (PinScenarios.cs), marks (SoftDirtyScenarios.cs).

using Xunit;

namespace MmFuzz.Tests.Scenarios;

public class ProtectionScenarios
{
    [Fact]
    public void Since_6_0_mprotect_gives_the_write_bit_back_to_an_exclusive_page() => Scenario.Run("v6.1", """
        mmap p0 0 4 anon rw
        store p0 0
        mprotect p0 0 1 r
        ? p0 0            | A dirty soft-dirty
        store p0 0        | SIGSEGV
        mprotect p0 0 1 rw
        ? p0 0            | A write dirty soft-dirty
        """);

    [Fact]
    public void In_5_19_mprotect_leaves_it_to_the_next_fault() => Scenario.Run("v5.19", """
        mmap p0 0 4 anon rw
        store p0 0
        mprotect p0 0 1 r
        mprotect p0 0 1 rw
        ? p0 0            | A dirty soft-dirty
        store p0 0
        ? p0 0            | A write dirty soft-dirty
        """);

    [Fact]
    public void Mprotect_never_gives_the_write_bit_to_a_page_that_others_may_share() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        store p0 0
        fork p0 -> p1
        mprotect p0 0 1 r
        mprotect p0 0 1 rw
        ? p0 0            | A dirty soft-dirty
        store p0 0
        load p1 0         | #1
        """);

    [Fact]
    public void Mprotect_gives_the_write_bit_of_a_memfd_back_by_its_mapping() => Scenario.Run("v6.18", """
        mmap p0 0 4 memfd i0@0 rw
        store p0 0
        mprotect p0 0 4 r
        ? p0 0            | A dirty soft-dirty
        mprotect p0 0 4 rw
        ? p0 0            | A write dirty soft-dirty
        """);

    [Fact]
    public void Without_any_right_nothing_gets_through_and_nothing_is_lost() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        store p0 0
        mprotect p0 0 4 none
        load p0 0         | SIGSEGV
        store p0 0        | SIGSEGV
        pin p0 0 r -> g0  | EFAULT
        ? p0 0            | A dirty soft-dirty protnone
        mprotect p0 0 4 r
        load p0 0         | #1
        """);

    [Fact]
    public void DONTNEED_of_private_memory_leaves_zeros_and_of_shared_memory_what_the_file_holds() =>
        Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        mmap p0 8 4 memfd i0@0 rw
        store p0 0
        store p0 8
        ? p0 0            | A write dirty soft-dirty
        dontneed p0 0 4
        dontneed p0 8 4
        ? page A          | free
        ? p0 8            | none
        load p0 0         | 0
        load p0 8         | #2
        """);

    [Fact]
    public void Holes_are_passed_over_by_DONTNEED_and_end_mprotect() => Scenario.Run("v6.18", """
        mmap p0 0 2 anon rw
        mmap p0 4 2 anon rw
        store p0 0
        store p0 4
        dontneed p0 0 6   | ENOMEM
        load p0 4         | 0
        mprotect p0 0 6 r | ENOMEM
        ? mappings p0     | 0-2 r, 4-6 rw
        """);

    [Fact]
    public void Munmap_takes_pages_and_mappings_away() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        store p0 1
        ? p0 1            | A write dirty soft-dirty
        munmap p0 1 2
        ? mappings p0     | 0-1 rw, 3-4 rw
        ? page A          | free
        load p0 1         | SIGSEGV
        load p0 1 by t4   | SIGSEGV
        munmap p0 1 2
        munmap p0 0 0     | EINVAL
        mmap p0 0 2 anon r | EEXIST
        mmap p0 1 2 anon rw
        ? mappings p0     | 0-4 rw
        load p0 1         | 0
        """);

    [Fact]
    public void No_more_mappings_than_the_limit() => Scenario.Run("v6.18", """
        mmap p0 0 1 anon rw
        mmap p0 1 1 anon r
        mmap p0 2 1 anon rw
        mmap p0 3 1 anon r
        mmap p0 4 1 anon rw
        mmap p0 5 1 anon r
        mmap p0 6 2 anon rw
        mmap p0 9 1 anon rw
        mmap p0 12 1 anon rw | ENOMEM
        mprotect p0 7 1 r | ENOMEM
        munmap p0 9
        mprotect p0 6 1 r
        ? mappings p0     | 0-1 rw, 1-2 r, 2-3 rw, 3-4 r, 4-5 rw, 5-7 r, 7-8 rw
        """);

    // do_munmap lets the number go one above the limit for a moment, "to help free resources as expected".
    [Fact]
    public void Munmap_may_cut_a_hole_that_leaves_exactly_as_many_mappings_as_the_limit() => Scenario.Run("v6.18", """
        mmap p0 0 1 anon rw
        mmap p0 1 1 anon r
        mmap p0 2 1 anon rw
        mmap p0 3 1 anon r
        mmap p0 4 1 anon rw
        mmap p0 5 1 anon r
        mmap p0 6 4 anon rw
        munmap p0 7 2
        ? mappings p0     | 0-1 rw, 1-2 r, 2-3 rw, 3-4 r, 4-5 rw, 5-6 r, 6-7 rw, 9-10 rw
        munmap p0 9
        mmap p0 8 2 anon rw
        munmap p0 9
        ? mappings p0     | 0-1 rw, 1-2 r, 2-3 rw, 3-4 r, 4-5 rw, 5-6 r, 6-7 rw, 8-9 rw
        """);

    [Fact]
    public void The_end_of_a_process_frees_what_nobody_else_has() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        mmap p0 8 4 memfd i0@0 rw
        store p0 0
        store p0 8
        fork p0 -> p1
        store p1 0
        ? p0 0            | A dirty soft-dirty
        ? p1 0            | B write dirty soft-dirty
        exit p1
        ? page B          | free
        load p1 0         | skipped: process-gone
        load p0 0         | #1
        exit p0
        ? page A          | free
        ? inode i0 0      | C
        load p0 0         | skipped: process-gone
        """);

    [Fact]
    public void Shared_anonymous_memory_goes_with_its_last_mapping() => Scenario.Run("v6.18", """
        mmap p0 0 4 shared i1 rw
        store p0 0
        fork p0 -> p1
        ? p1 0            | none
        load p1 0         | #1
        store p1 0
        exit p0
        load p1 0         | #2
        ? inode i1 0      | A
        munmap p1 0 4
        ? inode i1 0      | hole
        ? page A          | free
        """);
}
