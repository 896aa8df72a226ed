// What decides whether a candidate shows what is sought: the model (Replayer), or somebody who runs it elsewhere too.
// Not covered: which candidates there are (the passes), which count (Session).

using System;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.Properties;

namespace MmFuzz.Generators.Shrinking;

/// <summary>Tries programs that differ little from one another.</summary>
public interface ITrial
{
    /// <summary>Operations that the last run executed, the failing one included.</summary>
    int Executed { get; }

    /// <summary>Which of the executed operations were skipped, without a change of anything.</summary>
    ReadOnlySpan<bool> Removable { get; }

    /// <summary>Forgets the program and takes another kernel.</summary>
    void Reset(Profile profile);

    /// <summary>Runs a whole program from the beginning; answers what it shows.</summary>
    Violation? RunWhole(ReadOnlySpan<Operation> program);

    /// <summary>Runs a whole program and makes it the one that candidates are derived from.</summary>
    Violation? Rebase(ReadOnlySpan<Operation> program);

    /// <summary>Runs a candidate; answers what it shows.</summary>
    Violation? Run(ReadOnlySpan<Operation> candidate);
}
