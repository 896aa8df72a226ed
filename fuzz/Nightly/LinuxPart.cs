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
    private const double LongestSlice = 30;

    /// <inheritdoc/>
    public string Name => NightParts.Linux;

    /// <inheritdoc/>
    public int Share => 10;

    /// <inheritdoc/>
    public string? WhyNot() => ExecutorBinary.WhyNot();

    /// <inheritdoc/>
    public bool Run(Night night, PartTime time)
    {
        SystemSettings settings = night.Settings.AllowSystemChanges ? SystemSettings.WithSwap : SystemSettings.Kept;
        Turn? turn = null;
        Capabilities found;
        try
        {
            turn = Turn.Take(settings, Turn.DefaultFile, () => night.Remark("waits for another run on this machine"));
            found = Capabilities.Find();
        }
        catch (ExecutorException failure)
        {
            turn?.Dispose();
            night.Record(new PartSkipped(Name, failure.Message));
            return true;
        }

        using (turn)
        {
            return Run(night, time, found);
        }
    }

    private static bool Run(Night night, PartTime time, Capabilities found)
    {
        ulong first = night.Progress.Compared.Aggregate(0ul, (sum, unit) => sum + (ulong)unit.Programs);
        for (int unit = night.Progress.Compared.Count; !IsOver(night, time, first); unit++)
        {
            first += Compare(night, found, unit, first, time.Left);
        }

        return !night.IsStopped && night.Progress.Compared.Count > 0;
    }

    private static bool IsOver(Night night, PartTime time, ulong first) =>
        time.IsOver || (night.Settings.Programs is { } count && first >= (ulong)count);

    private static ulong Compare(Night night, Capabilities found, int unit, ulong first, double? left)
    {
        long? programs = night.Settings.Programs is { } count
            ? Math.Min(ProgramsOfUnit, count - (long)first)
            : null;
        TimeSpan? budget = left is { } seconds ? TimeSpan.FromSeconds(Math.Min(LongestSlice, seconds)) : null;
        var settings = new LinuxFuzzSettings(
            found.Profile, found.Filter(migrates: false), night.Settings.Seed, first, programs, budget, night.Jobs,
            LinuxFuzzSettings.UsualLength, night.Place.Findings, default,
            night.Settings.AllowSystemChanges ? SystemSettings.WithSwap : SystemSettings.Kept);
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
}
