// Passes for short programs, races most of all, where a line can only go if something else gives way in the same
// breath: the number of stages of one step, or the place of one line. Not covered: long programs, for want of time.

using System;
using MmFuzz.Engine.Operations;

namespace MmFuzz.Generators.Shrinking;

/// <summary>Passes that take a line away and change another.</summary>
internal static class RetunePasses
{
    /// <summary>Longer programs are left alone.</summary>
    private const int FewLines = 14;

    /// <summary>A step is tried with up to so many stages.</summary>
    private const int MostStages = 12;

    /// <summary>A line is moved so far at most.</summary>
    private const int Reach = 5;

    /// <summary>A line goes, or a forked process merges into its parent, and one step gets another length.</summary>
    public static void Retune(Session s)
    {
        for (int victim = s.Count - 1; victim >= 0 && s.Count <= FewLines; victim--)
        {
            for (int step = s.Count - 1; step >= 0 && victim < s.Count; step--)
            {
                if (step < s.Count && step != victim && s[step].Kind == OperationKind.Step
                    && TryAllLengths(s, victim, step))
                {
                    break;
                }
            }
        }
    }

    /// <summary>A line goes, and another moves over a few others.</summary>
    public static void MoveAndDelete(Session s)
    {
        for (int victim = s.Count - 1; victim >= 0 && s.Count <= FewLines; victim--)
        {
            for (int moved = s.Count - 1; moved >= 0 && victim < s.Count; moved--)
            {
                if (moved < s.Count && moved != victim && TryAllPlaces(s, victim, moved))
                {
                    break;
                }
            }
        }
    }

    private static bool TryAllLengths(Session s, int victim, int step)
    {
        int old = s[step].Number;
        for (byte stages = 1; stages <= MostStages; stages++)
        {
            if (stages != old && (TryLength(s, victim, step, stages, merge: false)
                || (s[victim].Kind == OperationKind.Fork && TryLength(s, victim, step, stages, merge: true))))
            {
                return true;
            }
        }

        return false;
    }

    private static bool TryLength(Session s, int victim, int step, byte stages, bool merge)
    {
        Span<Operation> draft = s.CopyToDraft();
        draft[step].Number = stages;
        if (merge)
        {
            int parent = draft[victim].Process.Value;
            RenamePasses.RenameProcess(draft[(victim + 1)..], draft[victim].Slot, parent, both: false);
        }

        s.Draft.RemoveAt(victim);
        return s.TryDraft();
    }

    private static bool TryAllPlaces(Session s, int victim, int moved)
    {
        for (int place = Math.Max(0, moved - Reach); place <= Math.Min(s.Count - 1, moved + Reach); place++)
        {
            if (place == moved)
            {
                continue;
            }

            s.CopyToDraft();
            Operation op = s.Draft[moved];
            s.Draft.RemoveAt(moved);
            s.Draft.Insert(place, op);
            int at = victim;
            at -= victim > moved ? 1 : 0;
            at += at >= place ? 1 : 0;
            s.Draft.RemoveAt(at);
            if (s.TryDraft())
            {
                return true;
            }
        }

        return false;
    }
}
