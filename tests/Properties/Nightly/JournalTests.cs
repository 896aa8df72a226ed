// What this file covers: the journal of a night: what was appended is there again; a last line that was torn, at any
// byte, is taken away and nothing else; a line that is broken before the last is named; nobody else may have it open.
// What it does not cover: what a night makes of the entries (KilledNightTests.cs).

using System;
using System.IO;
using System.Linq;
using MmFuzz.Tests.Cli;
using Xunit;

namespace MmFuzz.Tests.Nightly;

public class JournalTests
{
    private const string Settings =
        """{"seed":3,"budget":null,"programs":5,"parts":["replay"],"variants":["v6.1"],"allowSystemChanges":false}""";

    private const string Began =
        """
        "commit":"c","commitTime":"t","started":"2026-01-01T00:00:00Z"
        """;

    private static readonly string[] Lines =
    [
        $$"""{"kind":"begun","settings":{{Settings}},{{Began}},"at":0}""",
        """{"kind":"part-begun","part":"replay","deadline":null,"at":0.5}""",
        """{"kind":"replayed","corpus":7,"wrong":[],"old":[],"at":1}""",
        """{"kind":"part-done","part":"replay","complete":true,"at":2}""",
    ];

    [Fact]
    public void A_night_goes_on_after_the_last_whole_line_wherever_the_file_was_cut()
    {
        string whole = string.Concat(Lines.Select(line => line + "\n"));
        int afterBegun = Lines[0].Length + 1;
        foreach (int cut in Enumerable.Range(afterBegun, whole.Length - afterBegun).Where(cut => cut % 17 == 0))
        {
            using var place = new Place();
            string journal = place.With("night.journal", whole[..cut]);
            Answer night = Night(place);
            Assert.Equal(0, night.Code);
            string[] kept = File.ReadAllText(journal).Split('\n');
            int lines = whole[..cut].Count(letter => letter == '\n');
            Assert.Equal(Lines[..lines], kept[..lines]);
            Assert.StartsWith("""{"kind":"resumed",""", kept[lines], StringComparison.Ordinal);
            Assert.Equal(1, night.Json().GetProperty("head").GetProperty("resumed").GetInt32());
        }
    }

    [Fact]
    public void What_was_done_before_is_not_done_again()
    {
        using var place = new Place();
        place.With("night.journal", string.Concat(Lines.Select(line => line + "\n")));
        Assert.Equal(7, Night(place).Json().GetProperty("replays").GetProperty("corpus").GetInt32());
    }

    [Fact]
    public void A_broken_line_before_the_last_is_named()
    {
        using var place = new Place();
        string journal = place.With("night.journal", $"{Lines[0]}\n{{\"kind\":\"who\"}}\n{Lines[1]}\n");
        Answer night = Night(place);
        Assert.Equal(2, night.Code);
        Assert.Contains($"{journal}:2:1: found a line that is no entry", night.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_journal_that_another_night_has_open_is_bad_input()
    {
        using var place = new Place();
        string journal = place.With("night.journal", string.Empty);
        using var other = new FileStream(journal, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        Answer night = Night(place);
        Assert.Equal(2, night.Code);
        Assert.Contains("expected a journal that no other night has open", night.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_night_goes_on_only_with_what_it_was_begun_with_unless_it_is_given_up()
    {
        using var place = new Place();
        place.With("night.journal", Lines[0] + "\n");
        string[] other =
        [
            "nightly", "--programs", "6", "--part", "replay", "--variant", "v6.1", "--commit", "c", "--out", place.Root,
            "--json",
        ];
        Answer refused = CommandLine.Run(other).WithoutTrace();
        Assert.Equal(2, refused.Code);
        Assert.Contains(
            "mmfuzz nightly --programs 5 --seed 3 --part replay --variant \"v6.1\" --out " + place.Root, refused.Error,
            StringComparison.Ordinal);
        Answer fresh = CommandLine.Run([.. other, "--fresh"]).WithoutTrace();
        Assert.Equal(0, fresh.Code);
        Assert.Equal(0, fresh.Json().GetProperty("head").GetProperty("resumed").GetInt32());
    }

    private static Answer Night(Place place) => CommandLine.Run(
        "nightly", "--programs", "5", "--part", "replay", "--variant", "v6.1", "--commit", "c", "--out", place.Root,
        "--json").WithoutTrace();
}
