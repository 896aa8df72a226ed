// What a kernel lacks and what that means, and why a finding is expected (or not) on it, in words.
// Not covered: finding out the cause (Generators/Attribution).

using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.Properties;
using MmFuzz.Generators.Dissecting;

namespace MmFuzz.Reports;

/// <summary>Why a violation is there: the fixes whose addition makes it vanish.</summary>
/// <param name="Fixes">The smallest such set; null if there is none: nothing known explains the finding.</param>
public sealed record Cause(ImmutableArray<Fix>? Fixes)
{
    /// <summary>Generated faults of the kernel without which the violation vanishes, if no fix explains it.</summary>
    public ImmutableArray<Mutant> Mutants { get; init; } = [];

    /// <summary>Whether fixes that the kernel lacks, or faults that it was given, explain the finding.</summary>
    public bool IsKnown => Fixes is { IsEmpty: false } || !Mutants.IsEmpty;

    /// <summary>The fixes, or faults, by name; empty if nothing explains the finding.</summary>
    public ImmutableArray<string> Names =>
        [.. Lacking.Select(KernelWords.Name), .. Mutants.Select(mutant => $"mutant {mutant}")];

    /// <summary>The fixes that explain the finding.</summary>
    public ImmutableArray<Fix> Lacking => Fixes ?? [];

    /// <summary>Why a program violates: what was put in comes before what the kernel lacks.</summary>
    public static Cause Of(MmProgram program, Violation violation)
    {
        ImmutableArray<Mutant> mutants = Repair.MutantsOf(program, violation);
        return mutants.IsEmpty
            ? new Cause(Repair.Of(program, violation))
            : new Cause((ImmutableArray<Fix>?)null) { Mutants = mutants };
    }

    /// <summary>The kernel without what explains the finding.</summary>
    public Profile Repaired(Profile profile) => profile
        .WithFixes(profile.Fixes.Or(FixSet.Of(Lacking)))
        .WithMutants(profile.Mutants.Except(Mutants));
}

/// <summary>Words for kernels.</summary>
public static class KernelWords
{
    /// <summary>A fix's name on the command line.</summary>
    public static string Name(Fix fix) => FixCatalogue.Of(fix).Name;

    /// <summary>Why the finding is there, in a sentence.</summary>
    public static string Sentence(Cause cause) => !cause.Mutants.IsEmpty
        ? $"expected on this profile: it has {string.Join(", ", cause.Names)}"
        : cause.IsKnown
        ? $"expected on this profile: lacks {string.Join(", ", cause.Names)}"
        : "not explained by any fix that this profile lacks: a new bug, or a defect of the model";

    /// <summary>A fix with what happens without it, in a sentence.</summary>
    public static string Mechanism(Fix fix)
    {
        FixInfo info = FixCatalogue.Of(fix);
        string since = info.IsReleased ? info.Since.ToString() : "in no release";
        string until = info.Until is { } end ? $", gone in {end}" : string.Empty;
        return $"`{info.Name}` (\"{info.Title}\", {since}{until}). Without it: {info.Mechanism}.";
    }

    /// <summary>The fixes worth explaining: those switched off by hand, and those that explain the finding.</summary>
    public static ImmutableArray<Fix> WorthExplaining(Profile profile, Cause? cause)
    {
        var fixes = new SortedSet<Fix>(profile.Missing.Members);
        if (cause is { IsKnown: true })
        {
            fixes.UnionWith(cause.Lacking);
        }

        return [.. fixes];
    }

    /// <summary>How the kernel decides about copy on write, in words.</summary>
    public static string Policy(CowPolicy policy) => policy switch
    {
        CowPolicy.Mapcount => "by mapcount (up to 5.8)",
        CowPolicy.PageCount => "by reference count (5.9 to 5.18)",
        CowPolicy.AnonExclusive => "by PageAnonExclusive (since 5.19)",
    };
}
