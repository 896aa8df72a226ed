// Where two kernels part, in words: the first stage that leaves them in different states, what differs then, and the
// first stage that only one of them executes. Not covered: finding it (Generators/Dissecting), layout.

using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.Properties;
using MmFuzz.Generators.Dissecting;

namespace MmFuzz.Reports.Explaining;

/// <summary>Words for divergences.</summary>
public static class DivergenceWords
{
    /// <summary>What the repaired kernel has that this one has not, or the other way round.</summary>
    public static string Repair(Profile profile, Profile repaired)
    {
        string[] fixes = [.. repaired.Fixes.Except(profile.Fixes).Members.Select(KernelWords.Name)];
        string[] mutants = [.. profile.Mutants.Except(repaired.Mutants).Select(static one => $"mutant {one}")];
        var words = new List<string>();
        if (fixes.Length > 0)
        {
            words.Add("with " + string.Join(", ", fixes));
        }

        if (mutants.Length > 0)
        {
            words.Add("without " + string.Join(", ", mutants));
        }

        return string.Join(", ", words);
    }

    /// <summary>Where the first difference is, in a sentence or two.</summary>
    public static string Where(MmProgram program, Divergence divergence, Violation violation)
    {
        string repair = Repair(program.Profile, divergence.Repaired);
        if (divergence.State is not { } state)
        {
            return divergence.Path is not null
                ? $"The same kernel {repair} is in the same state up to the point where it takes another path."
                : $"The same kernel {repair} executes the same stages and is in the same state, byte by byte, up to "
                    + $"{Line(program, divergence.Last)}{Stage(divergence.LastStage)}; but only this one is at fault "
                    + $"there: {violation.Detail}.";
        }

        return $"The same kernel {repair} does the same up to {Line(program, state.Index)}. The first difference is "
            + $"there{Stage(state.Stage)}:";
    }

    /// <summary>What differs then: before stands for this kernel, after for the repaired one.</summary>
    public static ImmutableArray<StateRow> Rows(Divergence divergence)
    {
        if (divergence.State is not { } state)
        {
            return [];
        }

        ImmutableArray<StateRow> rows = StateTable.Join(
            StateItems.Of(state.Broken), StateItems.Of(state.Repaired), onlyChanged: true);
        return rows.IsEmpty ? HiddenDifferences.Of(state.Broken.Machine, state.Repaired.Machine) : rows;
    }

    /// <summary>Where the two take different paths.</summary>
    public static string Paths(MmProgram program, Divergence divergence)
    {
        if (divergence.Path is not { } path)
        {
            return divergence.State is null
                ? string.Empty
                : "Up to the violation both kernels execute the same stages"
                    + (divergence.RepairedNext is { } next ? $"; the repaired one then {Next(next)}." : ".");
        }

        Operation op = program.Operations[path.Index];
        string here = path.Broken is { } broken ? Next(broken) : Answer(in op, path.BrokenOutcome);
        string there = path.Repaired is { } repaired ? Next(repaired) : Answer(in op, path.RepairedOutcome);
        string where = Line(program, path.Index) + Stage(path.After);
        return $"Their paths part in {where}: this kernel {here}; the repaired one {there}.";
    }

    /// <summary>A line of the program: <c>line 12, `store p0 0`</c>.</summary>
    public static string Line(MmProgram program, int index) =>
        $"line {program.LineNumber(index)}, `{program.Operations[index]}`";

    /// <summary>A stage: <c>`do_wp_page: copy` (t0)</c>.</summary>
    public static string Name(StageMark mark) =>
        $"`{StageNames.Of(mark.Path)}: {StageNames.Of(mark.Path, mark.Stage)}` ({mark.Actor})";

    private static string Stage(StageMark? mark) => mark is { } stage ? $", after {Name(stage)}" : string.Empty;

    private static string Next(StageMark mark) => (mark.Waited ? "must wait in " : "goes on to ") + Name(mark);

    private static string Answer(in Operation op, MmFuzz.Engine.Outcome outcome) =>
        outcome.Skip != SkipReason.None ? $"skips the line ({OutcomeWords.Of(outcome.Skip)})"
        : outcome.Ended ? $"is done and answers {OutcomeWords.Result(in op, in outcome)}"
        : "stops here for now";
}
