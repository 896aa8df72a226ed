// The operations of a run and what became of them: everything for JSON, the most telling cells for people.
// Not covered: counting (Generators/OutcomeTable).

using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using MmFuzz.Engine.Operations;
using MmFuzz.Generators;
using Spectre.Console;

namespace MmFuzz.Cli;

/// <summary>Writes what became of operations.</summary>
internal static class OutcomeReport
{
    /// <summary>Outcomes beside the most frequent one that a row shows.</summary>
    private const int MostShown = 6;

    /// <summary>How often each kind was executed.</summary>
    public static Dictionary<string, long> Mix(OutcomeTable outcomes) =>
        Enum.GetValues<OperationKind>().ToDictionary(OperationPrinter.Word, outcomes.Executed, StringComparer.Ordinal);

    /// <summary>Kind, outcome, and how often; what never happened is left out.</summary>
    public static Dictionary<string, Dictionary<string, long>> Document(OutcomeTable outcomes) =>
        Enum.GetValues<OperationKind>().ToDictionary(
            OperationPrinter.Word,
            kind => outcomes.Of(kind).ToDictionary(one => one.Outcome, one => one.Times, StringComparer.Ordinal),
            StringComparer.Ordinal);

    /// <summary>A row for each kind: its share, and what it answered most.</summary>
    public static void Write(Session session, OutcomeTable outcomes)
    {
        OperationKind[] kinds = Enum.GetValues<OperationKind>();
        double all = Math.Max(1, kinds.Sum(outcomes.Executed));
        Table table = Tables.Make("operation", ">executed", ">of all", "outcomes");
        foreach (OperationKind kind in kinds.OrderByDescending(outcomes.Executed))
        {
            (string Outcome, long Times)[] row = [.. outcomes.Of(kind)];
            if (row.Length == 0)
            {
                continue;
            }

            double sum = row.Sum(one => one.Times);
            IEnumerable<string> cells = row.OrderByDescending(one => one.Times).Take(MostShown)
                .Select(one => $"{one.Outcome} {Share(one.Times / sum)}");
            string more = row.Length > MostShown ? $", {row.Length - MostShown} more" : string.Empty;
            long executed = outcomes.Executed(kind);
            table.AddRow(
                OperationPrinter.Word(kind).EscapeMarkup(),
                Tables.Count(executed),
                Share(executed / all),
                (string.Join(", ", cells) + more).EscapeMarkup());
        }

        session.Words.Write(table);
        session.Say($"{Share(outcomes.EnteredKernel() / all)} of the operations entered a kernel path");
    }

    private static string Share(double part) =>
        part is > 0 and < 0.001 ? "<0.1 %" : string.Create(CultureInfo.InvariantCulture, $"{100 * part:0.0} %");
}
