// Seeds by commit, with TigerBeetle's rules for merging what several nights and machines tell: the newest 32 commits,
// and of each commit and fuzzer 4 seeds: failing before passing, faster before slower, older before newer. What took
// too long has failed. Merging is a choice of the best by one order, so neither the order of merges nor how often one
// is repeated matters. Not covered: the file (NightRecords).

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;

namespace MmFuzz.Cli.Nightly;

/// <summary>What a seed did.</summary>
/// <param name="Commit">On which commit.</param>
/// <param name="CommitTime">When that was made, in ISO 8601.</param>
/// <param name="Fuzzer">What was fuzzed.</param>
/// <param name="Ok">Whether nothing was found; false if it took too long.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Seconds">How long it took, to the failure if it failed.</param>
/// <param name="Started">When, in ISO 8601.</param>
/// <param name="Result">What it did, in words.</param>
/// <param name="Command">The command that does it again.</param>
internal sealed record SeedRecord(
    string Commit,
    string CommitTime,
    string Fuzzer,
    bool Ok,
    ulong Seed,
    double Seconds,
    string Started,
    string Result,
    string Command);

/// <summary>Merges seed records.</summary>
internal static class SeedRecords
{
    /// <summary>Commits that are kept.</summary>
    public const int MostCommits = 32;

    /// <summary>Seeds of a commit and fuzzer that are kept.</summary>
    public const int MostSeeds = 4;

    /// <summary>What is kept of all, the newest commit first.</summary>
    public static ImmutableArray<SeedRecord> Merge(IEnumerable<SeedRecord> all) =>
    [
        .. from ofCommit in NewestCommits(all)
           from ofFuzzer in ofCommit.GroupBy(one => one.Fuzzer, StringComparer.Ordinal)
               .OrderBy(same => same.Key, StringComparer.Ordinal)
           from record in ofFuzzer.Order(Comparer<SeedRecord>.Create(Compare)).Take(MostSeeds)
           select record,
    ];

    /// <summary>Of nights and of seeds alike only those of the newest commits are kept.</summary>
    public static ImmutableArray<T> OfNewestCommits<T>(
        IEnumerable<T> all, Func<T, string> commit, Func<T, string> commitTime)
    {
        var newest = all.GroupBy(commit, StringComparer.Ordinal)
            .OrderByDescending(group => group.Max(commitTime), StringComparer.Ordinal)
            .ThenBy(group => group.Key, StringComparer.Ordinal).Take(MostCommits);
        return [.. newest.SelectMany(group => group)];
    }

    private static IEnumerable<IGrouping<string, SeedRecord>> NewestCommits(IEnumerable<SeedRecord> all) =>
        OfNewestCommits(all.Distinct(), one => one.Commit, one => one.CommitTime)
            .GroupBy(one => one.Commit, StringComparer.Ordinal);

    /// <summary>Failing first, then the faster, then the older; the rest makes the order whole.</summary>
    private static int Compare(SeedRecord left, SeedRecord right)
    {
        int[] verdicts =
        [
            left.Ok.CompareTo(right.Ok),
            left.Seconds.CompareTo(right.Seconds),
            string.CompareOrdinal(left.Started, right.Started),
            left.Seed.CompareTo(right.Seed),
            string.CompareOrdinal(left.Command, right.Command),
            string.CompareOrdinal(left.Result, right.Result),
            string.CompareOrdinal(left.CommitTime, right.CommitTime),
        ];
        return Array.Find(verdicts, verdict => verdict != 0);
    }
}
