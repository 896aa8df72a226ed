// The files that a night leaves for people and machines: page, JSON document, JUnit XML, SARIF, each written so that at
// any moment the old or the new one is there. Not covered: what is in them (Reports/Night).

using System;
using MmFuzz.Reports.Night;

namespace MmFuzz.Cli.Nightly;

/// <summary>Writes the files of a night.</summary>
internal static class NightFiles
{
    /// <summary>The page.</summary>
    public const string Page = "index.html";

    /// <summary>The document.</summary>
    public const string Document = "night.json";

    /// <summary>For continuous integration.</summary>
    public const string JUnit = "junit.xml";

    /// <summary>For code scanning.</summary>
    public const string Sarif = "mmfuzz.sarif";

    /// <summary>What is remembered from night to night.</summary>
    public const string Records = "records.json";

    /// <summary>What the night writes down as it goes.</summary>
    public const string Journal = "night.journal";

    /// <summary>Writes them all.</summary>
    public static void Write(NightPlace place, NightReport report)
    {
        Write(place.In(Document), JsonText.Of(report) + "\n");
        Write(place.In(JUnit), JUnitXml.Of(report));
        Write(place.In(Sarif), SarifLog.Of(report, SourceCommit.Version));
        Write(place.In(Page), NightPage.Of(report));
    }

    /// <summary>Writes one; it is bad input if that cannot be.</summary>
    public static void Write(string path, string text)
    {
        try
        {
            SafeFile.Write(path, text);
        }
        catch (Exception failure) when (ProgramFiles.IsAboutFiles(failure))
        {
            throw new BadInputException(
                $"{path}: found {ProgramFiles.Reason(failure)}, expected a file that can be written");
        }
    }
}
