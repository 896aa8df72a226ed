// What this file covers: the book-keeping of the matrix of generated faults: its cells are distinct, every transition
// that a kernel path names has a row, slices are a partition, every argument speaks of a cell and is on the page of the
// docs; and a handful of cells: killed, argued, survived, refuted.
// What it does not cover: all cells (`mmfuzz bugs --matrix`, nightly).

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Kernel;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.Properties;
using MmFuzz.Generators.Mutants;
using MmFuzz.Tests.Tidy;
using Xunit;
using Runner = MmFuzz.Engine.Runner;

namespace MmFuzz.Tests.Generators;

public class MutantMatrixTests
{
    private static readonly Lazy<ImmutableArray<MatrixRow>> Rows = new(MutantMatrix.Rows);

    private static readonly FixSet Exclusive = FixSet.Of(Fix.AnonExclusiveReuse);

    private static ImmutableArray<Mutant> Cells => MutantMatrix.Cells(Rows.Value);

    [Fact]
    public void Each_cell_is_there_once_and_its_name_is_read_again()
    {
        string[] names = [.. Cells.Select(cell => cell.ToString())];
        Assert.Equal(names, names.Distinct());
        Assert.Equal(Rows.Value.Length * 2 * Mutant.Bits.Length, names.Length);
        Assert.Equal(Cells, names.Select(name => Mutant.TryParse(name, out Mutant cell, out _) ? cell : default));
    }

    [Fact]
    public void Every_transition_that_a_kernel_path_names_has_a_row()
    {
        var name = new Regex(@"(?<!\w)Transition\.(\w+)");
        IEnumerable<string> named =
            from file in SourceFile.All.Value
            where file.IsUnder("src/Engine/Kernel")
                && Path.GetFileName(file.Path) is not ("Carry.cs" or "Mutations.cs")
            from match in name.Matches(file.Code)
            select match.Groups[1].Value;
        IEnumerable<string> rows = Rows.Value.Select(row => row.Transition.ToString());
        Assert.Empty(named.Distinct().Except(rows));
    }

    [Fact]
    public void No_path_puts_an_entry_back_beside_the_table()
    {
        var beside = new Regex(@"SetPte\([^,;]*,\s*t\.(Carried|Original)\)");
        Assert.Empty(
            from file in SourceFile.All.Value
            where file.IsUnder("src/Engine/Kernel") && beside.IsMatch(file.Code)
            select file.Path);
    }

    [Fact]
    public void The_rows_that_hardly_any_program_meets_are_met_by_this_one()
    {
        MmProgram program = MmProgramParser.Parse(
            """
            mmfuzz 1
            mmap p0 0 1 file i0@0 rw
            uffd p0 -> u0 wp-async
            register u0 0 1
            load p0 0
            wp u0 0 1
            unwp u0 0 1
            numa-hint p0 0 1
            scan p0 0 1 wp
            load p0 0
            unregister u0 0 1
            register u0 0 1
            wp u0 0 1
            store p0 0
            """,
            out _)!;
        var runner = new Runner(program.Profile);
        var seen = new Mutations(program.Profile);
        runner.Context.Mutations = seen;
        foreach (Operation op in program.Operations)
            runner.Execute(in op);
        Assert.Empty(MutantMatrix.Rare.Where(row => seen.Passed(row.Transition, row.Kind) == 0));
        Assert.Empty(MutantMatrix.Rare.Except(Rows.Value));
    }

    [Fact]
    public void An_argument_is_not_held_to_the_proof_on_kernels_that_it_does_not_speak_of()
    {
        MutantArgument argument = Argue("*:*@*@*", ArgumentKind.Harmless) with { Needs = Exclusive };
        Assert.True(argument.HoldsOn(Profile.Of(new(5, 19))));
        Assert.False(argument.HoldsOn(Profile.Of(new(5, 18))));
        Assert.True(Argue("*:*@*@*", ArgumentKind.Harmless).HoldsOn(Profile.Of(new(4, 18))));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    public void Slices_are_a_partition(int slices)
    {
        IEnumerable<Mutant> all = Enumerable.Range(1, slices)
            .SelectMany(slice => MutantMatrix.Slice(Cells, slice, slices));
        Assert.Equal(Cells.Select(Name).Order(), all.Select(Name).Order());
    }

    [Fact]
    public void Every_argument_is_the_first_to_speak_of_some_cell_and_says_something()
    {
        IEnumerable<MutantArgument?> used = Cells.Select(cell => MutantArgument.For(cell, MutantArguments.All));
        Assert.Empty(MutantArguments.All.Except(used).Select(argument => argument!.Cells));
        Assert.All(MutantArguments.All, argument => Assert.Matches("^[A-Z].{30,}[.]$", argument.Text));
    }

    [Fact]
    public void The_page_about_equivalence_shows_every_argument()
    {
        string page = File.ReadAllText(Path.Combine(SourceFile.Root(), "docs", "equivalence.md"));
        IEnumerable<string> missing =
            from argument in MutantArguments.All
            let kind = Names.Dashed(argument.Kind)
            let line = $"| `{argument.Cells}` | {kind} | {argument.Profiles} | {argument.Text} |"
            where !page.Contains(line, StringComparison.Ordinal)
            select line;
        Assert.Empty(missing);
    }

    [Theory]
    [InlineData("drop:uffd_wp@swap-in@anon", PropertyId.UffdWpNotLost)]
    [InlineData("invent:write@fork-child@anon", PropertyId.ExclWritable)]
    [InlineData("drop:soft_dirty@migrate-end@shmem", PropertyId.SoftDirtyComplete)]
    [InlineData("invent:exclusive@swap-out@anon", PropertyId.ExclSingle)]
    public void A_fault_that_matters_is_killed(string name, PropertyId property)
    {
        CellResult result = Run(name, MutantArguments.All);
        Assert.Equal((CellVerdict.Killed, property), (result.Verdict, result.Violation?.Property));
        Assert.Contains($"\nmutant {name}\n", result.Program!.Print(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_fault_that_changes_nothing_survives_and_ends_in_the_same_machine()
    {
        CellResult result = Run("drop:exclusive@migrate-begin@shmem", MutantArguments.All, 0.3);
        Assert.Equal((CellVerdict.Argued, 0, 0L), (result.Verdict, result.Different, result.Applied));
    }

    [Fact]
    public void A_survivor_that_nobody_argues_for_is_not_as_expected()
    {
        CellResult result = Run("invent:soft_dirty@clear-refs@anon", [], 0.1);
        Assert.Equal((CellVerdict.Survived, false), (result.Verdict, result.IsAsExpected));
        Assert.NotEqual(0, result.Different);
    }

    [Fact]
    public void An_argument_for_a_fault_that_is_killed_is_refuted()
    {
        CellResult result = Run("drop:uffd_wp@swap-in@anon", [Argue("*:*@*@*", ArgumentKind.Harmless)]);
        Assert.Equal((CellVerdict.Refuted, false), (result.Verdict, result.IsAsExpected));
    }

    [Fact]
    public void To_say_that_nothing_changes_is_refuted_by_another_machine()
    {
        CellResult result = Run("invent:soft_dirty@clear-refs@anon", [Argue("*:*@*@*", ArgumentKind.Identity)], 0.1);
        Assert.Equal(CellVerdict.Refuted, result.Verdict);
        Assert.Null(result.Violation);
    }

    [Fact]
    public void A_kept_program_kills_what_generated_programs_rarely_meet()
    {
        const string Fault = "drop:dirty@unregister@shmem";
        string file = Path.Combine(SourceFile.Root(), "corpus", "known-bugs", "mutant-drop-dirty-unregister-shmem.mm");
        MmProgram kept = MmProgramParser.Parse(File.ReadAllText(file), out _)!;
        CellResult result = CellTrial.Run(
            Of(Fault), 1, TimeSpan.FromMilliseconds(1), [], [kept], CancellationToken.None);
        Assert.Equal((CellVerdict.Killed, true), (result.Verdict, result.Kept));
        Assert.Equal(PropertyId.DirtyNotLost, result.Violation!.Property);
    }

    [Theory]
    [InlineData("drop:write@swap-in@anon", "drop:write@swap-in@anon", true)]
    [InlineData("drop:write,dirty@swap-in@*", "drop:dirty@swap-in@shmem", true)]
    [InlineData("drop:write@swap-in@anon", "invent:write@swap-in@anon", false)]
    [InlineData("*:*@migrate-begin@*", "drop:write@migrate-end@anon", false)]
    public void A_pattern_covers_the_cells_that_it_names(string pattern, string name, bool covers) =>
        Assert.Equal(covers, Argue(pattern, ArgumentKind.Harmless).Covers(Of(name)));

    private static string Name(Mutant cell) => cell.ToString();

    private static MutantArgument Argue(string cells, ArgumentKind kind) => new(cells, kind, "all", "Because.");

    private static Mutant Of(string name) =>
        Mutant.TryParse(name, out Mutant cell, out string expected) ? cell : throw new ArgumentException(expected);

    private static CellResult Run(string name, ImmutableArray<MutantArgument> arguments, double seconds = 10) =>
        CellTrial.Run(Of(name), 1, TimeSpan.FromSeconds(seconds), arguments, [], CancellationToken.None);
}
