// Outcomes as C, and in words for people. Not covered: statements (CStatement).

using System.Globalization;
using MmFuzz.Engine.Operations;

namespace MmFuzz.Linux.Reproducing;

/// <summary>Texts of outcomes.</summary>
internal static class OutcomeText
{
    private static readonly (ulong Number, string Name)[] Errors =
    [
        (1, "EPERM"), (2, "ENOENT"), (3, "ESRCH"), (5, "EIO"), (11, "EAGAIN"), (12, "ENOMEM"), (13, "EACCES"),
        (14, "EFAULT"), (16, "EBUSY"), (17, "EEXIST"), (22, "EINVAL"), (25, "ENOTTY"), (133, "EHWPOISON"),
    ];

    /// <summary>The two arguments of the C functions.</summary>
    public static string C(LineOutcome outcome) => outcome.How switch
    {
        How.Ends => "ENDS, 0",
        How.Waits => "WAITS, 0",
        How.Busy => "BUSY, 0",
        How.Fails => "FAILS, " + Name(outcome.Value),
        How.Gets => "GETS, " + Signal(outcome.Value),
        How.Sees => "SEES, " + CStatement.ValueOf(outcome.Value),
    };

    /// <summary>What tells, in words.</summary>
    public static string Of(Operation op, Sight sight)
    {
        string where = sight.Look.Kind switch
        {
            LookKind.Result or LookKind.SwappedOut => $"`{op}`",
            LookKind.FurtherPage => string.Create(
                CultureInfo.InvariantCulture, $"page {sight.Look.Number} of `{op}`"),
            LookKind.Thread => string.Create(CultureInfo.InvariantCulture, $"t{sight.Look.Number}, after `{op}`,"),
            LookKind.PagemapBit => string.Create(
                CultureInfo.InvariantCulture,
                $"bit {sight.Look.Number} of pagemap for page {sight.Look.Page} of p{sight.Look.Process}"),
            LookKind.PageFlag => string.Create(
                CultureInfo.InvariantCulture,
                $"bit {sight.Look.Number} of kpageflags for page {sight.Look.Page} of p{sight.Look.Process}"),
        };
        return $"{where} {Words(sight.Broken)} with the bug, and {Words(sight.Repaired)} without it";
    }

    private static string Words(LineOutcome outcome) => outcome.How switch
    {
        How.Ends => "ends",
        How.Waits => "waits",
        How.Busy => "cannot begin",
        How.Fails => "answers " + Name(outcome.Value),
        How.Gets => "gets " + Signal(outcome.Value),
        How.Sees => "reads " + CStatement.ValueOf(outcome.Value),
    };

    private static string Name(ulong number)
    {
        foreach ((ulong one, string name) in Errors)
        {
            if (one == number)
            {
                return name;
            }
        }

        return number.ToString(CultureInfo.InvariantCulture);
    }

    private static string Signal(ulong number) => number switch
    {
        7 => "SIGBUS",
        9 => "SIGKILL",
        11 => "SIGSEGV",
        _ => number.ToString(CultureInfo.InvariantCulture),
    };
}
