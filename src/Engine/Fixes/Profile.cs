// What a machine is and never changes during a program: which fixes its kernel has, which policy follows from
// them, which contract user space is promised, which generated faults are in, what kind of swap device there is.
// Not covered: what the fixes are (FixCatalogue).

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Fixes;

/// <summary>By what do_wp_page decides whether an anonymous page may be reused.</summary>
public enum CowPolicy : byte
{
    /// <summary>Mapcount, up to 5.8 (rule set M).</summary>
    Mapcount,

    /// <summary>Reference count, 5.9 to 5.18 (rule set P).</summary>
    PageCount,

    /// <summary>PageAnonExclusive, since 5.19 (rule set E).</summary>
    AnonExclusive,
}

/// <summary>The swap device.</summary>
public enum SwapDevice : byte
{
    /// <summary>Synchronous, like zram: a fault may read past the swap cache.</summary>
    Synchronous,

    /// <summary>Asynchronous, like a disk.</summary>
    Asynchronous,
}

/// <summary>An immutable description of a kernel and its machine.</summary>
public sealed class Profile
{
    private readonly EntryBits[] dropped = new EntryBits[Mutant.Places];
    private readonly EntryBits[] invented = new EntryBits[Mutant.Places];
    private readonly FixSet fixes;

    private Profile(KernelVersion version, FixSet fixes, SwapDevice swap, ImmutableArray<Mutant> mutants)
    {
        Version = version;
        this.fixes = fixes;
        Contract = FixCatalogue.In(version);
        Swap = swap;
        Mutants = mutants;
        Policy = fixes.Has(Fix.AnonExclusiveReuse) ? CowPolicy.AnonExclusive
            : fixes.Has(Fix.PageCountReuse) ? CowPolicy.PageCount
            : CowPolicy.Mapcount;
        foreach (Mutant mutant in mutants)
        {
            EntryBits[] table = mutant.Invents ? invented : dropped;
            table[Mutant.PlaceOf(mutant.Transition, mutant.Kind)] |= mutant.Bit;
        }
    }

    /// <summary>The newest release, all fixes, a synchronous swap device.</summary>
    public static Profile Newest { get; } = Of(KernelVersion.Newest);

    /// <summary>The newest release with what is known to be wrong in it repaired: all fixes on.</summary>
    public static Profile Repaired { get; } = Newest.WithFixes(Newest.Fixes.Or(FixCatalogue.Unreleased()));

    /// <summary>Releases that are profiles by name, oldest first.</summary>
    public static ImmutableArray<KernelVersion> Known { get; } =
        [
        new(4, 18), new(5, 7), new(5, 8), new(5, 18), new(5, 19), new(6, 1), new(6, 2), new(6, 18),
    ];

    /// <summary>The release.</summary>
    public KernelVersion Version { get; }

    /// <summary>Fixes that the kernel has.</summary>
    public FixSet Fixes => fixes;

    /// <summary>Fixes that the release is known to have: what user space is promised.</summary>
    public FixSet Contract { get; }

    /// <summary>What follows from the fixes for copy on write.</summary>
    public CowPolicy Policy { get; }

    /// <summary>The swap device.</summary>
    public SwapDevice Swap { get; }

    /// <summary>Generated faults in it.</summary>
    public ImmutableArray<Mutant> Mutants { get; }

    /// <summary>Whether anonymous pages carry PageAnonExclusive.</summary>
    public bool TracksExclusive => Policy == CowPolicy.AnonExclusive;

    /// <summary>Fixes that the release has and this kernel lacks.</summary>
    public FixSet Missing => Contract.Except(fixes);

    /// <summary>Fixes that this kernel has and the release lacks.</summary>
    public FixSet Added => fixes.Except(Contract);

    /// <summary>The release as it was.</summary>
    public static Profile Of(KernelVersion version) =>
        new(version, FixCatalogue.In(version), SwapDevice.Synchronous, []);

    /// <summary>Whether the kernel has the fix.</summary>
    public bool Has(Fix fix) => fixes.Has(fix);

    /// <summary>The same with other fixes; the promise to user space stays.</summary>
    public Profile WithFixes(FixSet other) => new(Version, other, Swap, Mutants);

    /// <summary>The same without one fix.</summary>
    public Profile Without(Fix fix) => WithFixes(fixes.Without(fix));

    /// <summary>The same with one more fix.</summary>
    public Profile With(Fix fix) => WithFixes(fixes.With(fix));

    /// <summary>The same with another swap device.</summary>
    public Profile WithSwap(SwapDevice swap) => swap == Swap ? this : new(Version, fixes, swap, Mutants);

    /// <summary>The same with these generated faults.</summary>
    public Profile WithMutants(IEnumerable<Mutant> mutants) => new(Version, fixes, Swap, [.. mutants]);

    /// <summary>Bits that a generated fault drops.</summary>
    public EntryBits Dropped(Transition transition, MemoryKind kind) => dropped[Mutant.PlaceOf(transition, kind)];

    /// <summary>Bits that a generated fault invents.</summary>
    public EntryBits Invented(Transition transition, MemoryKind kind) =>
        invented[Mutant.PlaceOf(transition, kind)];

    /// <summary>Whether both describe the same kernel and machine.</summary>
    public bool IsSameAs(Profile other) =>
        Version == other.Version && fixes == other.fixes && Swap == other.Swap
        && Mutants.AsSpan().SequenceEqual(other.Mutants.AsSpan());

    /// <inheritdoc/>
    public override string ToString()
    {
        var words = new List<string> { Version.ToString() };
        foreach (Fix fix in Missing.Members)
        {
            words.Add("without " + FixCatalogue.Of(fix).Name);
        }

        foreach (Fix fix in Added.Members)
        {
            words.Add("with " + FixCatalogue.Of(fix).Name);
        }

        foreach (Mutant mutant in Mutants)
        {
            words.Add("mutant " + mutant);
        }

        return string.Join(", ", words);
    }
}
