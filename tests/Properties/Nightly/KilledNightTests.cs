// What this file covers: the real program, killed (kill -9) and run again: where programs are counted it ends as if
// nothing had happened; where time decides, whatever it said before it was killed is in its report.
// What it does not cover: cuts at every byte of the journal (JournalTests.cs), power cuts.

using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MmFuzz.Tests.Cli;
using Xunit;

namespace MmFuzz.Tests.Nightly;

public partial class KilledNightTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    // One with units that know what earlier ones found, one with parts that try many things at once.
    [Theory]
    [InlineData("finding", 5, 16, "--programs 1500 --part fuzz --variant v5.18 --variant v4.18")]
    [InlineData("bug", 15, 45, "--programs 10 --part replay --part canary --part known-bugs")]
    public void Killed_twice_in_between_a_night_of_counted_programs_ends_the_same(
        string kind, int first, int second, string options)
    {
        string[] counted = ["nightly", "--seed", "5", "--commit", "0123456789", .. options.Split(' ')];
        using var quiet = new Place();
        using var killed = new Place();
        int code = Whole(quiet, counted);
        Kill(killed, counted, place => Count(place, kind) >= first);
        Kill(killed, counted, place => Count(place, kind) >= second);
        Assert.Equal(code, Whole(killed, counted));
        Assert.Equal(2, Count(killed, "resumed"));
        Assert.Equal(Timeless(Report(quiet)), Timeless(Report(killed)));
        Assert.Equal(Programs(quiet), Programs(killed));
    }

    [Fact]
    public void What_a_night_of_so_much_time_said_before_it_was_killed_is_in_its_report()
    {
        string[] timed =
            ["nightly", "--budget", "12s", "--seed", "6", "--part", "fuzz", "--variant", "v5.7", "--variant", "v4.18"];
        using var place = new Place();
        string[] said =
        [
            .. Kill(place, timed, now => Count(now, "finding") >= 1),
            .. Kill(place, timed, now => Count(now, "finding") >= 5),
        ];
        Assert.NotEmpty(said);
        Whole(place, timed);
        JsonObject report = Report(place);
        HashSet<string> told =
        [
            .. from finding in report["findings"]!.AsArray()
               from file in finding!["otherFiles"]!.AsArray().Append(finding["file"])
               select file.GetValue<string>(),
        ];
        Assert.Superset(said.ToHashSet(), told);
        Assert.All(told, file => Assert.True(File.Exists(Path.Combine(place.Root, file)), file));
        Assert.Empty(Directory.GetFiles(Path.Combine(place.Root, "findings"), "*.raw.mm"));
        Assert.InRange(report["head"]!["seconds"]!.GetValue<double>(), 12, 60);
    }

    /// <summary>Runs to the end; answers the exit code.</summary>
    private static int Whole(Place place, string[] arguments)
    {
        using Process night = Start(place, arguments, _ => { });
        Assert.True(night.WaitForExit(Patience), "the night does not end");
        return night.ExitCode;
    }

    /// <summary>Runs until the journal says so much, and kills; answers the files announced till then.</summary>
    private static string[] Kill(Place place, string[] arguments, Func<Place, bool> when)
    {
        var said = new List<string>();
        using Process night = Start(place, arguments, line =>
        {
            lock (said)
                said.AddRange(Announced().Matches(line).Select(match => match.Groups[1].Value));
        });
        var watch = Stopwatch.StartNew();
        while (!when(place))
        {
            Assert.False(night.WaitForExit(TimeSpan.FromMilliseconds(20)), "the night was over before it was killed");
            Assert.True(watch.Elapsed < Patience, "the night does not come to where it is to be killed");
        }

        night.Kill();
        night.WaitForExit();
        Assert.NotEqual(0, night.ExitCode);
        lock (said)
            return [.. said];
    }

    private static Process Start(Place place, string[] arguments, Action<string> said)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        string program = Path.Combine(AppContext.BaseDirectory, "mmfuzz.dll");
        foreach (string argument in (string[])[program, .. arguments, "--out", place.Root])
            start.ArgumentList.Add(argument);
        Process night = Process.Start(start)!;
        night.ErrorDataReceived += (_, line) => said(line.Data ?? string.Empty);
        night.OutputDataReceived += (_, _) => { };
        night.BeginErrorReadLine();
        night.BeginOutputReadLine();
        return night;
    }

    /// <summary>Whole entries of a kind in the journal.</summary>
    private static int Count(Place place, string kind)
    {
        string journal = Path.Combine(place.Root, "night.journal");
        if (!File.Exists(journal))
            return 0;

        // the night has it open and lets nobody else, so that no second one begins; a copy's reader asks for no lock
        using Process reader = Process.Start(new ProcessStartInfo("cat", [journal]) { RedirectStandardOutput = true })!;
        string text = reader.StandardOutput.ReadToEnd();
        string start = $"{{\"kind\":\"{kind}\"";
        return text.Split('\n')[..^1].Count(line => line.StartsWith(start, StringComparison.Ordinal));
    }

    private static JsonObject Report(Place place) =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(place.Root, "night.json")))!.AsObject();

    private static IEnumerable<(string, string)> Programs(Place place) =>
        from file in Directory.GetFiles(Path.Combine(place.Root, "findings")).Order(StringComparer.Ordinal)
        let text = File.ReadAllText(file).Replace(place.Root, string.Empty, StringComparison.Ordinal)
        select (Path.GetFileName(file), text);

    /// <summary>Findings, problems, rows and variants, without what depends on the time of day and the speed.</summary>
    private static string Timeless(JsonObject report)
    {
        string[] compared = ["findings", "problems", "canary", "replays", "bugs", "variants", "goals"];
        var kept = new JsonObject(compared.Select(name => KeyValuePair.Create(name, report[name]?.DeepClone())));
        return Clock().Replace(kept.ToJsonString(), string.Empty);
    }

    [GeneratedRegex(@"found .*: (findings/\S+\.mm)")]
    private static partial Regex Announced();

    [GeneratedRegex("\"(seconds|speed|firstSeen|lastFound|age)\":(?=[\"0-9])(\"[^\"]*\"|[0-9.E+-]+),?| and [0-9.]+ s,")]
    private static partial Regex Clock();
}
