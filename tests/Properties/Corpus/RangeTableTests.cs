// What this file covers: seed 003 as a table: each program of corpus/seed-003 answers what its lines expect and
// violates nothing, and docs/write-protect-ranges.md lists each with the answer of its range.
// What it does not cover: the same contract over other ranges (Scenarios/WriteProtectErrnoScenarios.cs).

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using MmFuzz.Engine.Operations;
using MmFuzz.Reports;
using MmFuzz.Tests.Tidy;
using Xunit;

namespace MmFuzz.Tests.Corpus;

public partial class RangeTableTests
{
    private const string Folder = "seed-003";

    [Fact]
    public void Every_cell_answers_what_it_expects() =>
        Assert.Empty(CorpusTests.Files(Folder).Select(Problem).OfType<string>());

    [Fact]
    public void Every_case_has_a_cell_for_the_release_before_and_one_since() =>
        Assert.Empty(CorpusTests.Files(Folder)
            .GroupBy(file => Path.GetFileName(file).Split('.')[0])
            .Where(cells => !cells.Select(file => file.Split('.')[^2]).SequenceEqual(["before", "since"]))
            .Select(cells => cells.Key));

    [Fact]
    public void The_table_says_what_the_programs_answer()
    {
        string table = File.ReadAllText(Path.Combine(SourceFile.Root(), "docs", "write-protect-ranges.md"));
        IEnumerable<string> said = Cell().Matches(table)
            .Select(cell => $"{cell.Groups[2].Value} {cell.Groups[1].Value}");
        IEnumerable<string> shown = CorpusTests.Files(Folder)
            .Select(file => $"{Path.GetFileName(file)} {AnswerOfRange(Read(file))}");
        Assert.Equal(shown.Order(StringComparer.Ordinal), said.Order(StringComparer.Ordinal));
    }

    private static string? Problem(string file)
    {
        var explanation = ProgramExplanation.Of(Read(file), withStages: false);
        return explanation.IsAsExpected == true ? null
            : explanation.Unexpected is { } step ? $"{Path.GetFileName(file)}:{step.Line} answered {step.Answer}"
            : $"{Path.GetFileName(file)}: {explanation.Violation?.ToString() ?? "nothing is expected"}";
    }

    /// <summary>The first WRITEPROTECT or REGISTER with an answer: what the case is about.</summary>
    private static Answer AnswerOfRange(MmProgram program) =>
        program.Operations.Zip(program.Answers)
            .First(line => line.Second is not null && line.First.Kind is OperationKind.Wp or OperationKind.Unwp
                or OperationKind.Register)
            .Second!.Value;

    private static MmProgram Read(string file) => MmProgramParser.Parse(File.ReadAllText(file), out _)!;

    [GeneratedRegex(@"\[(\w+)\]\(\.\./corpus/seed-003/([\w.-]+\.mm)\)")]
    private static partial Regex Cell();
}
