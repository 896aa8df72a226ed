// Findings on the page of a night, new ones first, each with its program and the commands to take along; and goals.
// Not covered: a finding's own page, which stands beside its program.

using System.Collections.Generic;
using System.IO;
using System.Linq;
using MmFuzz.Reports.Html;

namespace MmFuzz.Reports.Night;

/// <content>Findings.</content>
public static partial class NightPage
{
    private static void WriteFindings(HtmlWriter html, NightReport report)
    {
        if (report.Findings.IsEmpty)
        {
            html.Line("p", "Nothing was found.");
            return;
        }

        html.Line("p", "One line for each property, clause and cause; what no missing fix explains comes first. An old "
            + "kernel shows what it lacks: that is expected, and proves that the fuzzer would have found it.");
        BeginTable(
            html, "Findings of this night and those before it",
            "seen", "violated", "cause", ">operations", ">programs", "on", "page");
        foreach (NightFinding one in Ordered(report))
        {
            html.Open("tr");
            Mark(html, ClassOf(one.Age), Words(one.Age));
            html.Open("th", ("scope", "row")).Text($"{one.Property} ").Leaf("small", one.Clause).Close();
            WriteCause(html, one);
            html.Line("td", Count(one.Operations), ("class", "number"));
            html.Line("td", one.Programs == 0 ? string.Empty : Count(one.Programs), ("class", "number"));
            html.Line("td", Kernels(one));
            html.Open("td").Leaf("a", "page", ("href", Path.ChangeExtension(one.File, ".html"))).Close();
            html.Close();
        }

        EndTable(html);
        WritePrograms(html, report);
    }

    private static void WriteCause(HtmlWriter html, NightFinding one)
    {
        if (one.Age == FindingAge.Gone)
        {
            html.Line("td", "its program shows nothing any more");
        }
        else if (one.AttributedTo is { } names)
        {
            html.Line("td", $"lacks {string.Join(", ", names)}");
        }
        else
        {
            Mark(html, "bad", "not explained");
        }
    }

    /// <summary>The programs of what is new or not explained; of the rest the pages tell.</summary>
    private static void WritePrograms(HtmlWriter html, NightReport report)
    {
        int number = 0;
        foreach (NightFinding one in Ordered(report).Where(one => one.AttributedTo is null))
        {
            html.Open("details", ("class", "program"));
            html.Line("summary", $"{one.Property} ({one.Clause}): program and commands");
            HtmlPage.Copyable(html, $"program-{number}", "the program", one.Program.TrimEnd('\n') + "\n");
            HtmlPage.Copyable(html, $"replay-{number}", "the replay command", $"mmfuzz replay --trace {one.File}");
            HtmlPage.Copyable(html, $"found-{number++}", "the command that finds it", one.FoundBy);
            html.Line("p", $"Seen first at {one.FirstSeen}, on {Short(one.FirstCommit)}.");
            html.Close();
        }
    }

    private static IEnumerable<NightFinding> Ordered(NightReport report) =>
        report.Findings.OrderBy(one => one.Age == FindingAge.Gone).ThenBy(one => one.AttributedTo is not null)
            .ThenBy(one => one.Age);

    private static string Kernels(NightFinding one) =>
        string.Join(", ", one.FoundOn.Where(name => !IsSame(one, name)));

    /// <summary>A kernel that shows it on both swap devices is named once.</summary>
    private static bool IsSame(NightFinding one, string name) =>
        name.EndsWith(" on a disk", System.StringComparison.Ordinal)
        && one.FoundOn.Contains(name[..^" on a disk".Length]);

    private static string ClassOf(FindingAge age) => age switch
    {
        FindingAge.New => "changed",
        FindingAge.Old => "plain",
        FindingAge.Gone => "new",
    };

    private static string Words(FindingAge age) => age switch
    {
        FindingAge.New => "new",
        FindingAge.Old => "old",
        FindingAge.Gone => "gone",
    };

    private static void WriteGoals(HtmlWriter html, NightReport report)
    {
        NightGoal[] never = [.. report.Goals.Where(goal => goal.Times == 0)];
        int judged = report.Variants.Count(one => one.NotJudged is null);
        html.Line(
            "p",
            $"{report.Goals.Length - never.Length} of {report.Goals.Length} situations that a good run must have met "
            + $"were met. {judged} of {Plural(report.Variants.Length, "variant")} ran long enough for a missed one to "
            + "turn the night red.");
        if (never.Length > 0)
        {
            html.Prose("p", "Never met on any kernel: "
                + string.Join(", ", never.Select(goal => $"`{goal.Name}`")) + ".");
        }

        html.Open("details");
        html.Line("summary", "All goals");
        BeginTable(
            html, "How often each goal was reached",
            "goal", ">times", ">variants", "could be reached, was not, on");
        foreach (NightGoal goal in report.Goals.OrderBy(goal => goal.Times))
        {
            html.Open("tr");
            html.Line("th", goal.Name, ("scope", "row"));
            html.Line("td", Count(goal.Times), ("class", "number"));
            html.Line("td", Count(goal.ReachedOn), ("class", "number"));
            html.Line("td", string.Join(", ", goal.MissedOn));
            html.Close();
        }

        EndTable(html);
        html.Close();
    }
}
