// What this file covers: whole nights, small, in process: what their files say, in the forms that others read (JUnit
// XML, SARIF 2.1.0, JSON, records); red and well; new and old; the canary and how fresh it is; what is left out is said
// to be.
// What it does not cover: being killed (KilledNightTests.cs), the page (NightPageTests.cs).

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using MmFuzz.Tests.Cli;
using Xunit;

namespace MmFuzz.Tests.Nightly;

public class NightTests
{
    private static readonly string[] Small =
        ["--programs", "40", "--part", "canary", "--part", "fuzz", "--variant", "v5.7", "--variant", "repaired"];

    [Fact]
    public void What_an_old_release_is_known_to_show_is_no_reason_to_be_red()
    {
        using var place = new Place();
        (int code, JsonNode night) = Night(place, Small);
        Assert.Equal(0, code);
        Assert.Empty(night["problems"]!.AsArray());
        Assert.NotEmpty(night["findings"]!.AsArray());
        Assert.All(night["findings"]!.AsArray(), one =>
        {
            Assert.NotEmpty(one!["attributedTo"]!.AsArray());
            Assert.Equal(["v5.7"], one["foundOn"]!.AsArray().Select(name => name!.GetValue<string>()));
            Assert.True(File.Exists(Path.Combine(place.Root, one["file"]!.GetValue<string>())));
        });
        string[] keys = [.. night["findings"]!.AsArray().Select(one => one!["key"]!.GetValue<string>())];
        Assert.Equal(keys.Distinct(), keys);
    }

    [Fact]
    public void A_known_bug_that_is_not_found_turns_a_night_red()
    {
        using var place = new Place();
        (int code, JsonNode night) = Night(place, ["--programs", "1", "--part", "known-bugs"]);
        Assert.Equal(1, code);
        string[] missed = [.. night["bugs"]!.AsArray().Where(bug => !bug!["found"]!.GetValue<bool>())
            .Where(bug => !bug!["isQuiet"]!.GetValue<bool>()).Select(bug => bug!["id"]!.GetValue<string>())];
        Assert.Contains("clear-refs-migration", missed);
        Assert.Equal(
            missed.Order(StringComparer.Ordinal),
            night["problems"]!.AsArray().Select(problem => problem!["name"]!.GetValue<string>()));
        XElement[] failed = [.. JUnit(place).Descendants("failure").Select(failure => failure.Parent!)];
        Assert.Equal(missed.Order(StringComparer.Ordinal), failed.Select(one => one.Attribute("name")!.Value));
    }

    [Fact]
    public void What_is_left_out_is_said_to_be_and_never_to_have_run()
    {
        using var place = new Place();
        (_, JsonNode night) = Night(place, ["--programs", "1", "--part", "replay"]);
        (string, string, string)[] parts = [.. night["parts"]!.AsArray().Select(part => (
            part!["name"]!.GetValue<string>(), part["state"]!.GetValue<string>(), part["words"]!.GetValue<string>()))];
        Assert.Equal(("replay", "complete"), (parts[0].Item1, parts[0].Item2));
        Assert.All(parts[1..], part => Assert.Equal(("skipped", "not asked for"), (part.Item2, part.Item3)));
        Assert.Null(night["canary"]);
        Assert.Null(night["kernel"]);
        Assert.Equal(parts.Length - 1, JUnit(place).Descendants("skipped").Count());
    }

    [Fact]
    public void A_second_night_knows_the_findings_and_the_canary_of_the_first()
    {
        using var place = new Place();
        string[] arguments = [.. Small, "--part", "replay", "--seed", "3"];
        (_, JsonNode first) = Night(place, [.. arguments, "--commit", "bbb"]);
        Assert.All(first["findings"]!.AsArray(), one => Assert.Equal("new", one!["age"]!.GetValue<string>()));
        string silent = Path.Combine(place.Root, first["findings"]![0]!["file"]!.GetValue<string>());
        string shown = File.ReadAllText(silent);
        File.WriteAllText(
            Path.Combine(place.Root, "findings", "gone.mm"),
            shown.Replace("profile v5.7", "profile v6.18", StringComparison.Ordinal));
        (_, JsonNode second) = Night(place, [.. arguments, "--commit", "aaa"]);
        string[] ages = [.. second["findings"]!.AsArray().Select(one => one!["age"]!.GetValue<string>())];
        Assert.Equal(["gone", "old"], ages.Distinct().Order());
        Assert.Equal(1, ages.Count(age => age == "gone"));
        Assert.All(
            second["findings"]!.AsArray().Where(one => one!["age"]!.GetValue<string>() == "old"),
            one => Assert.Equal("bbb", one!["firstCommit"]!.GetValue<string>()));
        Assert.Equal(["aaa", "bbb"], second["history"]!.AsArray().Select(one => one!["commit"]!.GetValue<string>()));
        Assert.True(second["canary"]!["found"]!.GetValue<bool>());
        Assert.Equal("aaa", second["canary"]!["lastCommit"]!.GetValue<string>());
    }

    [Fact]
    public void The_canary_has_failed_in_the_records_and_its_command_finds_it_again()
    {
        using var place = new Place();
        Night(place, Small);
        JsonNode records = JsonNode.Parse(File.ReadAllText(Path.Combine(place.Root, "records.json")))!;
        JsonNode canary = records["seeds"]!.AsArray().Single(one => one!["fuzzer"]!.GetValue<string>() == "canary")!;
        Assert.False(canary["ok"]!.GetValue<bool>());
        string[] command = canary["command"]!.GetValue<string>().Split(' ');
        using var other = new Place();
        Assert.Equal(1, CommandLine.Run([.. command[1..], "--out", other.Root]).WithoutTrace().Code);
        Assert.Equal(
            ["canary", "fuzz repaired", "fuzz v5.7"],
            records["seeds"]!.AsArray().Select(one => one!["fuzzer"]!.GetValue<string>())
                .Order(StringComparer.Ordinal));
    }

    [Fact]
    public void JUnit_counts_its_cases()
    {
        using var place = new Place();
        Night(place, ["--programs", "2", "--part", "canary", "--part", "known-bugs", "--part", "fuzz"]);
        XElement root = JUnit(place).Root!;
        Assert.Equal("testsuites", root.Name);
        foreach (XElement suite in root.Elements("testsuite").Append(root))
        {
            XElement[] cases = [.. suite.Descendants("testcase")];
            Assert.Equal($"{cases.Length}", suite.Attribute("tests")!.Value);
            foreach ((string element, string count) in (ValueTuple<string, string>[])
                [("failure", "failures"), ("error", "errors"), ("skipped", "skipped")])
            {
                int there = cases.Count(one => one.Element(element) is not null);
                Assert.Equal($"{there}", suite.Attribute(count)!.Value);
            }

            Assert.All(cases, one => Assert.NotEqual(string.Empty, one.Attribute("name")!.Value));
            Assert.All(cases, one => Assert.InRange((double)one.Attribute("time")!, 0, 3600));
        }
    }

    [Fact]
    public void Sarif_has_what_its_schema_wants()
    {
        using var place = new Place();
        (_, JsonNode night) = Night(
            place, ["--programs", "12", "--part", "known-bugs", "--part", "fuzz", "--variant", "v5.7"]);
        JsonNode log = JsonNode.Parse(File.ReadAllText(Path.Combine(place.Root, "mmfuzz.sarif")))!;
        Assert.Equal("2.1.0", log["version"]!.GetValue<string>());
        JsonNode run = Assert.Single(log["runs"]!.AsArray())!;
        Assert.Equal("mmfuzz", run["tool"]!["driver"]!["name"]!.GetValue<string>());
        string[] rules =
            [.. run["tool"]!["driver"]!["rules"]!.AsArray().Select(rule => rule!["id"]!.GetValue<string>())];
        Assert.Equal(rules.Distinct(), rules);
        JsonArray results = run["results"]!.AsArray();
        Assert.Equal(night["findings"]!.AsArray().Count + night["problems"]!.AsArray().Count, results.Count);
        Assert.All(results, result => Holds(result!, rules, place));
        string[] levels = [.. results.Select(result => result!["level"]!.GetValue<string>()).Distinct()];
        Assert.Equal(["error", "note"], levels.Order());
        string[] prints = [.. results.Select(result => result!["partialFingerprints"]!.ToJsonString())];
        Assert.Equal(prints.Distinct(), prints);
    }

    [Fact]
    public void A_guided_night_of_counted_programs_repeats_itself_whatever_was_left()
    {
        using var place = new Place();
        string[] arguments = ["--programs", "400", "--seed", "3", "--part", "guided", "--jobs"];
        string[] brought = [.. ((string[])["1", "2"]).Select(jobs => Night(place, [.. arguments, jobs]).Report["parts"]!
            .AsArray().Single(part => part!["name"]!.GetValue<string>() == "guided")!["words"]!.GetValue<string>())];
        Assert.StartsWith("400 programs, ", brought[0], StringComparison.Ordinal);
        Assert.Equal(brought[0], brought[1]);
    }

    [Fact]
    public void Without_a_seed_each_night_has_another()
    {
        using var place = new Place();
        IEnumerable<ulong> seeds = [.. Enumerable.Range(0, 3).Select(_ =>
            Night(place, ["--programs", "1", "--part", "replay"]).Report["head"]!["seed"]!.GetValue<ulong>())];
        Assert.Equal([1ul, 2ul, 3ul], seeds);
    }

    private static void Holds(JsonNode result, string[] rules, Place place)
    {
        Assert.Equal(rules[result["ruleIndex"]!.GetValue<int>()], result["ruleId"]!.GetValue<string>());
        Assert.Contains(result["level"]!.GetValue<string>(), (string[])["none", "note", "warning", "error"]);
        Assert.NotEqual(string.Empty, result["message"]!["text"]!.GetValue<string>());
        if (result["locations"] is JsonArray locations)
        {
            JsonNode location = Assert.Single(locations)!["physicalLocation"]!;
            string uri = location["artifactLocation"]!["uri"]!.GetValue<string>();
            Assert.True(File.Exists(Path.Combine(place.Root, Uri.UnescapeDataString(uri))), uri);
            Assert.Equal(1, location["region"]!["startLine"]!.GetValue<int>());
        }
    }

    private static (int Code, JsonNode Report) Night(Place place, string[] arguments)
    {
        Answer answer = CommandLine.Run(["nightly", .. arguments, "--out", place.Root, "--json"]).WithoutTrace();
        var printed = JsonNode.Parse(answer.Out)!;
        string stored = File.ReadAllText(Path.Combine(place.Root, "night.json"));
        Assert.Equal(answer.Out.TrimEnd(), stored.TrimEnd());
        return (answer.Code, printed);
    }

    private static XDocument JUnit(Place place) => XDocument.Load(Path.Combine(place.Root, "junit.xml"));
}
