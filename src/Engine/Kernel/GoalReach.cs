// Which kernels can reach a goal at all. A goal that is not named here must be reached on every kernel; one that a
// kernel cannot reach, since it lacks the rule that the goal is about, is not missed there.
// Not covered: counting goals (Context), judging a run by them (fuzz/).

using System.Collections.Immutable;
using MmFuzz.Engine.Fixes;

namespace MmFuzz.Engine.Kernel;

/// <summary>Where goals can be reached.</summary>
public static class GoalReach
{
    /// <summary>The rule without which there is nothing to meet.</summary>
    private static readonly ImmutableDictionary<Goal, Fix> Needs = ImmutableDictionary.CreateRange(
        new System.Collections.Generic.Dictionary<Goal, Fix>
        {
            [Goal.UnshareCopy] = Fix.AnonExclusiveReuse,
            [Goal.UnshareReuse] = Fix.AnonExclusiveReuse,
            [Goal.GupFastMustUnshare] = Fix.AnonExclusiveReuse,
            [Goal.SwapInExclusive] = Fix.AnonExclusiveReuse,
            [Goal.ForkEarlyCopy] = Fix.EarlyCowFork,
            [Goal.GupFastLostToFork] = Fix.GupFastForkSeq,
            [Goal.UffdFlushBeforeCopy] = Fix.UffdTlbFlush,
            [Goal.ClearRefsKeptPinned] = Fix.ClearRefsPinned,
            [Goal.SwapInOfProtectedPage] = Fix.UffdWp,
            [Goal.MigratedProtectedPage] = Fix.UffdWp,
            [Goal.MarkerFault] = Fix.UffdWpShmem,
            [Goal.ForkOfMarker] = Fix.UffdWpShmem,
            [Goal.LongtermUnshare] = Fix.LongtermUnshare,
            [Goal.UffdMinorEvent] = Fix.UffdMinorShmem,
            [Goal.SwapoffOfProtectedPage] = Fix.UffdWp,
            [Goal.MremapOfProtectedPage] = Fix.UffdWp,
            [Goal.MremapKeptSource] = Fix.MremapDontUnmap,
            [Goal.MremapLeftUnlocked] = Fix.MremapDontUnmap,
            [Goal.LazyfreeReferenced] = Fix.LazyfreeReferences,
            [Goal.NeedlessCopy] = Fix.PageCountReuse,
            [Goal.UffdResolvedAsync] = Fix.UffdWpAsync,
            [Goal.ScanFoundWritten] = Fix.PagemapScan,
            [Goal.UffdMoved] = Fix.UffdMove,
            [Goal.UffdMovedSwapEntry] = Fix.UffdMove,
            [Goal.UffdMoveMetPin] = Fix.UffdMove,
            [Goal.GuardInstalled] = Fix.MadviseGuard,
            [Goal.GuardMetPage] = Fix.MadviseGuard,
            [Goal.GuardMetFault] = Fix.MadviseGuard,
            [Goal.GuardFault] = Fix.MadviseGuard,
            [Goal.ForkOfGuard] = Fix.MadviseGuard,
            [Goal.GuardRemoved] = Fix.MadviseGuard,
        });

    /// <summary>Whether programs on that kernel can reach the goal.</summary>
    public static bool CanReach(Goal goal, Profile profile) =>
        (!Needs.TryGetValue(goal, out Fix fix) || profile.Has(fix))
        && (goal != Goal.SwapInPastCache || profile.Swap == SwapDevice.Synchronous);
}
