// `mmfuzz guided --driver afl`: AFL++ is run on the target for the budget, beginning with the corpus; then its queue
// goes into the corpus and its crashes to the findings, as with `mmfuzz corpus import`.
// Not covered: AFL++ itself (AflProcess).

using System;
using System.IO;

namespace MmFuzz.Cli;

/// <summary>Runs AFL++.</summary>
internal static class AflRun
{
    /// <summary>Runs it and takes in what it found.</summary>
    public static int Execute(Session session, GuidedSettings settings)
    {
        var corpus = new ByteCorpus(settings.CorpusDirectory);
        var afl = new AflProcess(settings, Path.Combine(settings.CorpusDirectory, "afl"));
        int seconds = Math.Max(1, (int)settings.Budget!.Value.TotalSeconds);
        session.Remark($"[dim]AFL++ for {seconds} s[/]");
        string? failure = afl.Run(corpus.Read(), seconds, session.Stop);
        if (failure is not null)
        {
            session.Complain(failure);
        }

        session.Remark($"[dim]AFL++: {afl.Figure("execs_per_sec") ?? "?"} programs/s, stability "
            + $"{afl.Figure("stability") ?? "?"}; taking in what it found[/]");
        if (!Directory.Exists(afl.Output))
        {
            return ExitCode.Internal;
        }

        int code = CorpusCommand.Take(
            session, settings with { Jobs = 1, Budget = null }, CorpusCommand.ReadAfl(afl.Output));
        return failure is not null ? ExitCode.Internal : code;
    }
}
