// Why no property can see a generated fault: a written argument for the cells that a pattern names. The matrix holds it
// to the proof: a cell that is killed on a kernel that it speaks of refutes it.
// Not covered: the arguments themselves (MutantArguments).

using System;
using System.Collections.Immutable;
using MmFuzz.Engine.Fixes;

namespace MmFuzz.Generators.Mutants;

/// <summary>What an argument says about its cells.</summary>
public enum ArgumentKind : byte
{
    /// <summary>The fault changes nothing: the kernel's own rule does the same, or the entry has no such bit.</summary>
    Identity,

    /// <summary>The fault changes entries, and nobody can tell, or what can be told is allowed.</summary>
    Harmless,
}

/// <summary>An argument.</summary>
/// <param name="Cells">
/// Which cells: <c>drop:write@swap-in@anon</c>, where each part may be a list (<c>write,dirty</c>) or <c>*</c>.
/// </param>
/// <param name="Kind">What it says.</param>
/// <param name="Profiles">In which kernels it holds, in words.</param>
/// <param name="Text">Why.</param>
/// <param name="Needs">The rules that a kernel must have for it to hold.</param>
public sealed record MutantArgument(
    string Cells, ArgumentKind Kind, string Profiles, string Text, FixSet Needs = default)
{
    /// <summary>Whether it is to be held to the proof on that kernel.</summary>
    public bool HoldsOn(Profile kernel) => Needs.Except(kernel.Fixes) == FixSet.Empty;

    /// <summary>Whether it speaks of the cell.</summary>
    public bool Covers(Mutant cell)
    {
        string[] patterns = Cells.Split('@', ':');
        string[] names = cell.ToString().Split('@', ':');
        bool covers = patterns.Length == names.Length;
        for (int i = 0; covers && i < names.Length; i++)
        {
            covers = patterns[i] == "*" || Array.IndexOf(patterns[i].Split(','), names[i]) >= 0;
        }

        return covers;
    }

    /// <summary>The first of several arguments that speaks of the cell; null if none does.</summary>
    public static MutantArgument? For(Mutant cell, ImmutableArray<MutantArgument> arguments)
    {
        foreach (MutantArgument argument in arguments)
        {
            if (argument.Covers(cell))
            {
                return argument;
            }
        }

        return null;
    }
}
