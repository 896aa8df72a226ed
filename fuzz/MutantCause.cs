// Which generated faults of a program's kernel its violation comes from: the fewest without which it is gone. Such a
// violation is what the fault was put in for, and neither a new bug nor a defect of the model.
// Not covered: fixes that the kernel lacks (Generators/Attribution).

using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MmFuzz.Engine;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.Properties;
using MmFuzz.Reports;

namespace MmFuzz.Cli;

/// <summary>Attributes violations to generated faults.</summary>
internal static class MutantCause
{
    /// <summary>The faults; empty if the violation is not theirs.</summary>
    public static ImmutableArray<Mutant> Of(ProgramExplanation explanation) =>
        explanation.Violation is { } violation ? Of(explanation.Program, violation) : [];

    /// <summary>The faults; empty if the violation is not theirs.</summary>
    public static ImmutableArray<Mutant> Of(MmProgram program, Violation violation)
    {
        ImmutableArray<Mutant> all = program.Profile.Mutants;
        if (all.IsEmpty || Shows(program, violation, []))
        {
            return [];
        }

        List<Mutant> kept = [];
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

    /// <summary>The cause, or the faults if they are one: what was put in comes before what the kernel lacks.</summary>
    public static Cause Or(Cause cause, MmProgram program, Violation violation)
    {
        ImmutableArray<Mutant> mutants = Of(program, violation);
        return mutants.IsEmpty ? cause : new Cause((ImmutableArray<Fix>?)null) { Mutants = mutants };
    }

    /// <summary>The faults as a program's header names them.</summary>
    public static ImmutableArray<string> Names(ImmutableArray<Mutant> mutants) =>
        [.. mutants.Select(mutant => $"mutant {mutant}")];

    /// <summary>Why the violation is there, in a sentence.</summary>
    public static string Sentence(ImmutableArray<Mutant> mutants) =>
        $"expected on this profile: it has {string.Join(", ", Names(mutants))}";

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
