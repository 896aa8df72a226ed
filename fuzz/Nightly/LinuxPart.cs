// Programs on the real kernel, beside the model, where that can be had. Settings of the system are changed only if that
// was allowed. Not covered: the comparison (LinuxFuzzRun).

using System;
using System.Collections.Immutable;
using System.Linq;
using MmFuzz.Linux;
using MmFuzz.Reports.Night;
using Capabilities = MmFuzz.Linux.Capabilities;

namespace MmFuzz.Cli.Nightly;

/// <summary>The real kernel.</summary>
internal sealed class LinuxPart : INightPart
{
    private const int ProgramsOfUnit = 2000;
    private const double LongestSlice = 10;
    private const int SlicesForOneThatMoves = 5;

    /// <inheritdoc/>
    public string Name => NightParts.Linux;

    /// <inheritdoc/>
    public int Share => 10;

    /// <inheritdoc/>
    public string? WhyNot() => ExecutorBinary.WhyNot();

    /// <inheritdoc/>
    public bool Run(Night night, PartTime time)
    {
        Kernel? kernel = null;
        try
        {
            ulong first = night.Progress.Compared.Aggregate(0ul, (sum, unit) => sum + (ulong)unit.Programs);
            for (int unit = night.Progress.Compared.Count; !IsOver(night, time, first); unit++)
            {
                Kernel? last = kernel;
                kernel = null; // whose turn ends in there is not to be ended again
                kernel = Take(night, last, SettingsOf(night, unit));
                if (kernel is null)
                {
                    return true;
                }

                first += Compare(night, kernel, unit, first, time.Left);
            }
        }
        finally
        {
            kernel?.Turn.Dispose();
        }

        return !night.IsStopped && night.Progress.Compared.Count > 0;
    }

    /// <summary>
    /// In every fifth slice pages move, too. That makes few programs a second, so a night by number does without.
    /// </summary>
    private static SystemSettings SettingsOf(Night night, int unit) =>
        !night.Settings.AllowSystemChanges ? SystemSettings.Kept
        : night.Settings.Programs is null && unit % SlicesForOneThatMoves == SlicesForOneThatMoves - 1
        ? SystemSettings.WithMovableMemory
        : SystemSettings.WithSwap;

    /// <summary>The kernel with these settings, or without memory that moves; null, and recorded, for none.</summary>
    private static Kernel? Take(Night night, Kernel? last, SystemSettings settings)
    {
        if (last?.Settings == settings)
        {
            return last;
        }

        last?.Turn.Dispose();
        Turn? turn = null;
        try
        {
            turn = Turn.Take(settings, Turn.DefaultFile, () => night.Remark("waits for another run on this machine"));
            return new Kernel(settings, turn, Capabilities.Find(turn.Blocks));
        }
        catch (ExecutorException failure)
        {
            turn?.Dispose();
            if (settings == SystemSettings.WithMovableMemory)
            {
                night.Remark($"pages do not move: {Spectre.Console.Markup.Escape(failure.Message)}");
                return Take(night, null, SystemSettings.WithSwap);
            }

            night.Record(new PartSkipped(NightParts.Linux, failure.Message));
            return null;
        }
    }

    private static bool IsOver(Night night, PartTime time, ulong first) =>
        time.IsOver || (night.Settings.Programs is { } count && first >= (ulong)count);

    private static ulong Compare(Night night, Kernel kernel, int unit, ulong first, double? left)
    {
        long? programs = night.Settings.Programs is { } count
            ? Math.Min(ProgramsOfUnit, count - (long)first)
            : null;
        TimeSpan? budget = left is { } seconds ? TimeSpan.FromSeconds(Math.Min(LongestSlice, seconds)) : null;
        Capabilities found = kernel.Found;
        bool migrates = kernel.Settings == SystemSettings.WithMovableMemory;
        var settings = new LinuxFuzzSettings(
            found.Profile, found.Filter(migrates), night.Settings.Seed, first, programs, budget,
            migrates ? 1 : night.Jobs, LinuxFuzzSettings.UsualLength, night.Place.Findings, default, kernel.Settings,
            kernel.Turn.Blocks);
        var run = new LinuxFuzzRun(settings, Take, night.Session.Stop);
        TimeSpan patience = Watchdog.Patience(budget);
        LinuxFuzzResult? result = Watchdog.Run(run.Execute, patience);
        if (result is null)
        {
            night.Record(new TimedOut(NightParts.Linux, found.Kernel, patience.TotalSeconds));
            return programs is { } all ? (ulong)all : 0;
        }

        if (!night.IsStopped)
        {
            night.Show(NightParts.Linux, $"{Tables.Count((long)first + result.Programs)} programs");
            night.Record(new LinuxDone(
                unit, found.Kernel, found.Profile.ToString(), first, result.Programs, result.Operations,
                Math.Round(result.Elapsed.TotalSeconds, 3), result.Noise, Files(night, result)));
        }

        return (ulong)result.Programs;

        void Take(StoredDivergence one)
        {
            string file = night.Place.Relative(one.File);
            night.Record(new DivergenceMade(
                unit, new NightDivergence(Tables.Words(one.Kind), one.Difference, file, one.Program)));
            night.Remark($"[red]differs[/] {Spectre.Console.Markup.Escape(one.Difference)}: {file}");
        }
    }

    private static ImmutableArray<string> Files(Night night, LinuxFuzzResult result) =>
        [.. result.Divergences.Select(one => night.Place.Relative(one.File))];

    /// <summary>The kernel below, for as long as it is this one's turn.</summary>
    private sealed record Kernel(SystemSettings Settings, Turn Turn, Capabilities Found);
}
