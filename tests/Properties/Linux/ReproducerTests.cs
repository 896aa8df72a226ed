// What this file covers: C programs of what the model shows: the line that tells, ends that are added until somebody
// sees the bug, what is looked up in pagemap, what has no C program and why; all known bugs, one by one.
// What it does not cover: compiling and running them (ReproducerLiveTests), the command (Cli/ReproduceTests).

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Linux.Reproducing;
using MmFuzz.Reports;
using MmFuzz.Reports.Explaining;
using MmFuzz.Tests.Tidy;
using Xunit;

namespace MmFuzz.Tests.Linux;

public class ReproducerTests
{
    private static readonly ReproducerWords Words = new("rule (clause)", ["What it means."], "mmfuzz reproduce FILE");

    /// <summary>Known bugs of which a running kernel can be asked for each line, and does not show them.</summary>
    private static readonly string[] Unseen =
    [
        "follow-page-pin", "longterm-unshare", "mutant-drop-dirty-fork-parent-shmem",
        "mutant-drop-dirty-wp-async-anon", "mutant-drop-soft-dirty-wp-async-anon",
        "mutant-invent-exclusive-cold-anon", "mutant-invent-uffd-wp-wp-async-file",
        "share-clears-pin-check-migration",
    ];

    [Fact]
    public void The_last_line_tells_a_kernel_with_the_bug_from_one_without()
    {
        Reproduction made = OfKnownBug("migrate-wrprotect");
        const string End = """

                line(6, "migrate p0 0");
                migrate(P0, 0);
                must(ENDS, 0);

                line(7, "store p0 0");
                store(T0, 0, BY(7));
                tells(WAITS, 0, ENDS, 0);
            }

            """;
        Assert.EndsWith(End, made.Source, StringComparison.Ordinal);
        Assert.Equal("`store p0 0` ends with the bug, and waits without it", made.Tells);
        Assert.Empty(made.Added);
        Assert.Empty(made.Replaced);
    }

    [Fact]
    public void What_nobody_sees_yet_is_prolonged_until_somebody_does()
    {
        Reproduction made = OfKnownBug("early-cow-fork");
        Assert.Equal("store p0 0, devread g0 0", string.Join(", ", made.Added));
        Assert.EndsWith("    held_read(0, 0);\n    tells(SEES, BY(5), SEES, BY(2));\n}\n", made.Source);
        Assert.Contains("Of it the last 2 lines were added", made.Source, StringComparison.Ordinal);
    }

    [Fact]
    public void What_no_data_show_is_looked_up_in_pagemap()
    {
        Reproduction made = OfKnownBug("register-resets-protection");
        Assert.EndsWith("    pagemap_bit(P0, 0, 57);\n    tells(SEES, 0, SEES, 0x1);\n}\n", made.Source);
    }

    [Fact]
    public void Who_went_on_is_looked_at()
    {
        Reproduction made = OfKnownBug("unregister-wakes-all");
        Assert.EndsWith("    look_at(T0);\n    tells(ENDS, 0, WAITS, 0);\n}\n", made.Source);
    }

    [Fact]
    public void What_only_the_model_can_be_told_is_replaced_by_what_is_nearest()
    {
        Reproduction made = OfKnownBug("unmap-dirty");
        Assert.Equal("`pageout p0 0 1` stands for `swapout p0 0`", Assert.Single(made.Replaced));
        Assert.Contains("must_be_swapped_out", OfKnownBug("uffd-swap").Source, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("guard-flush", "`start t0 dontneed p0 0 1`: a running kernel cannot be stopped between two stages")]
    [InlineData("follow-page-pin", "it answers the same with the bug and without it")]
    public void What_has_no_C_program_has_a_reason(string bug, string reason)
    {
        Reproduction made = OfKnownBug(bug);
        Assert.Null(made.Source);
        Assert.EndsWith(reason, made.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_repaired_kernel_the_C_program_says_whether_all_goes_as_on_the_model()
    {
        string source = Reproducer.Of(Parse("mmap p0 0 1 anon rw\nstore p0 0"), null, Words).Source!;
        Assert.DoesNotContain("tells(", source[source.IndexOf("int main", StringComparison.Ordinal)..]);
        Assert.EndsWith("    page_flag(P0, 0, 34);\n    must(SEES, 0x1);\n\n    agrees();\n}\n", source);
    }

    [Fact]
    public void Only_what_the_program_needs_is_in_its_text()
    {
        Assert.DoesNotContain("io_uring_setup", OfKnownBug("migrate-wrprotect").Source!, StringComparison.Ordinal);
        Assert.Contains("io_uring_setup", OfKnownBug("unpin-dirty").Source!, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_that_is_said_about_it_ends_the_comment()
    {
        ReproducerWords words = Words with { Title = "a */ b", Words = ["c */ d"] };
        string source = Reproducer.Of(Parse("mmap p0 0 1 anon rw"), null, words).Source!;
        Assert.StartsWith("/*\n * a * / b\n *\n * c * / d\n", source, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_known_bug_has_a_C_program_or_a_reason()
    {
        var unseen = new List<string>();
        int programs = 0;
        foreach (string file in KnownBugs())
        {
            Reproduction made = OfFile(file);
            programs += made.Source is null ? 0 : 1;
            Assert.True(made.Source is null != made.Reason is null, file);
            if (made.Reason?.StartsWith("with what", StringComparison.Ordinal) == true)
            {
                unseen.Add(Path.GetFileNameWithoutExtension(file));
            }
        }

        Assert.Equal(Unseen, unseen);
        Assert.True(programs > 80, $"{programs} of {KnownBugs().Length}");
    }

    /// <summary>The C program of a known bug of the corpus.</summary>
    internal static Reproduction OfKnownBug(string name) =>
        OfFile(Path.Combine(SourceFile.Root(), "corpus", "known-bugs", name + ".mm"));

    internal static Reproduction Of(MmProgram program, Profile? repaired) => Reproducer.Of(program, repaired, Words);

    internal static MmProgram Read(string file) => MmProgramParser.Parse(File.ReadAllText(file), out _)!;

    private static Reproduction OfFile(string file)
    {
        MmProgram program = Read(file);
        return ProgramExplanation.Of(program, withStages: false).Violation is { } violation
            ? Of(program, Insight.Repaired(program.Profile, Cause.Of(program, violation)))
            : Reproduction.None("it takes luck with the allocator");
    }

    private static ImmutableArray<string> KnownBugs() =>
        [.. Directory.GetFiles(Path.Combine(SourceFile.Root(), "corpus", "known-bugs"), "*.mm")
            .Order(StringComparer.Ordinal)];

    private static MmProgram Parse(string text) => MmProgramParser.Parse("mmfuzz 1\n" + text + "\n", out _)!;
}
