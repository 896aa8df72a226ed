// Watches one operation: which stages it goes through, and which of them gave each thing the state that it has at the
// end. Not covered: words and layout.

using System.Collections.Generic;
using System.Collections.Immutable;
using MmFuzz.Engine.Kernel;
using MmFuzz.Engine.State;

namespace MmFuzz.Reports;

/// <summary>Keeps the stages of one operation at a time.</summary>
internal sealed class StageRecorder : IStageObserver
{
    private readonly ImmutableArray<ExplainedStage>.Builder stages = ImmutableArray.CreateBuilder<ExplainedStage>();
    private readonly Dictionary<(StateGroup Group, string Thing), (string After, string By)> last = [];
    private ImmutableArray<StateItem> before = [];
    private ExplainedStage? begun;

    /// <summary>The stages, in order.</summary>
    public ImmutableArray<ExplainedStage> Stages => stages.ToImmutable();

    /// <summary>Begins an operation.</summary>
    /// <param name="state">Everything there is before it.</param>
    public void Begin(ImmutableArray<StateItem> state)
    {
        stages.Clear();
        last.Clear();
        begun = null;
        before = state;
    }

    /// <summary>Ends the operation.</summary>
    /// <param name="broke">Whether the stage in hand was given up, and did not wait.</param>
    public void End(bool broke)
    {
        if (broke && begun is not null)
        {
            stages.Add(begun);
            begun = null;
        }

        NoteWait();
    }

    /// <summary>The same change with the stage that made it; as it is, if no stage did.</summary>
    public StateRow Attribute(StateRow row) =>
        row.Group != StateGroup.MustRead // that is no stage's doing, but what is promised
        && last.TryGetValue((row.Group, row.Thing), out (string After, string By) change) && change.After == row.After
            ? row with { By = change.By }
            : row;

    /// <inheritdoc/>
    public void BeforeStage(Context context, ActorId actor)
    {
        NoteWait();
        ref readonly Task task = ref context.World.Machine.TaskAt(actor);
        begun = new ExplainedStage(actor, task.Path, StageNames.Of(task.Path, task.Stage), Waited: false);
    }

    /// <inheritdoc/>
    public void AfterStage(Context context, ActorId actor)
    {
        if (begun is null)
        {
            return;
        }

        stages.Add(begun);
        ImmutableArray<StateItem> after = StateItems.Of(in context.World);
        foreach (StateRow row in StateTable.Join(before, after, onlyChanged: true))
        {
            last[(row.Group, row.Thing)] = (row.After, begun.Name);
        }

        before = after;
        begun = null;
    }

    /// <summary>A stage that was begun and never over had to wait; asking it again and again is told once.</summary>
    private void NoteWait()
    {
        if (begun is not null)
        {
            ExplainedStage waited = begun with { Waited = true };
            begun = null;
            if (!stages.Contains(waited))
            {
                stages.Add(waited);
            }
        }
    }
}
