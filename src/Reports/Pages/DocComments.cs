// The summaries that stand above enum members in the source, as the compiler writes them into the XML file beside the
// assembly: what a reference page says of a member that has no words of its own elsewhere.
// Not covered: members of anything but enums, tags within a summary (their text is taken).

using System;
using System.Collections.Frozen;
using System.IO;
using System.Linq;
using System.Xml.Linq;

namespace MmFuzz.Reports.Pages;

/// <summary>The compiler's file of doc comments, read.</summary>
public sealed class DocComments
{
    private readonly FrozenDictionary<string, string> summaries;

    private DocComments(FrozenDictionary<string, string> summaries) => this.summaries = summaries;

    /// <summary>Reads the comments of the assembly that holds the type.</summary>
    /// <exception cref="FileNotFoundException">There is no such file beside the assembly.</exception>
    public static DocComments Beside(Type type)
    {
        string file = Path.Combine(AppContext.BaseDirectory, type.Assembly.GetName().Name + ".xml");
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read);
        return new DocComments(XDocument.Load(stream).Descendants("member")
            .Where(member => member.Attribute("name") is not null && member.Element("summary") is not null)
            .ToFrozenDictionary(
                member => member.Attribute("name")!.Value,
                member => OneLine(member.Element("summary")!.Value),
                StringComparer.Ordinal));
    }

    /// <summary>What stands above the member, in one line.</summary>
    public string Of<T>(T member)
        where T : struct, Enum =>
        summaries.TryGetValue($"F:{typeof(T).FullName}.{member}", out string? text)
            ? text
            : throw new InvalidOperationException($"{typeof(T).Name}.{member} has no summary");

    private static string OneLine(string text) =>
        string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
