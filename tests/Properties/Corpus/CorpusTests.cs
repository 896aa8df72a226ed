// What this file covers: the stored programs: those of corpus/regressions must show nothing, those of corpus/known-bugs
// what their header expects, and nothing once the fixes that it takes out are back. No line of a known bug may be
// skipped, since it is minimal; that a line is skipped now may be what a regression is about. All failures are listed.
// What it does not cover: how they were found (src/Generators), programs without an expectation.

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.Properties;
using MmFuzz.Tests.Tidy;
using Xunit;
using Runner = MmFuzz.Engine.Runner;

namespace MmFuzz.Tests.Corpus;

public class CorpusTests
{
    [Theory]
    [InlineData("regressions")]
    [InlineData("known-bugs")]
    public void There_are_programs(string folder) => Assert.NotEmpty(Files(folder));

    [Theory]
    [InlineData("regressions")]
    [InlineData("known-bugs")]
    public void Every_program_is_read_and_says_what_it_expects_by_names_that_exist(string folder) =>
        None(from file in Files(folder)
             let problem = Problem(File.ReadAllText(file))
             where problem is not null
             select $"{Path.GetFileName(file)}: {problem}");

    [Fact]
    public void Regressions_expect_nothing_and_show_nothing() =>
        None(from file in Files("regressions")
             let program = Read(file)
             where program is not null
             let found = Replay(program, program.Profile)
             where program.Expectation != Expectation.Quiet || found != "nothing"
             select $"{Path.GetFileName(file)}: {found}");

    [Fact]
    public void Known_bugs_show_what_they_expect() =>
        None(from file in Files("known-bugs")
             let program = Read(file)
             where program is not null
             let found = Replay(program, program.Profile)
             where !IsExpected(program.Expectation, found)
             select $"{Path.GetFileName(file)}: expected {Describe(program.Expectation)}, found {found}");

    [Fact]
    public void Known_bugs_show_nothing_once_their_fixes_are_back() =>
        None(from file in Files("known-bugs")
             let program = Read(file)
             where program is { Expectation.Property: not null }
             let repaired = program.Profile.WithFixes(program.Profile.Fixes.Or(program.Profile.Missing)).WithMutants([])
             where !repaired.IsSameAs(program.Profile)
             let found = Replay(program, repaired)
             where found != "nothing"
             select $"{Path.GetFileName(file)}: {found}");

    /// <summary>What a program shows, checking what was touched and checking everything.</summary>
    private static string Replay(MmProgram program, Profile profile)
    {
        string first = Replay(program, profile, everything: false);
        string second = Replay(program, profile, everything: true);
        return first == second ? first : $"{first}, but checking everything {second}";
    }

    private static string Replay(MmProgram program, Profile profile, bool everything)
    {
        var runner = new Runner(profile) { ChecksEverything = everything };
        for (int i = 0; i < program.Operations.Length; i++)
        {
            Operation op = program.Operations[i];
            SkipReason skip = runner.Execute(in op, (ushort)i).Skip;
            if (runner.Violation is { } violation)
                return $"{violation.PropertyName} {violation.ClauseName}";
            bool minimal = program.Expectation?.Property is not null && profile.IsSameAs(program.Profile);
            if (skip != SkipReason.None && minimal)
                return $"line {program.LineNumber(i)} skipped: {Names.Dashed(skip)}";
        }

        return "nothing";
    }

    private static bool IsExpected(Expectation? expectation, string found) =>
        expectation?.Clause is null
            ? found.StartsWith(Describe(expectation) + " ", StringComparison.Ordinal)
                || (expectation == Expectation.Quiet && found == "nothing")
            : found == Describe(expectation);

    private static string Describe(Expectation? expectation) =>
        expectation?.Property is null ? "nothing" : $"{expectation.Property} {expectation.Clause}".TrimEnd();

    private static string? Problem(string text)
    {
        MmProgram? program = MmProgramParser.Parse(text, out ImmutableArray<TextError> errors);
        if (program is null)
            return $"{errors[0].Line}:{errors[0].Column}: {errors[0].Message}";
        if (program.Expectation is not { } expectation)
            return "no expectation";
        if (expectation.Property is null)
            return null;
        if (PropertyCatalogue.Find(expectation.Property) is not { } property)
            return $"no property {expectation.Property}";
        bool known = expectation.Clause is null || Enum.GetValues<Clause>().Any(clause =>
            Names.Dashed(clause) == expectation.Clause && PropertyCatalogue.PropertyOf(clause) == property.Id);
        return known ? null : $"no clause {expectation.Clause} of {property.Name}";
    }

    private static MmProgram? Read(string file) => MmProgramParser.Parse(File.ReadAllText(file), out _);

    internal static string[] Files(string folder)
    {
        string path = Path.Combine(SourceFile.Root(), "corpus", folder);
        return Directory.Exists(path)
            ? [.. Directory.EnumerateFiles(path, "*.mm", SearchOption.AllDirectories).Order(StringComparer.Ordinal)]
            : [];
    }

    private static void None(IEnumerable<string> problems) => Assert.Empty(problems.ToArray());
}
