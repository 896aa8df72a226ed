// Why generated faults survive: an argument for each cell that no property can kill, those that change nothing first.
// `bugs --matrix` holds each to the proof, and docs/equivalence.md shows them all. The first that covers a cell counts.
// Not covered: what a pattern means (MutantArgument), trying the cells (CellTrial).

using System.Collections.Immutable;

namespace MmFuzz.Generators.Mutants;

/// <summary>The arguments.</summary>
public static class MutantArguments
{
    private const string Everywhere = "all";
    private const string NoRegisteredChild = "all, as long as EVENT_FORK is not modelled";
    private const string RuleSetE = "5.19 and later (rule set E); before, there is no such bit to carry";

    /// <summary>All of them.</summary>
    public static ImmutableArray<MutantArgument> All { get; } =
    [
        Same("drop:write,exclusive@fork-parent,fork-child@anon", Everywhere,
            "Fork of a private mapping write-protects both sides and clears AnonExclusive (or makes a migration "
            + "or swap entry one that has neither) before the entry is written, so there is no bit left to drop."),
        Same("drop:uffd_wp@fork-child,fork-early-copy@anon", NoRegisteredChild,
            "Without EVENT_FORK the child is not registered, and fork itself clears uffd_wp in the child's entry."),
        Same("invent:dirty,soft_dirty,exclusive@fork-early-copy@anon", Everywhere,
            "The early copy is a fresh page of the child alone, written by the kernel: its entry is dirty (on x86 "
            + "therefore soft-dirty) and exclusive in any case."),
        Same("drop,invent:write,dirty@swap-out@anon", Everywhere,
            "A swap entry has neither a write nor a dirty bit: what the encoding has no place for is neither lost "
            + "nor made. Dirty went to the page before, and swap-in decides about write anew."),
        Same("drop,invent:write,dirty,soft_dirty,exclusive@zap@shmem", Everywhere,
            "What a zap leaves of an entry of shared memory is a marker, which holds uffd_wp and nothing else. "
            + "Dirty went to the page, and soft_dirty of shared memory is lost by a zap in every release."),
        Same("drop:exclusive@*@shmem", Everywhere,
            "AnonExclusive is about anonymous pages. No entry of shared memory has it, so none can lose it."),
        Same("invent:exclusive@migrate-end,wp-reuse@shmem", Everywhere,
            "A present entry has no exclusive bit; the flag is the page's, and it is only ever set on anonymous "
            + "pages."),
        Same("drop:write@uffd-protect@*", Everywhere,
            "Protecting takes the write bit away in any case."),
        Same("invent:uffd_wp@uffd-protect@*", Everywhere,
            "Protecting sets uffd_wp in any case."),
        Same("drop:uffd_wp@uffd-resolve,unregister@*", Everywhere,
            "Resolving and unregistering clear uffd_wp in any case."),
        Same(
            "invent:write,dirty,soft_dirty,exclusive@cow-copy,wp-reuse@anon",
            "all, as long as FOLL_FORCE is not modelled",
            "A write fault is taken in writable mappings only. What it leaves is a page of this process alone, "
            + "writable, dirty and (on x86 therefore) soft-dirty in any case."),
        Same("invent:write,dirty,soft_dirty@wp-reuse@shmem", Everywhere,
            "A write fault on a shared entry makes it writable, dirty and soft-dirty in any case."),
        Same("drop:uffd_wp@cow-copy,wp-reuse@*", Everywhere,
            "A store to a protected entry raises the event and never gets to reuse or copy; with uffd_wp clear "
            + "there is nothing to drop."),
        Same("drop:write,dirty@unshare@anon", Everywhere,
            "Unsharing for a reader leaves a read-only, clean entry in any case."),
        Same("invent:exclusive@unshare@anon", Everywhere,
            "A copy made by unsharing is the process's own page: exclusive in any case."),
        Same("drop:soft_dirty@clear-refs@*", Everywhere,
            "Clearing soft_dirty is what clear_refs is for."),
        Harmless("invent:soft_dirty@*@*", Everywhere,
            "A page reported as written that was not costs the reader a copy. False positives are allowed in "
            + "soft-dirty tracking (the mark of a new or merged mapping is one), false negatives are not."),
        Harmless("invent:dirty@*@*", Everywhere,
            "A clean page taken for dirty is written out once more than needed, with the content that it has. "
            + "Dirty never lets a store through: the write bit is handed back for it only where uffd_wp and "
            + "soft-dirty tracking want no fault."),
        Harmless("drop:write@swap-in,migrate-begin,migrate-end,mprotect,uffd-resolve,unregister,clear-refs@*", RuleSetE,
            "The next store takes one fault more: do_wp_page finds the page exclusive, or the mapping shared, and "
            + "only sets the bit again. Under the older rule sets a pinned page is copied then, which is their own "
            + "known bug (page-count-cow), not a new one."),
        Harmless("drop:write@fork-early-copy,cow-copy@anon", Everywhere,
            "The page is fresh, mapped once and exclusive, so the fault that the next store takes finds it "
            + "reusable under each of the three rule sets: a fault, and nothing else."),
        Harmless("drop:dirty@fork-early-copy,cow-copy,swap-in@anon", "all without MADV_FREE between copy and store",
            "The CPU sets dirty when the store that faulted is repeated, and GUP marks the page itself. Until "
            + "then reclaim marks each anonymous page dirty that it puts into the swap cache, and a page that is "
            + "there already equals its slot."),
        Harmless("drop:dirty@migrate-begin,migrate-end@*", Everywhere,
            "The dirty bit goes to the page when the migration entry is made, and from the old page to the new "
            + "one. The entry's own bit only spares the hardware from setting it again."),
        Harmless("drop:exclusive@swap-out,migrate-begin@anon", RuleSetE,
            "The page comes back as possibly shared: the next store locks it, finds that nobody else has a "
            + "reference, and reuses it, or copies it for nothing. A pinned page, which must not be copied, is "
            + "never swapped out or migrated, so nobody but the process could tell."),
        Harmless("drop:exclusive@unshare@anon", RuleSetE,
            "GUP looks again after the fault (gup_must_unshare), finds the copy not exclusive, and faults once "
            + "more; the copy has one reference, so that fault only marks it exclusive. No pin is taken before."),
        Harmless(
            "invent:exclusive@migrate-begin,mprotect,uffd-protect,uffd-resolve,unregister,clear-refs@shmem",
            Everywhere,
            "A migration entry of shared memory may say read-exclusive instead of read. Nobody asks it: what "
            + "restores it asks of shared memory only whether it is a write entry, and fork does not copy it."),
    ];

    private static MutantArgument Same(string cells, string profiles, string text) =>
        new(cells, ArgumentKind.Identity, profiles, text);

    private static MutantArgument Harmless(string cells, string profiles, string text) =>
        new(cells, ArgumentKind.Harmless, profiles, text);
}
