// What a guided run learns from a program: which edges of the kernel's code it went along, and which shapes the world
// took. Not covered: how it is noted (GuidedTarget, WorldShapes) and used (GuidedLoop).

using System;

namespace MmFuzz.Generators.Guided;

/// <summary>Kinds of feedback.</summary>
[Flags]
public enum Feedback
{
    /// <summary>Nothing: programs are changed blindly.</summary>
    None = 0,

    /// <summary>Edges of the code under src/Engine/Kernel.</summary>
    Edges = 1,

    /// <summary>Shapes of entries, pages, handles and tasks, and transitions between them.</summary>
    Shapes = 2,

    /// <summary>Both.</summary>
    Both = Edges | Shapes,
}

/// <summary>Runs programs made of bytes, and keeps what they covered.</summary>
public interface IGuidedTarget
{
    /// <summary>A byte per edge: how often it was passed, modulo 256. Empty if edges are not counted.</summary>
    Span<byte> Edges { get; }

    /// <summary>A byte per shape: 1 if it was met. Empty if shapes are not looked at.</summary>
    Span<byte> Shapes { get; }

    /// <summary>Runs a program on top of what is covered already.</summary>
    GuidedOutcome Run(ReadOnlySpan<byte> bytes);
}

/// <summary>What became of a program made of bytes.</summary>
/// <param name="Operations">Operations executed.</param>
/// <param name="Used">Bytes of it that decided anything.</param>
/// <param name="Violated">Whether something was violated.</param>
public readonly record struct GuidedOutcome(int Operations, int Used, bool Violated);
