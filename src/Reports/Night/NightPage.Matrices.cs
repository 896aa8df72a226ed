// The kill matrix and the matrix of generated faults on the page of a night.
// Not covered: where they come from (Generators/KillMatrix, Generators/Mutants).

using System;
using System.Linq;
using MmFuzz.Reports.Html;

namespace MmFuzz.Reports.Night;

/// <content>Matrices.</content>
public static partial class NightPage
{
    private static void WriteBugs(HtmlWriter html, NightReport report)
    {
        NightBug[] bugs = [.. report.Bugs.Where(one => !one.IsQuiet)];
        int found = bugs.Count(one => one.Found);
        double slowest = Math.Max(0.001, bugs.Select(one => one.Seconds).DefaultIfEmpty().Max());
        double latest = bugs.Where(one => one.Found).Select(one => one.Seconds).DefaultIfEmpty().Max();
        html.Line(
            "p",
            $"{found} of {Plural(bugs.Length, "known bug")} that were put back were found again, the slowest after "
            + $"{Time(latest)}. A quiet row is no bug, and nothing may be found.");
        BeginTable(
            html, "The kill matrix, the slowest first", "known bug", "found as", ">programs", ">time",
            "beside the slowest", ">shrunk to", ">at most");
        foreach (NightBug bug in report.Bugs.OrderBy(one => one.IsAsExpected).ThenByDescending(one => one.Seconds))
        {
            html.Open("tr");
            html.Line("th", bug.Id, ("scope", "row"));
            Mark(html, bug.IsAsExpected ? bug.IsQuiet ? "plain" : "new" : "bad", FoundAs(bug));
            html.Line("td", Count(bug.Programs), ("class", "number"));
            html.Line("td", Time(bug.Seconds), ("class", "number"));
            Bar(html, Math.Sqrt(bug.Seconds / slowest), Time(bug.Seconds));
            html.Line("td", bug.Found ? Count(bug.Shrunk) : string.Empty, ("class", "number"));
            html.Line("td", bug.IsQuiet ? string.Empty : Count(bug.Listed), ("class", "number"));
            html.Close();
        }

        EndTable(html);
    }

    private static string FoundAs(NightBug bug) => (bug.IsQuiet, bug.Found) switch
    {
        (true, false) => "quiet",
        (true, true) => $"{bug.Property}, expected it quiet",
        (false, false) => "not found",
        (false, true) => bug.Property ?? "found",
    };

    private static void WriteFaults(HtmlWriter html, NightReport report)
    {
        string[] bits = [.. report.Faults.Select(one => one.Bit).Distinct()];
        int wrong = report.Faults.Count(one => !one.IsAsExpected);
        html.Prose(
            "p",
            $"{report.Faults.Length} of {Plural(report.FaultsInAll, "fault")} were put in, one at a time: a bit of an "
            + "entry is dropped or invented where the entry is rebuilt. A property must show it, or an argument "
            + "(`docs/equivalence.md`) must say why none can. "
            + (wrong == 0 ? "None was otherwise." : $"{wrong} were otherwise.") + " Empty: not tried this night.");
        BeginTable(html, "Generated faults", ["entries", "way", .. bits]);
        var rows = report.Faults.GroupBy(one => (one.Row, one.Way))
            .OrderBy(row => row.Key.Row, StringComparer.Ordinal).ThenBy(row => row.Key.Way, StringComparer.Ordinal);
        foreach (IGrouping<(string Row, string Way), NightFault> row in rows)
        {
            html.Open("tr");
            html.Line("th", row.Key.Row, ("scope", "row"));
            html.Line("td", row.Key.Way);
            foreach (string bit in bits)
            {
                WriteFault(html, row.FirstOrDefault(one => one.Bit == bit));
            }

            html.Close();
        }

        EndTable(html);
    }

    private static void WriteFault(HtmlWriter html, NightFault? fault)
    {
        if (fault is null)
        {
            html.Line("td", string.Empty);
            return;
        }

        string kind = !fault.IsAsExpected ? "bad" : fault.Property is null ? "plain" : "new";
        string words = !fault.IsAsExpected ? fault.Verdict : fault.Property ?? fault.Verdict;
        html.Open("td", ("title", $"{fault.Fault}: {fault.Verdict}, {Count(fault.Programs)} programs, "
            + Time(fault.Seconds))).Leaf("span", words, ("class", $"mark {kind}")).Close();
    }
}
