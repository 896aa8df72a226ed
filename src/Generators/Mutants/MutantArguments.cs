// Why generated faults survive: an argument for each cell that no property can kill, those that change nothing first.
// `bugs --matrix` holds each to the proof, and docs/equivalence.md shows them all. The first that covers a cell counts.
// Not covered: what a pattern means (MutantArgument), trying the cells (CellTrial).

using System.Collections.Immutable;
using MmFuzz.Engine.Fixes;

namespace MmFuzz.Generators.Mutants;

/// <summary>The arguments.</summary>
public static class MutantArguments
{
    private const string Everywhere = "all";
    private const string RuleSetE = "5.19 and later (rule set E); before, there is no such bit to carry";

    /// <summary>All of them.</summary>
    public static ImmutableArray<MutantArgument> All { get; } =
    [
        Same("drop:write,exclusive@fork-parent,fork-child@anon", Everywhere,
            "Fork of a private mapping write-protects both sides and clears AnonExclusive (or makes a migration "
            + "or swap entry one that has neither) before the entry is written, so there is no bit left to drop."),
        Same("drop:write,dirty,exclusive@*@file", Everywhere,
            "A private mapping's entry of a page of the file is read-only and clean, since a store would copy, and no "
            + "ioctl fills such a mapping; and the page is not anonymous. It has none of these bits to lose."),
        Same("invent:dirty,soft_dirty,exclusive@fork-early-copy@anon", Everywhere,
            "The early copy is a fresh page of the child alone, written by the kernel: its entry is dirty (on x86 "
            + "therefore soft-dirty) and exclusive in any case."),
        Same("drop,invent:write,dirty@swap-out@anon", Everywhere,
            "A swap entry has neither a write nor a dirty bit: what the encoding has no place for is neither lost "
            + "nor made. Dirty went to the page before, and swap-in decides about write anew."),
        Same("drop,invent:write,dirty,soft_dirty,exclusive@zap@*", Everywhere,
            "What a zap leaves of an entry of a file's mapping is a marker, which holds uffd_wp and nothing else. "
            + "Dirty went to the page, and soft_dirty is lost by a zap in every release."),
        Same("drop:exclusive@*@shmem", Everywhere,
            "AnonExclusive is about anonymous pages. No entry of shared memory has it, so none can lose it."),
        Same(
            "invent:exclusive@migrate-end,numa-fault,wp-reuse,fault,uffd-fill,wp-async,cold@shmem,file", Everywhere,
            "A present entry has no exclusive bit; the flag is the page's, and it is only ever set on anonymous "
            + "pages."),
        Same("invent:exclusive@fault,uffd-fill@anon", Everywhere,
            "A fresh page is exclusive in any case, and the shared zero page has no such flag."),
        Same("drop:write,dirty@swapoff@anon", Everywhere,
            "What swapoff brings back is read-only and clean in any case."),
        Same("drop:dirty@lazyfree@anon", Everywhere,
            "MADV_FREE makes the entry clean in any case."),
        Same("invent:exclusive@uffd-move@anon", Everywhere,
            "UFFDIO_MOVE moves only what is exclusive already, and the shared zero page, which has no such flag."),
        Same("drop:uffd_wp@uffd-move@anon", "a repaired kernel (move-uffd-clear); 6.18 keeps it in swap entries",
            "What UFFDIO_MOVE moves is an entry made anew, without uffd_wp in any case.",
            FixSet.Of(Fix.MoveUffdClear)),
        Same("drop:write@uffd-protect,numa-hint@*", "6.2 and later for numa-hint, else all",
            "Protecting takes the write bit away in any case, and so does a hint, which leaves no saved one."),
        Same("invent:uffd_wp@uffd-protect,pagemap-scan@*", Everywhere,
            "Protecting sets uffd_wp in any case."),
        Same("drop:uffd_wp@uffd-resolve,unregister,wp-async@*", Everywhere,
            "Resolving, by ioctl or by the fault itself, and unregistering clear uffd_wp in any case."),
        Same(
            "invent:dirty,soft_dirty,exclusive@cow-copy,wp-reuse@anon", Everywhere,
            "What a write fault leaves, forced or not, is a page of this process alone, dirty and (on x86 therefore) "
            + "soft-dirty in any case."),
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
        Harmless("invent:dirty@*@*", "6.0 and later; before, a forced write took a dirty entry for a copy of its own",
            "A clean page taken for dirty is written out once more than needed, with the content that it has. "
            + "Dirty never lets a store through: the write bit is handed back for it only where uffd_wp and "
            + "soft-dirty tracking want no fault, and FOLL_FORCE goes by PageAnonExclusive.",
            FixSet.Of(Fix.AnonExclusiveReuse, Fix.ForceCowExclusive)),
        Harmless("drop:soft_dirty@*@file", Everywhere,
            "Nobody stores through an entry of a page of the file in a private mapping; soft_dirty, which mremap sets "
            + "there, is a false positive."),
        Harmless("drop:dirty@fork-child@shmem", Everywhere,
            "Page tables of shared memory are copied only for a registered child (EVENT_FORK). Any other child maps "
            + "the pages anew and clean, so nobody can rely on the bit; dirty stays with the parent, and the page."),
        Harmless("drop:dirty,soft_dirty@wp-async@shmem", Everywhere,
            "The fault that resolves goes on under the same lock: in a shared mapping it makes the entry dirty and "
            + "soft-dirty at once, and in a private one nobody stores through an entry of the page cache."),
        Harmless("drop:write@fork-parent,fork-child,fault,uffd-fill@shmem", Everywhere,
            "A private mapping has no writable entry of the page cache. In a shared one the next store takes one "
            + "fault more, which only sets the bit, whatever the rule set; an entry under migration is read-only "
            + "until then."),
        Harmless(
            "drop:write@swap-in,migrate-begin,migrate-end,mremap,mprotect,uffd-resolve,unregister,numa-fault,"
            + "clear-refs,lazyfree,wp-async,pagemap-scan,cold,put-back,uffd-move@*",
            RuleSetE,
            "The next store takes one fault more: do_wp_page finds the page exclusive, or the mapping shared, and "
            + "only sets the bit again. Under the older rule sets a pinned page is copied then, which is their own "
            + "known bug (page-count-cow), not a new one.",
            FixSet.Of(Fix.AnonExclusiveReuse)),
        Harmless("drop:write@fork-early-copy,cow-copy,fault,uffd-fill@anon", RuleSetE,
            "The page is fresh, mapped once and exclusive, so the fault that the next store takes only sets the bit. "
            + "Under the older rule sets it is copied if somebody has taken a reference before that store, which is "
            + "their own known bug (page-count-cow), met a moment earlier.",
            FixSet.Of(Fix.AnonExclusiveReuse)),
        Harmless("drop:dirty@cow-copy@anon", "6.0 and later; before, a forced write knew its own copy by it",
            "The CPU sets dirty when the store that faulted is repeated, and GUP marks the page itself. Until then "
            + "reclaim marks each anonymous page dirty that it puts into the swap cache.",
            FixSet.Of(Fix.AnonExclusiveReuse, Fix.ForceCowExclusive)),
        Harmless("drop:dirty@fork-early-copy,swap-in,fault,uffd-fill@anon", Everywhere,
            "The CPU sets dirty when the store that faulted is repeated, and GUP marks the page itself. Until "
            + "then reclaim marks each anonymous page dirty that it puts into the swap cache, and a page that is "
            + "there already equals its slot. What MADV_FREE lets go meanwhile may be lost."),
        Harmless("drop:dirty@fault@shmem", Everywhere,
            "A write fault marks the page itself dirty, beside the entry."),
        Harmless("drop:dirty@put-back@anon", Everywhere,
            "The dirty bit went to the page before unmapping or migration could fail. The entry's own bit only spares "
            + "the hardware from setting it again."),
        Harmless("drop:dirty@migrate-begin,migrate-end@shmem,file", Everywhere,
            "The dirty bit goes to the page when the migration entry is made, and from the old page to the new "
            + "one. The entry's own bit only spares the hardware from setting it again."),
        Harmless("drop:dirty@migrate-begin,migrate-end@anon",
            "6.0 and later; before, a forced write knew its own copy by it",
            "The dirty bit goes to the page when the migration entry is made, and from the old page to the new "
            + "one. The entry's own bit only spares the hardware from setting it again.",
            FixSet.Of(Fix.AnonExclusiveReuse, Fix.ForceCowExclusive)),
        Harmless("drop:exclusive@unshare@anon", RuleSetE,
            "GUP looks again after the fault (gup_must_unshare), finds the copy not exclusive, and faults once "
            + "more; the copy has one reference, so that fault only marks it exclusive. No pin is taken before."),
        Harmless(
            "invent:exclusive@fork-parent,fork-child,migrate-begin,mremap,mprotect,uffd-protect,uffd-resolve,"
            + "unregister,numa-hint,clear-refs,pagemap-scan@shmem,file",
            Everywhere,
            "A migration entry of a page of a file may say read-exclusive instead of read. Nobody asks it: what "
            + "restores it asks of such a page only whether it is a write entry; a present entry has no such bit."),
    ];

    private static MutantArgument Same(string cells, string profiles, string text, FixSet needs = default) =>
        new(cells, ArgumentKind.Identity, profiles, text, needs);

    private static MutantArgument Harmless(string cells, string profiles, string text, FixSet needs = default) =>
        new(cells, ArgumentKind.Harmless, profiles, text, needs);
}
