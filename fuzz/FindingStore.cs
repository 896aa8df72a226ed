// The directory that findings are kept in. A finding's raw program is there before anything else is done with it, and
// goes only when its shrunk program, C program, report and page are there, so that a kill at any moment loses nothing.
// Not covered: which findings there are (FindingDesk).

using System;
using System.Globalization;
using System.IO;
using System.Security.Cryptography;
using System.Text;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.Properties;
using MmFuzz.Linux;
using MmFuzz.Linux.Reproducing;
using MmFuzz.Reports;
using MmFuzz.Reports.Explaining;

namespace MmFuzz.Cli;

/// <summary>Keeps findings on the disk.</summary>
internal sealed class FindingStore
{
    private readonly string directory;

    /// <summary>Makes the directory, if it is not there; it is bad input if that cannot be.</summary>
    public FindingStore(string directory)
    {
        this.directory = directory;
        try
        {
            Directory.CreateDirectory(directory);
            string probe = Path.Combine(
                directory, ".probe-" + Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            File.WriteAllText(probe, string.Empty);
            File.Delete(probe);
        }
        catch (Exception failure) when (ProgramFiles.IsAboutFiles(failure))
        {
            throw new BadInputException(
                $"--out: found `{directory}`, where nothing can be written "
                + $"({failure.Message.ReplaceLineEndings(" ")}), expected a directory for findings");
        }
    }

    /// <summary>Stores a program as it was found; answers where.</summary>
    public string StoreRaw(MmProgram program, Violation violation, string foundBy)
    {
        string path = PathOf(program, violation, ".raw.mm");
        SafeFile.Write(path, Commented(program, foundBy, "not shrunk yet"));
        return path;
    }

    /// <summary>
    /// Stores a shrunk program, its C program if there is one, its report and page, then lets the raw one go; answers
    /// where it is.
    /// </summary>
    public string Store(MmProgram program, Violation violation, Cause cause, string foundBy, string? raw)
    {
        string path = PathOf(program, violation, ".mm");
        SafeFile.Write(path, Commented(program, foundBy, KernelWords.Sentence(cause)));
        ProgramExplanation explanation = ProgramExplanation.Of(program, withStages: true);
        Reproduction made = ReproduceCommand.Of(program, violation, cause, path);
        string? reproducer = made.Source is null ? null : Path.ChangeExtension(path, ".c");
        if (reproducer is not null)
        {
            SafeFile.Write(reproducer, made.Source!);
        }

        var origin = new FindingOrigin(path, foundBy, cause)
        {
            Reproducer = reproducer,
            WhyNoReproducer = made.Reason,
        };
        var insight = Insight.Of(program, violation, Insight.Repaired(program.Profile, cause));
        SafeFile.Write(Path.ChangeExtension(path, ".md"), ReportCommand.Markdown(explanation, origin, insight));
        SafeFile.Write(Path.ChangeExtension(path, ".html"), ReportCommand.Html(explanation, origin, insight));
        Drop(raw);
        return path;
    }

    /// <summary>Stores the program of an engine that failed; answers where.</summary>
    public string StoreCrash(MmProgram program, string message, string foundBy)
    {
        string path = Path.Combine(directory, $"internal-error-{Hash(program.Print())}.raw.mm");
        SafeFile.Write(path, Commented(program, foundBy, message));
        return path;
    }

    /// <summary>Stores a program on which the kernel and the model differ, as it was found; answers where.</summary>
    public string StoreRaw(MmProgram program, Difference difference, string foundBy)
    {
        string path = PathOf(program, difference, ".raw.mm");
        SafeFile.Write(path, Commented(program, foundBy, $"{difference}; not shrunk yet"));
        return path;
    }

    /// <summary>
    /// Stores such a program when it is shrunk, its report and page, then lets the raw one go; answers where it is.
    /// </summary>
    public string Store(
        MmProgram program, Difference difference, KernelComparison comparison, string foundBy, string raw)
    {
        string path = PathOf(program, difference, ".mm");
        SafeFile.Write(path, Commented(program, foundBy, difference.ToString()));
        ProgramExplanation explanation = ProgramExplanation.Of(program, withStages: true);
        var origin = new FindingOrigin(path, foundBy, null);
        SafeFile.Write(
            Path.ChangeExtension(path, ".md"), ReportCommand.Markdown(explanation, origin, null, comparison));
        SafeFile.Write(Path.ChangeExtension(path, ".html"), ReportCommand.Html(explanation, origin, null, comparison));
        Drop(raw);
        return path;
    }

    /// <summary>Removes a raw program that is not needed any more.</summary>
    public static void Drop(string? raw)
    {
        if (raw is not null)
        {
            File.Delete(raw);
        }
    }

    private string PathOf(MmProgram program, Violation violation, string extension) => Path.Combine(
        directory, $"{violation.PropertyName}-{violation.ClauseName}-{Hash(program.Print())}{extension}");

    private string PathOf(MmProgram program, Difference difference, string extension) => Path.Combine(
        directory, $"linux-{Names.Dashed(difference.Kind)}-{Hash(program.Print())}{extension}");

    private static string Commented(MmProgram program, string foundBy, string words) =>
        $"# found by: {foundBy}\n# {words.ReplaceLineEndings(" ")}\n{program.Print()}";

    private static string Hash(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 4));
}
