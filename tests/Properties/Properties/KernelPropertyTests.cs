// What this file covers: the properties of the kernel, one test each, the three of the mission first: FsCheck draws
// programs for the newest release (repaired of what it still lacks), and none may violate the property. What else a
// program violates is the matter of that property's own test, and of the last one, which takes any.
// Each draws the same programs in every run, so that a run of the suite says something about a change and nothing about
// luck; new programs are what `mmfuzz fuzz` and the nightly run are for.
// What it does not cover: that the properties can fail (CanaryTests.cs, Sensitivity/), older releases.

using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Properties;

namespace MmFuzz.Tests.Properties;

[Properties(Arbitrary = [typeof(NewestDraws)], MaxTest = 1000)]
public class KernelPropertyTests
{
    private readonly Bench bench = new(Profile.Repaired);

    [Property(Replay = "1" + Draws.Gamma)]
    public Property Writable_PTEs_imply_exclusivity(Draw draw) => Holds(PropertyId.ExclWritable, draw);

    [Property(Replay = "2" + Draws.Gamma)]
    public Property Pins_stay_coherent_through_COW(Draw draw) => Holds(PropertyId.PinCoherent, draw);

    [Property(Replay = "3" + Draws.Gamma)]
    public Property Uffd_wp_never_writes_through(Draw draw) => Holds(PropertyId.UffdWpNoWriteThrough, draw);

    [Property(Replay = "4" + Draws.Gamma)]
    public Property An_exclusive_page_has_one_mapping(Draw draw) => Holds(PropertyId.ExclSingle, draw);

    [Property(Replay = "5" + Draws.Gamma)]
    public Property A_pinned_page_stays_exclusive(Draw draw) => Holds(PropertyId.PinExclusive, draw);

    [Property(Replay = "6" + Draws.Gamma)]
    public Property Uffd_wp_is_neither_lost_nor_invented(Draw draw) => Holds(PropertyId.UffdWpNotLost, draw);

    [Property(Replay = "7" + Draws.Gamma)]
    public Property A_resolved_store_gets_through(Draw draw) => Holds(PropertyId.UffdLive, draw);

    [Property(Replay = "8" + Draws.Gamma)]
    public Property A_process_reads_what_it_stored_or_inherited(Draw draw) => Holds(PropertyId.CowIsolation, draw);

    [Property(Replay = "9" + Draws.Gamma)]
    public Property Content_is_never_lost(Draw draw) => Holds(PropertyId.DirtyNotLost, draw);

    [Property(Replay = "10" + Draws.Gamma)]
    public Property No_modified_page_is_reported_clean(Draw draw) => Holds(PropertyId.SoftDirtyComplete, draw);

    [Property(Replay = "11" + Draws.Gamma)]
    public Property Counts_equal_the_references_that_exist(Draw draw) => Holds(PropertyId.Counts, draw);

    [Property(Replay = "12" + Draws.Gamma)]
    public Property Translations_agree_with_the_page_table(Draw draw) => Holds(PropertyId.Tlb, draw);

    [Property(Replay = "13" + Draws.Gamma)]
    public Property Entries_change_under_their_locks_and_nobody_waits_for_ever(Draw draw) =>
        Holds(PropertyId.Locks, draw);

    [Property(Replay = "14" + Draws.Gamma)]
    public Property Results_are_those_of_the_release(Draw draw) => Holds(PropertyId.Errno, draw);

    [Property(Replay = "15" + Draws.Gamma)]
    public Property Entries_are_asked_only_for_what_they_have(Draw draw) => Holds(PropertyId.Encoding, draw);

    [Property(Replay = "17" + Draws.Gamma)]
    public Property What_is_locked_stays_in_memory(Draw draw) => Holds(PropertyId.MlockResident, draw);

    [Property(Replay = "18" + Draws.Gamma)]
    public Property Nobody_gets_past_a_guard_and_it_stays(Draw draw) => Holds(PropertyId.GuardHolds, draw);

    [Property(Replay = "19" + Draws.Gamma)]
    public Property Nobody_comes_upon_a_page_whose_memory_has_failed(Draw draw) =>
        Holds(PropertyId.HwpoisonContained, draw);

    [Property(MaxTest = 5000, Replay = "16" + Draws.Gamma)]
    public Property Nothing_at_all_is_violated(Draw draw) => Classified(bench, draw, bench.Run(draw) is null);

    /// <summary>Whether a program keeps the property, sorted by what kind of program it is.</summary>
    internal static Property Holds(Bench bench, PropertyId id, Draw draw) =>
        Classified(bench, draw, bench.Run(draw)?.Property != id);

    private static Property Classified(Bench bench, Draw draw, bool holds)
    {
        var swarm = bench.Generator.Swarm;
        bool drawn = draw.Shrunk is null;
        return holds
            .Classify(drawn && swarm.Registers, "begins with everything registered")
            .Classify(drawn && swarm.Staged > 0, "with paths in stages")
            .Classify(drawn && swarm.Processes > 1, "with several processes")
            .Classify(drawn && swarm.Mappings > 0, "with shared memory")
            .Classify(drawn && swarm.HotPages == 1, "on one hot page")
            .Classify(drawn && bench.Operations.Length < 10, "shorter than 10 operations");
    }

    private Property Holds(PropertyId id, Draw draw) => Holds(bench, id, draw);
}
