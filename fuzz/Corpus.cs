// The corpus: programs that hold, programs that show known bugs, and tables of what is answered, all replayed. It is
// looked for above the working directory, then above the executable. Not covered: findings of a run (FindingStore).

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using MmFuzz.Engine.Operations;
using MmFuzz.Reports;

namespace MmFuzz.Cli;

/// <summary>A program of the corpus and what became of it.</summary>
/// <param name="File">Its file.</param>
/// <param name="AsExpected">Whether it did what it must.</param>
/// <param name="Found">What it violated, or what is wrong with it.</param>
internal sealed record CorpusResult(string File, bool AsExpected, string Found);

/// <summary>Replays the corpus.</summary>
internal static class Corpus
{
    private const string Regressions = "regressions";
    private const string KnownBugs = "known-bugs";
    private const string Ranges = "seed-003";

    /// <summary>Its directory; null if there is none.</summary>
    public static string? Find() => FindAbove(Environment.CurrentDirectory) ?? FindAbove(AppContext.BaseDirectory);

    /// <summary>Replays all of it.</summary>
    public static ImmutableArray<CorpusResult> Replay(Session session, string directory)
    {
        var results = ImmutableArray.CreateBuilder<CorpusResult>();
        foreach (string part in (string[])[Regressions, KnownBugs, Ranges])
        {
            foreach (string file in Files(Path.Combine(directory, part)))
            {
                if (session.Stop.IsCancellationRequested)
                {
                    return results.ToImmutable();
                }

                results.Add(Replay(session, file, mustViolate: part == KnownBugs));
            }
        }

        return results.ToImmutable();
    }

    /// <summary>Its programs for kernels with a generated fault; what cannot be read is the replay's affair.</summary>
    public static ImmutableArray<MmProgram> Mutated() => Find() is not { } directory
        ? []
        :
        [
            .. from file in Files(Path.Combine(directory, KnownBugs))
               let program = MmProgramParser.Parse(File.ReadAllText(file), out _)
               where program is { Profile.Mutants.IsEmpty: false }
               select program,
        ];

    private static IEnumerable<string> Files(string directory) => Directory.Exists(directory)
        ? Directory.EnumerateFiles(directory, "*.mm", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        : [];

    private static CorpusResult Replay(Session session, string file, bool mustViolate)
    {
        try
        {
            ProgramExplanation explanation = ProgramExplanation.Of(
                ProgramFiles.Read(session, file).Program, withStages: false);
            bool asExpected = explanation.IsAsExpected ?? (explanation.Violation is not null) == mustViolate;
            string found = explanation.Violation is { } violation ? ClauseWords.Name(violation)
                : explanation.Unexpected is { } step ? $"line {step.Line} answered {step.Answer}"
                : "nothing";
            return new CorpusResult(file, asExpected, found);
        }
        catch (BadInputException bad)
        {
            return new CorpusResult(file, false, string.Join("; ", bad.Lines));
        }
    }

    private static string? FindAbove(string start)
    {
        for (DirectoryInfo? at = new(start); at is not null; at = at.Parent)
        {
            string corpus = Path.Combine(at.FullName, "corpus");
            if (Directory.Exists(Path.Combine(corpus, Regressions))
                || Directory.Exists(Path.Combine(corpus, KnownBugs)))
            {
                return corpus;
            }
        }

        return null;
    }
}
