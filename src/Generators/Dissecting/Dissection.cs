// What a violation takes: which lines are necessary, which operands are free, which orders of neighbours matter. Each
// is found out by changing the program and running it again, so that all of it is tried and nothing is argued.
// Not covered: changes of several lines at once, except that all pages are moved together and that a name is changed
// throughout; finding a smaller program (Shrinking).

using System;
using System.Collections.Immutable;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.Properties;

namespace MmFuzz.Generators.Dissecting;

/// <summary>One line of a program that violates something.</summary>
/// <param name="Index">Its number among the operations, from 0.</param>
/// <param name="Without">What the program shows without it.</param>
/// <param name="Free">Its operands that may be others; empty if the line can go.</param>
public sealed record LineRole(int Index, VariantResult Without, ImmutableArray<FreeOperand> Free)
{
    /// <summary>Whether the violation needs the line.</summary>
    public bool IsNecessary => !Without.IsSame;
}

/// <summary>Two neighbouring lines.</summary>
/// <param name="First">Number of the first among the operations, from 0.</param>
/// <param name="Swapped">What the program shows with the two swapped.</param>
public sealed record LineOrder(int First, VariantResult Swapped)
{
    /// <summary>Whether their order matters.</summary>
    public bool Matters => !Swapped.IsSame;
}

/// <summary>What a violation takes.</summary>
/// <param name="Lines">The lines up to the one that fails.</param>
/// <param name="Orders">Neighbours among them.</param>
/// <param name="Shifts">By how many pages all lines can be moved together, least first.</param>
/// <param name="Names">Names that may be others throughout.</param>
public sealed record Dissection(
    ImmutableArray<LineRole> Lines,
    ImmutableArray<LineOrder> Orders,
    ImmutableArray<int> Shifts,
    ImmutableArray<FreeName> Names)
{
    /// <summary>Lines of a program that is taken apart, at most; a longer one should be shrunk first.</summary>
    public const int MostLines = 64;

    /// <summary>Takes a program apart; null if it shows something else or is too long.</summary>
    /// <param name="program">The program.</param>
    /// <param name="violation">What it shows.</param>
    /// <param name="repaired">A kernel on which it does no harm, to tell causes apart; null if none is known.</param>
    public static Dissection? Of(MmProgram program, Violation violation, Profile? repaired)
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentNullException.ThrowIfNull(violation);
        if (program.Operations.IsEmpty || program.Operations.Length > MostLines)
        {
            return null;
        }

        var trial = new VariantTrial(program, violation, repaired);
        if (!trial.Try(program.Operations.AsSpan()).IsSame)
        {
            return null;
        }

        var lines = ImmutableArray.CreateBuilder<LineRole>();
        var orders = ImmutableArray.CreateBuilder<LineOrder>();
        for (int i = 0; i <= trial.Failing; i++)
        {
            VariantResult without = trial.Without(i);
            lines.Add(new LineRole(i, without, without.IsSame ? [] : FreeOperands.Of(trial, i)));
        }

        for (int i = 0; i < trial.Failing; i++)
        {
            if (program.Operations[i] != program.Operations[i + 1])
            {
                orders.Add(new LineOrder(i, trial.Swapped(i)));
            }
        }

        return new Dissection(
            lines.ToImmutable(), orders.ToImmutable(), FreeOperands.Shifts(trial), FreeNames.Of(trial));
    }
}
