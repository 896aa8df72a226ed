// Passes that make one line simpler and leave the others alone: smaller numbers, shorter ranges, weaker rights, simpler
// kinds; and neighbours in the order of their texts. Not covered: what must change in several lines (RenamePasses).

using System;
using System.Collections.Generic;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.State;

namespace MmFuzz.Generators.Shrinking;

/// <summary>Passes over single operands.</summary>
internal static class OperandPasses
{
    /// <summary>Each operand of each line, toward its simplest value.</summary>
    public static void Operands(Session s)
    {
        var simpler = new List<Operation>();
        for (int at = s.Count - 1; at >= 0; at--)
        {
            bool changed = true;
            while (changed && at < s.Count && !s.IsExhausted)
            {
                changed = false;
                simpler.Clear();
                AddSimpler(s[at], simpler);
                for (int i = 0; i < simpler.Count && !changed; i++)
                {
                    changed = s.TryWith(at, simpler[i]);
                }
            }
        }
    }

    /// <summary>
    /// Replaces a store by a load, by memory and by device; taking pages by touching one; and the mapping of an inode
    /// by a plainer one.
    /// </summary>
    public static void Kinds(Session s)
    {
        for (int at = s.Count - 1; at >= 0; at--)
        {
            if (at >= s.Count)
            {
                continue; // the program became shorter
            }

            Operation op = s[at];
            if (op.Kind is OperationKind.Store or OperationKind.DevWrite)
            {
                op.Kind = op.Kind == OperationKind.Store ? OperationKind.Load : OperationKind.DevRead;
                s.TryWith(at, in op);
            }
            else if (op.TakesHandle)
            {
                TryTouch(s, at, op);
            }
            else if (op.Kind == OperationKind.Mmap && op.Mapping != VmaKind.Anon)
            {
                TryPlainerMapping(s, at, op);
            }
        }
    }

    /// <summary>Neighbours in the order of their texts, where they do not care.</summary>
    public static void Order(Session s)
    {
        bool changed = true;
        while (changed && !s.IsExhausted)
        {
            changed = false;
            for (int at = 0; at + 1 < s.Count; at++)
            {
                Span<Operation> draft = s.CopyToDraft();
                (draft[at], draft[at + 1]) = (draft[at + 1], draft[at]);
                changed |= s.TryDraft();
            }
        }
    }

    private static void TryPlainerMapping(Session s, int at, Operation op)
    {
        op.Number = 0;
        Operation anon = op;
        anon.Mapping = VmaKind.Anon;
        anon.Slot = 0;
        Operation plainer = op;
        plainer.Mapping = op.Mapping is VmaKind.MemfdPrivate or VmaKind.FilePrivate
            ? VmaKind.MemfdPrivate
            : VmaKind.SharedAnon;
        _ = s.TryWith(at, in anon) || s.TryWith(at, in plainer);
    }

    private static void TryTouch(Session s, int at, Operation taker)
    {
        var touch = new Operation
        {
            Kind = OperationKind.Load,
            Flags = taker.Flags & OperationFlags.Started,
            Actor = taker.Actor,
            Process = taker.Process,
            Va = taker.Va,
            Length = 1,
        };
        _ = s.TryWith(at, in touch) || s.TryWith(at, touch with { Kind = OperationKind.Store });
    }

    private static void AddSimpler(Operation op, List<Operation> simpler)
    {
        AddFlags(op, simpler);
        if (Enabled.NeedsActor(op.Kind) && !op.IsStarted)
        {
            simpler.Add(Shape.ByDefault(op));
        }

        for (int p = 0; Shape.HasProcess(in op) && p < op.Process.Value; p++)
        {
            simpler.Add(Shape.In(op, p));
        }

        for (byte slot = 0; slot < op.Slot; slot++)
        {
            simpler.Add(op with { Slot = slot });
        }

        foreach (byte number in Smaller(op.Number, op.Kind == OperationKind.Step ? 1 : 0))
        {
            simpler.Add(op with { Number = number });
        }

        if (op.Resized != 0 && !op.Has(OperationFlags.InPlace))
        {
            simpler.Add(op with { Resized = 0 });
        }

        foreach (byte length in Smaller(op.Resized, 1))
        {
            simpler.Add(op with { Resized = length });
        }

        if (Shape.HasPages(in op))
        {
            AddPages(op, simpler);
        }
    }

    private static void AddFlags(Operation op, List<Operation> simpler)
    {
        if (op.Kind is OperationKind.Mmap or OperationKind.Mprotect)
        {
            simpler.Add(op with { Flags = op.Flags & ~OperationFlags.Fixed });
            simpler.Add(op with { Flags = (op.Flags & ~OperationFlags.Write) | OperationFlags.Read });
            return;
        }

        foreach (OperationFlags flag in (ReadOnlySpan<OperationFlags>)
            [OperationFlags.Write, OperationFlags.Fast, OperationFlags.DontWake, OperationFlags.Sigbus,
                OperationFlags.Force, OperationFlags.Longterm, OperationFlags.Nowait, OperationFlags.Protect,
                OperationFlags.CheckAsync, OperationFlags.DontUnmap])
        {
            if (op.Has(flag))
            {
                simpler.Add(op with { Flags = op.Flags & ~flag });
            }
        }
    }

    /// <summary>One page at any place of the range, then the range shorter from either side, then lower.</summary>
    private static void AddPages(Operation op, List<Operation> simpler)
    {
        bool range = Shape.HasRange(in op);
        if (range && op.Length != 1)
        {
            for (int page = op.Va.Value; page < op.End; page++)
            {
                simpler.Add(op with { Va = new Va((byte)page), Length = 1 });
            }

            foreach (byte length in Smaller(op.Length, 1))
            {
                simpler.Add(op with { Length = length });
                simpler.Add(op with { Va = new Va((byte)(op.End - length)), Length = length });
            }
        }

        foreach (byte page in Smaller(op.Va.Value, 0))
        {
            simpler.Add(op with { Va = new Va(page) });
        }
    }

    /// <summary>The least value, half way to it, and one less; each once.</summary>
    private static IEnumerable<byte> Smaller(int value, int least)
    {
        if (value <= least)
        {
            yield break;
        }

        yield return (byte)least;
        int middle = (value + least) / 2;
        if (middle > least)
        {
            yield return (byte)middle;
        }

        if (value - 1 > middle)
        {
            yield return (byte)(value - 1);
        }
    }
}
