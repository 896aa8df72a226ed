// The part of a finding's page that is about several threads and several runs: who ran what beside whom, where a
// repaired kernel goes another way, and what the violation takes.
// Not covered: finding it out (Explaining/, Generators/Dissecting).

using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.State;
using MmFuzz.Generators.Dissecting;
using MmFuzz.Reports.Explaining;
using MmFuzz.Reports.Pictures;

namespace MmFuzz.Reports.Html;

public static partial class FindingPage
{
    private static readonly string[] DivergenceHeadings = ["what", "this kernel", "the repaired one"];
    private static readonly string[] RoleHeadings =
        ["line", "operation", "without it", "swapped with the next", "may also be"];

    /// <summary>The threads that execute anything, in order.</summary>
    private static ImmutableArray<ActorId> Lanes(ProgramExplanation explanation) =>
        [.. explanation.Steps.SelectMany(static step => ActorsOf(step)).Distinct().OrderBy(static one => one.Value)];

    private static ImmutableArray<ActorId> ActorsOf(ExplainedStep step) =>
        [.. step.Stages.Select(static stage => stage.Actor).Distinct()];

    /// <summary>Functions and stages in a column for each thread, as changelogs draw races.</summary>
    private static void WriteThreads(HtmlWriter html, ProgramExplanation explanation)
    {
        ImmutableArray<ActorId> lanes = Lanes(explanation);
        html.Open(
            "div", ("class", "scrolls"), ("tabindex", "0"), ("role", "region"), ("aria-label", "Threads side by side"));
        html.Open("table", ("class", "threads"));
        html.Line("caption", "What each thread executes, in the order of time from above to below.");
        html.Open("thead").Open("tr").Line("th", "line", ("scope", "col"));
        foreach (ActorId lane in lanes)
        {
            html.Line("th", $"{lane}, {Role(lane)}", ("scope", "col"));
        }

        html.Close().Close();
        html.Open("tbody");
        foreach (ExplainedStep step in explanation.Steps.Where(static step => !step.Stages.IsEmpty))
        {
            html.Open("tr").Line("td", step.Line.ToString(CultureInfo.InvariantCulture), ("class", "number"));
            foreach (ActorId lane in lanes)
            {
                html.Open("td");
                html.Prose(StageWords.Of([.. step.Stages.Where(stage => stage.Actor == lane)], lane));
                if (step == explanation.Failing && step.Stages[^1].Actor == lane)
                {
                    html.Leaf("span", " \u2717 violated", ("class", "here"));
                }

                html.Close();
            }

            html.Close();
        }

        html.Close().Close().Close();
    }

    private static string Role(ActorId actor) =>
        actor.Value < Limits.Mms ? $"main thread of p{actor.Value}"
        : actor.Value < Limits.UserActors ? $"second thread of p{actor.Value - Limits.Mms}"
        : "kernel thread";

    private static void WriteDivergence(HtmlWriter html, ProgramExplanation explanation, Divergence divergence)
    {
        html.Prose("p", DivergenceWords.Where(explanation.Program, divergence, explanation.Violation!));
        if (divergence.State is { } state)
        {
            ImmutableArray<StateRow> rows = DivergenceWords.Rows(divergence);
            WriteChanges(html, "What differs then", DivergenceHeadings, rows);
            ImmutableArray<StateItem> here = StateItems.Of(state.Broken);
            ImmutableArray<StateItem> there = StateItems.Of(state.Repaired);
            if (!StateTable.Join(here, there, onlyChanged: true).IsEmpty)
            {
                const string Caption = "The repaired kernel then, with what differs marked as if it had been changed "
                    + "from this kernel's state";
                html.Open("figure", ("class", "scrolls"), ("tabindex", "0"), ("aria-label", "The repaired kernel"));
                var picture = new PictureWriter(PictureStory.Of(here, there, rows));
                picture.Write(
                    html, 0, "divergence-picture", "The repaired kernel then", Caption + ".", isViolated: false);
                html.Line("figcaption", Caption + ".");
                html.Close();
            }
        }

        string paths = DivergenceWords.Paths(explanation.Program, divergence);
        if (paths.Length > 0)
        {
            html.Prose("p", paths);
        }
    }

    private static void WriteTakes(HtmlWriter html, MmProgram program, Dissection? dissection)
    {
        if (dissection is null)
        {
            html.Prose("p", DissectionWords.TooLong);
            return;
        }

        html.Open("ul", ("class", "sum"));
        foreach (string sentence in DissectionWords.Summary(program, dissection))
        {
            html.Prose("li", sentence);
        }

        html.Close();
        html.Open("div", ("class", "scrolls"), ("tabindex", "0"), ("role", "region"), ("aria-label", "What it takes"));
        html.Open("table");
        html.Line(
            "caption",
            "What is violated without the line, and with it and the next one swapped; and which of its operands may be "
            + "others with the violation the same. All of it was tried.");
        html.Open("thead").Open("tr");
        foreach (string heading in RoleHeadings)
        {
            html.Line("th", heading, ("scope", "col"));
        }

        html.Close().Close().Open("tbody");
        foreach (LineRole line in dissection.Lines)
        {
            WriteRole(html, program, dissection, line);
        }

        html.Close().Close().Close();
    }

    private static void WriteRole(HtmlWriter html, MmProgram program, Dissection dissection, LineRole line)
    {
        Operation op = program.Operations[line.Index];
        html.Open("tr");
        html.Line(
            "td", program.LineNumber(line.Index).ToString(CultureInfo.InvariantCulture), ("class", "number"));
        html.Open("th", ("scope", "row")).Leaf("code", op.ToString()).Close();
        string verdict = line.IsNecessary ? "verdict" : "verdict spare";
        html.Line("td", DissectionWords.Shows(line.Without), ("class", verdict));
        html.Line("td", DissectionWords.Swapped(dissection, line.Index));
        html.Prose("td", DissectionWords.Free(in op, line));
        html.Close();
    }
}
