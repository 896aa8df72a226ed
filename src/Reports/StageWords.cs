// The stages of a line in words: which kernel functions it went through, and in which stages of each.
// Not covered: names (StageNames).

using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MmFuzz.Engine.State;

namespace MmFuzz.Reports;

/// <summary>Words for stages.</summary>
public static class StageWords
{
    /// <summary>
    /// All of them: <c>`handle_mm_fault` (enter), `do_wp_page` (judge, copy)</c>; another thread than the line's own
    /// is named before what it executes.
    /// </summary>
    public static string Of(ExplainedStep step) => Of(step.Stages, step.Operation.Actor);

    /// <summary>Some stages, told as a thread's own.</summary>
    public static string Of(ImmutableArray<ExplainedStage> stages, ActorId actor)
    {
        var parts = new List<string>();
        for (int i = 0; i < stages.Length;)
        {
            ExplainedStage first = stages[i];
            ExplainedStage[] run = [.. stages.Skip(i)
                .TakeWhile(stage => stage.Path == first.Path && stage.Actor == first.Actor)];
            string who = first.Actor == actor ? string.Empty : $"{first.Actor}: ";
            parts.Add($"{who}`{StageNames.Of(first.Path)}` ({Names(run)})");
            actor = first.Actor;
            i += run.Length;
        }

        return string.Join(", ", parts);
    }

    /// <summary>The stages' names; what comes again at once is counted.</summary>
    private static string Names(ExplainedStage[] run)
    {
        var names = new List<string>();
        for (int i = 0; i < run.Length;)
        {
            int end = i + 1;
            while (end < run.Length && run[end] == run[i])
            {
                end++;
            }

            string times = end - i == 1 ? string.Empty : $" x{end - i}";
            names.Add(run[i].Stage + times + (run[i].Waited ? ": must wait" : string.Empty));
            i = end;
        }

        return string.Join(", ", names);
    }
}
