// What this file covers: what pins outlive and what they stop: mprotect, clear_refs, DONTNEED, munmap, the end of the
// process; swap-out and migration keep away from a pinned page. The three policies differ in what a pin costs.
// What it does not cover: fork (CowScenarios.cs), userfaultfd (UserfaultScenarios.cs).

using Xunit;

namespace MmFuzz.Tests.Scenarios;

public class PinScenarios
{
    [Theory]
    [InlineData("v5.7")]
    [InlineData("v5.19")]
    [InlineData("v6.18")]
    public void A_pin_survives_mprotect_and_back(string profile) => Scenario.Run(profile, """
        mmap p0 0 4 anon rw
        store p0 0
        pin p0 0 rw -> g0
        mprotect p0 0 1 r
        mprotect p0 0 1 rw
        store p0 0
        devread g0        | #2
        devwrite g0
        load p0 0         | #3
        """);

    [Fact]
    public void Under_rule_set_P_a_pin_does_not_survive_mprotect_and_back() => Scenario.Run("v5.18", """
        mmap p0 0 4 anon rw
        store p0 0
        pin p0 0 rw -> g0
        mprotect p0 0 1 r
        mprotect p0 0 1 rw
        store p0 0        | moving
        ! pin-coherent (page-replaced)
        """);

    [Fact]
    public void A_pin_keeps_its_page_after_DONTNEED() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        store p0 0
        pin p0 0 rw -> g0
        ? pin g0          | A
        dontneed p0 0
        ? p0 0            | none
        ? page A          | refs 0 pins 1 maps 0 exclusive holds #1
        load p0 0         | 0
        store p0 0
        ? p0 0            | B write dirty soft-dirty
        devread g0        | #1
        unpin g0
        ? page A          | free
        """);

    [Fact]
    public void A_pin_keeps_its_page_after_munmap_and_after_the_process() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        store p0 0
        store p0 1
        pin p0 0 2 rw -> g0
        ? p0 1            | A write dirty soft-dirty
        munmap p0 1
        devread g0 1      | #2
        exit p0
        devread g0 0      | #1
        devwrite g0 1
        devread g0 1      | #3
        ? page A          | refs 0 pins 1 maps 0 exclusive holds #3
        unpin g0
        ? page A          | free
        """);

    [Fact]
    public void A_pinned_page_is_neither_swapped_out_nor_migrated() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        store p0 0
        ? p0 0            | A write dirty soft-dirty
        pin p0 0 r -> g0
        swapout p0 0      | EAGAIN
        migrate p0 0      | EAGAIN
        ? p0 0            | A write dirty soft-dirty
        ? page A          | refs 1 pins 1 maps 1 exclusive holds #1
        store p0 0
        devread g0        | #2
        unpin g0
        migrate p0 0
        load p0 0         | #2
        """);

    [Fact]
    public void A_pinned_page_is_left_alone_by_clear_refs() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        store p0 0
        store p0 1
        pin p0 0 rw -> g0
        clear-refs p0
        pagemap p0 0      | dirty
        pagemap p0 1      | clean
        ? p0 0            | A write dirty soft-dirty
        ? p0 1            | B dirty
        store p0 0
        devread g0        | #3
        """);

    [Fact]
    public void Fast_and_slow_take_the_same_page() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        store p0 0
        pin p0 0 r fast -> g0
        pin p0 0 rw fast -> g1
        get p0 0 r -> g2
        vmsplice p0 0 -> g3
        ? pin g0          | A
        ? pin g1          | A
        ? pin g2          | A
        ? pin g3          | A
        ? page A          | refs 3 pins 2 maps 1 exclusive holds #1
        """);

    [Fact]
    public void A_write_pin_of_nothing_makes_a_page_and_a_read_pin_takes_the_zero_page() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        pin p0 0 rw fast -> g0
        pin p0 1 r fast -> g1
        ? p0 0            | A write dirty soft-dirty
        ? pin g0          | A
        ? pin g1          | zero page
        devwrite g0
        load p0 0         | #1
        """);

    [Fact]
    public void Pages_before_the_first_that_cannot_be_had_are_a_partial_success() => Scenario.Run("v6.18", """
        mmap p0 0 2 anon rw
        pin p0 0 4 rw -> g0
        devread g0 1      | 0
        devread g0 2      | skipped: handle-unfit
        pin p0 2 rw -> g1 | EFAULT
        mprotect p0 0 1 r
        pin p0 0 rw -> g1 | EFAULT
        pin p0 0 r -> g1
        """);

    [Fact]
    public void Pages_of_a_memfd_are_pinned_as_they_are() => Scenario.Run("v6.18", """
        mmap p0 0 4 memfd i0@0 rw
        mmap p0 8 4 memfd i0@0 rw
        store p0 0
        pin p0 8 rw -> g0
        devwrite g0
        load p0 0         | #2
        load p0 8         | #2
        fork p0 -> p1
        load p1 0         | #2
        store p1 0
        devread g0        | #3
        """);

    [Theory]
    [InlineData("v5.7", 0)]
    [InlineData("v5.18", 1)]
    [InlineData("v6.18", 0)]
    public void A_passing_reference_costs_a_copy_where_the_reference_count_decides(string profile, int copies) =>
        Scenario.Run(profile, $"""
        mmap p0 0 4 anon rw
        store p0 0
        mprotect p0 0 4 r
        mprotect p0 0 4 rw
        ref p0 0 -> g0
        store p0 0
        ? goal NeedlessCopy | {copies}
        unref g0
        unref g0          | skipped: handle-empty
        mprotect p0 0 4 r
        mprotect p0 0 4 rw
        store p0 0
        ? goal NeedlessCopy | {copies}
        load p0 0         | #3
        """);
}
