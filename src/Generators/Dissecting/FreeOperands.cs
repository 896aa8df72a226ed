// Which operands of a line could be others. Candidates are made by field, printed and read again, so that just what a
// program can say is tried, whatever operations there are; an operand is told by the words of the line that change.
// Not covered: operands that must change together, except that all pages are moved by the same number.

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.State;
using MmFuzz.Generators.Shrinking;

namespace MmFuzz.Generators.Dissecting;

/// <summary>What an operand says.</summary>
public enum OperandKind
{
    /// <summary>A process.</summary>
    Process,

    /// <summary>The first page.</summary>
    Page,

    /// <summary>How many pages.</summary>
    Length,

    /// <summary>A handle, a userfaultfd, a child, an inode.</summary>
    Slot,

    /// <summary>A number: stages, a page of a handle or of an inode.</summary>
    Number,

    /// <summary>What is mapped.</summary>
    Mapping,

    /// <summary>Rights and modes.</summary>
    Mode,

    /// <summary>The thread that executes it.</summary>
    Thread,
}

/// <summary>An operand that may be another.</summary>
/// <param name="Kind">What it says.</param>
/// <param name="Written">How it is written; empty for a word that is not there.</param>
/// <param name="Others">What else may stand there; an empty one means that it may be left out.</param>
/// <param name="IsAny">Whether everything else that can be said there may stand there.</param>
public sealed record FreeOperand(OperandKind Kind, string Written, ImmutableArray<string> Others, bool IsAny);

/// <summary>Finds them.</summary>
internal static class FreeOperands
{
    private sealed record Candidate(OperandKind Kind, int Place, string Written, string Other, Operation Operation);

    /// <summary>The free operands of a line.</summary>
    public static ImmutableArray<FreeOperand> Of(VariantTrial trial, int index)
    {
        var free = ImmutableArray.CreateBuilder<FreeOperand>();
        foreach (IGrouping<(OperandKind, int, string), Candidate> group in Candidates(trial.Operations[index])
            .GroupBy(static one => (one.Kind, one.Place, one.Written)))
        {
            Candidate[] kept = [.. group.Where(one => trial.With(index, one.Operation).IsSame)];
            if (kept.Length > 0)
            {
                (OperandKind kind, _, string written) = group.Key;
                free.Add(new FreeOperand(
                    kind, written, [.. kept.Select(static one => one.Other)], kept.Length == group.Count()));
            }
        }

        return free.ToImmutable();
    }

    /// <summary>By how many pages all lines can be moved together.</summary>
    public static ImmutableArray<int> Shifts(VariantTrial trial)
    {
        var shifts = ImmutableArray.CreateBuilder<int>();
        var moved = new Operation[trial.Operations.Length];
        for (int shift = 1 - Limits.PagesPerMm; shift < Limits.PagesPerMm; shift++)
        {
            if (shift != 0 && TryShift(trial.Operations, shift, moved) && trial.Try(moved).IsSame)
            {
                shifts.Add(shift);
            }
        }

        return shifts.ToImmutable();
    }

    private static bool TryShift(ImmutableArray<Operation> operations, int shift, Operation[] moved)
    {
        for (int i = 0; i < moved.Length; i++)
        {
            Operation op = operations[i];
            if (Shape.HasPages(in op))
            {
                int page = op.Va.Value + shift;
                if (page < 0 || page >= Limits.PagesPerMm)
                {
                    return false;
                }

                op.Va = new Va((byte)page);
                if (!Shape.IsWellFormed(in op))
                {
                    return false;
                }
            }

            moved[i] = op;
        }

        return true;
    }

    /// <summary>Every line that differs in one operand and can be said.</summary>
    private static List<Candidate> Candidates(Operation op)
    {
        var found = new List<Candidate>();
        string text = op.ToString();
        var seen = new HashSet<string>(StringComparer.Ordinal) { text };
        foreach ((OperandKind kind, Operation other) in Drafts(op))
        {
            string otherText = other.ToString();
            if (seen.Add(otherText) && OperationParser.TryParse(otherText, 1, 0, out Operation read, out _))
            {
                (int place, string written, string instead) = Difference(text.Split(' '), otherText.Split(' '));
                found.Add(new Candidate(kind, place, written, instead, read));
            }
        }

        return found;
    }

    private static IEnumerable<(OperandKind Kind, Operation Other)> Drafts(Operation op)
    {
        for (int process = 0; process < Limits.Mms; process++)
        {
            yield return (OperandKind.Process, Shape.In(op, process));
        }

        for (byte page = 0; page < Limits.PagesPerMm; page++)
        {
            yield return (OperandKind.Page, op with { Va = new Va(page) });
        }

        for (byte length = 0; length <= Limits.PagesPerMm; length++)
        {
            yield return (OperandKind.Length, op with { Length = length });
        }

        for (byte length = 1; length <= Limits.PagesPerMm && op.Resized != 0; length++)
        {
            yield return (OperandKind.Length, op with { Resized = length });
        }

        int slots = op.Kind == OperationKind.Inject ? (int)InjectedFault.SameSlot : Limits.Handles;
        for (byte slot = 0; slot < slots; slot++)
        {
            yield return (OperandKind.Slot, op with { Slot = slot });
        }

        for (byte number = 0; number <= Shape.MostSteps && op.Kind != OperationKind.UffdOpen; number++)
        {
            yield return (OperandKind.Number, op with { Number = number });
        }

        for (int feature = 1; feature <= byte.MaxValue && op.Kind == OperationKind.UffdOpen; feature <<= 1)
        {
            yield return (OperandKind.Number, op with { Number = (byte)(op.Number ^ feature) });
        }

        foreach (VmaKind mapping in Enum.GetValues<VmaKind>())
        {
            yield return (OperandKind.Mapping, op with { Mapping = mapping });
            yield return (OperandKind.Mapping, op with { Mapping = mapping, Slot = 0, Number = 0 });
        }

        foreach (OperationFlags flags in Modes(op.Flags))
        {
            yield return (OperandKind.Mode, op with { Flags = flags });
        }

        for (byte actor = 0; actor < Limits.Actors; actor++)
        {
            yield return (OperandKind.Thread, op with { Actor = new ActorId(actor) });
        }
    }

    /// <summary>
    /// Other rights, and each other flag on or off; who moves it stays, and where nothing is replaced, nothing is said.
    /// </summary>
    private static IEnumerable<OperationFlags> Modes(OperationFlags flags)
    {
        const OperationFlags Rights = OperationFlags.Read | OperationFlags.Write;
        yield return (flags & ~Rights) | OperationFlags.Write;
        yield return (flags & ~Rights) | OperationFlags.Read;
        yield return flags & ~Rights;
        foreach (OperationFlags flag in Enum.GetValues<OperationFlags>())
        {
            bool replaces = flag == OperationFlags.Fixed && (flags & flag) == 0;
            if ((flag & (Rights | OperationFlags.Started)) == 0 && !replaces)
            {
                yield return flags ^ flag;
            }
        }
    }

    /// <summary>The words between those that both lines begin with and those that both end with.</summary>
    private static (int Place, string Written, string Instead) Difference(string[] line, string[] other)
    {
        int start = line.AsSpan().CommonPrefixLength(other);
        int end = 0;
        while (end < Math.Min(line.Length, other.Length) - start && line[^(end + 1)] == other[^(end + 1)])
        {
            end++;
        }

        return (start, string.Join(' ', line[start..^end]), string.Join(' ', other[start..^end]));
    }
}
