// What this file covers: small pieces of explanations: prose that is broken at blanks, changes in few words, names of
// functions and stages, the stage that made a change.
// What it does not cover: whole explanations (SnapshotTests.cs).

using System;
using System.IO;
using System.Linq;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.State;
using MmFuzz.Reports;
using MmFuzz.Tests.Cli;
using MmFuzz.Tests.Tidy;
using Xunit;

namespace MmFuzz.Tests.Reports;

public class WordsTests
{
    [Fact]
    public void Prose_is_broken_before_the_column_that_is_too_far()
    {
        string word = new('a', Prose.Width / 2);
        Assert.Equal($"{word} {word}", Prose.Wrap($"{word} {word}"));
        Assert.Equal($"{word} {word}\n  b", Prose.Wrap($"{word} {word} b", "  "));
    }

    [Fact]
    public void What_stands_between_backticks_stays_whole()
    {
        string code = $"`{new string('a', 30)} {new string('b', 40)}`";
        Assert.Equal($"0123456789\n{code}", Prose.Wrap($"0123456789 {code}"));
    }

    [Theory]
    [InlineData("-", "pfn1 write", "-  =>  pfn1 write")]
    [InlineData("anonymous, refcount 1, mapcount 1", "anonymous, refcount 2, mapcount 1", "refcount 1  =>  refcount 2")]
    [InlineData("zeros", "zeros, written since clear-refs", "now also written since clear-refs")]
    [InlineData("lives, 1 flush pending", "lives", "no longer 1 flush pending")]
    public void A_change_is_told_by_what_changed(string before, string after, string words) =>
        Assert.Equal(words, ChangeWords.Of(new StateRow(StateGroup.Frame, "pfn1", before, after)));

    [Theory]
    [InlineData(KernelPath.DoWpPage, "do_wp_page")]
    [InlineData(KernelPath.GupFast, "get_user_pages_fast")]
    [InlineData(KernelPath.Fork, "dup_mmap")]
    public void Paths_bear_the_names_of_kernel_functions(KernelPath path, string function) =>
        Assert.Equal(function, StageNames.Of(path));

    [Fact]
    public void Every_stage_that_the_corpus_goes_through_has_a_name() =>
        Assert.All(Corpus(), program => Assert.All(
            ProgramExplanation.Of(program, withStages: true).Steps.SelectMany(step => step.Stages),
            stage => Assert.DoesNotContain("stage ", stage.Name, StringComparison.Ordinal)));

    [Fact]
    public void Watching_stages_changes_nothing_that_is_told() =>
        Assert.All(Corpus(), program =>
        {
            ProgramExplanation plain = ProgramExplanation.Of(program, withStages: false);
            ProgramExplanation watched = ProgramExplanation.Of(program, withStages: true);
            Assert.Equal(plain.Violation, watched.Violation);
            Assert.Equal(plain.Steps.Select(step => step.Outcome), watched.Steps.Select(step => step.Outcome));
            Assert.Equal(
                plain.Steps.SelectMany(step => step.Changes),
                watched.Steps.SelectMany(step => step.Changes).Select(row => row with { By = null }));
        });

    [Fact]
    public void A_change_is_told_with_the_stage_that_made_it()
    {
        ExplainedStep migrate = Steps("migrate-wrprotect").Single(
            step => step.Operation.Kind == OperationKind.Migrate);
        Assert.Equal("remove_migration_ptes: restore", By(migrate, StateGroup.Entry));
        Assert.Equal("migrate_pages: move", By(migrate, StateGroup.File));
        ExplainedStep store = Steps("migrate-wrprotect")[^1];
        Assert.Equal("cpu: translate", By(store, StateGroup.Entry));
        Assert.Null(By(store, StateGroup.MustRead)); // what is promised is no stage's doing
    }

    [Fact]
    public void The_functions_of_a_line_are_told_in_their_order_and_waits_as_such()
    {
        Assert.Equal(
            "`shrink_folio_list` (isolate, add), `try_to_unmap` (clear, share, install, clear), "
            + "`shrink_folio_list` (flush-batched: must wait)",
            StageWords.Of(Steps("gupfast-exclusive-recheck")[^2]));
    }

    private static string? By(ExplainedStep step, StateGroup group) =>
        Assert.Single(step.Changes, row => row.Group == group).By;

    private static System.Collections.Immutable.ImmutableArray<ExplainedStep> Steps(string bug) =>
        ProgramExplanation.Of(
            MmProgramParser.Parse(
                File.ReadAllText(Path.Combine(SourceFile.Root(), "corpus", "known-bugs", $"{bug}.mm")), out _)!,
            withStages: true).Steps;

    private static MmProgram[] Corpus() =>
        [.. CommandLine.Corpus().Select(text => MmProgramParser.Parse(text, out _)!)];
}
