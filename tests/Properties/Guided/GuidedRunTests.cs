// What this file covers: `guided`, `corpus` and `target` from the outside: feedback by feedback, the instrumented
// engine against the plain one, findings apart from the corpus and replayed first, a corpus that survives being killed,
// torn files, distilling, importing AFL++'s directories, bad input.
// What it does not cover: AFL++ itself (AflTests).

using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using MmFuzz.Tests.Cli;
using Xunit;

namespace MmFuzz.Tests.Guided;

public class GuidedRunTests
{
    [Theory]
    [InlineData("none")]
    [InlineData("edges")]
    [InlineData("shapes")]
    [InlineData("both")]
    public void Each_feedback_covers_what_it_is_for_and_finds_a_known_bug(string feedback)
    {
        using var place = new Place();
        Answer answer = Guided(place, "--without", "early-cow-fork", "--programs", "700", "--feedback", feedback);
        Assert.Equal(1, answer.Code);
        JsonElement run = answer.Json();
        Assert.Equal(feedback is "edges" or "both", run.GetProperty("edges").GetInt32() > 1000);
        int shapes = run.GetProperty("shapes").EnumerateObject().Sum(kind => kind.Value.GetInt32());
        Assert.Equal(feedback is "shapes" or "both", shapes > 500);
        Assert.Equal(feedback != "none", run.GetProperty("corpusAdded").GetInt32() > 0);
        Assert.Contains(
            "early-cow-fork",
            run.GetProperty("violations").EnumerateArray()
                .SelectMany(found => found.GetProperty("attributedTo").EnumerateArray())
                .Select(fix => fix.GetString()));
        Assert.Contains(
            "--without early-cow-fork --seed 1 --feedback " + feedback,
            File.ReadAllText(run.GetProperty("violations")[0].GetProperty("file").GetString()!),
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_instrumented_engine_runs_the_same_programs_as_the_plain_one()
    {
        using var place = new Place();
        using var other = new Place();
        long Operations(Place here, string feedback) =>
            Guided(here, "--programs", "300", "--feedback", feedback).Json().GetProperty("operations").GetInt64();
        Assert.Equal(Operations(place, "none"), Operations(other, "edges")); // all of them the generator's own
    }

    [Fact]
    public void A_run_of_so_many_programs_repeats_itself()
    {
        string[] names = [.. Enumerable.Range(0, 2).Select(_ =>
        {
            using var place = new Place();
            Guided(place, "--programs", "900", "--feedback", "both");
            return string.Join(' ', Corpus(place).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        })];
        Assert.NotEmpty(names[0]);
        Assert.Equal(names[0], names[1]);
    }

    [Fact]
    public void Threads_run_what_the_others_have_kept()
    {
        using var place = new Place();
        using var alone = new Place();
        JsonElement two = Guided(place, "--programs", "3000", "--feedback", "both", "--jobs", "2").Json();
        JsonElement one = Guided(alone, "--programs", "3000", "--feedback", "both").Json();
        int Kept(JsonElement run) => run.GetProperty("corpusAdded").GetInt32();
        // apart they keep nearly twice as much, most of it twice; together what is new to both
        Assert.InRange(Kept(two), Kept(one), Kept(one) * 3 / 2);
    }

    [Fact]
    public void Findings_are_apart_from_the_corpus_and_replayed_first()
    {
        using var place = new Place();
        Guided(place, "--without", "early-cow-fork", "--programs", "700", "--feedback", "shapes");
        int stored = Directory.GetFiles(Path.Combine(place.Root, "out"), "*.mm").Length;
        Assert.True(stored > 0);
        Assert.All(Corpus(place), file => Assert.Equal(NameOf(file), Path.GetFileName(file)));
        Assert.Equal(0, CommandLine.Run(
            ["target", "--without", "early-cow-fork", .. Corpus(place)]).Code);
        JsonElement again = Guided(place, "--programs", "1", "--feedback", "shapes").Json();
        Assert.Equal(stored, again.GetProperty("findingsReplayed").GetInt32());
        Assert.Equal(stored, again.GetProperty("findingsStillThere").GetInt32());
        Assert.Equal(Corpus(place).Length, again.GetProperty("corpusBefore").GetInt32());
    }

    [Fact]
    public void A_torn_file_and_a_strangers_file_are_left_alone()
    {
        using var place = new Place();
        Seed(place, 50);
        string[] whole = Corpus(place);
        byte[] bytes = File.ReadAllBytes(whole[0]);
        File.WriteAllBytes(whole[0], bytes[..(bytes.Length / 2)]);
        File.WriteAllText(Path.Combine(place.Root, "corpus", "README"), "mine");
        File.WriteAllText(Path.Combine(place.Root, "corpus", "." + Path.GetFileName(whole[1]) + ".1-2.tmp"), "half");
        JsonElement run = Guided(place, "--programs", "1", "--feedback", "shapes").Json();
        Assert.Equal(whole.Length - 1, run.GetProperty("corpusBefore").GetInt32());
        Assert.Equal("mine", File.ReadAllText(Path.Combine(place.Root, "corpus", "README")));
    }

    [Fact]
    public async Task A_run_that_is_killed_leaves_a_corpus_that_the_next_goes_on_with()
    {
        using var place = new Place();
        string corpus = Path.Combine(place.Root, "corpus");
        for (int kill = 0; kill < 3; kill++)
        {
            using Process run = Start(place, "guided", "--feedback", "shapes", "--budget", "60s", "--jobs", "2");
            int before = Directory.Exists(corpus) ? Corpus(place).Length : 0;
            while (!run.HasExited && (!Directory.Exists(corpus) || Corpus(place).Length < before + 40 + (kill * 7)))
                await Task.Delay(5);

            run.Kill();
            await run.WaitForExitAsync(CancellationToken.None);
            Assert.All(
                Corpus(place).Where(file => Path.GetFileName(file).Length == 20),
                file => Assert.Equal(NameOf(file), Path.GetFileName(file)));
        }

        int kept = Corpus(place).Count(file => Path.GetFileName(file).Length == 20);
        JsonElement next = Guided(place, "--programs", "1", "--feedback", "shapes").Json();
        Assert.Equal(kept, next.GetProperty("corpusBefore").GetInt32());
    }

    [Fact]
    public void Distilling_keeps_what_is_covered_with_fewer_programs()
    {
        using var place = new Place();
        Seed(place, 300);
        int before = Corpus(place).Length;
        JsonElement done = CommandLine.Run(
            "corpus", "minimize", "--feedback", "shapes", "--corpus", Path.Combine(place.Root, "corpus"), "--out",
            Path.Combine(place.Root, "out"), "--json").Json();
        Assert.Equal(before, done.GetProperty("before").GetInt32());
        Assert.Equal(Corpus(place).Length, done.GetProperty("after").GetInt32());
        Assert.InRange(Corpus(place).Length, 1, before - 1);
        Assert.Equal(0, Seeded(place, 300).GetProperty("corpusAdded").GetInt32());
    }

    [Fact]
    public void What_afl_queued_goes_into_the_corpus_and_its_crashes_to_the_findings()
    {
        using var from = new Place();
        Guided(from, "--programs", "200", "--feedback", "shapes");
        using var place = new Place();
        string afl = Path.Combine(place.Root, "afl", "default");
        Directory.CreateDirectory(Path.Combine(afl, "queue"));
        Directory.CreateDirectory(Path.Combine(afl, "crashes"));
        foreach ((int number, string file) in Corpus(from).Index())
            File.Copy(file, Path.Combine(afl, "queue", $"id:{number:000000}"));

        File.WriteAllBytes(Path.Combine(afl, "crashes", "id:000000"), BytesTests.Bytes(new Dice(1), 80));
        File.WriteAllText(Path.Combine(afl, "fuzzer_stats"), "nothing of ours");
        Answer answer = CommandLine.Run(
            "corpus", "import", Path.Combine(place.Root, "afl"), "--corpus", Path.Combine(place.Root, "corpus"),
            "--out", Path.Combine(place.Root, "out"), "--feedback", "shapes", "--json").WithoutTrace();
        Assert.Equal(0, answer.Code);
        Assert.Equal(Corpus(from).Length + 1, answer.Json().GetProperty("programs").GetInt32());
        Assert.InRange(Corpus(place).Length, Corpus(from).Length / 2, Corpus(from).Length + 1);
    }

    [Fact]
    public void Bytes_are_shown_as_the_program_that_they_stand_for()
    {
        using var place = new Place();
        string file = Path.Combine(place.Root, "bytes");
        File.WriteAllBytes(file, BytesTests.Bytes(new Dice(10), 400));
        Answer shown = CommandLine.Run("target", file).WithoutTrace();
        Assert.Equal(0, shown.Code);
        Answer replayed = CommandLine.Feed(shown.Out, "replay", "-");
        Assert.Equal(0, replayed.Code);
    }

    [Theory]
    [InlineData("guided", "--feedback", "luck", "--feedback: found `luck`, expected edges, shapes, both or none")]
    [InlineData("guided", "--driver", "x", "--driver: found `x`, expected in-process or afl")]
    [InlineData("target", "no-such-file", "--length=5", "found `no-such-file`, which cannot be read")]
    [InlineData("corpus", "import", "no-such-directory", "found `no-such-directory`, which cannot be read")]
    [InlineData("corpus", "minimize", "--feedback=none", "--feedback: found none")]
    public void Bad_input_is_told_of(string first, string second, string third, string words)
    {
        Answer answer = CommandLine.Run(first, second, third).WithoutTrace();
        Assert.Equal(2, answer.Code);
        Assert.Contains(words, answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_comparison_writes_a_page_and_a_plot()
    {
        using var place = new Place();
        string page = Path.Combine(place.Root, "guidance.md");
        Answer answer = CommandLine.Run(
            "guided", "compare", "--seeds", "2", "--operations", "20000", "--only", "early-cow-fork", "--only",
            "gup-unshare-slow", "--jobs", "1", "--out", page, "--json").WithoutTrace();
        Assert.Equal(0, answer.Code);
        Assert.Equal(8, answer.Json().GetArrayLength());
        Assert.All(answer.Json().EnumerateArray(), cell => Assert.Equal(2, cell.GetProperty("found").GetInt32()));
        Assert.Contains("| early-cow-fork | 4 | ", File.ReadAllText(page), StringComparison.Ordinal);
        Assert.Contains("</svg>", File.ReadAllText(Path.ChangeExtension(page, ".svg")), StringComparison.Ordinal);
    }

    private static string[] Corpus(Place place) => Directory.GetFiles(Path.Combine(place.Root, "corpus"));

    private static string NameOf(string file) =>
        Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)).AsSpan(0, 10));

    private static Answer Guided(Place place, params string[] options) => CommandLine.Run(
    [
        "guided", .. options, .. options.Contains("--jobs") ? [] : (string[])["--jobs", "1"],
        "--corpus", Path.Combine(place.Root, "corpus"), "--out",
        Path.Combine(place.Root, "out"), "--json",
    ]).WithoutTrace();

    private static void Seed(Place place, int programs) => Seeded(place, programs);

    private static JsonElement Seeded(Place place, int programs) => CommandLine.Run(
        "corpus", "seed", "--programs", $"{programs}", "--feedback", "shapes", "--corpus",
        Path.Combine(place.Root, "corpus"), "--out", Path.Combine(place.Root, "out"), "--json").Json();

    private static Process Start(Place place, params string[] arguments) => Process.Start(new ProcessStartInfo(
        "dotnet",
        [
            "exec", Path.Combine(AppContext.BaseDirectory, "mmfuzz.dll"), .. arguments, "--corpus",
            Path.Combine(place.Root, "corpus"), "--out", Path.Combine(place.Root, "out"),
        ])
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;
}
