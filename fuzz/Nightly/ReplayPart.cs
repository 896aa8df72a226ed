// The first part of a night: findings of earlier nights are run again, then the corpus. What shows nothing any more is
// gone; what a program of the corpus does otherwise than it must is a regression.
// Not covered: which programs the corpus has (Corpus).

using System;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using MmFuzz.Engine.Properties;
using MmFuzz.Reports;
using MmFuzz.Reports.Night;

namespace MmFuzz.Cli.Nightly;

/// <summary>Replays.</summary>
internal sealed class ReplayPart : INightPart
{
    /// <inheritdoc/>
    public string Name => NightParts.Replay;

    /// <inheritdoc/>
    public int Share => 0;

    /// <inheritdoc/>
    public string? WhyNot() => null;

    /// <inheritdoc/>
    public bool Run(Night night, PartTime time)
    {
        ImmutableArray<OldFinding> old = [.. StoredFiles(night.Place).Select(file => ReplayOld(night, file))];
        string? corpus = Corpus.Find();
        ImmutableArray<CorpusResult> results = corpus is null ? [] : Corpus.Replay(night.Session, corpus);
        if (night.IsStopped)
        {
            return false;
        }

        night.Record(new ReplayDone(results.Length, [.. results.Where(one => !one.AsExpected)], old));
        return true;
    }

    /// <summary>Programs of findings that are there, in the order of their names; raw ones are left out.</summary>
    public static ImmutableArray<string> StoredFiles(NightPlace place) => !Directory.Exists(place.Findings)
        ? []
        : [.. Directory.EnumerateFiles(place.Findings, "*.mm")
            .Where(file => !file.EndsWith(".raw.mm", StringComparison.Ordinal))
            .Where(file => !Path.GetFileName(file).StartsWith("linux-", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)];

    private static OldFinding ReplayOld(Night night, string file)
    {
        NamedProgram named = ProgramFiles.Read(night.Session, file);
        ProgramExplanation explanation = ProgramExplanation.Of(named.Program, withStages: false);
        Violation? violation = explanation.Violation;
        Cause? cause = ReplayCommand.CauseOf(explanation);
        string relative = night.Place.Relative(file);
        var finding = new FoundProgram(
            violation?.PropertyName ?? named.Program.Expectation?.Property ?? "nothing",
            violation?.ClauseName ?? named.Program.Expectation?.Clause ?? "nothing",
            cause is { IsKnown: true } ? cause.Names : null,
            named.Program.Length,
            relative,
            named.Program.Print(),
            0,
            $"mmfuzz replay {relative}");
        return new OldFinding(finding, violation is not null);
    }
}
