// Passes over the lines that prepare the ground: ranges cut to what the other lines use, two mappings made one, and
// lines that are not needed. Not covered: the rights and kinds of mappings (OperandPasses).

using System;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.State;

namespace MmFuzz.Generators.Shrinking;

/// <summary>Passes over set-up lines.</summary>
internal static class SetUpPasses
{
    /// <summary>Takes set-up lines away, one at a time.</summary>
    public static void Remove(Session s)
    {
        for (int at = s.Count - 1; at >= 0; at--)
        {
            if (at < s.Count && s.Count > 1 && s[at].IsSetUp)
            {
                s.TryWithout(at, 1);
            }
        }
    }

    /// <summary>Cuts the ranges of set-up lines to the pages that others use, all at once, then one by one.</summary>
    public static void Fit(Session s)
    {
        (int least, int most) = Used(s);
        if (least > most)
        {
            return;
        }

        Span<Operation> draft = s.CopyToDraft();
        foreach (ref Operation op in draft)
        {
            Cut(ref op, least, most);
        }

        if (s.TryDraft())
        {
            return;
        }

        for (int at = s.Count - 1; at >= 0; at--)
        {
            Operation op = s[Math.Min(at, s.Count - 1)];
            Cut(ref op, least, most);
            s.TryWith(Math.Min(at, s.Count - 1), in op);
        }
    }

    /// <summary>One mapping, with the rights and kind of either, over the pages of two of the same process.</summary>
    public static void Join(Session s)
    {
        for (int second = s.Count - 1; second > 0; second--)
        {
            for (int first = Math.Min(second, s.Count) - 1; first >= 0 && second < s.Count; first--)
            {
                if (AreJoinable(in s[first], in s[second])
                    && (TryJoined(s, first, second) || TryJoined(s, second, first)))
                {
                    break;
                }
            }
        }
    }

    private static bool AreJoinable(in Operation first, in Operation second) =>
        first.Kind == second.Kind && first.Kind is OperationKind.Mmap or OperationKind.Register
        && first.Process == second.Process;

    private static bool TryJoined(Session s, int kept, int dropped)
    {
        Span<Operation> draft = s.CopyToDraft();
        int start = Math.Min(draft[kept].Va.Value, draft[dropped].Va.Value);
        int end = Math.Max(draft[kept].End, draft[dropped].End);
        draft[kept].Va = new Va((byte)start);
        draft[kept].Length = (byte)(end - start);
        s.Draft.RemoveAt(dropped);
        return s.TryDraft();
    }

    private static (int Least, int Most) Used(Session s)
    {
        int least = Limits.PagesPerMm;
        int most = -1;
        for (int i = 0; i < s.Count; i++)
        {
            ref readonly Operation op = ref s[i];
            if (Shape.HasPages(in op) && !op.IsSetUp)
            {
                least = Math.Min(least, op.Va.Value);
                most = Math.Max(most, Math.Max(op.End - 1, op.Va.Value));
            }
        }

        return (least, most);
    }

    /// <summary>Cuts a set-up line's range; a memfd's pages stay where they were.</summary>
    private static void Cut(ref Operation op, int least, int most)
    {
        int start = Math.Max(op.Va.Value, least);
        int end = Math.Min(op.End, most + 1);
        if (!op.IsSetUp || !Shape.HasRange(in op) || start >= end)
        {
            return;
        }

        if (op.Mapping is VmaKind.MemfdShared or VmaKind.MemfdPrivate or VmaKind.FilePrivate)
        {
            op.Number += (byte)(start - op.Va.Value);
        }

        op.Va = new Va((byte)start);
        op.Length = (byte)(end - start);
    }
}
