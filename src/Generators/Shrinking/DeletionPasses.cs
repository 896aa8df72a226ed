// Passes that only take lines away: what has nothing to do with the failing operation, what belongs to one thing,
// chunks of any size, two lines that need each other, any two or three. Not covered: staged paths (StagingPasses).

using System;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.State;

namespace MmFuzz.Generators.Shrinking;

/// <summary>Passes that take lines away.</summary>
internal static class DeletionPasses
{
    /// <summary>Programs of so many lines are tried without any two or three of them.</summary>
    private const int FewLines = 12;

    /// <summary>Keeps what shares pages with the failing operation, and what creates or ends something.</summary>
    public static void Closure(Session s)
    {
        ref readonly Operation last = ref s[s.Count - 1];
        int cause = last.Kind == OperationKind.Step ? StagingPasses.StartOf(s, s.Count - 1) : s.Count - 1;
        ref readonly Operation failing = ref s[Math.Max(cause, 0)];
        if (Shape.HasHandle(in failing) && !failing.TakesHandle)
        {
            failing = ref s[Math.Max(TakerOf(s, failing.Slot, s.Count - 1), 0)];
        }

        if (!Shape.HasPages(in failing))
        {
            return;
        }

        Span<bool> marks = s.Marks();
        for (int i = 0; i < s.Count - 1; i++)
        {
            marks[i] = IsForeign(s, i, in failing);
        }

        s.TryWithoutMarked();
    }

    /// <summary>All lines of one process, page, handle, userfaultfd or inode, and all lines of one kind.</summary>
    public static void Groups(Session s)
    {
        for (int p = Limits.Mms - 1; p >= 0; p--)
        {
            TryWithoutGroup(s, p, static (in Operation op, int p) =>
                (Shape.HasProcess(in op) && op.Process.Value == p) || (op.Kind == OperationKind.Fork && op.Slot == p));
        }

        for (int page = Limits.PagesPerMm - 1; page >= 0; page--)
        {
            TryWithoutGroup(s, page, static (in Operation op, int page) =>
                Shape.HasPages(in op) && op.Va.Value == page && op.Length <= 1);
        }

        for (int g = Limits.Handles - 1; g >= 0; g--)
        {
            TryWithoutGroup(s, g, static (in Operation op, int g) => Shape.HasHandle(in op) && op.Slot == g);
        }

        for (int u = Limits.Uffds - 1; u >= 0; u--)
        {
            TryWithoutGroup(s, u, static (in Operation op, int u) => Shape.HasUffd(in op) && op.Slot == u);
        }

        for (int i = Limits.Inodes - 1; i >= 0; i--)
        {
            TryWithoutGroup(s, i, static (in Operation op, int i) => Shape.HasInode(in op) && op.Slot == i);
        }

        for (int kind = (int)OperationKind.Step; kind >= 0; kind--)
        {
            TryWithoutGroup(s, kind, static (in Operation op, int kind) => (int)op.Kind == kind);
        }
    }

    /// <summary>Delta debugging: chunks of half the program down to single lines, from the back.</summary>
    public static void Chunks(Session s)
    {
        for (int size = s.Count / 2; size >= 1; size = Math.Min(size - 1, size / 2))
        {
            int before = s.Count;
            for (int at = before - size; at > -size && !s.IsExhausted; at -= size)
            {
                int start = Math.Max(at, 0);
                int length = Math.Min(at + size, s.Count) - start;
                if (length > 0 && length < s.Count)
                {
                    s.TryWithout(start, length);
                }
            }

            if (size == 1 && s.Count < before)
            {
                size = 2; // until no single line can go
            }
        }
    }

    /// <summary>Two lines of which one undoes the other, or that only make sense together.</summary>
    public static void Pairs(Session s)
    {
        for (int second = s.Count - 1; second > 0; second--)
        {
            for (int first = Math.Min(second, s.Count) - 1; first >= 0 && second < s.Count; first--)
            {
                if (AreAPair(in s[first], in s[second]) && TryWithoutTwo(s, first, second))
                {
                    second = Math.Min(second, s.Count - 1);
                }
            }
        }
    }

    /// <summary>Any two lines of a short program.</summary>
    public static void AnyTwo(Session s)
    {
        for (int second = s.Count - 1; second > 0 && s.Count <= FewLines; second--)
        {
            for (int first = Math.Min(second, s.Count) - 1; first >= 0 && second < s.Count; first--)
            {
                TryWithoutTwo(s, first, second);
            }
        }
    }

    /// <summary>Any three lines of a short program.</summary>
    public static void AnyThree(Session s)
    {
        for (int third = s.Count - 1; third > 1 && s.Count <= FewLines; third--)
        {
            for (int second = Math.Min(third, s.Count) - 1; second > 0; second--)
            {
                for (int first = Math.Min(second, s.Count) - 1; first >= 0 && third < s.Count; first--)
                {
                    Span<bool> marks = s.Marks();
                    marks[first] = true;
                    marks[second] = true;
                    marks[third] = true;
                    s.TryWithoutMarked();
                }
            }
        }
    }

    private delegate bool Belongs(in Operation op, int thing);

    private static void TryWithoutGroup(Session s, int thing, Belongs belongs)
    {
        Span<bool> marks = s.Marks();
        int marked = 0;
        for (int i = 0; i < s.Count; i++)
        {
            marks[i] = belongs(in s[i], thing);
            marked += marks[i] ? 1 : 0;
        }

        if (marked > 1)
        {
            s.TryWithoutMarked();
        }
    }

    private static bool TryWithoutTwo(Session s, int first, int second)
    {
        Span<bool> marks = s.Marks();
        marks[first] = true;
        marks[second] = true;
        return s.TryWithoutMarked();
    }

    private static bool AreAPair(in Operation first, in Operation second) => second.Kind switch
    {
        OperationKind.Exit => first.Kind == OperationKind.Fork && first.Slot == second.Process.Value,
        OperationKind.Unpin or OperationKind.PipeRead or OperationKind.Unref =>
            first.TakesHandle && first.Slot == second.Slot,
        OperationKind.Mprotect => first.Kind == OperationKind.Mprotect && first.Process == second.Process,
        OperationKind.Unwp => first.Kind == OperationKind.Wp && first.Slot == second.Slot,
        OperationKind.Wp => first.Kind == OperationKind.Unwp && first.Slot == second.Slot,
        OperationKind.Unregister => first.Kind == OperationKind.Register && first.Slot == second.Slot,
        OperationKind.UffdClose => first.Kind == OperationKind.UffdOpen && first.Slot == second.Slot,
        OperationKind.UffdRead => first.Kind is OperationKind.Store or OperationKind.Pin,
        OperationKind.Munmap => first.Kind == OperationKind.Mmap && first.Process == second.Process,
        OperationKind.Mmap => first.Kind == OperationKind.Munmap && first.Process == second.Process,
        OperationKind.Fork => first.Kind == OperationKind.Exit && first.Process == second.Child,
        OperationKind.Pin or OperationKind.Get or OperationKind.Vmsplice =>
            Shape.EndsHandle(in first) && first.Slot == second.Slot,
        OperationKind.Load or OperationKind.Store =>
            first.Kind is OperationKind.Swapout or OperationKind.Migrate && first.Va == second.Va,
        OperationKind.Swapout or OperationKind.Migrate =>
            first.Kind is OperationKind.Load or OperationKind.Store && first.Va == second.Va,
        OperationKind.Mremap => first.Kind == OperationKind.Mremap && first.Process == second.Process,
        OperationKind.Dontneed or OperationKind.DevRead or OperationKind.DevWrite or OperationKind.UffdOpen
            or OperationKind.Register or OperationKind.Wake or OperationKind.ClearRefs or OperationKind.Pagemap
            or OperationKind.Swapoff or OperationKind.Free or OperationKind.Cold or OperationKind.Pageout
            or OperationKind.Populate or OperationKind.Madvise or OperationKind.NumaHint
            or OperationKind.Inject or OperationKind.FileWrite or OperationKind.ForceWrite
            or OperationKind.Copy
            or OperationKind.Zeropage or OperationKind.Continue or OperationKind.Poison or OperationKind.Move
            or OperationKind.MigrateVma
            or OperationKind.Ref or OperationKind.Scan or OperationKind.DirectIo or OperationKind.ProcessVm
            or OperationKind.Punch or OperationKind.Remove or OperationKind.Mlock or OperationKind.Munlock
            or OperationKind.Truncate or OperationKind.Guard or OperationKind.Unguard or OperationKind.MemoryFailure
            or OperationKind.Step => false,
    };

    /// <summary>Whether it shares no page with the failing operation, and neither creates nor ends anything.</summary>
    private static bool IsForeign(Session s, int index, in Operation failing)
    {
        int source = s[index].Kind == OperationKind.Step ? StagingPasses.StartOf(s, index)
            : Shape.EndsHandle(in s[index]) || Shape.IsDevice(in s[index]) ? TakerOf(s, s[index].Slot, index)
            : index;
        if (source < 0)
        {
            return true;
        }

        ref readonly Operation op = ref s[source];
        return Shape.HasPages(in op) && !op.IsSetUp
            && (op.End <= failing.Va.Value || failing.Va.Value + Math.Max(failing.Length, (byte)1) <= op.Va.Value);
    }

    /// <summary>The line that took the handle as it is at a line; -1 for none.</summary>
    private static int TakerOf(Session s, int handle, int before)
    {
        int at = before - 1;
        while (at >= 0 && !(s[at].TakesHandle && s[at].Slot == handle))
        {
            at--;
        }

        return at;
    }
}
