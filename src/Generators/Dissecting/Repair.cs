// What repairs a program's kernel. The generated faults that it was given: the fewest without which the violation is
// gone. Else fixes: of those that its header takes out, the fewest whose return leaves nothing violated, since the
// program is about them even if another would hide the bug as well; else whatever Attribution finds.
// Not covered: how the small sets are found (Attribution).

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MmFuzz.Engine;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.Properties;

namespace MmFuzz.Generators.Dissecting;

/// <summary>Finds repairs.</summary>
public static class Repair
{
    /// <summary>The generated faults; none if the violation is not theirs.</summary>
    public static ImmutableArray<Mutant> MutantsOf(MmProgram program, Violation violation)
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentNullException.ThrowIfNull(violation);
        ImmutableArray<Mutant> all = program.Profile.Mutants;
        if (all.IsEmpty || Shows(program, violation, []))
        {
            return [];
        }

        var kept = new HashSet<Mutant>();
        foreach (Mutant mutant in all)
        {
            kept.Add(mutant);
            if (Shows(program, violation, kept))
            {
                kept.Remove(mutant);
            }
        }

        return [.. all.Except(kept)];
    }

    /// <summary>The fixes; null if none are known.</summary>
    public static ImmutableArray<Fix>? Of(MmProgram program, Violation violation)
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentNullException.ThrowIfNull(violation);
        Profile profile = program.Profile;
        FixSet added = profile.Missing;
        var clean = new CleanRun(profile.WithFixes(profile.Fixes.Or(added)));
        if (added == FixSet.Empty || !clean.IsClean(program.Operations.AsSpan()))
        {
            return Attribution.Of(profile, program.Operations, violation);
        }

        foreach (Fix fix in (List<Fix>)[.. added.Members])
        {
            FixSet fewer = added.Without(fix);
            clean.Profile = profile.WithFixes(profile.Fixes.Or(fewer));
            added = fewer != FixSet.Empty && clean.IsClean(program.Operations.AsSpan()) ? fewer : added;
        }

        return [.. added.Members];
    }

    private static bool Shows(MmProgram program, Violation violation, IEnumerable<Mutant> mutants)
    {
        var runner = new Runner(program.Profile.WithMutants(mutants));
        for (int i = 0; i < program.Operations.Length && runner.Violation is null; i++)
        {
            runner.Execute(program.Operations[i], (ushort)i);
        }

        return runner.Violation is { } found && found.IsLike(violation);
    }
}
