// One trial of the question whether guidance helps: how many operations a way of choosing programs needs until it
// shows a known bug, counted as the kill matrix counts: an expected property, and clean on the repaired kernel.
// Not covered: which trials, and what follows from them (fuzz/Guided).

using System;
using System.Threading;
using MmFuzz.Engine.Properties;

namespace MmFuzz.Generators.Guided;

/// <summary>What a trial answers.</summary>
/// <param name="Found">Whether the bug was shown.</param>
/// <param name="Operations">Operations until then, or all that were allowed.</param>
/// <param name="ByChange">Whether it was shown by a program that was made of another.</param>
public readonly record struct TrialResult(bool Found, long Operations, bool ByChange);

/// <summary>Tries.</summary>
public sealed class GuidanceTrial
{
    private readonly BugRow row;
    private readonly CleanRun clean;
    private readonly GuidedTarget replay;

    /// <summary>Makes a trial of a bug.</summary>
    public GuidanceTrial(BugRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        this.row = row;
        clean = new CleanRun(row.Base);
        replay = new GuidedTarget(row.Profile, Feedback.None);
    }

    /// <summary>The plain generator.</summary>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="most">Operations allowed.</param>
    /// <param name="stop">Gives up.</param>
    public TrialResult Plain(ulong seed, long most, CancellationToken stop)
    {
        var fuzzer = new Fuzzer(row.Profile, seed);
        for (ulong program = 0; fuzzer.Generator.Operations < most && !stop.IsCancellationRequested; program++)
        {
            if (Shows(fuzzer.RunProgram(program)))
            {
                return new TrialResult(true, fuzzer.Generator.Operations, ByChange: false);
            }
        }

        return new TrialResult(false, most, ByChange: false);
    }

    /// <summary>The guided loop, on a target that runs on the kernel with the bug.</summary>
    /// <param name="target">The target.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="most">Operations allowed.</param>
    /// <param name="stop">Gives up.</param>
    public TrialResult Guided(IGuidedTarget target, ulong seed, long most, CancellationToken stop)
    {
        var loop = new GuidedLoop(target, seed);
        while (loop.Operations < most && !stop.IsCancellationRequested)
        {
            GuidedStep step = loop.Step();
            if (step.Outcome.Violated && Shows(Replay(loop.Last)))
            {
                return new TrialResult(true, loop.Operations, step.IsChanged);
            }
        }

        return new TrialResult(false, most, ByChange: false);
    }

    private Finding? Replay(ReadOnlySpan<byte> program)
    {
        replay.Run(program);
        return replay.Found(0);
    }

    private bool Shows(Finding? finding) =>
        finding is not null && row.Expected.Contains(finding.Violation.Property)
        && clean.IsClean(finding.Operations.AsSpan());
}
