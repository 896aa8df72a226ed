// What this file covers: the craft of all C# sources, as rules a machine can check: sizes, comments, sources of
// randomness and time, unfinished work, and the floors of src/Engine (who may know whom). Each failure lists the
// places as path:line.
// What it does not cover: formatting (dotnet format), what analyzers and the compiler check, and floors between
// projects, which their project references keep.

using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using MmFuzz.Tests.Tidy;
using Xunit;

namespace MmFuzz.Tests;

public partial class TidyTests
{
    private const int MostLines = 400;
    private const int MostColumns = 120;
    private const int MostMethodLines = 70;

    private static readonly (string Path, string Use)[] Allowed =
    [
        // A property that keeps its thread busy without awaiting: what Timeout is tested with.
        ("src/Linux/Turn.cs", "Thread.Sleep"), // waits for another process
        ("tests/Properties/Substitutes/XunitFeatureTests.cs", "Thread.Sleep"),
    ];

    // The one file of the kernel that is handed the whole World, and gives paths the Machine of it.
    private static readonly string[] MayKnowTheWorld = ["src/Engine/Kernel/Context.cs"];

    // Who of src/Engine may not know whom.
    private static readonly (string Floor, string[] Forbidden)[] Floors =
    [
        ("State", ["Fixes", "Kernel", "Operations", "Properties"]),
        ("Fixes", ["Kernel", "Operations", "Properties"]),
        ("Kernel", ["Operations", "Properties"]),
        ("Operations", ["Properties"]),
        ("Properties", ["Kernel"]),
    ];

    private static IReadOnlyList<SourceFile> Files => SourceFile.All.Value;

    [Fact]
    public void The_scan_sees_the_sources() =>
        Assert.Superset(
            new HashSet<string> { "src/Engine/State/World.cs", "tests/Properties/TidyTests.cs" },
            Files.Select(file => file.Path).ToHashSet());

    [Fact]
    public void Every_file_begins_with_a_comment_that_says_what_it_covers() =>
        None(from file in Files
             where !file.Lines[0].StartsWith("//", StringComparison.Ordinal)
             select file.At(1, "no comment"));

    [Fact]
    public void No_file_is_longer_than_400_lines() =>
        None(from file in Files
             let lines = file.Text.TrimEnd('\n').Split('\n').Length
             where lines > MostLines
             select file.At(MostLines + 1, $"{lines} lines"));

    [Fact]
    public void No_line_is_wider_than_120_columns() =>
        None(from file in Files
             from line in file.Lines.Index()
             where line.Item.Length > MostColumns
             select file.At(line.Index + 1, $"{line.Item.Length} columns"));

    [Fact]
    public void No_method_is_longer_than_70_lines() =>
        None(from file in Files
             from method in MethodScan.Of(file)
             where method.Lines > MostMethodLines
             select file.At(method.FirstLine, $"{method.Name} has {method.Lines} lines"));

    [Fact]
    public void Nothing_asks_the_clock_or_draws_numbers_that_no_seed_repeats() =>
        None(from file in Files
             from use in file.Uses(Unrepeatable())
             where !Allowed.Any(entry => entry.Path == file.Path && use.EndsWith(entry.Use, StringComparison.Ordinal))
             select use);

    [Fact]
    public void Every_allowed_use_of_a_clock_is_still_there() =>
        None(from entry in Allowed
             where !Files.Any(file => file.Path == entry.Path
                 && file.Uses(Unrepeatable()).Any(use => use.EndsWith(entry.Use, StringComparison.Ordinal)))
             select $"{entry.Path}: {entry.Use} is allowed, but not used");

    [Fact]
    public void Nothing_is_left_unfinished() =>
        None(Files.SelectMany(file => file.Uses(NotWritten()).Concat(
            Unfinished().Matches(file.Text).Select(match => file.At(file.LineOf(match.Index), match.Value)))));

    [Fact]
    public void Kernel_paths_see_the_machine_only_and_never_the_oracle() =>
        None(from file in Files
             where file.IsUnder("src/Engine/Kernel") && !MayKnowTheWorld.Contains(file.Path)
             from use in file.Uses(Oracle())
             select use);

    [Fact]
    public void Every_floor_of_the_engine_knows_only_the_floors_below_it() =>
        None(from floor in Floors
             from file in Files
             where file.IsUnder($"src/Engine/{floor.Floor}")
             from use in file.Uses(AnyOf(floor.Forbidden))
             select use);

    [Fact]
    public void Every_file_of_the_engine_is_in_the_namespace_of_its_folder() =>
        None(from file in Files
             where file.IsUnder("src/Engine") && file.Path.Count(c => c == '/') > 2
             let wanted = "MmFuzz.Engine." + file.Path.Split('/')[2]
             where !Namespace().Matches(file.Code).Any(match => match.Groups[1].Value == wanted)
             select file.At(1, $"not in the namespace {wanted}"));

    [Fact]
    public void The_engine_imports_nothing_behind_a_files_back() =>
        None(Files.Where(file => file.IsUnder("src/Engine")).SelectMany(file => file.Uses(GlobalUsing())));

    [GeneratedRegex(@"\bDateTime(Offset)?\s*\.\s*(Now|UtcNow|Today)\b|\bnew\s+(System\.)?Random\s*\(|"
        + @"\bRandom\s+\w+\s*=\s*new\s*\(|\bRandom\s*\.\s*Shared\b|\bEnvironment\s*\.\s*TickCount(64)?\b|"
        + @"\bGuid\s*\.\s*(NewGuid|CreateVersion7)\b|\bThread\s*\.\s*Sleep\b")]
    private static partial Regex Unrepeatable();

    [GeneratedRegex(@"\bNotImplemented(Exception)?\b")]
    private static partial Regex NotWritten();

    // In pieces, so that this line is no finding itself.
    [GeneratedRegex(@"\b(TO" + "DO|FIX" + @"ME)\b")]
    private static partial Regex Unfinished();

    [GeneratedRegex(@"\b(World|Reference)\b")]
    private static partial Regex Oracle();

    [GeneratedRegex(@"\bnamespace\s+([\w.]+)")]
    private static partial Regex Namespace();

    [GeneratedRegex(@"\bglobal\s+using\b")]
    private static partial Regex GlobalUsing();

    // A using line or a full name, and the short name that a neighbouring namespace may be called by without either.
    private static Regex AnyOf(string[] floors) => new(
        $@"\bMmFuzz\.Engine\.({string.Join('|', floors)})\b|"
        + $@"(?<![\w.])(Engine\.)?({string.Join('|', floors)})\.(?=[A-Z])(?!Count\b|Length\b)\w+");

    private static void None(IEnumerable<string> places)
    {
        string[] all = [.. places];
        if (all.Length > 0)
            Assert.Fail($"{all.Length} in all:\n{string.Join('\n', all)}");
    }
}
