// Compares what the model and the kernel showed of one operation, kind by kind, and counts how often it did. What Linux
// may do in two ways is no divergence; it is declared in DeclaredDifferences and nowhere else.
// Not covered: whether a divergence is noise (DifferentialRunner runs it again).

using System;
using System.Collections.Generic;
using System.Linq;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.State;

namespace MmFuzz.Linux;

/// <summary>What is compared.</summary>
public enum ComparisonKind : byte
{
    /// <summary>Whether the operation ended or waits.</summary>
    Status,

    /// <summary>errno.</summary>
    Errno,

    /// <summary>Signals.</summary>
    Signal,

    /// <summary>What was read.</summary>
    Data,

    /// <summary>Faults that managers hear of.</summary>
    Event,

    /// <summary>Who went on.</summary>
    Woken,

    /// <summary>Which processes live.</summary>
    Processes,

    /// <summary>pagemap: present.</summary>
    Present,

    /// <summary>pagemap: swap entry or marker.</summary>
    Swap,

    /// <summary>pagemap: of a file or shared; kpageflags: anonymous; the zero page.</summary>
    PageType,

    /// <summary>pagemap: uffd-wp.</summary>
    UffdWp,

    /// <summary>pagemap: guard.</summary>
    Guard,

    /// <summary>pagemap: mapped exactly once.</summary>
    MappedOnce,

    /// <summary>kpageflags: AnonExclusive.</summary>
    AnonExclusive,

    /// <summary>kpagecount.</summary>
    Mapcount,

    /// <summary>Which entries name the same page frame.</summary>
    SamePage,

    /// <summary>Which entries name the same place in the swap area.</summary>
    SameSlot,

    /// <summary>Whether a page stayed the same page frame over the operation.</summary>
    KeptPage,

    /// <summary>Bytes behind pins and in pipes.</summary>
    Handle,

    /// <summary>What every page reads in the end.</summary>
    FinalData,

    /// <summary>Whether there is an answer: no executor ended or hung over it.</summary>
    Answer,
}

/// <summary>The first difference of a program.</summary>
/// <param name="Kind">What differs.</param>
/// <param name="Line">After which operation, from 0.</param>
/// <param name="Where">Of what.</param>
/// <param name="Model">What the model shows.</param>
/// <param name="Kernel">What the kernel shows.</param>
public sealed record Difference(ComparisonKind Kind, int Line, string Where, string Model, string Kernel)
{
    /// <inheritdoc/>
    public override string ToString() =>
        $"{Names.Dashed(Kind)} of {Where}: the model says {Model}, the kernel {Kernel}";
}

/// <summary>Compares steps.</summary>
public sealed class Comparison
{
    private const PageBits Type = PageBits.File | PageBits.Anon | PageBits.Zero | PageBits.Ksm | PageBits.Huge;
    private static readonly (PageBits Bits, ComparisonKind Kind)[] OfPages =
    [
        (PageBits.Present, ComparisonKind.Present), (PageBits.Swap, ComparisonKind.Swap),
        (PageBits.UffdWp, ComparisonKind.UffdWp), (PageBits.Guard, ComparisonKind.Guard),
        (Type, ComparisonKind.PageType),
        (PageBits.MappedOnce, ComparisonKind.MappedOnce), (PageBits.AnonExclusive, ComparisonKind.AnonExclusive),
    ];

    private readonly long[] counts = new long[(int)ComparisonKind.Answer + 1];
    private readonly Dictionary<ulong, ulong> toKernel = [];
    private readonly Dictionary<ulong, ulong> toModel = [];

    /// <summary>Whether page frame numbers and flags can be seen.</summary>
    public bool SeesPages { get; set; } = true;

    /// <summary>How often each kind was compared.</summary>
    public ReadOnlySpan<long> Counts => counts;

    /// <summary>Counts that something was compared elsewhere.</summary>
    internal void Count(ComparisonKind kind) => counts[(int)kind]++;

    /// <summary>Compares one operation; null if both show the same.</summary>
    /// <param name="line">Which operation.</param>
    /// <param name="model">What the model showed.</param>
    /// <param name="kernel">What the kernel showed.</param>
    /// <param name="before">What both showed before it; null at the beginning.</param>
    public Difference? Compare(
        int line, StepRecord model, StepRecord kernel, (StepRecord Model, StepRecord Kernel)? before) =>
        CompareResult(line, model, kernel)
        ?? CompareWaiting(line, model, kernel)
        ?? ComparePages(line, model, kernel)
        ?? CompareNames(line, model, kernel, ComparisonKind.SamePage)
        ?? CompareNames(line, model, kernel, ComparisonKind.SameSlot)
        ?? (before is { } old && model.Completions.Count == 0
            ? CompareKept(line, (model, kernel), old)
            : null)
        ?? CompareHandles(line, model, kernel);

    /// <summary>Compares what was loaded in the end.</summary>
    public Difference? CompareEnd(int line, ReadOnlySpan<ushort> masks, List<ulong> model, List<ulong> kernel)
    {
        int at = 0;
        for (int p = 0; p < Limits.Mms; p++)
        {
            for (int page = 0; page < Limits.PagesPerMm; page++)
            {
                if (((masks[p] >> page) & 1) == 0)
                {
                    continue;
                }

                counts[(int)ComparisonKind.FinalData]++;
                if (at >= kernel.Count || model[at] != kernel[at])
                {
                    string found = at < kernel.Count ? ValueText.Of(kernel[at]) : "nothing";
                    return new Difference(
                        ComparisonKind.FinalData, line, $"p{p}:{page}", ValueText.Of(model[at]), found);
                }

                at++;
            }
        }

        return null;
    }

    private Difference? CompareResult(int line, StepRecord model, StepRecord kernel)
    {
        counts[(int)ComparisonKind.Status]++;
        if (model.Status != kernel.Status)
        {
            return new Difference(
                ComparisonKind.Status, line, "the line", StepText.Result(model), StepText.Result(kernel));
        }

        bool signal = Math.Max(model.Error, kernel.Error) >= StepRecord.SignalBase;
        ComparisonKind kind = signal ? ComparisonKind.Signal : ComparisonKind.Errno;
        counts[(int)kind] += model.Status == StepStatus.Ended ? 1 : 0;
        if (model.Error != kernel.Error)
        {
            return new Difference(
                kind, line, "the line", ErrorNumbers.Name(model.Error), ErrorNumbers.Name(kernel.Error));
        }

        if (model.Error != 0 || model.Status != StepStatus.Ended)
        {
            return null; // what was read on the way to an error is nobody's promise
        }

        counts[(int)ComparisonKind.Data] += model.Values.Count;
        return model.Values.SequenceEqual(kernel.Values)
            ? null
            : new Difference(
                ComparisonKind.Data, line, "the line", ValueText.Of(model.Values), ValueText.Of(kernel.Values));
    }

    private Difference? CompareWaiting(int line, StepRecord model, StepRecord kernel)
    {
        counts[(int)ComparisonKind.Event] += model.Events.Count;
        counts[(int)ComparisonKind.Woken] += model.Completions.Count;
        counts[(int)ComparisonKind.Processes]++;
        if (!Same(model.Events, kernel.Events))
        {
            return new Difference(
                ComparisonKind.Event, line, "the line", StepText.Events(model), StepText.Events(kernel));
        }

        if (!SameCompletions(model.Completions, kernel.Completions))
        {
            return new Difference(
                ComparisonKind.Woken, line, "the line", StepText.Completions(model), StepText.Completions(kernel));
        }

        return model.Live == kernel.Live
            ? null
            : new Difference(
                ComparisonKind.Processes, line, "the line", StepText.Live(model.Live), StepText.Live(kernel.Live));
    }

    private static bool Same(List<SeenEvent> model, List<SeenEvent> kernel)
    {
        if (model.Count != kernel.Count)
        {
            return false;
        }

        foreach (SeenEvent one in model)
        {
            if (!kernel.Contains(one))
            {
                return false; // the order is that of the queue's slots, not of time
            }
        }

        return true;
    }

    private static bool SameCompletions(List<Completion> model, List<Completion> kernel)
    {
        if (model.Count != kernel.Count)
        {
            return false;
        }

        for (int i = 0; i < model.Count; i++)
        {
            if (model[i].Actor != kernel[i].Actor || model[i].Error != kernel[i].Error
                || model[i].Value != kernel[i].Value)
            {
                return false;
            }
        }

        return true;
    }

    private Difference? ComparePages(int line, StepRecord model, StepRecord kernel)
    {
        for (int live = model.Live, first = 0; live != 0; live >>= 1, first += Limits.PagesPerMm)
        {
            for (int entry = first; entry < first + Limits.PagesPerMm && (live & 1) != 0; entry++)
            {
                PageWord left = model.Pages[entry];
                PageWord right = kernel.Pages[entry];
                if ((left.Word | right.Word) == 0)
                {
                    counts[(int)ComparisonKind.Present]++;
                    continue;
                }

                if (ComparePage(line, entry, left, right) is { } difference)
                {
                    return difference;
                }
            }
        }

        return null;
    }

    private Difference? ComparePage(int line, int entry, PageWord model, PageWord kernel)
    {
        foreach ((PageBits bits, ComparisonKind kind) in OfPages)
        {
            bool ofFrame = kind is ComparisonKind.PageType or ComparisonKind.AnonExclusive;
            bool applies = kind switch
            {
                ComparisonKind.AnonExclusive => model.Has(PageBits.Anon),
                ComparisonKind.MappedOnce or ComparisonKind.PageType => model.Has(PageBits.Present),
                _ => true,
            };
            if ((ofFrame && !SeesPages) || !applies)
            {
                continue;
            }

            counts[(int)kind]++;
            if (((model.Bits ^ kernel.Bits) & bits) != 0)
            {
                return new Difference(
                    kind, line, new EntryIndex((byte)entry).ToString(), StepText.Page(model), StepText.Page(kernel));
            }
        }

        if (SeesPages && model.HasFrame)
        {
            counts[(int)ComparisonKind.Mapcount]++;
            if (model.Mapcount != kernel.Mapcount)
            {
                return new Difference(
                    ComparisonKind.Mapcount, line, new EntryIndex((byte)entry).ToString(),
                    StepText.Page(model), StepText.Page(kernel));
            }
        }

        return null;
    }

    /// <summary>Frames, or places in the swap area: both sides must group entries in the same way.</summary>
    private Difference? CompareNames(int line, StepRecord model, StepRecord kernel, ComparisonKind kind)
    {
        if (!SeesPages)
        {
            return null;
        }

        toKernel.Clear();
        toModel.Clear();
        for (int entry = 0; entry < Limits.Entries; entry++)
        {
            PageWord left = model.Pages[entry];
            PageWord right = kernel.Pages[entry];
            bool named = kind == ComparisonKind.SamePage
                ? left.HasFrame
                : left.Has(PageBits.Swap) && left.Number != 0;
            if (!named)
            {
                continue;
            }

            counts[(int)kind]++;
            bool known = toKernel.TryGetValue(left.Number, out ulong there);
            bool back = toModel.TryGetValue(right.Number, out ulong here);
            if (known != back || (known && there != right.Number) || (back && here != left.Number))
            {
                return new Difference(
                    kind, line, new EntryIndex((byte)entry).ToString(),
                    known ? "the same as an earlier entry" : "none of the earlier entries",
                    back ? "the same as an earlier entry" : "none of the earlier entries");
            }

            toKernel[left.Number] = right.Number;
            toModel[right.Number] = left.Number;
        }

        return null;
    }

    private Difference? CompareKept(
        int line, (StepRecord Model, StepRecord Kernel) now, (StepRecord Model, StepRecord Kernel) before)
    {
        for (int entry = 0; entry < Limits.Entries && SeesPages; entry++)
        {
            if (!now.Model.Pages[entry].HasFrame || !before.Model.Pages[entry].HasFrame
                || (((now.Model.MayMove | now.Model.Renewed) >> entry) & 1) != 0)
            {
                continue;
            }

            counts[(int)ComparisonKind.KeptPage]++;
            bool model = now.Model.Pages[entry].Number == before.Model.Pages[entry].Number;
            bool kernel = now.Kernel.Pages[entry].Number == before.Kernel.Pages[entry].Number;
            if (model != kernel)
            {
                return new Difference(
                    ComparisonKind.KeptPage, line, new EntryIndex((byte)entry).ToString(),
                    model ? "kept" : "replaced", kernel ? "kept" : "replaced");
            }
        }

        return null;
    }

    private Difference? CompareHandles(int line, StepRecord model, StepRecord kernel)
    {
        for (int h = 0; h < Limits.Handles; h++)
        {
            int inModel = ((model.Handles >> h) & 1) == 0 ? 0 : model.HandleCounts[h];
            int inKernel = ((kernel.Handles >> h) & 1) == 0 ? 0 : kernel.HandleCounts[h];
            counts[(int)ComparisonKind.Handle] += inModel;
            ReadOnlySpan<ulong> left = model.HandleValues.AsSpan(h * Limits.HandlePages, inModel);
            ReadOnlySpan<ulong> right = kernel.HandleValues.AsSpan(h * Limits.HandlePages, inKernel);
            if (!left.SequenceEqual(right))
            {
                return new Difference(
                    ComparisonKind.Handle, line, $"g{h}", ValueText.Of(left.ToArray()), ValueText.Of(right.ToArray()));
            }
        }

        return null;
    }
}
