// Causes that explain findings of a clause: the sets of fixes whose addition made earlier ones vanish. A program
// whose violation vanishes under one of them is that finding again, and costs a re-run instead of a shrink.
// Not covered: finding causes (Generators/Attribution).

using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.Properties;
using MmFuzz.Generators;

namespace MmFuzz.Cli;

/// <summary>A cause and the finding that it was found with.</summary>
/// <param name="Clause">Of which clause.</param>
/// <param name="Added">The fixes.</param>
/// <param name="Mutants">The generated faults.</param>
/// <param name="Finding">The finding.</param>
internal sealed record KnownCause(
    Clause Clause, FixSet Added, ImmutableArray<Mutant> Mutants, StoredFinding Finding);

/// <summary>Recognizes findings. One per thread.</summary>
internal sealed class CauseMatcher
{
    private readonly Profile profile;
    private readonly CleanRun clean;
    private readonly Dictionary<KnownCause, Profile> profiles = new(ReferenceEqualityComparer.Instance);

    /// <summary>Makes a matcher for runs on the profile.</summary>
    public CauseMatcher(Profile profile)
    {
        this.profile = profile;
        clean = new CleanRun(profile);
    }

    /// <summary>The first of the causes that explains the violation; null if none does.</summary>
    public StoredFinding? Match(
        ImmutableArray<KnownCause> causes, ImmutableArray<Operation> operations, Violation violation)
    {
        foreach (KnownCause cause in causes)
        {
            if (cause.Clause == violation.Clause && Vanishes(cause, operations))
            {
                return cause.Finding;
            }
        }

        return null;
    }

    private bool Vanishes(KnownCause cause, ImmutableArray<Operation> operations)
    {
        if (!profiles.TryGetValue(cause, out Profile? repaired))
        {
            repaired = cause.Mutants.IsEmpty
                ? profile.WithFixes(profile.Fixes.Or(cause.Added))
                : profile.WithMutants(profile.Mutants.Except(cause.Mutants));
            profiles.Add(cause, repaired);
        }

        clean.Profile = repaired;
        return clean.IsClean(operations.AsSpan());
    }
}
