// What this file covers: pages that are taken away for a while or moved: swap-out and swap-in of exclusive and shared
// pages, with and without the swap cache, migration, an injected failure; what entries keep meanwhile.
// What it does not cover: pinned pages (PinScenarios.cs), races of these paths (Properties/).

using MmFuzz.Engine;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.State;
using Xunit;

namespace MmFuzz.Tests.Scenarios;

public class MovingScenarios
{
    [Fact]
    public void An_exclusive_page_comes_back_from_swap_past_the_cache_exclusive_and_writable() =>
        Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        store p0 0
        ? p0 0            | A write dirty soft-dirty
        swapout p0 0
        ? p0 0            | swap slot0 soft-dirty exclusive
        ? slot 0          | uses 1 holds #1
        ? page A          | free
        load p0 0         | #1
        ? p0 0            | A write soft-dirty
        ? page A          | refs 1 maps 1 exclusive holds #1
        ? slot 0          | free
        ? goal SwapInPastCache | 1
        """);

    [Fact]
    public void Up_to_6_10_a_read_swaps_in_read_only() => Scenario.Run("v6.1", """
        mmap p0 0 4 anon rw
        store p0 0
        swapout p0 0
        load p0 0         | #1
        ? p0 0            | A soft-dirty
        ? page A          | refs 1 maps 1 exclusive holds #1
        store p0 0
        ? p0 0            | A write dirty soft-dirty
        """);

    [Theory]
    [InlineData("v5.7", "")]
    [InlineData("v5.18", "")]
    [InlineData("v6.18", " exclusive")]
    public void A_store_to_a_page_in_swap_lands_in_the_page_that_was_read(string profile, string exclusive) =>
        Scenario.Run(profile, $"""
        mmap p0 0 4 anon rw
        store p0 0
        swapout p0 0
        store p0 0
        ? p0 0            | A write dirty soft-dirty
        ? page A          | refs 1 maps 1{exclusive} holds #2
        ? slot 0          | free
        load p0 0 by t4   | #2
        """);

    // The mark is left behind by a registration without wp, which is a finding of its own (register-resets-protection):
    // so nothing is judged here.
    [Theory]
    [InlineData("store p0 0", false)]
    [InlineData("load p0 0", true)]
    public void A_mark_that_was_left_behind_survives_migration_in_entries_that_are_not_writable(string use, bool kept)
    {
        MmProgram program = MmProgramParser.Parse($"""
            mmfuzz 1
            mmap p0 0 1 memfd i0@0 rw
            uffd p0 -> u0
            register u0 0 1
            load p0 0
            wp u0 0 1
            register u0 0 1 missing
            {use}
            migrate p0 0
            """, out _)!;
        var runner = new Runner(Profile.Of(KernelVersion.Newest)) { Judges = false };
        foreach (Operation op in program.Operations)
        {
            runner.Execute(in op);
        }

        Assert.Equal(kept, runner.World.Machine.PteAt(new EntryIndex(new MmId(0), new Va(0))).UffdWp);
    }

    [Fact]
    public void A_shared_page_comes_back_through_the_swap_cache_and_is_copied_by_a_store() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        store p0 0
        fork p0 -> p1
        swapout p0 0
        ? p0 0            | swap slot0 soft-dirty
        ? p1 0            | swap slot0 soft-dirty
        ? slot 0          | uses 2 holds #1
        load p0 0         | #1
        ? p0 0            | A soft-dirty
        ? page A          | refs 2 maps 1 swap-cache holds #1
        ? slot 0          | uses 1 cached holds #1
        store p0 0
        ? p0 0            | B write dirty soft-dirty
        load p1 0         | #1
        ? p1 0            | A soft-dirty
        load p0 0         | #2
        """);

    [Fact]
    public void Fork_takes_exclusive_from_both_swap_entries() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        store p0 0
        swapout p0 0
        ? p0 0            | swap slot0 soft-dirty exclusive
        fork p0 -> p1
        ? p0 0            | swap slot0 soft-dirty
        ? p1 0            | swap slot0 soft-dirty
        store p0 0
        load p1 0         | #1
        load p0 0         | #2
        """);

    [Fact]
    public void From_a_disk_an_exclusive_page_comes_through_the_swap_cache_and_is_exclusive() =>
        Scenario.Run("v6.18\nswap asynchronous", """
        mmap p0 0 4 anon rw
        store p0 0
        swapout p0 0
        load p0 0         | #1
        ? p0 0            | A write soft-dirty
        ? page A          | refs 2 maps 1 exclusive swap-cache holds #1
        store p0 0
        swapout p0 0
        load p0 0         | #2
        """);

    [Fact]
    public void What_was_never_stored_to_is_not_there_to_be_reclaimed() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        swapout p0 0      | ENOENT
        load p0 0         | 0
        swapout p0 0      | EAGAIN
        migrate p0 0      | ENOENT
        ? p0 0            | zero page
        """);

    [Fact]
    public void A_failed_arch_unmap_one_leaves_everything_as_it_was() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        store p0 0
        inject arch-unmap-one
        inject arch-unmap-one | skipped: already-armed
        swapout p0 0      | EAGAIN
        ? p0 0            | A write dirty soft-dirty
        ? slot 0          | uses 0 cached holds 0
        store p0 0
        swapout p0 0
        load p0 0         | #2
        """);

    [Fact]
    public void A_page_of_a_memfd_goes_to_swap_and_its_entries_are_zapped() => Scenario.Run("v6.18", """
        mmap p0 0 4 memfd i0@0 rw
        mmap p0 8 4 memfd i0@0 rw
        store p0 0
        load p0 8         | #1
        ? inode i0 0      | A
        swapout p0 0
        ? inode i0 0      | slot0
        ? p0 0            | none
        ? p0 8            | none
        load p0 8         | #1
        store p0 8
        load p0 0         | #2
        ? slot 0          | free
        """);

    [Theory]
    [InlineData("v6.1")]
    [InlineData("v6.18")]
    public void Migration_moves_the_page_and_leaves_the_entry_as_it_was(string profile) => Scenario.Run(profile, """
        mmap p0 0 4 anon rw
        store p0 0
        ? p0 0            | A write dirty soft-dirty
        migrate p0 0
        ? p0 0            | B write dirty soft-dirty
        ? page A          | free
        ? page B          | refs 1 maps 1 exclusive holds #1
        load p0 0         | #1
        """);

    [Fact]
    public void Migration_of_a_shared_page_leaves_both_sides_read_only() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        store p0 0
        fork p0 -> p1
        ? p0 0            | A dirty soft-dirty
        migrate p1 0
        ? p0 0            | B dirty soft-dirty
        ? p1 0            | B dirty soft-dirty
        ? page B          | refs 2 maps 2 holds #1
        store p0 0
        load p1 0         | #1
        """);

    [Fact]
    public void Migration_remembers_that_a_read_only_page_is_exclusive() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        store p0 0
        mprotect p0 0 1 r
        ? p0 0            | A dirty soft-dirty
        migrate p0 0
        ? p0 0            | B dirty soft-dirty
        ? page B          | refs 1 maps 1 exclusive holds #1
        """);

    [Fact]
    public void A_plain_reference_stops_migration() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        store p0 0
        get p0 0 r -> g0
        migrate p0 0      | EAGAIN
        ? p0 0            | A write dirty soft-dirty
        ? page A          | refs 2 maps 1 exclusive holds #1
        unpin g0
        migrate p0 0
        """);

    [Fact]
    public void While_a_page_migrates_an_access_waits_and_then_goes_on() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        store p0 0
        start t9 migrate p0 0 | moving
        step t9 4         | moving
        ? p0 0            | migration-write A dirty soft-dirty
        store p0 0        | blocked
        load p0 1         | skipped: actor-busy
        load p0 0 by t4   | blocked
        step t9 99
        ? p0 0            | B write dirty soft-dirty
        load p0 0         | #2
        load p0 0 by t4   | #2
        """);
}
