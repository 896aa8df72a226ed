// The page that tells whether guidance helps: what was done, a table with a line per known bug, and the conclusion,
// which is worked out from the table. Not covered: the plot (GuidancePlot), trying (GuidanceCommand).

using System;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Text;

namespace MmFuzz.Cli;

/// <summary>Makes the page.</summary>
internal static class GuidancePage
{
    /// <summary>Within this factor of the plain generator's operations, two ways are as good as each other.</summary>
    private const double AsGood = 1.1;

    /// <summary>The page.</summary>
    /// <param name="result">The comparison.</param>
    /// <param name="plot">The file of the plot, beside the page.</param>
    public static string Make(GuidanceResult result, string plot)
    {
        var text = new StringBuilder();
        IGrouping<string, GuidanceCell>[] bugs = [.. result.Cells.GroupBy(cell => cell.Row.Id)];
        text.Append("# Does guidance help?\n\n");
        text.Append(CultureInfo.InvariantCulture,
            $"{bugs.Length} known bugs of four or more operations, or with a race (*), were put back one at a time and "
            + $"looked for by the plain\ngenerator and by the guided loop with each feedback: {result.Seeds} seeds "
            + $"each, at most {Tables.Count(result.Most)} operations a trial. What\ncounts is operations until a "
            + $"program shows an expected property and is clean on the repaired kernel, as in the kill\nmatrix. "
            + $"Written by `mmfuzz guided compare --seeds {result.Seeds} --operations {result.Most} "
            + $"--out docs/guidance.md`.\n\n");
        text.Append(Conclusion(result)).Append('\n');
        text.Append(CultureInfo.InvariantCulture,
            $"![operations until found, by bug and feedback]({plot})\n\n");
        text.Append("Thousands of operations: median (quartiles), and how many seeds found it if not all did. "
            + "Trials that found nothing\ncount with all operations that they were allowed.\n\n");
        text.Append("| bug | ops |");
        text.AppendJoin(string.Empty, Guidance.All.Select(guidance => $" {guidance.Name} |")).Append('\n');
        text.Append("|---|---|").Insert(text.Length, "---|", Guidance.All.Length).Append('\n');
        foreach (IGrouping<string, GuidanceCell> bug in bugs)
        {
            GuidanceCell first = bug.First();
            text.Append(CultureInfo.InvariantCulture,
                $"| {bug.Key}{(first.Races ? " *" : string.Empty)} | {first.Row.ListedLength} |");
            long best = bug.Min(cell => cell.Quantile(0.5));
            text.AppendJoin(string.Empty, bug.Select(cell => $" {Cell(cell, result, best)} |")).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>The geometric mean, over bugs, of a way's median as a part of the plain generator's.</summary>
    public static double MeanRatio(GuidanceResult result, string guidance)
    {
        var plain = result.Cells.Where(cell => cell.Guidance.Name == Guidance.All[0].Name)
            .ToDictionary(cell => cell.Row.Id, cell => cell.Quantile(0.5));
        return Math.Exp(result.Cells.Where(cell => cell.Guidance.Name == guidance)
            .Average(cell => Math.Log(cell.Quantile(0.5) / (double)plain[cell.Row.Id])));
    }

    /// <summary>
    /// The way that needs the fewest operations; the plain generator unless another is plainly better.
    /// </summary>
    public static string Winner(GuidanceResult result)
    {
        (string Name, double Ratio) best = Guidance.All
            .Select(guidance => (guidance.Name, Ratio: MeanRatio(result, guidance.Name)))
            .MinBy(one => one.Ratio);
        return best.Ratio * AsGood < 1 ? best.Name : Guidance.All[0].Name;
    }

    private static string Conclusion(GuidanceResult result)
    {
        ImmutableArray<Guidance> all = Guidance.All;
        var text = new StringBuilder();
        text.Append("| | seeds that found their bug | fewest operations (bugs) | operations of the plain generator's "
            + "(geometric mean) | found by a changed program |\n|---|---|---|---|---|\n");
        var winners = result.Cells.GroupBy(cell => cell.Row.Id)
            .Select(bug => bug.MinBy(cell => cell.Quantile(0.5))!.Guidance.Name).ToArray();
        foreach (Guidance guidance in all)
        {
            GuidanceCell[] cells = [.. result.Cells.Where(cell => cell.Guidance == guidance)];
            text.Append(CultureInfo.InvariantCulture,
                $"| {guidance.Name} | {cells.Sum(cell => cell.Found)} of {cells.Length * result.Seeds} | "
                + $"{winners.Count(name => name == guidance.Name)} | {MeanRatio(result, guidance.Name):0.00} | "
                + $"{(guidance.Feedback is null ? "-" : Changed(cells))} |\n");
        }

        string winner = Winner(result);
        text.Append(winner == all[0].Name
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"\n**The plain generator wins**: no feedback needs less than {1 / AsGood:0.00} of its operations.\n")
            : string.Create(
                CultureInfo.InvariantCulture,
                $"\n**Feedback by {winner} wins**: {MeanRatio(result, winner):0.00} of the plain generator's "
                + $"operations.\n"));
        return text.ToString();
    }

    /// <summary>Half of the loop's programs are the generator's own, so half of the finds would be no gain.</summary>
    private static string Changed(GuidanceCell[] cells)
    {
        int found = cells.Sum(cell => cell.Found);
        int changed = cells.Sum(cell => cell.Trials.Count(trial => trial.ByChange));
        return string.Create(CultureInfo.InvariantCulture, $"{changed / (double)Math.Max(1, found):P0}");
    }

    private static string Cell(GuidanceCell cell, GuidanceResult result, long best)
    {
        long median = cell.Quantile(0.5);
        string shown = median >= result.Most ? "not found" : Thousands(median);
        shown = median == best && median < result.Most ? $"**{shown}**" : shown;
        string found = cell.Found == cell.Trials.Length
            ? string.Empty
            : string.Create(CultureInfo.InvariantCulture, $" {cell.Found}/{cell.Trials.Length}");
        return median >= result.Most
            ? shown + found
            : $"{shown} ({Thousands(cell.Quantile(0.25))}-{Thousands(cell.Quantile(0.75))}){found}";
    }

    private static string Thousands(long operations) =>
        (operations / 1000.0).ToString(operations < 10_000 ? "0.0" : "0", CultureInfo.InvariantCulture);
}
