// What this file covers: what pictures show: every thing of the state and every change of it, with its sign; arrows to
// just the pages that are named; places that are the same in all pictures of a run, and do not overlap; words that say
// what stays, goes and comes.
// What it does not cover: how wide a browser's letters are (Browsers/BrowserTests.cs), SVG as a document
// (HtmlTests.cs).

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MmFuzz.Reports;
using MmFuzz.Reports.Pictures;
using Xunit;

namespace MmFuzz.Tests.Reports;

public class PictureTests
{
    public static TheoryData<string> Bugs => [.. FindingPages.Bugs];

    [Theory]
    [MemberData(nameof(Bugs))]
    public void What_a_step_changes_is_marked_and_nothing_else(string bug)
    {
        (ProgramExplanation explanation, PictureStory story) = Of(bug);
        foreach ((ExplainedStep step, Picture picture) in explanation.Steps.Zip(story.Pictures))
        {
            (StateGroup, string, ThingFate)[] marked =
            [
                .. picture.Things.Where(static one => one.Fate != ThingFate.Same)
                    .Where(one => step.Changes.Any(row => IsOf(row, one)) || !IsDrawnOnly(one))
                    .Select(static one => (one.Item.Group, one.Item.Thing, one.Fate)).Order(),
            ];
            Assert.Equal(
                step.Changes.Select(static row => (row.Group, row.Thing, FateOf(row))).Order(), marked);
        }
    }

    [Theory]
    [MemberData(nameof(Bugs))]
    public void Everything_there_is_has_a_place_in_the_picture(string bug)
    {
        (ProgramExplanation explanation, PictureStory story) = Of(bug);
        HashSet<(StateGroup, string)> places =
        [
            .. PictureLayout.Of(story).Panels.SelectMany(static panel => panel.Things)
                .Select(static one => (one.Item.Group, one.Item.Thing)),
        ];
        foreach ((ExplainedStep step, Picture picture) in explanation.Steps.Zip(story.Pictures))
        {
            Assert.All(step.State, item => Assert.NotNull(picture.Find(item)));
            Assert.All(picture.Things, one => Assert.Contains((one.Item.Group, one.Item.Thing), places));
        }
    }

    [Theory]
    [MemberData(nameof(Bugs))]
    public void Every_named_page_has_an_arrow_to_it(string bug)
    {
        (_, PictureStory story) = Of(bug);
        var arrows = new PictureArrows(story, PictureLayout.Of(story));
        foreach (Picture picture in story.Pictures)
        {
            ImmutableArray<Arrow> drawn = arrows.Of(picture);
            var from = picture.Things.Where(static one => one.Item.Group != StateGroup.Thread).ToList();
            int now = from.Sum(static one => one.Links.Distinct().Count());
            int gone = from.Sum(static one => one.OldLinks.Except(one.Links).Count());
            Assert.Equal(now, drawn.Count(static one => one.Fate != ThingFate.Gone));
            Assert.Equal(gone, drawn.Count(static one => one.Fate == ThingFate.Gone));
        }
    }

    [Theory]
    [MemberData(nameof(Bugs))]
    public void Nothing_stands_on_anything_else(string bug)
    {
        PictureLayout layout = PictureLayout.Of(Of(bug).Story);
        foreach ((Panel one, Panel other) in Pairs(layout.Panels))
        {
            bool beside = one.Right < other.Left || other.Right < one.Left;
            Assert.True(beside || one.Top + one.Height < other.Top || other.Top + other.Height < one.Top);
        }

        foreach (Panel panel in layout.Panels)
        {
            Assert.InRange(panel.Right, 0, layout.Width);
            Assert.InRange(panel.Top + panel.Height, 0, layout.Height);
            Assert.All(Pairs(panel.Things), static pair =>
                Assert.InRange(pair.Other.Top, pair.One.Top + pair.One.Height, double.MaxValue));
            Assert.All(panel.Things, one => Assert.InRange(one.Top + one.Height, panel.Top, panel.Top + panel.Height));
        }
    }

    [Theory]
    [MemberData(nameof(Bugs))]
    public void The_place_of_the_violation_is_marked_if_it_is_a_thing(string bug)
    {
        (ProgramExplanation explanation, PictureStory story) = Of(bug);
        if (explanation.Violation is not { } violation)
        {
            Assert.Null(story.Violated);
        }
        else if (violation.Where is not ("store" or "wp" or "pin" or "dontneed")) // an operation's name is no thing
        {
            Assert.NotNull(story.Violated);
            Assert.StartsWith(story.Violated.Thing, violation.Where, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_page_that_a_thread_holds_says_so()
    {
        (_, PictureStory story) = Of("uffd-tlb-flush");
        PictureThing page = story.Pictures[8].Things.Single(static one => one.Item.Thing == "pfn2");
        Assert.EndsWith("held by t0", page.Item.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_zero_page_is_drawn_when_it_is_named() => Assert.Contains(
        Of("uffd-mremap").Story.Things, static one => one is { Group: StateGroup.Frame, Number: 0 });

    [Fact]
    public void Of_an_entry_each_bit_goes_or_comes_by_itself() => Assert.Equal(
        "pfn1 -read-only +write dirty -uffd-wp",
        Told(StateGroup.Entry, "pfn1 dirty uffd-wp (read-only)", "pfn1 write dirty"));

    [Fact]
    public void A_page_under_its_entry_is_replaced_at_its_place() => Assert.Equal(
        "-swap -slot0 +pfn1 +write soft-dirty -exclusive",
        Told(StateGroup.Entry, "swap slot0 soft-dirty exclusive", "pfn1 write soft-dirty"));

    [Fact]
    public void Of_a_figure_only_the_figure_changes() => Assert.Equal(
        "anonymous -exclusive +maybe shared refcount ..-1 + 1 pin ..+2 + 1 pin mapcount 1",
        Told(
            StateGroup.Frame,
            "anonymous, exclusive, refcount 1 + 1 pin, mapcount 1",
            "anonymous, maybe shared, refcount 2 + 1 pin, mapcount 1"));

    [Fact]
    public void What_is_new_as_a_whole_is_not_marked_word_by_word() =>
        Assert.Equal("pfn1 write", Told(StateGroup.Tlb, null, "pfn1 write"));

    [Fact]
    public void What_is_gone_as_a_whole_is_struck_out() =>
        Assert.Equal("-zero page -read-only -dirty", Told(StateGroup.Entry, "zero page dirty (read-only)", null));

    [Fact]
    public void Words_stay_within_their_lines_and_figures_with_their_names()
    {
        ImmutableArray<MarkedWords> words = MarkedWords.Of(
            StateGroup.Frame, "anonymous, maybe shared, refcount 1", "anonymous, maybe shared, refcount 2");
        ImmutableArray<PlacedWords> placed = WordFlow.Of(words, 22 * WordFlow.Letter);
        Assert.Equal(["anonymous", "maybe shared", "refcount", "1", "2"], placed.Select(static one => one.Text));
        Assert.Equal([0, 1, 2, 2, 2], placed.Select(static one => one.Line));
        Assert.All(placed, static one => Assert.InRange(one.Left + one.Width, 0, 22 * WordFlow.Letter));
    }

    [Fact]
    public void A_word_that_is_too_wide_stands_alone() => Assert.Equal(
        [0, 1, 2],
        WordFlow.Of([new MarkedWords("a much-too-wide-word b", WordFate.Stays)], 40).Select(static one => one.Line));

    private static string Told(StateGroup group, string? before, string? after) => string.Join(
        ' ',
        MarkedWords.Of(group, before, after).Select(static one =>
            (one.Continues ? ".." : string.Empty)
            + (one.Fate == WordFate.Goes ? "-" : one.Fate == WordFate.Comes ? "+" : string.Empty) + one.Text));

    private static (ProgramExplanation Explanation, PictureStory Story) Of(string bug)
    {
        ProgramExplanation explanation = FindingPages.Explain(FindingPages.Program(bug));
        return (explanation, PictureStory.Of(explanation, 0));
    }

    private static bool IsOf(StateRow row, PictureThing one) =>
        (row.Group, row.Thing) == (one.Item.Group, one.Item.Thing);

    /// <summary>What tables do not list: the zero page; that a thread holds a page, told of the thread.</summary>
    private static bool IsDrawnOnly(PictureThing one) => one.Item.Group == StateGroup.Frame
        && (one.Item.Number == 0
            || one.Words.Any(static word => word.Text.StartsWith("held", StringComparison.Ordinal)));

    private static ThingFate FateOf(StateRow row) =>
        row.Before == StateTable.Empty ? ThingFate.New
        : row.After == StateTable.Empty ? ThingFate.Gone
        : ThingFate.Changed;

    private static IEnumerable<(T One, T Other)> Pairs<T>(ImmutableArray<T> all) =>
        all.SelectMany((one, index) => all.Skip(index + 1).Select(other => (one, other)));
}
