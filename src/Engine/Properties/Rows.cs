// The reference memory's arithmetic: which contents a row allows, how it opens while a discard or a fork is under way
// and how it closes again. Not covered: which operation does what to which rows (Contracts).

using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Properties;

/// <summary>Opening, closing and asking rows.</summary>
internal static class Rows
{
    /// <summary>What a private page holds that nobody has written: zeros, or what its file holds now.</summary>
    public static Token Backing(in Reference reference, in PageRow row) =>
        row.HasAny(RowFlags.HasFile) ? reference.FileAt(row.File).Value : Token.Zero;

    /// <summary>Whether the page's owner may find the content there, be it private or shared.</summary>
    public static bool Allows(in Reference reference, in PageRow row, Token token) =>
        row.HasAny(RowFlags.Shared) ? reference.FileAt(row.File).Value == token
        : (row.Flags & RowFlags.Open) == 0 ? token == row.Value || IsGone(in reference, in row, token)
        : OpenAllows(in reference, in row, token) || IsGone(in reference, in row, token);

    /// <summary>
    /// What reclaim leaves of a lazyfree page; and while a file is truncated, what its faults find until then.
    /// </summary>
    private static bool IsGone(in Reference reference, in PageRow row, Token token) =>
        (token.IsZero && row.HasAny(RowFlags.Lazyfree))
        || (row.HasAny(RowFlags.HasFile) && reference.FileAt(row.File).Place == FilePlace.BeingCut);

    private static bool OpenAllows(in Reference reference, in PageRow row, Token token) =>
        (row.HasAny(RowFlags.MayBeOld) && token == row.Value)
        || (row.HasAny(RowFlags.MayBeZero) && token == Backing(in reference, in row))
        || (row.HasAny(RowFlags.MayBeNewer) && token.Origin == row.Source && !token.IsZero
            && token.Serial >= row.Since && token.Serial < row.Until)
        || row.HasAny(RowFlags.MayBeAnything);

    /// <summary>What the row allows, in words.</summary>
    public static string Describe(in Reference reference, in PageRow row)
    {
        if (row.HasAny(RowFlags.Shared))
        {
            return $"{reference.FileAt(row.File).Value}";
        }

        if (row.IsUnbroken)
        {
            return $"{reference.FileAt(row.File).Value}, which its file holds";
        }

        if (!row.IsOpen)
        {
            return row.HasAny(RowFlags.Lazyfree) ? $"{row.Value} or 0" : $"{row.Value}";
        }

        string old = row.HasAny(RowFlags.MayBeOld) ? $"{row.Value} or " : string.Empty;
        string zero = row.HasAny(RowFlags.MayBeZero) ? $"{Backing(in reference, in row)} or " : string.Empty;
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

    /// <summary>Nobody has written the page: zeros, or whatever its file holds, now and later.</summary>
    public static void CloseToBacking(ref PageRow row)
    {
        Close(ref row, Token.Zero);
        row.Flags |= row.HasAny(RowFlags.HasFile) ? RowFlags.MayBeZero : RowFlags.None;
    }

    /// <summary>The page was seen to hold this; of a private page that has a file it may still be the file's.</summary>
    public static void CloseAsSeen(in Reference reference, ref PageRow row, Token value)
    {
        bool ambiguous = row.HasAny(RowFlags.HasFile) && row.HasAny(RowFlags.MayBeZero | RowFlags.MayBeAnything)
            && value == Backing(in reference, in row);
        Close(ref row, value);
        row.Flags |= ambiguous ? RowFlags.MayBeZero | RowFlags.MayBeOld : RowFlags.None;
    }

    /// <summary>A discard begins: old, backing, or what is stored meanwhile.</summary>
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

        row.Flags |= (row.IsUnbroken ? RowFlags.None : RowFlags.MayBeOld) | RowFlags.MayBeZero | RowFlags.MayBeNewer;
        row.Since = (ushort)(serial + 1);
        row.Until = Limits.Serials;
        row.Source = entry;
    }

    /// <summary>A discard ends: backing, or what was stored meanwhile.</summary>
    public static void EndDiscard(ref PageRow row, int serial)
    {
        if (!row.IsOpen)
        {
            return; // a store that came after the page was zapped has closed it already
        }

        if (!row.HasAny(RowFlags.StoredWhileOpen) && !row.HasAny(RowFlags.MayBeAnything))
        {
            CloseToBacking(ref row);
            return;
        }

        row.Flags &= ~RowFlags.MayBeOld;
        row.Until = (ushort)(serial + 1);
    }
}
