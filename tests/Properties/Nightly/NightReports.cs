// What this file covers: reports of nights to write pages and documents of: one in which all is well, and one in which
// everything went wrong that can, with texts that would like to be markup.
// What it does not cover: nights (NightTests.cs).

using System.Collections.Immutable;
using System.Linq;
using MmFuzz.Reports.Night;

namespace MmFuzz.Tests.Nightly;

/// <summary>Reports.</summary>
internal static class NightReports
{
    /// <summary>What must not become markup.</summary>
    internal const string Nasty = "<script>alert(1)</script> \"&' \u0001\u202e]]>";

    private const string Program = "mmfuzz 1\nprofile v6.18\nmmap p0 0 1 anon rw\nstore p0 0\n";
    private const string Commit = "0123456789abcdef0123456789abcdef01234567";

    /// <summary>A night of nothing.</summary>
    internal static NightReport Well { get; } = new(
        new NightHead(Commit, "2026-01-02T03:04:05Z", 60, 60, null, 1, 2, 0, NightState.Complete, "mmfuzz nightly"),
        [new NightPart("replay", NightState.Complete, 1.5, "all as it must be"),
            new NightPart("linux", NightState.Skipped, 0, "not to be had here: this is not Linux")],
        [], [],
        new NightCanary("early-cow-fork", true, "found, as it must be", 7, "2026-01-02T03:04:05Z", Commit, 0),
        new NightReplays(3, 3, 0, 0),
        [], [], 0, [], [], [], null,
        [Line(1, problems: 0)]);

    /// <summary>A night of everything.</summary>
    internal static NightReport Red { get; } = Well with
    {
        Head = Well.Head with { Resumed = 2, State = NightState.UnderWay, Command = "mmfuzz nightly --out " + Nasty },
        Parts =
        [
            .. ((string[])["replay", "canary", "known-bugs", "faults", "linux", "fuzz"]).Select(
                (name, i) => new NightPart(name, (NightState)(i % 5), i, Nasty)),
        ],
        Problems =
        [
            .. System.Enum.GetValues<ProblemKind>().Select(kind => new NightProblem(
                kind, kind == ProblemKind.Finding ? "fuzz" : "replay", $"{kind} {Nasty}", Nasty,
                kind == ProblemKind.Finding ? "findings/a b.mm" : null)),
        ],
        Findings =
        [
            Finding("counts/refcount/unexplained-1", FindingAge.New, null, "findings/a b.mm"),
            Finding("counts/refcount/zap-flush", FindingAge.Old, ["zap-flush"], "findings/old.mm"),
            Finding("tlb/freed-page/unexplained-2", FindingAge.Gone, null, "findings/gone.mm"),
        ],
        Canary = new NightCanary("early-cow-fork", false, Nasty, null, "2026-01-01T00:00:00Z", Commit, 97445),
        Bugs =
        [
            new NightBug("found", false, true, "tlb", 12, 1200, 0.2, 3, 4),
            new NightBug("missed", false, false, null, 123456, 12345600, 20, 0, 4),
            new NightBug("quiet", true, false, null, 10000, 1000000, 1, 0, 0),
            new NightBug("loud", true, true, "counts", 10, 1000, 1, 2, 0),
        ],
        Faults =
        [
            new NightFault("drop:write@zap@anon", "zap@anon", "drop", "write", "killed", "tlb", 9, 1, true),
            new NightFault("drop:dirty@zap@anon", "zap@anon", "drop", "dirty", "survived", null, 9, 1, false),
            new NightFault("invent:dirty@zap@anon", "zap@anon", "invent", "dirty", "argued", null, 9, 1, true),
        ],
        FaultsInAll = 640,
        Variants =
        [
            new NightVariant("v6.1", 100, 9000, 0.5, 2, 1, 60, ["cow-copy"], null, []),
            new NightVariant("v5.7 on a disk", 100, 9000, 0.6, 0, 0, 50, [], "fewer operations", ["excl-single"]),
        ],
        Goals = [new NightGoal("cow-copy", 0, 0, ["v6.1"]), new NightGoal("cow-reuse", 12345, 2, [])],
        Samples =
        [
            .. Enumerable.Range(0, 500).Select(
                i => new NightSample(i, 50 + (90L * i * i), i / 8, i / 4, i * 3L, i / 100)),
        ],
        Kernel = new NightKernel(
            "6.18", "v6.18", 10, 100, 1, 1, [new NightDivergence("errno", Nasty, "findings/linux.mm", Program)]),
        History = [Line(3, problems: 9), Line(2, problems: 0), Line(1, problems: 1)],
    };

    private static NightFinding Finding(
        string key, FindingAge age, ImmutableArray<string>? cause, string file) => new(
        key, key.Split('/')[0], key.Split('/')[1], cause, age, 2, age == FindingAge.Gone ? 0 : 17,
        ["v6.1", "v6.1 on a disk"], file, Program, [], "2026-01-01T00:00:00Z", Commit, "mmfuzz fuzz " + Nasty);

    private static NightLine Line(int day, int problems) => new(
        $"{day}{Commit[1..]}", $"2026-01-0{day}T00:00:00Z", $"2026-01-0{day}T03:04:05Z", (ulong)day, 60, problems == 0,
        problems, 12345678, 1200000.0 * day, 60, 63, 40, 40, 79, 12, 3, 1);
}
