// Why an assembly was not instrumented. Not covered: what the tool prints (SharpFuzz.CommandLine).

using System;

namespace SharpFuzz;

/// <summary>An assembly that cannot be instrumented.</summary>
public sealed class InstrumentationException : Exception
{
    /// <summary>Makes the exception.</summary>
    public InstrumentationException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception with a cause.</summary>
    public InstrumentationException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Makes the exception without words.</summary>
    public InstrumentationException()
    {
    }
}
