// A run as a page for a browser: what happened in a word, the program beside a picture of each step, who ran what,
// where a repaired kernel goes another way, what the violation takes, and the program to take along.
// Not covered: the steps (FindingPage.Steps.cs), what other runs tell (FindingPage.Insight.cs), the frame (HtmlPage).

using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Properties;
using MmFuzz.Reports.Explaining;

namespace MmFuzz.Reports.Html;

/// <summary>Writes pages of findings.</summary>
public static partial class FindingPage
{
    private static readonly string[] Assets = ["finding.css", "finding.js"];

    /// <summary>Writes the page.</summary>
    /// <param name="target">Where to.</param>
    /// <param name="explanation">The run, with its stages.</param>
    /// <param name="origin">Where the program comes from.</param>
    /// <param name="insight">What other runs tell of it; null if nobody asked, or nothing is violated.</param>
    /// <param name="comparison">What a running kernel showed; null if none was asked.</param>
    public static void Write(
        TextWriter target,
        ProgramExplanation explanation,
        FindingOrigin origin,
        Insight? insight = null,
        KernelComparison? comparison = null)
    {
        Violation? violation = explanation.Violation;
        bool lanes = Lanes(explanation).Length > 1;
        var sections = new List<(string Id, string Heading)>();
        Add(sections, comparison is not null, "compared", "The model beside the kernel");
        sections.Add(("steps", comparison is null ? "What happens" : "What happens in the model"));
        Add(sections, lanes, "threads", "Side by side");
        Add(sections, insight?.Divergence is not null, "divergence", "Where a repaired kernel goes another way");
        Add(sections, insight is not null && violation is not null, "takes", "What it takes");
        sections.AddRange([("kernel", "The kernel"), ("again", "See it again")]);
        HtmlHead head = comparison is not null
            ? new HtmlHead(comparison.Title, "MmFuzz: a divergence", comparison.Lead, sections, Assets)
            : new HtmlHead(
                violation is null ? "Nothing was violated" : ClauseWords.Name(violation),
                violation is null ? "MmFuzz: a run" : "MmFuzz: a finding",
                violation is null ? "The program runs to its end, and every property holds after every stage."
                    : ClauseWords.Meaning(violation.Clause),
                sections,
                Assets);
        HtmlPage.Write(target, head, html => WriteFacts(html, explanation, origin), html =>
        {
            foreach ((string id, string heading) in sections)
            {
                HtmlPage.Section(
                    html, id, heading, () => WriteSection(html, id, explanation, origin, insight, comparison));
            }
        });
    }

    private static void WriteSection(
        HtmlWriter html,
        string id,
        ProgramExplanation explanation,
        FindingOrigin origin,
        Insight? insight,
        KernelComparison? comparison)
    {
        switch (id)
        {
            case "compared":
                WriteComparison(html, comparison!);
                break;
            case "steps":
                WriteSteps(html, explanation, PartingOf(insight));
                break;
            case "threads":
                WriteThreads(html, explanation);
                break;
            case "divergence":
                WriteDivergence(html, explanation, insight!.Divergence!);
                break;
            case "takes":
                WriteTakes(html, explanation.Program, insight!.Dissection);
                break;
            case "kernel":
                WriteKernel(html, explanation.Program.Profile, origin.Cause);
                break;
            default:
                WriteAgain(html, explanation, origin);
                break;
        }
    }

    /// <summary>The line in which a repaired kernel first goes another way; null if none does.</summary>
    private static int? PartingOf(Insight? insight) =>
        insight?.Divergence is { } divergence ? divergence.State?.Index ?? divergence.Path?.Index : null;

    private static void WriteFacts(HtmlWriter html, ProgramExplanation explanation, FindingOrigin origin)
    {
        html.Open("dl", ("class", "facts"));
        if (explanation.Violation is { } violation)
        {
            Fact(html, "Rule", PropertyCatalogue.Of(violation.Property).Rule);
            Fact(html, "Found", $"at {violation.Where}: {violation.Detail}");
        }

        Fact(html, "Kernel", explanation.Program.Profile.ToString());
        if (origin.Cause is { } cause)
        {
            Fact(html, "Cause", KernelWords.Sentence(cause));
        }

        html.Close();
    }

    private static void Fact(HtmlWriter html, string name, string text) =>
        html.Line("dt", name).Prose("dd", text);

    private static void WriteKernel(HtmlWriter html, Profile profile, Cause? cause)
    {
        html.Prose("p", $"{profile}; copy on write is decided {KernelWords.Policy(profile.Policy)}.");
        ImmutableArray<Fix> fixes = KernelWords.WorthExplaining(profile, cause);
        if (fixes.IsEmpty)
        {
            html.Line("p", "It has every fix that belongs to its release.");
            return;
        }

        html.Open("ul");
        foreach (Fix fix in fixes)
        {
            html.Prose("li", KernelWords.Mechanism(fix));
        }

        html.Close();
    }

    private static void WriteAgain(HtmlWriter html, ProgramExplanation explanation, FindingOrigin origin)
    {
        html.Line("p", "This replays the program and tells it line by line:");
        HtmlPage.Copyable(html, "command", "the replay command", $"mmfuzz explain {origin.File ?? "FILE.mm"}");
        if (origin.FoundBy is not null)
        {
            html.Line("p", "Found by:");
            HtmlPage.Copyable(html, "found-by", "the command that found it", origin.FoundBy);
        }

        if (origin.Reproducer is not null)
        {
            html.Line("p", "On a running kernel, as root; it says whether that has the bug:");
            HtmlPage.Copyable(html, "reproducer", "the command that runs it on a kernel", origin.BuildCommand);
        }
        else if (origin.WhyNoReproducer is { } reason)
        {
            html.Prose("p", $"There is no C program of it: {reason}.");
        }

        html.Prose(
            "p", "The whole program, header and all. Keep it as a `.mm` file, or paste it into `mmfuzz replay -`.");
        HtmlPage.Copyable(html, "program", "the program", explanation.Program.Print().TrimEnd('\n') + "\n");
    }

    private static void Add(List<(string, string)> sections, bool wanted, string id, string heading)
    {
        if (wanted)
        {
            sections.Add((id, heading));
        }
    }
}
