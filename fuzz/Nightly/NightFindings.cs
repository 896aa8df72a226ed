// The findings of a night, each once: what has the same property, clause and cause is one finding, whatever the kernel
// and however many programs show it; new, old, or gone. Not covered: causes (Generators/Attribution).

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MmFuzz.Reports.Night;

namespace MmFuzz.Cli.Nightly;

/// <summary>Tells findings apart.</summary>
internal sealed class NightFindings
{
    private readonly NightProgress progress;
    private readonly Dictionary<string, SeenFinding> seen;
    private readonly Dictionary<string, long> programs = new(StringComparer.Ordinal);

    /// <summary>Makes it.</summary>
    public NightFindings(NightProgress progress, NightRecords memory)
    {
        this.progress = progress;
        seen = memory.Findings.ToDictionary(one => one.Key, StringComparer.Ordinal);
        foreach ((string file, long more) in progress.Fuzzed.SelectMany(unit => unit.Counts))
        {
            programs[file] = programs.GetValueOrDefault(file) + more;
        }
    }

    /// <summary>All of them, what nothing explains first, then by key.</summary>
    public ImmutableArray<NightFinding> All()
    {
        ImmutableArray<OldFinding> replayed = progress.Replay?.Old ?? [];
        HashSet<string> old = [.. replayed.Select(one => one.Finding.Key)];
        FindingMade[] made = [.. progress.Findings];
        IEnumerable<NightFinding> now = made.GroupBy(one => one.Finding.Key, StringComparer.Ordinal)
            .Select(group => Of([.. group], old.Contains(group.Key)));
        HashSet<string> keys = [.. made.Select(one => one.Finding.Key)];
        IEnumerable<NightFinding> before = replayed.Where(one => !keys.Contains(one.Finding.Key))
            .GroupBy(one => (one.Finding.Key, one.IsLeft))
            .Select(group => Of([.. group.Select(one => one.Finding)], group.Key.IsLeft));
        return
        [
            .. now.Concat(before).OrderBy(one => one.AttributedTo is not null)
                .ThenBy(one => one.Key, StringComparer.Ordinal).ThenBy(one => one.Age),
        ];
    }

    /// <summary>A finding of this night.</summary>
    private NightFinding Of(FindingMade[] same, bool isOld)
    {
        string[] files = [.. same.Select(one => one.Finding.File).Distinct()];
        NightFinding finding = Of(same[0].Finding, files);
        return finding with
        {
            Age = isOld || seen.ContainsKey(finding.Key) ? FindingAge.Old : FindingAge.New,
            Programs = Math.Max(1, files.Sum(file => programs.GetValueOrDefault(file))),
            FoundOn = [.. same.Select(one => one.Variant).Distinct()],
        };
    }

    /// <summary>A finding of an earlier night that this one did not meet.</summary>
    private NightFinding Of(FoundProgram[] same, bool isLeft)
    {
        string[] files = [.. same.Select(one => one.File).Distinct()];
        return Of(same[0], files) with { Age = isLeft ? FindingAge.Old : FindingAge.Gone };
    }

    private NightFinding Of(FoundProgram found, string[] files)
    {
        SeenFinding? before = seen.GetValueOrDefault(found.Key);
        return new NightFinding(
            found.Key,
            found.Property,
            found.Clause,
            found.AttributedTo,
            FindingAge.New,
            found.Operations,
            0,
            [],
            found.File,
            found.Program,
            [.. files.Where(file => file != found.File)],
            before?.FirstSeen ?? progress.Begun!.Started,
            before?.FirstCommit ?? progress.Begun!.Commit,
            found.FoundBy);
    }
}
