// What shrinking answers. Not covered: how it is shown (fuzz/ShrinkCommand).

using System;
using System.Collections.Immutable;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.Properties;

namespace MmFuzz.Generators.Shrinking;

/// <summary>What a pass did, over all rounds.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Attempts">Candidates executed (those seen before are not).</param>
/// <param name="Successes">Candidates adopted.</param>
/// <param name="OperationsRemoved">Lines that went.</param>
public sealed record PassStatistics(string Name, int Attempts, int Successes, int OperationsRemoved);

/// <summary>A shrunk program.</summary>
/// <param name="Program">The program, which expects its violation.</param>
/// <param name="Violation">What it shows, from one last run from the beginning.</param>
/// <param name="Passes">What the passes did, in their order.</param>
/// <param name="Elapsed">Time spent.</param>
/// <param name="BudgetExhausted">Whether the time ran out before no pass found anything more.</param>
/// <param name="Slips">The first candidate for each other clause that was violated instead.</param>
public sealed record ShrinkResult(
    MmProgram Program,
    Violation Violation,
    ImmutableArray<PassStatistics> Passes,
    TimeSpan Elapsed,
    bool BudgetExhausted,
    ImmutableArray<MmProgram> Slips);
