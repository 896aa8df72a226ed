// What a part brought, in a line. Not covered: why a night is red (NightProblems).

using System;
using System.Collections.Immutable;
using System.Linq;
using MmFuzz.Engine.Properties;
using MmFuzz.Reports.Night;

namespace MmFuzz.Cli.Nightly;

/// <summary>Words for parts.</summary>
internal static class PartWords
{
    /// <summary>A line.</summary>
    public static string Of(string part, NightProgress progress, ImmutableArray<NightFinding> findings) => part switch
    {
        NightParts.Replay => Replay(progress),
        NightParts.Canary => progress.Canary?.Canary.Words ?? "not done",
        NightParts.Bugs => Bugs(progress),
        NightParts.Faults => Faults(progress),
        NightParts.Linux => Linux(progress),
        NightParts.Guided => Guided(progress, findings),
        NightParts.Fuzz => Fuzz(progress, findings),
        _ => throw new ArgumentOutOfRangeException(nameof(part)),
    };

    private static string Replay(NightProgress progress) => progress.Replay is not { } done
        ? "not done"
        : $"{done.Corpus - done.Wrong.Length} of {done.Corpus} programs of the corpus did what they must; "
            + $"{done.Old.Count(one => one.IsLeft)} of {Tables.Plural(done.Old.Length, "finding")} of earlier nights "
            + "still there";

    private static string Bugs(NightProgress progress)
    {
        int bugs = progress.Bugs.Values.Count(one => !one.IsQuiet);
        int found = progress.Bugs.Values.Count(one => one is { IsQuiet: false, Found: true });
        int quiet = progress.Bugs.Count - bugs;
        int stayed = progress.Bugs.Values.Count(one => one is { IsQuiet: true, Found: false });
        int left = BugCatalogue.All.Length - progress.Bugs.Count;
        return $"{found} of {bugs} known bugs found; {stayed} of {quiet} quiet rows stayed quiet"
            + (left == 0 ? string.Empty : $"; {left} not tried");
    }

    private static string Faults(NightProgress progress)
    {
        int all = progress.Faults.Values.Select(one => one.InAll).FirstOrDefault();
        int Count(string verdict) => progress.Faults.Values.Count(one => one.Fault.Verdict == verdict);
        return $"{progress.Faults.Count} of {Tables.Plural(all, "fault")} tried: {Count("killed")} killed, "
            + $"{Count("argued")} argued for, {Count("survived")} survived, {Count("refuted")} refuted an argument";
    }

    private static string Linux(NightProgress progress) => progress.Compared.Count == 0
        ? "nothing compared"
        : $"{Tables.Count(progress.Compared.Sum(unit => unit.Programs))} programs compared with "
            + $"{progress.Compared[^1].Release}, {Tables.Plural(progress.Divergences.Count(), "divergence")}";

    private static string Guided(NightProgress progress, ImmutableArray<NightFinding> findings)
    {
        FuzzDone[] units = [.. progress.UnitsOf(NightParts.Guided, NightParts.Guided)];
        return $"{Tables.Count(units.Sum(unit => unit.Programs))} programs, "
            + $"{Tables.Count(units.Sum(unit => unit.Operations))} operations, "
            + $"{Tables.Count(units.Select(unit => unit.Shapes).DefaultIfEmpty().Max())} shapes of the world, "
            + Tables.Plural(findings.Count(one => one.FoundOn.Contains(NightParts.Guided)), "finding");
    }

    private static string Fuzz(NightProgress progress, ImmutableArray<NightFinding> findings)
    {
        NightFinding[] met = [.. findings.Where(one => one.FoundOn.Any(name => name != NightParts.Guided))];
        FuzzDone[] units = [.. progress.Fuzzed.Where(unit => unit.Part == NightParts.Fuzz)];
        int variants = units.Select(unit => unit.Variant).Distinct().Count();
        return $"{variants} of {progress.Begun!.Settings.Variants.Length} variants, "
            + $"{Tables.Count(units.Sum(unit => unit.Programs))} programs, "
            + $"{Tables.Count(units.Sum(unit => unit.Operations))} operations, "
            + $"{Tables.Plural(met.Length, "finding")}, {met.Count(one => one.AttributedTo is null)} not explained";
    }
}
