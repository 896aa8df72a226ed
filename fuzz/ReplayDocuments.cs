// A replay as JSON: the program, what it expects, what was violated, and each line with its outcome.
// Not covered: running it (ReplayCommand), what other runs tell of it (ExplainDocuments).

using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.Properties;
using MmFuzz.Reports;

namespace MmFuzz.Cli;

/// <summary>A stage in JSON.</summary>
internal sealed record StageDocument(string Actor, string Path, string Stage, bool Waited);

/// <summary>A change in JSON.</summary>
internal sealed record ChangeDocument(string Kind, string Thing, string Before, string After, string? By);

/// <summary>A line in JSON.</summary>
internal sealed record LineDocument(
    int Line,
    string Text,
    string Outcome,
    string Words,
    IEnumerable<StageDocument>? Stages,
    IEnumerable<ChangeDocument>? Changes);

/// <summary>A violation in JSON.</summary>
internal sealed record ViolationDocument(
    string Property,
    string Clause,
    int Line,
    string Where,
    string Detail,
    string Meaning,
    string Rule,
    ImmutableArray<string>? AttributedTo);

/// <summary>What a program expects, in JSON.</summary>
internal sealed record ExpectationDocument(string? Property, string? Clause);

/// <summary>A replay in JSON.</summary>
internal sealed record ReplayDocument(
    string File,
    string Profile,
    ExpectationDocument? Expected,
    bool AsExpected,
    ViolationDocument? Violation,
    IReadOnlyList<LineDocument> Lines);

/// <summary>Makes such documents.</summary>
internal static class ReplayDocuments
{
    /// <summary>A run, with its stages and changes if they were kept and are wanted.</summary>
    public static ReplayDocument Of(string file, ProgramExplanation explanation, bool trace)
    {
        MmProgram program = explanation.Program;
        return new ReplayDocument(
            file,
            program.Profile.ToString(),
            program.Expectation is { } expected ? new ExpectationDocument(expected.Property, expected.Clause) : null,
            ReplayCommand.IsAsExpected(explanation),
            explanation.Violation is { } violation ? Document(explanation, violation) : null,
            [.. explanation.Steps.Select(step => Document(step, trace))]);
    }

    private static ViolationDocument Document(ProgramExplanation explanation, Violation violation)
    {
        return new ViolationDocument(
            violation.PropertyName,
            violation.ClauseName,
            explanation.Failing?.Line ?? 0,
            violation.Where,
            violation.Detail,
            ClauseWords.Meaning(violation.Clause),
            PropertyCatalogue.Of(violation.Property).Rule,
            AttributedTo(explanation));
    }

    private static ImmutableArray<string>? AttributedTo(ProgramExplanation explanation) =>
        ReplayCommand.CauseOf(explanation) is { IsKnown: true } cause ? cause.Names : null;

    private static LineDocument Document(ExplainedStep step, bool trace) => new(
        step.Line,
        step.Operation.ToString(),
        step.Kind,
        step.Outcome,
        trace
            ? step.Stages.Select(one => new StageDocument(
                one.Actor.ToString(), StageNames.Of(one.Path), one.Stage, one.Waited))
            : null,
        trace
            ? step.Changes.Select(row => new ChangeDocument(
                StateTable.Title(row.Group), row.Thing, row.Before, row.After, row.By))
            : null);
}
