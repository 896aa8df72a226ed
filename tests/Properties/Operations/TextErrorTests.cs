// What this file covers: what a bad program text is told: where, what was found, what was expected; all errors at
// once. Each text here stands on the second line, below `mmfuzz 1`.
// What it does not cover: that no text at all throws (ParserRobustnessTests.cs).

using System.Collections.Immutable;
using System.Linq;
using MmFuzz.Engine.Operations;
using Xunit;

namespace MmFuzz.Tests.Operations;

public class TextErrorTests
{
    private const string Process = "expected a process, p0 to p3";
    private const string Page = "expected a page, 0 to 15";
    private const string Actor = "expected an actor, t0 to t9";
    private const string Handle = "expected a handle, g0 to g7";
    private const string Unknown = "expected an operation (see `mmfuzz list operations`)";
    private const string Answered = "expected `ok`, `blocked`, `started`, `skipped`, an errno or a signal";
    private const string End = "expected the end of the line";

    [Theory]
    [InlineData("frobnicate p0", "2:1: found `frobnicate`, " + Unknown)]
    [InlineData("  frobnicate p0", "2:3: found `frobnicate`, " + Unknown)]
    [InlineData("mmfuzz 1", "2:1: found `mmfuzz`, " + Unknown)]
    [InlineData("STORE p0 0", "2:1: found `STORE`, " + Unknown)]
    [InlineData("store", "2:6: found the end of the line, " + Process)]
    [InlineData("store p4 0", "2:7: found `p4`, " + Process)]
    [InlineData("store 0 0", "2:7: found `0`, " + Process)]
    [InlineData("store p0", "2:9: found the end of the line, " + Page)]
    [InlineData("store p0 16", "2:10: found `16`, " + Page)]
    [InlineData("store p0 -1", "2:10: found `-1`, " + Page)]
    [InlineData("store p0 99999999999", "2:10: found `99999999999`, " + Page)]
    [InlineData("store p0 0 0", "2:12: found `0`, " + End)]
    [InlineData("store p0 0 by t0 now", "2:18: found `now`, " + End)]
    [InlineData("  store  p0  x # why", "2:14: found `x`, " + Page)]
    public void A_word_that_is_wrong_is_named_with_its_place(string text, string expected) => Reports(text, expected);

    [Theory]
    [InlineData("store p0 0 = EWHAT", "2:14: found `EWHAT`, " + Answered)]
    [InlineData("store p0 0 = ok ok", "2:14: found `ok ok`, " + Answered)]
    [InlineData("store p0 0 =", "2:13: found the end of the line, " + Answered)]
    [InlineData("store p0 = ok", "2:9: found the end of the line, " + Page)]
    public void An_answer_that_is_none_is_named_with_its_place(string text, string expected) =>
        Reports(text, expected);

    [Theory]
    [InlineData("mmap p0 0 4", "2:12: found the end of the line, expected "
        + "`anon`, `shared iN`, `memfd iN@PAGE`, `memfd-private iN@PAGE` or `file iN@PAGE`")]
    [InlineData("mmap p0 0 4 tape rw", "2:13: found `tape`, expected "
        + "`anon`, `shared iN`, `memfd iN@PAGE`, `memfd-private iN@PAGE` or `file iN@PAGE`")]
    [InlineData("mmap p0 0 4 memfd i4@0 rw",
        "2:19: found `i4@0`, expected an inode, i0 to i3 (with @PAGE for a memfd or a file)")]
    [InlineData("mmap p0 0 4 shared i0@0 rw",
        "2:20: found `i0@0`, expected an inode, i0 to i3 (with @PAGE for a memfd or a file)")]
    [InlineData("mmap p0 0 4 memfd i0@x rw", "2:19: found `i0@x`, expected a page of the inode after @")]
    [InlineData("mmap p0 0 4 memfd i0@5 rw", "2:19: found `i0@5`, expected a range inside the inode's 8 pages")]
    [InlineData("mmap p0 0 4 anon w", "2:18: found `w`, expected `r`, `rw` or `none`")]
    [InlineData("mmap p0 12 5 anon rw", "2:12: found `5`, expected a range that ends at page 16 or before")]
    [InlineData("munmap p0 0 17", "2:13: found `17`, expected a number, 0 to 16")]
    [InlineData("mprotect p0 0 1", "2:16: found the end of the line, expected `r`, `rw` or `none`")]
    [InlineData("fork p0 p1", "2:9: found `p1`, expected `->`")]
    [InlineData("fork p0 -> t1", "2:12: found `t1`, " + Process)]
    [InlineData("pin p0 0 5 rw -> g0", "2:10: found `5`, expected 1 to 4 pages")]
    [InlineData("pin p0 0 1 w -> g0", "2:12: found `w`, expected `r` or `rw`")]
    [InlineData("pin p0 0 1 rw g0", "2:15: found `g0`, expected `->`")]
    [InlineData("pin p0 0 1 rw -> g8", "2:18: found `g8`, " + Handle)]
    [InlineData("vmsplice p0 0 1 r -> g0", "2:17: found `r`, expected `->`")]
    [InlineData("unpin", "2:6: found the end of the line, " + Handle)]
    [InlineData("devread g0 4", "2:12: found `4`, expected a number, 0 to 3")]
    [InlineData("uffd p0 -> u2", "2:12: found `u2`, expected a userfaultfd, u0 or u1")]
    [InlineData("wp u0 0 4 dontwake", "2:11: found `dontwake`, " + End)]
    [InlineData("inject fault", "2:8: found `fault`, expected `arch-unmap-one` or `alloc`")]
    public void An_operand_that_is_wrong_is_named_with_its_place(string text, string expected) =>
        Reports(text, expected);

    [Theory]
    [InlineData("step t10", "2:6: found `t10`, " + Actor)]
    [InlineData("step t0 0", "2:9: found `0`, expected a number, 1 to 99")]
    [InlineData("start p0 store p0 0", "2:7: found `p0`, " + Actor)]
    [InlineData("start t0 unpin g0", "2:10: found `unpin`, expected an operation with stages after `start`")]
    [InlineData("store p0 0 by t1", "2:15: found t1, expected a thread that can do this: t0 or t4")]
    [InlineData("swapout p0 0 by t0", "2:17: found t0, expected a thread that can do this: t8 or t9")]
    [InlineData("start t8 store p0 0", "2:7: found t8, expected a thread that can do this: t0 or t4")]
    public void An_actor_that_cannot_do_it_is_named_with_its_place(string text, string expected) =>
        Reports(text, expected);

    [Theory]
    [InlineData("profile six", "2:9: found `six`, expected a release such as v6.18")]
    [InlineData("profile", "2:8: found ``, expected a release such as v6.18")]
    [InlineData("without cow", "2:9: found `cow`, expected a fix (see `mmfuzz list fixes`)")]
    [InlineData("with cow", "2:6: found `cow`, expected a fix (see `mmfuzz list fixes`)")]
    [InlineData("mutant drop:write", "2:8: found `drop:write`, "
        + "expected drop:BIT@TRANSITION@KIND or invent:BIT@TRANSITION@KIND")]
    [InlineData("mutant drop:write@nowhere@anon", "2:8: found `drop:write@nowhere@anon`, "
        + "expected a transition such as fork-child, swap-in, migrate-end, cow-copy")]
    [InlineData("swap disk", "2:6: found `disk`, expected `synchronous` or `asynchronous`")]
    [InlineData("expect", "2:7: found ``, expected `nothing`, or a property and a clause")]
    public void A_header_line_that_is_wrong_is_named_with_its_place(string text, string expected) =>
        Reports(text, expected);

    [Theory]
    [InlineData("", "1:1: found no header, expected `mmfuzz 1` on the first line")]
    [InlineData("# only a comment\n\n", "1:1: found no header, expected `mmfuzz 1` on the first line")]
    [InlineData("mmfuzz 2\n", "1:1: found `mmfuzz 2`, expected `mmfuzz 1`")]
    [InlineData("\n  store p0 0\n", "2:3: found `store p0 0`, expected `mmfuzz 1`")]
    [InlineData("mmfuzz 1\nexit p0\nprofile v6.18\n",
        "3:1: found `profile`, expected header lines before the first operation")]
    public void A_program_without_its_header_is_told_so(string text, string expected) =>
        Assert.Equal([expected], Errors(text));

    [Fact]
    public void A_long_word_is_cut_in_the_message() =>
        Reports(new string('x', 60), $"2:1: found `{new string('x', 40)}...`, " + Unknown);

    [Fact]
    public void All_errors_are_reported_not_only_the_first() =>
        Assert.Equal(
            ["2:7: found `p9`, " + Process, "4:1: found `bad`, " + Unknown],
            Errors("mmfuzz 1\nstore p9 0\nstore p0 0\nbad\n"));

    [Fact]
    public void No_more_than_20_errors_are_reported() =>
        Assert.Equal(20, Errors("mmfuzz 1\n" + string.Concat(Enumerable.Repeat("bad\n", 100))).Length);

    [Fact]
    public void A_program_that_is_too_long_is_told_so_once_per_line()
    {
        string text = "mmfuzz 1\n" + string.Concat(Enumerable.Repeat("exit p0\n", MmProgramParser.MaxOperations + 1));
        Assert.Equal(
            ["100002:1: found more than 100000 operations, expected at most that many"],
            Errors(text));
    }

    private static void Reports(string text, string expected) => Assert.Equal([expected], Errors("mmfuzz 1\n" + text));

    private static string[] Errors(string text)
    {
        MmProgram? program = MmProgramParser.Parse(text, out ImmutableArray<TextError> errors);
        Assert.Null(program);
        return [.. errors.Select(error => $"{error.Line}:{error.Column}: {error.Message}")];
    }
}
