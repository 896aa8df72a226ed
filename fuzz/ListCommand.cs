// `mmfuzz list`: what there is, as tables or JSON: operations, properties, fixes, profiles, goals, known bugs.
// Not covered: doing anything with it.

using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Linq;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Kernel;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.Properties;
using MmFuzz.Generators.Mutants;
using MmFuzz.Reports;
using Spectre.Console;
using Profile = MmFuzz.Engine.Fixes.Profile;

namespace MmFuzz.Cli;

/// <summary>The command <c>list</c>.</summary>
internal static class ListCommand
{
    private sealed record OperationDocument(string Name, string Form, string Meaning, bool HasStages, bool IsSetUp);

    private sealed record ClauseDocument(string Name, string Meaning);

    private sealed record PropertyDocument(
        string Name, string SeedDocument, string Rule, IReadOnlyList<ClauseDocument> Clauses);

    private sealed record FixDocument(
        string Name, string Since, string? Until, string SeedDocument, string Title, string Mechanism);

    private sealed record ProfileDocument(string Name, string CopyOnWrite, int Fixes, IReadOnlyList<string> Lacks);

    private sealed record BugRowDocument(
        string Id,
        string SeedDocument,
        string Profile,
        IReadOnlyList<string> ExpectedProperty,
        int Operations,
        bool Quiet);

    /// <summary>Makes the command.</summary>
    public static Command Make(Session session, Dictionary<Command, string[]> examples)
    {
        var command = new Command("list", "List what there is.");
        Add("operations", "What a line of a program can be.", Operations);
        Add("properties", "What must hold, and what it means if it does not.", Properties);
        Add("fixes", "Historical fixes: switches of the model.", Fixes);
        Add("profiles", "Kernel releases, as sets of fixes.", Profiles);
        Add("goals", "Situations that a good run must have met.", Goals);
        Add("bugs", "Known bugs that must be found again.", Bugs);
        Add("arguments", "Why generated faults cannot be seen (`bugs --matrix`).", Arguments);
        examples[command] = ["mmfuzz list fixes", "mmfuzz list operations --json"];
        command.SetAction(Nothing);
        return command;

        int Nothing(ParseResult parsed) => throw new BadInputException(
            "found nothing after `list`, expected one of "
            + string.Join(", ", command.Subcommands.Select(one => one.Name)));

        void Add(string name, string description, Action<Session> action)
        {
            var sub = new Command(name, description);
            sub.SetAction(_ =>
            {
                action(session);
                return ExitCode.Clean;
            });
            examples[sub] = [$"mmfuzz list {name}", $"mmfuzz list {name} --json"];
            command.Subcommands.Add(sub);
        }
    }

    private static void Show<T>(
        Session session, IEnumerable<T> documents, string[] headings, Func<T, string[]> row)
    {
        T[] all = [.. documents];
        if (session.Json)
        {
            session.WriteJson(all);
            return;
        }

        Table table = Tables.Make(headings);
        foreach (T document in all)
        {
            table.AddRow([.. row(document).Select(cell => cell.EscapeMarkup())]);
        }

        session.Words.Write(table);
    }

    private static void Operations(Session session) => Show(
        session,
        Enum.GetValues<OperationKind>().Select(kind => new OperationDocument(
            OperationPrinter.Word(kind),
            OperationWords.Form(kind),
            OperationWords.Meaning(kind),
            Enabled.NeedsActor(kind),
            new Operation { Kind = kind }.IsSetUp)),
        ["line", "what it does"],
        one => [one.Form, one.Meaning]);

    private static void Properties(Session session) => Show(
        session,
        PropertyCatalogue.All.Select(one => new PropertyDocument(
            one.Name,
            one.Seed,
            one.Rule,
            [.. Enum.GetValues<Clause>().Where(clause => PropertyCatalogue.PropertyOf(clause) == one.Id)
                .Select(clause => new ClauseDocument(Tables.Words(clause), ClauseWords.Meaning(clause)))])),
        ["property", "seed", "rule", "clauses"],
        one => [one.Name, one.SeedDocument, one.Rule, string.Join(", ", one.Clauses.Select(clause => clause.Name))]);

    private static void Fixes(Session session) => Show(
        session,
        FixCatalogue.All.Select(one => new FixDocument(
            one.Name, one.IsReleased ? one.Since.ToString() : "never", one.Until?.ToString(), one.Seed, one.Title,
            one.Mechanism)),
        ["fix", "since", "seed", "title", "without it"],
        one =>
        [
            one.Name,
            one.Until is null ? one.Since : $"{one.Since} to before {one.Until}",
            one.SeedDocument,
            one.Title,
            one.Mechanism,
        ]);

    private static void Profiles(Session session) => Show(
        session,
        Profile.Known.Select(version =>
        {
            Profile profile = Profile.Of(version);
            return new ProfileDocument(
                version.ToString(),
                KernelWords.Policy(profile.Policy),
                profile.Fixes.Count,
                [.. Profile.Newest.Fixes.Except(profile.Fixes).Members.Select(KernelWords.Name)]);
        }),
        ["profile", "copy on write is decided", "fixes", "lacks, compared with the newest"],
        one =>
        [
            one.Name,
            one.CopyOnWrite,
            Tables.Count(one.Fixes),
            one.Lacks.Count == 0 ? "nothing" : string.Join(", ", one.Lacks),
        ]);

    private static void Goals(Session session) => Show(
        session, Enum.GetValues<Goal>().Select(Tables.Words), ["goal"], one => [one]);

    private static void Arguments(Session session) => Show(
        session,
        MutantArguments.All.Select(MatrixReport.Document),
        ["faults", "says", "in", "because"],
        one => [one.Cells, one.Kind, one.Profiles, one.Text]);

    private static void Bugs(Session session) => Show(
        session,
        BugCatalogue.All.Select(row => new BugRowDocument(
            row.Id,
            row.SeedDocument,
            row.Profile.ToString(),
            [.. row.Expected.Select(id => PropertyCatalogue.Of(id).Name)],
            row.ListedLength,
            row.IsQuiet)),
        ["known bug", "seed", "kernel", "must be found as", "operations"],
        one =>
        [
            one.Id,
            one.SeedDocument,
            one.Profile,
            one.Quiet ? "nothing: it must stay quiet" : string.Join(" or ", one.ExpectedProperty),
            one.Quiet ? string.Empty : Tables.Count(one.Operations),
        ]);
}
