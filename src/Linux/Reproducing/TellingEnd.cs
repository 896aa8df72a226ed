// Prolongs a program whose bug has done its harm where nobody sees it, by as few operations as possible, until the two
// kernels answer differently: loads and stores of the pages that are there, what a device reads and writes, advice.
// Not covered: which operations can be asked for (NearestOperation).

using System;
using System.Collections.Generic;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.State;

namespace MmFuzz.Linux.Reproducing;

/// <summary>Searches ends that tell.</summary>
internal sealed class TellingEnd
{
    private const int MostRuns = 40_000;
    private readonly TwoKernels kernels;
    private int runs;

    /// <summary>Makes a search on two kernels.</summary>
    public TellingEnd(TwoKernels kernels)
    {
        this.kernels = kernels;
    }

    /// <summary>
    /// The shortest program that begins so and tells, with so many operations more; null if none was found.
    /// </summary>
    public Operation[]? Search(Operation[] program, int fewest, int most)
    {
        runs = 0;
        for (int added = fewest; added <= most; added++)
        {
            if (Prolonged(program, added) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private Operation[]? Prolonged(Operation[] program, int added)
    {
        kernels.Run(program);
        foreach (Operation next in Candidates(in kernels.Repaired, program))
        {
            Operation[] longer = [.. program, next];
            if (added > 1)
            {
                if (Prolonged(longer, added - 1) is { } found)
                {
                    return found;
                }
            }
            else if (runs++ < MostRuns && kernels.Run(longer)[^1].Exists(static sight => sight.Tells))
            {
                return longer;
            }
        }

        return null;
    }

    /// <summary>Pages that the program is about: something is in their entry, or it names them.</summary>
    private static List<EntryIndex> PagesOf(in Machine machine, Operation[] program)
    {
        var pages = new List<EntryIndex>();
        for (byte e = 0; e < Limits.Entries; e++)
        {
            var entry = new EntryIndex(e);
            bool mapped = machine.MmAt(entry.Mm).IsLive && machine.FindVma(entry.Mm, entry.Va) >= 0;
            bool named = Array.Exists(program, op => op.Kind != OperationKind.Mmap
                && op.Va.Value <= entry.Va.Value && op.End > entry.Va.Value);
            if (mapped && (named || !machine.PteAt(entry).IsNone))
            {
                pages.Add(entry);
            }
        }

        return pages;
    }

    private static List<Operation> Candidates(in Machine machine, Operation[] program)
    {
        var candidates = new List<Operation>();
        List<EntryIndex> pages = PagesOf(in machine, program);
        foreach (EntryIndex entry in pages)
        {
            if (!machine.TaskAt(new ActorId(entry.Mm.Value)).IsIdle)
            {
                continue;
            }

            foreach (OperationKind kind in (OperationKind[])
                [OperationKind.Load, OperationKind.Store, OperationKind.Pageout])
            {
                candidates.Add(OnPage(kind, entry));
            }
        }

        for (byte h = 0; h < Limits.Handles; h++)
        {
            ref readonly GupHandle handle = ref machine.HandleAt(new HandleId(h));
            for (byte page = 0; page < handle.Count && handle.IsLive; page++)
            {
                candidates.Add(OnHandle(OperationKind.DevRead, h, page));
                if (handle.IsPin && handle.IsWrite)
                {
                    candidates.Add(OnHandle(OperationKind.DevWrite, h, page));
                }
            }
        }

        AddManagers(in machine, pages, candidates);
        foreach (EntryIndex entry in pages)
        {
            candidates.Add(OnPage(OperationKind.Pagemap, entry)); // last: not every kernel is configured for it
        }

        return candidates;
    }

    /// <summary>What a manager reads, and whether it can answer.</summary>
    private static void AddManagers(in Machine machine, List<EntryIndex> pages, List<Operation> candidates)
    {
        for (byte u = 0; u < Limits.Uffds; u++)
        {
            if (!machine.UffdAt(new UffdId(u)).IsOpen)
            {
                continue;
            }

            candidates.Add(OnHandle(OperationKind.UffdRead, u, 0));
            foreach (EntryIndex entry in pages)
            {
                Operation fill = OnPage(OperationKind.Zeropage, entry);
                fill.Actor = ActorId.Outside0;
                fill.Process = MmId.None;
                fill.Slot = u;
                candidates.Add(fill);
            }
        }
    }

    private static Operation OnPage(OperationKind kind, EntryIndex entry) => new()
    {
        Kind = kind,
        Process = entry.Mm,
        Actor = new ActorId(entry.Mm.Value),
        Va = entry.Va,
        Length = 1,
    };

    private static Operation OnHandle(OperationKind kind, byte handle, byte page) => new()
    {
        Kind = kind,
        Slot = handle,
        Number = page,
        Actor = ActorId.Outside0,
    };
}
