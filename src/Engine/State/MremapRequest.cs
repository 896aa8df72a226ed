// What mremap was asked for beside its range and its target, as a task carries it: how long the mapping is to be, and
// whether it stays where it is, or is left behind without its pages.
// Not covered: what becomes of it (Kernel/Mremap*).

using System;

namespace MmFuzz.Engine.State;

/// <summary>The forms of mremap, in Task.Seq.</summary>
/// <param name="Bits">The new length in bits 0 to 7, flags from 8 on.</param>
public readonly record struct MremapRequest(ushort Bits)
{
    private const int DontUnmap = 256;
    private const int InPlace = 512;

    /// <summary>Makes one.</summary>
    public MremapRequest(int newLength, bool keepsSource, bool staysInPlace)
        : this((ushort)(newLength | (keepsSource ? DontUnmap : 0) | (staysInPlace ? InPlace : 0)))
    {
    }

    /// <summary>Pages that it has afterwards.</summary>
    public int NewLength => (byte)Bits;

    /// <summary>MREMAP_DONTUNMAP: what was moved stays mapped, and is empty.</summary>
    public bool KeepsSource => (Bits & DontUnmap) != 0;

    /// <summary>Neither MREMAP_FIXED nor MREMAP_MAYMOVE: it may only shrink, or grow where it is.</summary>
    public bool StaysInPlace => (Bits & InPlace) != 0;

    /// <summary>The request of a task whose operation is mremap.</summary>
    public static MremapRequest Of(in Task t) => new(t.Seq);

    /// <summary>Pages that have an old and a new place, or stay.</summary>
    public int Common(in Task t) => Math.Min(t.Length, NewLength);

    /// <summary>
    /// Whether the task takes entries of the page away or puts them there: all of source and target, or what is cut off
    /// in place.
    /// </summary>
    public bool Covers(in Task t, Va va)
    {
        int source = va.Value - t.Va.Value;
        int target = va.Value - t.Argument;
        return StaysInPlace
            ? source >= NewLength && source < t.Length
            : (source >= 0 && source < t.Length) || (target >= 0 && target < NewLength);
    }

    /// <summary>Whether the page is one that it has grown by.</summary>
    public bool Adds(in Task t, Va va)
    {
        int target = va.Value - t.Argument;
        return target >= t.Length && target < NewLength;
    }
}
