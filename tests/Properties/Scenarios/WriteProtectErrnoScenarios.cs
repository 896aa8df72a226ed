// What this file covers: what UFFDIO_WRITEPROTECT, REGISTER, UNREGISTER and WAKE answer (seed 003): one table of ranges
// over several mappings for 6.1 (one registered mapping must hold the whole range) and 6.18 (each mapping is visited,
// holes are skipped, what came before an error stays done).
// What it does not cover: huge pages in the range, unaligned addresses, EAGAIN while the address space changes.

using Xunit;

namespace MmFuzz.Tests.Scenarios;

public class WriteProtectErrnoScenarios
{
    /// <summary>0-2 rw, 2-4 r, 4-5 none: registered; 5-6 a hole; 6-8 rw registered; 8-10 rw not registered.</summary>
    private const string Ground = """
        mmap p0 0 5 anon rw
        mmap p0 6 4 anon rw
        uffd p0 -> u0
        register u0 0 8
        store p0 1
        store p0 3
        store p0 7
        store p0 9
        mprotect p0 2 2 r
        mprotect p0 4 1 none
        ? mappings p0     | 0-2 rw wp, 2-4 r wp, 4-5 none wp, 6-8 rw wp, 8-10 rw
        """;

    [Theory]
    [InlineData("0 2", "ok", "ok")]
    [InlineData("1 1", "ok", "ok")]
    [InlineData("0 4", "ENOENT", "ok")]
    [InlineData("0 5", "ENOENT", "ok")]
    [InlineData("0 8", "ENOENT", "ok")]
    [InlineData("5 3", "ENOENT", "ok")]
    [InlineData("4 2", "ENOENT", "ok")]
    [InlineData("5 1", "ENOENT", "ENOENT")]
    [InlineData("10 6", "ENOENT", "ENOENT")]
    [InlineData("8 2", "ENOENT", "ENOENT")]
    [InlineData("7 2", "ENOENT", "ENOENT")]
    [InlineData("0 16", "ENOENT", "ENOENT")]
    [InlineData("0 0", "EINVAL", "EINVAL")]
    public void A_range_is_protected_and_resolved_with_the_errno_of_the_release(
        string range, string before, string since)
    {
        foreach ((string profile, string errno) in new[] { ("v6.1", before), ("v6.18", since) })
        {
            foreach (string operation in new[] { "wp", "unwp" })
                Scenario.Run(profile, $"{Ground}\n{operation} u0 {range} | {errno}");
        }
    }

    [Fact]
    public void Since_6_4_what_came_before_the_unregistered_mapping_stays_protected() => Scenario.Run("v6.18", $"""
        {Ground}
        wp u0 0 10        | ENOENT
        ? p0 1            | A dirty soft-dirty uffd-wp
        ? p0 3            | B dirty soft-dirty uffd-wp
        ? p0 7            | C dirty soft-dirty uffd-wp
        ? p0 9            | D write dirty soft-dirty
        store p0 1        | blocked
        store p0 9 by t4
        unwp u0 0 10      | ENOENT
        ? p0 7            | C write dirty soft-dirty
        store p0 1        | skipped: actor-busy
        wake u0 0 16
        load p0 1         | #6
        """);

    [Fact]
    public void Up_to_6_3_nothing_is_done_when_the_range_is_refused() => Scenario.Run("v6.1", $"""
        {Ground}
        wp u0 0 4         | ENOENT
        ? p0 1            | A write dirty soft-dirty
        store p0 1
        wp u0 0 2
        store p0 1        | blocked
        unwp u0 0 4       | ENOENT
        ? p0 1            | A dirty soft-dirty uffd-wp
        """);

    [Fact]
    public void A_resolve_over_two_mappings_wakes_who_waits_in_either() => Scenario.Run("v6.18", $"""
        {Ground}
        wp u0 0 8
        store p0 1        | blocked
        store p0 7 by t4  | blocked
        read u0           | t0
        read u0           | t4
        unwp u0 0 8
        load p0 1         | #5
        load p0 7 by t4   | #6
        """);

    [Fact]
    public void Registering_needs_a_mapping_that_nobody_else_watches() => Scenario.Run("v6.18", $"""
        {Ground}
        uffd p0 -> u1
        register u1 0 16  | EBUSY
        register u1 8 2
        register u0 8 1   | EBUSY
        register u0 11 2  | EINVAL
        register u0 0 0   | EINVAL
        register u0 0 8
        unregister u0 11 2 | EINVAL
        unregister u0 0 0 | EINVAL
        unregister u0 8 2 | EINVAL
        unregister u0 0 8
        ? mappings p0     | 0-2 rw, 2-4 r, 4-5 none, 6-8 rw, 8-10 rw wp
        wake u0 0 0       | EINVAL
        wake u0 0 16
        """);

    [Fact]
    public void When_the_process_is_gone_so_is_what_was_watched() => Scenario.Run("v6.18", $"""
        {Ground}
        exit p0
        wp u0 0 2         | ESRCH
        unwp u0 0 2       | ESRCH
        wp u0 0 0         | EINVAL
        register u0 0 2   | ENOMEM
        unregister u0 0 2 | ENOMEM
        close u0
        wp u0 0 2         | skipped: uffd-closed
        """);

    [Fact]
    public void Up_to_5_18_shared_memory_cannot_be_registered() => Scenario.Run("v5.18", """
        mmap p0 0 4 memfd i0@0 rw
        mmap p0 4 4 anon rw
        uffd p0 -> u0
        register u0 0 8   | EINVAL
        register u0 0 4   | EINVAL
        register u0 4 4
        """);
}
