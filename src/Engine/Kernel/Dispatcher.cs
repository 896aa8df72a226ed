// The one place that knows all paths: executes one stage of whatever path is on top of a task's stack.
// It sits above the paths, so that they need not know each other. Not covered: what a stage does.

using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Kernel;

/// <summary>Steps tasks.</summary>
public static class Dispatcher
{
    /// <summary>Executes one stage of the task, whose stack is not empty.</summary>
    public static Progress Step(Context c, ref Task t) => t.Path switch
    {
        KernelPath.UserAccess => Hardware.Step(c, ref t),
        KernelPath.HandleMmFault => Memory.HandleMmFault(c, ref t),
        KernelPath.DoAnonymousPage => Memory.DoAnonymousPage(c, ref t),
        KernelPath.DoSharedFault => Shmem.DoSharedFault(c, ref t),
        KernelPath.DoSwapPage => SwapPage.DoSwapPage(c, ref t),
        KernelPath.DoWpPage => WpPage.DoWpPage(c, ref t),
        KernelPath.HandleUserfault => Userfaultfd.HandleUserfault(c, ref t, UffdFaultFlags.Wp),
        KernelPath.HandleMissing => Userfaultfd.HandleUserfault(c, ref t, UffdFaultFlags.None),
        KernelPath.HandleMinor => Userfaultfd.HandleUserfault(c, ref t, UffdFaultFlags.Minor),
        KernelPath.MfillAtomic => UffdFill.Step(c, ref t),
        KernelPath.PagemapScan => PagemapScan.Step(c, ref t),
        KernelPath.MigrationEntryWait => Migrate.MigrationEntryWait(c, ref t),
        KernelPath.GupSlow => Gup.GupSlow(c, ref t),
        KernelPath.GupFast => GupFast.Step(c, ref t),
        KernelPath.Fork => Fork.Step(c, ref t),
        KernelPath.Mmap => Mmap.Step(c, ref t),
        KernelPath.Munmap => Munmap.Step(c, ref t),
        KernelPath.MadviseDontneed => MadviseDontneed.Step(c, ref t),
        KernelPath.Exit => Exit.Step(c, ref t),
        KernelPath.ZapPageRange => Zap.Step(c, ref t),
        KernelPath.Mprotect => Mprotect.Step(c, ref t),
        KernelPath.ChangeProtection => ChangeProtection.Step(c, ref t),
        KernelPath.MwriteprotectRange => UffdWriteProtect.Step(c, ref t),
        KernelPath.UffdRegister => UffdRegister.Step(c, ref t),
        KernelPath.UffdUnregister => UffdUnregister.Step(c, ref t),
        KernelPath.ClearRefs => TaskMmu.ClearRefs(c, ref t),
        KernelPath.ShrinkFolio => Vmscan.ShrinkFolio(c, ref t),
        KernelPath.TryToUnmap => Rmap.TryToUnmap(c, ref t),
        KernelPath.MigrateFolio => Migrate.MigrateFolio(c, ref t),
        KernelPath.TryToMigrate => Rmap.TryToMigrate(c, ref t),
        KernelPath.RemoveMigrationPtes => Rmap.RemoveMigrationPtes(c, ref t),
        KernelPath.Swapoff => Swapoff.Step(c, ref t),
        KernelPath.Mremap => Mremap.Step(c, ref t),
        KernelPath.MovePageTables => MovePageTables.Step(c, ref t),
        KernelPath.Madvise => Madvise.Step(c, ref t),
        KernelPath.MadviseFree => MadviseFree.Step(c, ref t),
        KernelPath.MadvisePageout => MadvisePageout.Step(c, ref t),
        KernelPath.MadviseFork => MadviseFork.Step(c, ref t),
        KernelPath.TaskNumaWork => NumaBalancing.TaskNumaWork(c, ref t),
        KernelPath.DoNumaPage => NumaBalancing.DoNumaPage(c, ref t),
        KernelPath.AccessRemoteVm => Gup.AccessRemoteVm(c, ref t),
        KernelPath.FileWrite => FileWrite.Step(c, ref t),
        KernelPath.UserfaultfdEvent => UffdEvents.Step(c, ref t),
        KernelPath.MovePages => UffdMove.Step(c, ref t),
        KernelPath.MigrateVma => MigrateVma.Step(c, ref t),
        KernelPath.PunchHole => PunchHole.Step(c, ref t),
        KernelPath.Truncate => Truncate.Step(c, ref t),
        KernelPath.MadviseRemove => MadviseRemove.Step(c, ref t),
        KernelPath.MadviseGuard => MadviseGuard.Step(c, ref t),
        KernelPath.PinnedCall => PinnedCall.Step(c, ref t),
        KernelPath.Mlock => Mlock.Step(c, ref t),
        KernelPath.MemoryFailure => MemoryFailure.Step(c, ref t),
        KernelPath.None => Progress.Wait,
    };
}
