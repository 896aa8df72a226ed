// Runs variants of a program that violates something and tells whether they still show that: the same clause, and for
// the same reason, which means that the repaired kernel is clean of the variant too.
// Not covered: which variants are worth a try (NecessaryLines, FreeOperands, LineOrder).

using System;
using System.Collections.Immutable;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.Properties;
using MmFuzz.Generators.Shrinking;

namespace MmFuzz.Generators.Dissecting;

/// <summary>What becomes of a violation when the program is changed.</summary>
public enum VariantVerdict
{
    /// <summary>It stays.</summary>
    Same,

    /// <summary>It stays, but what repairs the program does not repair the variant.</summary>
    OtherCause,

    /// <summary>Something else is violated.</summary>
    OtherViolation,

    /// <summary>Nothing is violated.</summary>
    Nothing,
}

/// <summary>What a variant shows.</summary>
/// <param name="Verdict">What became of the violation.</param>
/// <param name="Found">What is violated; null for nothing.</param>
public sealed record VariantResult(VariantVerdict Verdict, Violation? Found)
{
    /// <summary>Whether the change makes no difference.</summary>
    public bool IsSame => Verdict == VariantVerdict.Same;
}

/// <summary>Tries variants of one program.</summary>
internal sealed class VariantTrial
{
    private readonly Replayer replayer = new();
    private readonly CleanRun? repaired;
    private readonly Violation sought;
    private readonly Operation[] draft;

    /// <summary>Makes it for a program.</summary>
    /// <param name="program">The program.</param>
    /// <param name="violation">What it shows.</param>
    /// <param name="clean">A kernel on which it does no harm; null if none is known.</param>
    public VariantTrial(MmProgram program, Violation violation, Profile? clean)
    {
        Operations = program.Operations;
        sought = violation;
        draft = new Operation[Operations.Length];
        replayer.Reset(program.Profile);
        replayer.Rebase(Operations.AsSpan());
        Failing = replayer.Executed - 1;
        repaired = clean is null ? null : new CleanRun(clean);
        if (repaired is not null && !repaired.IsClean(Operations.AsSpan()))
        {
            repaired = null; // what is not cured cannot tell causes apart
        }
    }

    /// <summary>The program.</summary>
    public ImmutableArray<Operation> Operations { get; }

    /// <summary>The line that fails.</summary>
    public int Failing { get; }

    /// <summary>Tries it without one line.</summary>
    public VariantResult Without(int index)
    {
        Operations.AsSpan()[..index].CopyTo(draft);
        Operations.AsSpan()[(index + 1)..].CopyTo(draft.AsSpan(index));
        return Try(draft.AsSpan(0, Operations.Length - 1));
    }

    /// <summary>Tries it with another line in the place of one.</summary>
    public VariantResult With(int index, in Operation op)
    {
        Operations.CopyTo(draft);
        draft[index] = op;
        return Try(draft);
    }

    /// <summary>Tries it with a line and the one behind it swapped.</summary>
    public VariantResult Swapped(int index)
    {
        Operations.CopyTo(draft);
        (draft[index], draft[index + 1]) = (draft[index + 1], draft[index]);
        return Try(draft);
    }

    /// <summary>Tries any variant.</summary>
    public VariantResult Try(ReadOnlySpan<Operation> variant)
    {
        Violation? found = replayer.Run(variant);
        VariantVerdict verdict = found is null ? VariantVerdict.Nothing
            : !found.IsLike(sought) ? VariantVerdict.OtherViolation
            : repaired is null || repaired.IsClean(variant) ? VariantVerdict.Same
            : VariantVerdict.OtherCause;
        return new VariantResult(verdict, found);
    }
}
