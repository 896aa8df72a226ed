// What this file covers: one cross-check by FsCheck's own state machines: processes with a flat memory, copied at fork,
// against the engine. It knows loads, stores, forks and exits only, and none of the project's own reference memory.
// What it does not cover: everything else; FsCheck's machine is far too slow for the whole (dotnet.md).

using System;
using System.Collections.Immutable;
using System.Linq;
using FsCheck;
using FsCheck.Experimental;
using FsCheck.Fluent;
using FsCheck.Xunit;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.State;
using Xunit;
using Arb = FsCheck.Fluent.Arb;
using Gen = FsCheck.Fluent.Gen;
using Memories = System.Collections.Immutable.ImmutableSortedDictionary<
    int, System.Collections.Immutable.ImmutableArray<int>>;
using Outcome = MmFuzz.Engine.Outcome;
using Runner = MmFuzz.Engine.Runner;

namespace MmFuzz.Tests.Properties;

/// <summary>What the model knows: the memory of each process, and how many stores there were.</summary>
/// <param name="Memories">Pages by process; each holds the number of the store that wrote it last.</param>
/// <param name="Stores">Stores so far.</param>
public sealed record FlatModel(Memories Memories, int Stores);

public class FlatMemoryTests
{
    [Property(MaxTest = 200, Replay = "41" + Draws.Gamma)]
    public Property A_fork_copies_memory_and_nothing_else_does() => new FlatMemoryMachine("v6.18").ToProperty();

    [Property(MaxTest = 100, Replay = "42" + Draws.Gamma)]
    public Property Also_when_reference_counts_decide() => new FlatMemoryMachine("v5.18").ToProperty();

    [Property(MaxTest = 100, Replay = "43" + Draws.Gamma)]
    public Property Also_when_mapcounts_decide() => new FlatMemoryMachine("v5.7").ToProperty();

    [Fact]
    public void The_machine_notices_a_load_that_the_model_does_not_expect()
    {
        var model = new FlatModel(Memories.Empty.Add(0, [7, 0, 0, 0]), 7);
        Runner runner = FlatMemoryMachine.Start(Scenarios.Scenario.ProfileOf("v6.18"));
        Property check = new Line("load p0 0").Check(runner, model);
        Assert.ThrowsAny<Exception>(() => Check.One(Config.QuickThrowOnFailure, check));
    }
}

/// <summary>Processes with four pages each.</summary>
/// <param name="profile">The kernel, in words.</param>
internal sealed class FlatMemoryMachine(string profile) : Machine<Runner, FlatModel>(100)
{
    public override Arbitrary<Setup<Runner, FlatModel>> Setup =>
        Arb.From(Gen.Constant<Setup<Runner, FlatModel>>(new Fresh(Scenarios.Scenario.ProfileOf(profile))));

    public override Gen<Operation<Runner, FlatModel>> Next(FlatModel value) =>
        from text in Gen.Elements(Lines(value).ToArray())
        select (Operation<Runner, FlatModel>)new Line(text);

    /// <summary>A machine in which p0 has its memory.</summary>
    internal static Runner Start(Profile profile)
    {
        var runner = new Runner(profile);
        Operation map = Scenarios.Scenario.Parse($"mmap p0 0 {Line.Pages} anon rw");
        runner.Execute(in map);
        return runner;
    }

    private static System.Collections.Generic.IEnumerable<string> Lines(FlatModel model)
    {
        foreach (int process in model.Memories.Keys)
        {
            for (int page = 0; page < Line.Pages; page++)
            {
                foreach (string by in new[] { string.Empty, $" by t{process + Limits.Mms}" })
                {
                    yield return $"load p{process} {page}{by}";
                    yield return $"store p{process} {page}{by}";
                }
            }

            for (int child = 0; child < Limits.Mms; child++)
            {
                if (!model.Memories.ContainsKey(child))
                    yield return $"fork p{process} -> p{child}";
            }

            if (model.Memories.Count > 1)
                yield return $"exit p{process}";
        }
    }

    private sealed class Fresh(Profile kernel) : Setup<Runner, FlatModel>
    {
        public override Runner Actual() => Start(kernel);

        public override FlatModel Model() =>
            new(Memories.Empty.Add(0, [.. new int[Line.Pages]]), 0);
    }
}

/// <summary>One line of a program, run by the engine and by the model.</summary>
internal sealed class Line(string text) : Operation<Runner, FlatModel>
{
    internal const int Pages = 4;

    private readonly Operation op = Scenarios.Scenario.Parse(text);

    public override bool Pre(FlatModel model) =>
        model.Memories.ContainsKey(op.Process.Value)
        && (op.Kind != OperationKind.Fork || !model.Memories.ContainsKey(op.Child.Value));

    public override FlatModel Run(FlatModel model) => op.Kind switch
    {
        OperationKind.Store => new FlatModel(
            model.Memories.SetItem(op.Process.Value, Of(model).SetItem(op.Va.Value, model.Stores + 1)),
            model.Stores + 1),
        OperationKind.Fork => model with { Memories = model.Memories.Add(op.Child.Value, Of(model)) },
        OperationKind.Exit => model with { Memories = model.Memories.Remove(op.Process.Value) },
        _ => model,
    };

    // FsCheck hands over the model as it is after the operation; a load changes nothing.
    public override Property Check(Runner actual, FlatModel model)
    {
        Outcome outcome = actual.Execute(in op);
        bool done = outcome is { Skip: SkipReason.None, Ended: true, Errno: Errno.None } && actual.Violation is null;
        bool same = op.Kind != OperationKind.Load || outcome.Value.Serial == Of(model)[op.Va.Value];
        return (done && same).Label($"{text}: {outcome}, {actual.Violation}");
    }

    public override string ToString() => text;

    private ImmutableArray<int> Of(FlatModel model) => model.Memories[op.Process.Value];
}
