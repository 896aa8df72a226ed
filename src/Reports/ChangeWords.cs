// A change of one thing in as few words as tell it: of a text in parts, only the parts that changed.
// Not covered: finding changes (StateTable).

using System.Linq;

namespace MmFuzz.Reports;

/// <summary>Words for changes.</summary>
public static class ChangeWords
{
    private const string Between = ", ";

    /// <summary>What changed: <c>- => pfn1 write</c>, <c>refcount 1 => refcount 2</c>, <c>now also dirty</c>.</summary>
    public static string Of(StateRow row)
    {
        if (row.Before == StateTable.Empty || row.After == StateTable.Empty)
        {
            return $"{row.Before}  =>  {row.After}";
        }

        string[] before = row.Before.Split(Between);
        string[] after = row.After.Split(Between);
        string gone = string.Join(Between, before.Except(after));
        string come = string.Join(Between, after.Except(before));
        return come.Length == 0 ? $"no longer {gone}"
            : gone.Length == 0 ? $"now also {come}"
            : $"{gone}  =>  {come}";
    }
}
