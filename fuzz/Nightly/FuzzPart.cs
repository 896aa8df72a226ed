// All variants, in rounds: each gets a slice of the time in every round, by its weight, so that a night that ends early
// has been everywhere. The first rounds are short, for coverage is steep at its beginning, and so are the last, so that
// none goes short. Where programs are counted, a variant runs them in units of a fixed size.
// Not covered: one unit (FuzzUnit).

using System;
using System.Collections.Immutable;
using System.Linq;
using MmFuzz.Reports.Night;

namespace MmFuzz.Cli.Nightly;

/// <summary>Fuzzing.</summary>
internal sealed class FuzzPart : INightPart
{
    private const int ProgramsOfUnit = 1000;
    private const double ShortestSlice = 0.02;
    private const double LongestSlice = 30;

    /// <inheritdoc/>
    public string Name => NightParts.Fuzz;

    /// <inheritdoc/>
    public int Share => 45;

    /// <inheritdoc/>
    public string? WhyNot() => null;

    /// <inheritdoc/>
    public bool Run(Night night, PartTime time)
    {
        ImmutableArray<FuzzUnit> units =
        [
            .. from variant in FuzzVariant.All
               where night.Settings.Variants.Contains(variant.Name)
               select new FuzzUnit(night, variant),
        ];
        return time.Left is null ? Count(night, units, night.Settings.Programs!.Value) : Rounds(night, units, time);
    }

    /// <summary>So many programs of each.</summary>
    private static bool Count(Night night, ImmutableArray<FuzzUnit> units, long programs)
    {
        foreach (FuzzUnit unit in units)
        {
            while ((long)unit.First < programs && !night.IsStopped)
            {
                unit.Run(Math.Min(ProgramsOfUnit, programs - (long)unit.First), null);
            }
        }

        return !night.IsStopped;
    }

    /// <summary>Rounds until time is up; there is always more to do, so that is all of the work.</summary>
    private static bool Rounds(Night night, ImmutableArray<FuzzUnit> units, PartTime time)
    {
        double weights = units.Sum(unit => unit.Variant.Weight);
        int round = units.Min(unit => unit.Number);
        while (!time.IsOver)
        {
            double fair = Math.Clamp(time.Left!.Value / weights / 2, ShortestSlice, LongestSlice);
            double slice = Math.Min(fair, ShortestSlice * Math.Pow(2, round));
            foreach (FuzzUnit unit in units)
            {
                double left = time.Left!.Value;
                if (unit.Number <= round && left > 0 && !night.IsStopped)
                {
                    unit.Run(null, TimeSpan.FromSeconds(Math.Min(left, slice * unit.Variant.Weight)));
                }
            }

            round++;
        }

        return !night.IsStopped && units.All(unit => unit.Number > 0);
    }
}
