// What a kernel path and its stages are called: the path by its kernel function, the stages by the members of a private
// enum of the path, which are looked up by reflection, once; a stage that is not found is called by its number.
// Not covered: what a stage does (the path's own file).

using System;
using System.Collections.Frozen;
using System.Collections.Generic;
using System.Globalization;
using System.Reflection;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.State;

namespace MmFuzz.Reports;

/// <summary>Names of stages.</summary>
public static class StageNames
{
    private static readonly FrozenDictionary<KernelPath, Type> Enums = Find();

    /// <summary>Functions whose names are not those of their paths.</summary>
    private static readonly FrozenDictionary<KernelPath, string> Functions = new Dictionary<KernelPath, string>
    {
        [KernelPath.UserAccess] = "cpu",
        [KernelPath.GupSlow] = "get_user_pages",
        [KernelPath.GupFast] = "get_user_pages_fast",
        [KernelPath.Fork] = "dup_mmap",
        [KernelPath.Exit] = "exit_mmap",
        [KernelPath.ZapPageRange] = "unmap_page_range",
        [KernelPath.UffdRegister] = "userfaultfd_register",
        [KernelPath.UffdUnregister] = "userfaultfd_unregister",
        [KernelPath.ClearRefs] = "clear_refs_write",
        [KernelPath.ShrinkFolio] = "shrink_folio_list",
        [KernelPath.MigrateFolio] = "migrate_pages",
        [KernelPath.UserfaultfdEvent] = "userfaultfd_event_wait_completion",
    }.ToFrozenDictionary();

    /// <summary>The stage's name, with dashes: <c>judge</c>, <c>write-protect</c>.</summary>
    public static string Of(KernelPath path, int stage)
    {
        string? name = Enums.TryGetValue(path, out Type? type) ? Enum.GetName(type, (byte)stage)
            : stage == 0 ? "all" // of a path that is one stage
            : null;
        return name is null ? "stage " + stage.ToString(CultureInfo.InvariantCulture) : Dashed(name);
    }

    /// <summary>The names of a path's stages, in the order of their numbers.</summary>
    public static IEnumerable<string> AllOf(KernelPath path) => Enums.TryGetValue(path, out Type? type)
        ? Array.ConvertAll(Enum.GetNames(type), Dashed)
        : [];

    /// <summary>The path's kernel function: <c>do_wp_page</c>; <c>cpu</c> for what the hardware does.</summary>
    public static string Of(KernelPath path) =>
        Functions.TryGetValue(path, out string? function)
            ? function
            : Names.Dashed(path).Replace('-', '_');

    private static FrozenDictionary<KernelPath, Type> Find()
    {
        (KernelPath Path, string Class, string Enum)[] places =
        [
            (KernelPath.UserAccess, "Hardware", "Stage"), (KernelPath.HandleMmFault, "Memory", "FaultStage"),
            (KernelPath.DoAnonymousPage, "Memory", "AnonStage"), (KernelPath.DoSharedFault, "Shmem", "Stage"),
            (KernelPath.DoSwapPage, "SwapPage", "Stage"), (KernelPath.DoWpPage, "WpPage", "Stage"),
            (KernelPath.HandleUserfault, "Userfaultfd", "Stage"),
            (KernelPath.MigrationEntryWait, "Migrate", "WaitStage"), (KernelPath.GupSlow, "Gup", "Stage"),
            (KernelPath.GupFast, "GupFast", "Stage"), (KernelPath.Fork, "Fork", "Stage"),
            (KernelPath.Mmap, "Mmap", "Stage"), (KernelPath.Munmap, "Munmap", "Stage"),
            (KernelPath.MadviseDontneed, "MadviseDontneed", "Stage"), (KernelPath.Exit, "Exit", "Stage"),
            (KernelPath.ZapPageRange, "Zap", "Stage"), (KernelPath.Mprotect, "Mprotect", "Stage"),
            (KernelPath.ChangeProtection, "ChangeProtection", "Stage"),
            (KernelPath.MwriteprotectRange, "UffdWriteProtect", "Stage"),
            (KernelPath.UffdRegister, "UffdRegister", "Stage"), (KernelPath.UffdUnregister, "UffdUnregister", "Stage"),
            (KernelPath.ClearRefs, "TaskMmu", "Stage"), (KernelPath.ShrinkFolio, "Vmscan", "Stage"),
            (KernelPath.TryToUnmap, "Rmap", "UnmapStage"), (KernelPath.MigrateFolio, "Migrate", "Stage"),
            (KernelPath.TryToMigrate, "Rmap", "MigrateStage"), (KernelPath.RemoveMigrationPtes, "Rmap", "RestoreStage"),
            (KernelPath.TaskNumaWork, "NumaBalancing", "WorkStage"),
            (KernelPath.DoNumaPage, "NumaBalancing", "FaultStage"),
            (KernelPath.MadviseFork, "MadviseFork", "Stage"),
            (KernelPath.MadvisePageout, "MadvisePageout", "Stage"),
            (KernelPath.MadviseFree, "MadviseFree", "Stage"),
            (KernelPath.Madvise, "Madvise", "Stage"),
            (KernelPath.Mremap, "Mremap", "Stage"), (KernelPath.MovePageTables, "MovePageTables", "Stage"),
            (KernelPath.Swapoff, "Swapoff", "Stage"),
            (KernelPath.FileWrite, "FileWrite", "Stage"), (KernelPath.AccessRemoteVm, "Gup", "RemoteStage"),
            (KernelPath.HandleMissing, "Userfaultfd", "Stage"), (KernelPath.HandleMinor, "Userfaultfd", "Stage"),
            (KernelPath.MfillAtomic, "UffdFill", "Stage"),
            (KernelPath.PagemapScan, "PagemapScan", "Stage"), (KernelPath.UserfaultfdEvent, "UffdEvents", "Stage"),
            (KernelPath.MovePages, "UffdMove", "Stage"), (KernelPath.MigrateVma, "MigrateVma", "Stage"),
            (KernelPath.PinnedCall, "PinnedCall", "Stage"), (KernelPath.PunchHole, "PunchHole", "Stage"),
            (KernelPath.MadviseRemove, "MadviseRemove", "Stage"), (KernelPath.Mlock, "Mlock", "Stage"),
            (KernelPath.Truncate, "Truncate", "Stage"),
            (KernelPath.MadviseGuard, "MadviseGuard", "Stage"), (KernelPath.MemoryFailure, "MemoryFailure", "Stage"),
        ];
        var found = new Dictionary<KernelPath, Type>();
        foreach ((KernelPath path, string owner, string name) in places)
        {
            Type? type = typeof(KernelPath).Assembly.GetType("MmFuzz.Engine.Kernel." + owner)?
                .GetNestedType(name, BindingFlags.NonPublic | BindingFlags.Public);
            if (type is { IsEnum: true } && Enum.GetUnderlyingType(type) == typeof(byte))
            {
                found[path] = type;
            }
        }

        return found.ToFrozenDictionary();
    }

    private static string Dashed(string name)
    {
        var text = new System.Text.StringBuilder();
        foreach (char letter in name)
        {
            text.Append(char.IsUpper(letter) && text.Length > 0 ? "-" : string.Empty)
                .Append(char.ToLowerInvariant(letter));
        }

        return text.ToString();
    }
}
