// What this file covers: what a violation takes, on small programs: a line that is necessary and one that is not, an
// operand that is free and one that is not, an order that matters and one that does not; and that all programs of
// corpus/known-bugs can be taken apart.
// What it does not cover: words and layout (SnapshotTests.cs), the first difference (DivergenceTests.cs).

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.Properties;
using MmFuzz.Generators.Dissecting;
using MmFuzz.Reports;
using MmFuzz.Reports.Explaining;
using MmFuzz.Tests.Tidy;
using Xunit;
using Runner = MmFuzz.Engine.Runner;

namespace MmFuzz.Tests.Reports;

public class ExplainingTests
{
    private const string Pinned =
        """
        mmfuzz 1
        profile v6.18
        without early-cow-fork
        mmap p0 0 2 anon rw
        load p0 1
        store p0 0
        pin p0 0 1 r -> g0
        fork p0 -> p1
        """;

    [Fact]
    public void A_line_without_which_nothing_is_violated_is_necessary()
    {
        LineRole pin = Line(Pinned, "pin p0 0 1 r -> g0");
        Assert.True(pin.IsNecessary);
        Assert.Equal(VariantVerdict.Nothing, pin.Without.Verdict);
    }

    [Fact]
    public void A_line_without_which_the_same_is_violated_can_go()
    {
        LineRole load = Line(Pinned, "load p0 1");
        Assert.False(load.IsNecessary);
        Assert.Empty(load.Free); // nothing of it matters
    }

    [Fact]
    public void A_line_without_which_another_clause_is_violated_is_necessary()
    {
        // without clear-refs the stale translation is of a page that is given back
        LineRole first = Line(
            """
            mmfuzz 1
            profile v6.18
            without softdirty-tlb
            without zap-flush
            mmap p0 0 1 anon rw
            store p0 0
            clear-refs p0
            start t0 dontneed p0 0 1
            step t0 2
            dontneed p0 0 1 by t4
            """,
            "clear-refs p0");
        Assert.Equal(VariantVerdict.OtherViolation, first.Without.Verdict);
        Assert.Equal("tlb (stale-after-return)", DissectionWords.Shows(first.Without));
    }

    [Fact]
    public void A_variant_that_the_repaired_kernel_does_not_mend_is_violated_for_another_reason()
    {
        // the child's pin is what vmsplice-reuse is about; the parent's alone shows what early-cow-fork is about
        string text = File.ReadAllText(Path.Combine(KnownBugs, "vmsplice-reuse.mm"));
        Assert.Equal(VariantVerdict.OtherCause, Line(text, "pin p1 0 1 r -> g1").Without.Verdict);
    }

    [Fact]
    public void A_free_operand_is_told_with_what_else_may_stand_there()
    {
        string[] free = Free(Pinned, "pin p0 0 1 r -> g0");
        Assert.Contains("any handle", free);
        Assert.Contains("`r` or `rw`", free);
        Assert.Contains(free, words => words.StartsWith("also with `fast`", StringComparison.Ordinal));
        Assert.Contains("any length", free); // of pages that are not mapped, it takes none
        Assert.Contains("length 1 to 16", Free(Pinned, "mmap p0 0 2 anon rw"));
    }

    [Fact]
    public void An_operand_that_must_be_as_it_is_is_not_told()
    {
        Assert.DoesNotContain(Free(Pinned, "store p0 0"), words => words.Contains("page", StringComparison.Ordinal));
        Assert.Equal(["child p1 to p3", "any thread"], Free(Pinned, "fork p0 -> p1"));
    }

    [Fact]
    public void Numbers_of_stages_without_an_upper_end_are_told_as_such()
    {
        string text = File.ReadAllText(Path.Combine(KnownBugs, "gupfast-exclusive-recheck.mm"));
        Assert.Equal(["number of stages 4 or more"], Free(text, "step t0 4"));
        Assert.Empty(Free(text, "step t0 1"));
    }

    [Fact]
    public void An_order_that_matters_is_told_and_one_that_does_not_as_well()
    {
        Dissection dissection = Take(Pinned, out MmProgram program);
        Assert.False(Order(dissection, program, "load p0 1").Matters);
        Assert.True(Order(dissection, program, "store p0 0").Matters); // pinned first, the page is written by the pin
        Assert.True(Order(dissection, program, "pin p0 0 1 r -> g0").Matters);
        Assert.DoesNotContain(dissection.Orders, order => order.First == program.Operations.Length - 1);
    }

    [Fact]
    public void Pages_that_may_move_together_are_told()
    {
        Dissection dissection = Take(Pinned, out MmProgram program);
        Assert.Equal(Enumerable.Range(1, 14), dissection.Shifts); // the mapping has two pages
        Assert.Contains("All pages may be moved together, by 1 to 14.", DissectionWords.Summary(program, dissection));
    }

    [Fact]
    public void Names_that_may_be_others_throughout_are_told_with_the_threads_of_processes()
    {
        string text = File.ReadAllText(Path.Combine(KnownBugs, "vmsplice-reuse.mm"));
        Dissection dissection = Take(text, out MmProgram program);
        Assert.Contains(
            "May be named otherwise throughout: g0 as g2 to g7; p1 as p2 or p3.",
            DissectionWords.Summary(program, dissection));
        Assert.Empty(Take(Pinned, out _).Names); // p0 is the first process, and no other name is used twice
    }

    [Fact]
    public void A_program_that_is_too_long_is_not_taken_apart()
    {
        string longer = Pinned + string.Concat(Enumerable.Repeat("\nload p1 1", Dissection.MostLines));
        MmProgram program = Parse(longer);
        Assert.Null(Dissection.Of(program, Run(program)!, program.Profile.With(Fix.EarlyCowFork)));
    }

    [Fact]
    public void What_a_program_does_not_show_is_not_explained()
    {
        var other = new Violation(Clause.Refcount, MemoryKind.Anon, "pfn1", "made up");
        Assert.Null(Dissection.Of(Parse(Pinned), other, repaired: null));
    }

    [Fact]
    public void Every_known_bug_is_taken_apart_and_each_of_its_lines_is_necessary() => Assert.All(
        Violating(),
        file =>
        {
            Dissection dissection = Take(File.ReadAllText(file), out MmProgram program);
            Assert.All(dissection.Lines, line => Assert.True(line.IsNecessary, $"{program.Operations[line.Index]}"));
        });

    [Fact]
    public void What_is_said_to_be_free_is_free()
    {
        foreach (string file in Violating())
        {
            Dissection dissection = Take(File.ReadAllText(file), out MmProgram program);
            Violation violation = Run(program)!;
            foreach (LineRole line in dissection.Lines)
            {
                foreach ((string written, string other) in line.Free
                    .SelectMany(operand => operand.Others.Select(other => (operand.Written, other))))
                {
                    IEnumerable<MmProgram> variants = Variants(program, line.Index, written, other);
                    Assert.Contains(variants, variant => Run(variant)?.IsLike(violation) == true);
                }
            }
        }
    }

    private static string KnownBugs { get; } = Path.Combine(SourceFile.Root(), "corpus", "known-bugs");

    /// <summary>Programs that show their bug by a violation; some bugs cost time only.</summary>
    private static IEnumerable<string> Violating() =>
        Directory.GetFiles(KnownBugs, "*.mm").Where(file => !File.ReadAllText(file).Contains("expect nothing"));

    /// <summary>The program with some occurrence of a word replaced by another, as a reader would try it.</summary>
    private static IEnumerable<MmProgram> Variants(MmProgram program, int index, string written, string other)
    {
        string[] words = program.Operations[index].ToString().Split(' ');
        string[] old = written.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        for (int at = 0; at + old.Length <= words.Length; at++)
        {
            if (!words.AsSpan(at, old.Length).SequenceEqual(old))
                continue;
            string line = string.Join(' ', [.. words[..at], .. other.Split(' '), .. words[(at + old.Length)..]]).Trim();
            if (OperationParser.TryParse(line, 1, 0, out Operation op, out _))
                yield return new MmProgram(program.Profile, program.Operations.SetItem(index, op));
        }

        if (old.Length == 0 && OperationParser.TryParse(
            $"{program.Operations[index]} {other}", 1, 0, out Operation longer, out _))
            yield return new MmProgram(program.Profile, program.Operations.SetItem(index, longer));
    }

    private static LineOrder Order(Dissection dissection, MmProgram program, string first) =>
        Assert.Single(dissection.Orders, order => program.Operations[order.First].ToString() == first);

    private static LineRole Line(string text, string line)
    {
        Dissection dissection = Take(text, out MmProgram program);
        return Assert.Single(dissection.Lines, role => program.Operations[role.Index].ToString() == line);
    }

    private static string[] Free(string text, string line)
    {
        LineRole role = Line(text, line);
        Operation op = Parse(text).Operations[role.Index];
        return [.. role.Free.Select(operand => DissectionWords.Of(in op, operand))];
    }

    private static Dissection Take(string text, out MmProgram program)
    {
        program = Parse(text);
        Violation? violation = Run(program);
        Assert.NotNull(violation);
        Dissection? dissection = Dissection.Of(
            program, violation, Insight.Repaired(program.Profile, Cause.Of(program, violation)));
        Assert.NotNull(dissection);
        return dissection;
    }

    private static MmProgram Parse(string text) =>
        MmProgramParser.Parse(text, out var errors) ?? throw new ArgumentException(errors[0].Message, nameof(text));

    private static Violation? Run(MmProgram program)
    {
        var runner = new Runner(program.Profile);
        foreach (Operation op in program.Operations)
            runner.Execute(in op);
        return runner.Violation;
    }
}
