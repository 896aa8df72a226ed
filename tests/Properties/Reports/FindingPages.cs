// What this file covers: pages of findings for the tests beside it: of every known bug, and of any program.
// What it does not cover: what the pages must be (HtmlTests.cs, PictureTests.cs, Browsers/).

using System;
using System.Collections.Concurrent;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Xml;
using System.Xml.Linq;
using MmFuzz.Engine.Operations;
using MmFuzz.Reports;
using MmFuzz.Reports.Explaining;
using MmFuzz.Reports.Html;
using MmFuzz.Tests.Tidy;

namespace MmFuzz.Tests.Reports;

/// <summary>Makes pages.</summary>
internal static class FindingPages
{
    private static readonly ConcurrentDictionary<string, string> Made = new(StringComparer.Ordinal);

    private static readonly ConcurrentDictionary<string, XElement> Parsed = new(StringComparer.Ordinal);

    /// <summary>Names of all known bugs.</summary>
    internal static string[] Bugs { get; } =
    [
        .. Directory.GetFiles(Path.Combine(SourceFile.Root(), "corpus", "known-bugs"), "*.mm")
            .Select(static path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal),
    ];

    /// <summary>The text of a known bug.</summary>
    internal static string Program(string bug) =>
        File.ReadAllText(Path.Combine(SourceFile.Root(), "corpus", "known-bugs", $"{bug}.mm"));

    /// <summary>A known bug's page; made once.</summary>
    internal static string Page(string bug) => Made.GetOrAdd(bug, static name => Of(Program(name), $"{name}.mm"));

    /// <summary>A known bug's page as XML.</summary>
    internal static XElement Xml(string bug) => Parsed.GetOrAdd(bug, static name => Parse(Page(name)));

    /// <summary>A page as XML; fails if it is not well-formed.</summary>
    internal static XElement Parse(string page)
    {
        using var reader = XmlReader.Create(
            new StringReader(page), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore });
        return XElement.Load(reader, LoadOptions.PreserveWhitespace);
    }

    /// <summary>The page of a program.</summary>
    internal static string Of(string program, string file, string? foundBy = null)
    {
        ProgramExplanation explanation = Explain(program);
        Cause? cause = explanation.Violation is { } found ? Cause.Of(explanation.Program, found) : null;
        Insight? insight = explanation.Violation is { } violation
            ? Insight.Of(explanation.Program, violation, Insight.Repaired(explanation.Program.Profile, cause))
            : null;
        using var target = new StringWriter(CultureInfo.InvariantCulture);
        FindingPage.Write(target, explanation, new FindingOrigin(file, foundBy, cause), insight);
        return target.ToString();
    }

    /// <summary>The run of a program.</summary>
    internal static ProgramExplanation Explain(string program) =>
        ProgramExplanation.Of(MmProgramParser.Parse(program, out _)!, withStages: true);
}
