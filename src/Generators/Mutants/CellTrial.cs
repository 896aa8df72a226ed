// Tries one generated fault in one kernel after another until a property shows it, and shrinks what it found. A program
// counts only if it is clean without the fault. What survives is run once more beside the kernel without the fault, to
// see whether it makes any difference at all.
// Not covered: which cells there are (MutantMatrix), printing (fuzz/).

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using MmFuzz.Engine;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Kernel;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.Properties;
using MmFuzz.Engine.State;
using MmFuzz.Generators.Shrinking;

namespace MmFuzz.Generators.Mutants;

/// <summary>What became of a cell.</summary>
public enum CellVerdict : byte
{
    /// <summary>A property shows the fault, and no argument says that none can.</summary>
    Killed,

    /// <summary>No property shows it; an argument says why.</summary>
    Argued,

    /// <summary>No property shows it, and nobody has said why.</summary>
    Survived,

    /// <summary>An argument says that it changes nothing, or cannot be seen, and it does, or is.</summary>
    Refuted,
}

/// <summary>A cell that was tried.</summary>
/// <param name="Mutant">The fault.</param>
/// <param name="Base">The kernel that it was put into: where it was killed, else the last one tried.</param>
/// <param name="Violation">What showed it; null if nothing did.</param>
/// <param name="Programs">Programs until then, in all kernels.</param>
/// <param name="Operations">Operations until then.</param>
/// <param name="Applied">How often the fault changed an entry.</param>
/// <param name="Different">Of the programs run beside the newest kernel, how many ended in another machine.</param>
/// <param name="Elapsed">Time until then.</param>
/// <param name="Program">The shrunk program; null if nothing was found.</param>
/// <param name="Kept">Whether only a program that was kept shows it, since the generator takes too long.</param>
/// <param name="Argument">What is said of the cell; null for nothing.</param>
public sealed record CellResult(
    Mutant Mutant,
    Profile Base,
    Violation? Violation,
    long Programs,
    long Operations,
    long Applied,
    int Different,
    TimeSpan Elapsed,
    MmProgram? Program,
    bool Kept,
    MutantArgument? Argument)
{
    /// <summary>What became of it.</summary>
    public CellVerdict Verdict =>
        Violation is not null ? Argument is null ? CellVerdict.Killed : CellVerdict.Refuted
        : Argument is null ? CellVerdict.Survived
        : Argument.Kind == ArgumentKind.Identity && Different > 0 ? CellVerdict.Refuted
        : CellVerdict.Argued;

    /// <summary>Whether it is as it must be.</summary>
    public bool IsAsExpected => Verdict is CellVerdict.Killed or CellVerdict.Argued;
}

/// <summary>Tries cells.</summary>
public static class CellTrial
{
    /// <summary>Programs that are run beside the newest kernel to see whether the fault makes a difference.</summary>
    public const int ComparedPrograms = 1000;

    /// <summary>So many entries that pass unchanged are enough where an argument says that all do.</summary>
    private const int Unchanged = 2000;

    /// <summary>Tries a cell.</summary>
    /// <param name="cell">The fault.</param>
    /// <param name="seed">Seed of the programs.</param>
    /// <param name="budget">How long to try it in each kernel.</param>
    /// <param name="arguments">What is said of cells.</param>
    /// <param name="kept">Programs to try if generated ones show nothing.</param>
    /// <param name="stop">Ends the trial with what it has.</param>
    public static CellResult Run(
        Mutant cell,
        ulong seed,
        TimeSpan budget,
        ImmutableArray<MutantArgument> arguments,
        ImmutableArray<MmProgram> kept,
        CancellationToken stop) => Run(cell, seed, Effort.Of(budget), arguments, kept, stop);

    /// <summary>Tries a cell.</summary>
    /// <param name="cell">The fault.</param>
    /// <param name="seed">Seed of the programs.</param>
    /// <param name="effort">What it may cost to try it in each kernel.</param>
    /// <param name="arguments">What is said of cells.</param>
    /// <param name="kept">Programs to try if generated ones show nothing.</param>
    /// <param name="stop">Ends the trial with what it has.</param>
    public static CellResult Run(
        Mutant cell,
        ulong seed,
        Effort effort,
        ImmutableArray<MutantArgument> arguments,
        ImmutableArray<MmProgram> kept,
        CancellationToken stop)
    {
        MutantArgument? argument = MutantArgument.For(cell, arguments);
        bool same = argument?.Kind == ArgumentKind.Identity;
        long start = Stopwatch.GetTimestamp();
        long programs = 0;
        long operations = 0;
        long applied = 0;
        foreach (Profile kernel in MutantMatrix.Bases.Where(kernel => argument?.HoldsOn(kernel) ?? true))
        {
            var fuzzer = new Fuzzer(kernel.WithMutants([cell]), seed);
            var without = new Without(kernel, seed);
            Finding? finding = Find(fuzzer, without, cell, same, effort, stop, out long run);
            programs += run;
            operations += fuzzer.Generator.Operations;
            applied += fuzzer.Runner.Context.Mutations!.Applied;
            if (finding is not null)
            {
                TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
                ShrinkResult shrunk = new Shrinker().Shrink(
                    finding.Profile, finding.Operations, finding.Violation, new ShrinkOptions(effort.Shrink, kernel));
                var expectation = new Expectation(shrunk.Violation.PropertyName, shrunk.Violation.ClauseName);
                return new CellResult(
                    cell, kernel, shrunk.Violation, programs, operations, applied, 0, elapsed,
                    shrunk.Program.For(finding.Profile, expectation), Kept: false, argument);
            }
        }

        (MmProgram Program, Violation Violation)? shown = Show(cell, kept, argument);
        return new CellResult(
            cell,
            shown?.Program.Profile.WithMutants([]) ?? MutantMatrix.Bases[^1],
            shown?.Violation,
            programs,
            operations,
            applied,
            shown is null ? Compare(cell, seed) : 0,
            Stopwatch.GetElapsedTime(start),
            shown?.Program,
            Kept: shown is not null,
            argument);
    }

    /// <summary>The first of the kept programs for this fault alone that shows it, where the argument holds.</summary>
    private static (MmProgram Program, Violation Violation)? Show(
        Mutant cell, ImmutableArray<MmProgram> kept, MutantArgument? argument)
    {
        foreach (MmProgram program in kept)
        {
            bool spokenOf = argument?.HoldsOn(program.Profile) ?? true;
            if (program.Profile.Mutants is not [var only] || only != cell || !spokenOf)
            {
                continue;
            }

            var runner = new Runner(program.Profile);
            for (int i = 0; i < program.Operations.Length && runner.Violation is null; i++)
            {
                runner.Execute(program.Operations[i], (ushort)i);
            }

            var clean = new CleanRun(program.Profile.WithMutants([]));
            if (runner.Violation is { } violation && clean.IsClean(program.Operations.AsSpan()))
            {
                return (program, violation);
            }
        }

        return null;
    }

    private static Finding? Find(
        Fuzzer fuzzer,
        Without without,
        Mutant cell,
        bool same,
        Effort effort,
        CancellationToken stop,
        out long programs)
    {
        Mutations mutations = fuzzer.Runner.Context.Mutations!;
        long start = Stopwatch.GetTimestamp();
        programs = 0;
        while (!stop.IsCancellationRequested && !effort.IsSpent(start, programs))
        {
            if (same && mutations.Applied == 0 && mutations.Passed(cell.Transition, cell.Kind) >= Unchanged)
            {
                return null;
            }

            Finding? finding = fuzzer.RunProgram((ulong)programs++);
            if (finding is not null && without.IsClean(finding))
            {
                return finding;
            }
        }

        return null;
    }

    /// <summary>How many programs end in another machine, or are other programs, because of the fault.</summary>
    private static int Compare(Mutant cell, ulong seed)
    {
        var with = new Fuzzer(Profile.Repaired.WithMutants([cell]), seed);
        var without = new Fuzzer(Profile.Repaired, seed);
        int different = 0;
        for (ulong i = 0; i < ComparedPrograms; i++)
        {
            with.RunProgram(Fuzzer.Apart(i));
            without.RunProgram(Fuzzer.Apart(i));
            bool same = World.Bytes(in with.Runner.World).SequenceEqual(World.Bytes(in without.Runner.World));
            different += same ? 0 : 1;
        }

        return different;
    }

    /// <summary>The kernel without the fault: what it shows itself is not the fault's doing.</summary>
    private sealed class Without
    {
        /// <summary>Programs that show what the kernel violates by itself.</summary>
        private const ulong Programs = 2000;

        private readonly CleanRun clean;
        private readonly HashSet<Clause> own = [];

        public Without(Profile kernel, ulong seed)
        {
            clean = new CleanRun(kernel);
            if (kernel.Fixes.Or(kernel.Contract) == kernel.Fixes)
            {
                return; // it lacks nothing
            }

            var fuzzer = new Fuzzer(kernel, seed);
            for (ulong i = 0; i < Programs; i++)
            {
                if (fuzzer.RunProgram(Fuzzer.Apart(i)) is { } finding)
                {
                    own.Add(finding.Violation.Clause);
                }
            }
        }

        public bool IsClean(Finding finding) =>
            !own.Contains(finding.Violation.Clause) && clean.IsClean(finding.Operations.AsSpan());
    }
}
