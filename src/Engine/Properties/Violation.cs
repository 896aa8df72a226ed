// What a check answers when a property does not hold. Not covered: explaining it to people (src/Reports).

using MmFuzz.Engine.Fixes;

namespace MmFuzz.Engine.Properties;

/// <summary>A violation.</summary>
/// <param name="Clause">What is violated.</param>
/// <param name="Kind">In which kind of memory.</param>
/// <param name="Where">Which thing shows it: an entry, a page, a slot, a thread.</param>
/// <param name="Detail">What was found and what was expected.</param>
public sealed record Violation(Clause Clause, MemoryKind Kind, string Where, string Detail)
{
    /// <summary>The property.</summary>
    public PropertyId Property => PropertyCatalogue.PropertyOf(Clause);

    /// <summary>The clause in the spelling of reports and headers.</summary>
    public string ClauseName => Names.Dashed(Clause);

    /// <summary>The property's name.</summary>
    public string PropertyName => PropertyCatalogue.Of(Property).Name;

    /// <summary>Whether both are the same finding.</summary>
    public bool IsLike(Violation other) => Clause == other.Clause;

    /// <inheritdoc/>
    public override string ToString() => $"{PropertyName} ({ClauseName}) at {Where}: {Detail}";
}
