// The page of a night: whether it is red and why, what each part brought, findings, kill matrix, faults, coverage over
// time, speed, goals, the real kernel, and the nights before it. One file that loads nothing.
// Not covered: findings (NightPage.Findings.cs), matrices (NightPage.Matrices.cs), what is drawn (NightPage.Charts.cs).

using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using MmFuzz.Engine.Fixes;
using MmFuzz.Reports.Html;

namespace MmFuzz.Reports.Night;

/// <summary>Writes pages of nights.</summary>
public static partial class NightPage
{
    private const int ShortHash = 12;
    private static readonly string[] Assets = ["night.css"];

    /// <summary>The page.</summary>
    public static string Of(NightReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        (string Id, string Heading, Action<HtmlWriter> Write)[] sections = [.. Sections(report)];
        var head = new HtmlHead(
            Title(report), "MmFuzz: a night", Lead(report),
            [.. sections.Select(section => (section.Id, section.Heading))], Assets);
        var target = new StringWriter(CultureInfo.InvariantCulture);
        HtmlPage.Write(target, head, html => WriteFacts(html, report), html =>
        {
            foreach ((string id, string heading, Action<HtmlWriter> write) in sections)
            {
                HtmlPage.Section(html, id, heading, () => write(html));
            }
        });
        return target.ToString();
    }

    private static IEnumerable<(string Id, string Heading, Action<HtmlWriter> Write)> Sections(NightReport report)
    {
        if (!report.Problems.IsEmpty)
        {
            yield return ("problems", "Why it is red", html => WriteProblems(html, report));
        }

        yield return ("parts", "Parts", html => WriteParts(html, report));
        yield return ("findings", "Findings", html => WriteFindings(html, report));
        if (!report.Bugs.IsEmpty)
        {
            yield return ("bugs", "Known bugs", html => WriteBugs(html, report));
        }

        if (!report.Faults.IsEmpty)
        {
            yield return ("faults", "Generated faults", html => WriteFaults(html, report));
        }

        if (!report.Variants.IsEmpty)
        {
            yield return ("coverage", "Coverage over time", html => WriteCoverage(html, report));
            yield return ("speed", "Throughput", html => WriteSpeed(html, report));
            yield return ("goals", "Goals", html => WriteGoals(html, report));
        }

        if (report.Kernel is not null)
        {
            yield return ("kernel", "The real kernel", html => WriteKernel(html, report.Kernel));
        }

        yield return ("history", "History by commit", html => WriteHistory(html, report));
        yield return ("again", "Run it again", html => HtmlPage.Copyable(
            html, "command", "the command", report.Head.Command));
    }

    private static string Title(NightReport report)
    {
        string day = report.Head.Started.Length >= 10 ? report.Head.Started[..10] : report.Head.Started;
        string verdict = !report.Problems.IsEmpty ? Plural(report.Problems.Length, "reason") + " to be red"
            : report.Head.State == NightState.Complete ? "all is well"
            : "not at its end";
        return $"{day}: {verdict}";
    }

    private static string Lead(NightReport report)
    {
        NightFinding[] seen = [.. report.Findings.Where(one => one.Age != FindingAge.Gone)];
        int fresh = seen.Count(one => one.Age == FindingAge.New);
        int unexplained = seen.Count(one => one.AttributedTo is null);
        string state = report.Head.State == NightState.Complete
            ? string.Empty
            : " The night was stopped, or is at work still; the same command goes on.";
        string canary = report.Canary switch
        {
            null => "The canary was not asked for, so quiet proves little.",
            { Found: true } => "The canary was found, as it must be.",
            _ => "The canary was not found: nothing here can be relied on.",
        };
        return $"{Plural(seen.Length, "finding")}, {fresh} of them new, {unexplained} not explained by what its kernel "
            + $"lacks. {canary}{state}";
    }

    private static void WriteFacts(HtmlWriter html, NightReport report)
    {
        NightHead head = report.Head;
        html.Open("dl", ("class", "facts"));
        Fact(html, "Commit", Short(head.Commit));
        string resumed = head.Resumed == 0 ? string.Empty : $", taken up again {Times(head.Resumed)}";
        string asked = head.Budget is { } budget
            ? $"{Time(budget)} of work"
            : $"{Count(head.Programs ?? 0)} programs of each variant";
        Fact(html, "Began", head.Started);
        Fact(html, "Worked", $"{Time(head.Seconds)} on {Plural(head.Jobs, "thread")}{resumed}; asked for: {asked}");
        Fact(html, "Seed", head.Seed.ToString(CultureInfo.InvariantCulture));
        if (report.Canary is { } canary)
        {
            string last = canary switch
            {
                { LastFound: null } => "It was never found before.",
                { Found: true } => $"Found at {canary.LastFound}, this night.",
                _ => $"Found last at {canary.LastFound}, {Time(canary.Age ?? 0)} before this night, on "
                    + Short(canary.LastCommit ?? "unknown") + ".",
            };
            Fact(html, "Canary", $"`{canary.Bug}` {canary.Words}. {last}");
        }

        html.Close();
    }

    private static void WriteProblems(HtmlWriter html, NightReport report)
    {
        html.Open("ul", ("class", "problems"));
        foreach (NightProblem problem in report.Problems)
        {
            html.Open("li");
            html.Leaf("b", problem.Name).Text($" ({problem.Part}, {Names.Dashed(problem.Kind)}): ");
            html.Prose(problem.Words);
            if (problem.File is { } file)
            {
                html.Text(" ").Leaf("code", file);
            }

            html.Close();
        }

        html.Close();
    }

    private static void WriteParts(HtmlWriter html, NightReport report)
    {
        double all = Math.Max(1, report.Parts.Sum(part => part.Seconds));
        BeginTable(html, "What each part did with its share of the time", "part", "state", ">time", "share", "brought");
        foreach (NightPart part in report.Parts)
        {
            bool red = report.Problems.Any(problem => problem.Part == part.Name);
            html.Open("tr");
            html.Line("th", part.Name, ("scope", "row"));
            Mark(html, red ? "bad" : ClassOf(part.State), red ? "red" : Words(part.State));
            html.Line("td", part.Seconds > 0 ? Time(part.Seconds) : string.Empty, ("class", "number"));
            Bar(html, part.Seconds / all, Percent(part.Seconds / all));
            html.Prose("td", part.Words);
            html.Close();
        }

        EndTable(html);
    }

    private static void WriteKernel(HtmlWriter html, NightKernel kernel)
    {
        html.Line(
            "p",
            $"{Count(kernel.Programs)} programs with {Count(kernel.Operations)} operations ran on Linux "
            + $"{kernel.Release} and on the model of {kernel.Profile}, in {Time(kernel.Seconds)}: "
            + $"{Plural(kernel.Divergences.Length, "divergence")}, {Plural(kernel.Noise, "difference")} that did not "
            + "come back.");
        int number = 0;
        foreach (NightDivergence one in kernel.Divergences)
        {
            html.Open("details");
            html.Line("summary", $"{one.Kind}: {one.Words}");
            html.Open("p");
            html.Leaf("a", "both traces, and pictures", ("href", Path.ChangeExtension(one.File, ".html")));
            html.Close();
            HtmlPage.Copyable(html, FormattableString.Invariant($"divergence-{number++}"), one.File, one.Program);
            html.Close();
        }
    }

    /// <summary>A table in a box that scrolls; <c>&gt;</c> before a heading: numbers.</summary>
    private static void BeginTable(HtmlWriter html, string caption, params ReadOnlySpan<string> headings)
    {
        html.Open("div", ("class", "scrolls"), ("tabindex", "0"), ("role", "region"), ("aria-label", caption));
        html.Open("table");
        html.Line("caption", caption);
        html.Open("thead").Open("tr");
        foreach (string heading in headings)
        {
            bool numbers = heading.StartsWith('>');
            html.Line(
                "th", numbers ? heading[1..] : heading, ("scope", "col"), ("class", numbers ? "number" : null));
        }

        html.Close().Close().Open("tbody");
    }

    private static void EndTable(HtmlWriter html) => html.Close().Close().Close();

    /// <summary>A cell with a word in it that colour only repeats.</summary>
    private static void Mark(HtmlWriter html, string kind, string words) =>
        html.Open("td").Leaf("span", words, ("class", $"mark {kind}")).Close();

    private static string ClassOf(NightState state) => state switch
    {
        NightState.Skipped or NightState.Waiting => "plain",
        NightState.UnderWay or NightState.InPart => "gone",
        NightState.Complete => "new",
    };

    private static string Words(NightState state) => state switch
    {
        NightState.Skipped => "left out",
        NightState.Waiting => "not begun",
        NightState.UnderWay => "under way",
        NightState.InPart => "in part",
        NightState.Complete => "complete",
    };

    private static void Fact(HtmlWriter html, string name, string text) => html.Line("dt", name).Prose("dd", text);

    private static string Short(string hash) => hash.Length > ShortHash ? hash[..ShortHash] : hash;

    private static string Times(int number) => number == 1 ? "once" : $"{Count(number)} times";

    private static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Plural(long number, string noun) => $"{Count(number)} {noun}{(number == 1 ? "" : "s")}";

    private static string Percent(double share) =>
        string.Create(CultureInfo.InvariantCulture, $"{100 * share:0} %");

    private static string Time(double seconds) => seconds switch
    {
        < 0.9995 => string.Create(CultureInfo.InvariantCulture, $"{1000 * seconds:0} ms"),
        < 99.5 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s"),
        < 5400 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:0.0} min"),
        < 172800 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:0.0} h"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds / 86400:0.0} days"),
    };
}
