// A unit of fuzzing: some programs of one variant, from beginning to end. What it finds is written down at once, what
// it counts at its end; a unit that was cut off is begun again. Findings of earlier units of the variant are known to
// it, so that they are counted and not shrunk again.
// Not covered: which units there are (FuzzPart).

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.IO;
using System.Linq;
using MmFuzz.Engine;
using MmFuzz.Engine.Kernel;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.Properties;
using MmFuzz.Reports;
using MmFuzz.Reports.Night;

namespace MmFuzz.Cli.Nightly;

/// <summary>Runs units of one variant, one after the other.</summary>
internal sealed class FuzzUnit
{
    private readonly Night night;
    private readonly List<StoredFinding> earlier;

    /// <summary>Makes it; what was found before a kill is known again.</summary>
    public FuzzUnit(Night night, FuzzVariant variant)
    {
        this.night = night;
        Variant = variant;
        FuzzDone[] done = [.. night.Progress.UnitsOf(NightParts.Fuzz, variant.Name)];
        Number = done.Length;
        First = done.Aggregate(0ul, (sum, unit) => sum + (ulong)unit.Programs);
        earlier =
        [
            .. from one in night.Progress.Findings
               where one.Part == NightParts.Fuzz && one.Variant == Variant.Name && one.Unit < Number
               select Restored(one.Finding),
        ];
    }

    /// <summary>The variant.</summary>
    public FuzzVariant Variant { get; }

    /// <summary>Number of the next unit.</summary>
    public int Number { get; private set; }

    /// <summary>Number of its first program.</summary>
    public ulong First { get; private set; }

    /// <summary>The finding as it is written down.</summary>
    public static FoundProgram Found(Night night, FuzzSettings settings, StoredFinding finding) => new(
        finding.Violation.PropertyName,
        finding.Violation.ClauseName,
        finding.Cause.IsKnown ? finding.Cause.Names : null,
        finding.Program.Length,
        night.Place.Relative(finding.File),
        finding.Program.Print(),
        finding.First,
        settings.CommandFor(finding.First));

    /// <summary>Runs the next unit.</summary>
    /// <param name="programs">How many programs; null if time decides.</param>
    /// <param name="budget">How long; null if the number of programs decides.</param>
    public void Run(long? programs, TimeSpan? budget)
    {
        var settings = new FuzzSettings(
            Variant.Profile, night.Settings.Seed, First, programs, budget, night.Jobs, Variant.Length,
            night.Place.Findings);
        Dictionary<StoredFinding, long> before = earlier.ToDictionary(one => one, one => one.Programs);
        var run = new FuzzRun(settings, finding => Take(settings, finding), night.Session.Stop, [.. earlier]);
        TimeSpan patience = Watchdog.Patience(budget);
        FuzzResult? result = Watchdog.Run(
            () => run.Execute(now => night.Show(NightParts.Fuzz, string.Create(
                CultureInfo.InvariantCulture,
                $"{Variant.Name}: {Tables.Count(now.Operations)} operations, {now.Findings} findings"))),
            patience);
        if (result is null)
        {
            night.Record(new TimedOut(NightParts.Fuzz, Variant.Name, patience.TotalSeconds));
        }
        else if (result.Failure is { } failure)
        {
            night.Record(new Failed(NightParts.Fuzz, Variant.Name, failure));
        }

        if (!night.IsStopped)
        {
            End(result, before);
        }
    }

    private void Take(FuzzSettings settings, StoredFinding finding)
    {
        FoundProgram found = Found(night, settings, finding);
        night.Record(new FindingMade(NightParts.Fuzz, Variant.Name, Number, found));
        night.Announce(found);
    }

    private void End(FuzzResult? result, Dictionary<StoredFinding, long> before)
    {
        ImmutableArray<StoredFinding> findings = result?.Findings ?? [];
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (StoredFinding one in earlier.Concat(findings))
        {
            long more = one.Programs - before.GetValueOrDefault(one);
            string file = night.Place.Relative(one.File);
            counts[file] = counts.GetValueOrDefault(file) + more;
        }

        ImmutableArray<string> files = [.. findings.Select(one => night.Place.Relative(one.File))];
        DropStale(files);
        night.Record(new FuzzDone(
            NightParts.Fuzz,
            Variant.Name,
            Number,
            First,
            result?.Programs ?? 0,
            result?.Operations ?? 0,
            Math.Round(result?.Elapsed.TotalSeconds ?? 0, 3),
            result is null ? [] : GoalsOf(result),
            result is null ? [] : [.. OutcomesOf(result).Where(one => !night.Progress.Outcomes.Contains(one))],
            result is null ? [] : [.. PropertiesOf(result)],
            0,
            files,
            counts.Where(pair => pair.Value > 0).ToDictionary(StringComparer.Ordinal)));
        earlier.AddRange(findings);
        Number++;
        First += (ulong)(result?.Programs ?? 0);
    }

    /// <summary>
    /// Where programs are counted, what a cut-off attempt at this unit left, and its whole run did not find (a shrink
    /// that was stopped ends elsewhere), goes.
    /// </summary>
    private void DropStale(ImmutableArray<string> files)
    {
        if (night.Settings.Programs is null)
        {
            return;
        }

        FindingMade[] all = [.. night.Progress.Findings];
        foreach (FindingMade stale in all.Where(IsOwn).Where(one => !files.Contains(one.Finding.File)))
        {
            string path = night.Place.In(stale.Finding.File);
            if (!all.Any(other => !IsOwn(other) && other.Finding.File == stale.Finding.File))
            {
                foreach (string extension in (string[])[".mm", ".md", ".html"])
                {
                    File.Delete(Path.ChangeExtension(path, extension));
                }
            }
        }
    }

    private bool IsOwn(FindingMade one) =>
        one.Part == NightParts.Fuzz && one.Variant == Variant.Name && one.Unit == Number;

    private static Dictionary<string, long> GoalsOf(FuzzResult result) => Enum.GetValues<Goal>()
        .Where(goal => result.Goals[(int)goal] > 0)
        .ToDictionary(Tables.Words, goal => result.Goals[(int)goal], StringComparer.Ordinal);

    private static IEnumerable<string> OutcomesOf(FuzzResult result) =>
        from kind in Enum.GetValues<OperationKind>()
        from outcome in result.Outcomes.Of(kind)
        select $"{OperationPrinter.Word(kind)} {outcome.Outcome}";

    private static IEnumerable<string> PropertiesOf(FuzzResult result) =>
        from id in PropertyCatalogue.All.Select(one => one.Id).Except(result.Vacuous())
        select PropertyCatalogue.Of(id).Name;

    /// <summary>The finding again from what is written down: its program tells the rest.</summary>
    private StoredFinding Restored(FoundProgram found)
    {
        string path = night.Place.In(found.File);
        MmProgram program = ProgramFiles.Parse(path, found.Program);
        var runner = new Runner(program.Profile);
        for (int i = 0; i < program.Operations.Length && runner.Violation is null; i++)
        {
            runner.Execute(program.Operations[i], (ushort)i);
        }

        Violation violation = runner.Violation
            ?? throw new InvalidOperationException($"{found.File} shows nothing any more");
        return new StoredFinding(program, violation, Cause.Of(program, violation), path, found.First);
    }
}
