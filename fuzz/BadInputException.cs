// Thrown where what the user gave cannot be used; ends the command with exit code 2 and its message, never with a
// stack trace.

using System;
using System.Collections.Generic;
using System.Collections.Immutable;

namespace MmFuzz.Cli;

/// <summary>What the user gave cannot be used.</summary>
public sealed class BadInputException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="lines">What was found and what was expected, a line for each mistake.</param>
    public BadInputException(IEnumerable<string> lines)
        : base("bad input") => Lines = [.. lines];

    /// <summary>Makes the exception.</summary>
    public BadInputException(string message)
        : this([message])
    {
    }

    /// <summary>Makes the exception without words.</summary>
    public BadInputException()
        : this([])
    {
    }

    /// <summary>Makes the exception with a cause.</summary>
    public BadInputException(string message, Exception innerException)
        : base(message, innerException) => Lines = [message];

    /// <summary>What was found and what was expected, a line for each mistake.</summary>
    public ImmutableArray<string> Lines { get; }
}
