// Makes a violating program as simple as the passes get it. They run in rounds until a whole round finds nothing, or
// the time is up; the result depends on nothing but the program, the kernels and, if it runs out, the time.
// Not covered: what a pass tries (the files of passes), what is simpler (Simplicity), causes (Attribution).

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.Properties;

namespace MmFuzz.Generators.Shrinking;

/// <summary>Shrinks programs. It can be used again, by one thread at a time.</summary>
public sealed class Shrinker
{
    private static readonly ImmutableArray<Pass> Passes =
    [
        new("cut", static _ => { }, Once: true),
        new("closure", DeletionPasses.Closure, Once: true),
        new("chunks", DeletionPasses.Chunks),
        new("groups", DeletionPasses.Groups),
        new("pairs", DeletionPasses.Pairs),
        new("staged paths", StagingPasses.Whole),
        new("unstage", StagingPasses.Unstage),
        new("merge steps", StagingPasses.Merge),
        new("move steps", StagingPasses.Shift),
        new("remove set-up", SetUpPasses.Remove),
        new("fit set-up", SetUpPasses.Fit),
        new("join set-up", SetUpPasses.Join),
        new("processes", RenamePasses.Processes),
        new("slots", RenamePasses.Slots),
        new("actors", RenamePasses.Actors),
        new("pages", RenamePasses.Pages),
        new("operands", OperandPasses.Operands),
        new("kinds", OperandPasses.Kinds),
        new("any two", DeletionPasses.AnyTwo),
        new("any three", DeletionPasses.AnyThree),
        new("retune", RetunePasses.Retune),
        new("move and delete", RetunePasses.MoveAndDelete),
        new("order", OperandPasses.Order),
    ];

    private readonly Session session = new();
    private readonly Tally[] tallies = new Tally[Passes.Length];

    /// <summary>Makes a shrinker.</summary>
    public Shrinker()
    {
    }

    /// <summary>
    /// Shrinks a program that violates a clause on a kernel. If it does not, when run, the answer is the program as it
    /// is, so that nothing found is lost.
    /// </summary>
    public ShrinkResult Shrink(
        Profile profile, IReadOnlyList<Operation> operations, Violation violation, ShrinkOptions options)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(operations);
        ArgumentNullException.ThrowIfNull(violation);
        ArgumentNullException.ThrowIfNull(options);
        Array.Clear(tallies);
        if (!session.Begin(profile, operations, violation, options))
        {
            return Answer(profile, operations, violation);
        }

        tallies[0] = new Tally(1, session.Count < operations.Count ? 1 : 0, operations.Count - session.Count);
        RunRounds();
        Violation? last = session.RunOnceMore();
        return Answer(profile, session.Program.ToArray(), last ?? violation);
    }

    private void RunRounds()
    {
        int before = -1;
        for (int round = 0; session.Successes != before && !session.IsExhausted; round++)
        {
            before = session.Successes;
            for (int i = 0; i < Passes.Length && !session.IsExhausted; i++)
            {
                if (round == 0 || !Passes[i].Once)
                {
                    RunToFixpoint(i);
                }
            }
        }
    }

    private void RunToFixpoint(int index)
    {
        int successes;
        do
        {
            int attempts = session.Attempts;
            int lines = session.Count;
            successes = session.Successes;
            Passes[index].Run(session);
            tallies[index] = tallies[index].Plus(
                session.Attempts - attempts, session.Successes - successes, lines - session.Count);
        }
        while (session.Successes != successes && !session.IsExhausted);
    }

    private ShrinkResult Answer(Profile profile, IEnumerable<Operation> operations, Violation violation)
    {
        var passes = ImmutableArray.CreateBuilder<PassStatistics>(Passes.Length);
        for (int i = 0; i < Passes.Length; i++)
        {
            Tally tally = tallies[i];
            passes.Add(new PassStatistics(Passes[i].Name, tally.Attempts, tally.Successes, tally.Removed));
        }

        return new ShrinkResult(
            new MmProgram(profile, operations, new Expectation(violation.PropertyName, violation.ClauseName)),
            violation,
            passes.MoveToImmutable(),
            session.Elapsed,
            session.IsExhausted,
            [.. session.Slips]);
    }

    /// <summary>A pass.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Run">Runs it once over the program.</param>
    /// <param name="Once">Whether it is for the first round only.</param>
    private sealed record Pass(string Name, Action<Session> Run, bool Once = false);

    private readonly record struct Tally(int Attempts, int Successes, int Removed)
    {
        public Tally Plus(int attempts, int successes, int removed) =>
            new(Attempts + attempts, Successes + successes, Removed + removed);
    }
}
