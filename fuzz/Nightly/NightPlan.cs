// Which parts a night has, in which order, and each one's share of the time. What a part leaves of its share goes to
// those after it, so fuzzing, which always has more to do, comes last.
// Not covered: what the parts do (a file each).

using System;
using System.Collections.Immutable;
using System.Linq;

namespace MmFuzz.Cli.Nightly;

/// <summary>A part of a night.</summary>
internal interface INightPart
{
    /// <summary>Its name.</summary>
    string Name { get; }

    /// <summary>Its share of the time, beside those of the others.</summary>
    int Share { get; }

    /// <summary>Why it cannot run here; null if it can.</summary>
    string? WhyNot();

    /// <summary>Does what is left to do; answers whether all of it is done.</summary>
    bool Run(Night night, PartTime time);
}

/// <summary>The parts.</summary>
internal static class NightPlan
{
    /// <summary>All parts, in order.</summary>
    public static ImmutableArray<INightPart> Parts { get; } =
    [
        new ReplayPart(), new CanaryPart(), new BugsPart(), new FaultsPart(), new LinuxPart(), new GuidedPart(),
        new FuzzPart(),
    ];

    /// <summary>Their names.</summary>
    public static ImmutableArray<string> Names { get; } = [.. Parts.Select(part => part.Name)];

    /// <summary>A part's place in the order.</summary>
    public static int Order(string part) => Names.IndexOf(part);

    /// <summary>A variant's place in the order; those that are not in it come last.</summary>
    public static int VariantOrder(string variant)
    {
        int index = FuzzVariant.Names.IndexOf(variant);
        return index < 0 ? int.MaxValue : index;
    }

    /// <summary>When a part that begins now must end, in seconds of work; null if it may take what it takes.</summary>
    /// <param name="part">The part.</param>
    /// <param name="after">The parts after it.</param>
    /// <param name="now">Seconds of work so far.</param>
    /// <param name="budget">Seconds of work in all; null if programs are counted.</param>
    public static double? DeadlineOf(INightPart part, ImmutableArray<INightPart> after, double now, double? budget)
    {
        if (budget is not { } all || part.Share == 0)
        {
            return budget is null ? null : Math.Max(now, budget.Value);
        }

        int shares = part.Share + after.Sum(one => one.Share);
        return now + (Math.Max(0, all - now) * part.Share / shares);
    }
}
