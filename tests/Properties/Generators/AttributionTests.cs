// What this file covers: findings on every older release are attributed to newer fixes, and to the smallest set: no
// single fix (and of three or more no pair) of those that the release lacks cures the program as well.
// What it does not cover: generated faults (Cli/), findings that nothing explains.

using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Properties;
using MmFuzz.Generators;
using Xunit;

namespace MmFuzz.Tests.Generators;

public class AttributionTests
{
    private const int MostOfAClause = 4;

    [Theory]
    [InlineData("v4.18")]
    [InlineData("v5.7")]
    [InlineData("v5.8")]
    [InlineData("v5.18")]
    [InlineData("v5.19")]
    [InlineData("v6.1")]
    [InlineData("v6.2")]
    public void Findings_on_an_old_release_are_attributed_to_the_smallest_set_of_newer_fixes(string release)
    {
        Profile profile = Scenarios.Scenario.ProfileOf(release);
        List<string> wrong = [];
        Finding[] findings = [.. Findings(profile)];
        Assert.NotEmpty(findings);
        foreach (Finding finding in findings)
        {
            string name = $"program {finding.Program}, {finding.Violation.ClauseName}";
            if (Attribution.Of(profile, finding.Operations, finding.Violation) is not { } fixes)
                wrong.Add($"{name}: nothing explains it");
            else if (!Cures(profile, finding, FixSet.Of(fixes)))
                wrong.Add($"{name}: {string.Join(", ", fixes)} does not cure it");
            else if (Smaller(profile, finding, fixes.Length) is { } smaller)
                wrong.Add($"{name}: {string.Join(", ", fixes)}, but {string.Join(", ", smaller.Members)} suffices");
        }

        Assert.Empty(wrong);
    }

    private static IEnumerable<Finding> Findings(Profile profile)
    {
        var fuzzer = new Fuzzer(profile, seed: 21);
        var seen = new Dictionary<Clause, int>();
        for (ulong program = 0; program < 6000; program++)
        {
            if (fuzzer.RunProgram(Fuzzer.Apart(program)) is not { } finding)
                continue;
            int before = seen.GetValueOrDefault(finding.Violation.Clause);
            seen[finding.Violation.Clause] = before + 1;
            if (before < MostOfAClause)
                yield return finding;
        }
    }

    private static FixSet? Smaller(Profile profile, Finding finding, int size)
    {
        FixSet[] singles =
        [
            .. FixCatalogue.All
                .Where(fix => !profile.Has(fix.Fix) && fix.Since > profile.Version && Attribution.CanMend(fix.Fix))
                .Select(fix => FixSet.Of(fix.Fix)),
        ];
        IEnumerable<FixSet> pairs = singles.SelectMany((one, i) => singles.Take(i).Select(other => one.Or(other)));
        IEnumerable<FixSet> smaller = size == 1 ? [] : size == 2 ? singles : singles.Concat(pairs);
        return smaller.Where(set => Cures(profile, finding, set)).Cast<FixSet?>().FirstOrDefault();
    }

    private static bool Cures(Profile profile, Finding finding, FixSet added) =>
        new CleanRun(profile.WithFixes(profile.Fixes.Or(added))).IsClean(finding.Operations.AsSpan());
}
