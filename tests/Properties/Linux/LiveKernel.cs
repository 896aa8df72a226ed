// What this file covers: what the kernel under the tests can be asked, found out once, and the attributes of tests that
// need it: where it is missing they are skipped, and say why, so that nothing that was not asked counts as passed.
// What it does not cover: swap and pages that move, unless MMFUZZ_ALLOW_SYSTEM_CHANGES=1 allows to change the system
// for the time being.

using System;
using System.Linq;
using MmFuzz.Engine.Operations;
using MmFuzz.Linux;
using Xunit;

namespace MmFuzz.Tests.Linux;

/// <summary>The kernel under the tests.</summary>
internal static class LiveKernel
{
    private static readonly Lazy<Capabilities> Found = new(Find);

    /// <summary>What it can be asked; where there is no executor this throws.</summary>
    public static Capabilities Capabilities => Found.Value;

    private static readonly bool Allowed = Environment.GetEnvironmentVariable("MMFUZZ_ALLOW_SYSTEM_CHANGES") == "1";

    /// <summary>With swap, if the system may be changed.</summary>
    public static SystemSettings WithSwap { get; } = Allowed ? SystemSettings.WithSwap : SystemSettings.Kept;

    /// <summary>With memory that can be taken offline, if the system may be changed.</summary>
    public static SystemSettings WithMovableMemory { get; } =
        Allowed ? SystemSettings.WithMovableMemory : SystemSettings.Kept;

    /// <summary>For how long a test may have the kernel to itself.</summary>
    public static Turn? TakeTurn(SystemSettings settings, Action waits) => Turn.Take(settings, Turn.DefaultFile, waits);

    /// <summary>Why it cannot be asked to do all of this; null if it can.</summary>
    public static string? WhyNot(OperationKind[] needs, bool pageFrames)
    {
        if (ExecutorBinary.WhyNot() is { } reason)
        {
            return reason;
        }

        if (needs.Length == 0 && !pageFrames)
        {
            return null;
        }

        try
        {
            return Missing(needs, pageFrames);
        }
        catch (ExecutorException)
        {
            return null; // the test itself fails then, by name; here all of its class would be gone
        }
    }

    /// <summary>Runs a program on both sides, which must agree to its end.</summary>
    public static PreparedProgram AgreeWholly(string text, Turn? turn)
    {
        MmProgram program = MmProgramParser.Parse("mmfuzz 1\n" + text, out _)!;
        using var runner = new DifferentialRunner(Capabilities.Profile, 0, turn?.Blocks ?? []);
        var prepared = new PreparedProgram();
        Assert.Null(runner.Run(prepared, program.Operations.AsMemory()));
        Assert.Equal(DeclaredDifference.None, prepared.Cut);
        Assert.Equal(program.Operations.Length, prepared.Executed);
        return prepared;
    }

    private static string? Missing(OperationKind[] needs, bool pageFrames) =>
        Capabilities.All.Where(one => !one.IsAvailable)
            .Where(one => (pageFrames && one.Name == "page frames")
                || needs.Any(kind => one.Operations.Contains(OperationPrinter.Word(kind))))
            .Select(one => $"{one.Name}: {one.Detail}").FirstOrDefault();

    private static Capabilities Find()
    {
        try
        {
            return Find(WithMovableMemory);
        }
        catch (ExecutorException) when (Allowed)
        {
            return Find(WithSwap); // not every machine's memory lets itself be taken offline
        }
    }

    private static Capabilities Find(SystemSettings settings)
    {
        using Turn? turn = TakeTurn(settings, static () => { });
        return Capabilities.Find(turn?.Blocks ?? []);
    }
}

/// <summary>A test against the kernel that it runs on.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LiveFactAttribute : FactAttribute
{
    /// <summary>Skips it where one of these cannot be asked for.</summary>
    public LiveFactAttribute(params OperationKind[] needs) => Skip = LiveKernel.WhyNot(needs, pageFrames: false);

    /// <summary>Skips it where page frames cannot be seen, too.</summary>
    public LiveFactAttribute(bool pageFrames) => Skip = LiveKernel.WhyNot([], pageFrames);
}

/// <summary>A test of several cases against the kernel that it runs on.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LiveTheoryAttribute : TheoryAttribute
{
    /// <summary>Skips it where one of these cannot be asked for.</summary>
    public LiveTheoryAttribute(params OperationKind[] needs) => Skip = LiveKernel.WhyNot(needs, pageFrames: false);

    /// <summary>Skips it where page frames cannot be seen, too.</summary>
    public LiveTheoryAttribute(bool pageFrames) => Skip = LiveKernel.WhyNot([], pageFrames);
}
