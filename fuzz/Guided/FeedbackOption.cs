// The option `--feedback`, and the words for its values. Not covered: what they do (Generators/Guided).

using System;
using System.CommandLine;
using System.CommandLine.Parsing;
using MmFuzz.Generators.Guided;

namespace MmFuzz.Cli;

/// <summary>Reads and names feedback.</summary>
internal static class FeedbackOption
{
    /// <summary>What is used if nothing else is said: see docs/guidance.md.</summary>
    public const Feedback Usual = Feedback.Both;

    /// <summary>Makes the option.</summary>
    public static Option<Feedback> Make() => new("--feedback")
    {
        Description = "What is learned from programs: edges of the kernel's code, shapes of the world, both, or none. "
            + $"Default: {Word(Usual)}.",
        HelpName = "edges|shapes|both|none",
        DefaultValueFactory = _ => Usual,
        CustomParser = Parse,
    };

    /// <summary>The word for it.</summary>
    public static string Word(Feedback feedback) => feedback switch
    {
        Feedback.None => "none",
        Feedback.Edges => "edges",
        Feedback.Shapes => "shapes",
        Feedback.Both => "both",
    };

    private static Feedback Parse(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        foreach (Feedback feedback in Enum.GetValues<Feedback>())
        {
            if (Word(feedback) == text)
            {
                return feedback;
            }
        }

        result.AddError($"--feedback: found `{text}`, expected edges, shapes, both or none");
        return Usual;
    }
}
