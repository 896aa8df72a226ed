// What this file covers: FOLL_FORCE from outside and by pins, and what a long-term pin and one that does not wait do
// differently: rights, COW in read-only mappings, the file behind them, userfaultfd, soft-dirty.
// What it does not cover: pins in general (PinScenarios.cs).

using Xunit;

namespace MmFuzz.Tests.Scenarios;

public class ForceScenarios
{
    [Theory]
    [InlineData("v5.7")]
    [InlineData("v5.18")]
    [InlineData("v5.19")]
    [InlineData("v6.18")]
    public void A_forced_write_breaks_COW_in_a_read_only_private_mapping_and_spares_the_file(string profile) =>
        Scenario.Run(profile, """
        mmap p0 0 4 file i0@0 r
        write i0 0
        load p0 0         | #1
        ? p0 0            | A
        force-write p0 0
        ? p0 0            | B dirty soft-dirty
        load p0 0         | #2
        ? page A          | file refs 1 maps 0 holds #1
        store p0 0        | SIGSEGV
        force-write p0 1
        load p0 1         | #3
        ? goal ForcedCowBreak | KNOWN
        """.Replace("KNOWN", profile is "v6.18" ? "1" : "2", System.StringComparison.Ordinal));

    [Fact]
    public void A_forced_write_takes_an_exclusive_page_of_a_read_only_mapping_as_it_is() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        store p0 0
        mprotect p0 0 4 r
        ? p0 0            | A dirty soft-dirty
        force-write p0 0
        ? p0 0            | A dirty soft-dirty
        load p0 0         | #2
        fork p0 -> p1
        force-write p0 0
        load p0 0         | #3
        load p1 0         | #2
        """);

    [Theory]
    [InlineData("anon", "ok")]
    [InlineData("memfd-private i0@0", "ok")]
    [InlineData("memfd i0@0", "EIO")]
    [InlineData("shared i0", "EIO")]
    public void Shared_mappings_without_the_right_cannot_be_forced(string mapping, string answer) =>
        Scenario.Run("v6.18", $"""
        mmap p0 0 4 {mapping} r
        force-write p0 0  | {answer}
        mmap p0 4 4 {mapping} none
        force-write p0 4  | {answer}
        load p0 4         | SIGSEGV
        force-write p0 9  | EIO
        """.Replace("mmap p0 4 4 shared i0 none", "mmap p0 4 4 shared i1 none", System.StringComparison.Ordinal));

    [Fact]
    public void Forced_references_read_what_nobody_may_access() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        store p0 0
        mprotect p0 0 4 none
        get p0 0 1 r -> g0 | EFAULT
        get p0 0 1 r force -> g0
        devread g0        | #1
        pin p0 1 1 rw force -> g1
        ? p0 1            | A dirty soft-dirty protnone
        load p0 1         | SIGSEGV
        """);

    [Fact]
    public void A_protected_page_is_not_written_from_outside_and_nobody_hears_of_it() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon r
        uffd p0 -> u0
        register u0 0 4
        load p0 0         | 0
        wp u0 0
        force-write p0 0  | EIO
        read u0           | EAGAIN
        unwp u0 0
        force-write p0 0
        """);

    [Fact]
    public void A_forced_write_leaves_its_mark_for_soft_dirty() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        store p0 0
        mprotect p0 0 4 r
        clear-refs p0
        pagemap p0 0      | clean
        force-write p0 0
        pagemap p0 0      | dirty
        """);

    [Fact]
    public void Without_the_fix_of_4_9_a_DONTNEED_in_between_lets_the_write_through_to_the_file() =>
        Scenario.Run("v6.18, without dirty-cow", """
        mmap p0 0 1 file i0@0 r
        load p0 0         | 0
        start t8 force-write p0 0 | moving
        step t8 7         | moving
        dontneed p0 0
        step t8 7         | ok
        ! cow-isolation (file-holds-foreign)
        """);

    [Fact]
    public void Since_6_2_a_long_term_pin_for_reading_gets_a_page_of_its_own() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        mmap p0 4 4 file i0@0 r
        write i0 0
        load p0 0         | 0
        load p0 4         | #1
        pin p0 0 1 r longterm -> g0
        ? p0 0            | A
        pin p0 4 1 r longterm -> g1
        ? p0 4            | B
        ? page B          | refs 1 pins 1 maps 1 exclusive holds #1
        store p0 0
        devread g0        | #2
        write i0 0
        devread g1        | #1
        ? goal LongtermUnshare | 2
        """);

    [Fact]
    public void Up_to_6_1_the_next_store_leaves_it_behind() => Scenario.Run("v6.1", """
        mmap p0 0 4 anon rw
        pin p0 0 1 r longterm -> g0
        store p0 0
        devread g0        | 0
        """);

    [Theory]
    [InlineData("v6.1", "EFAULT")]
    [InlineData("v6.18", "blocked")]
    public void Since_6_3_a_long_term_pin_waits_for_the_manager(string profile, string answer) =>
        Scenario.Run(profile, $"""
        mmap p0 0 4 anon rw
        uffd p0 -> u0
        register u0 0 4
        store p0 0
        wp u0 0
        pin p0 0 1 rw longterm -> g0 | {answer}
        pin p0 0 1 rw -> g1 by t4 | blocked
        """);

    [Fact]
    public void A_pin_that_does_not_wait_takes_what_it_can_have_and_raises_no_event() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        uffd p0 -> u0
        register u0 0 4
        store p0 0
        store p0 1
        wp u0 1
        pin p0 1 1 rw nowait -> g0 | EAGAIN
        read u0           | EAGAIN
        pin p0 0 2 rw nowait -> g0
        devwrite g0 0
        devwrite g0 1     | skipped: handle-unfit
        """);

    /// <summary>A plain reference and mmap_lock hold the page: it must stay the one that is mapped.</summary>
    [Theory]
    [InlineData("migrate p0 0 by t8 | EAGAIN", "migration-read-exclusive")]
    [InlineData("swapout p0 0 by t8 | EAGAIN\nswapoff by t8", "unuse-pte-exclusive")]
    public void What_a_debugger_writes_is_lost_if_the_page_is_exclusive_no_more(string meanwhile, string fix)
    {
        string Program(string end) => $"""
            mmap p0 0 1 anon r
            start t9 force-write p0 0 | moving
            step t9 6         | moving
            {meanwhile}
            direct-io p0 0 out | 0
            step t9 1         | ok
            {end}
            """;
        Scenario.Run($"v6.18, without {fix}", Program("! cow-isolation (wrong-content)"));
        Scenario.Run("v6.18", Program("load p0 0         | #1"));
    }

    [Theory]
    [InlineData("dontneed p0 0 1")]
    [InlineData("move u0 0 1 -> 1\ndontneed p0 1 1")]
    [InlineData("memory-failure p0 0")]
    [InlineData("swapout p0 0 by t8 | EAGAIN\nfree p0 0 1")]
    public void What_a_debugger_writes_to_a_page_that_was_given_up_meanwhile_is_nobodys(string meanwhile) =>
        Scenario.Run("v6.18", $"""
            mmap p0 0 2 anon rw
            uffd p0 -> u0
            register u0 0 2
            start t9 force-write p0 0 | moving
            step t9 6         | moving
            {meanwhile}
            step t9 1         | ok
            """);

    [Fact]
    public void What_a_debugger_writes_moves_with_its_page() => Scenario.Run("v6.18", """
        mmap p0 0 2 anon rw
        uffd p0 -> u0
        register u0 0 2
        start t9 force-write p0 0 | moving
        step t9 6         | moving
        move u0 0 1 -> 1
        step t9 1         | ok
        load p0 1         | #1
        """);
}
