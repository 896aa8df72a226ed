// What this file covers: truncation of memfds and files, and SIGBUS behind their end: what mappings show before, during
// and after it, private copies, references, swap and the disk, userfaultfd, writes that make a file longer, what faults
// beside it do, and the answers of all who come behind the end.
// What it does not cover: holes (HoleScenarios.cs), sizes that are no whole pages.

using Xunit;

namespace MmFuzz.Tests.Scenarios;

public class TruncationScenarios
{
    [Theory]
    [InlineData("memfd i0@0", "memfd-private i0@0", "i0")]
    [InlineData("file i1@0", "file i1@0", "i1")]
    public void Behind_the_end_is_SIGBUS_and_what_comes_back_is_zeros(string mapping, string other, string inode) =>
        Scenario.Run("v6.18", $"""
        mmap p0 0 4 {mapping} r
        mmap p0 4 4 {other} rw
        write {inode} 1
        load p0 1         | #1
        store p0 5
        fork p0 -> p1
        truncate {inode} 1
        load p0 0         | 0
        load p0 1         | SIGBUS
        load p0 5         | SIGBUS
        store p1 5        | SIGBUS
        load p1 7         | SIGBUS
        truncate {inode} 2
        load p0 1         | 0
        load p1 5         | 0
        load p0 6         | SIGBUS
        store p0 5
        load p0 5         | #3
        load p0 1         | 0
        """);

    [Fact]
    public void Private_copies_go_too_wherever_they_are() => Scenario.Run("v6.18", """
        mmap p0 0 4 memfd-private i0@0 rw
        store p0 1
        store p0 2
        store p0 3
        swapout p0 1
        ? p0 1            | swap slot0 soft-dirty exclusive
        ? p0 2            | A write dirty soft-dirty
        truncate i0 2
        ? p0 1            | swap slot0 soft-dirty exclusive
        ? p0 2            | none
        ? page A          | free
        truncate i0 0
        ? p0 1            | none
        truncate i0 8
        load p0 1         | 0
        """);

    [Fact]
    public void A_pin_keeps_its_page_which_is_nobody_elses_any_more() => Scenario.Run("v6.18", """
        mmap p0 0 4 memfd i0@0 rw
        mmap p0 4 4 memfd-private i0@0 rw
        store p0 0
        store p0 5
        ? p0 0            | A write dirty soft-dirty
        ? p0 5            | B write dirty soft-dirty
        pin p0 0 1 rw -> g0
        pin p0 5 1 rw -> g1
        truncate i0 0
        ? page A          | shmem refs 0 pins 1 maps 0 holds #1
        ? page B          | refs 0 pins 1 maps 0 exclusive holds #2
        pin p0 0 1 r -> g2 | EFAULT
        truncate i0 8
        devwrite g0
        devwrite g1
        load p0 0         | 0
        load p0 5         | 0
        devread g0        | #3
        devread g1        | #4
        unpin g0
        unpin g1
        ? page A          | free
        ? page B          | free
        """);

    [Fact]
    public void What_is_in_swap_is_given_back() => Scenario.Run("v6.18", """
        mmap p0 0 4 memfd i0@0 rw
        store p0 1
        swapout p0 1
        truncate i0 1
        truncate i0 2
        load p0 1         | 0
        swapoff
        """);

    [Fact]
    public void A_write_behind_the_end_makes_the_file_longer() => Scenario.Run("v6.18", """
        mmap p0 0 8 memfd i0@0 rw
        store p0 2
        truncate i0 1
        write i0 4
        load p0 2         | 0
        load p0 4         | #2
        load p0 5         | SIGBUS
        """);

    [Fact]
    public void Nobody_takes_a_page_behind_the_end() => Scenario.Run("v6.18", """
        mmap p0 0 4 memfd i0@0 rw
        mmap p0 4 4 memfd-private i0@0 r
        truncate i0 0
        get p0 0 1 r -> g0 | EFAULT
        get p0 0 1 rw fast -> g0 | EFAULT
        pin p0 4 1 rw force longterm -> g0 | EFAULT
        vmsplice p0 0 1 -> g0 | EFAULT
        populate p0 0 1 r | EFAULT
        populate p0 0 1 rw | EFAULT
        force-write p0 4  | EIO
        direct-io p0 0 in | EFAULT
        process-vm p0 0 out | EFAULT
        punch i0 3
        remove p0 0 2
        truncate i3 0     | skipped: inode-missing
        """);

    [Fact]
    public void Userfaultfd_puts_nothing_there_and_raises_no_event() => Scenario.Run("v6.18", """
        mmap p0 0 4 memfd i0@0 rw
        mmap p0 4 4 memfd-private i0@0 rw
        uffd p0 -> u0
        register u0 0 4 missing minor
        register u0 4 4 missing
        poison u0 6 1
        truncate i0 1
        copy u0 1 1       | EFAULT
        copy u0 5 1       | EFAULT
        zeropage u0 1 1   | EFAULT
        zeropage u0 5 1   | EFAULT
        poison u0 5 1     | EFAULT
        continue u0 1 1   | EINVAL
        copy u0 0 2       | EAGAIN
        load p0 1         | SIGBUS
        load p0 6         | SIGBUS
        truncate i0 8
        load p0 6         | blocked
        """);

    [Fact]
    public void Protection_stays_behind_as_a_marker_in_Linux() => Scenario.Run("v6.18", """
        mmap p0 0 4 memfd i0@0 rw
        store p0 1
        uffd p0 -> u0
        register u0 0 4
        wp u0 0 4
        truncate i0 0
        ? p0 1            | marker uffd-wp
        store p0 1        | SIGBUS
        truncate i0 8
        load p0 1         | 0
        store p0 1        | blocked
        """);

    [Fact]
    public void What_a_store_copies_while_its_page_is_cut_is_unmapped_again() => Scenario.Run("v6.18", """
        mmap p0 0 1 memfd-private i0@0 rw
        start t0 store p0 0 | moving
        step t0 4         | moving
        start t8 truncate i0 0 | moving
        step t8 9         | blocked
        step t0 1         | moving
        ? p0 0            | A write dirty soft-dirty
        step t8 99
        ? p0 0            | none
        step t0 99        | SIGBUS
        ? page A          | free
        load p0 0         | SIGBUS
        ? goal TruncationMetCopy | 1
        """);

    [Fact]
    public void A_copy_that_moves_past_the_walk_is_unmapped_all_the_same() => Scenario.Run("v6.18", """
        mmap p0 8 1 memfd-private i0@7 rw
        start t0 store p0 8 | moving
        step t0 4         | moving
        start t8 truncate i0 7 | moving
        step t8 9         | blocked
        step t0 2         | moving
        step t8 5         | moving
        mremap p0 8 1 -> 0 by t4
        ? p0 0            | A write dirty soft-dirty
        step t8 99
        ? p0 0            | none
        load p0 0 by t4   | SIGBUS
        """);

    [Fact]
    public void A_write_and_a_truncation_wait_for_each_other() => Scenario.Run("v6.18", """
        mmap p0 0 4 memfd i0@0 rw
        store p0 0
        start t8 truncate i0 0 | moving
        write i0 0 by t9  | blocked
        step t8 99
        load p0 0         | #2
        """);
}
