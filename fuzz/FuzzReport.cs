// What a fuzz run answers: as a JSON document and as tables for people. Not covered: running (FuzzRun).

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MmFuzz.Engine.Kernel;
using MmFuzz.Engine.Properties;
using MmFuzz.Reports;
using Spectre.Console;

namespace MmFuzz.Cli;

/// <summary>A finding in JSON.</summary>
internal sealed record FindingDocument(
    string Property,
    string Clause,
    int Operations,
    string File,
    ImmutableArray<string>? AttributedTo,
    long Programs,
    ulong FirstProgram,
    string Program,
    string Replay);

/// <summary>A run in JSON.</summary>
internal sealed record FuzzDocument(
    ulong Seed,
    string Profile,
    long Programs,
    long Operations,
    double Seconds,
    double OperationsPerSecond,
    IReadOnlyDictionary<string, long> Goals,
    IReadOnlyList<FindingDocument> Violations,
    IReadOnlyDictionary<string, long> Mix,
    long KernelOperations,
    IReadOnlyDictionary<string, Dictionary<string, long>> Outcomes,
    IReadOnlyList<string> GoalsMissed,
    bool GoalsJudged,
    IReadOnlyList<string> Vacuous,
    bool Interrupted,
    string? Failure);

/// <summary>Writes what a run answers.</summary>
internal static class FuzzReport
{
    private const int WideEnough = 150;

    /// <summary>The run as a document.</summary>
    public static FuzzDocument Document(FuzzResult result) => new(
        result.Settings.Seed,
        result.Settings.Profile.ToString(),
        result.Programs,
        result.Operations,
        Math.Round(result.Elapsed.TotalSeconds, 3),
        Math.Round(result.Speed),
        Named(Enum.GetValues<Goal>(), Tables.Words, result.Goals),
        [.. result.Findings.Select(Document)],
        OutcomeReport.Mix(result.Outcomes),
        result.Outcomes.EnteredKernel(),
        OutcomeReport.Document(result.Outcomes),
        [.. result.GoalsMissed.Select(Tables.Words)],
        result.GoalsNotJudged is null,
        [.. result.Vacuous().Select(id => PropertyCatalogue.Of(id).Name)],
        result.Interrupted,
        result.Failure);

    /// <summary>The run as tables.</summary>
    public static void Write(Session session, FuzzResult result)
    {
        WriteFindings(session, result);
        WriteGoals(session, result);
        OutcomeReport.Write(session, result.Outcomes);
        WriteVacuous(session, result);
        WriteMissed(session, result);
        WriteVerdict(session, result);
    }

    /// <summary>The findings as a table.</summary>
    public static void WriteFindings(Session session, FuzzResult result) => WriteFindings(session, result.Findings);

    /// <summary>Findings as a table.</summary>
    public static void WriteFindings(Session session, ImmutableArray<StoredFinding> findings)
    {
        if (findings.IsEmpty)
        {
            return;
        }

        // a narrow terminal gets the files below the table
        bool wide = session.Words.Profile.Width >= WideEnough;
        Table table = wide
            ? Tables.Make("violated", ">operations", ">programs", "cause", "!program and report (.md)")
            : Tables.Make("violated", ">operations", ">programs", "cause");
        foreach (StoredFinding finding in findings)
        {
            string cause = finding.Cause.IsKnown
                ? $"[yellow]expected: lacks {string.Join(", ", finding.Cause.Names).EscapeMarkup()}[/]"
                : "[red]not explained[/]";
            string[] row =
            [
                ClauseWords.Name(finding.Violation).EscapeMarkup(),
                Tables.Count(finding.Program.Length),
                Tables.Count(finding.Programs),
                cause,
                PlainText.Clean(finding.File).EscapeMarkup(),
            ];
            table.AddRow(wide ? row : row[..^1]);
        }

        session.Words.Write(table);
        foreach (StoredFinding finding in wide ? [] : findings)
        {
            session.Say(finding.File.EscapeMarkup());
        }
    }

    /// <summary>Properties that could not have failed.</summary>
    public static void WriteVacuous(Session session, FuzzResult result)
    {
        foreach (PropertyId id in result.Vacuous())
        {
            session.Say($"[yellow]property {PropertyCatalogue.Of(id).Name}: no clause had anything to judge[/]");
        }
    }

    /// <summary>A finding as a document.</summary>
    public static FindingDocument Document(StoredFinding finding) => new(
        finding.Violation.PropertyName,
        finding.Violation.ClauseName,
        finding.Program.Length,
        finding.File,
        finding.Cause.IsKnown ? finding.Cause.Names : null,
        finding.Programs,
        finding.First,
        finding.Program.Print(),
        $"mmfuzz replay --trace {finding.File}");

    private static Dictionary<string, long> Named<T>(T[] members, Func<T, string> name, ImmutableArray<long> counts)
    {
        var named = new Dictionary<string, long>(StringComparer.Ordinal);
        for (int i = 0; i < members.Length; i++)
        {
            named.Add(name(members[i]), counts[i]);
        }

        return named;
    }

    private static void WriteGoals(Session session, FuzzResult result)
    {
        Table table = Tables.Make("goal", ">times", "goal", ">times");
        Goal[] goals = Enum.GetValues<Goal>();
        int half = (goals.Length + 1) / 2;
        for (int i = 0; i < half; i++)
        {
            (string name, string times) = Row(i);
            (string other, string otherTimes) = i + half < goals.Length ? Row(i + half) : (string.Empty, string.Empty);
            table.AddRow(name, times, other, otherTimes);
        }

        session.Words.Write(table);

        (string Name, string Times) Row(int i)
        {
            long times = result.Goals[i];
            return (Tables.Words(goals[i]), times == 0 ? "[yellow]never[/]" : Tables.Count(times));
        }
    }

    /// <summary>Goals that were missed, and whether that is bad.</summary>
    public static void WriteMissed(Session session, FuzzResult result)
    {
        if (result.GoalsMissed.IsEmpty)
        {
            return;
        }

        string names = string.Join(", ", result.GoalsMissed.Select(Tables.Words));
        session.Say(result.GoalsNotJudged is { } reason
            ? $"[yellow]not reached: {names}[/] (no fault of this run: {reason})"
            : $"[red]never reached in {Tables.Count(result.Operations)} operations: {names}[/]");
    }

    private static void WriteVerdict(Session session, FuzzResult result)
    {
        int unexplained = result.Findings.Count(finding => !finding.Cause.IsKnown);
        string findings = Tables.Plural(result.Findings.Length, "finding");
        string found = result.Findings.IsEmpty ? "[green]nothing found[/]"
            : unexplained == 0 ? $"[yellow]{findings}, expected on this profile[/]"
            : $"[red]{findings}, {unexplained} of them not explained[/]";
        string early = result.Interrupted ? " [yellow](stopped early)[/]" : string.Empty;
        session.Say($"{found} in {Tables.Count(result.Programs)} programs, "
            + $"{Tables.Count(result.Operations)} operations, {Tables.Time(result.Elapsed)}, "
            + $"{Tables.Speed(result.Speed)}{early}");
    }
}
