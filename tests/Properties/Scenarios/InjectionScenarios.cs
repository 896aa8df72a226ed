// What this file covers: faults that are injected: a full swap area, errors of the swap device and of the disk, and
// allocators that hand out again what was freed last.
// What it does not cover: arch_unmap_one (MovingScenarios.cs), failing allocations (the fuzzer's own runs).

using Xunit;

namespace MmFuzz.Tests.Scenarios;

public class InjectionScenarios
{
    [Theory]
    [InlineData("anon")]
    [InlineData("memfd i0@0")]
    public void A_page_stays_when_the_swap_area_is_full(string mapping) => Scenario.Run("v6.18", $"""
        mmap p0 0 4 {mapping} rw
        store p0 0
        inject swap-full
        swapout p0 0      | EAGAIN
        ? slot 0          | free
        load p0 0         | #1
        swapout p0 0
        load p0 0         | #1
        """);

    [Fact]
    public void A_page_that_cannot_be_written_out_stays_dirty_in_the_swap_cache() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        store p0 0
        inject write-out
        swapout p0 0      | EAGAIN
        ? p0 0            | swap slot0 soft-dirty exclusive
        ? slot 0          | uses 1 cached holds 0
        swapout p0 0
        ? slot 0          | uses 1 holds #1
        load p0 0         | #1
        ? goal WriteOutFailed | 1
        """);

    [Theory]
    [InlineData("")]
    [InlineData("\nswap asynchronous")]
    public void A_page_that_cannot_be_read_in_is_SIGBUS_until_it_can(string device) =>
        Scenario.Run("v6.18" + device, """
        mmap p0 0 4 anon rw
        store p0 0
        swapout p0 0
        inject read-in
        load p0 0         | SIGBUS
        ? p0 0            | swap slot0 soft-dirty exclusive
        ? slot 0          | uses 1 holds #1
        load p0 0         | #1
        swapout p0 0
        inject read-in
        pin p0 0 1 r -> g0 | EFAULT
        store p0 0
        """);

    [Fact]
    public void A_page_of_a_file_that_cannot_be_read_in_is_SIGBUS_until_it_can() => Scenario.Run("v6.18", """
        mmap p0 0 4 file i0@0 rw
        write i0 0
        load p0 0         | #1
        swapout p0 0
        inject read-in
        store p0 0        | SIGBUS
        ? p0 0            | none
        ? inode i0 0      | hole
        load p0 0         | #1
        ? goal ReadInFailed | 1
        """);

    [Fact]
    public void What_was_freed_last_comes_back_although_something_else_would_be_next() => Scenario.Run("v6.18", """
        mmap p0 0 8 anon rw
        store p0 0
        store p0 1
        store p0 2
        ? p0 2            | A write dirty soft-dirty
        ? p0 0            | B write dirty soft-dirty
        dontneed p0 0
        dontneed p0 2
        inject same-frame
        store p0 3
        ? p0 3            | A write dirty soft-dirty
        store p0 4
        ? p0 4            | B write dirty soft-dirty
        """);

    [Fact]
    public void A_slot_comes_back_to_another_page() => Scenario.Run("v6.18", """
        mmap p0 0 8 anon rw
        store p0 0
        store p0 1
        swapout p0 0
        swapout p0 1
        dontneed p0 0
        dontneed p0 1
        store p0 2
        inject same-slot
        swapout p0 2
        ? p0 2            | swap slot1 soft-dirty exclusive
        load p0 2         | #3
        """);
}
