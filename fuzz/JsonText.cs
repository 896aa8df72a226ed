// How documents become JSON, and again documents: names as in C# but with a small first letter, indented, no needless
// escapes.
// Not covered: which documents there are (a record beside each command).

using System.Text.Encodings.Web;
using System.Text.Json;

namespace MmFuzz.Cli;

/// <summary>Writes JSON.</summary>
internal static class JsonText
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The document's text.</summary>
    public static string Of<T>(T document) => JsonSerializer.Serialize(document, Options);

    /// <summary>The document that a text says; null if it says <c>null</c>.</summary>
    public static T? Read<T>(string text) => JsonSerializer.Deserialize<T>(text, Options);
}

/// <summary>What stands on standard output if a command with --json fails.</summary>
/// <param name="Error">What was found and what was expected.</param>
/// <param name="ExitCode">The exit code.</param>
internal sealed record FailureDocument(string Error, int ExitCode);
