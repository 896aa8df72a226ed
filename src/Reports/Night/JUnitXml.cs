// A night as JUnit XML, the dialect that GitLab, Jenkins and GitHub's actions read: a suite for each part, a case for
// whatever could have gone wrong in it. Not covered: what the cases are about (NightCases).

using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Xml;

namespace MmFuzz.Reports.Night;

/// <summary>Writes JUnit XML.</summary>
public static class JUnitXml
{
    /// <summary>The night's document.</summary>
    public static string Of(NightReport report)
    {
        (string Part, NightCase[] Cases)[] suites =
        [
            .. from part in report.Parts
               select (part.Name, NightCases.Of(report, part).ToArray()),
        ];
        var text = new Utf8Text();
        using (var xml = XmlWriter.Create(text, new XmlWriterSettings { Indent = true, NewLineChars = "\n" }))
        {
            xml.WriteStartElement("testsuites");
            xml.WriteAttributeString("name", "mmfuzz nightly");
            WriteCounts(xml, [.. suites.SelectMany(suite => suite.Cases)]);
            foreach ((string part, NightCase[] cases) in suites)
            {
                WriteSuite(xml, report, part, cases);
            }

            xml.WriteEndElement();
        }

        return text.ToString() + "\n";
    }

    private static void WriteSuite(XmlWriter xml, NightReport report, string part, NightCase[] cases)
    {
        xml.WriteStartElement("testsuite");
        xml.WriteAttributeString("name", "mmfuzz." + part);
        xml.WriteAttributeString("timestamp", report.Head.Started.TrimEnd('Z'));
        WriteCounts(xml, cases);
        foreach (NightCase one in cases)
        {
            xml.WriteStartElement("testcase");
            xml.WriteAttributeString("classname", "mmfuzz." + part);
            xml.WriteAttributeString("name", Legal(one.Name));
            xml.WriteAttributeString("time", Seconds(one.Seconds));
            if (one.Verdict != CaseVerdict.Passed)
            {
                xml.WriteStartElement(Element(one.Verdict));
                xml.WriteAttributeString("message", Legal(one.Words));
                xml.WriteString(Legal(one.Details));
                xml.WriteEndElement();
            }

            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private static void WriteCounts(XmlWriter xml, NightCase[] cases)
    {
        xml.WriteAttributeString("tests", Number(cases.Length));
        xml.WriteAttributeString("failures", Number(cases.Count(one => one.Verdict == CaseVerdict.Failed)));
        xml.WriteAttributeString("errors", Number(cases.Count(one => one.Verdict == CaseVerdict.Broken)));
        xml.WriteAttributeString("skipped", Number(cases.Count(one => one.Verdict == CaseVerdict.Skipped)));
        xml.WriteAttributeString("time", Seconds(cases.Sum(one => one.Seconds)));
    }

    private static string Element(CaseVerdict verdict) => verdict switch
    {
        CaseVerdict.Passed => "system-out",
        CaseVerdict.Failed => "failure",
        CaseVerdict.Broken => "error",
        CaseVerdict.Skipped => "skipped",
    };

    /// <summary>Characters that XML has no way to say become question marks.</summary>
    private static string Legal(string text)
    {
        var legal = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            bool said = rune.Value is '\t' or '\n' || (rune.Value >= ' ' && rune.Value is not 0xfffe and not 0xffff);
            legal.Append(said ? rune : new Rune('?'));
        }

        return legal.ToString();
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Seconds(double seconds) => seconds.ToString("0.###", CultureInfo.InvariantCulture);

    /// <summary>A text that says of itself that it is UTF-8, as it will be in its file.</summary>
    private sealed class Utf8Text : StringWriter
    {
        public Utf8Text()
            : base(CultureInfo.InvariantCulture)
        {
        }

        public override Encoding Encoding => new UTF8Encoding(false);
    }
}
