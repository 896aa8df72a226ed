// The part of a finding's page that tells the run: the program as a list of its lines, and for each line a picture, the
// functions it went through, what it changed, and everything there is as a table for who does not see the picture.
// Not covered: drawing (Pictures/), stepping (finding.js).

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.State;
using MmFuzz.Reports.Pictures;

namespace MmFuzz.Reports.Html;

public static partial class FindingPage
{
    private static readonly string[] StateHeadings = ["thing", "state", string.Empty];
    private static readonly string[] ChangeHeadings = ["what", "before", "after", "by"];

    private static void WriteSteps(HtmlWriter html, ProgramExplanation explanation, int? parting)
    {
        int first = Math.Max(0, explanation.Steps.Length - MarkdownReport.MostSteps);
        if (explanation.Steps.IsEmpty)
        {
            html.Line("p", "The program has no lines.");
            return;
        }

        html.Open("div", ("class", "walk"));
        WriteList(html, explanation, first, parting);
        html.Open("div", ("class", "stage"));
        WriteBar(html);
        var pictures = new PictureWriter(PictureStory.Of(explanation, first));
        for (int i = first; i < explanation.Steps.Length; i++)
        {
            WriteStep(html, explanation, i, i == parting, (id, says) => pictures.Write(
                html,
                i - first,
                id,
                $"The machine after line {explanation.Steps[i].Line}",
                says,
                explanation.Steps[i] == explanation.Failing));
        }

        Legend.Write(html);
        html.Close();
        html.Close();
        int left = explanation.Program.Operations.Length - explanation.Steps.Length;
        if (left > 0)
        {
            html.Line("p", left == 1 ? "1 more line was not run." : $"{left} more lines were not run.");
        }
    }

    private static void WriteList(HtmlWriter html, ProgramExplanation explanation, int first, int? parting)
    {
        ImmutableArray<ActorId> lanes = Lanes(explanation);
        html.Open("nav", ("class", "program"), ("aria-label", "Lines of the program"));
        html.Open("ol");
        foreach (ExplainedStep step in explanation.Steps)
        {
            bool failing = step == explanation.Failing;
            html.Open("li");
            html.Open(
                "a",
                ("href", step.Index < first ? "#steps" : "#" + IdOf(step)),
                ("class", failing ? "failing" : null));
            html.Line("span", step.Line.ToString(CultureInfo.InvariantCulture), ("class", "row"));
            WriteLanes(html, lanes, step);
            html.Line("code", step.Operation.ToString());
            if (step.Index == parting)
            {
                html.Line("span", "\u2260 repaired", ("class", "parting"));
            }

            html.Line("span", failing ? "\u2717 violated" : Brief(step), ("class", "result"));
            html.Close();
            html.Close();
        }

        html.Close();
        if (first > 0)
        {
            html.Line("p", $"Only the last {MarkdownReport.MostSteps} lines have pictures.");
        }

        html.Close();
    }

    /// <summary>Who executes a line, as a mark in the column of each thread.</summary>
    private static void WriteLanes(HtmlWriter html, ImmutableArray<ActorId> lanes, ExplainedStep step)
    {
        html.Open("span", ("class", "lanes"));
        if (lanes.Length > 1)
        {
            ImmutableArray<ActorId> actors = ActorsOf(step);
            foreach (ActorId lane in lanes)
            {
                html.Line(actors.Contains(lane) ? "b" : "i", actors.Contains(lane) ? lane.ToString() : string.Empty);
            }
        }

        html.Close();
    }

    private static void WriteBar(HtmlWriter html)
    {
        html.Open("div", ("class", "bar"), ("role", "group"), ("aria-label", "Steps"));
        html.Line("button", "\u2190 Previous", ("type", "button"), ("data-by", "-1"));
        html.Line("button", "Next \u2192", ("type", "button"), ("data-by", "1"));
        html.Line("p", string.Empty, ("id", "where"));
        html.Open("p").Text("or the keys ").Leaf("kbd", "\u2190").Text(" ").Leaf("kbd", "\u2192").Close();
        html.Close();
    }

    private static void WriteStep(
        HtmlWriter html, ProgramExplanation explanation, int index, bool parts, Action<string, string> draw)
    {
        ExplainedStep step = explanation.Steps[index];
        bool failing = step == explanation.Failing;
        Operation op = step.Operation;
        string id = IdOf(step);
        string changed = Sentence(step);
        html.Open(
            "article",
            ("class", "step"),
            ("id", id),
            ("aria-labelledby", $"{id}-heading"),
            ("data-failing", failing ? string.Empty : null),
            ("data-says", $"Line {step.Line}, {step.Operation}: {step.Outcome}. {changed}"));
        html.Open("h3", ("id", $"{id}-heading")).Text($"Line {step.Line}: ").Leaf("code", op.ToString())
            .Leaf("small", step.Outcome).Close();
        html.Line("p", Sentence(OperationWords.Sentence(in op)));
        if (!step.Stages.IsEmpty)
        {
            html.Prose("p", $"Through {StageWords.Of(step)}.", ("class", "through"));
        }

        if (failing)
        {
            html.Line("p", $"\u2717 Violated here: {explanation.Violation!.Detail}.", ("class", "failing"));
        }

        if (parts)
        {
            html.Open("p", ("class", "parting")).Text("\u2260 In this line ")
                .Leaf("a", "a repaired kernel goes another way", ("href", "#divergence")).Text(".").Close();
        }

        html.Open("figure", ("class", "scrolls"), ("tabindex", "0"), ("aria-label", $"Picture after line {step.Line}"));
        draw($"{id}-picture", changed);
        html.Close();
        if (!step.Changes.IsEmpty)
        {
            WriteChanges(html, $"What line {step.Line} changes", ChangeHeadings, step.Changes);
        }
        else if (step.Kind != "skipped")
        {
            html.Line("p", "Nothing that can be seen changes.");
        }

        WriteState(html, step);
        html.Close();
    }

    private static void WriteChanges(
        HtmlWriter html, string caption, string[] headings, IReadOnlyList<StateRow> rows)
    {
        bool by = rows.Any(static row => row.By is not null);
        HtmlTable.Write(html, "changes", caption, by ? headings : headings[..3], rows.Select(row =>
        {
            string thing = $"{StateTable.Title(row.Group)} {row.Thing}";
            return by ? (string[])[thing, row.Before, row.After, row.By ?? string.Empty]
                : [thing, row.Before, row.After];
        }));
    }

    private static void WriteState(HtmlWriter html, ExplainedStep step)
    {
        HashSet<(StateGroup, string)> changed = [.. step.Changes.Select(static row => (row.Group, row.Thing))];
        html.Open("details");
        html.Line("summary", $"The whole picture after line {step.Line} as a table");
        HtmlTable.Write(html, "state", $"Everything there is after line {step.Line}", StateHeadings, step.State.Select(
            item => (string[])
            [
                $"{StateTable.Title(item.Group)} {item.Thing}",
                item.Text,
                changed.Contains((item.Group, item.Thing)) ? "changed" : string.Empty,
            ]));
        html.Close();
    }

    /// <summary>What a step changes, in a sentence that can be read aloud.</summary>
    private static string Sentence(ExplainedStep step)
    {
        if (step.Changes.IsEmpty)
        {
            return "Nothing changes.";
        }

        IEnumerable<string> changes = step.Changes.Select(static row =>
            $"{StateTable.Title(row.Group)} {row.Thing}: " + (row.Before == StateTable.Empty ? $"new, {row.After}"
                : row.After == StateTable.Empty ? $"gone, was {row.Before}"
                : ChangeWords.Of(row).Replace("  =>  ", " becomes ", StringComparison.Ordinal)));
        return $"Changed: {string.Join("; ", changes)}.";
    }

    /// <summary>Words as a sentence; the name of a process or the like keeps its small letter.</summary>
    private static string Sentence(string words)
    {
        bool isName = words.Length < 2 || char.IsAsciiDigit(words[1]);
        return (isName ? words : char.ToUpperInvariant(words[0]) + words[1..]) + ".";
    }

    /// <summary>What became of a line, short enough to stand beside it.</summary>
    private static string Brief(ExplainedStep step)
    {
        int end = step.Outcome.IndexOf(':', StringComparison.Ordinal);
        return end < 0 ? step.Outcome : step.Outcome[..end];
    }

    private static string IdOf(ExplainedStep step) =>
        string.Create(CultureInfo.InvariantCulture, $"line-{step.Line}");
}
