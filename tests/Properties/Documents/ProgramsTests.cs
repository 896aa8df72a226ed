// What this file covers: the programs that docs/ tells of (docs/programs): each shows what it expects, skips no line,
// shows nothing once the fixes that it takes out are back, and those of the history of copy on write show it on the
// releases that had it and on no other.
// What it does not cover: that the pages quote them as they are (PagesTests.cs).

using System;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Tests.Tidy;
using Xunit;
using Runner = MmFuzz.Engine.Runner;

namespace MmFuzz.Tests.Documents;

public class ProgramsTests
{
    private static readonly string Folder = Path.Combine(SourceFile.Root(), "docs", "programs");

    public static TheoryData<string> Names =>
        [.. Directory.GetFiles(Folder).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_program_shows_what_it_expects(string name)
    {
        MmProgram program = Read(name);
        Assert.NotNull(program.Expectation);
        string expected = program.Expectation.Property is null
            ? "nothing"
            : $"{program.Expectation.Property} {program.Expectation.Clause}";
        Assert.Equal(expected, Replay(program, program.Profile, maySkip: false));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_program_shows_nothing_once_its_fixes_are_back(string name)
    {
        MmProgram program = Read(name);
        Profile repaired = program.Profile.WithFixes(program.Profile.Fixes.Or(Profile.Repaired.Fixes));
        Assert.Equal("nothing", Replay(program, repaired, maySkip: true));
    }

    // First release that shows it (if it is not there from the start), first that shows it no more.
    [Theory]
    [InlineData("cow-1-vmsplice.mm", null, "5.8")]
    [InlineData("cow-2-forced-break.mm", null, "5.8")]
    [InlineData("cow-3-fork-pin.mm", null, "5.9")]
    [InlineData("cow-4-mapcount-pin.mm", "5.9", "5.19")]
    [InlineData("cow-5-page-count.mm", "5.9", "5.19")]
    [InlineData("cow-6-gup-fast-fork.mm", null, "5.11")]
    [InlineData("cow-7-exclusive.mm", "5.9", "5.19")]
    [InlineData("cow-8-swap-bit.mm", null, null)]
    [InlineData("cow-9-ordering.mm", null, null)]
    public void The_history_of_copy_on_write_is_told_by_the_right_releases(string name, string? since, string? until)
    {
        string[] releases = ["5.7", "5.8", "5.9", "5.10", "5.11", "5.18", "5.19", "6.0", "6.1", "6.18"];
        int first = since is null ? 0 : Array.IndexOf(releases, since);
        int last = until is null ? 0 : Array.IndexOf(releases, until);
        string[] expected = last == 0 ? [] : releases[first..last];
        MmProgram program = Read(name);
        Assert.Equal(expected, releases.Where(release => Replay(program, Of(release), maySkip: true) != "nothing"));
    }

    private static Profile Of(string release)
    {
        Assert.True(KernelVersion.TryParse(release, out KernelVersion version));
        return Profile.Of(version);
    }

    private static MmProgram Read(string name)
    {
        MmProgram? program = MmProgramParser.Parse(
            File.ReadAllText(Path.Combine(Folder, name)), out ImmutableArray<TextError> errors);
        Assert.Empty(errors);
        return program!;
    }

    private static string Replay(MmProgram program, Profile profile, bool maySkip)
    {
        var runner = new Runner(profile) { ChecksEverything = true };
        for (int i = 0; i < program.Operations.Length; i++)
        {
            Operation op = program.Operations[i];
            SkipReason skip = runner.Execute(in op, (ushort)i).Skip;
            if (runner.Violation is { } violation)
                return $"{violation.PropertyName} {violation.ClauseName}";
            if (skip != SkipReason.None && !maySkip)
                return $"line {program.LineNumber(i)} skipped: {Engine.Fixes.Names.Dashed(skip)}";
        }

        return "nothing";
    }
}
