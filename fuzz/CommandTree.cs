// All commands with their options, hung together, and help that ends with examples.
// Not covered: running them (a file each).

using System.Collections.Generic;
using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.IO;
using System.Linq;
using MmFuzz.Cli.Nightly;

namespace MmFuzz.Cli;

/// <summary>Makes the tree of commands.</summary>
internal static class CommandTree
{
    /// <summary>The root, bound to a session.</summary>
    public static RootCommand Make(Session session)
    {
        var examples = new Dictionary<Command, string[]>();
        RootCommand root = MainJob.MakeCommand(session, examples);
        root.Directives.Clear();
        root.Options.Add(CliOptions.Json());
        root.Subcommands.Add(FuzzCommand.Make(session, examples));
        root.Subcommands.Add(GuidedCommand.Make(session, examples));
        root.Subcommands.Add(CorpusCommand.Make(session, examples));
        root.Subcommands.Add(TargetCommand.Make(session, examples));
        root.Subcommands.Add(ReplayCommand.Make(session, examples));
        root.Subcommands.Add(ExplainCommand.Make(session, examples));
        root.Subcommands.Add(ReportCommand.Make(session, examples));
        root.Subcommands.Add(ReproduceCommand.Make(session, examples));
        root.Subcommands.Add(ShrinkCommand.Make(session, examples));
        root.Subcommands.Add(BugsCommand.Make(session, examples));
        root.Subcommands.Add(ListCommand.Make(session, examples));
        root.Subcommands.Add(LinuxCommand.Make(session, examples));
        root.Subcommands.Add(NightlyCommand.Make(session, examples));
        root.Subcommands.Add(DocsCommand.Make(session, examples));
        HelpOption help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!, examples);
        return root;
    }

    private sealed class HelpWithExamples : SynchronousCommandLineAction
    {
        private readonly HelpAction inner;
        private readonly Dictionary<Command, string[]> examples;

        public HelpWithExamples(HelpAction inner, Dictionary<Command, string[]> examples)
        {
            this.inner = inner;
            this.examples = examples;
        }

        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            int code = inner.Invoke(parseResult);
            TextWriter output = parseResult.InvocationConfiguration.Output;
            if (examples.TryGetValue(parseResult.CommandResult.Command, out string[]? lines))
            {
                output.WriteLine("Examples:");
                foreach (string line in lines)
                {
                    output.WriteLine("  " + line);
                }

                output.WriteLine();
            }

            output.WriteLine("Exit codes: 0 nothing found, 1 violation, 2 bad input, 3 internal error.");
            return code;
        }
    }
}
