// A fuzz run on one thread: program i depends on (seed, i) and nothing else. Not covered: budgets, jobs, shrinking,
// storing what was found (fuzz/).

using System.Collections.Immutable;
using MmFuzz.Engine;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.Properties;

namespace MmFuzz.Generators;

/// <summary>A violation that a generated program showed.</summary>
/// <param name="Program">Number of the program in its run.</param>
/// <param name="Profile">The kernel.</param>
/// <param name="Operations">What was executed, the failing operation last.</param>
/// <param name="Violation">What was violated.</param>
public sealed record Finding(
    ulong Program, Profile Profile, ImmutableArray<Operation> Operations, Violation Violation)
{
    /// <summary>The command that found it, if a seed and a number do not say all; else null.</summary>
    public string? FoundBy { get; init; }
}

/// <summary>Runs generated programs.</summary>
public sealed class Fuzzer
{
    /// <summary>Operations of a program if nothing else is said.</summary>
    public const int UsualLength = 100;

    private readonly PrngChoices choices = new();
    private readonly ulong seed;
    private readonly int length;

    /// <summary>Makes a fuzzer.</summary>
    /// <param name="profile">The kernel.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="length">Operations of a program.</param>
    public Fuzzer(Profile profile, ulong seed, int length = UsualLength)
    {
        this.seed = seed;
        this.length = length;
        Runner = new Runner(profile);
    }

    /// <summary>Executes the programs; holds the world after the last one.</summary>
    public Runner Runner { get; }

    /// <summary>Makes the programs; holds the last one and the mix.</summary>
    public Generator Generator { get; } = new();

    /// <summary>
    /// The number of a program in a sequence in which each has a swarm profile of its own, for who wants few programs
    /// that have little in common.
    /// </summary>
    public static ulong Apart(ulong number) => PrngChoices.FirstOf(number);

    /// <summary>Runs one program.</summary>
    public Finding? RunProgram(ulong program)
    {
        choices.Restart(seed, program);
        Generator.Run(Runner, choices, length);
        return Runner.Violation is null
            ? null
            : new Finding(program, Runner.Profile, [.. Generator.Recorded], Runner.Violation);
    }
}
