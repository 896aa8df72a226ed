// The target of guided fuzzing: bytes become choices, choices a program through the one generator, and the program
// runs. It can be made for another copy of the engine, instrumented and loaded beside this one, by what both copies
// know of each other: types of the base library.
// Not covered: instrumenting and loading (fuzz/Guided), which programs are run (GuidedLoop).

using System;
using System.Collections.Immutable;
using MmFuzz.Engine;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;

namespace MmFuzz.Generators.Guided;

/// <summary>Runs bytes.</summary>
public sealed class GuidedTarget : IGuidedTarget
{
    private readonly ByteChoices choices = new();
    private readonly WorldShapes? shapes;
    private readonly int length;

    /// <summary>Makes a target.</summary>
    /// <param name="profile">The kernel.</param>
    /// <param name="feedback">Whether shapes are looked at; edges are counted by an instrumented engine or not.</param>
    /// <param name="length">Operations of a program, at most.</param>
    public GuidedTarget(Profile profile, Feedback feedback, int length = Fuzzer.UsualLength)
    {
        this.length = length;
        shapes = (feedback & Feedback.Shapes) != 0 ? new WorldShapes() : null;
        Runner = new Runner(profile);
        Runner.Context.Observer = shapes;
    }

    /// <summary>Executes the programs; holds the world after the last one.</summary>
    public Runner Runner { get; }

    /// <summary>Makes the programs; holds the last one.</summary>
    public Generator Generator { get; } = new();

    /// <inheritdoc/>
    public Span<byte> Edges => default;

    /// <inheritdoc/>
    public Span<byte> Shapes => shapes is null ? default : shapes.Map;

    /// <summary>What the last program violated, and the program.</summary>
    public Finding? Found(ulong program) => Runner.Violation is null
        ? null
        : new Finding(program, Runner.Profile, [.. Generator.Recorded], Runner.Violation);

    /// <inheritdoc/>
    public GuidedOutcome Run(ReadOnlySpan<byte> bytes)
    {
        choices.Restart(bytes);
        shapes?.Restart();
        long before = Generator.Operations;
        Generator.Run(Runner, choices, length);
        return new GuidedOutcome(
            (int)(Generator.Operations - before), choices.Used, Runner.Violation is not null);
    }

    /// <summary>
    /// Makes a target for who has another copy of these types: it answers operations executed, bytes used (from bit
    /// 32 on), and whether something was violated (the sign).
    /// </summary>
    /// <param name="kernel">A program without operations, on the kernel.</param>
    /// <param name="feedback">A <see cref="Feedback"/>.</param>
    /// <param name="length">Operations of a program, at most.</param>
    /// <param name="map">Is told where the map of shapes is.</param>
    public static Func<ReadOnlyMemory<byte>, long> Export(
        string kernel, int feedback, int length, Action<Memory<byte>> map)
    {
        ArgumentNullException.ThrowIfNull(map);
        MmProgram? program = MmProgramParser.Parse(kernel, out ImmutableArray<TextError> errors);
        Profile profile = program?.Profile ?? throw new ArgumentException($"{errors[0]}", nameof(kernel));
        var target = new GuidedTarget(profile, (Feedback)feedback, length);
        map(target.shapes is { } shapes ? shapes.MapMemory : default);
        return bytes =>
        {
            GuidedOutcome outcome = target.Run(bytes.Span);
            long packed = ((long)outcome.Used << 32) | (uint)outcome.Operations;
            return outcome.Violated ? ~packed : packed;
        };
    }
}
