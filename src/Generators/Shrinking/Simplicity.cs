// The order that shrinking descends: counted operations, then lines, then what the operands cost, then the text.
// All that is "simpler" is defined here, once. Not covered: which candidates are tried (the passes).

using System;
using System.Numerics;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.State;

namespace MmFuzz.Generators.Shrinking;

/// <summary>How simple a program is, up to its text.</summary>
/// <param name="Counted">Operations that count (<see cref="Operation.Counts"/>).</param>
/// <param name="Lines">All operations.</param>
/// <param name="Operands">What the operands cost.</param>
internal readonly record struct Simplicity(int Counted, int Lines, int Operands)
{
    /// <summary>A page more costs as much as lying two pages higher, so that `2 1` is simpler than `0 3`.</summary>
    private const int CostOfPage = 2;

    /// <summary>A staged path is harder to read than any operand.</summary>
    private const int CostOfStart = 8;

    /// <summary>Measures a program.</summary>
    public static Simplicity Of(ReadOnlySpan<Operation> program)
    {
        int counted = 0;
        int operands = 0;
        foreach (ref readonly Operation op in program)
        {
            counted += op.Counts ? 1 : 0;
            operands += Cost(in op);
        }

        return new Simplicity(counted, program.Length, operands);
    }

    /// <summary>Negative if the left one is simpler, 0 if they are equally simple up to their texts.</summary>
    public static int Compare(Simplicity left, Simplicity right) =>
        left.Counted != right.Counted ? left.Counted.CompareTo(right.Counted)
        : left.Lines != right.Lines ? left.Lines.CompareTo(right.Lines)
        : left.Operands.CompareTo(right.Operands);

    /// <summary>Compares the texts of two programs of one length.</summary>
    public static int CompareTexts(ReadOnlySpan<Operation> left, ReadOnlySpan<Operation> right)
    {
        int same = left.CommonPrefixLength(right);
        return same == left.Length || same == right.Length
            ? left.Length.CompareTo(right.Length)
            : string.CompareOrdinal(OperationPrinter.Print(in left[same]), OperationPrinter.Print(in right[same]));
    }

    /// <summary>What the operands of one operation cost.</summary>
    public static int Cost(in Operation op) =>
        op.Process.Value + op.Slot + op.Number + op.Resized + CostOfPages(in op) + CostOfFlags(in op)
        + CostOfActor(in op) + CostOfKind(in op);

    /// <summary>64 bits by which a program is remembered.</summary>
    public static ulong Hash(ReadOnlySpan<Operation> program)
    {
        ulong hash = (ulong)program.Length;
        foreach (ref readonly Operation op in program)
        {
            ulong low = (ulong)op.Kind | ((ulong)op.Flags << 8) | ((ulong)op.Actor.Value << 24)
                | ((ulong)op.Process.Value << 28); // the flags have two bytes, the others four bits
            ulong high = op.Va.Value | ((ulong)op.Length << 8) | ((ulong)op.Slot << 16) | ((ulong)op.Number << 24);
            ulong word = (low | (high << 32)) + ((ulong)op.Mapping * 0xd6e8feb86659fd93)
                + (op.Resized * 0x8ebc6af09c88c6e3);
            hash = (BitOperations.RotateLeft(hash, 23) ^ word) * 0x9e3779b97f4a7c15;
            hash ^= hash >> 32;
        }

        return hash;
    }

    private static int CostOfPages(in Operation op)
    {
        if (!Shape.HasPages(in op))
        {
            return 0;
        }

        return op.Va.Value + (Shape.HasRange(in op) ? CostOfPage * Math.Abs(op.Length - 1) : 0);
    }

    private static int CostOfFlags(in Operation op)
    {
        bool rights = op.Kind is OperationKind.Mmap or OperationKind.Mprotect;
        int cost = rights && !op.Has(OperationFlags.Read) ? 1 : 0; // r is simpler than rw, and than none
        cost += !rights && op.Has(OperationFlags.Write) ? 1 : 0;
        cost += op.Has(OperationFlags.Fast) || op.Has(OperationFlags.Follow) ? 1 : 0;
        cost += op.Has(OperationFlags.Force) ? 1 : 0;
        cost += op.Has(OperationFlags.Longterm) ? 1 : 0;
        cost += op.Has(OperationFlags.Nowait) ? 1 : 0;
        cost += op.Has(OperationFlags.DontWake) ? 1 : 0;
        cost += op.Has(OperationFlags.Sigbus) ? 1 : 0;
        cost += op.Has(OperationFlags.Protect) ? 1 : 0;
        cost += op.Has(OperationFlags.DontUnmap) || op.Has(OperationFlags.Fixed) ? 1 : 0;
        cost += op.Has(OperationFlags.CheckAsync) || op.Has(OperationFlags.AllowHoles) ? 1 : 0;
        return cost + (op.IsStarted ? CostOfStart : 0);
    }

    private static int CostOfActor(in Operation op)
    {
        bool second = op.Kind == OperationKind.Step
            ? op.Actor.Value is >= Limits.Mms and < Limits.UserActors
            : Enabled.NeedsActor(op.Kind) && op.Actor != OperationPrinter.DefaultActor(in op);
        return second ? 1 : 0;
    }

    private static int CostOfKind(in Operation op) => op.Kind switch
    {
        OperationKind.Store or OperationKind.DevWrite => 1,
        OperationKind.Zeropage or OperationKind.Continue or OperationKind.Poison or OperationKind.Move => 1,
        OperationKind.DirectIo or OperationKind.ProcessVm => 2,
        OperationKind.Copy => 2,
        OperationKind.Punch or OperationKind.Remove or OperationKind.Truncate or OperationKind.Guard => 1,
        OperationKind.Scan or OperationKind.MemoryFailure => 1,
        OperationKind.Pin or OperationKind.Get or OperationKind.Vmsplice or OperationKind.Ref => 2,
        OperationKind.Mmap => op.Mapping == VmaKind.Anon ? 0 : op.Mapping == VmaKind.SharedAnon ? 1 : 2,
        OperationKind.Munmap or OperationKind.Dontneed or OperationKind.Mprotect or OperationKind.Fork
            or OperationKind.Exit or OperationKind.Load or OperationKind.PipeRead or OperationKind.Unpin
            or OperationKind.DevRead or OperationKind.Swapout or OperationKind.Migrate or OperationKind.MigrateVma
            or OperationKind.UffdOpen
            or OperationKind.UffdClose or OperationKind.Register or OperationKind.Unregister or OperationKind.Wp
            or OperationKind.Unwp or OperationKind.UffdRead or OperationKind.Wake or OperationKind.ClearRefs
            or OperationKind.Pagemap or OperationKind.Swapoff or OperationKind.Mremap or OperationKind.Free
            or OperationKind.Cold or OperationKind.Pageout or OperationKind.Populate or OperationKind.Madvise
            or OperationKind.NumaHint or OperationKind.Inject or OperationKind.FileWrite or OperationKind.ForceWrite
            or OperationKind.Unref or OperationKind.Mlock or OperationKind.Munlock or OperationKind.Unguard
            or OperationKind.Step => 0,
    };
}
