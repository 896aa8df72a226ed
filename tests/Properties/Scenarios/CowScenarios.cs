// What this file covers: copy on write as Linux does it, by example and under the three policies: the zero page, fork,
// reuse, references of others (vmsplice), unsharing before a reader's pin, the early copy of a pinned page at fork.
// What it does not cover: swap and migration in between (MovingScenarios.cs), races (Properties/).

using Xunit;

namespace MmFuzz.Tests.Scenarios;

public class CowScenarios
{
    [Fact]
    public void A_read_maps_the_zero_page_and_a_store_replaces_it() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        load p0 0         | 0
        ? p0 0            | zero page
        load p0 0         | 0
        store p0 0
        ? p0 0            | A write dirty soft-dirty
        ? page A          | refs 1 maps 1 exclusive holds #1
        load p0 0         | #1
        load p0 1         | 0
        """);

    [Theory]
    [InlineData("v5.7", "")]
    [InlineData("v5.18", "")]
    [InlineData("v6.18", " exclusive")]
    public void After_fork_the_first_store_copies_and_the_last_owner_reuses(string profile, string exclusive) =>
        Scenario.Run(profile, $"""
        mmap p0 0 4 anon rw
        store p0 0
        ? p0 0            | A write dirty soft-dirty
        ? page A          | refs 1 maps 1{exclusive} holds #1
        fork p0 -> p1
        ? p0 0            | A dirty soft-dirty
        ? p1 0            | A dirty soft-dirty
        ? page A          | refs 2 maps 2 holds #1
        store p0 0
        ? p0 0            | B write dirty soft-dirty
        ? page A          | refs 1 maps 1 holds #1
        load p0 0         | #2
        load p1 0         | #1
        store p1 0
        ? p1 0            | A write dirty soft-dirty
        ? page A          | refs 1 maps 1{exclusive} holds #3
        ? page B          | refs 1 maps 1{exclusive} holds #2
        """);

    [Theory]
    [InlineData("v5.7")]
    [InlineData("v5.8")]
    [InlineData("v5.18")]
    [InlineData("v6.18")]
    public void A_store_is_seen_by_the_own_threads_and_by_nobody_else(string profile) => Scenario.Run(profile, """
        mmap p0 0 4 anon rw
        store p0 0
        fork p0 -> p1
        fork p1 -> p2
        store p1 0 by t5
        load p0 0         | #1
        load p1 0         | #2
        load p1 0 by t5   | #2
        load p2 0         | #1
        """);

    [Fact]
    public void Up_to_5_7_a_pipe_filled_by_the_child_shows_what_the_parent_stores_later() => Scenario.Run("v5.7", """
        mmap p0 0 4 anon rw
        store p0 0
        fork p0 -> p1
        vmsplice p1 0 -> g0
        munmap p1 0 4
        store p0 0
        pipe-read g0      | #2
        ! cow-isolation (handle-reads-foreign)
        """);

    [Theory]
    [InlineData("v5.8")]
    [InlineData("v5.18")]
    [InlineData("v5.19")]
    [InlineData("v6.18")]
    public void Since_5_8_a_pipe_filled_by_the_child_keeps_what_the_child_saw(string profile) =>
        Scenario.Run(profile, """
        mmap p0 0 4 anon rw
        store p0 0
        fork p0 -> p1
        vmsplice p1 0 -> g0
        munmap p1 0 4
        store p0 0
        load p0 0         | #2
        pipe-read g0      | #1
        """);

    [Fact]
    public void A_pipe_filled_before_fork_keeps_the_child_from_reusing_the_page() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        store p0 0
        vmsplice p0 0 -> g0
        fork p0 -> p1
        munmap p0 0 4
        store p1 0
        load p1 0         | #2
        pipe-read g0      | #1
        """);

    [Fact]
    public void A_pipe_keeps_the_page_and_not_what_it_held() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        store p0 0
        vmsplice p0 0 fast -> g0
        store p0 0
        pipe-read g0      | #2
        pipe-read g0      | skipped: handle-empty
        """);

    [Fact]
    public void A_readers_pin_of_a_shared_page_unshares_it_first() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        store p0 0
        fork p0 -> p1
        pin p0 0 r -> g0
        ? p1 0            | A dirty soft-dirty
        ? p0 0            | B soft-dirty
        ? page B          | refs 1 pins 1 maps 1 exclusive holds #1
        store p0 0
        ? p0 0            | B write dirty soft-dirty
        devread g0        | #2
        load p1 0         | #1
        unpin g0
        ? page B          | refs 1 maps 1 exclusive holds #2
        """);

    [Fact]
    public void A_readers_pin_of_a_page_that_was_shared_once_only_marks_it_exclusive() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        store p0 0
        fork p0 -> p1
        exit p1
        ? p0 0            | A dirty soft-dirty
        ? page A          | refs 1 maps 1 holds #1
        pin p0 0 r fast -> g0
        ? p0 0            | A dirty soft-dirty
        ? page A          | refs 1 pins 1 maps 1 exclusive holds #1
        store p0 0
        devread g0        | #2
        """);

    [Fact]
    public void Under_rule_set_P_a_readers_pin_of_a_shared_page_is_left_behind() => Scenario.Run("v5.18", """
        mmap p0 0 4 anon rw
        store p0 0
        fork p0 -> p1
        pin p0 0 r -> g0
        store p0 0
        load p0 0         | #2
        devread g0        | #1
        """);

    [Fact]
    public void A_readers_pin_of_the_zero_page_is_left_behind() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        pin p0 0 r -> g0
        ? pin g0          | zero page
        store p0 0
        devread g0        | 0
        unpin g0
        """);

    [Theory]
    [InlineData("v5.18", "")]
    [InlineData("v6.18", " exclusive")]
    public void Fork_copies_a_pinned_page_at_once_and_the_pin_stays_with_the_parent(string profile, string exclusive) =>
        Scenario.Run(profile, $"""
        mmap p0 0 4 anon rw
        store p0 0
        pin p0 0 rw -> g0
        fork p0 -> p1
        ? p0 0            | A write dirty soft-dirty
        ? p1 0            | B write dirty soft-dirty
        ? page A          | refs 1 pins 1 maps 1{exclusive} holds #1
        ? page B          | refs 1 maps 1{exclusive} holds #1
        store p0 0
        devread g0        | #2
        load p1 0         | #1
        devwrite g0
        load p0 0         | #3
        load p1 0         | #1
        """);

    [Fact]
    public void A_plain_reference_does_not_keep_fork_from_sharing() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        store p0 0
        get p0 0 rw -> g0
        fork p0 -> p1
        ? p0 0            | A dirty soft-dirty
        ? p1 0            | A dirty soft-dirty
        ? page A          | refs 3 maps 2 holds #1
        store p0 0
        load p1 0         | #1
        devread g0        | #1
        """);

    [Fact]
    public void A_pin_after_fork_goes_to_the_pinners_own_copy() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        store p0 0
        fork p0 -> p1
        pin p1 0 rw fast -> g0
        ? p0 0            | A dirty soft-dirty
        ? p1 0            | B write dirty soft-dirty
        devwrite g0
        load p1 0         | #2
        load p0 0         | #1
        """);
}
