// Enum members in the spelling of the command line and of programs: WriteProtect -> write-protect.

using System;
using System.Text;

namespace MmFuzz.Engine.Fixes;

/// <summary>Spelling of names.</summary>
public static class Names
{
    /// <summary>A member's name in lower case with dashes.</summary>
    public static string Dashed<T>(T value)
        where T : struct, Enum => Dashed(value.ToString());

    private static string Dashed(string name)
    {
        var text = new StringBuilder();
        foreach (char letter in name)
        {
            if (char.IsUpper(letter) && text.Length > 0)
            {
                text.Append('-');
            }

            text.Append(char.ToLowerInvariant(letter));
        }

        return text.ToString();
    }
}
