// What a stage of a kernel path is called, for traces. The stages are private enums of the paths, so their names are
// looked up by reflection, once; a stage that is not found is called by its number.
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

    /// <summary>The stage's name, with dashes: <c>judge</c>, <c>write-protect</c>.</summary>
    public static string Of(KernelPath path, int stage)
    {
        string? name = Enums.TryGetValue(path, out Type? type) ? Enum.GetName(type, (byte)stage) : null;
        return name is null ? "stage " + stage.ToString(CultureInfo.InvariantCulture) : Dashed(name);
    }

    /// <summary>The path's name, with dashes: <c>do-wp-page</c>.</summary>
    public static string Of(KernelPath path) => Names.Dashed(path);

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
