// What this file covers: memory failure of anonymous pages, pages in the swap cache, shared memory and files: what an
// access answers afterwards, what takes the error away and what does not, what is read again from a good copy, who
// holds references, races with copying, and old releases.
// What it does not cover: huge pages, the signals that go out for it.

using MmFuzz.Engine.Properties;
using MmFuzz.Engine.State;
using Xunit;

namespace MmFuzz.Tests.Scenarios;

public class MemoryFailureScenarios
{
    [Fact]
    public void What_is_lost_is_an_error_to_whoever_asks_for_it() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        store p0 0
        memory-failure p0 0
        ? p0 0            | hwpoison A
        load p0 0         | SIGBUS
        store p0 0        | SIGBUS
        pin p0 0 1 r -> g0 | EFAULT
        pin p0 0 1 rw fast -> g0 | EFAULT
        pin p0 0 1 rw force -> g0 | EFAULT
        populate p0 0 1 r | EHWPOISON
        populate p0 0 1 rw | EHWPOISON
        mlock p0 0 1      | ENOMEM
        direct-io p0 0 in | EFAULT
        process-vm p0 0 out | EFAULT
        force-write p0 0  | EIO
        memory-failure p0 0 | EFAULT
        load p0 1         | 0
        """);

    [Theory]
    [InlineData("swapout p0 0", "ENOENT")]
    [InlineData("migrate p0 0", "ENOENT")]
    [InlineData("migrate-vma p0 0", "ok")]
    [InlineData("pageout p0 0 4", "ok")]
    [InlineData("cold p0 0 4", "ok")]
    [InlineData("mprotect p0 0 4 r", "ok")]
    [InlineData("numa-hint p0 0 4", "ok")]
    [InlineData("clear-refs p0", "ok")]
    [InlineData("swapoff", "ok")]
    public void The_error_stays_whatever_is_done_to_the_memory(string line, string answer) =>
        Scenario.Run("v6.18", $"""
        mmap p0 0 4 anon rw
        store p0 0
        memory-failure p0 0
        {line} | {answer}
        ? p0 0            | hwpoison A
        load p0 0         | SIGBUS
        """);

    [Theory]
    [InlineData("dontneed p0 0 1")]
    [InlineData("free p0 0 1")]
    public void A_discard_takes_the_error_away_and_the_page_is_never_used_again(string line) =>
        Scenario.Run("v6.18", $"""
        mmap p0 0 4 anon rw
        store p0 0
        ? p0 0            | A write dirty soft-dirty
        memory-failure p0 0
        {line}
        load p0 0         | 0
        store p0 0
        ? p0 0            | B write dirty soft-dirty
        ? page A          | refs 1 maps 0 exclusive holds #1
        """);

    [Fact]
    public void All_who_map_it_lose_it_and_children_and_new_places_have_the_error() => Scenario.Run("v6.18", """
        mmap p0 0 1 anon rw
        store p0 0
        fork p0 -> p1
        memory-failure p1 0
        load p0 0         | SIGBUS
        load p1 0         | SIGBUS
        fork p0 -> p2
        load p2 0         | SIGBUS
        mremap p0 0 1 -> 3
        load p0 3         | SIGBUS
        """);

    [Fact]
    public void The_zero_page_cannot_fail() => Scenario.Run("v6.18", """
        mmap p0 0 1 anon rw
        memory-failure p0 0 | EBUSY
        memory-failure p0 0 | EHWPOISON
        load p0 0         | 0
        store p0 0
        """);

    [Fact]
    public void Who_holds_a_reference_keeps_the_page_for_himself() => Scenario.Run("v6.18", """
        mmap p0 0 1 anon rw
        store p0 0
        pin p0 0 1 rw -> g0
        memory-failure p0 0
        load p0 0         | SIGBUS
        devread g0        | #1
        devwrite g0
        dontneed p0 0 1
        store p0 0
        devread g0        | #2
        unpin g0
        load p0 0         | #3
        """);

    [Fact]
    public void Shared_memory_keeps_it_and_never_reads_as_zeros() => Scenario.Run("v6.18", """
        mmap p0 0 1 memfd i0@0 rw
        mmap p0 4 1 memfd i0@0 rw
        store p0 0
        memory-failure p0 0
        ? p0 0            | hwpoison A
        load p0 4         | SIGBUS
        dontneed p0 0 1
        load p0 0         | SIGBUS
        store p0 0        | SIGBUS
        write i0 0        | EIO
        swapout p0 0      | EAGAIN
        """);

    [Fact]
    public void A_hole_or_a_truncation_takes_it_out_of_the_file() => Scenario.Run("v6.18", """
        mmap p0 0 2 memfd i0@0 rw
        store p0 0
        store p0 1
        memory-failure p0 0
        memory-failure p0 1
        punch i0 0
        load p0 0         | SIGBUS
        dontneed p0 0 1
        load p0 0         | 0
        truncate i0 1
        truncate i0 2
        load p0 1         | 0
        """);

    [Fact]
    public void A_manager_cannot_map_it_again() => Scenario.Run("v6.18", """
        mmap p0 0 1 memfd i0@0 rw
        mmap p0 4 1 memfd i0@0 rw
        store p0 0
        uffd p0 -> u0
        register u0 4 1 minor
        memory-failure p0 0
        continue u0 4 1   | EIO
        start t0 load p0 4 | moving
        step t0 9         | blocked
        """);

    [Fact]
    public void A_clean_page_of_a_file_is_read_again_and_a_dirty_one_is_as_the_disk_has_it() =>
        Scenario.Run("v6.18", """
        mmap p0 0 2 file i0@0 r
        write i0 0
        load p0 0         | #1
        swapout p0 0
        load p0 0         | #1
        memory-failure p0 0
        ? p0 0            | none
        load p0 0         | #1
        write i0 0
        memory-failure p0 0
        load p0 0         | SIGBUS
        dontneed p0 0 1
        load p0 0         | #1
        """);

    [Fact]
    public void A_clean_page_of_the_swap_cache_is_read_again() => Scenario.Run("v6.18", """
        mmap p0 0 1 anon rw
        store p0 0
        fork p0 -> p1
        swapout p0 0
        load p0 0         | #1
        memory-failure p0 0
        load p0 0         | #1
        load p1 0         | #1
        """);

    [Fact]
    public void A_dirty_page_stays_in_the_swap_cache_to_be_found() => Scenario.Run("v6.18", """
        mmap p0 0 1 anon rw
        store p0 0
        ref p0 0 -> g0
        swapout p0 0      | EAGAIN
        memory-failure p0 0 | EBUSY
        load p0 0         | SIGBUS
        swapoff
        ? p0 0            | hwpoison A
        load p0 0         | SIGBUS
        """);

    [Fact]
    public void Protection_and_marks_are_lost_with_it() => Scenario.Run("v6.18", """
        mmap p0 0 1 anon rw
        store p0 0
        uffd p0 -> u0
        register u0 0 1
        wp u0 0 1
        memory-failure p0 0
        ? p0 0            | hwpoison A
        store p0 0        | SIGBUS
        pagemap p0 0      | dirty
        dontneed p0 0 1
        store p0 0
        """);

    [Fact]
    public void A_copy_that_meets_the_error_is_given_up() => Scenario.Run("v6.18", """
        mmap p0 0 1 anon rw
        store p0 0
        fork p0 -> p1
        start t0 memory-failure p0 0 | moving
        step t0 5         | moving
        store p1 0        | SIGBUS
        step t0 20
        load p0 0         | SIGBUS
        """);

    [Fact]
    public void Up_to_6_1_the_machine_dies_of_it() => Scenario.Run("v6.1", """
        mmap p0 0 1 anon rw
        store p0 0
        fork p0 -> p1
        start t0 memory-failure p0 0 | moving
        step t0 5         | moving
        store p1 0        | moving
        ! hwpoison-contained (failed-page-copied)
        """);

    [Fact]
    public void Up_to_5_15_shared_memory_reads_as_zeros() => Scenario.Run("v5.8", """
        mmap p0 0 1 memfd i0@0 rw
        store p0 0
        memory-failure p0 0
        ! dirty-not-lost (inode-content-lost)
        """);

    [Fact]
    public void Up_to_5_18_swapoff_maps_it_again() => Scenario.Run("v5.18", """
        mmap p0 0 1 anon rw
        store p0 0
        ref p0 0 -> g0
        swapout p0 0      | EAGAIN
        memory-failure p0 0 | EBUSY
        load p0 0         | SIGBUS
        swapoff           | moving
        ! hwpoison-contained (failed-page-mapped)
        """);

    [Theory]
    [InlineData("v6.18", "SIGBUS", "")]
    [InlineData("v6.8", "moving", "! hwpoison-contained (failed-page-copied)\n")]
    public void So_is_a_copy_of_a_page_of_a_file(string profile, string answer, string outcome) =>
        Scenario.Run(profile, $"""
        mmap p0 0 1 memfd-private i0@0 rw
        mmap p0 1 1 memfd i0@0 rw
        store p0 1
        start t4 store p0 0 | moving
        step t4 4         | moving
        memory-failure p0 1 | blocked
        step t4 9         | {answer}
        {outcome}
        """.TrimEnd());

    [Theory]
    [InlineData("v6.18", "ENOMEM", "load p0 0 by t4   | #1")]
    [InlineData("v6.8", "moving", "! hwpoison-contained (failed-page-copied)")]
    public void So_is_the_copy_of_a_pinned_page_and_the_fork_with_it(string profile, string answer, string outcome) =>
        Scenario.Run(profile, $"""
        mmap p0 0 1 anon rw
        store p0 0
        pin p0 0 1 rw -> g0
        start t0 memory-failure p0 0 | moving
        step t0 5         | moving
        fork p0 -> p1 by t4 | {answer}
        {outcome}
        """);

    [Fact]
    public void Reads_of_shared_memory_that_nobody_has_written_are_lost_too() => Scenario.Run("v6.18", """
        mmap p0 0 1 memfd i0@0 rw
        load p0 0         | 0
        memory-failure p0 0
        load p0 0         | SIGBUS
        """);

    [Theory]
    [InlineData("v5.8", "ok")]
    [InlineData("v6.18", "EHWPOISON")]
    public void A_page_that_fails_already_is_said_to(string profile, string answer) => Scenario.Run(profile, $"""
        mmap p0 0 1 anon rw
        store p0 0
        start t0 memory-failure p0 0 | moving
        step t0 5         | moving
        memory-failure p0 0 by t4 | {answer}
        step t0 20
        """);

    [Fact]
    public void Who_frees_what_is_lost_before_it_is_dealt_with_parts_from_his_pin() => Scenario.Run("v6.18", """
        mmap p0 0 1 anon rw
        store p0 0
        pin p0 0 1 rw -> g0
        start t0 memory-failure p0 0 | moving
        start t4 free p0 0 1 | moving
        step t0 10        | moving
        ? p0 0            | hwpoison A
        step t4 3         | moving
        ? p0 0            | none
        force-write p0 0
        devread g0 0      | #1
        step t4 20
        load p0 0 by t4   | #2
        devwrite g0 0
        load p0 0 by t4   | #2
        devread g0 0      | #3
        step t0 20
        devread g0 0      | #3
        """);

    [Theory]
    [InlineData("free p1 0 1", true)]
    [InlineData("free p0 0 1 by t4", false)]
    public void A_child_that_frees_its_copy_of_the_error_takes_no_pin_from_its_parent(string line, bool strong)
    {
        World world = Scenario.Run("v6.18", $"""
            mmap p0 0 1 anon rw
            store p0 0
            pin p0 0 1 rw -> g0
            start t0 memory-failure p0 0 | moving
            step t0 10        | moving
            fork p0 -> p1 by t4
            ? p1 0            | hwpoison A
            {line}
            """).World;

        Assert.Equal(strong, HandleContracts.IsStrong(in world.Reference.HandleAt(default), 0));
    }
}
