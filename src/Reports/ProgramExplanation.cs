// A program run again, with a watcher: what each line did, in which stages, and what it changed. This is the same
// runner that found the violation; nothing is simulated a second way.
// Not covered: keeping stages (StageRecorder), layout (MarkdownReport, TerminalReport).

using System.Collections.Immutable;
using System.Linq;
using MmFuzz.Engine;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.Properties;
using MmFuzz.Engine.State;

namespace MmFuzz.Reports;

/// <summary>A stage that was executed.</summary>
/// <param name="Actor">By whom.</param>
/// <param name="Path">Of which path.</param>
/// <param name="Stage">Its name.</param>
/// <param name="Waited">Whether it had to wait instead.</param>
public sealed record ExplainedStage(ActorId Actor, KernelPath Path, string Stage, bool Waited)
{
    /// <summary>Function and stage: <c>do_wp_page: copy</c>.</summary>
    public string Name => $"{StageNames.Of(Path)}: {Stage}";
}

/// <summary>A line that was run.</summary>
/// <param name="Index">Its number among the operations, from 0.</param>
/// <param name="Line">Its line in the program's text, from 1.</param>
/// <param name="Operation">The operation.</param>
/// <param name="Answer">What it answered.</param>
/// <param name="Kind">Its outcome in a word.</param>
/// <param name="Outcome">Its outcome in words.</param>
/// <param name="Stages">Its stages; empty unless asked for.</param>
/// <param name="Changes">What it changed.</param>
public sealed record ExplainedStep(
    int Index,
    int Line,
    Operation Operation,
    Answer Answer,
    string Kind,
    string Outcome,
    ImmutableArray<ExplainedStage> Stages,
    ImmutableArray<StateRow> Changes)
{
    /// <summary>Everything there is after it.</summary>
    public ImmutableArray<StateItem> State { get; init; } = [];
}

/// <summary>A program and what it did.</summary>
public sealed class ProgramExplanation
{
    private readonly World final;

    private ProgramExplanation(
        MmProgram program,
        ImmutableArray<StateItem> start,
        ImmutableArray<ExplainedStep> steps,
        ImmutableArray<StateRow> state,
        Runner runner)
    {
        Program = program;
        Start = start;
        Steps = steps;
        Final = state;
        Violation = runner.Violation;
        final = runner.World;
    }

    /// <summary>The program.</summary>
    public MmProgram Program { get; }

    /// <summary>Everything there is before the first line.</summary>
    public ImmutableArray<StateItem> Start { get; }

    /// <summary>The lines that were run, up to the one that failed.</summary>
    public ImmutableArray<ExplainedStep> Steps { get; }

    /// <summary>Everything there is at the end, with its state before the last line.</summary>
    public ImmutableArray<StateRow> Final { get; }

    /// <summary>What was violated; null for nothing.</summary>
    public Violation? Violation { get; }

    /// <summary>The line that failed; null if none did.</summary>
    public ExplainedStep? Failing => Violation is null || Steps.IsEmpty ? null : Steps[^1];

    /// <summary>The world at the end.</summary>
    public ref readonly World World => ref final;

    /// <summary>Runs the program and explains it; stops at the first violation.</summary>
    /// <param name="program">The program.</param>
    /// <param name="withStages">Whether to keep every stage.</param>
    public static ProgramExplanation Of(MmProgram program, bool withStages)
    {
        var runner = new Runner(program.Profile);
        var recorder = withStages ? new StageRecorder() : null;
        runner.Context.Observer = recorder;
        var steps = ImmutableArray.CreateBuilder<ExplainedStep>();
        ImmutableArray<StateItem> start = StateItems.Of(in runner.World);
        ImmutableArray<StateItem> before = start;
        ImmutableArray<StateItem> previous = start;
        for (int i = 0; i < program.Operations.Length && runner.Violation is null; i++)
        {
            Operation op = program.Operations[i];
            recorder?.Begin(before);
            Outcome outcome = runner.Execute(in op, (ushort)i);
            recorder?.End(broke: runner.Violation is { Clause: Clause.Misuse });
            previous = before;
            before = outcome.Skip == SkipReason.None ? StateItems.Of(in runner.World) : before;
            ImmutableArray<StateRow> changes = StateTable.Join(previous, before, onlyChanged: true);
            steps.Add(new ExplainedStep(
                i,
                program.LineNumber(i),
                op,
                OutcomeWords.AnswerOf(in op, in outcome, in runner.World.Machine),
                OutcomeWords.Kind(in op, in outcome, in runner.World.Machine),
                OutcomeWords.Of(in op, in outcome, in runner.World.Machine),
                recorder?.Stages ?? [],
                recorder is null ? changes : [.. changes.Select(recorder.Attribute)])
            {
                State = before,
            });
        }

        return new ProgramExplanation(
            program, start, steps.ToImmutable(), StateTable.Join(previous, before, onlyChanged: false), runner);
    }

    /// <summary>Whether the run shows what the program expects; null if the program does not say.</summary>
    public bool? IsAsExpected => Unexpected is not null ? false : Program.Expectation switch
    {
        null => Program.Answers.IsEmpty ? null : Violation is null,
        { Property: null } => Violation is null,
        { Property: var property, Clause: var clause } =>
            Violation is not null && Violation.PropertyName == property
            && (clause is null || Violation.ClauseName == clause),
    };

    /// <summary>The first line that answered something else than the program expects of it; null for none.</summary>
    public ExplainedStep? Unexpected
    {
        get
        {
            foreach (ExplainedStep step in Steps)
            {
                if (!Program.Answers.IsEmpty && Program.Answers[step.Index] is { } expected && expected != step.Answer)
                {
                    return step;
                }
            }

            return null;
        }
    }
}
