// Reading `.mm` programs from files and standard input; everything that is wrong with them is bad input, with
// file:line:column. Not covered: writing (FindingStore).

using System;
using System.Collections.Immutable;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Security;
using System.Text;
using MmFuzz.Engine.Operations;

namespace MmFuzz.Cli;

/// <summary>A program and where it came from.</summary>
/// <param name="File">The file, or <c>-</c>.</param>
/// <param name="Program">The program.</param>
internal sealed record NamedProgram(string File, MmProgram Program);

/// <summary>Reads programs.</summary>
internal static class ProgramFiles
{
    /// <summary>Characters of a file, at most.</summary>
    private const int MostCharacters = 16 << 20;

    /// <summary>Reads all; if any of them is bad, says what is wrong with each.</summary>
    public static ImmutableArray<NamedProgram> ReadAll(Session session, string[] files)
    {
        var programs = ImmutableArray.CreateBuilder<NamedProgram>();
        var wrong = ImmutableArray.CreateBuilder<string>();
        foreach (string file in files)
        {
            try
            {
                programs.Add(Read(session, file));
            }
            catch (BadInputException bad)
            {
                wrong.AddRange(bad.Lines);
            }
        }

        return wrong.Count == 0 ? programs.ToImmutable() : throw new BadInputException(wrong);
    }

    /// <summary>Reads one.</summary>
    public static NamedProgram Read(Session session, string file)
    {
        string text = file == "-" ? ReadSome(session.Input, "standard input") : ReadFile(file);
        return new NamedProgram(file, Parse(file, text));
    }

    /// <summary>Reads one from a text.</summary>
    public static MmProgram Parse(string file, string text)
    {
        MmProgram? program = MmProgramParser.Parse(text, out ImmutableArray<TextError> errors);
        return program ?? throw new BadInputException(errors.Select(error => string.Create(
            CultureInfo.InvariantCulture, $"{file}:{error.Line}:{error.Column}: {error.Message}")));
    }

    private static string ReadFile(string file)
    {
        try
        {
            using var reader = new StreamReader(file, new UTF8Encoding(false));
            return ReadSome(reader, file);
        }
        catch (Exception failure) when (IsAboutFiles(failure))
        {
            string found = Directory.Exists(file) ? "a directory" : Reason(failure);
            throw new BadInputException($"{file}: found {found}, expected a file that can be read");
        }
    }

    /// <summary>Whether the exception says that a file or its name cannot be used.</summary>
    public static bool IsAboutFiles(Exception failure) =>
        failure is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException
            or SecurityException;

    /// <summary>Why a file cannot be used.</summary>
    public static string Reason(Exception failure) => failure switch
    {
        FileNotFoundException or DirectoryNotFoundException => "nothing",
        UnauthorizedAccessException => "no permission",
        ArgumentException => "a name that no file can have",
        _ => $"an error ({failure.Message.ReplaceLineEndings(" ")})",
    };

    private static string ReadSome(TextReader reader, string name)
    {
        var text = new StringBuilder();
        var buffer = new char[1 << 14];
        for (int read = reader.Read(buffer); read > 0; read = reader.Read(buffer))
        {
            text.Append(buffer, 0, read);
            if (text.Length > MostCharacters)
            {
                throw new BadInputException(
                    $"{name}: found more than {MostCharacters >> 20} million characters, expected a program");
            }
        }

        return text.ToString();
    }
}
