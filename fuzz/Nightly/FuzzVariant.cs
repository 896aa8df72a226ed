// What a night fuzzes: every release that is a profile, on both swap devices, the repaired newest kernel, on which
// nothing may be found, and that with short and with long programs. Each program draws a swarm of its own.
// Not covered: how much time a variant gets (FuzzPart).

using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using MmFuzz.Engine.Fixes;

namespace MmFuzz.Cli.Nightly;

/// <summary>A kernel to fuzz, with programs of one length.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Profile">The kernel.</param>
/// <param name="Length">Operations of a program.</param>
/// <param name="Weight">How much time it gets, beside the others.</param>
internal sealed record FuzzVariant(string Name, Profile Profile, int Length, int Weight)
{
    private const int Short = 25;
    private const int Long = 400;

    /// <summary>All of them; where new bugs would be comes first and weighs most.</summary>
    public static ImmutableArray<FuzzVariant> All { get; } =
    [
        Of("repaired", Profile.Repaired, FuzzSettings.UsualLength, 6),
        Of("repaired", Profile.Repaired.WithSwap(SwapDevice.Asynchronous), FuzzSettings.UsualLength, 4),
        Of("repaired", Profile.Repaired, Short, 2),
        Of("repaired", Profile.Repaired, Long, 2),
        .. from version in Profile.Known.Reverse()
           from swap in (SwapDevice[])[SwapDevice.Synchronous, SwapDevice.Asynchronous]
           let weight = version == KernelVersion.Newest ? 2 : 1
           select Of(version.ToString(), Profile.Of(version).WithSwap(swap), FuzzSettings.UsualLength, weight),
    ];

    /// <summary>Their names.</summary>
    public static ImmutableArray<string> Names { get; } = [.. All.Select(variant => variant.Name)];

    private static FuzzVariant Of(string name, Profile profile, int length, int weight)
    {
        string swap = profile.Swap == SwapDevice.Synchronous ? string.Empty : " on a disk";
        string size = length == FuzzSettings.UsualLength
            ? string.Empty
            : string.Create(CultureInfo.InvariantCulture, $", {length} operations");
        return new FuzzVariant(name + swap + size, profile, length, weight);
    }
}
