// What this file covers: which programs share a swarm profile: few at the beginning of a run, later more, without gaps.
// What it does not cover: what a profile is (GeneratorTests).

using MmFuzz.Generators;
using Xunit;

namespace MmFuzz.Tests.Generators;

public class ChoicesTests
{
    private const int Many = 300_000;

    [Theory]
    [InlineData(0, 0)]
    [InlineData(31, 0)]
    [InlineData(32, 1)]
    [InlineData(8191, 255)]
    [InlineData(8192, 256)]
    [InlineData(8192 + 63, 256)]
    [InlineData(8192 + 64, 257)]
    [InlineData(8192 * 31, 1024 + 256)] // 15 times 8192 programs at up to 256 each, and 8192 at 512
    public void A_program_has_the_swarm_profile(ulong program, ulong profile) =>
        Assert.Equal(profile, PrngChoices.ProfileOf(program));

    [Fact]
    public void Profiles_come_one_after_the_other_and_each_has_at_least_as_many_programs_as_the_one_before()
    {
        ulong profile = 0;
        ulong first = 0;
        ulong most = 0;
        for (ulong program = 0; program < Many; program++)
        {
            if (PrngChoices.ProfileOf(program) == profile)
            {
                continue;
            }

            Assert.True(program - first >= most, $"profile {profile} has {program - first} programs, after {most}");
            most = program - first;
            Assert.Equal(++profile, PrngChoices.ProfileOf(program));
            Assert.Equal(program, PrngChoices.FirstOf(profile));
            first = program;
        }

        Assert.Equal(512ul, most);
    }

    [Fact]
    public void Programs_of_one_profile_begin_with_the_same_record_and_go_on_with_others()
    {
        (ChoiceRecord Profile, ChoiceRecord Next) Of(ulong program)
        {
            var choices = new PrngChoices();
            choices.Restart(7, program);
            choices.TryNext(out ChoiceRecord profile);
            choices.TryNext(out ChoiceRecord next);
            return (profile, next);
        }

        Assert.Equal(Of(32).Profile, Of(63).Profile);
        Assert.NotEqual(Of(32).Next, Of(63).Next);
        Assert.NotEqual(Of(63).Profile, Of(64).Profile);
    }
}
