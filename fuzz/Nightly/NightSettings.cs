// What a night is asked for. A night that was killed goes on only with what it was begun with.
// Not covered: its directory and its threads, which change nothing.

using System;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Text;

namespace MmFuzz.Cli.Nightly;

/// <summary>What a night is asked for.</summary>
/// <param name="Seed">Where the choices begin.</param>
/// <param name="Budget">Seconds; null if programs are counted.</param>
/// <param name="Programs">Programs of a variant; null if time decides.</param>
/// <param name="Parts">Which parts.</param>
/// <param name="Variants">Which variants are fuzzed.</param>
/// <param name="AllowSystemChanges">Whether settings of the system may be changed for the real kernel.</param>
internal sealed record NightSettings(
    ulong Seed,
    double? Budget,
    long? Programs,
    ImmutableArray<string> Parts,
    ImmutableArray<string> Variants,
    bool AllowSystemChanges)
{
    /// <summary>The command that asks for it.</summary>
    public string Command(string directory)
    {
        var text = new StringBuilder("mmfuzz nightly");
        text.Append(Programs is { } count
            ? FormattableString.Invariant($" --programs {count}")
            : FormattableString.Invariant($" --budget {Budget}s"));
        text.Append(CultureInfo.InvariantCulture, $" --seed {Seed}");
        foreach (string part in Parts.SequenceEqual(NightPlan.Names) ? [] : Parts)
        {
            text.Append(CultureInfo.InvariantCulture, $" --part {part}");
        }

        foreach (string variant in Variants.SequenceEqual(FuzzVariant.Names) ? [] : Variants)
        {
            text.Append(CultureInfo.InvariantCulture, $" --variant \"{variant}\"");
        }

        text.Append(AllowSystemChanges ? " --allow-system-changes" : string.Empty);
        text.Append(CultureInfo.InvariantCulture, $" --out {directory}");
        return text.ToString();
    }

    /// <summary>Whether both ask for the same.</summary>
    public bool IsSameAs(NightSettings other) =>
        this with { Parts = [], Variants = [] } == other with { Parts = [], Variants = [] }
        && Parts.SequenceEqual(other.Parts) && Variants.SequenceEqual(other.Variants);
}
