// The command line as an object: given streams and arguments it runs one command and answers with its exit code. It
// has no state of its own and lets no exception out, so tests call it in process.
// Not covered: what the commands do (a file each), the process around it (Program.cs).

using System;
using System.CommandLine;
using System.CommandLine.Invocation;
using System.IO;
using System.Linq;
using System.Threading;

namespace MmFuzz.Cli;

/// <summary>The command line.</summary>
public sealed class MmFuzzCommand
{
    private readonly TextReader input;
    private readonly TextWriter output;
    private readonly TextWriter error;

    /// <summary>Makes a command line on these streams.</summary>
    public MmFuzzCommand(TextReader input, TextWriter output, TextWriter error)
    {
        this.input = input;
        this.output = output;
        this.error = error;
    }

    /// <summary>Runs one command with nothing on standard input.</summary>
    public static int Run(string[] args, TextWriter output, TextWriter error) =>
        new MmFuzzCommand(TextReader.Null, output, error).Run(args, CancellationToken.None);

    /// <summary>Runs one command.</summary>
    /// <param name="args">Its arguments.</param>
    /// <param name="stop">Asks it to end with what it has.</param>
    public int Run(string[] args, CancellationToken stop)
    {
        bool json = args.Contains("--json");
        var session = new Session(input, output, error, json, stop);
        try
        {
            return Invoke(args, session);
        }
        catch (BadInputException bad)
        {
            return Fail(session, string.Join('\n', bad.Lines), ExitCode.BadInput);
        }
#pragma warning disable CA1031 // the last one to see an exception turns it into words
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return Fail(session, InternalErrors.Describe(exception), ExitCode.Internal);
        }
    }

    private static int Invoke(string[] args, Session session)
    {
        RootCommand root = CommandTree.Make(session);

        // no response files: a name that begins with @ is a name
        ParseResult parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Action is ParseErrorAction)
        {
            throw new BadInputException(ArgumentErrors.Describe(parsed));
        }

        string[] valueless = [.. ArgumentErrors.Valueless(parsed)];
        if (valueless.Length > 0)
        {
            throw new BadInputException(valueless);
        }

        // help and version are texts, whatever else is asked for
        return parsed.Invoke(new InvocationConfiguration
        {
            Output = session.Output,
            Error = session.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        });
    }

    private static int Fail(Session session, string message, int code)
    {
        try
        {
            session.Complain(message);
            if (session.Json)
            {
                session.WriteJson(new FailureDocument(message, code));
            }
        }
        catch (Exception closed) when (closed is IOException or ObjectDisposedException)
        {
            // nobody listens any more; the exit code still tells
        }

        return code;
    }
}
