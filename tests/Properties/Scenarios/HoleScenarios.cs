// What this file covers: holes in memfds and files, by fallocate and by MADV_REMOVE: what mappings show then, that
// private copies and references stay, swap and the disk, userfaultfd, what faults beside them do, and the answers.
// What it does not cover: truncation (TruncationScenarios.cs), DONTNEED (PinScenarios.cs).

using Xunit;

namespace MmFuzz.Tests.Scenarios;

public class HoleScenarios
{
    [Theory]
    [InlineData("punch i0 0")]
    [InlineData("remove p0 0 1")]
    public void All_see_zeros_but_who_has_a_private_copy_or_a_reference(string hole) => Scenario.Run("v6.18", $"""
        mmap p0 0 4 memfd i0@0 rw
        mmap p0 4 4 memfd-private i0@0 rw
        mmap p0 8 4 memfd-private i0@0 rw
        store p0 0
        ? p0 0            | A write dirty soft-dirty
        load p0 4         | #1
        store p0 8
        pin p0 0 rw -> g0
        fork p0 -> p1
        {hole}
        ? p0 0            | none
        ? p0 4            | none
        ? p0 8            | B dirty soft-dirty
        ? page A          | shmem refs 0 pins 1 maps 0 holds #1
        load p0 0         | 0
        load p0 4         | 0
        load p0 8         | #2
        load p1 0         | 0
        load p1 8         | #2
        store p1 0
        load p0 0         | #3
        devread g0        | #1
        devwrite g0
        load p0 0         | #3
        unpin g0
        ? page A          | free
        """);

    [Theory]
    [InlineData("memfd i0@0", "memfd-private i0@0", "i0")]
    [InlineData("file i1@0", "file i1@0", "i1")]
    public void What_is_in_swap_or_on_the_disk_goes_too(string mapping, string other, string inode) =>
        Scenario.Run("v6.18", $"""
        mmap p0 0 4 {mapping} r
        mmap p0 4 4 {other} r
        write {inode} 0
        load p0 0         | #1
        swapout p0 0
        punch {inode} 0
        load p0 0         | 0
        load p0 4         | 0
        punch {inode} 3
        load p0 3         | 0
        """);

    [Fact]
    public void A_protected_page_stays_protected_and_a_watched_hole_is_missing() => Scenario.Run("v6.18", """
        mmap p0 0 4 memfd i0@0 rw
        store p0 0
        uffd p0 -> u0
        register u0 0 4 missing wp
        wp u0 0
        punch i0 0
        ? p0 0            | marker uffd-wp
        start t0 load p0 0 | moving
        step t0 9         | blocked
        read u0           | t0
        zeropage u0 0
        ? p0 0            | A write dirty soft-dirty
        """);

    [Fact]
    public void Only_shared_memory_can_be_removed_and_holes_are_passed_over() => Scenario.Run("v6.18", """
        mmap p0 0 2 shared i0 r
        mmap p0 2 2 anon rw
        mmap p0 4 2 memfd-private i1@0 rw
        mmap p0 8 2 memfd i1@0 none
        remove p0 0 2
        remove p0 8 2
        remove p0 2       | EINVAL
        remove p0 4       | EACCES
        remove p0 6 2     | ENOMEM
        remove p0 6 4     | ENOMEM
        remove p0 0 4     | EINVAL
        remove p0 2 0
        punch i3 0        | skipped: inode-missing
        punch i0 0        | skipped: inode-missing
        """);

    [Fact]
    public void Who_asked_for_it_hears_of_a_removal_before_it_happens() => Scenario.Run("v6.18", """
        mmap p0 0 4 memfd i0@0 rw
        store p0 0
        uffd p0 -> u0 event-remove
        register u0 0 4
        remove p0 0 1     | blocked
        load p0 0 by t4   | #1
        read u0           | t0
        load p0 0         | 0
        """);

    [Fact]
    public void What_a_fault_maps_before_the_page_is_locked_is_unmapped_again() => Scenario.Run("v6.18", """
        mmap p0 0 4 memfd i0@0 rw
        store p0 0
        start t8 punch i0 0 | moving
        step t8 6         | moving
        ? p0 0            | none
        load p0 0         | #1
        step t8 20
        ? p0 0            | none
        load p0 0         | 0
        ? goal HoleMetMapping | 1
        """);

    [Fact]
    public void Two_holes_in_one_file_wait_for_each_other() => Scenario.Run("v6.18", """
        mmap p0 0 4 memfd i0@0 rw
        store p0 0
        start t8 punch i0 0 | moving
        punch i0 1 by t9  | blocked
        step t8 20
        load p0 0         | 0
        """);
}
