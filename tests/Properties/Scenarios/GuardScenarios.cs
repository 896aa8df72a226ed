// What this file covers: guards, in private memory, memfds and files: that every access fails, what takes a guard away
// and what does not, what installing discards, faults and discards beside it, old releases, and what Linux gets wrong.
// What it does not cover: mlocked and special mappings, huge pages.

using Xunit;

namespace MmFuzz.Tests.Scenarios;

public class GuardScenarios
{
    private const string FillsKept = "v6.18, with fill-keeps-guard";

    [Fact]
    public void Nobody_gets_past_a_guard_and_behind_it_are_zeros() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        store p0 0
        store p0 1
        guard p0 0 3
        ? p0 0            | guard marker
        ? p0 2            | guard marker
        load p0 0         | SIGSEGV
        store p0 1        | SIGSEGV
        load p0 2         | SIGSEGV
        pin p0 0 1 r -> g0 | EFAULT
        pin p0 0 1 rw fast -> g0 | EFAULT
        pin p0 0 1 rw force -> g0 | EFAULT
        populate p0 0 1 r | EFAULT
        populate p0 0 1 rw | EFAULT
        direct-io p0 0 in | EFAULT
        process-vm p0 0 out | EFAULT
        force-write p0 0  | EIO
        unguard p0 0 2
        ? p0 0            | none
        load p0 0         | 0
        store p0 1
        load p0 2         | SIGSEGV
        """);

    [Theory]
    [InlineData("dontneed p0 0 4")]
    [InlineData("free p0 0 4")]
    [InlineData("pageout p0 0 4")]
    [InlineData("cold p0 0 4")]
    [InlineData("mprotect p0 0 4 r")]
    [InlineData("clear-refs p0")]
    [InlineData("swapoff")]
    [InlineData("guard p0 0 4")]
    public void A_guard_stays_whatever_is_done_to_its_memory(string line) => Scenario.Run("v6.18", $"""
        mmap p0 0 4 anon rw
        store p0 1
        guard p0 0
        {line}
        ? p0 0            | guard marker
        load p0 0         | SIGSEGV
        """);

    [Theory]
    [InlineData("anon")]
    [InlineData("memfd i0@0")]
    [InlineData("memfd-private i0@0")]
    [InlineData("shared i0")]
    [InlineData("file i1@0")]
    public void Children_have_it_and_it_moves_with_its_mapping(string mapping) => Scenario.Run("v6.18", $"""
        mmap p0 0 4 {mapping} r
        load p0 1         | 0
        guard p0 0
        fork p0 -> p1
        load p1 0         | SIGSEGV
        load p1 1         | 0
        unguard p1 0
        load p1 0         | 0
        load p0 0         | SIGSEGV
        mremap p0 0 2 -> 8
        load p0 8         | SIGSEGV
        load p0 9         | 0
        munmap p0 8 1
        ? p0 8            | none
        """);

    [Fact]
    public void A_child_that_is_wiped_has_none() => Scenario.Run("v6.18", """
        mmap p0 0 2 anon rw
        guard p0 0 2
        madvise p0 0 2 wipeonfork
        fork p0 -> p1
        load p1 0         | 0
        load p0 0         | SIGSEGV
        """);

    [Fact]
    public void A_file_is_behind_its_guards_as_it_was() => Scenario.Run("v6.18", """
        mmap p0 0 4 memfd i0@0 rw
        mmap p0 4 4 memfd-private i0@0 rw
        store p0 0
        store p0 1
        store p0 2
        store p0 4
        store p0 5
        guard p0 0 2
        guard p0 5 1
        load p0 0         | SIGSEGV
        write i0 1
        load p0 5         | SIGSEGV
        unguard p0 0 8
        load p0 0         | #1
        load p0 1         | #6
        load p0 4         | #4
        load p0 5         | #6
        """);

    [Fact]
    public void A_pinned_page_stays_with_its_device() => Scenario.Run("v6.18", """
        mmap p0 0 1 anon rw
        store p0 0
        pin p0 0 rw -> g0
        guard p0 0
        devread g0        | #1
        devwrite g0
        unguard p0 0
        load p0 0         | 0
        unpin g0
        """);

    [Fact]
    public void Holes_are_passed_over_and_reported_and_an_empty_range_is_none() => Scenario.Run("v6.18", """
        mmap p0 0 1 anon r
        mmap p0 2 1 anon none
        guard p0 0 4      | ENOMEM
        ? p0 0            | guard marker
        ? p0 2            | guard marker
        guard p0 1        | ENOMEM
        guard p0 1 0
        unguard p0 0 4    | ENOMEM
        ? p0 2            | none
        unguard p0 0 1
        """);

    [Theory]
    [InlineData("v6.2", "EINVAL", "EINVAL")]
    [InlineData("v6.14", "ok", "EINVAL")]
    [InlineData("v6.18", "ok", "ok")]
    public void Releases_learn_it_one_after_the_other(string profile, string anon, string file)
    {
        Scenario.Run(profile, $"""
        mmap p0 0 2 anon rw
        mmap p0 2 2 memfd i0@0 rw
        store p0 2
        guard p0 0 2      | {anon}
        guard p0 2 1      | {file}
        unguard p0 2 1    | {file}
        load p0 2         | #1
        """);
    }

    [Fact]
    public void A_fault_between_the_discard_and_the_guard_costs_another_round() => Scenario.Run("v6.18", """
        mmap p0 0 1 anon rw
        store p0 0
        start t0 guard p0 0 | moving
        step t0 8         | moving
        store p0 0 by t4
        step t0 20
        load p0 0         | SIGSEGV
        ? goal GuardMetFault | 1
        """);

    [Fact]
    public void A_hole_does_not_take_a_guard_away() => Scenario.Run("v6.18", """
        mmap p0 0 2 memfd i0@0 rw
        store p0 1
        guard p0 0 2
        punch i0 0
        remove p0 0 2
        ? p0 0            | guard marker
        unguard p0 1
        load p0 1         | 0
        """);

    [Fact]
    public void A_hole_that_met_a_mapping_does() => Scenario.Run("v6.18", """
        mmap p0 0 1 memfd i0@0 rw
        mmap p0 4 1 memfd i0@0 rw
        store p0 4
        guard p0 0
        start t8 punch i0 0 | moving
        step t8 9         | moving
        load p0 4         | #1
        step t8 20        | moving
        ! guard-holds (guard-lost)
        """);

    [Theory]
    [InlineData("copy u0 0")]
    [InlineData("continue u0 1")]
    public void UFFDIO_COPY_and_CONTINUE_put_pages_where_guards_are(string fill) => Scenario.Run("v6.18", $"""
        mmap p0 0 2 memfd i0@0 rw
        store p0 1
        uffd p0 -> u0
        register u0 0 2 missing minor
        guard p0 0 2
        {fill} | moving
        ! guard-holds (guard-lost)
        """);

    [Fact]
    public void Repaired_they_answer_EEXIST() => Scenario.Run(FillsKept, """
        mmap p0 0 2 memfd i0@0 rw
        store p0 1
        uffd p0 -> u0
        register u0 0 2 missing minor
        guard p0 0 2
        copy u0 0         | EEXIST
        continue u0 1     | EEXIST
        zeropage u0 0     | EEXIST
        poison u0 0       | EEXIST
        load p0 0         | SIGSEGV
        """);

    [Fact]
    public void Protection_and_poison_go_with_what_they_were_on() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        uffd p0 -> u0 wp-unpopulated
        register u0 0 4 missing wp
        wp u0 0
        poison u0 1
        guard p0 0 2
        wp u0 1
        unguard p0 0 2
        ? p0 0            | none
        ? p0 1            | none
        """);

    [Fact]
    public void Over_a_marker_of_a_file_it_never_ends() => Scenario.Run("v6.18", """
        mmap p0 0 1 memfd i0@0 rw
        uffd p0 -> u0
        register u0 0 1
        wp u0 0
        guard p0 0        | SIGKILL
        ! uffd-live (endless-fault)
        """);

    [Fact]
    public void Repaired_it_takes_the_place_of_the_marker() => Scenario.Run("v6.18, with guard-over-marker", """
        mmap p0 0 1 memfd i0@0 rw
        uffd p0 -> u0
        register u0 0 1
        wp u0 0
        guard p0 0
        load p0 0         | SIGSEGV
        unguard p0 0
        store p0 0
        """);

    [Fact]
    public void What_another_has_not_flushed_yet_is_still_reached() => Scenario.Run("v6.18", """
        mmap p0 0 1 anon rw
        store p0 0 by t4
        start t0 dontneed p0 0 | moving
        step t0 2         | moving
        guard p0 0 by t4
        ! tlb (stale-after-return)
        """);

    [Fact]
    public void Repaired_the_guard_flushes_it() => Scenario.Run("v6.18, with guard-flush", """
        mmap p0 0 1 anon rw
        store p0 0 by t4
        start t0 dontneed p0 0 | moving
        step t0 2         | moving
        guard p0 0 by t4
        load p0 0 by t4   | SIGSEGV
        """);

    [Fact]
    public void A_scan_reports_a_guard_and_protects_it() => Scenario.Run("v6.18", """
        mmap p0 0 2 anon rw
        uffd p0 -> u0 wp-async wp-unpopulated
        register u0 0 2
        guard p0 0
        scan p0 0 2 wp    | 0 1
        scan p0 0 2       | none
        unguard p0 0
        scan p0 0 2       | 0
        """);
}
