// What this file covers: the two attributes a test author writes, [Property] on a method and [Properties] on a class
// or an assembly, with the names and defaults of the package FsCheck.Xunit 3, so that the package can take this
// project's place. Each remembers which settings were written, so that an unwritten one is left to the next level.
// What it does not cover: the package's CheckExtensions and TestOutputRunner (checks started by hand inside a [Fact]),
// its variant for xunit.v3, and [Property] on a C# property. How levels are merged stands in PropertySettings.cs.

using System;
using Xunit;
using Xunit.Sdk;

namespace FsCheck.Xunit;

/// <summary>Marks a method as a property: FsCheck draws its arguments and runs it many times.</summary>
/// <remarks>
/// The method returns <c>void</c>, <c>bool</c>, <see cref="Property"/>, <c>Task</c> or <c>Task&lt;bool&gt;</c>. All
/// runs of one property share one instance of the test class. A setting that is not written is taken from
/// <see cref="PropertiesAttribute"/> on the class, on the types around it, or on the assembly.
/// </remarks>
// The second string is this project's assembly name (not a namespace): xunit finds no test at all if it is wrong.
[XunitTestCaseDiscoverer("FsCheck.Xunit.PropertyDiscoverer", "MmFuzz.Substitutes.FsCheck.Xunit")]
[AttributeUsage(AttributeTargets.Method)]
public class PropertyAttribute : FactAttribute
{
    /// <summary>The settings written on this attribute, and only those.</summary>
    internal PropertySettings Settings { get; private set; } = new();

    /// <summary>How many tests must pass. 100 if nothing is set.</summary>
    public int MaxTest
    {
        get => Settings.MaxTest ?? PropertySettings.DefaultMaxTest;
        set => Settings = Settings with { MaxTest = value };
    }

    /// <summary>How many drawn arguments a precondition may reject before the property fails as exhausted.
    /// 1000 if nothing is set.</summary>
    public int MaxRejected
    {
        get => Settings.MaxRejected ?? PropertySettings.DefaultMaxRejected;
        set => Settings = Settings with { MaxRejected = value };
    }

    /// <summary>The size of the first test. 1 if nothing is set.</summary>
    public int StartSize
    {
        get => Settings.StartSize ?? PropertySettings.DefaultStartSize;
        set => Settings = Settings with { StartSize = value };
    }

    /// <summary>The size of the last test; it grows linearly from <see cref="StartSize"/>. 100 if nothing is
    /// set.</summary>
    public int EndSize
    {
        get => Settings.EndSize ?? PropertySettings.DefaultEndSize;
        set => Settings = Settings with { EndSize = value };
    }

    /// <summary>
    /// Where to start drawing: <c>"seed,gamma"</c> to repeat a whole run, <c>"seed,gamma,size"</c> to repeat exactly
    /// one test of it; a token may be pasted as a failure prints it, with its brackets.
    /// </summary>
    public string? Replay
    {
        get => Settings.Replay;
        set => Settings = Settings with { Replay = value };
    }

    /// <summary>How many tests FsCheck runs at once; 0, the default, runs them one after the other.</summary>
    public int Parallelism
    {
        get => Settings.Parallelism ?? 0;
        set => Settings = Settings with { Parallelism = value };
    }

    /// <summary>Whether the arguments of every test and every step of shrinking are written to the output.</summary>
    public bool Verbose
    {
        get => Settings.Verbose ?? false;
        set => Settings = Settings with { Verbose = value };
    }

    /// <summary>Whether a property that passes writes no summary to the output.</summary>
    public bool QuietOnSuccess
    {
        get => Settings.QuietOnSuccess ?? false;
        set => Settings = Settings with { QuietOnSuccess = value };
    }

    /// <summary>
    /// Types whose public static members give generators. Where two types of this array, or of two levels, serve the
    /// same argument type, the first of the array and the innermost level wins.
    /// </summary>
    public Type[] Arbitrary
    {
        get => Settings.Arbitrary;
        set => Settings = Settings with { Arbitrary = value };
    }
}

/// <summary>Settings for all properties of a class, of the types nested in it, or of an assembly.</summary>
/// <remarks>The names and meanings are those of <see cref="PropertyAttribute"/>; Fact's own (Skip, Timeout,
/// DisplayName) have no effect here.</remarks>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Assembly)]
public class PropertiesAttribute : PropertyAttribute
{
}
