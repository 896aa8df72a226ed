// A program on both sides as two traces beside each other: of each line what it answered, and of each page that changed
// on either side what it is now. Page frames are named by letters, each side in the order in which it shows them.
// Not covered: where they differ first (Comparison), printing (fuzz/).

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using MmFuzz.Engine.State;

namespace MmFuzz.Linux;

/// <summary>A row of the two traces.</summary>
/// <param name="Line">The operation's number from 0; -1 for more about the one above.</param>
/// <param name="What">The operation, or what is shown of it.</param>
/// <param name="Model">What the model shows.</param>
/// <param name="Kernel">What the kernel shows.</param>
public sealed record TraceRow(int Line, string What, string Model, string Kernel)
{
    /// <summary>Whether the sides differ here.</summary>
    public bool Differs => Model != Kernel;
}

/// <summary>Makes traces.</summary>
public static class SideBySide
{
    /// <summary>The rows of a program that was run, up to where it was compared.</summary>
    public static ImmutableArray<TraceRow> Of(PreparedProgram prepared, Difference? difference)
    {
        var rows = ImmutableArray.CreateBuilder<TraceRow>();
        var names = (Model: new Dictionary<ulong, string>(), Kernel: new Dictionary<ulong, string>());
        StepRecord? modelBefore = null;
        StepRecord? kernelBefore = null;
        for (int i = 0; i < prepared.Count && (difference is null || prepared.Lines[i] <= difference.Line); i++)
        {
            StepRecord model = prepared.Model(i);
            StepRecord kernel = prepared.Kernel(i);
            rows.Add(new TraceRow(
                prepared.Lines[i], prepared.Sent[i].ToString(), StepText.Result(model), StepText.Result(kernel)));
            AddRest(rows, model, kernel);
            for (int entry = 0; entry < Limits.Entries; entry++)
            {
                string left = Named(names.Model, model.Pages[entry]);
                string right = Named(names.Kernel, kernel.Pages[entry]);
                bool changed = left != Named(names.Model, modelBefore?.Pages[entry] ?? default)
                    || right != Named(names.Kernel, kernelBefore?.Pages[entry] ?? default);
                if (changed || left != right)
                {
                    rows.Add(new TraceRow(-1, "  " + new EntryIndex((byte)entry), left, right));
                }
            }

            (modelBefore, kernelBefore) = (model, kernel);
        }

        if (difference is { Kind: ComparisonKind.FinalData })
        {
            rows.Add(new TraceRow(-1, "  loaded in the end, " + difference.Where, difference.Model, difference.Kernel));
        }

        return rows.ToImmutable();
    }

    private static void AddRest(ImmutableArray<TraceRow>.Builder rows, StepRecord model, StepRecord kernel)
    {
        if (model.Events.Count + kernel.Events.Count > 0)
        {
            rows.Add(new TraceRow(-1, "  events", StepText.Events(model), StepText.Events(kernel)));
        }

        if (model.Completions.Count + kernel.Completions.Count > 0)
        {
            rows.Add(new TraceRow(-1, "  went on", StepText.Completions(model), StepText.Completions(kernel)));
        }

        for (int h = 0; h < Limits.Handles; h++)
        {
            string left = Handle(model, h);
            string right = Handle(kernel, h);
            if (right.Length > 0 && left != right)
            {
                rows.Add(new TraceRow(-1, string.Create(CultureInfo.InvariantCulture, $"  behind g{h}"), left, right));
            }
        }
    }

    private static string Handle(StepRecord step, int handle) => ((step.Handles >> handle) & 1) == 0
        ? string.Empty
        : ValueText.Of(step.HandleValues.Skip(handle * Limits.HandlePages).Take(step.HandleCounts[handle]));

    private static string Named(Dictionary<ulong, string> names, PageWord page)
    {
        string text = StepText.Page(page);
        bool slot = page.Has(PageBits.Swap) && page.Number != 0;
        if (!page.HasFrame && !slot)
        {
            return text;
        }

        ulong key = page.Number | (slot ? 1ul << 63 : 0);
        if (!names.TryGetValue(key, out string? name))
        {
            int count = names.Keys.Count(other => (other >> 63 != 0) == slot);
            name = slot
                ? string.Create(CultureInfo.InvariantCulture, $"slot {count + 1}")
                : "page " + (char)('A' + Math.Min(count, 'Z' - 'A'));
            names[key] = name;
        }

        return slot ? text : $"{name}: {text}";
    }
}
