// When a missed goal turns a run red: after so many operations that chance is no excuse, in a run of the usual programs
// on a release as it is. Other runs only list what they missed.
// Not covered: which kernels can reach a goal (Kernel/GoalReach).

using System;
using System.Collections.Immutable;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Kernel;

namespace MmFuzz.Generators;

/// <summary>Judges a run by its goals.</summary>
public static class GoalVerdict
{
    /// <summary>
    /// Operations after which a goal must have been reached. The rarest is reached about once in 60,000 operations; one
    /// that is reached once in a million, on the average, is missed here with a chance of e to the -20.
    /// </summary>
    public const long JudgedAfter = 20_000_000;

    /// <summary>Goals that the kernel can reach and a run did not.</summary>
    /// <param name="profile">The kernel.</param>
    /// <param name="goals">How often each goal was reached.</param>
    public static ImmutableArray<Goal> Missed(Profile profile, ReadOnlySpan<long> goals)
    {
        var missed = ImmutableArray.CreateBuilder<Goal>();
        foreach (Goal goal in Enum.GetValues<Goal>())
        {
            if (goals[(int)goal] == 0 && GoalReach.CanReach(goal, profile))
            {
                missed.Add(goal);
            }
        }

        return missed.ToImmutable();
    }

    /// <summary>Why a run is not judged by its goals; null if it is.</summary>
    /// <param name="profile">The kernel.</param>
    /// <param name="operations">Operations executed.</param>
    /// <param name="length">Operations of a program.</param>
    public static string? NotJudged(Profile profile, long operations, int length) =>
        operations < JudgedAfter ? FormattableString.Invariant($"fewer than {JudgedAfter:N0} operations")
        : length != Fuzzer.UsualLength ? "programs of an unusual length"
        : profile.Missing != FixSet.Empty ? "fixes were taken out"
        : !profile.Mutants.IsEmpty ? "a fault was put in"
        : profile.Added.Except(FixCatalogue.Unreleased()) != FixSet.Empty ? "fixes were added"
        : null;
}
