// What each fix is: its name on the command line, the kernel release that has it, the commit, the seed document
// that tells of it, and the mechanism with it off. The programs that must show it are in Properties/BugCatalogue.

using System;
using System.Collections.Generic;
using System.Collections.Immutable;

namespace MmFuzz.Engine.Fixes;

/// <summary>One fix, or change of behaviour.</summary>
/// <param name="Fix">The switch.</param>
/// <param name="Name">Its name on the command line and in program headers.</param>
/// <param name="Since">First release that has it.</param>
/// <param name="Until">First release that has it no more, or null.</param>
/// <param name="Seed">
/// Seed document (000 to 004), <c>history</c>, or <c>engine</c> for a rule older than the releases modelled.
/// </param>
/// <param name="Title">Title of the commit (or patch) that brought it.</param>
/// <param name="Mechanism">What goes wrong, or differs, with it off.</param>
public sealed record FixInfo(
    Fix Fix, string Name, KernelVersion Since, KernelVersion? Until, string Seed, string Title, string Mechanism)
{
    /// <summary>Whether some release has it: if not, it repairs what is still wrong in the newest kernel.</summary>
    public bool IsReleased => Since <= KernelVersion.Newest;

    /// <summary>Whether a kernel of that release has it.</summary>
    public bool IsIn(KernelVersion version) => version >= Since && (Until is not { } until || version < until);
}

/// <summary>All fixes, ordered by the enum.</summary>
public static partial class FixCatalogue
{
    private static readonly ImmutableArray<FixInfo> Infos =
        Sort(
        [
            .. Cow(), .. Gup(), .. Moving(), .. Remapping(), .. Watching(), .. Filling(), .. Guards(), .. Failing(),
            .. Older(),
        ]);

    private static readonly ImmutableSortedDictionary<string, FixInfo> ByName =
        Infos.ToImmutableSortedDictionary(static info => info.Name, static info => info, StringComparer.Ordinal);

    /// <summary>All fixes.</summary>
    public static ImmutableArray<FixInfo> All => Infos;

    /// <summary>What is known of a fix.</summary>
    public static FixInfo Of(Fix fix) => Infos[(int)fix];

    /// <summary>Finds a fix by name; null if there is none.</summary>
    public static FixInfo? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>The fixes that a release has.</summary>
    public static FixSet In(KernelVersion version)
    {
        FixSet set = FixSet.Empty;
        foreach (FixInfo info in Infos)
        {
            set = info.IsIn(version) ? set.With(info.Fix) : set;
        }

        return set;
    }

    /// <summary>The repairs of what is still wrong in the newest release.</summary>
    public static FixSet Unreleased()
    {
        FixSet set = FixSet.Empty;
        foreach (FixInfo info in Infos)
        {
            set = info.IsReleased ? set : set.With(info.Fix);
        }

        return set;
    }

    private static ImmutableArray<FixInfo> Sort(List<FixInfo> infos)
    {
        infos.Sort(static (left, right) => left.Fix.CompareTo(right.Fix));
        for (int i = 0; i < infos.Count; i++)
        {
            if ((int)infos[i].Fix != i)
            {
                throw new InvalidOperationException($"the catalogue lacks, or has twice, {(Fix)i}");
            }
        }

        return [.. infos];
    }

    private static FixInfo Row(Fix fix, string name, string since, string seed, string title, string mechanism)
    {
        string[] range = since.Split('-');
        KernelVersion? until = range.Length > 1 ? Parse(range[1]) : null;
        return new FixInfo(fix, name, Parse(range[0]), until, seed, title, mechanism);
    }

    private static KernelVersion Parse(string text) =>
        KernelVersion.TryParse(text, out KernelVersion version)
            ? version
            : throw new InvalidOperationException($"no release: {text}");
}
