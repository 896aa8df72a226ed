// What this file covers: the instrumented copy of the engine does what the engine does and counts edges of its kernel;
// shapes of the world: the same for the same program, whatever its pages are called, and another for another state;
// each feedback is there when it is asked for; a loop learns, repeats itself and keeps no program that violates.
// What it does not cover: whether guidance helps (docs/guidance.md), threads and files (GuidedRunTests).

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MmFuzz.Engine;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Generators.Guided;
using Xunit;

namespace MmFuzz.Tests.Guided;

public class GuidedTargetTests
{
    private static readonly Profile Broken =
        Profile.Repaired.WithFixes(Profile.Repaired.Fixes.Except(FixSet.Of(Fix.EarlyCowFork)));

    [Fact]
    public void A_program_has_the_same_shapes_again() =>
        Assert.Equal(Shapes("mmap p0 0 2 anon rw", "store p0 0"), Shapes("mmap p0 0 2 anon rw", "store p0 0"));

    [Fact]
    public void Pages_and_handles_by_other_names_have_the_same_shapes() =>
        Assert.Equal(
            Shapes("mmap p0 0 1 anon rw", "store p0 0", "pin p0 0 1 r -> g0", "unpin g0"),
            Shapes("mmap p0 9 1 anon rw", "store p0 9", "pin p0 9 1 r -> g5", "unpin g5"));

    [Theory]
    [InlineData("load p0 0", "store p0 0")]
    [InlineData("store p0 0", "store p0 0;swapout p0 0")]
    [InlineData("store p0 0;pin p0 0 1 r -> g0", "store p0 0;get p0 0 1 r -> g0")]
    [InlineData("store p0 0;start t8 migrate p0 0;store p0 0", "store p0 0;migrate p0 0;store p0 0")]
    public void Another_state_is_another_shape(string one, string other) =>
        Assert.NotEqual(
            Shapes(["mmap p0 0 1 anon rw", .. one.Split(';')]), Shapes(["mmap p0 0 1 anon rw", .. other.Split(';')]));

    [Fact]
    public void The_parts_of_the_map_of_shapes_fill_it_and_do_not_overlap()
    {
        int next = 0;
        foreach (ShapeKind kind in WorldShapes.Kinds.OrderBy(kind => kind.First))
        {
            Assert.Equal(next, kind.First);
            next += kind.Size;
        }

        Assert.Equal(WorldShapes.Size, next);
    }

    [Fact]
    public void Without_feedback_there_are_no_maps()
    {
        var target = new GuidedTarget(Profile.Repaired, Feedback.None);
        Assert.True(target.Edges.IsEmpty && target.Shapes.IsEmpty);
        Assert.False(new GuidedTarget(Profile.Repaired, Feedback.Shapes).Shapes.IsEmpty);
    }

    [Fact]
    public void Coverage_is_new_once_and_again_when_a_count_reaches_another_class()
    {
        var coverage = new Coverage(64);
        var map = new byte[64];
        bool Take(byte count)
        {
            map[40] = count;
            bool isNew = coverage.Take(map, null);
            Assert.Equal(0, map[40]);
            return isNew;
        }

        Assert.Equal([true, false, true, true, false, true], [Take(1), Take(1), Take(3), Take(4), Take(7), Take(200)]);
        Assert.Equal((1, 6u), (coverage.Count, coverage.ProgramsAt(40)));
    }

    [Fact]
    public void A_loop_repeats_itself()
    {
        Assert.Equal(History(seed: 3), History(seed: 3));
        Assert.NotEqual(History(seed: 3), History(seed: 4));
    }

    [Fact]
    public void A_loop_keeps_what_covers_something_new_and_nothing_that_violates()
    {
        var loop = new GuidedLoop(new GuidedTarget(Broken, Feedback.Shapes), seed: 1);
        int violated = 0;
        int kept = 0;
        for (int i = 0; i < 1500; i++)
        {
            GuidedStep step = loop.Step();
            violated += step.Outcome.Violated ? 1 : 0;
            kept += step.IsNew ? 1 : 0;
            Assert.False(step is { IsNew: true, Outcome.Violated: true });
        }

        Assert.True(violated > 0);
        Assert.Equal(kept, loop.CorpusSize);
        Assert.InRange(kept, 50, 1400);
        var replay = new GuidedTarget(Broken, Feedback.None);
        Assert.All(loop.Corpus, member => Assert.False(replay.Run(member.AsSpan()).Violated));
    }

    [Fact]
    public void A_distilled_corpus_covers_what_all_of_it_did()
    {
        var loop = new GuidedLoop(new GuidedTarget(Profile.Repaired, Feedback.Shapes), seed: 1);
        for (int i = 0; i < 400; i++)
            loop.Step();

        byte[][] all = [.. loop.Corpus.Select(member => member.ToArray())];
        var target = new GuidedTarget(Profile.Repaired, Feedback.Shapes);
        ImmutableArray<int> kept = Distiller.Keep(target, all);
        Assert.InRange(kept.Length, 1, all.Length - 1);
        Assert.Equal(Covered(target, all), Covered(target, [.. kept.Select(i => all[i])]));
    }

    private static byte[] Covered(GuidedTarget target, byte[][] programs)
    {
        target.Shapes.Clear();
        Array.ForEach(programs, program => target.Run(program));
        byte[] covered = target.Shapes.ToArray();
        target.Shapes.Clear();
        return covered;
    }

    private static List<(int, bool, int)> History(ulong seed)
    {
        var loop = new GuidedLoop(new GuidedTarget(Profile.Repaired, Feedback.Shapes), seed);
        var history = new List<(int, bool, int)>();
        for (int i = 0; i < 800; i++)
        {
            GuidedStep step = loop.Step();
            history.Add((step.Outcome.Operations, step.IsNew, step.Outcome.Used));
        }

        return history;
    }

    private static byte[] Shapes(params string[] lines)
    {
        MmProgram? program = MmProgramParser.Parse(
            "mmfuzz 1\nprofile v6.18\n" + string.Join('\n', lines) + "\n", out ImmutableArray<TextError> errors);
        Assert.Empty(errors);
        var shapes = new WorldShapes();
        var runner = new Runner(Profile.Repaired);
        runner.Context.Observer = shapes;
        foreach (Operation operation in program!.Operations)
            runner.Execute(in operation);

        Assert.Null(runner.Violation);
        return shapes.Map.ToArray();
    }
}
