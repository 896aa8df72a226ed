// What this file covers: that any program FsCheck draws, for any kernel it draws, prints to a text that is read as the
// same program, and that what was read prints as it stands.
// What it does not cover: texts that nobody generated (ParserRobustnessTests.cs).

using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.Properties;
using MmFuzz.Engine.State;
using MmFuzz.Tests.Properties;
using Xunit;
using Arb = FsCheck.Fluent.Arb;
using Gen = FsCheck.Fluent.Gen;

namespace MmFuzz.Tests.Operations;

[Properties(Arbitrary = [typeof(NewestDraws), typeof(GeneratedProgramTests)], MaxTest = 500)]
public class GeneratedProgramTests
{
    private readonly Bench bench = new(Profile.Newest);

    /// <summary>Any kernel: a release with fixes taken out and put in, mutants, either swap device.</summary>
    public static Arbitrary<Profile> Kernels() => Arb.From(
        from version in Gen.Elements(Profile.Known.ToArray())
        from without in Gen.SubListOf(FixCatalogue.All.Select(info => info.Fix))
        from with in Gen.SubListOf(FixCatalogue.All.Select(info => info.Fix))
        from mutants in Gen.ListOf(Mutants())
        from swap in Gen.Elements(SwapDevice.Synchronous, SwapDevice.Asynchronous)
        let release = Profile.Of(version)
        select release.WithFixes(release.Fixes.Or(FixSet.Of(with)).Except(FixSet.Of(without)))
            .WithSwap(swap).WithMutants(mutants.Distinct()));

    /// <summary>Any expectation that a replay can meet, or none.</summary>
    public static Arbitrary<Expectation> Expectations() => Arb.From(
        from clause in Gen.Elements(System.Enum.GetValues<Clause>())
        from shape in Gen.Choose(0, 2)
        let property = PropertyCatalogue.Of(PropertyCatalogue.PropertyOf(clause)).Name
        select shape switch
        {
            0 => Expectation.Quiet,
            1 => new Expectation(property, null),
            _ => new Expectation(property, Names.Dashed(clause)),
        });

    [Property(Replay = "51" + Draws.Gamma)]
    public void A_program_prints_and_parses_to_itself(Draw draw, Profile kernel, Expectation expectation)
    {
        bench.Run(draw);
        MmProgram made = new(kernel, bench.Operations, expectation);
        MmProgram? read = MmProgramParser.Parse(made.Print(), out ImmutableArray<TextError> errors);
        Assert.Empty(errors);
        Assert.Equal(made.Operations.AsEnumerable(), read!.Operations);
        Assert.True(kernel.IsSameAs(read.Profile), $"{kernel}\n{read.Profile}");
        Assert.Equal(expectation, read.Expectation);
        Assert.Equal(made.Print(), read.Print());
        for (int i = 0; i < made.Operations.Length; i++)
            Assert.Equal(made.LineNumber(i), read.LineNumber(i));
    }

    [Property(Replay = "52" + Draws.Gamma)]
    public void Every_part_of_a_program_is_a_program(Draw draw, PositiveInt every)
    {
        bench.Run(draw);
        string[] lines = new MmProgram(Profile.Newest, bench.Operations).Print().Split('\n');
        IEnumerable<string> part = lines.Where((line, i) => i < 2 || i % (1 + (every.Get % 5)) != 0);
        Assert.NotNull(MmProgramParser.Parse(string.Join('\n', part), out _));
    }

    private static Gen<Mutant> Mutants() =>
        from invents in Gen.Elements(true, false)
        from bit in Gen.Elements(
            EntryBits.Write, EntryBits.Dirty, EntryBits.SoftDirty, EntryBits.UffdWp, EntryBits.Exclusive)
        from transition in Gen.Elements(System.Enum.GetValues<Transition>())
        from kind in Gen.Elements(System.Enum.GetValues<MemoryKind>())
        select new Mutant(invents, bit, transition, kind);
}
