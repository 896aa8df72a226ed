// Finds out why a program violates something: the smallest set of fixes that the kernel lacks and that, added, leave
// nothing of the violation, nor of any other. Singles first: of several, one with which the program's operations still
// answer what they did (a fix that makes a call succeed or fail merely leads the program elsewhere), and of those the
// oldest. Then pairs; then all of them, from which whatever is not needed is taken away again. What only works together
// (the policy that judges by PageAnonExclusive) is tried together and then reduced. Taking away can end in a set that
// is not the smallest, so in the end each single fix and, for three or more, each pair is tried.
// Not covered: generated faults, which no fix mends; whether of four or more fixes any three suffice.

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using MmFuzz.Engine;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.Properties;
using MmFuzz.Engine.State;

namespace MmFuzz.Generators;

/// <summary>Attributes violations to missing fixes.</summary>
public static class Attribution
{
    /// <summary>What a kernel that reuses pages by PageAnonExclusive cannot do without.</summary>
    private static readonly FixSet ExclusivePolicy = FixSet.Of(
        Fix.AnonExclusiveReuse, Fix.ExclusiveReuse, Fix.SwapCacheFirst, Fix.GupUnshareSlow,
        Fix.GupUnshareFast, Fix.SharePinCheckSwap, Fix.SharePinCheckMigration, Fix.UnmapExclusiveFlush,
        Fix.MigrateClearFirst, Fix.MigrationReadExclusive, Fix.MprotectMigrationExclusive, Fix.ForkMigrationExclusive,
        Fix.MprotectSwapPage, Fix.UnmapSwapFree, Fix.SwapExclusive, Fix.SwapExclusiveForkChild,
        Fix.SwapExclusiveForkParent, Fix.UnshareKeepsUffdWp, Fix.UnshareKeepsSoftDirty, Fix.UnshareKeepsReadOnly,
        Fix.GupFastSeqUnpin);

    /// <summary>What changes the answers of calls, and so breaks what the release promises.</summary>
    private static readonly FixSet Answers =
        FixSet.Of(Fix.WpMultiVma, Fix.UnregisterForeign, Fix.UffdWpShmem, Fix.UffdWp, Fix.UffdMinorShmem,
            Fix.UffdPoison, Fix.UffdMove, Fix.UffdContinueWp, Fix.UffdWpAsync, Fix.UffdWpUnpopulated, Fix.PagemapScan,
            Fix.MadvisePopulate, Fix.MremapMultiVma, Fix.MremapDontUnmap, Fix.MremapDontUnmapFile, Fix.MadviseGuard,
            Fix.MadviseGuardFile, Fix.FillKeepsGuard);

    /// <summary>
    /// Calls that a release does not know yet. To know one mends nothing: it only leads the program elsewhere.
    /// </summary>
    private static readonly FixSet Calls = FixSet.Of(
        Fix.MadvisePopulate, Fix.UffdPoison, Fix.UffdMove, Fix.PagemapScan, Fix.MadviseGuard, Fix.MadviseGuardFile,
        Fix.MremapDontUnmap, Fix.MremapDontUnmapFile);

    /// <summary>Whether a fix can be why a program violates nothing: it does not only make a call known.</summary>
    public static bool CanMend(Fix fix) => !Calls.Has(fix);

    /// <summary>
    /// The smallest set of fixes whose addition leaves the program without any violation; null if there is none, or if
    /// the program does not show this one.
    /// </summary>
    public static ImmutableArray<Fix>? Of(
        Profile profile, IReadOnlyList<Operation> operations, Violation violation)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(operations);
        ArgumentNullException.ThrowIfNull(violation);
        var trial = new Trial(profile, operations);
        if (trial.Shown is null || !trial.Shown.IsLike(violation))
        {
            return null;
        }

        List<FixSet> units = Units(profile);
        FixSet? found = Single(trial, units) ?? Pair(trial, units) ?? Several(trial, units);
        return found is { } set ? [.. Smallest(profile, trial, Reduced(trial, set)).Members] : null;
    }

    /// <summary>A single fix, or of three or more a pair, if one suffices; else the set.</summary>
    private static FixSet Smallest(Profile profile, Trial trial, FixSet set)
    {
        if (set.Count == 1)
        {
            return set;
        }

        List<FixSet> singles = [];
        foreach (FixInfo info in FixCatalogue.All)
        {
            if (!profile.Has(info.Fix) && IsNewer(profile, info))
            {
                singles.Add(FixSet.Of(info.Fix));
            }
        }

        return Single(trial, singles) ?? (set.Count > 2 ? Pair(trial, singles) : null) ?? set;
    }

    private static FixSet? Single(Trial trial, List<FixSet> units)
    {
        FixSet? other = null;
        foreach (FixSet unit in units)
        {
            if (!trial.IsClean(unit))
            {
                continue;
            }

            if (trial.AnswersTheSame)
            {
                return unit;
            }

            other ??= unit;
        }

        return other;
    }

    private static FixSet? Pair(Trial trial, List<FixSet> units)
    {
        for (int second = 1; second < units.Count; second++)
        {
            for (int first = 0; first < second; first++)
            {
                FixSet both = units[first].Or(units[second]);
                if (trial.IsClean(both))
                {
                    return both;
                }
            }
        }

        return null;
    }

    /// <summary>All units, less those that are not needed, the newest first.</summary>
    private static FixSet? Several(Trial trial, List<FixSet> units)
    {
        FixSet all = FixSet.Empty;
        foreach (FixSet unit in units)
        {
            all = all.Or(unit);
        }

        FixSet lasting = all;
        foreach (Fix fix in all.Members)
        {
            lasting = FixCatalogue.Of(fix).Until is null ? lasting : lasting.Without(fix);
        }

        if (!trial.IsClean(all))
        {
            all = trial.IsClean(lasting) ? lasting : lasting.Except(Answers);
        }

        if (all == FixSet.Empty || !trial.IsClean(all))
        {
            return null;
        }

        for (int i = units.Count - 1; i >= 0; i--)
        {
            FixSet fewer = all.Except(units[i]);
            all = fewer != FixSet.Empty && trial.IsClean(fewer) ? fewer : all;
        }

        return all;
    }

    /// <summary>The set without the members that it can spare; what chooses the policy stays to the last.</summary>
    private static FixSet Reduced(Trial trial, FixSet set)
    {
        if (set.Count == 1)
        {
            return set;
        }

        var members = new List<Fix>(set.Members);
        members.Reverse(); // the policies are first in the enum
        foreach (Fix fix in members)
        {
            FixSet fewer = set.Without(fix);
            set = fewer != FixSet.Empty && trial.IsClean(fewer) ? fewer : set;
        }

        return set;
    }

    /// <summary>
    /// What can be added: single fixes, oldest first; then what changes a policy, or was a makeshift that went again;
    /// and last the policy by PageAnonExclusive, if it is not the kernel's.
    /// </summary>
    private static List<FixSet> Units(Profile profile)
    {
        var singles = new List<FixInfo>();
        FixSet policy = FixSet.Empty;
        foreach (FixInfo info in FixCatalogue.All)
        {
            if (profile.Has(info.Fix))
            {
                continue;
            }

            policy = !profile.TracksExclusive && ExclusivePolicy.Has(info.Fix) ? policy.With(info.Fix) : policy;
            if (MakesSense(profile, info))
            {
                singles.Add(info);
            }
        }

        singles.Sort(static (left, right) =>
            IsBroad(left) != IsBroad(right) ? IsBroad(left).CompareTo(IsBroad(right))
            : left.Since != right.Since ? left.Since.CompareTo(right.Since) : left.Fix.CompareTo(right.Fix));
        List<FixSet> units = singles.ConvertAll(static info => FixSet.Of(info.Fix));
        if (policy != FixSet.Empty)
        {
            units.Add(policy);
        }

        return units;
    }

    /// <summary>
    /// A fix that the release should have or that came later. One that was withdrawn again before the release mends
    /// nothing there, and one that is about PageAnonExclusive does not without it.
    /// </summary>
    private static bool MakesSense(Profile profile, FixInfo info) =>
        IsNewer(profile, info)
        && (profile.TracksExclusive || !ExclusivePolicy.Has(info.Fix) || IsOlder(info.Fix));

    private static bool IsNewer(Profile profile, FixInfo info) =>
        CanMend(info.Fix) && (profile.Contract.Has(info.Fix) || info.Since > profile.Version);

    private static bool IsBroad(FixInfo info) => info.Fix == Fix.PageCountReuse || info.Until is not null;

    /// <summary>Those of the policy's set that mean something to the policies before it.</summary>
    private static bool IsOlder(Fix fix) => fix is Fix.SwapCacheFirst or Fix.UnmapSwapFree;

    /// <summary>Runs the program on kernels with more fixes.</summary>
    private sealed class Trial
    {
        private readonly Profile profile;
        private readonly Operation[] operations;
        private readonly Runner runner;
        private readonly CleanRun clean;
        private readonly List<Answer> answers = [];

        public Trial(Profile profile, IReadOnlyList<Operation> operations)
        {
            this.profile = profile;
            this.operations = [.. operations];
            runner = new Runner(profile);
            clean = new CleanRun(profile);
            for (int i = 0; i < operations.Count && runner.Violation is null; i++)
            {
                answers.Add(Answer.Of(runner.Execute(operations[i], (ushort)i)));
            }

            Shown = runner.Violation;
        }

        /// <summary>What the program shows without more fixes.</summary>
        public Violation? Shown { get; }

        /// <summary>
        /// Whether in the last run every operation before the failing one answered what it does without the fixes.
        /// </summary>
        public bool AnswersTheSame { get; private set; }

        /// <summary>Whether nothing at all is violated with these fixes added.</summary>
        public bool IsClean(FixSet added)
        {
            runner.Profile = profile.WithFixes(profile.Fixes.Or(added));
            runner.Reset();
            AnswersTheSame = true;
            for (int i = 0; i < operations.Length && runner.Violation is null; i++)
            {
                Answer answer = Answer.Of(runner.Execute(operations[i], (ushort)i));
                AnswersTheSame &= i >= answers.Count - 1 || answer == answers[i];
            }

            clean.Profile = runner.Profile;
            return runner.Violation is null && clean.IsClean(operations);
        }
    }

    private readonly record struct Answer(SkipReason Skip, Errno Errno)
    {
        public static Answer Of(Outcome outcome) => new(outcome.Skip, outcome.Errno);
    }
}
