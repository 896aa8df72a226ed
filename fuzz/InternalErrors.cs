// An unexpected exception in one line, with where it comes from and how to report it. Not covered: bad input.

using System;
using System.Diagnostics;
using System.Globalization;
using System.Reflection;

namespace MmFuzz.Cli;

/// <summary>Words for unexpected exceptions.</summary>
internal static class InternalErrors
{
    private const string Please =
        "please report this line, the command and the file it read as an issue of the MmFuzz project";

    /// <summary>One line.</summary>
    public static string Describe(Exception exception)
    {
        Exception cause = exception is TargetInvocationException { InnerException: { } inner } ? inner : exception;
        string message = cause.Message.ReplaceLineEndings(" ");
        return $"internal error: {cause.GetType().Name}: {message}{Place(cause)}; {Please}";
    }

    private static string Place(Exception exception)
    {
        StackFrame? frame = new StackTrace(exception, fNeedFileInfo: false).GetFrame(0);
        MethodBase? method = frame?.GetMethod();
        return method is null
            ? string.Empty
            : string.Create(
                CultureInfo.InvariantCulture,
                $" (in {method.DeclaringType?.Name}.{method.Name} at {frame!.GetILOffset()})");
    }
}
