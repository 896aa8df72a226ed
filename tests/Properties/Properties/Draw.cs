// What this file covers: what FsCheck draws: the records of choices of one program, each drawn for itself (not one
// seed), and how it shrinks: through the project's own shrinker, so that what a failure prints is the shrunk program.
// What it does not cover: the properties (KernelPropertyTests.cs), what a record means (src/Generators).

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using FsCheck;
using FsCheck.Fluent;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.Properties;
using MmFuzz.Generators;
using MmFuzz.Generators.Shrinking;
using Arb = FsCheck.Fluent.Arb;
using Gen = FsCheck.Fluent.Gen;
using Runner = MmFuzz.Engine.Runner;

namespace MmFuzz.Tests.Properties;

/// <summary>A program as FsCheck draws it, or as it came out of the shrinker.</summary>
public sealed class Draw
{
    /// <summary>A program that is yet to be generated from its choices.</summary>
    public Draw(ImmutableArray<ChoiceRecord> choices) => Choices = choices;

    /// <summary>A program that the shrinker made, and what it violates.</summary>
    public Draw(MmProgram shrunk, Violation violation) => (Shrunk, Violation) = (shrunk, violation);

    /// <summary>The choices; none once it is shrunk.</summary>
    public ImmutableArray<ChoiceRecord> Choices { get; } = [];

    /// <summary>The shrunk program.</summary>
    public MmProgram? Shrunk { get; }

    /// <summary>What the shrunk program violates.</summary>
    public Violation? Violation { get; }

    /// <summary>What FsCheck prints: the shrunk program's text; of mere choices how many and the first.</summary>
    public override string ToString() =>
        Shrunk is null
            ? $"{Choices.Length} choices after {Choices.FirstOrDefault()}"
            : $"{Violation}\n{Shrunk.Print()}";
}

/// <summary>Runs what FsCheck draws, on one machine that is used again.</summary>
internal sealed class Bench(Profile profile)
{
    /// <summary>Choices that make one operation, at most; as many as the generator itself allows itself.</summary>
    private const int MaxLength = 400;

    /// <summary>Makes the programs; holds the last one.</summary>
    internal Generator Generator { get; } = new();

    /// <summary>Runs them; holds the world after the last one.</summary>
    internal Runner Runner { get; } = new(profile);

    /// <summary>What was executed last.</summary>
    internal ImmutableArray<Operation> Operations { get; private set; } = [];

    /// <summary>Runs one program; what it violates, or null.</summary>
    internal Violation? Run(Draw draw)
    {
        if (draw.Shrunk is null)
        {
            Generator.Run(Runner, new RecordChoices(draw.Choices.AsMemory()), MaxLength);
            Operations = [.. Generator.Recorded];
            return Runner.Violation;
        }

        Operations = draw.Shrunk.Operations;
        Runner.Reset();
        foreach (Operation op in Operations)
        {
            Runner.Execute(in op);
            if (Runner.Violation is not null)
                break;
        }

        return Runner.Violation;
    }
}

/// <summary>Draws for the newest release with what it still lacks.</summary>
public static class NewestDraws
{
    public static Arbitrary<Draw> Draw() => Draws.Of(Profile.Repaired);
}

/// <summary>How draws are made and shrunk.</summary>
internal static class Draws
{
    /// <summary>Ends a replay token, `"seed" + Gamma`: what a test draws is the same in every run.</summary>
    internal const string Gamma = ",11400714819323198485";

    private static readonly ShrinkOptions Patience = new(TimeSpan.FromSeconds(5), MustBeCleanOn: null);

    private static readonly Gen<ChoiceRecord> Record =
        ArbMap.Default.GeneratorFor<DoNotSize<ulong>>().Select(drawn => new ChoiceRecord(drawn.Item));

    /// <summary>Draws for a profile; a larger size means more choices, not other ones.</summary>
    internal static Arbitrary<Draw> Of(Profile profile) =>
        Arb.From(
            Gen.Sized(size => Record.ArrayOf(2 + (2 * size))).Select(records => new Draw([.. records])),
            draw => Shrink(profile, draw));

    /// <summary>One step to the very end, which is what the project's shrinker is for.</summary>
    private static IEnumerable<Draw> Shrink(Profile profile, Draw draw)
    {
        var bench = new Bench(profile);
        if (draw.Shrunk is not null || bench.Run(draw) is not { } violation)
            yield break;
        ShrinkResult result = new Shrinker().Shrink(profile, bench.Operations, violation, Patience);
        yield return new Draw(result.Program, result.Violation);
    }
}
