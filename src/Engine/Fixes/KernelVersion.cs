// A kernel release, major and minor: what orders fixes and names profiles. Stable releases are not told apart.

using System;
using System.Globalization;

namespace MmFuzz.Engine.Fixes;

/// <summary>A kernel release.</summary>
/// <param name="Major">6 of v6.18.</param>
/// <param name="Minor">18 of v6.18.</param>
public readonly record struct KernelVersion(byte Major, byte Minor) : IComparable<KernelVersion>
{
    /// <summary>The newest release that the engine models.</summary>
    public static KernelVersion Newest => new(6, 18);

    /// <summary>Later than.</summary>
    public static bool operator >(KernelVersion left, KernelVersion right) => left.CompareTo(right) > 0;

    /// <summary>Earlier than.</summary>
    public static bool operator <(KernelVersion left, KernelVersion right) => left.CompareTo(right) < 0;

    /// <summary>Not earlier than.</summary>
    public static bool operator >=(KernelVersion left, KernelVersion right) => left.CompareTo(right) >= 0;

    /// <summary>Not later than.</summary>
    public static bool operator <=(KernelVersion left, KernelVersion right) => left.CompareTo(right) <= 0;

    /// <summary>Reads <c>v6.18</c> (or <c>6.18</c>).</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out KernelVersion version)
    {
        version = default;
        text = text.StartsWith("v", StringComparison.Ordinal) ? text[1..] : text;
        int dot = text.IndexOf('.');
        if (dot <= 0
            || !byte.TryParse(text[..dot], NumberStyles.None, CultureInfo.InvariantCulture, out byte major)
            || !byte.TryParse(text[(dot + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out byte minor))
        {
            return false;
        }

        version = new KernelVersion(major, minor);
        return true;
    }

    /// <inheritdoc/>
    public int CompareTo(KernelVersion other) =>
        Major != other.Major ? Major.CompareTo(other.Major) : Minor.CompareTo(other.Minor);

    /// <inheritdoc/>
    public override string ToString() => $"v{Major}.{Minor}";
}
