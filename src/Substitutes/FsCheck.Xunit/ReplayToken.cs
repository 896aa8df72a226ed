// What this file covers: reading the token a failure prints, "(seed,gamma,size)" or "(seed,gamma)", with or without
// brackets and blanks, and handing it to FsCheck's configuration.
// What it does not cover: tokens of FsCheck 2, and tokens for a shrunk example (FsCheck prints the seed of the
// original, and a replay shrinks it again).

using System;
using System.Globalization;

namespace FsCheck.Xunit;

/// <summary>Where a run starts to draw, and the size of its only test if it is to have just one.</summary>
internal sealed record ReplayToken(ulong Seed, ulong Gamma, int? Size)
{
    /// <summary>Reads a token.</summary>
    /// <exception cref="FormatException">The text is no token; a typo must not become a run of fresh seeds.</exception>
    internal static ReplayToken Parse(string text)
    {
        string bare = text.Trim();
        if (bare.StartsWith('(') && bare.EndsWith(')'))
            bare = bare[1..^1];
        string[] parts = bare.Split(',');
        // SplitMix, FsCheck's source of randomness, steps by gamma: an even one visits only part of the numbers.
        if (parts.Length is 2 or 3
            && TryRead(parts[0], out ulong seed)
            && TryRead(parts[1], out ulong gamma) && ulong.IsOddInteger(gamma))
        {
            if (parts.Length == 2)
                return new ReplayToken(seed, gamma, null);
            if (int.TryParse(parts[2], NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite,
                    CultureInfo.InvariantCulture, out int size))
                return new ReplayToken(seed, gamma, size);
        }
        throw new FormatException(
            $"Replay = \"{text}\" is not \"seed,gamma\" or \"seed,gamma,size\" (gamma odd, size not negative).");
    }

    /// <summary>The configuration, starting at this token.</summary>
    internal Config ApplyTo(Config config) =>
        Size is { } size ? config.WithReplay(Seed, Gamma, size) : config.WithReplay(Seed, Gamma);

    // No sign, no thousands: what FsCheck prints, with blanks around it.
    private static bool TryRead(string text, out ulong number) =>
        ulong.TryParse(text, NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite,
            CultureInfo.InvariantCulture, out number);
}
