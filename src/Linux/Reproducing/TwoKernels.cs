// One program on two models, the kernel with the bug and the one without: what each line shows on either, in the terms
// of a C program. Not covered: prolonging a program until something tells (TellingEnd).

using System;
using System.Collections.Generic;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.State;

namespace MmFuzz.Linux.Reproducing;

/// <summary>The two models.</summary>
internal sealed class TwoKernels
{
    private readonly ModelSide repaired;
    private readonly ModelSide broken;
    private readonly StepRecord withoutBug = new();
    private readonly StepRecord withBug = new();
    private readonly OperationKind[] kinds = new OperationKind[Limits.Actors];
    private readonly bool[] writes = new bool[Limits.Actors];

    /// <summary>Makes them.</summary>
    public TwoKernels(Profile repaired, Profile broken)
    {
        this.repaired = new ModelSide(repaired);
        this.broken = new ModelSide(broken);
    }

    /// <summary>The machine without the bug, where the last run ended.</summary>
    public ref readonly Machine Repaired => ref repaired.Machine;

    /// <summary>Runs a program as far as both kernels answer the same; answers what each line showed.</summary>
    /// <param name="program">The program.</param>
    /// <param name="wakesLastFirst">Who goes on first where two threads are woken at once.</param>
    public List<List<Sight>> Run(ReadOnlyMemory<Operation> program, bool wakesLastFirst = false)
    {
        var lines = new List<List<Sight>>();
        repaired.Begin(program);
        broken.Begin(program);
        for (int i = 0; i < program.Length; i++)
        {
            ref readonly Operation op = ref program.Span[i];
            SkipReason first = repaired.Execute(withoutBug, wakesLastFirst);
            SkipReason second = broken.Execute(withBug, wakesLastFirst);
            List<Sight> sights = Sights(in op, first, second);
            lines.Add(sights);
            if (sights.Exists(static sight => sight.Tells))
            {
                break;
            }

            if (sights[0].Repaired.How == How.Waits)
            {
                kinds[op.Actor.Value] = op.Kind;
                writes[op.Actor.Value] = op.Has(OperationFlags.Write);
            }
        }

        return lines;
    }

    /// <summary>What pagemap and kpageflags tell of the pages as the last run left them, best first.</summary>
    public Sight? PageThatTells()
    {
        (PageBits Bit, Look Look)[] looks =
        [
            (PageBits.UffdWp, new Look(LookKind.PagemapBit, 57)), (PageBits.Guard, new Look(LookKind.PagemapBit, 58)),
            (PageBits.Present, new Look(LookKind.PagemapBit, 63)),
            (PageBits.AnonExclusive, new Look(LookKind.PageFlag, 34)),
        ];
        foreach ((PageBits bit, Look look) in looks)
        {
            for (int entry = 0; entry < Limits.Entries; entry++)
            {
                PageWord one = withoutBug.Pages[entry];
                PageWord other = withBug.Pages[entry];
                bool looksAtPage = look.Kind == LookKind.PageFlag;
                if (one.Has(bit) != other.Has(bit)
                    && (!looksAtPage || (one.HasFrame && other.HasFrame && one.Has(PageBits.Anon))))
                {
                    Look at = look with
                    {
                        Process = entry / Limits.PagesPerMm,
                        Page = entry % Limits.PagesPerMm,
                    };
                    return new Sight(at, Of(one.Has(bit)), Of(other.Has(bit)));
                }
            }
        }

        return null;
    }

    /// <summary>What pagemap and kpageflags tell of each page that is there as the last run left it.</summary>
    public List<Sight> PagesAtTheEnd()
    {
        var sights = new List<Sight>();
        for (int entry = 0; entry < Limits.Entries; entry++)
        {
            PageWord page = withBug.Pages[entry];
            if (page.Word == 0)
            {
                continue;
            }

            (int process, int number) = (entry / Limits.PagesPerMm, entry % Limits.PagesPerMm);
            sights.Add(Same(new Look(LookKind.PagemapBit, 57, process, number), page.Has(PageBits.UffdWp)));
            if (page.HasFrame && page.Has(PageBits.Anon))
            {
                sights.Add(Same(new Look(LookKind.PageFlag, 34, process, number), page.Has(PageBits.AnonExclusive)));
            }
        }

        return sights;

        static Sight Same(Look look, bool set) => new(look, Of(set), Of(set));
    }

    private static LineOutcome Of(bool set) => new(How.Sees, set ? 1ul : 0);

    private List<Sight> Sights(in Operation op, SkipReason first, SkipReason second)
    {
        var sights = new List<Sight>
        {
            new(new Look(LookKind.Result), ResultOf(in op, withoutBug, first), ResultOf(in op, withBug, second)),
        };
        int pages = op.Kind == OperationKind.PipeRead
            ? Math.Min(withoutBug.Values.Count, withBug.Values.Count) : 0;
        for (int page = 1; page < pages; page++)
        {
            sights.Add(new Sight(
                new Look(LookKind.FurtherPage, page),
                new LineOutcome(How.Sees, withoutBug.Values[page]), new LineOutcome(How.Sees, withBug.Values[page])));
        }

        for (int page = op.Va.Value; op.Kind == OperationKind.Pageout && page < op.End; page++)
        {
            int entry = new EntryIndex(op.Process, new Va((byte)page)).Value;
            if (IsOut(withoutBug.Pages[entry]) && IsOut(withBug.Pages[entry]))
            {
                var look = new Look(LookKind.SwappedOut, 0, op.Process.Value, page);
                sights.Add(new Sight(look, new LineOutcome(How.Ends, 0), new LineOutcome(How.Ends, 0)));
            }
        }

        for (byte actor = 0; actor < Limits.UserActors; actor++)
        {
            LineOutcome one = CompletionOf(withoutBug, actor);
            LineOutcome other = CompletionOf(withBug, actor);
            if (one.How != How.Waits || other.How != How.Waits)
            {
                sights.Add(new Sight(new Look(LookKind.Thread, actor), one, other));
            }
        }

        return sights;
    }

    private static bool IsOut(PageWord page) => page.Has(PageBits.Swap) && page.Number != 0;

    /// <summary>A call that never ends (the model has it killed) is seen to take very long.</summary>
    private static LineOutcome ResultOf(in Operation op, StepRecord step, SkipReason skip) =>
        skip != SkipReason.None ? LineOutcome.Busy
        : step.Status == StepStatus.Blocked || (op.Kind == OperationKind.Guard && step.Error > StepRecord.SignalBase)
            ? LineOutcome.Waits
        : step.Error != 0 ? LineOutcome.OfError(step.Error)
        : step.Values.Count > 0 ? new LineOutcome(How.Sees, step.Values[0])
        : new LineOutcome(How.Ends, 0);

    private LineOutcome CompletionOf(StepRecord step, byte actor)
    {
        foreach (Completion one in step.Completions)
        {
            if (one.Actor == actor)
            {
                bool reads = kinds[actor] == OperationKind.Load
                    || (kinds[actor] is OperationKind.DirectIo or OperationKind.ProcessVm && !writes[actor]);
                return one.Error == 0 && reads
                    ? new LineOutcome(How.Sees, one.Value)
                    : LineOutcome.OfError(one.Error);
            }
        }

        return LineOutcome.Waits;
    }
}
