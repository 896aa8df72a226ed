// What this file covers: whole programs: the header in any order and what it means, comments and blank lines kept,
// exact round trips of what was read and of what was made. Line ends of Windows are kept as they are.
// What it does not cover: bad texts (TextErrorTests.cs), any text at all (ParserRobustnessTests.cs).

using System.Collections.Immutable;
using System.Linq;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.State;
using Xunit;

namespace MmFuzz.Tests.Operations;

public class MmProgramTests
{
    private const string Full = """
        # A program with everything in it.
        mmfuzz 1
        profile v6.1     # as released

        without migrate-wrprotect
        without early-cow-fork
        with uffd-writenotify
        mutant drop:uffd_wp@swap-in@anon
        swap asynchronous
        expect uffd-wp-no-write-through store-without-event

        mmap p0 0 4 anon rw   # set-up
          store  p0   3
        # the end
        """;

    [Fact]
    public void A_program_that_was_read_prints_exactly_as_it_was_written() => Assert.Equal(Full, Read(Full).Print());

    [Theory]
    [InlineData("mmfuzz 1")]
    [InlineData("mmfuzz 1\n")]
    [InlineData("mmfuzz 1\n\n\n")]
    [InlineData("\n# before\nmmfuzz 1 # beside\n\t\n")]
    [InlineData("mmfuzz 1\r\nprofile v6.1\r\n# a comment\r\nstore p0 0\r\n")]
    [InlineData("mmfuzz 1\nstore p0 0")]
    [InlineData("mmfuzz 1\nstore p0 0 # with \u00e4, \u4e2d and \ud83d\ude00\n")]
    public void Blank_lines_comments_and_line_ends_are_kept(string text) => Assert.Equal(text, Read(text).Print());

    [Fact]
    public void Line_ends_of_Windows_mean_the_same() =>
        Assert.Equal(Read(Full).Operations.AsEnumerable(), Read(Full.ReplaceLineEndings("\r\n")).Operations);

    [Fact]
    public void The_header_says_the_profile_and_the_expectation()
    {
        MmProgram program = Read(Full);
        Assert.Equal(new KernelVersion(6, 1), program.Profile.Version);
        Assert.Equal(SwapDevice.Asynchronous, program.Profile.Swap);
        Assert.Equal(FixSet.Of(Fix.MigrateWriteProtect, Fix.EarlyCowFork), program.Profile.Missing);
        Assert.Equal(FixSet.Of(Fix.UffdWriteNotify), program.Profile.Added);
        Assert.Equal(
            [new Mutant(false, EntryBits.UffdWp, Transition.SwapIn, MemoryKind.Anon)],
            program.Profile.Mutants.AsEnumerable());
        Assert.Equal(
            new Expectation("uffd-wp-no-write-through", "store-without-event"), program.Expectation);
    }

    [Fact]
    public void A_line_may_say_what_it_must_answer()
    {
        MmProgram program = Read("mmfuzz 1\nstore p0 0 = SIGSEGV # why\nfork p0 -> p1\nwake u0 0  =  skipped\n");
        Assert.Equal(
            ["SIGSEGV", null, "skipped"],
            program.Answers.Select(answer => answer?.ToString()));
        MmProgram made = new(program.Profile, program.Operations, null, program.Answers);
        Assert.Equal(
            "mmfuzz 1\nprofile v6.18\nstore p0 0 = SIGSEGV\nfork p0 -> p1\nwake u0 0 1 = skipped\n", made.Print());
        Assert.Equal(program.Answers.AsEnumerable(), Read(made.Print()).Answers);
        Assert.Empty(Read("mmfuzz 1\nstore p0 0\n").Answers);
    }

    [Fact]
    public void The_header_may_stand_in_any_order()
    {
        string[] lines = ["profile v6.1", "without early-cow-fork", "swap asynchronous", "expect nothing"];
        MmProgram forwards = Read("mmfuzz 1\n" + string.Join('\n', lines));
        MmProgram backwards = Read("mmfuzz 1\n" + string.Join('\n', Enumerable.Reverse(lines)));
        Assert.True(forwards.Profile.IsSameAs(backwards.Profile));
        Assert.Equal(forwards.Expectation, backwards.Expectation);
    }

    [Fact]
    public void Without_a_word_about_it_a_program_is_for_the_newest_kernel_and_expects_nothing_in_particular()
    {
        MmProgram program = Read("mmfuzz 1\nstore p0 0\n");
        Assert.True(Profile.Newest.IsSameAs(program.Profile));
        Assert.Null(program.Expectation);
    }

    [Theory]
    [InlineData("expect nothing", null, null)]
    [InlineData("expect counts", "counts", null)]
    [InlineData("expect counts refcount", "counts", "refcount")]
    public void An_expectation_names_a_property_and_perhaps_a_clause(string line, string? property, string? clause) =>
        Assert.Equal(new Expectation(property, clause), Read("mmfuzz 1\n" + line).Expectation);

    [Fact]
    public void A_program_that_was_made_prints_its_header_and_parses_to_itself()
    {
        MmProgram read = Read(Full);
        MmProgram made = new(read.Profile, read.Operations, read.Expectation);
        Assert.Equal(
            """
            mmfuzz 1
            profile v6.1
            without early-cow-fork
            without migrate-wrprotect
            with uffd-writenotify
            mutant drop:uffd_wp@swap-in@anon
            swap asynchronous
            expect uffd-wp-no-write-through store-without-event
            mmap p0 0 4 anon rw
            store p0 3

            """,
            made.Print());
        MmProgram again = Read(made.Print());
        Assert.True(made.Profile.IsSameAs(again.Profile));
        Assert.Equal(made.Expectation, again.Expectation);
        Assert.Equal(made.Operations.AsEnumerable(), again.Operations);
        Assert.Equal(made.Print(), again.Print());
    }

    [Fact]
    public void Every_fix_can_be_taken_out_and_put_in_by_name()
    {
        foreach (FixInfo info in FixCatalogue.All)
        {
            Profile without = Read($"mmfuzz 1\nprofile v6.18\nwithout {info.Name}\n").Profile;
            Profile with = Read($"mmfuzz 1\nprofile v2.6\nwith {info.Name}\n").Profile;
            Assert.False(without.Has(info.Fix), info.Name);
            Assert.True(with.Has(info.Fix), info.Name);
        }
    }

    [Fact]
    public void An_operation_knows_its_line()
    {
        string[] lines = Full.Split('\n');
        MmProgram read = Read(Full);
        MmProgram made = new(read.Profile, read.Operations);
        Assert.StartsWith("mmap", lines[read.LineNumber(0) - 1], System.StringComparison.Ordinal);
        Assert.StartsWith("  store", lines[read.LineNumber(1) - 1], System.StringComparison.Ordinal);
        Assert.Equal("store p0 3", made.Print().Split('\n')[made.LineNumber(1) - 1]);
    }

    [Fact]
    public void The_length_of_a_program_counts_neither_the_ground_nor_steps() =>
        Assert.Equal(2, Read("mmfuzz 1\nmmap p0 0 4 anon rw\nstart t0 store p0 0\nstep t0 9\nload p0 0\n").Length);

    private static MmProgram Read(string text)
    {
        MmProgram? program = MmProgramParser.Parse(text, out ImmutableArray<TextError> errors);
        Assert.Empty(errors);
        return program!;
    }
}
