// A night as SARIF 2.1.0, for code scanning: a rule for each clause and for each other reason to be red, a result for
// each finding and each such reason. What an old kernel is known to show is a note, what nothing explains an error.
// Not covered: line numbers within the model's sources; a result points to its program.

using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Properties;

namespace MmFuzz.Reports.Night;

/// <summary>Writes SARIF.</summary>
public static class SarifLog
{
    private const string Schema = "https://json.schemastore.org/sarif-2.1.0.json";
    private const string Fingerprint = "mmfuzz/v1";

    private static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The night's document.</summary>
    /// <param name="report">The night.</param>
    /// <param name="version">The version of mmfuzz.</param>
    public static string Of(NightReport report, string version)
    {
        string[] rules =
        [
            .. report.Findings.Select(RuleOf).Concat(Others(report).Select(RuleOf)).Distinct()
                .Order(StringComparer.Ordinal),
        ];
        var log = new JsonObject
        {
            ["$schema"] = Schema,
            ["version"] = "2.1.0",
            ["runs"] = new JsonArray(new JsonObject
            {
                ["tool"] = new JsonObject { ["driver"] = Driver(version, rules) },
                ["automationDetails"] = new JsonObject { ["id"] = "mmfuzz-nightly/" },
                ["columnKind"] = "utf16CodeUnits",
                ["invocations"] = new JsonArray(new JsonObject
                {
                    ["executionSuccessful"] = report.Problems.All(problem => problem.Kind != ProblemKind.Failure),
                    ["commandLine"] = report.Head.Command,
                    ["startTimeUtc"] = report.Head.Started,
                }),
                ["results"] = new JsonArray(
                [
                    .. report.Findings.Select(finding => Result(finding, rules)),
                    .. Others(report).Select(problem => Result(problem, rules)),
                ]),
            }),
        };
        return log.ToJsonString(Options) + "\n";
    }

    /// <summary>Reasons to be red that are not findings, which stand for themselves.</summary>
    private static IEnumerable<NightProblem> Others(NightReport report) =>
        report.Problems.Where(problem => problem.Kind != ProblemKind.Finding);

    private static string RuleOf(NightFinding finding) => $"{finding.Property}/{finding.Clause}";

    private static string RuleOf(NightProblem problem) => "nightly/" + Names.Dashed(problem.Kind);

    private static JsonObject Driver(string version, string[] rules) => new()
    {
        ["name"] = "mmfuzz",
        ["version"] = version,
        ["rules"] = new JsonArray([.. rules.Select(Rule)]),
    };

    private static JsonObject Rule(string id) => new()
    {
        ["id"] = id,
        ["shortDescription"] = new JsonObject { ["text"] = Description(id) },
    };

    private static string Description(string id)
    {
        string property = id.Split('/')[0];
        PropertyInfo? info = PropertyCatalogue.All.FirstOrDefault(one => one.Name == property);
        return info is null ? $"The night is red: {id.Split('/')[1]}." : info.Rule;
    }

    private static JsonObject Result(NightFinding finding, string[] rules)
    {
        string cause = finding.Age == FindingAge.Gone ? "its program shows nothing any more"
            : finding.AttributedTo is { } names
            ? $"expected on a kernel that lacks {string.Join(", ", names)}"
            : "nothing explains it: a new bug, or a defect of the model";
        string baseline = finding.Age switch
        {
            FindingAge.New => "new",
            FindingAge.Old => "unchanged",
            FindingAge.Gone => "absent",
        };
        string on = finding.FoundOn.IsEmpty ? string.Empty : $" on {string.Join(", ", finding.FoundOn)}";
        JsonObject result = Result(
            rules, RuleOf(finding), LevelOf(finding),
            $"{finding.Property} ({finding.Clause}){on}: {cause}. Replay: mmfuzz replay --trace {finding.File}",
            finding.File, finding.Key);
        result["baselineState"] = baseline;
        return result;
    }

    private static string LevelOf(NightFinding finding) =>
        finding.Age == FindingAge.Gone ? "none" : finding.AttributedTo is null ? "error" : "note";

    private static JsonObject Result(NightProblem problem, string[] rules) => Result(
        rules, RuleOf(problem), "error", $"{problem.Name}: {problem.Words}", problem.File,
        $"{problem.Part}/{problem.Kind}/{problem.Name}");

    private static JsonObject Result(
        string[] rules, string rule, string level, string words, string? file, string fingerprint)
    {
        var result = new JsonObject
        {
            ["ruleId"] = rule,
            ["ruleIndex"] = Array.IndexOf(rules, rule),
            ["level"] = level,
            ["message"] = new JsonObject { ["text"] = words },
            ["partialFingerprints"] = new JsonObject { [Fingerprint] = fingerprint },
        };
        if (file is not null)
        {
            result["locations"] = new JsonArray(new JsonObject
            {
                ["physicalLocation"] = new JsonObject
                {
                    ["artifactLocation"] = new JsonObject { ["uri"] = UriOf(file) },
                    ["region"] = new JsonObject { ["startLine"] = 1 },
                },
            });
        }

        return result;
    }

    /// <summary>A relative path stays one; another becomes a file's address.</summary>
    private static string UriOf(string file) => System.IO.Path.IsPathRooted(file)
        ? new Uri(file).AbsoluteUri
        : string.Join('/', file.Split(System.IO.Path.DirectorySeparatorChar).Select(Uri.EscapeDataString));
}
