// When two findings are the same: same property, same clause, same cause. What nothing explains is the same only if its
// program is, whatever the kernel; so several bugs behind one clause are kept apart.
// Not covered: causes (Generators/Attribution).

using System;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using MmFuzz.Engine.Operations;

namespace MmFuzz.Cli.Nightly;

/// <summary>Keys of findings.</summary>
internal static class FindingKey
{
    /// <summary>The key.</summary>
    public static string Of(FoundProgram finding)
    {
        string cause = finding.AttributedTo is { } names
            ? string.Join('+', names.Order(StringComparer.Ordinal))
            : "unexplained-" + Hash(finding.Program);
        return $"{finding.Property}/{finding.Clause}/{cause}";
    }

    /// <summary>Of the operations only: the header names the kernel.</summary>
    private static string Hash(string text)
    {
        MmProgram program = MmProgramParser.Parse(text, out _)
            ?? throw new InvalidOperationException("the program of a finding cannot be read");
        string lines = string.Join('\n', program.Operations.Select(operation => OperationPrinter.Print(in operation)));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(lines)).AsSpan(0, 4));
    }
}
