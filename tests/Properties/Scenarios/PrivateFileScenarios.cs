// What this file covers: private mappings of memfds and of files on a disk: what they show before and after they are
// written, fork, DONTNEED, swap, reclaim and migration of the file's own page, pins, and protection by userfaultfd.
// What it does not cover: FOLL_FORCE (ForceScenarios.cs), shared mappings (UserfaultSharedScenarios.cs).

using Xunit;

namespace MmFuzz.Tests.Scenarios;

public class PrivateFileScenarios
{
    [Theory]
    [InlineData("memfd-private i0@0", "shmem")]
    [InlineData("file i0@0", "file")]
    public void A_private_mapping_shows_the_file_until_it_is_written(string mapping, string kind) =>
        Scenario.Run("v6.18", $"""
        mmap p0 0 4 {mapping} rw
        write i0 0
        load p0 0         | #1
        ? p0 0            | A
        ? page A          | {kind} refs 2 maps 1 holds #1
        write i0 0
        load p0 0         | #2
        store p0 0
        ? p0 0            | B write dirty soft-dirty
        ? page B          | refs 1 maps 1 exclusive holds #3
        ? page A          | {kind} refs 1 maps 0 holds #2
        write i0 0
        load p0 0         | #3
        ? goal PrivateFileBreak | 1
        """);

    [Fact]
    public void A_store_to_a_page_that_is_not_mapped_gets_its_copy_in_one_fault() => Scenario.Run("v6.18", """
        mmap p0 0 4 memfd-private i0@0 rw
        mmap p0 8 4 memfd i0@0 rw
        store p0 8
        store p0 0
        load p0 8         | #1
        load p0 0         | #2
        ? goal PrivateFileCopy | 1
        ? goal CowCopy    | 0
        """);

    [Fact]
    public void DONTNEED_goes_back_to_what_the_file_holds_by_then() => Scenario.Run("v6.18", """
        mmap p0 0 4 file i0@0 rw
        write i0 0
        store p0 0
        write i0 0
        dontneed p0 0
        load p0 0         | #3
        """);

    [Fact]
    public void A_child_gets_page_tables_only_where_something_was_written_and_shares_copies_by_copy_on_write() =>
        Scenario.Run("v6.18", """
        mmap p0 0 4 memfd-private i0@0 rw
        mmap p0 4 4 memfd-private i0@4 r
        write i0 4
        load p0 4         | #1
        fork p0 -> p1
        ? p1 4            | none
        store p0 1
        load p0 2         | 0
        fork p0 -> p2
        ? p2 1            | A dirty soft-dirty
        ? p2 2            | B
        ? p2 4            | none
        store p0 1
        load p2 1         | #2
        load p2 4         | #1
        """);

    [Fact]
    public void A_private_copy_is_swapped_and_the_files_page_is_not() => Scenario.Run("v6.18", """
        mmap p0 0 4 file i0@0 rw
        write i0 0
        store p0 0
        swapout p0 0
        ? p0 0            | swap slot0 soft-dirty exclusive
        write i0 0
        load p0 0         | #2
        """);

    [Fact]
    public void Reclaim_writes_a_dirty_page_of_a_file_out_and_reads_it_back() => Scenario.Run("v6.18", """
        mmap p0 0 4 file i0@0 rw
        write i0 0
        load p0 0         | #1
        ? inode i0 0      | A
        swapout p0 0
        ? p0 0            | none
        ? inode i0 0      | hole
        ? slot 0          | free
        ? goal FileWriteback | 1
        load p0 0         | #1
        swapout p0 0
        ? goal FileWriteback | 1
        ? goal FilePageDropped | 2
        load p0 0         | #1
        """);

    [Fact]
    public void A_page_that_is_written_while_it_is_written_out_stays() => Scenario.Run("v6.18", """
        mmap p0 0 4 file i0@0 rw
        write i0 0
        start t8 swapout p0 0 | moving
        step t8 3         | moving
        write i0 0 by t9
        step t8 9         | EAGAIN
        load p0 0         | #2
        """);

    [Fact]
    public void The_files_page_moves_under_a_private_mapping() => Scenario.Run("v6.18", """
        mmap p0 0 4 file i0@0 rw
        write i0 0
        load p0 0         | #1
        ? p0 0            | A
        migrate p0 0
        ? p0 0            | B
        ? inode i0 0      | B
        ? page A          | free
        store p0 0
        load p0 0         | #2
        """);

    [Theory]
    [InlineData("v5.18")]
    [InlineData("v6.18")]
    public void A_pin_of_the_files_page_for_reading_is_left_behind_by_the_next_store(string profile) =>
        Scenario.Run(profile, """
        mmap p0 0 4 file i0@0 rw
        write i0 0
        pin p0 0 1 r -> g0
        ? pin g0          | A
        store p0 0
        ? p0 0            | B write dirty soft-dirty
        devread g0        | #1
        write i0 0
        devread g0        | #3
        load p0 0         | #2
        """);

    [Fact]
    public void A_pin_for_writing_gets_a_private_copy_and_keeps_it() => Scenario.Run("v6.18", """
        mmap p0 0 4 memfd-private i0@0 rw
        write i0 0
        pin p0 0 1 rw -> g0
        ? pin g0          | A
        ? page A          | refs 1 pins 1 maps 1 exclusive holds #1
        devwrite g0
        load p0 0         | #2
        write i0 0
        load p0 0         | #2
        """);

    [Fact]
    public void Protection_of_a_private_memfd_survives_DONTNEED_as_a_marker_whatever_was_mapped() =>
        Scenario.Run("v6.18", """
        mmap p0 0 4 memfd-private i0@0 rw
        uffd p0 -> u0
        register u0 0 4
        store p0 0
        load p0 1         | 0
        wp u0 0 3
        ? p0 0            | A dirty soft-dirty uffd-wp
        ? p0 1            | B uffd-wp
        ? p0 2            | marker uffd-wp
        dontneed p0 0 3
        ? p0 0            | marker uffd-wp
        ? p0 1            | marker uffd-wp
        load p0 0         | 0
        ? p0 0            | C uffd-wp
        store p0 0        | blocked
        """);

    [Fact]
    public void A_store_to_a_marker_installs_its_copy_write_protected_and_then_raises_the_event() =>
        Scenario.Run("v6.18", """
        mmap p0 0 4 memfd-private i0@0 rw
        uffd p0 -> u0
        register u0 0 4
        wp u0 0
        store p0 0        | blocked
        ? p0 0            | A dirty soft-dirty uffd-wp
        ? page A          | refs 1 maps 1 exclusive holds 0
        unwp u0 0
        load p0 0         | #1
        """);

    [Fact]
    public void Up_to_6_1_fork_copies_markers_where_it_copies_page_tables() => Scenario.Run("v6.1", """
        mmap p0 0 4 memfd-private i0@0 rw
        uffd p0 -> u0
        register u0 0 4
        store p0 0
        wp u0 1
        fork p0 -> p1     | ok
        ! uffd-wp-not-lost (bit-spurious)
        """);

    [Fact]
    public void Since_6_2_fork_leaves_markers_behind() => Scenario.Run("v6.18", """
        mmap p0 0 4 memfd-private i0@0 rw
        uffd p0 -> u0
        register u0 0 4
        store p0 0
        wp u0 1
        fork p0 -> p1
        ? p1 1            | none
        store p1 1
        """);

    [Theory]
    [InlineData("v5.18", "memfd-private", "EINVAL")]
    [InlineData("v6.18", "memfd-private", "ok")]
    [InlineData("v6.18", "file", "EINVAL")]
    public void Memfds_can_be_watched_since_5_19_and_files_never(string profile, string mapping, string answer) =>
        Scenario.Run(profile, $"""
        mmap p0 0 4 {mapping} i0@0 rw
        uffd p0 -> u0
        register u0 0 4   | {answer}
        """);

    [Fact]
    public void An_inode_is_one_thing_and_must_be_there() => Scenario.Run("v6.18", """
        write i0 0        | skipped: inode-missing
        mmap p0 0 2 file i0@0 rw
        mmap p0 2 2 memfd i0@0 rw | skipped: inode-taken
        mmap p0 4 2 memfd-private i1@0 rw
        mmap p0 2 2 file i1@0 rw | skipped: inode-taken
        """);
}
