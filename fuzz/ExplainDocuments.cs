// An explanation as JSON: the replay with stages and changes, where a repaired kernel goes another way, and what the
// violation takes. Not covered: finding it out (src/Reports/Explaining).

using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.Properties;
using MmFuzz.Generators.Dissecting;
using MmFuzz.Reports;
using MmFuzz.Reports.Explaining;

namespace MmFuzz.Cli;

/// <summary>A difference between two kernels in JSON.</summary>
internal sealed record DifferenceDocument(string Kind, string Thing, string Broken, string Repaired);

/// <summary>The first line and stage with a difference, in JSON.</summary>
internal sealed record StateDocument(
    int Line, string Text, StageDocument? Stage, IEnumerable<DifferenceDocument> Differences);

/// <summary>The first line and stage that only one kernel executes, in JSON.</summary>
internal sealed record PathDocument(
    int Line, string Text, StageDocument? After, StageDocument? Broken, StageDocument? Repaired, string Words);

/// <summary>Where a repaired kernel goes another way, in JSON.</summary>
internal sealed record DivergenceDocument(
    string Repaired, string Repair, string Words, StateDocument? State, PathDocument? Paths);

/// <summary>What a changed program shows, in JSON.</summary>
internal sealed record VariantDocument(string Verdict, string? Property, string? Clause);

/// <summary>An operand that may be another, in JSON.</summary>
internal sealed record OperandDocument(
    string Operand, string Written, ImmutableArray<string> Others, bool Any, string Words);

/// <summary>A line's part in the violation, in JSON.</summary>
internal sealed record RoleDocument(
    int Line,
    string Text,
    bool Necessary,
    VariantDocument Without,
    VariantDocument? SwappedWithNext,
    IEnumerable<OperandDocument> Free);

/// <summary>What the violation takes, in JSON.</summary>
internal sealed record DissectionDocument(
    IEnumerable<RoleDocument> Lines, ImmutableArray<int> PagesMovableBy, ImmutableArray<FreeName> Names);

/// <summary>An explanation in JSON.</summary>
internal sealed record ExplainDocument(
    ReplayDocument Replay, DivergenceDocument? Divergence, DissectionDocument? Dissection);

/// <summary>Makes such documents.</summary>
internal static class ExplainDocuments
{
    /// <summary>An explanation.</summary>
    public static ExplainDocument Of(string file, ProgramExplanation explanation, Insight? insight)
    {
        ReplayDocument replay = ReplayDocuments.Of(file, explanation, trace: true);
        MmProgram program = explanation.Program;
        return new ExplainDocument(
            replay,
            insight?.Divergence is { } divergence ? Of(program, divergence, explanation.Violation!) : null,
            insight?.Dissection is { } dissection ? Of(program, dissection) : null);
    }

    private static DivergenceDocument Of(MmProgram program, Divergence divergence, Violation violation)
    {
        StateDocument? state = divergence.State is { } found
            ? new StateDocument(
                program.LineNumber(found.Index),
                program.Operations[found.Index].ToString(),
                Stage(found.Stage),
                DivergenceWords.Rows(divergence).Select(static row => new DifferenceDocument(
                    StateTable.Title(row.Group), row.Thing, row.Before, row.After)))
            : null;
        PathDocument? paths = divergence.Path is { } path
            ? new PathDocument(
                program.LineNumber(path.Index),
                program.Operations[path.Index].ToString(),
                Stage(path.After),
                Stage(path.Broken),
                Stage(path.Repaired),
                DivergenceWords.Paths(program, divergence))
            : null;
        return new DivergenceDocument(
            divergence.Repaired.ToString(),
            DivergenceWords.Repair(program.Profile, divergence.Repaired),
            DivergenceWords.Where(program, divergence, violation),
            state,
            paths);
    }

    private static StageDocument? Stage(StageMark? mark) => mark is { } stage
        ? new StageDocument(
            stage.Actor.ToString(),
            StageNames.Of(stage.Path),
            StageNames.Of(stage.Path, stage.Stage),
            stage.Waited)
        : null;

    private static DissectionDocument Of(MmProgram program, Dissection dissection) => new(
        dissection.Lines.Select(line => Of(program, dissection, line)), dissection.Shifts, dissection.Names);

    private static RoleDocument Of(MmProgram program, Dissection dissection, LineRole line)
    {
        Operation op = program.Operations[line.Index];
        LineOrder? order = dissection.Orders.FirstOrDefault(one => one.First == line.Index);
        return new RoleDocument(
            program.LineNumber(line.Index),
            op.ToString(),
            line.IsNecessary,
            Of(line.Without),
            order is null ? null : Of(order.Swapped),
            line.Free.Select(operand => new OperandDocument(
                Names.Dashed(operand.Kind),
                operand.Written,
                operand.Others,
                operand.IsAny,
                DissectionWords.Of(in op, operand))));
    }

    private static VariantDocument Of(VariantResult result) => new(
        Names.Dashed(result.Verdict), result.Found?.PropertyName, result.Found?.ClauseName);
}
