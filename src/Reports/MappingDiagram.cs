// Who names which page: page tables, caches, handles and translations, as a picture in letters and as a mermaid
// graph. Not covered: time; it is one world at one moment.

using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using MmFuzz.Engine.State;

namespace MmFuzz.Reports;

/// <summary>Draws a world.</summary>
public static class MappingDiagram
{
    private sealed record Edge(string From, string Words, bool IsSolid);

    /// <summary>A line for each page, below it a line for each who names it.</summary>
    public static ImmutableArray<string> Letters(in World world)
    {
        var lines = ImmutableArray.CreateBuilder<string>();
        foreach ((string target, string words, List<Edge> edges) in Targets(in world))
        {
            lines.Add($"{target}: {words}");
            int width = 0;
            foreach (Edge edge in edges)
            {
                width = System.Math.Max(width, edge.From.Length);
            }

            foreach (Edge edge in edges)
            {
                lines.Add($"  {(edge.IsSolid ? "<--" : "<..")} {edge.From.PadRight(width)}  {edge.Words}");
            }
        }

        return lines.ToImmutable();
    }

    /// <summary>The same as a mermaid graph.</summary>
    public static string Mermaid(in World world)
    {
        var text = new StringBuilder("flowchart LR\n");
        var names = new List<string>();
        foreach ((string target, string words, List<Edge> edges) in Targets(in world))
        {
            text.Append(CultureInfo.InvariantCulture, $"  {Node(names, target)}[({Broken($"{target}, {words}")})]\n");
            foreach (Edge edge in edges)
            {
                string from = Node(names, edge.From);
                string label = Broken(edge.Words);
                string arrow = edge.IsSolid ? $"-- {label} -->" : $"-. {label} .->";
                text.Append(CultureInfo.InvariantCulture, $"  {from}[{Broken(edge.From)}]\n");
                text.Append(CultureInfo.InvariantCulture, $"  {from} {arrow} {Node(names, target)}\n");
            }
        }

        return text.ToString();
    }

    /// <summary>A label of a mermaid graph with each of its parts in a line of its own.</summary>
    private static string Broken(string words) =>
        $"\"`{string.Join("\n    ", words.Split([", ", "; "], System.StringSplitOptions.None))}`\"";

    private static string Node(List<string> names, string name)
    {
        int index = names.IndexOf(name);
        if (index < 0)
        {
            index = names.Count;
            names.Add(name);
        }

        return "n" + index.ToString(CultureInfo.InvariantCulture);
    }

    private static List<(string Target, string Words, List<Edge> Edges)> Targets(in World world)
    {
        var targets = new List<(string, string, List<Edge>)>();
        for (byte i = 0; i < Limits.Frames; i++)
        {
            var pfn = new Pfn(i);
            ref readonly Frame frame = ref world.Machine.FrameAt(pfn);
            List<Edge> edges = EdgesTo(in world, pfn);
            if (edges.Count > 0 || frame.Kind is not (FrameKind.Free or FrameKind.Zero))
            {
                targets.Add((pfn.IsZeroPage ? "zero page" : pfn.ToString(), StateItems.Frame(in frame), edges));
            }
        }

        for (byte i = 0; i < Limits.SwapSlots; i++)
        {
            ref readonly SwapSlot slot = ref world.Machine.SlotAt(new SlotId(i));
            if (slot.InUse)
            {
                string words = string.Create(
                    CultureInfo.InvariantCulture, $"count {slot.Count}, holds {StateItems.Content(slot.Content)}");
                targets.Add((new SlotId(i).ToString(), words, EdgesTo(in world, new SlotId(i))));
            }
        }

        return targets;
    }

    private static List<Edge> EdgesTo(in World world, Pfn pfn)
    {
        var edges = new List<Edge>();
        for (byte e = 0; e < Limits.Entries; e++)
        {
            Pte pte = world.Machine.PteAt(new EntryIndex(e));
            if ((pte.IsPresent || pte.IsMigration) && pte.Pfn == pfn)
            {
                edges.Add(FromEntry(in world, new EntryIndex(e), pte));
            }
        }

        for (byte h = 0; h < Limits.Handles; h++)
        {
            ref readonly GupHandle handle = ref world.Machine.HandleAt(new HandleId(h));
            for (int page = 0; handle.IsLive && page < handle.Count; page++)
            {
                if (handle.Pages[page] == pfn)
                {
                    string kind = handle.IsPin ? "pinned by a device"
                        : handle.Kind == HandleKind.Pipe ? "in a pipe"
                        : "got";
                    edges.Add(new Edge(
                        $"{new HandleId(h)}[{page}]", $"{kind}, {(handle.IsWrite ? "rw" : "r")}", IsSolid: true));
                }
            }
        }

        for (byte s = 0; s < Limits.SwapSlots; s++)
        {
            if (!pfn.IsZeroPage && world.Machine.SlotAt(new SlotId(s)).CachePage == pfn)
            {
                edges.Add(new Edge(new SlotId(s).ToString(), "swap cache", IsSolid: true));
            }
        }

        AddFiles(edges, in world.Machine, pfn);
        AddTranslations(edges, in world.Machine, pfn);
        return edges;
    }

    private static List<Edge> EdgesTo(in World world, SlotId slot)
    {
        var edges = new List<Edge>();
        for (byte e = 0; e < Limits.Entries; e++)
        {
            Pte pte = world.Machine.PteAt(new EntryIndex(e));
            if (pte.IsSwap && pte.Slot == slot)
            {
                edges.Add(FromEntry(in world, new EntryIndex(e), pte));
            }
        }

        return edges;
    }

    private static Edge FromEntry(in World world, EntryIndex entry, Pte pte)
    {
        string state = pte.ToString();
        int space = state.IndexOf(' ', System.StringComparison.Ordinal);
        string bits = pte.IsPresent
            ? (pte.Bits & EntryBits.Write) != 0 ? "writable" : "read-only"
            : state;
        string more = pte.IsPresent && space > 0 && !pte.IsZeroPage
            ? state[space..].Replace(" write", string.Empty, System.StringComparison.Ordinal)
            : string.Empty;
        string must = StateItems.MustHold(in world.Reference, entry);
        return new Edge($"page {entry.Va.Value} of {entry.Mm}", $"{bits}{more}; must hold {must}", IsSolid: true);
    }

    private static void AddFiles(List<Edge> edges, in Machine machine, Pfn pfn)
    {
        for (byte i = 0; i < Limits.CachePages; i++)
        {
            ref readonly CacheEntry cache = ref machine.CacheAt(new CacheIndex(i));
            if (cache.Kind == CacheKind.Page && cache.Pfn == pfn)
            {
                edges.Add(new Edge(new CacheIndex(i).ToString(), "page cache", IsSolid: true));
            }
        }
    }

    private static void AddTranslations(List<Edge> edges, in Machine machine, Pfn pfn)
    {
        for (int cpu = 0; cpu < Limits.Cpus; cpu++)
        {
            for (byte va = 0; va < Limits.PagesPerMm; va++)
            {
                TlbEntry entry = machine.TlbAt(cpu, new Va(va));
                if (entry.IsValid && entry.Pfn == pfn)
                {
                    string rights = entry.Write ? "writable" : "read-only";
                    edges.Add(new Edge($"TLB of cpu{cpu}", $"page {va} of {entry.Mm}, {rights}", IsSolid: false));
                }
            }
        }
    }
}
