// Passes about staged paths: a `start` goes together with its steps, becomes the plain operation at one of their
// places, or gets along with fewer steps. Not covered: the number of stages of one step (OperandPasses).

using System;
using System.Collections.Generic;
using MmFuzz.Engine.Operations;

namespace MmFuzz.Generators.Shrinking;

/// <summary>Passes about <c>start</c> and <c>step</c>.</summary>
internal static class StagingPasses
{
    /// <summary>The line that started what a step moves; -1 for none.</summary>
    public static int StartOf(Session s, int step)
    {
        int at = step - 1;
        while (at >= 0 && !(s[at].IsStarted && s[at].Actor == s[step].Actor))
        {
            at--;
        }

        return at;
    }

    /// <summary>Takes a start away together with its steps.</summary>
    public static void Whole(Session s)
    {
        for (int at = s.Count - 1; at >= 0; at--)
        {
            if (at < s.Count && s[at].IsStarted)
            {
                MarkPath(s, at);
                s.TryWithoutMarked();
            }
        }
    }

    /// <summary>Puts the plain operation in place of a staged one: where it began, or at any of its steps.</summary>
    public static void Unstage(Session s)
    {
        for (int at = s.Count - 1; at >= 0; at--)
        {
            if (at < s.Count && s[at].IsStarted)
            {
                TryUnstaged(s, at);
            }
        }
    }

    /// <summary>Makes one step of two of the same path, at the place of either or anywhere between.</summary>
    public static void Merge(Session s)
    {
        for (int at = s.Count - 1; at >= 0; at--)
        {
            while (at < s.Count && s[at].Kind == OperationKind.Step && TryMerged(s, at))
            {
            }
        }
    }

    /// <summary>Moves stages from a step to the next one of the same path, so that the earlier step is short.</summary>
    public static void Shift(Session s)
    {
        for (int at = s.Count - 1; at >= 0; at--)
        {
            int next = at < s.Count && s[at].Kind == OperationKind.Step ? NextStep(s, at) : -1;
            if (next < 0 || s[at].Number <= 1)
            {
                continue;
            }

            Span<Operation> draft = s.CopyToDraft();
            int moved = draft[at].Number - 1;
            draft[at].Number = 1;
            draft[next].Number = (byte)Math.Min(draft[next].Number + moved, Shape.MostSteps);
            s.TryDraft();
        }
    }

    private static void TryUnstaged(Session s, int start)
    {
        var places = new List<int> { start };
        for (int i = start + 1; i < s.Count && !IsRestart(s, start, i); i++)
        {
            if (IsStepOf(s, start, i))
            {
                places.Add(i);
            }
        }

        Operation plain = Shape.Unstaged(s[start]);
        Operation usual = Shape.ByDefault(plain);
        for (int i = 0; i < places.Count; i++)
        {
            // the beginning first, then from the last step backwards
            int place = places[i == 0 ? 0 : ^i];
            if (TryPlain(s, start, place, in usual) || (plain != usual && TryPlain(s, start, place, in plain)))
            {
                return;
            }
        }
    }

    private static bool TryPlain(Session s, int start, int place, in Operation plain)
    {
        bool ended = false;
        s.Draft.Clear();
        for (int i = 0; i < s.Count; i++)
        {
            ended |= i > start && IsRestart(s, start, i);
            if (i == place)
            {
                s.Draft.Add(plain);
            }
            else if (i != start && (i < start || ended || !IsStepOf(s, start, i)))
            {
                s.Draft.Add(s[i]);
            }
        }

        return s.TryDraft();
    }

    private static bool TryMerged(Session s, int first)
    {
        int second = NextStep(s, first);
        if (second < 0)
        {
            return false;
        }

        Operation merged = s[first];
        merged.Number = (byte)Math.Min(s[first].Number + s[second].Number, Shape.MostSteps);
        for (int place = second - 1; place >= first; place--)
        {
            // the lines between stay in order, and the merged step stands behind `place` of the old lines
            s.Draft.Clear();
            for (int i = 0; i < s.Count; i++)
            {
                if (i != first && i != second)
                {
                    s.Draft.Add(s[i]);
                }

                if (i == place)
                {
                    s.Draft.Add(merged);
                }
            }

            if (s.TryDraft())
            {
                return true;
            }
        }

        return false;
    }

    private static void MarkPath(Session s, int start)
    {
        Span<bool> marks = s.Marks();
        marks[start] = true;
        for (int i = start + 1; i < s.Count && !IsRestart(s, start, i); i++)
        {
            marks[i] = IsStepOf(s, start, i);
        }
    }

    private static int NextStep(Session s, int step)
    {
        for (int i = step + 1; i < s.Count && !IsRestart(s, step, i); i++)
        {
            if (IsStepOf(s, step, i))
            {
                return i;
            }
        }

        return -1;
    }

    private static bool IsRestart(Session s, int start, int index) =>
        s[index].IsStarted && s[index].Actor == s[start].Actor;

    private static bool IsStepOf(Session s, int start, int index) =>
        s[index].Kind == OperationKind.Step && s[index].Actor == s[start].Actor;
}
