// One entry in words, for reports, traces and messages. Not covered: colours and tables (src/Reports).

using System.Text;

namespace MmFuzz.Engine.State;

/// <summary>Words for page-table entries.</summary>
public static class PteText
{
    /// <summary>The entry as a short text: <c>pfn3 write dirty</c>, <c>slot2 exclusive</c>, <c>none</c>.</summary>
    public static string Describe(Pte pte)
    {
        int number = (int)(pte.Raw >> 16);
        string head = pte.Kind switch
        {
            PteKind.None => "none",
            PteKind.Present => number == 0 ? "zero page" : $"pfn{number}",
            PteKind.Swap => $"swap slot{number}",
            PteKind.MigrationRead => $"migration-read pfn{number}",
            PteKind.MigrationReadExclusive => $"migration-read-exclusive pfn{number}",
            PteKind.MigrationWrite => $"migration-write pfn{number}",
            PteKind.DevicePrivate => $"device-private pfn{number}",
            PteKind.DeviceExclusive => $"device-exclusive pfn{number}",
            PteKind.HwPoison => $"hwpoison pfn{number}",
            PteKind.Marker => "marker",
            PteKind.PoisonMarker => "poison marker",
            PteKind.GuardMarker => "guard marker",
        };
        var text = new StringBuilder(head);
        Append(text, pte, EntryBits.Write, " write");
        Append(text, pte, EntryBits.Dirty, " dirty");
        Append(text, pte, EntryBits.SoftDirty, " soft-dirty");
        Append(text, pte, EntryBits.UffdWp, " uffd-wp");
        Append(text, pte, EntryBits.Protnone, " protnone");
        Append(text, pte, EntryBits.Exclusive, " exclusive");
        return text.ToString();
    }

    private static void Append(StringBuilder text, Pte pte, EntryBits bit, string word)
    {
        if ((pte.Bits & bit) != 0)
        {
            text.Append(word);
        }
    }
}
