// What this file covers: the exception with which a property that was falsified or exhausted fails its test.
// What it does not cover: a property that could not be run at all (no generator for an argument, a malformed Replay),
// which fails with the exception FsCheck or this project threw.

using System;

namespace FsCheck.Xunit;

/// <summary>A property was falsified, or too many of its arguments were rejected; the message is FsCheck's report
/// with the example and the replay token.</summary>
public class PropertyFailedException : Exception
{
    /// <summary>An exception whose message is FsCheck's report of <paramref name="testResult"/>.</summary>
    // The report must come from the result alone: it holds the seed of the failing step. A report written from the
    // seed a run began with prints a token that passes. The empty string is the property's name, which xunit shows.
    public PropertyFailedException(TestResult testResult)
        : base(Environment.NewLine + Runner.onFinishedToString("", testResult))
    {
    }

    /// <summary>An exception with a message and the cause given.</summary>
    public PropertyFailedException(string userMessage, Exception? innerException)
        : base(userMessage, innerException)
    {
    }
}
