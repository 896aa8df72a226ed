// What this file covers: direct I/O and process_vm_readv/writev, which take a page, copy, and give it back before they
// return: what they read and write, what they unshare, whom they wait for, and what a fork does to one under way.
// What it does not cover: pins that last (PinScenarios.cs), that no handle is left for them (SkipScenarios.cs).

using Xunit;

namespace MmFuzz.Tests.Scenarios;

public class PinnedCallScenarios
{
    [Theory]
    [InlineData("direct-io", "v5.7")]
    [InlineData("direct-io", "v6.2")]
    [InlineData("direct-io", "v6.18")]
    [InlineData("process-vm", "v4.18")]
    [InlineData("process-vm", "v6.18")]
    public void A_page_is_filled_and_taken_and_given_back(string call, string profile) => Scenario.Run(profile, $"""
        mmap p0 0 4 anon rw
        {call} p0 0 in
        load p0 0         | #1
        store p0 0
        {call} p0 0 out   | #2
        {call} p0 1 out   | 0
        ? p0 0            | A write dirty soft-dirty
        ? page A          | refs 1 maps 1{(profile is "v6.18" or "v6.2" ? " exclusive" : "")} holds #2
        {call} p0 9 in    | EFAULT
        mprotect p0 0 4 r
        {call} p0 0 in    | EFAULT
        {call} p0 0 out   | #2
        """);

    [Fact]
    public void Taking_a_shared_page_unshares_it_where_it_is_pinned() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        store p0 0
        fork p0 -> p1
        ? p0 0            | A dirty soft-dirty
        ? p1 0            | A dirty soft-dirty
        direct-io p0 0 out | #1
        ? p0 0            | B soft-dirty
        process-vm p1 0 out | #1
        ? p1 0            | A dirty soft-dirty
        """);

    [Fact]
    public void Plain_references_do_not_unshare() => Scenario.Run("v6.2", """
        mmap p0 0 4 anon rw
        store p0 0
        fork p0 -> p1
        ? p0 0            | A dirty soft-dirty
        direct-io p0 0 out | #1
        ? p0 0            | A dirty soft-dirty
        """);

    [Theory]
    [InlineData("direct-io")]
    [InlineData("process-vm")]
    public void They_wait_for_a_manager(string call) => Scenario.Run("v6.18", $"""
        mmap p0 0 4 anon rw
        store p0 0
        uffd p0 -> u0
        register u0 0 4
        wp u0 0
        {call} p0 0 out   | #1
        {call} p0 0 in    | blocked
        read u0           | t0
        load p0 0 by t4   | #1
        unwp u0 0
        load p0 0         | #2
        """);

    [Fact]
    public void A_fork_copies_what_a_disk_is_about_to_fill() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        store p0 0
        ? p0 0            | A write dirty soft-dirty
        start t0 direct-io p0 0 in | moving
        step t0 5         | moving
        ? page A          | refs 1 pins 1 maps 1 exclusive holds #1
        devread g7        | skipped: handle-empty
        fork p0 -> p1 by t4
        store p0 0 by t4
        ? p0 0            | A write dirty soft-dirty
        step t0 2
        load p0 0         | #3
        load p1 0         | #1
        ? page A          | refs 1 maps 1 exclusive holds #3
        """);

    [Fact]
    public void Up_to_6_4_what_the_disk_reads_beside_a_fork_may_be_the_childs() => Scenario.Run("v6.2", """
        mmap p0 0 4 anon rw
        store p0 0
        start t0 direct-io p0 0 in | moving
        step t0 4         | moving
        fork p0 -> p1 by t4
        store p0 0 by t4
        step t0 2         | moving
        ! cow-isolation (wrong-content)
        """);

    [Fact]
    public void The_process_may_unmap_the_page_while_the_disk_fills_it() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        store p0 0
        ? p0 0            | A write dirty soft-dirty
        start t0 direct-io p0 0 in | moving
        step t0 5         | moving
        munmap p0 0 4 by t4
        ? page A          | refs 0 pins 1 maps 0 exclusive holds #1
        step t0 2
        ? page A          | free
        """);

    [Fact]
    public void Reclaim_keeps_a_lazyfree_page_that_a_disk_is_about_to_fill() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        store p0 0
        start t0 direct-io p0 0 in | moving
        step t0 5         | moving
        free p0 0 by t4
        swapout p0 0      | EAGAIN
        step t0 2
        swapout p0 0      | EAGAIN
        load p0 0         | #2
        """);

    [Fact]
    public void A_move_that_does_not_look_for_pins_takes_the_page_from_the_disk() => Scenario.Run(
        "v6.18, without move-pin-check", """
        mmap p0 0 2 anon rw
        uffd p0 -> u0
        register u0 0 2
        store p0 0
        start t8 move u0 0 1 -> 1 | moving
        step t8 3         | moving
        start t0 direct-io p0 0 in | moving
        step t0 5         | moving
        step t8 9         | moving
        ! pin-coherent (page-replaced)
        """);

    [Fact]
    public void A_process_does_not_go_before_its_disk_has_answered() => Scenario.Run("v6.18", """
        mmap p0 0 2 anon rw
        fork p0 -> p1
        store p0 0
        store p0 1
        pageout p0 1 1
        start t8 swapoff  | moving
        step t8 2         | moving
        exit p0           | blocked
        start t4 direct-io p0 0 in | moving
        step t4 5         | moving
        step t8 40
        step t4 9
        load p0 0         | skipped: process-gone
        pin p1 0 r -> g7
        """);
}
