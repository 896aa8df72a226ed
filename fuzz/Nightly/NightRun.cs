// A night from its beginning, or from where it was killed, to its end: part after part, each with its share of the time
// that is left, and after each the files for people and machines. Everything that decides how to go on is in the
// journal. Not covered: what the parts do (a file each), the command line (NightlyCommand).

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using MmFuzz.Reports.Night;
using Spectre.Console;

namespace MmFuzz.Cli.Nightly;

/// <summary>Asked of a night.</summary>
/// <param name="Directory">Its directory.</param>
/// <param name="Records">The file of what is remembered; null for the one in the directory.</param>
/// <param name="Seed">Where the choices begin; null for the number of the night.</param>
/// <param name="Settings">The rest; its seed does not count.</param>
/// <param name="Jobs">Threads.</param>
/// <param name="Commit">The commit; null to find it out.</param>
/// <param name="Fresh">Whether a night that did not come to its end is given up.</param>
internal sealed record NightRequest(
    string Directory, string? Records, ulong? Seed, NightSettings Settings, int Jobs, string? Commit, bool Fresh);

/// <summary>Runs nights.</summary>
internal sealed class NightRun
{
    private readonly Session session;
    private readonly NightRequest request;
    private readonly NightPlace place;
    private readonly string records;
    private NightRecords memory = NightRecords.Empty;

    /// <summary>Makes a run.</summary>
    public NightRun(Session session, NightRequest request)
    {
        this.session = session;
        this.request = request;
        place = new NightPlace(request.Directory);
        records = request.Records ?? place.In(NightFiles.Records);
    }

    /// <summary>Runs, and answers with what came of it.</summary>
    public NightReport Execute()
    {
        _ = new FindingStore(place.Findings);
        using Journal journal = Journal.Open(place.In(NightFiles.Journal));
        SafeFile.Sweep(place.Directory);
        SafeFile.Sweep(place.Findings);
        memory = NightRecords.Read(records);
        NightProgress progress = Read(journal.Entries);
        SourceCommit commit = SourceCommit.Find(request.Commit);
        bool isOther = progress.Ended is not null || request.Fresh || progress.Begun?.Commit != commit.Hash;
        if (progress.Begun is not null && isOther)
        {
            // what a kill kept from being remembered is remembered now; nights of two commits are not one
            Remember(progress);
            journal.Clear();
            progress = new NightProgress();
        }

        Refuse(progress.Begun?.Settings);
        using var night = new Night(session, place, request.Jobs, journal, progress);
        return Execute(night, commit);
    }

    private static NightProgress Read(IReadOnlyList<JournalEntry> entries)
    {
        var progress = new NightProgress();
        foreach (JournalEntry entry in entries)
        {
            progress.Apply(entry);
        }

        return progress;
    }

    /// <summary>A night goes on with what it was begun with, or not at all.</summary>
    private void Refuse(NightSettings? begun)
    {
        NightSettings wanted = request.Settings with { Seed = request.Seed ?? begun?.Seed ?? 0 };
        if (begun is not null && !begun.IsSameAs(wanted))
        {
            throw new BadInputException(
            [
                $"{place.Directory}: found a night that did not come to its end, begun by",
                $"  {begun.Command(place.Directory)}",
                "expected the same options, or --fresh to give it up",
            ]);
        }
    }

    private NightReport Execute(Night night, SourceCommit commit)
    {
        if (night.Progress.Begun is null)
        {
            string now = Moments.Now;
            ulong seed = request.Seed ?? 1 + memory.Nights.Select(one => one.Seed).DefaultIfEmpty().Max();
            night.Record(new NightBegun(request.Settings with { Seed = seed }, commit.Hash, commit.Time ?? now, now));
        }
        else
        {
            night.Record(new NightResumed(Moments.Now));
            night.Remark("going on where the night was stopped, after "
                + Tables.Time(TimeSpan.FromSeconds(night.Progress.At)) + " of work");
        }

        ImmutableArray<INightPart> parts =
            [.. NightPlan.Parts.Where(part => night.Settings.Parts.Contains(part.Name))];
        for (int i = 0; i < parts.Length && !night.IsStopped; i++)
        {
            Run(night, parts[i], parts[(i + 1)..]);
            NightFiles.Write(place, Report(night, atWork: true));
        }

        if (!night.IsStopped)
        {
            LeftOvers.TakeIn(night);
            night.Record(new NightEnded(Moments.Now));
            Remember(night.Progress);
        }

        NightReport report = Report(night, atWork: false);
        NightFiles.Write(place, report);
        return report;
    }

    private static void Run(Night night, INightPart part, ImmutableArray<INightPart> after)
    {
        PartProgress done = night.Progress.Part(part.Name);
        if (done.Done is not null || done.Skipped is not null)
        {
            return;
        }

        if (part.WhyNot() is { } reason)
        {
            night.Record(new PartSkipped(part.Name, reason));
            night.Remark($"[yellow]{part.Name} is left out:[/] {reason.EscapeMarkup()}");
            return;
        }

        if (done.Begun is null)
        {
            double? deadline = NightPlan.DeadlineOf(part, after, night.Now, night.Settings.Budget);
            night.Record(new PartBegun(part.Name, deadline));
        }

        night.Remark($"[bold]{part.Name}[/]" + Until(night, done.Begun!.Deadline));
        bool complete;
        try
        {
            complete = part.Run(night, new PartTime(night, done.Begun.Deadline));
        }
        catch (BadInputException bad)
        {
            night.Record(new Failed(part.Name, part.Name, string.Join("; ", bad.Lines)));
            complete = false;
        }
#pragma warning disable CA1031 // the other parts must not be lost with this one
        catch (Exception exception)
#pragma warning restore CA1031
        {
            night.Record(new Failed(part.Name, part.Name, InternalErrors.Describe(exception)));
            complete = false;
        }

        if (!night.IsStopped)
        {
            night.Record(new PartDone(part.Name, complete));
        }
    }

    private static string Until(Night night, double? deadline) => deadline is { } end
        ? string.Create(CultureInfo.InvariantCulture, $" [dim](at most {Math.Max(0, end - night.Now):0} s)[/]")
        : string.Empty;

    private NightReport Report(Night night, bool atWork) =>
        new NightReporter(night.Progress, memory, place, request.Jobs, atWork).Make();

    private void Remember(NightProgress progress)
    {
        NightReport report = new NightReporter(progress, memory, place, request.Jobs, atWork: false).Make();
        NightRecords now = NightRecords.Read(records).With(NightSeeds.Of(progress, report));
        NightFiles.Write(records, JsonText.Of(now) + "\n");
    }
}
