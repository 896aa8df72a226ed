// What is drawn on the page of a night: coverage over time, bars of speed, speed and findings by night. Whatever a
// picture tells stands in words or in a table beside it.
// Not covered: one curve (CurveWriter).

using System;
using System.Globalization;
using System.Linq;
using MmFuzz.Reports.Html;

namespace MmFuzz.Reports.Night;

/// <content>What is drawn.</content>
public static partial class NightPage
{
    private const int BarWidth = 120;
    private const int BarHeight = 10;

    private static void WriteCoverage(HtmlWriter html, NightReport report)
    {
        NightSample last = report.Samples[^1];
        html.Line(
            "p",
            $"After {Time(last.Seconds)} of work and {Count(last.Operations)} operations: {last.Goals} goals reached, "
            + $"{last.Outcomes} pairs of operation and outcome met, {Plural(last.Findings, "finding")} of different "
            + "causes. A curve that still rises at its end says that a longer night would see more.");
        (string, string) ends = (
            $"{Count(report.Samples[0].Operations)} operations", $"{Count(last.Operations)}, logarithmic");
        html.Open("div", ("class", "curves"));
        CurveWriter.Write(html, "Goals reached", ends, Curve(report, one => one.Goals));
        CurveWriter.Write(html, "Pairs of operation and outcome", ends, Curve(report, one => one.Outcomes));
        CurveWriter.Write(html, "Findings", ends, Curve(report, one => one.Findings));
        if (last.Shapes > 0)
        {
            CurveWriter.Write(html, "State shapes", ends, Curve(report, one => one.Shapes));
        }

        html.Close();
    }

    /// <summary>Over operations, so that two machines show the same; the beginning is what matters.</summary>
    private static CurvePoint[] Curve(NightReport report, Func<NightSample, long> of) =>
        [.. report.Samples.Select(one => new CurvePoint(
            Math.Log(Math.Max(1, one.Operations)), of(one),
            $"after {Count(one.Operations)} operations, {Time(one.Seconds)}: {Count(of(one))}"))];

    private static void WriteSpeed(HtmlWriter html, NightReport report)
    {
        double fastest = Math.Max(1, report.Variants.Max(one => one.Speed));
        long operations = report.Variants.Sum(one => one.Operations);
        double seconds = Math.Max(0.001, report.Variants.Sum(one => one.Seconds));
        html.Line(
            "p",
            $"{Count(operations)} operations in {Time(seconds)} of fuzzing: {Millions(operations / seconds)} a second, "
            + "shrinking and storing included.");
        BeginTable(
            html, "What was fuzzed", "kernel", ">programs", ">operations", ">a second", "beside the fastest",
            ">findings", ">not explained", "nothing to judge for");
        foreach (NightVariant one in report.Variants)
        {
            html.Open("tr");
            html.Line("th", one.Name, ("scope", "row"));
            html.Line("td", Count(one.Programs), ("class", "number"));
            html.Line("td", Count(one.Operations), ("class", "number"));
            html.Line("td", Millions(one.Speed), ("class", "number"));
            Bar(html, one.Speed / fastest, Millions(one.Speed));
            html.Line("td", Count(one.Findings), ("class", "number"));
            html.Line("td", Count(one.Unexplained), ("class", "number"));
            html.Line("td", string.Join(", ", one.Vacuous));
            html.Close();
        }

        EndTable(html);
    }

    private static void WriteHistory(HtmlWriter html, NightReport report)
    {
        NightLine[] nights = [.. report.History.Reverse()];
        if (nights.Length > 1)
        {
            (string, string) ends = (Short(nights[0].Commit), Short(nights[^1].Commit));
            html.Open("div", ("class", "curves"));
            CurveWriter.Write(html, "Operations a second", ends, ByNight(nights, one => (long)one.OperationsPerSecond));
            CurveWriter.Write(html, "Findings", ends, ByNight(nights, one => one.Findings));
            CurveWriter.Write(html, "Reasons to be red", ends, ByNight(nights, one => one.Problems));
            html.Close();
        }

        BeginTable(
            html, "Nights of the newest commits, the newest first", "commit", "began", ">worked", "verdict", ">bugs",
            ">faults", ">goals", ">findings", ">new", ">not explained", ">operations", ">a second");
        foreach (NightLine one in report.History)
        {
            html.Open("tr");
            html.Open("th", ("scope", "row")).Leaf("code", Short(one.Commit)).Close();
            html.Line("td", one.Started, ("class", "whole"));
            html.Line("td", Time(one.Seconds), ("class", "number"));
            Mark(
                html, one.Problems > 0 ? "bad" : one.Complete ? "new" : "gone",
                one.Problems > 0 ? $"red, {one.Problems}" : one.Complete ? "well" : "not at its end");
            html.Line("td", Of(one.BugsFound, one.Bugs), ("class", "number"));
            html.Line("td", Of(one.FaultsKilled, one.Faults), ("class", "number"));
            foreach (long number in (long[])
                [one.GoalsReached, one.Findings, one.NewFindings, one.Unexplained, one.Operations])
            {
                html.Line("td", Count(number), ("class", "number"));
            }

            html.Line("td", Millions(one.OperationsPerSecond), ("class", "number"));
            html.Close();
        }

        EndTable(html);
    }

    private static CurvePoint[] ByNight(NightLine[] nights, Func<NightLine, long> of) =>
    [
        .. nights.Select((one, number) => new CurvePoint(
            number, of(one), $"{Short(one.Commit)}, {one.Started}: {Count(of(one))}")),
    ];

    private static string Of(int some, int all) => all == 0 ? string.Empty : $"{some} of {all}";

    private static string Millions(double perSecond) =>
        string.Create(CultureInfo.InvariantCulture, $"{perSecond / 1e6:0.00} M");

    /// <summary>A cell with a bar; the number is in another cell, so those who hear the page lose nothing.</summary>
    private static void Bar(HtmlWriter html, double share, string words)
    {
        html.Open("td", ("class", "bar"));
        html.Open(
            "svg", ("xmlns", CurveWriter.Namespace), ("viewBox", $"0 0 {BarWidth} {BarHeight}"),
            ("width", $"{BarWidth}"), ("height", $"{BarHeight}"), ("aria-hidden", "true"));
        html.Leaf("title", words);
        html.Empty("rect", ("class", "ground"), ("width", $"{BarWidth}"), ("height", $"{BarHeight}"), ("rx", "2"));
        double width = Math.Clamp(share, 0, 1) * BarWidth;
        html.Empty(
            "rect", ("class", "filled"), ("width", HtmlWriter.Number(width)), ("height", $"{BarHeight}"), ("rx", "2"));
        html.Close();
        html.Close();
    }
}
