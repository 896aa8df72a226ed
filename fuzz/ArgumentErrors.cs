// What is wrong with the arguments, in words that say what was found and what was expected.
// Not covered: values of options, which say so themselves (CliOptions).

using System.Collections.Generic;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Linq;

namespace MmFuzz.Cli;

/// <summary>Words for wrong arguments.</summary>
internal static class ArgumentErrors
{
    private const int MostShown = 60;

    /// <summary>A line for each mistake, and where to read more.</summary>
    public static IEnumerable<string> Describe(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        string help = command is RootCommand ? "mmfuzz --help" : $"mmfuzz {command.Name} --help";
        foreach (string token in parsed.UnmatchedTokens)
        {
            yield return $"found `{Short(token)}`, expected {Expected(command)}";
        }

        foreach (ParseError error in parsed.Errors.Where(error => !IsAboutUnmatched(error, parsed)))
        {
            yield return Words(error);
        }

        yield return $"see `{help}`";
    }

    /// <summary>
    /// Options that stand there once more without a value, which the parser takes for the value given before; a line
    /// for each.
    /// </summary>
    public static IEnumerable<string> Valueless(ParseResult parsed) =>
        from result in parsed.CommandResult.Children.OfType<OptionResult>()
        where result.Option.Arity.MinimumNumberOfValues > 0 && result.IdentifierTokenCount > result.Tokens.Count
        where !result.Implicit
        select $"found nothing after `{result.Option.Name}`, expected {result.Option.HelpName ?? "a value"}";

    private static string Words(ParseError error) => error.SymbolResult switch
    {
        OptionResult { Tokens.Count: 0, Option: var option } =>
            $"found nothing after `{option.Name}`, expected {option.HelpName ?? "a value"}",
        OptionResult { Option: var option } result when result.Tokens.Count > option.Arity.MaximumNumberOfValues =>
            string.Create(
                CultureInfo.InvariantCulture, $"found `{option.Name}` {result.Tokens.Count} times, expected it once"),
        ArgumentResult { Tokens.Count: 0, Argument: var argument } => $"found no {argument.Name}, expected one",
        _ => error.Message.ReplaceLineEndings(" "),
    };

    private static bool IsAboutUnmatched(ParseError error, ParseResult parsed) =>
        parsed.UnmatchedTokens.Any(token => error.Message.Contains($"'{token}'", System.StringComparison.Ordinal));

    private static string Expected(Command command)
    {
        IEnumerable<string> options = command.Options.Where(option => !option.Hidden).Select(option => option.Name)
            .Append("--json").Distinct();
        string names = string.Join(", ", options);
        return command.Subcommands.Count == 0
            ? $"one of {names}"
            : $"a command ({string.Join(", ", command.Subcommands.Select(one => one.Name))}) or one of {names}";
    }

    private static string Short(string token) => token.Length > MostShown ? token[..MostShown] + "..." : token;
}
