// What this file covers: migrate_vma that finds no page to move to: every entry comes back as it was, protected, shared
// and pinned ones too. What it does not cover: device memory; migration that succeeds (MigrationScenarios.cs).

using Xunit;

namespace MmFuzz.Tests.Scenarios;

public class MigrateVmaScenarios
{
    [Fact]
    public void A_protected_page_of_shared_memory_comes_back_protected() => Scenario.Run("v6.18", """
        mmap p0 0 1 memfd i0@0 rw
        uffd p0 -> u0
        register u0 0 1
        store p0 0
        wp u0 0
        migrate-vma p0 0
        ? p0 0            | A dirty soft-dirty uffd-wp
        store p0 0        | blocked
        """);

    [Fact]
    public void An_exclusive_page_comes_back_exclusive_and_writable() => Scenario.Run("v6.18", """
        mmap p0 0 1 anon rw
        store p0 0
        start t8 migrate-vma p0 0 | moving
        step t8 4         | moving
        load p0 0         | blocked
        step t8 9
        ? p0 0            | A write dirty soft-dirty
        pin p0 0 r -> g0
        """);

    [Fact]
    public void A_pinned_page_is_put_back_at_once() => Scenario.Run("v6.18", """
        mmap p0 0 1 anon rw
        pin p0 0 rw -> g0
        migrate-vma p0 0
        store p0 0
        devread g0        | #1
        """);

    [Fact]
    public void Whoever_else_maps_the_page_waits_too() => Scenario.Run("v6.18", """
        mmap p0 0 1 anon rw
        store p0 0
        fork p0 -> p1
        start t8 migrate-vma p0 0 | moving
        step t8 6         | moving
        load p1 0         | blocked
        step t8 9
        ? p1 0            | A dirty soft-dirty
        """);

    [Fact]
    public void Where_nothing_is_mapped_there_is_nothing_to_collect() => Scenario.Run("v6.18", """
        mmap p0 0 1 anon rw
        migrate-vma p0 1  | EINVAL
        migrate-vma p0 0
        """);
}
