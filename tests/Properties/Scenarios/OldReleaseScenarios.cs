// What this file covers: what older releases do otherwise: no write-protection by userfaultfd before 5.7, the forced
// COW break of 5.8, what decides about reuse, who may run beside clear_refs, and what mprotect hands back.
// What it does not cover: the rule sets' known bugs (corpus/known-bugs), errnos of ranges (WriteProtectErrnoScenarios).

using Xunit;

namespace MmFuzz.Tests.Scenarios;

public class OldReleaseScenarios
{
    [Theory]
    [InlineData("v4.18", "EINVAL")]
    [InlineData("v5.7", "ok")]
    public void Userfaultfd_write_protects_since_5_7(string release, string answer) => Scenario.Run(release, $"""
        mmap p0 0 2 anon rw
        store p0 0
        uffd p0 -> u0
        register u0 0 2   | {answer}
        wp u0 0 2         | {answer}
        unwp u0 0 2       | {answer}
        unregister u0 0 2
        close u0
        """);

    [Theory]
    [InlineData("v5.18", "EINVAL")]
    [InlineData("v5.19", "ok")]
    public void Shared_memory_is_write_protected_since_5_19(string release, string answer) => Scenario.Run(release, $"""
        mmap p0 0 2 memfd i0@0 rw
        uffd p0 -> u0
        register u0 0 2   | {answer}
        """);

    [Theory]
    [InlineData("v5.7", "A")]
    [InlineData("v5.8", "B")]
    [InlineData("v5.9", "A")]
    [InlineData("v5.18", "A")]
    public void In_5_8_alone_a_reader_of_a_shared_page_gets_a_copy_of_its_own(string release, string page) =>
        Scenario.Run(release, $"""
        mmap p0 0 1 anon rw
        store p0 0
        ? p0 0            | A write dirty soft-dirty
        fork p0 -> p1
        get p1 0 1 r -> g0
        ? pin g0          | {page}
        """);

    [Theory]
    [InlineData("v5.19", "A write dirty", "clean")]
    [InlineData("v6.0", "A dirty", "dirty")]
    public void Mprotect_hands_shared_memory_its_write_bit_back_although_clear_refs_waits_up_to_5_19(
        string release, string entry, string answer) => Scenario.Run(release, $"""
        mmap p0 0 1 shared i0 rw
        store p0 0
        clear-refs p0
        mprotect p0 0 1 r
        mprotect p0 0 1 rw
        ? p0 0            | {entry}
        pagemap p0 0      | clean
        {(answer == "dirty" ? "store p0 0\npagemap p0 0      | dirty" : string.Empty)}
        """);

    [Theory]
    [InlineData("v5.10, with softdirty-tlb", "ok")]
    [InlineData("v5.11", "blocked")]
    public void Faults_run_beside_clear_refs_up_to_5_10(string release, string answer) => Scenario.Run(release, $"""
        mmap p0 0 2 anon rw
        store p0 0
        start t8 clear-refs p0 | moving
        store p0 1        | {answer}
        step t8 99
        """);

    [Fact]
    public void No_mapping_changes_while_an_old_clear_refs_walks() => Scenario.Run("v5.10, with softdirty-tlb", """
        mmap p0 0 2 anon rw
        store p0 0
        start t8 clear-refs p0 | moving
        mprotect p0 0 2 r | blocked
        step t8 99
        """);
}
