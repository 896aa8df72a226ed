// The surroundings of one invocation: its streams, whether it answers in JSON, and who may stop it. Everything that a
// command reads or writes goes through here; nothing below knows the process's console.

using System.IO;
using System.Threading;
using MmFuzz.Reports;
using Spectre.Console;

namespace MmFuzz.Cli;

/// <summary>One invocation.</summary>
public sealed class Session
{
    /// <summary>Width of what is not a terminal, in columns.</summary>
    private const int PlainWidth = 160;

    /// <summary>Makes a session.</summary>
    public Session(TextReader input, TextWriter output, TextWriter error, bool json, CancellationToken stop)
    {
        Input = input;
        Output = output;
        Error = error;
        Json = json;
        Stop = stop;
        Progress = MakeConsole(error);
        Words = json ? Progress : MakeConsole(output);
    }

    /// <summary>Standard input.</summary>
    public TextReader Input { get; }

    /// <summary>Standard output.</summary>
    public TextWriter Output { get; }

    /// <summary>Standard error.</summary>
    public TextWriter Error { get; }

    /// <summary>Whether the answer is one JSON document on standard output.</summary>
    public bool Json { get; }

    /// <summary>Asks the command to end with what it has.</summary>
    public CancellationToken Stop { get; }

    /// <summary>Where answers in words go: standard output, or standard error beside JSON.</summary>
    public IAnsiConsole Words { get; }

    /// <summary>Where progress and remarks go: standard error.</summary>
    public IAnsiConsole Progress { get; }

    /// <summary>A console on a writer: colours on a terminal only, and not if NO_COLOR is set.</summary>
    public static IAnsiConsole MakeConsole(TextWriter writer)
    {
        var target = new AnsiConsoleOutput(writer);
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = target.IsTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = target.IsTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = target,
        });
        if (!console.Profile.Out.IsTerminal)
        {
            console.Profile.Width = PlainWidth;
        }

        return console;
    }

    /// <summary>A line in words.</summary>
    public void Say(string markup) => TerminalReport.WriteLine(Words, markup);

    /// <summary>A remark beside the answer.</summary>
    public void Remark(string markup) => TerminalReport.WriteLine(Progress, markup);

    /// <summary>What went wrong, a line for each mistake; plain, since anything may stand in it.</summary>
    public void Complain(string message)
    {
        foreach (string line in PlainText.Clean(message).Split('\n'))
        {
            Error.Write($"mmfuzz: {line}\n");
        }
    }

    /// <summary>The answer as JSON.</summary>
    public void WriteJson<T>(T document) => Output.WriteLine(JsonText.Of(document));
}
