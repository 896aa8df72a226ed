// What is remembered from night to night, in one JSON file: seeds by commit, a line for each night, when each finding
// was seen first, when the canary was found last. Files of several machines can be merged.
// Not covered: which seeds are kept (SeedRecords), what a night adds (NightReporter).

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Text.Json;
using MmFuzz.Reports.Night;

namespace MmFuzz.Cli.Nightly;

/// <summary>A finding that was seen.</summary>
/// <param name="Key">Which.</param>
/// <param name="FirstSeen">When it was seen first.</param>
/// <param name="FirstCommit">At which commit.</param>
/// <param name="LastSeen">When it was seen last.</param>
/// <param name="LastCommit">At which commit.</param>
internal sealed record SeenFinding(
    string Key, string FirstSeen, string FirstCommit, string LastSeen, string LastCommit);

/// <summary>The canary, as it was found last.</summary>
/// <param name="Found">When.</param>
/// <param name="Commit">At which commit.</param>
internal sealed record SeenCanary(string Found, string Commit);

/// <summary>What is remembered.</summary>
/// <param name="Version">Version of this form.</param>
/// <param name="Seeds">Seeds by commit.</param>
/// <param name="Nights">Nights, the newest first.</param>
/// <param name="Findings">Findings, by key.</param>
/// <param name="Canary">The canary; null if it was never found.</param>
internal sealed record NightRecords(
    int Version,
    ImmutableArray<SeedRecord> Seeds,
    ImmutableArray<NightLine> Nights,
    ImmutableArray<SeenFinding> Findings,
    SeenCanary? Canary)
{
    private const int Current = 1;

    /// <summary>Nothing.</summary>
    public static NightRecords Empty { get; } = new(Current, [], [], [], null);

    /// <summary>Reads a file; one that is not there has nothing in it.</summary>
    public static NightRecords Read(string path)
    {
        if (!File.Exists(path))
        {
            return Empty;
        }

        try
        {
            NightRecords? read = JsonText.Read<NightRecords>(File.ReadAllText(path));
            bool whole = read is
            {
                Version: Current, Seeds.IsDefault: false, Nights.IsDefault: false, Findings.IsDefault: false,
            };
            return whole
                ? read!
                : throw new BadInputException(
                    $"{path}:1:1: found another document, expected records of nights in version {Current}");
        }
        catch (JsonException failure)
        {
            long line = (failure.LineNumber ?? 0) + 1;
            long column = (failure.BytePositionInLine ?? 0) + 1;
            throw new BadInputException(FormattableString.Invariant(
                $"{path}:{line}:{column}: found no JSON that can be read, expected records of nights"));
        }
        catch (Exception failure) when (ProgramFiles.IsAboutFiles(failure))
        {
            throw new BadInputException(
                $"{path}: found {ProgramFiles.Reason(failure)}, expected a file with records of nights");
        }
    }

    /// <summary>Both in one.</summary>
    public NightRecords With(NightRecords other) => new(
        Current,
        SeedRecords.Merge(Seeds.Concat(other.Seeds)),
        [
            .. SeedRecords.OfNewestCommits(
                    Nights.Concat(other.Nights).GroupBy(one => (one.Commit, one.Started, one.Seed)).Select(Fullest),
                    one => one.Commit, one => one.CommitTime)
                .OrderByDescending(one => one.Started, StringComparer.Ordinal)
                .ThenBy(one => one.Commit, StringComparer.Ordinal),
        ],
        [
            .. Findings.Concat(other.Findings).GroupBy(one => one.Key, StringComparer.Ordinal).Select(Merged)
                .OrderBy(one => one.Key, StringComparer.Ordinal),
        ],
        new[] { Canary, other.Canary }.OfType<SeenCanary>()
            .OrderByDescending(one => one.Found, StringComparer.Ordinal)
            .ThenBy(one => one.Commit, StringComparer.Ordinal).FirstOrDefault());

    /// <summary>Of what is told twice of a night, that which was told later.</summary>
    private static NightLine Fullest(IEnumerable<NightLine> same) =>
        same.OrderByDescending(one => one.Complete).ThenByDescending(one => one.Seconds)
            .ThenBy(one => one.ToString(), StringComparer.Ordinal).First();

    private static SeenFinding Merged(IEnumerable<SeenFinding> same)
    {
        SeenFinding first = same.OrderBy(one => one.FirstSeen, StringComparer.Ordinal)
            .ThenBy(one => one.FirstCommit, StringComparer.Ordinal).First();
        SeenFinding last = same.OrderByDescending(one => one.LastSeen, StringComparer.Ordinal)
            .ThenBy(one => one.LastCommit, StringComparer.Ordinal).First();
        return first with { LastSeen = last.LastSeen, LastCommit = last.LastCommit };
    }
}
