// What a fuzz run is asked for, and what it answers. Not covered: running (FuzzRun).

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Threading;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Kernel;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.Properties;
using MmFuzz.Generators;
using MmFuzz.Reports;

namespace MmFuzz.Cli;

/// <summary>A run.</summary>
/// <param name="Profile">The kernel.</param>
/// <param name="Seed">Where the choices begin.</param>
/// <param name="First">Number of its first program.</param>
/// <param name="Programs">How many programs; null if time decides.</param>
/// <param name="Budget">How long; null if the number of programs decides.</param>
/// <param name="Jobs">On how many threads.</param>
/// <param name="Length">Operations of a program.</param>
/// <param name="OutDirectory">Where findings are stored.</param>
internal sealed record FuzzSettings(
    Profile Profile,
    ulong Seed,
    ulong First,
    long? Programs,
    TimeSpan? Budget,
    int Jobs,
    int Length,
    string OutDirectory)
{
    /// <summary>Operations of a program if nothing else is said.</summary>
    public const int UsualLength = Fuzzer.UsualLength;

    /// <summary>The command that runs its programs again.</summary>
    public string Command => CommandFor(First, Programs ?? 1);

    /// <summary>The command that runs one program of this run again.</summary>
    public string CommandFor(ulong program) => CommandFor(program, 1);

    private string CommandFor(ulong program, long programs)
    {
        var text = new StringBuilder($"mmfuzz fuzz --profile {Profile.Version}");
        foreach (Fix fix in Profile.Missing.Members)
        {
            text.Append(" --without ").Append(KernelWords.Name(fix));
        }

        foreach (Fix fix in Profile.Added.Members)
        {
            text.Append(" --with ").Append(KernelWords.Name(fix));
        }

        foreach (Mutant mutant in Profile.Mutants)
        {
            text.Append(CultureInfo.InvariantCulture, $" --mutant {mutant}");
        }

        if (Profile.Swap != SwapDevice.Synchronous)
        {
            text.Append(CultureInfo.InvariantCulture, $" --swap {Tables.Words(Profile.Swap)}");
        }

        text.Append(CultureInfo.InvariantCulture, $" --seed {Seed} --first {program}");
        text.Append(CultureInfo.InvariantCulture, $" --programs {programs}");
        if (Length != UsualLength)
        {
            text.Append(CultureInfo.InvariantCulture, $" --length {Length}");
        }

        return text.ToString();
    }
}

/// <summary>A finding, shrunk and stored.</summary>
internal sealed class StoredFinding
{
    private long programs = 1;

    /// <summary>Makes a finding.</summary>
    public StoredFinding(MmProgram program, Violation violation, Cause cause, string file, ulong first)
    {
        Program = program;
        Violation = violation;
        Cause = cause;
        File = file;
        First = first;
    }

    /// <summary>The shrunk program.</summary>
    public MmProgram Program { get; }

    /// <summary>What it violates.</summary>
    public Violation Violation { get; }

    /// <summary>Why.</summary>
    public Cause Cause { get; }

    /// <summary>Where it is stored.</summary>
    public string File { get; }

    /// <summary>Number of the first program of the run that showed it.</summary>
    public ulong First { get; }

    /// <summary>How many programs of the run showed it.</summary>
    public long Programs => Interlocked.Read(ref programs);

    /// <summary>One more program showed it.</summary>
    public void CountOnce() => Interlocked.Increment(ref programs);
}

/// <summary>A run that is over.</summary>
/// <param name="Settings">What was asked for.</param>
/// <param name="Programs">Programs run.</param>
/// <param name="Operations">Operations executed.</param>
/// <param name="Elapsed">Time taken.</param>
/// <param name="Goals">How often each goal was reached.</param>
/// <param name="Outcomes">What became of the operations.</param>
/// <param name="Judged">Bit n: clause n had something to judge.</param>
/// <param name="Findings">What was found, in the order of programs.</param>
/// <param name="Interrupted">Whether it was stopped from outside.</param>
/// <param name="Failure">What failed inside mmfuzz; null for nothing.</param>
internal sealed record FuzzResult(
    FuzzSettings Settings,
    long Programs,
    long Operations,
    TimeSpan Elapsed,
    ImmutableArray<long> Goals,
    OutcomeTable Outcomes,
    ulong Judged,
    ImmutableArray<StoredFinding> Findings,
    bool Interrupted,
    string? Failure)
{
    /// <summary>Operations per second.</summary>
    public double Speed => Elapsed > TimeSpan.Zero ? Operations / Elapsed.TotalSeconds : 0;

    /// <summary>Goals that the kernel can reach and the run did not.</summary>
    public ImmutableArray<Goal> GoalsMissed => GoalVerdict.Missed(Settings.Profile, Goals.AsSpan());

    /// <summary>Why the run is not judged by its goals; null if it is.</summary>
    public string? GoalsNotJudged => GoalVerdict.NotJudged(Settings.Profile, Operations, Settings.Length);

    /// <summary>Whether goals that should have been reached were not.</summary>
    public bool IsRed => GoalsNotJudged is null && !GoalsMissed.IsEmpty;

    /// <summary>Properties that could not have failed: no clause of theirs had anything to judge.</summary>
    public IEnumerable<PropertyId> Vacuous()
    {
        foreach (PropertyInfo property in PropertyCatalogue.All)
        {
            ulong judged = 0;
            foreach (Clause clause in Enum.GetValues<Clause>())
            {
                judged |= PropertyCatalogue.PropertyOf(clause) == property.Id ? Judged & (1ul << (int)clause) : 0;
            }

            if (judged == 0)
            {
                yield return property.Id;
            }
        }
    }
}
