// Generated faults at work: what Carry makes of the bits of an entry that passes a transition, and how often entries
// passed and a fault changed one. Without faults it only counts; most runs have none of it.
// Not covered: which faults there are (Fixes/Mutant), who tries them all (src/Generators/MutantMatrix).

using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Kernel;

/// <summary>What generated faults did.</summary>
public sealed class Mutations
{
    private readonly Profile profile;
    private readonly long[] passed = new long[Mutant.Places];

    /// <summary>Counts on that kernel, with the faults that it has.</summary>
    public Mutations(Profile profile) => this.profile = profile;

    /// <summary>How often a fault changed an entry.</summary>
    public long Applied { get; private set; }

    /// <summary>How many entries of that kind passed that transition.</summary>
    public long Passed(Transition transition, MemoryKind kind) => passed[Mutant.PlaceOf(transition, kind)];

    /// <summary>What the faults leave of an entry's bits.</summary>
    internal EntryBits Apply(Transition transition, MemoryKind kind, EntryBits bits)
    {
        passed[Mutant.PlaceOf(transition, kind)]++;
        EntryBits left = (bits & ~profile.Dropped(transition, kind)) | profile.Invented(transition, kind);
        Applied += left == bits ? 0 : 1;
        return left;
    }
}
