// A set of fixes as bits. Not covered: names and versions (FixCatalogue).

using System.Collections.Generic;
using System.Numerics;

namespace MmFuzz.Engine.Fixes;

/// <summary>A set of fixes.</summary>
/// <param name="Low">Fixes 0 to 63.</param>
/// <param name="High">Fixes 64 to 127.</param>
public readonly record struct FixSet(ulong Low, ulong High)
{
    /// <summary>No fix.</summary>
    public static FixSet Empty => default;

    /// <summary>How many.</summary>
    public int Count => BitOperations.PopCount(Low) + BitOperations.PopCount(High);

    /// <summary>The fixes, in the order of the enum.</summary>
    public IEnumerable<Fix> Members
    {
        get
        {
            for (int i = 0; i < 128; i++)
            {
                if (Has((Fix)i))
                {
                    yield return (Fix)i;
                }
            }
        }
    }

    /// <summary>A set of these.</summary>
    public static FixSet Of(params IEnumerable<Fix> fixes)
    {
        FixSet set = Empty;
        foreach (Fix fix in fixes)
        {
            set = set.With(fix);
        }

        return set;
    }

    /// <summary>Whether the fix is in the set.</summary>
    public bool Has(Fix fix) => (((byte)fix < 64 ? Low : High) >> ((byte)fix & 63) & 1) != 0;

    /// <summary>The set with one more.</summary>
    public FixSet With(Fix fix) =>
        (byte)fix < 64 ? new(Low | (1ul << (byte)fix), High) : new(Low, High | (1ul << ((byte)fix & 63)));

    /// <summary>The set with one less.</summary>
    public FixSet Without(Fix fix) =>
        (byte)fix < 64 ? new(Low & ~(1ul << (byte)fix), High) : new(Low, High & ~(1ul << ((byte)fix & 63)));

    /// <summary>What is in both.</summary>
    public FixSet And(FixSet other) => new(Low & other.Low, High & other.High);

    /// <summary>What is in this set and not in the other.</summary>
    public FixSet Except(FixSet other) => new(Low & ~other.Low, High & ~other.High);

    /// <summary>What is in either.</summary>
    public FixSet Or(FixSet other) => new(Low | other.Low, High | other.High);
}
