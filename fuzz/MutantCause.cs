// Which generated faults of a program's kernel its violation comes from: the fewest without which it is gone. Such a
// violation is what the fault was put in for, and neither a new bug nor a defect of the model.
// Not covered: fixes that the kernel lacks (Generators/Attribution).

using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MmFuzz.Engine;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Properties;
using MmFuzz.Reports;

namespace MmFuzz.Cli;

/// <summary>Attributes violations to generated faults.</summary>
internal static class MutantCause
{
    /// <summary>The faults; empty if the violation is not theirs.</summary>
    public static ImmutableArray<Mutant> Of(ProgramExplanation explanation)
    {
        ImmutableArray<Mutant> all = explanation.Program.Profile.Mutants;
        if (explanation.Violation is not { } violation || all.IsEmpty || Shows(explanation, violation, []))
        {
            return [];
        }

        List<Mutant> kept = [];
        foreach (Mutant mutant in all)
        {
            kept.Add(mutant);
            if (Shows(explanation, violation, kept))
            {
                kept.Remove(mutant);
            }
        }

        return [.. all.Except(kept)];
    }

    /// <summary>The faults as a program's header names them.</summary>
    public static ImmutableArray<string> Names(ImmutableArray<Mutant> mutants) =>
        [.. mutants.Select(mutant => $"mutant {mutant}")];

    /// <summary>Why the violation is there, in a sentence.</summary>
    public static string Sentence(ImmutableArray<Mutant> mutants) =>
        $"expected on this profile: it has {string.Join(", ", Names(mutants))}";

    private static bool Shows(ProgramExplanation explanation, Violation violation, IEnumerable<Mutant> mutants)
    {
        var runner = new Runner(explanation.Program.Profile.WithMutants(mutants));
        for (int i = 0; i < explanation.Program.Operations.Length && runner.Violation is null; i++)
        {
            runner.Execute(explanation.Program.Operations[i], (ushort)i);
        }

        return runner.Violation is { } found && found.IsLike(violation);
    }
}
