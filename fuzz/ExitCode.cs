// What the exit codes mean. Every command keeps to them.

namespace MmFuzz.Cli;

/// <summary>Exit codes.</summary>
public static class ExitCode
{
    /// <summary>Nothing found, or everything as expected.</summary>
    public const int Clean = 0;

    /// <summary>A violation, or something not as expected.</summary>
    public const int Violation = 1;

    /// <summary>An argument, file or program that cannot be used.</summary>
    public const int BadInput = 2;

    /// <summary>A defect of mmfuzz itself, or of the machine it runs on.</summary>
    public const int Internal = 3;
}
