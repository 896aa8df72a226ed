// What is found out about a violation by running its program in other ways: where a repaired kernel goes another way,
// and what of the program the violation takes.
// Not covered: finding the repaired kernel (Generators/Attribution), words and layout (beside this file).

using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.Properties;
using MmFuzz.Generators.Dissecting;

namespace MmFuzz.Reports.Explaining;

/// <summary>More than one run can tell.</summary>
/// <param name="Divergence">Where a repaired kernel goes another way; null if none is known.</param>
/// <param name="Dissection">What the violation takes; null if the program is too long.</param>
public sealed record Insight(Divergence? Divergence, Dissection? Dissection)
{
    /// <summary>Finds it out.</summary>
    /// <param name="program">The program.</param>
    /// <param name="violation">What it shows.</param>
    /// <param name="repaired">A kernel on which it does no harm; null if none is known.</param>
    public static Insight Of(MmProgram program, Violation violation, Profile? repaired) => new(
        repaired is null ? null : Divergence.Of(program, repaired),
        Dissection.Of(program, violation, repaired));

    /// <summary>The kernel without what explains a finding; null if nothing does.</summary>
    public static Profile? Repaired(Profile profile, Cause? cause) =>
        cause is { IsKnown: true } ? cause.Repaired(profile) : null;
}
