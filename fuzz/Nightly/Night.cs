// A night that is at work: what is asked for, what is done, its journal, its clock and its directory. Parts see the
// rest of the program only through it. Not covered: the order of parts and their time (NightRun).

using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Threading;
using MmFuzz.Reports;
using Spectre.Console;

namespace MmFuzz.Cli.Nightly;

/// <summary>A night at work.</summary>
internal sealed class Night : IDisposable
{
    /// <summary>How often the time that passed is written down, at least.</summary>
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(2);

    private readonly object gate = new();
    private readonly Journal journal;
    private readonly double before;
    private readonly Stopwatch watch = Stopwatch.StartNew();
    private readonly ProgressLine line;
    private readonly Timer heart;
    private readonly HashSet<string> announced = new(StringComparer.Ordinal);

    /// <summary>Makes a night on an open journal.</summary>
    public Night(Session session, NightPlace place, int jobs, Journal journal, NightProgress progress)
    {
        Session = session;
        Place = place;
        Jobs = jobs;
        Progress = progress;
        this.journal = journal;
        before = progress.At;
        line = new ProgressLine(session);
        heart = new Timer(_ => Record(new TimePassed()), null, Beat, Beat);
    }

    /// <summary>The invocation.</summary>
    public Session Session { get; }

    /// <summary>Its files.</summary>
    public NightPlace Place { get; }

    /// <summary>Threads.</summary>
    public int Jobs { get; }

    /// <summary>What is done.</summary>
    public NightProgress Progress { get; }

    /// <summary>What is asked for.</summary>
    public NightSettings Settings => Progress.Begun!.Settings;

    /// <summary>Seconds of work so far, those before a kill included.</summary>
    public double Now => before + watch.Elapsed.TotalSeconds;

    /// <summary>Whether somebody asked it to stop.</summary>
    public bool IsStopped => Session.Stop.IsCancellationRequested;

    /// <summary>Writes an entry down, then takes it in.</summary>
    public void Record(JournalEntry entry)
    {
        lock (gate)
        {
            JournalEntry timed = entry with { At = Math.Round(Now, 3) };
            journal.Append(timed);
            Progress.Apply(timed);
        }
    }

    /// <summary>Shows how far it is.</summary>
    public void Show(string part, string text) => line.Show(string.Create(
        CultureInfo.InvariantCulture, $"{Tables.Time(TimeSpan.FromSeconds(Now))} {part}: {text}"));

    /// <summary>A remark beside the answer, in place of how far it is.</summary>
    public void Remark(string markup) => line.Remark(markup);

    /// <summary>Says that something was found, once it is written down, and once for all that is the same.</summary>
    public void Announce(FoundProgram finding)
    {
        if (!announced.Add(finding.Key))
        {
            return;
        }

        string colour = finding.AttributedTo is null ? "red" : "yellow";
        string cause = finding.AttributedTo is { } names
            ? "expected: lacks " + string.Join(", ", names)
            : "not explained";
        Remark($"[{colour}]found[/] {finding.Property} ({finding.Clause}), "
            + $"{Tables.Plural(finding.Operations, "operation")} ({cause.EscapeMarkup()}): "
            + PlainText.Clean(finding.File).EscapeMarkup());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        heart.Dispose();
        line.End();
        journal.Dispose();
    }
}

/// <summary>The files of a night.</summary>
/// <param name="Directory">Its directory.</param>
internal sealed record NightPlace(string Directory)
{
    /// <summary>Where findings are.</summary>
    public string Findings => In("findings");

    /// <summary>Where the canary's findings are.</summary>
    public string Canary => In("canary");

    /// <summary>Where programs are that covered something new.</summary>
    public string Corpus => In("corpus");

    /// <summary>A path in it.</summary>
    public string In(string name) => Path.Combine(Directory, name);

    /// <summary>A path as it is seen from it, with slashes.</summary>
    public string Relative(string file) => Path.GetRelativePath(Directory, file).Replace('\\', '/');
}

/// <summary>When a part must end.</summary>
/// <param name="Night">The night.</param>
/// <param name="Deadline">In seconds of work; null if programs are counted.</param>
internal readonly record struct PartTime(Night Night, double? Deadline)
{
    /// <summary>Whether it may begin nothing more.</summary>
    public bool IsOver => Night.IsStopped || (Deadline is { } end && Night.Now >= end);

    /// <summary>Seconds until then; null if programs are counted.</summary>
    public double? Left => Deadline is { } end ? Math.Max(0, end - Night.Now) : null;
}
