// Programs that a kill left as they were found, before they were shrunk: a night that time ends takes them in at its
// end. Where programs are counted none is left, for the unit that found it is begun again.
// Not covered: programs on which the engine failed, which stay as they are.

using System;
using System.IO;
using System.Linq;
using MmFuzz.Engine;
using MmFuzz.Engine.Operations;
using MmFuzz.Generators;
using MmFuzz.Reports.Night;

namespace MmFuzz.Cli.Nightly;

/// <summary>Takes left programs in.</summary>
internal static class LeftOvers
{
    private const string Raw = ".raw.mm";

    /// <summary>Takes them in.</summary>
    public static void TakeIn(Night night)
    {
        string[] files = [.. Directory.EnumerateFiles(night.Place.Findings, "*" + Raw)
            .Where(file => !Path.GetFileName(file).StartsWith("internal-error-", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)];
        foreach (string file in files)
        {
            TakeIn(night, file);
        }
    }

    private static void TakeIn(Night night, string file)
    {
        MmProgram program;
        try
        {
            program = ProgramFiles.Read(night.Session, file).Program;
        }
        catch (BadInputException bad)
        {
            night.Record(new Failed(NightParts.Fuzz, night.Place.Relative(file), string.Join("; ", bad.Lines)));
            return;
        }

        var runner = new Runner(program.Profile);
        int count = 0;
        while (count < program.Operations.Length && runner.Violation is null)
        {
            runner.Execute(program.Operations[count], (ushort)count);
            count++;
        }

        if (runner.Violation is { } violation)
        {
            Store(night, new Finding(0, program.Profile, [.. program.Operations.Take(count)], violation));
        }

        FindingStore.Drop(file);
    }

    private static void Store(Night night, Finding finding)
    {
        string variant = FuzzVariant.All.FirstOrDefault(one => one.Profile.IsSameAs(finding.Profile))?.Name
            ?? finding.Profile.ToString();
        var settings = new FuzzSettings(
            finding.Profile, night.Settings.Seed, 0, null, TimeSpan.Zero, 1, FuzzSettings.UsualLength,
            night.Place.Findings);
        var desk = new FindingDesk(settings, new FindingStore(night.Place.Findings), Announce, night.Session.Stop);
        desk.Take(finding);

        void Announce(StoredFinding stored)
        {
            string path = night.Place.Relative(stored.File);
            FoundProgram found = FuzzUnit.Found(night, settings, stored) with { FoundBy = $"mmfuzz replay {path}" };
            night.Record(new FindingMade(NightParts.Fuzz, variant, int.MaxValue, found));
            night.Announce(found);
        }
    }
}
