// The shrinking of one program: the simplest program so far, the candidate being written, what was tried already, the
// budget, the statistics and the slips. A pass asks `Try...`, and if the answer is yes, the program has changed.
// Not covered: which candidates are worth a try (the passes), in which order (Shrinker).

using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Runtime.InteropServices;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.Properties;

namespace MmFuzz.Generators.Shrinking;

/// <summary>One program being shrunk.</summary>
internal sealed class Session
{
    private readonly Replayer ownReplayer = new();
    private ITrial replayer;
    private readonly CleanRun clean = new(Profile.Newest);
    private readonly HashSet<ulong> tried = [];
    private readonly List<Operation> effective = [];
    private readonly List<MmProgram> slips = [];
    private readonly HashSet<Clause> slipped = [];
    private readonly Stopwatch watch = new();
    private List<Operation> current = [];
    private List<Operation> spare = [];
    private bool[] marks = [];
    private Simplicity simplicity;
    private Profile profile = Profile.Newest;
    private bool mustBeClean;
    private bool mustBeWellFormed;
    private Violation sought = null!;
    private TimeSpan budget;

    /// <summary>Makes a session in which the model alone decides.</summary>
    public Session() => replayer = ownReplayer;

    /// <summary>Operations of the program.</summary>
    public int Count => current.Count;

    /// <summary>The program.</summary>
    public ReadOnlySpan<Operation> Program => CollectionsMarshal.AsSpan(current);

    /// <summary>The candidate being written.</summary>
    public List<Operation> Draft { get; } = [];

    /// <summary>Programs that failed differently.</summary>
    public IReadOnlyList<MmProgram> Slips => slips;

    /// <summary>Candidates executed.</summary>
    public int Attempts { get; private set; }

    /// <summary>Candidates adopted.</summary>
    public int Successes { get; private set; }

    /// <summary>Whether the time is up.</summary>
    public bool IsExhausted { get; private set; }

    /// <summary>Time since the beginning.</summary>
    public TimeSpan Elapsed => watch.Elapsed;

    /// <summary>One operation of the program.</summary>
    public ref readonly Operation this[int index] => ref Program[index];

    /// <summary>
    /// Takes a program up, cut behind its failing operation and without skipped lines; false if it does not show the
    /// violation.
    /// </summary>
    public bool Begin(
        Profile kernel, IReadOnlyList<Operation> operations, Violation violation, ShrinkOptions options)
    {
        watch.Restart();
        (profile, sought, budget) = (kernel, violation, options.Budget);
        (Attempts, Successes, IsExhausted) = (0, 0, false);
        tried.Clear();
        slips.Clear();
        slipped.Clear();
        replayer = options.Trial ?? ownReplayer;
        replayer.Reset(kernel);
        mustBeClean = options.MustBeCleanOn is not null;
        clean.Profile = options.MustBeCleanOn ?? kernel;
        Draft.Clear();
        foreach (Operation op in operations)
        {
            Draft.Add(Shape.Plain(in op));
        }

        mustBeWellFormed = AllWellFormed(CollectionsMarshal.AsSpan(Draft));
        if (Take(Draft))
        {
            return true;
        }

        Draft.Clear();
        Draft.AddRange(operations);
        return Take(Draft);
    }

    /// <summary>Runs the program once more from the beginning.</summary>
    public Violation? RunOnceMore() => replayer.RunWhole(Program);

    /// <summary>Begins a candidate as a copy of the program.</summary>
    public Span<Operation> CopyToDraft()
    {
        Draft.Clear();
        Draft.AddRange(Program);
        return CollectionsMarshal.AsSpan(Draft);
    }

    /// <summary>A mark for each operation, none set.</summary>
    public Span<bool> Marks()
    {
        if (marks.Length < Count)
        {
            marks = new bool[Count * 2];
        }

        Span<bool> cleared = marks.AsSpan(0, Count);
        cleared.Clear();
        return cleared;
    }

    /// <summary>Tries the program without some lines.</summary>
    public bool TryWithout(int start, int length)
    {
        Draft.Clear();
        Draft.AddRange(Program[..start]);
        Draft.AddRange(Program[(start + length)..]);
        return TryDraft();
    }

    /// <summary>Tries the program without the lines that are marked; false if none or all are.</summary>
    public bool TryWithoutMarked()
    {
        Draft.Clear();
        for (int i = 0; i < Count; i++)
        {
            if (!marks[i])
            {
                Draft.Add(current[i]);
            }
        }

        return Draft.Count != Count && TryDraft();
    }

    /// <summary>Tries the program with one line changed.</summary>
    public bool TryWith(int index, in Operation op)
    {
        if (op == current[index])
        {
            return false;
        }

        CopyToDraft()[index] = op;
        return TryDraft();
    }

    /// <summary>Tries the candidate that was written.</summary>
    public bool TryDraft()
    {
        Span<Operation> draft = CollectionsMarshal.AsSpan(Draft);
        if (draft.IsEmpty || IsOver() || !IsSimpler(draft) || !tried.Add(Simplicity.Hash(draft))
            || (mustBeWellFormed && !AllWellFormed(draft)))
        {
            return false;
        }

        Attempts++;
        Violation? found = replayer.Run(draft);
        if (found is null)
        {
            return false;
        }

        if (!found.IsLike(sought))
        {
            Slip(draft[..replayer.Executed], found);
            return false;
        }

        KeepEffective(draft);
        if (!IsClean(effective) || !Adopt(effective))
        {
            return false;
        }

        Successes++;
        return true;
    }

    private bool IsOver()
    {
        IsExhausted = IsExhausted || watch.Elapsed >= budget;
        return IsExhausted;
    }

    private bool IsSimpler(ReadOnlySpan<Operation> draft)
    {
        int order = Simplicity.Compare(Simplicity.Of(draft), simplicity);
        return order < 0 || (order == 0 && Simplicity.CompareTexts(draft, Program) < 0);
    }

    private static bool AllWellFormed(ReadOnlySpan<Operation> draft)
    {
        foreach (ref readonly Operation op in draft)
        {
            if (!Shape.IsWellFormed(in op))
            {
                return false;
            }
        }

        return true;
    }

    private bool IsClean(List<Operation> program) =>
        !mustBeClean || clean.IsClean(CollectionsMarshal.AsSpan(program));

    /// <summary>What of the last run's program did anything.</summary>
    private void KeepEffective(ReadOnlySpan<Operation> program)
    {
        effective.Clear();
        ReadOnlySpan<bool> removable = replayer.Removable;
        for (int i = 0; i < removable.Length; i++)
        {
            if (!removable[i])
            {
                effective.Add(program[i]);
            }
        }
    }

    private bool Take(List<Operation> program)
    {
        Violation? found = replayer.RunWhole(CollectionsMarshal.AsSpan(program));
        if (found is null || !found.IsLike(sought))
        {
            return false;
        }

        KeepEffective(CollectionsMarshal.AsSpan(program));
        program.RemoveRange(replayer.Executed, program.Count - replayer.Executed);
        bool cutOnly = !IsClean(effective) && IsClean(program);
        current.Clear();
        return (!cutOnly && Adopt(effective)) || Adopt(program);
    }

    /// <summary>Makes it the program, if it shows the violation also when it is run from the beginning.</summary>
    private bool Adopt(List<Operation> program)
    {
        Violation? found = replayer.Rebase(CollectionsMarshal.AsSpan(program));
        if (found is null || !found.IsLike(sought))
        {
            replayer.Rebase(Program);
            return false;
        }

        spare.Clear();
        spare.AddRange(CollectionsMarshal.AsSpan(program)[..replayer.Executed]);
        (current, spare) = (spare, current);
        simplicity = Simplicity.Of(Program);
        return true;
    }

    private void Slip(ReadOnlySpan<Operation> program, Violation found)
    {
        if (slipped.Add(found.Clause))
        {
            slips.Add(new MmProgram(
                profile, program.ToArray(), new Expectation(found.PropertyName, found.ClauseName)));
        }
    }
}
