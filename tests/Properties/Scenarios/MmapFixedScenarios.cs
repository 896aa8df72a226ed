// What this file covers: mmap with MAP_FIXED: what was there goes, with its pages, pins, locks, registrations and
// events, and nobody finds the place free in between.
// What it does not cover: mmap where nothing is (all the others), munmap.

using Xunit;

namespace MmFuzz.Tests.Scenarios;

public class MmapFixedScenarios
{
    [Fact]
    public void What_was_there_goes_and_its_neighbours_stay() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        store p0 1
        store p0 3
        mmap p0 1 2 memfd i0@0 r fixed
        ? mappings p0     | 0-1 rw, 1-3 r, 3-4 rw
        load p0 1         | 0
        load p0 3         | #2
        store p0 1        | SIGSEGV
        """);

    [Fact]
    public void The_same_again_is_joined_and_empty() => Scenario.Run("v6.18", """
        mmap p0 0 4 anon rw
        store p0 1
        mmap p0 1 1 anon rw fixed
        ? mappings p0     | 0-4 rw
        ? p0 1            | none
        load p0 1         | 0
        """);

    [Fact]
    public void A_pin_is_left_behind() => Scenario.Run("v6.18", """
        mmap p0 0 1 anon rw
        pin p0 0 1 rw -> g0
        mmap p0 0 1 anon rw fixed
        devwrite g0 0
        devread g0 0      | #1
        load p0 0         | 0
        """);

    [Fact]
    public void Neither_lock_nor_registration_nor_marker_is_left() => Scenario.Run("v6.18", """
        mmap p0 0 2 memfd i0@0 rw
        mlock p0 0 2
        uffd p0 -> u0
        register u0 0 2
        wp u0 0 2
        mmap p0 0 1 memfd i0@0 rw fixed
        ? mappings p0     | 0-1 rw, 1-2 rw wp
        ? p0 0            | none
        store p0 0
        dontneed p0 0
        dontneed p0 1     | EINVAL
        """);

    [Fact]
    public void The_manager_hears_of_what_went_when_the_new_is_there() => Scenario.Run("v6.18", """
        mmap p0 0 2 anon rw
        uffd p0 -> u0 event-unmap
        register u0 0 2
        mmap p0 0 1 anon r fixed | blocked
        ? mappings p0     | 0-1 r, 1-2 rw wp
        load p0 0 by t4   | 0
        copy u0 1         | EAGAIN
        read u0           | t0
        copy u0 1
        """);

    [Fact]
    public void Nobody_finds_the_place_free() => Scenario.Run("v6.18", """
        mmap p0 0 1 anon rw
        store p0 0
        load p0 0 by t4   | #1
        start t0 mmap p0 0 1 anon rw fixed | moving
        step t0 2         | moving
        load p0 0 by t4   | #1
        step t0 2         | moving
        store p0 0 by t4  | blocked
        step t0 99
        load p0 0         | #2
        """);

    [Theory]
    [InlineData("mmap p0 0 4 anon rw fixed", "ok")]
    [InlineData("mmap p0 8 1 anon rw fixed", "ok")]
    [InlineData("mmap p0 0 0 anon rw fixed", "EINVAL")]
    [InlineData("mmap p0 1 4 anon rw", "EEXIST")]
    [InlineData("mmap p0 1 1 shared i2 rw fixed", "ok")]
    [InlineData("mmap p0 3 2 shared i3 rw fixed", "skipped: inode-taken")]
    public void Results_are_those_of_Linux(string line, string result) => Scenario.Run("v6.18", $"""
        mmap p0 0 2 anon rw
        mmap p0 3 2 shared i3 rw
        {line} | {result}
        """);
}
