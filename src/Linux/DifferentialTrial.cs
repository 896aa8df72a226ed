// Lets the shrinker shrink a divergence: a candidate is run on both sides and counts if both differ in the same kind of
// thing, twice. Not covered: which candidates there are (src/Generators/Shrinking).

using System;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.Properties;
using MmFuzz.Generators.Shrinking;

namespace MmFuzz.Linux;

/// <summary>Tries programs on both sides.</summary>
public sealed class DifferentialTrial : ITrial
{
    private readonly DifferentialRunner runner;
    private readonly ComparisonKind sought;
    private readonly PreparedProgram prepared = new();
    private bool[] removable = [];

    /// <summary>Makes a trial.</summary>
    /// <param name="runner">Runs both sides.</param>
    /// <param name="sought">What must differ.</param>
    public DifferentialTrial(DifferentialRunner runner, ComparisonKind sought)
    {
        this.runner = runner;
        this.sought = sought;
    }

    /// <summary>What stands for a difference of the sought kind where the shrinker wants a violation.</summary>
    public static Violation Token { get; } =
        new(Clause.WrongResult, MemoryKind.Anon, "the kernel", "the model and the kernel differ");

    /// <inheritdoc/>
    public int Executed { get; private set; }

    /// <inheritdoc/>
    public ReadOnlySpan<bool> Removable => removable.AsSpan(0, Executed);

    /// <summary>The last difference of the sought kind.</summary>
    public Difference? Last { get; private set; }

    /// <inheritdoc/>
    public void Reset(Profile profile) => Executed = 0;

    /// <inheritdoc/>
    public Violation? Rebase(ReadOnlySpan<Operation> program) => RunWhole(program);

    /// <inheritdoc/>
    public Violation? Run(ReadOnlySpan<Operation> candidate) => RunWhole(candidate);

    /// <inheritdoc/>
    public Violation? RunWhole(ReadOnlySpan<Operation> program)
    {
        ReadOnlyMemory<Operation> operations = program.ToArray();
        Difference? found = runner.Run(prepared, operations);
        bool differs = found is { } difference && difference.Kind == sought
            && runner.Run(prepared, operations) is { } again && again == difference;
        Executed = differs ? Math.Min(found!.Line + 1, prepared.Executed) : prepared.Executed;
        removable = new bool[Math.Max(program.Length, removable.Length)];
        for (int i = 0; i < Executed; i++)
        {
            removable[i] = prepared.Skips[i] != SkipReason.None;
        }

        Last = differs ? found : Last;
        return differs ? Token : null;
    }
}
