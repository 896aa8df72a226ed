// What a running kernel showed beside the model, as reports tell it. Not covered: comparing (src/Linux), how it is told
// (MarkdownReport.Comparison.cs, Html/FindingPage.Comparison.cs).

using System.Collections.Immutable;

namespace MmFuzz.Reports;

/// <summary>A row of both traces.</summary>
/// <param name="Line">The line of the program, from 1; null for more about the one above.</param>
/// <param name="What">The operation, or what is shown of it.</param>
/// <param name="Model">What the model shows.</param>
/// <param name="Kernel">What the kernel shows.</param>
public sealed record ComparedRow(int? Line, string What, string Model, string Kernel)
{
    /// <summary>Whether the sides differ here.</summary>
    public bool Differs => Model != Kernel;
}

/// <summary>A program on both sides.</summary>
/// <param name="Kernel">The release of the kernel, as it says it.</param>
/// <param name="What">What differs, in a word or two.</param>
/// <param name="Difference">The first difference, in a sentence.</param>
/// <param name="Rows">Both traces up to there.</param>
public sealed record KernelComparison(string Kernel, string What, string Difference, ImmutableArray<ComparedRow> Rows)
{
    /// <summary>What a page or a mail is about.</summary>
    public string Title => $"Model and kernel differ: {What}";

    /// <summary>That, and why it matters.</summary>
    public string Lead => $"The same program on the model and on Linux {Kernel}: {Difference}. One of the two is "
        + "wrong, or what differs is promised to nobody and has to be declared.";
}
