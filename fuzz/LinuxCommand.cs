// `mmfuzz linux`: the same programs on the model and on the kernel below. What it would change of the system it says,
// and changes only if it is allowed to. Not covered: the runs (LinuxRunCommand, LinuxFuzzCommand).

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.CommandLine;
using System.Linq;
using MmFuzz.Linux;
using Spectre.Console;
using Capabilities = MmFuzz.Linux.Capabilities;

namespace MmFuzz.Cli;

/// <summary>The command <c>linux</c>.</summary>
internal static class LinuxCommand
{
    /// <summary>Makes the command with those below it.</summary>
    public static Command Make(Session session, Dictionary<Command, string[]> examples)
    {
        var command = new Command("linux", "Run programs on the Linux kernel below, and compare it with the model.");
        command.Subcommands.Add(MakeCapabilities(session, examples));
        command.Subcommands.Add(LinuxRunCommand.Make(session, examples));
        command.Subcommands.Add(LinuxFuzzCommand.Make(session, examples));
        command.Subcommands.Add(MakeDifferences(session, examples));
        examples[command] =
        [
            "mmfuzz linux capabilities                           what can be compared here, and what not",
            "mmfuzz linux run corpus/selftests/cow/*.mm          the kernel's own tests, on the kernel",
            "sudo mmfuzz linux fuzz --budget 60s --allow-system-changes",
        ];
        return command;
    }

    /// <summary><c>--allow-system-changes</c>.</summary>
    public static Option<bool> AllowOption() => new("--allow-system-changes")
    {
        Description = "Change settings of the whole system for the time of the run, and change them back: "
            + WordsOf(SystemSettings.WithSwap) + ".",
    };

    /// <summary><c>--migrate</c>.</summary>
    public static Option<bool> MigrateOption() => new("--migrate")
    {
        Description = "Move pages, too, by taking the memory offline in which they lie: with --allow-system-changes, "
            + "and on one processor. Twice it " + SystemChanges.Planned(SystemSettings.WithMovableMemory)[^1].What
            + ".",
    };

    /// <summary>What the two options allow together.</summary>
    public static SystemSettings SettingsOf(bool allowed, bool migrates) =>
        migrates && !allowed
            ? throw new BadInputException(
                "--migrate: found no --allow-system-changes, expected it beside, since memory is taken offline")
            : migrates ? SystemSettings.WithMovableMemory
            : allowed ? SystemSettings.WithSwap
            : SystemSettings.Kept;

    private static string WordsOf(SystemSettings settings) =>
        string.Join("; ", SystemChanges.Planned(settings).Select(static change => change.What));

    /// <summary>Waits for a turn and makes the changes if they are allowed; else says what is left out.</summary>
    public static Turn TakeTurn(Session session, SystemSettings settings)
    {
        RefuseWithoutExecutor();
        Turn turn = Guarded(() => Turn.Take(settings, Turn.DefaultFile, () => session.Remark(
            "[yellow]waiting[/] for another run on this machine (it, or this one, changes the system)")));
        if (settings == SystemSettings.Kept && !HostFacts.HasSwap())
        {
            session.Remark("[yellow]without swap:[/] `pageout` is left out. --allow-system-changes would change, until "
                + "the run ends, that it " + WordsOf(SystemSettings.WithSwap).EscapeMarkup() + ".");
        }

        return turn;
    }

    /// <summary>Turns what the executor cannot do into bad input.</summary>
    public static T Guarded<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (ExecutorException failure)
        {
            throw new BadInputException("linux: " + failure.Message);
        }
    }

    private static void RefuseWithoutExecutor()
    {
        if (ExecutorBinary.WhyNot() is { } reason)
        {
            throw new BadInputException($"linux: found no executor ({reason}), expected one beside mmfuzz");
        }
    }

    private static Command MakeCapabilities(Session session, Dictionary<Command, string[]> examples)
    {
        var command = new Command("capabilities", "Try what the kernel and the machine below offer.");
        Option<bool> allow = AllowOption();
        Option<bool> migrate = MigrateOption();
        command.Options.Add(allow);
        command.Options.Add(migrate);
        examples[command] =
        [
            "mmfuzz linux capabilities                           as whoever you are",
            "sudo mmfuzz linux capabilities --json               everything, for programs",
        ];
        command.SetAction(parsed =>
        {
            using Turn turn = TakeTurn(session, SettingsOf(parsed.GetValue(allow), parsed.GetValue(migrate)));
            Write(session, Guarded(() => Capabilities.Find(turn.Blocks)));
            return ExitCode.Clean;
        });
        return command;
    }

    private static void Write(Session session, Capabilities found)
    {
        if (session.Json)
        {
            session.WriteJson(new CapabilitiesDocument(found.Kernel, found.Profile.ToString(), found.All));
            return;
        }

        string profile = found.Profile.ToString().EscapeMarkup();
        session.Say($"Linux [bold]{found.Kernel.EscapeMarkup()}[/], compared with {profile}");
        Table table = Tables.Make("!what", "!", "how, or why not", "operations");
        foreach (Capability one in found.All)
        {
            table.AddRow(
                one.Name.EscapeMarkup(), one.IsAvailable ? "[green]yes[/]" : "[yellow]no[/]",
                one.Detail.EscapeMarkup(), string.Join(' ', one.Operations).EscapeMarkup());
        }

        session.Words.Write(table);
    }

    private static Command MakeDifferences(Session session, Dictionary<Command, string[]> examples)
    {
        var command = new Command(
            "differences", "List what Linux may do otherwise than the model without either being wrong.");
        examples[command] =
        [
            "mmfuzz linux differences                            the table, with reasons",
            "mmfuzz linux differences --json                     the same for programs",
        ];
        command.SetAction(_ =>
        {
            if (session.Json)
            {
                session.WriteJson(DeclaredDifferences.All.Select(static one =>
                    new DeclaredDocument(one.Name, one.What, one.Reason)));
                return ExitCode.Clean;
            }

            Table table = Tables.Make("!name", "what may differ", "why neither is wrong");
            foreach (DeclaredEntry one in DeclaredDifferences.All)
            {
                table.AddRow(one.Name.EscapeMarkup(), one.What.EscapeMarkup(), one.Reason.EscapeMarkup());
            }

            session.Words.Write(table);
            return ExitCode.Clean;
        });
        return command;
    }

    private sealed record CapabilitiesDocument(
        string Kernel, string Profile, ImmutableArray<Capability> Capabilities);

    private sealed record DeclaredDocument(string Name, string What, string Reason);
}
