// The one place that knows all paths: executes one stage of whatever path is on top of a task's stack.
// It sits above the paths, so that they need not know each other. Not covered: what a stage does.

using System;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Kernel;

/// <summary>Steps tasks.</summary>
public static unsafe class Dispatcher
{
    // A table of addresses, and no switch: a call out of a switch expression returns to it, stage by stage.
    private static readonly delegate*<Context, ref Task, Progress>[] Paths = FindAll();

    /// <summary>Executes one stage of the task, whose stack is not empty.</summary>
    public static Progress Step(Context c, ref Task t) => Paths[(int)t.Path](c, ref t);

    private static delegate*<Context, ref Task, Progress>[] FindAll()
    {
        KernelPath[] all = Enum.GetValues<KernelPath>();
        var paths = new delegate*<Context, ref Task, Progress>[all.Length];
        foreach (KernelPath path in all)
        {
            paths[(int)path] = Find(path);
        }

        return paths;
    }

    private static delegate*<Context, ref Task, Progress> Find(KernelPath path) => path switch
    {
        KernelPath.UserAccess => &Hardware.Step,
        KernelPath.HandleMmFault => &Memory.HandleMmFault,
        KernelPath.DoAnonymousPage => &Memory.DoAnonymousPage,
        KernelPath.DoSharedFault => &Shmem.DoSharedFault,
        KernelPath.DoSwapPage => &SwapPage.DoSwapPage,
        KernelPath.DoWpPage => &WpPage.DoWpPage,
        KernelPath.HandleUserfault => &Userfaultfd.HandleProtected,
        KernelPath.HandleMissing => &Userfaultfd.HandleMissing,
        KernelPath.HandleMinor => &Userfaultfd.HandleMinor,
        KernelPath.MfillAtomic => &UffdFill.Step,
        KernelPath.PagemapScan => &PagemapScan.Step,
        KernelPath.MigrationEntryWait => &Migrate.MigrationEntryWait,
        KernelPath.GupSlow => &Gup.GupSlow,
        KernelPath.GupFast => &GupFast.Step,
        KernelPath.Fork => &Fork.Step,
        KernelPath.Mmap => &Mmap.Step,
        KernelPath.Munmap => &Munmap.Step,
        KernelPath.MadviseDontneed => &MadviseDontneed.Step,
        KernelPath.Exit => &Exit.Step,
        KernelPath.ZapPageRange => &Zap.Step,
        KernelPath.Mprotect => &Mprotect.Step,
        KernelPath.ChangeProtection => &ChangeProtection.Step,
        KernelPath.MwriteprotectRange => &UffdWriteProtect.Step,
        KernelPath.UffdRegister => &UffdRegister.Step,
        KernelPath.UffdUnregister => &UffdUnregister.Step,
        KernelPath.ClearRefs => &TaskMmu.ClearRefs,
        KernelPath.ShrinkFolio => &Vmscan.ShrinkFolio,
        KernelPath.TryToUnmap => &Rmap.TryToUnmap,
        KernelPath.MigrateFolio => &Migrate.MigrateFolio,
        KernelPath.TryToMigrate => &Rmap.TryToMigrate,
        KernelPath.RemoveMigrationPtes => &Rmap.RemoveMigrationPtes,
        KernelPath.Swapoff => &Swapoff.Step,
        KernelPath.Mremap => &Mremap.Step,
        KernelPath.MovePageTables => &MovePageTables.Step,
        KernelPath.Madvise => &Madvise.Step,
        KernelPath.MadviseFree => &MadviseFree.Step,
        KernelPath.MadvisePageout => &MadvisePageout.Step,
        KernelPath.MadviseFork => &MadviseFork.Step,
        KernelPath.TaskNumaWork => &NumaBalancing.TaskNumaWork,
        KernelPath.DoNumaPage => &NumaBalancing.DoNumaPage,
        KernelPath.AccessRemoteVm => &Gup.AccessRemoteVm,
        KernelPath.FileWrite => &FileWrite.Step,
        KernelPath.UserfaultfdEvent => &UffdEvents.Step,
        KernelPath.MovePages => &UffdMove.Step,
        KernelPath.MigrateVma => &MigrateVma.Step,
        KernelPath.PunchHole => &PunchHole.Step,
        KernelPath.Truncate => &Truncate.Step,
        KernelPath.MadviseRemove => &MadviseRemove.Step,
        KernelPath.MadviseGuard => &MadviseGuard.Step,
        KernelPath.PinnedCall => &PinnedCall.Step,
        KernelPath.Mlock => &Mlock.Step,
        KernelPath.MemoryFailure => &MemoryFailure.Step,
        KernelPath.None => &Nothing,
    };

    private static Progress Nothing(Context c, ref Task t) => Progress.Wait;
}
