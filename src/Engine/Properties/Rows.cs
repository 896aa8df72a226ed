// The reference memory's arithmetic: which contents a row allows, how it opens while a discard or a fork is under way
// and how it closes again. Not covered: which operation does what to which rows (Contracts).

using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Properties;

/// <summary>Opening, closing and asking rows.</summary>
internal static class Rows
{
    /// <summary>Whether a private row allows the content.</summary>
    public static bool Allows(in PageRow row, Token token) =>
        (token.IsZero && row.HasAny(RowFlags.Lazyfree)) || AllowsKept(in row, token);

    private static bool AllowsKept(in PageRow row, Token token) =>
        !row.IsOpen
            ? token == row.Value
            : (row.HasAny(RowFlags.MayBeOld) && token == row.Value)
                || (row.HasAny(RowFlags.MayBeZero) && token.IsZero)
                || (row.HasAny(RowFlags.MayBeNewer) && token.Origin == row.Source && !token.IsZero
                    && token.Serial >= row.Since && token.Serial < row.Until)
                || row.HasAny(RowFlags.MayBeAnything);

    /// <summary>Whether the page's owner may find the content there, be it private or shared.</summary>
    public static bool Allows(in Reference reference, in PageRow row, Token token) =>
        row.HasAny(RowFlags.Shared) ? reference.FileAt(row.File).Value == token : Allows(in row, token);

    /// <summary>What the row allows, in words.</summary>
    public static string Describe(in Reference reference, in PageRow row)
    {
        if (row.HasAny(RowFlags.Shared))
        {
            return $"{reference.FileAt(row.File).Value}";
        }

        if (!row.IsOpen)
        {
            return row.HasAny(RowFlags.Lazyfree) ? $"{row.Value} or 0" : $"{row.Value}";
        }

        string old = row.HasAny(RowFlags.MayBeOld) ? $"{row.Value} or " : string.Empty;
        string zero = row.HasAny(RowFlags.MayBeZero) ? "0 or " : string.Empty;
        string newer = row.HasAny(RowFlags.MayBeNewer)
            ? $"a store of {row.Source} from #{row.Since} to #{row.Until - 1} or "
            : string.Empty;
        string all = old + zero + newer;
        return all.Length == 0 ? "anything" : all[..^4];
    }

    /// <summary>The row has this content, and no other.</summary>
    public static void Close(ref PageRow row, Token value)
    {
        row.Flags &= ~(RowFlags.Open | RowFlags.StoredWhileOpen);
        row.Value = value;
        row.Since = 0;
        row.Until = 0;
        row.Source = default;
    }

    /// <summary>A discard begins: old, zero, or what is stored meanwhile.</summary>
    public static void OpenForDiscard(ref PageRow row, EntryIndex entry, int serial)
    {
        if (row.IsOpen)
        {
            row.Flags |= row.HasAny(RowFlags.MayBeNewer) && row.Source == entry
                ? RowFlags.MayBeZero
                : RowFlags.MayBeAnything;
            row.Until = Limits.Serials;
            return;
        }

        row.Flags |= RowFlags.MayBeOld | RowFlags.MayBeZero | RowFlags.MayBeNewer;
        row.Since = (ushort)(serial + 1);
        row.Until = Limits.Serials;
        row.Source = entry;
    }

    /// <summary>A discard ends: zero, or what was stored meanwhile.</summary>
    public static void EndDiscard(ref PageRow row, int serial)
    {
        if (!row.IsOpen)
        {
            return; // a store that came after the page was zapped has closed it already
        }

        if (!row.HasAny(RowFlags.StoredWhileOpen) && !row.HasAny(RowFlags.MayBeAnything))
        {
            Close(ref row, Token.Zero);
            return;
        }

        row.Flags &= ~RowFlags.MayBeOld;
        row.Until = (ushort)(serial + 1);
    }
}
