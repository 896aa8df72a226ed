// What a guided run answers: as a JSON document and in words. Not covered: running (GuidedRun).

using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Spectre.Console;

namespace MmFuzz.Cli;

/// <summary>A guided run in JSON.</summary>
internal sealed record GuidedDocument(
    ulong Seed,
    string Profile,
    string Feedback,
    long Programs,
    long Operations,
    double Seconds,
    double OperationsPerSecond,
    int CorpusBefore,
    int CorpusAdded,
    int Edges,
    IReadOnlyDictionary<string, int> Shapes,
    int FindingsReplayed,
    int FindingsStillThere,
    IReadOnlyList<FindingDocument> Violations,
    bool Interrupted,
    string? Failure);

/// <summary>Writes what a guided run answers.</summary>
internal static class GuidedReport
{
    /// <summary>The run as a document.</summary>
    public static GuidedDocument Document(GuidedResult result) => new(
        result.Settings.Seed,
        result.Settings.Profile.ToString(),
        FeedbackOption.Word(result.Settings.Feedback),
        result.Programs,
        result.Operations,
        Math.Round(result.Elapsed.TotalSeconds, 3),
        Math.Round(result.Speed),
        result.Fed,
        result.Added,
        result.Edges,
        result.Shapes.ToDictionary(shapes => shapes.Kind, shapes => shapes.Met),
        result.Replayed,
        result.StillThere,
        [.. result.Findings.Select(FuzzReport.Document)],
        result.Interrupted,
        result.Failure);

    /// <summary>Answers in the form that is asked for.</summary>
    public static void Answer(Session session, GuidedResult result)
    {
        if (session.Json)
        {
            session.WriteJson(Document(result));
        }
        else
        {
            Write(session, result);
        }

        if (result.Failure is not null)
        {
            session.Complain(result.Failure);
        }
    }

    private static void Write(Session session, GuidedResult result)
    {
        FuzzReport.WriteFindings(session, result.Findings);
        Table table = Tables.Make("covered", "by one thread");
        if (result.Edges > 0)
        {
            table.AddRow("edges of the kernel's code", result.Edges.ToString(CultureInfo.InvariantCulture));
        }

        foreach (ShapeCount shapes in result.Shapes.Where(shapes => shapes.Met > 0))
        {
            table.AddRow(shapes.Kind, shapes.Met.ToString(CultureInfo.InvariantCulture));
        }

        if (table.Rows.Count > 0)
        {
            session.Words.Write(table);
        }

        if (result.Replayed > 0)
        {
            session.Say($"{Tables.Plural(result.Replayed, "stored finding")} replayed first, {result.StillThere} "
                + "still there");
        }

        session.Say(
            $"corpus: {Tables.Plural(result.Fed, "program")} before, {result.Added} added "
            + $"({result.Settings.CorpusDirectory.EscapeMarkup()})");
        string found = result.Findings.IsEmpty
            ? "[green]nothing found[/]"
            : $"[red]{Tables.Plural(result.Findings.Length, "finding")}[/]";
        session.Say(
            $"{found} in {Tables.Count(result.Programs)} programs, {Tables.Count(result.Operations)} operations "
            + $"({Tables.Speed(result.Speed)})");
    }
}
