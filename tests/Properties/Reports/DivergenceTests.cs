// What this file covers: where a repaired kernel first goes another way: at the stage that the fix is about, with what
// differs then; where the two take different paths; kernels that only judge differently; and that no difference is
// left without a name.
// What it does not cover: layout (SnapshotTests.cs), which fixes repair a program (Generators/).

using System;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.State;
using MmFuzz.Generators.Dissecting;
using MmFuzz.Reports;
using MmFuzz.Reports.Explaining;
using MmFuzz.Tests.Tidy;
using Xunit;

namespace MmFuzz.Tests.Reports;

public class DivergenceTests
{
    [Theory]
    [InlineData("migrate-wrprotect", "migrate p0 0", "remove_migration_ptes: restore", "page table p0:0")]
    [InlineData("early-cow-fork", "fork p0 -> p1", "dup_mmap: copy-entry", "page table p1:0")]
    [InlineData("gupfast-fork-seq", "step t0 4", "dup_mmap: begin-vma", "process p0")]
    [InlineData("softdirty-tlb", "clear-refs p0", "clear_refs_write: flush", "TLB cpu0, p0:0")]
    [InlineData("softdirty-notify", "clear-refs p0", "clear_refs_write: begin", "mapping p0:0")]
    [InlineData("exclusive-reuse", "store p0 0", "do_wp_page: judge", "page table p0:0")]
    [InlineData("swap-exclusive-fork", "fork p0 -> p1", "dup_mmap: copy-entry", "page table p0:0")]
    public void The_first_difference_is_at_the_stage_that_the_fix_is_about(
        string bug, string line, string stage, string thing)
    {
        (MmProgram program, Divergence divergence) = Of(bug);
        StateDifference state = Assert.IsType<StateDifference>(divergence.State);
        Assert.Equal(line, program.Operations[state.Index].ToString());
        StageMark mark = Assert.NotNull(state.Stage);
        Assert.Equal(stage, $"{StageNames.Of(mark.Path)}: {StageNames.Of(mark.Path, mark.Stage)}");
        StateRow first = DivergenceWords.Rows(divergence)[0];
        Assert.Equal(thing, $"{StateTable.Title(first.Group)} {first.Thing}");
    }

    [Theory]
    [InlineData("gupfast-fork-seq", "after `get_user_pages_fast: read-seq` (t4): this kernel goes on to "
        + "`get_user_pages_fast: read-pte` (t4); the repaired one must wait in `get_user_pages: lock` (t4).")]
    [InlineData("follow-page-pin", "this kernel goes on to `get_user_pages: follow-page` (t0); the repaired one is "
        + "done and answers EFAULT.")]
    [InlineData("migrate-wrprotect", "Up to the violation both kernels execute the same stages; the repaired one "
        + "then goes on to `handle_mm_fault: enter` (t0).")]
    [InlineData("early-cow-fork", "both kernels execute the same stages; the repaired one then goes on to "
        + "`dup_mmap: end-vma` (t0).")]
    public void Where_the_paths_part_is_told(string bug, string words)
    {
        (MmProgram program, Divergence divergence) = Of(bug);
        Assert.EndsWith(words, DivergenceWords.Paths(program, divergence), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gupfast-seq-unpin", "line 14, `step t0 5`, after `get_user_pages_fast: reread-seq` (t0)")]
    [InlineData("mprotect-swap-page", "line 14, `close u0`, after `change_protection: entry` (t8)")]
    public void A_kernel_that_is_only_at_fault_where_the_repaired_one_is_not_is_told_as_such(string bug, string where)
    {
        (MmProgram program, Divergence divergence) = Of(bug);
        Assert.Null(divergence.State);
        Assert.Null(divergence.Path);
        string words = DivergenceWords.Where(program, divergence, Violation(program));
        Assert.Contains(where + "; but only this one is at fault there: ", words, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_kernel_twice_goes_the_same_way()
    {
        foreach (string file in Directory.GetFiles(KnownBugs, "*.mm"))
        {
            MmProgram program = Read(file);
            Divergence divergence = Divergence.Of(program, program.Profile);
            Assert.Null(divergence.State);
            Assert.Null(divergence.Path);
            Assert.Null(divergence.RepairedNext);
        }
    }

    [Fact]
    public void Every_known_bug_has_a_repaired_kernel_and_every_difference_has_a_name() => Assert.All(
        Directory.GetFiles(KnownBugs, "*.mm").Where(file => !File.ReadAllText(file).Contains("expect nothing")),
        file =>
        {
            (_, Divergence divergence) = Of(Path.GetFileNameWithoutExtension(file));
            Assert.True(divergence.State is null || !DivergenceWords.Rows(divergence).IsEmpty);
        });

    [Fact]
    public void A_difference_that_no_list_of_things_shows_is_told_by_its_field()
    {
        World.Reset(out World here);
        World there = here;
        Touched touched = default;
        there.Machine.ChangeTask(ref touched, new ActorId(3)).Cursor = 5;
        var state = new StateDifference(0, null, here, there);
        var divergence = new Divergence(Profile.Newest, state, Path: null, 0, LastStage: null, RepairedNext: null);
        Assert.Equal(
            new StateRow(StateGroup.Thread, "t3, Cursor", "0", "5"), Assert.Single(DivergenceWords.Rows(divergence)));
    }

    [Fact]
    public void A_repair_is_told_by_the_fixes_that_it_adds_and_the_faults_that_it_takes_away()
    {
        Assert.True(Mutant.TryParse("drop:dirty@swap-in@anon", out Mutant mutant, out _));
        Profile profile = Profile.Newest.Without(Fix.EarlyCowFork).WithMutants([mutant]);
        Assert.Equal(
            "with early-cow-fork, without mutant drop:dirty@swap-in@anon",
            DivergenceWords.Repair(profile, Profile.Newest));
    }

    [Fact]
    public void Fixes_that_the_header_takes_out_are_the_repair_even_if_another_would_do()
    {
        MmProgram program = Read(Path.Combine(KnownBugs, "vmsplice-reuse.mm"));
        ImmutableArray<Fix>? repair = Repair.Of(program, Violation(program));
        Assert.Equal([Fix.GupForceCowBreak], repair!.Value.AsEnumerable());
    }

    private static string KnownBugs { get; } = Path.Combine(SourceFile.Root(), "corpus", "known-bugs");

    private static MmProgram Read(string file) => MmProgramParser.Parse(File.ReadAllText(file), out _)!;

    private static Engine.Properties.Violation Violation(MmProgram program) =>
        ProgramExplanation.Of(program, withStages: false).Violation!;

    private static (MmProgram Program, Divergence Divergence) Of(string bug)
    {
        MmProgram program = Read(Path.Combine(KnownBugs, $"{bug}.mm"));
        Profile? repaired = Insight.Repaired(program.Profile, Cause.Of(program, Violation(program)));
        Assert.NotNull(repaired);
        return (program, Divergence.Of(program, repaired));
    }
}
