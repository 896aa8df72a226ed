// What this file covers: soft-dirty: what clear_refs and pagemap say, what survives swap, migration, mprotect and fork.
// What it does not cover: pinned pages (PinScenarios.cs), races with stores (Properties/).

using Xunit;

namespace MmFuzz.Tests.Scenarios;

public class SoftDirtyScenarios
{
    [Fact]
    public void Clear_refs_marks_pages_clean_until_they_are_stored_to() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        store p0 0
        store p0 1
        pagemap p0 0      | dirty
        pagemap p0 3      | dirty
        clear-refs p0
        pagemap p0 0      | clean
        pagemap p0 3      | clean
        ? p0 0            | A dirty
        load p0 0         | #1
        pagemap p0 0      | clean
        store p0 0
        pagemap p0 0      | dirty
        pagemap p0 1      | clean
        """);

    [Theory]
    [InlineData("mprotect p0 0 1 r\nmprotect p0 0 1 rw")]
    [InlineData("swapout p0 0\nload p0 0 | #1")]
    [InlineData("fork p0 -> p1\nexit p1")]
    public void A_clean_page_does_not_become_writable_behind_the_back_of_soft_dirty_tracking(string between) =>
        Scenario.Run("v6.18", $"""
        mmap p0 0 4 anon rw
        store p0 0
        clear-refs p0
        {between}
        pagemap p0 0      | clean
        store p0 0
        pagemap p0 0      | dirty
        """);

    [Fact]
    public void Migration_makes_an_entry_dirty_again_and_so_reports_a_clean_page_as_written() =>
        Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        store p0 0
        clear-refs p0
        ? p0 0            | A dirty
        migrate p0 0
        ? p0 0            | B dirty soft-dirty
        pagemap p0 0      | dirty
        """);

    [Theory]
    [InlineData("swapout p0 0")]
    [InlineData("swapout p0 0\nload p0 0 | #2")]
    [InlineData("migrate p0 0")]
    [InlineData("mprotect p0 0 1 r")]
    [InlineData("fork p0 -> p1\npin p0 0 r -> g0")]
    public void A_mark_of_soft_dirty_survives(string between) => Scenario.Run("v6.18", $"""
        mmap p0 0 4 anon rw
        store p0 0
        clear-refs p0
        store p0 0
        {between}
        pagemap p0 0      | dirty
        """);

    [Fact]
    public void A_memfd_page_read_after_clear_refs_is_mapped_read_only() => Scenario.Run("v6.18", """
        mmap p0 0 4 memfd i0@0 rw
        mmap p0 8 4 memfd i0@0 rw
        store p0 8
        clear-refs p0
        load p0 0         | #1
        ? p0 0            | A
        pagemap p0 0      | clean
        store p0 0
        pagemap p0 0      | dirty
        """);
}
