// What is copied, compared and packed: the machine and the reference memory beside it.
// Not covered: anything that observes them (Context, Checker, traces, goals), which lives outside.

using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MmFuzz.Engine.State;

/// <summary>One flat value without references: a snapshot is a copy, equality is bytes.</summary>
public struct World : IEquatable<World>
{
    /// <summary>The machine.</summary>
    public Machine Machine;

    /// <summary>What user space must observe.</summary>
    public Reference Reference;

    /// <summary>Its size in bytes.</summary>
    public static int Size => Unsafe.SizeOf<World>();

    /// <summary>A world in which nothing has happened yet.</summary>
    public static void Reset(out World world)
    {
        world = default;
        Machine.Reset(out world.Machine);
    }

    /// <summary>Copies <paramref name="source"/> over <paramref name="target"/>.</summary>
    public static void Copy(ref readonly World source, ref World target) =>
        Unsafe.CopyBlock(
            ref Unsafe.As<World, byte>(ref target),
            ref Unsafe.As<World, byte>(ref Unsafe.AsRef(in source)),
            (uint)Unsafe.SizeOf<World>());

    /// <summary>All its bytes.</summary>
    public static ReadOnlySpan<byte> Bytes(ref readonly World world) =>
        MemoryMarshal.AsBytes(new ReadOnlySpan<World>(in world));

    /// <summary>Equality of bytes.</summary>
    public static bool operator ==(in World left, in World right) => left.Equals(right);

    /// <summary>Inequality of bytes.</summary>
    public static bool operator !=(in World left, in World right) => !left.Equals(right);

    /// <inheritdoc/>
    public readonly bool Equals(World other) => Bytes(in this).SequenceEqual(Bytes(in other));

    /// <inheritdoc/>
    public override readonly bool Equals(object? obj) => obj is World other && Equals(other);

    /// <inheritdoc/>
    public override readonly int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(Bytes(in this));
        return hash.ToHashCode();
    }
}
