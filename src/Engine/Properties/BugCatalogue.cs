// The historical bugs that the fuzzer must find again: which fixes are off in which kernel, which property must show
// it, and how short its program is at most. Quiet rows must show nothing.
// Not covered: what the fixes are (Fixes/FixCatalogue), how rows are run (src/Generators/KillMatrix).

using System;
using System.Collections.Immutable;
using MmFuzz.Engine.Fixes;

namespace MmFuzz.Engine.Properties;

/// <summary>One row.</summary>
/// <param name="Id">Its name.</param>
/// <param name="SeedDocument">Which mailing-list thread it is from; <c>history</c> or <c>engine</c> for others.</param>
/// <param name="Base">The kernel in which taking the fixes out alone shows it.</param>
/// <param name="Off">The fixes that are taken out.</param>
/// <param name="Expected">Properties any of which must show it.</param>
/// <param name="ListedLength">Operations of the shrunk program, at most.</param>
/// <param name="IsQuiet">Whether nothing may be found.</param>
public sealed record BugRow(
    string Id,
    string SeedDocument,
    Profile Base,
    FixSet Off,
    ImmutableArray<PropertyId> Expected,
    int ListedLength,
    bool IsQuiet)
{
    /// <summary>The kernel with the bug.</summary>
    public Profile Profile => Base.WithFixes(Base.Fixes.Except(Off));
}

/// <summary>All rows.</summary>
public static class BugCatalogue
{
    private static readonly Profile V58 = Profile.Of(new KernelVersion(5, 8));
    private static readonly Profile V518 = Profile.Of(new KernelVersion(5, 18));
    private static readonly Profile V519 = Profile.Of(new KernelVersion(5, 19));
    private static readonly Profile V61 = Profile.Of(new KernelVersion(6, 1));
    private static readonly Profile Newest = Profile.Repaired;
    private static readonly Profile NewestDisk = Newest.WithSwap(SwapDevice.Asynchronous);

    private static readonly ImmutableArray<PropertyId> Pins = [PropertyId.PinCoherent, PropertyId.PinExclusive];
    private static readonly ImmutableArray<PropertyId> UffdWp =
        [PropertyId.UffdWpNoWriteThrough, PropertyId.UffdWpNotLost];

    private static readonly ImmutableArray<PropertyId> Single =
        [PropertyId.ExclSingle, PropertyId.ExclWritable, PropertyId.CowIsolation];

    /// <summary>All rows: the seeds' first, then the kernel's history, then those that must stay quiet.</summary>
    public static ImmutableArray<BugRow> All { get; } =
        [.. Cow(), .. Moving(), .. Watching(), .. History(), .. Filling(), .. Quiet()];

    /// <summary>Finds a row by name; null if there is none.</summary>
    public static BugRow? Find(string id)
    {
        foreach (BugRow row in All)
        {
            if (row.Id == id)
            {
                return row;
            }
        }

        return null;
    }

    private static BugRow[] Cow() =>
    [
        Row(Fix.AnonExclusiveReuse, "001, 004", V519, 5, PropertyId.PinCoherent),
        Row(Fix.ClearRefsPinned, "001", V518, 4, PropertyId.PinCoherent),
        Row(Fix.UffdTlbFlush, "001", V518, 6, PropertyId.Tlb, PropertyId.CowIsolation),
        Row(Fix.EarlyCowFork, "004", Newest, 4, Pins),
        Row(Fix.ExclusiveReuse, "004", V519, 4, PropertyId.PinCoherent),
        Row(Fix.GupUnshareSlow, "004", Newest, 4, Pins),
        Row(Fix.GupUnshareFast, "004", Newest, 4, Pins),
        Row(Fix.FollowPagePin, "004", Newest, 4, Pins),
        Row(Fix.UnshareKeepsUffdWp, "004", Newest, 5, PropertyId.UffdWpNotLost),
        Row(Fix.UnshareKeepsSoftDirty, "004", Newest, 5, PropertyId.SoftDirtyComplete),
        Row(Fix.UnshareKeepsReadOnly, "004", Newest, 6, PropertyId.SoftDirtyComplete, PropertyId.UffdWpNoWriteThrough),
        Row(Fix.GupFastSeqUnpin, "004", Newest, 3, PropertyId.PinExclusive),
    ];

    private static BugRow[] Moving() =>
    [
        Row(Fix.UnmapSwapFree, "004", Newest, 2, PropertyId.Counts),
        Row(Fix.SharePinCheckSwap, "004", NewestDisk, 7, Pins),
        Row(Fix.SharePinCheckMigration, "004", Newest, 5, Pins),
        Row(Fix.SharePinCheckMigrateVma, "004", Newest, 5, Pins),
        Row(Fix.MigrateVmaDirty, "history", Newest, 6, PropertyId.DirtyNotLost, PropertyId.CowIsolation),
        new BugRow("migrate-vma-restore", "000", V61, FixSet.Of(Fix.MigrateWriteProtect),
            [PropertyId.UffdWpNoWriteThrough], 4, IsQuiet: false),
        new BugRow("unmap-exclusive-flush", "004", V519, FixSet.Of(Fix.UnmapExclusiveFlush, Fix.GupFastReread), Pins, 4,
            IsQuiet: false),
        Row(Fix.MigrateClearFirst, "004", Newest, 5, Pins),
        Row(Fix.MigrationReadExclusive, "004", Newest, 4, PropertyId.CowIsolation),
        Row(Fix.ForkMigrationExclusive, "004", Newest, 5, Single),
        Row(Fix.MprotectSwapPage, "004", Newest, 3, PropertyId.Encoding),
        Row(Fix.SwapExclusiveForkParent, "history", Newest, 5, Single),
        Row(Fix.SwapExclusiveForkChild, "history", Newest, 5, Single),
        Row(Fix.UnuseKeepsUffdWp, "000", Newest, 4, PropertyId.UffdWpNotLost),
        Row(Fix.UnuseKeepsSoftDirty, "000", Newest, 5, PropertyId.SoftDirtyComplete),
        Row(Fix.UnuseKeepsExclusive, "000", Newest, 5, PropertyId.CowIsolation),
        Row(Fix.MremapFlush, "history", Newest, 4, PropertyId.Tlb, PropertyId.CowIsolation),
        Row(Fix.MremapSoftDirtySwap, "history", Newest, 3, PropertyId.Encoding, PropertyId.SoftDirtyComplete),
        Row(Fix.MremapUffdClear, "history", Newest, 3, PropertyId.UffdWpNotLost),
        Row(Fix.MremapTellsFirst, "engine", Newest, 2, PropertyId.Locks),
        Row(Fix.DontUnmapKeepsLock, "engine", Newest, 3, PropertyId.Errno, PropertyId.MlockResident),
        Row(Fix.MadvFreeShared, "engine", Newest, 6, PropertyId.DirtyNotLost, PropertyId.CowIsolation),
        Row(Fix.LazyfreeFlush, "engine", Newest, 6, PropertyId.CowIsolation),
        Row(Fix.LazyfreeReferences, "history", Newest, 3, PropertyId.PinCoherent),
        Row(Fix.UnmapDirty, "engine", Newest, 6, PropertyId.DirtyNotLost, PropertyId.CowIsolation),
    ];

    private static BugRow[] Watching() =>
    [
        Row(Fix.MigrateWriteProtect, "000", V61, 4, PropertyId.UffdWpNoWriteThrough),
        Row(Fix.UffdWriteNotify, "000", Newest, 5, PropertyId.UffdWpNoWriteThrough),
        Row(Fix.SoftDirtyFlush, "001", Newest, 3, PropertyId.Tlb, PropertyId.SoftDirtyComplete),
        Row(Fix.WpMultiVma, "003", Newest, 2, PropertyId.Errno),
        Row(Fix.UffdSwap, "history", Newest, 4, UffdWp),
        Row(Fix.UffdMigration, "history", Newest, 4, UffdWp),
        Row(Fix.UffdSwapInWriteProtect, "history", V61, 4, PropertyId.UffdWpNoWriteThrough),
        Row(Fix.UffdForkClear, "history", Newest, 4, PropertyId.UffdWpNotLost),
        Row(Fix.UffdMarkerFork, "history", Newest, 3, PropertyId.UffdWpNotLost),
        Row(Fix.UffdUnregister, "history", Newest, 3, PropertyId.UffdWpNotLost),
        Row(Fix.SoftDirtyNotify, "history", Newest, 5, PropertyId.SoftDirtyComplete),
        Row(Fix.MprotectSoftDirty, "history", Newest, 5, PropertyId.SoftDirtyComplete),
        Row(Fix.ClearRefsMigration, "engine", Newest, 6, PropertyId.SoftDirtyComplete),
    ];

    private static BugRow[] History() =>
    [
        Row(Fix.GupForceCowBreak, "history", V58, 6, PropertyId.CowIsolation),
        Row(Fix.GupFastForkSeq, "history", Newest, 4, Pins),
        Row(Fix.GupFastReread, "history", Newest, 4, Pins),
        Row(Fix.DirectIoPin, "history", Newest, 4, Pins),
        Row(Fix.TruncateUnmapLocked, "history", Newest, 4, PropertyId.CowIsolation, PropertyId.Counts),
        Row(Fix.TruncateUnmapAgain, "history", Newest, 4, PropertyId.CowIsolation),
        Row(Fix.SwapInRace, "history", Newest, 6, PropertyId.CowIsolation),
        Row(Fix.ZapFlush, "history", Newest, 4, PropertyId.Tlb),
        Row(Fix.DirtyCow, "history", Newest, 4, PropertyId.CowIsolation),
        Row(Fix.ForceCowExclusive, "history", Newest, 4, PropertyId.CowIsolation),
        Row(Fix.LongtermUnshare, "history", Newest, 3, Pins),
        Row(Fix.LongtermRetry, "history", Newest, 3, PropertyId.Errno),
    ];

    private static BugRow[] Filling() =>
    [
        Row(Fix.UffdCopyWpReadonly, "history", Newest, 3, UffdWp),
        Row(Fix.MissingOnlyHole, "engine", Newest, 3, PropertyId.UffdLive),
        Row(Fix.UffdForkKeep, "history", Newest, 5, UffdWp),
        Row(Fix.ScanWpAtomic, "history", NewestDisk, 6, PropertyId.DirtyNotLost, PropertyId.CowIsolation),
        Row(Fix.MoveSoftDirtySwap, "history", Newest, 5, PropertyId.SoftDirtyComplete),
        Row(Fix.MoveUffdClear, "engine", Newest, 4, UffdWp),
        Row(Fix.MovePinCheck, "engine", Newest, 3, Pins),
        Row(Fix.PoisonResolve, "engine", Newest, 3, UffdWp),
        Row(Fix.HoleMarker, "engine", Newest, 4, UffdWp),
        Row(Fix.ScanMigration, "engine", Newest, 3, UffdWp),
        Row(Fix.RegisterResetsProtection, "engine", Newest, 3, UffdWp),
        Row(Fix.UnregisterWakesAll, "engine", Newest, 4, PropertyId.Locks),
        Row(Fix.FillKeepsGuard, "engine", Newest, 2, PropertyId.GuardHolds),
        Row(Fix.GuardOverMarker, "engine", Newest, 2, PropertyId.UffdLive),
        Row(Fix.GuardFlush, "engine", Newest, 3, PropertyId.Tlb),
        Row(Fix.ShmemKeepsFailed, "history", Newest, 2, PropertyId.DirtyNotLost, PropertyId.CowIsolation),
        Row(Fix.UnuseUnreadable, "history", NewestDisk, 5, PropertyId.HwpoisonContained),
        Row(Fix.CowMachineCheck, "history", Newest, 4, PropertyId.HwpoisonContained),
        Row(Fix.CowFaultMachineCheck, "history", Newest, 4, PropertyId.HwpoisonContained),
        Row(Fix.ForkMachineCheck, "history", Newest, 4, PropertyId.HwpoisonContained),
    ];

    private static BugRow[] Quiet() =>
    [
        Row(Fix.MprotectMigrationExclusive, "004", Newest, 0, ImmutableArray<PropertyId>.Empty) with { IsQuiet = true },
    ];

    private static BugRow Row(
        Fix fix, string seed, Profile kernel, int length, params ReadOnlySpan<PropertyId> expected) =>
        new(FixCatalogue.Of(fix).Name, seed, kernel, FixSet.Of(fix), [.. expected], length, IsQuiet: false);

    private static BugRow Row(Fix fix, string seed, Profile kernel, int length, ImmutableArray<PropertyId> expected) =>
        new(FixCatalogue.Of(fix).Name, seed, kernel, FixSet.Of(fix), expected, length, IsQuiet: false);
}
