// What this file covers: the settings of one property, how those of its method, class, enclosing types and assembly
// are merged (setting by setting, the innermost that is written wins; Arbitrary types are concatenated, innermost
// first), and the FsCheck configuration they come to.
// What it does not cover: settings of the types a property's arguments mention, and of namespaces or collections.

using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using FsCheck.Fluent;

namespace FsCheck.Xunit;

/// <summary>The settings of one level, or of several merged; null means that a level leaves the setting open.</summary>
internal sealed record PropertySettings
{
    internal const int DefaultMaxTest = 100;
    internal const int DefaultMaxRejected = 1000;
    internal const int DefaultStartSize = 1;
    internal const int DefaultEndSize = 100;

    internal int? MaxTest { get; init; }

    internal int? MaxRejected { get; init; }

    internal int? StartSize { get; init; }

    internal int? EndSize { get; init; }

    internal string? Replay { get; init; }

    internal int? Parallelism { get; init; }

    internal bool? Verbose { get; init; }

    internal bool? QuietOnSuccess { get; init; }

    internal Type[] Arbitrary { get; init; } = [];

    /// <summary>The merged settings of a property, as the test class <paramref name="testClass"/> runs it.</summary>
    internal static PropertySettings Of(Type testClass, MethodInfo method) =>
        Levels(testClass, method).OfType<PropertyAttribute>().Select(level => level.Settings)
            .Aggregate(new PropertySettings(), (inner, outer) => inner.Within(outer));

    /// <summary>The FsCheck configuration of these settings, with defaults where all levels left one open.</summary>
    internal Config ToConfig(IRunner runner)
    {
        Config config = (Verbose == true ? Config.Verbose : Config.Quick)
            .WithMaxTest(MaxTest ?? DefaultMaxTest)
            .WithMaxRejected(MaxRejected ?? DefaultMaxRejected)
            .WithStartSize(StartSize ?? DefaultStartSize)
            .WithEndSize(EndSize ?? DefaultEndSize)
            .WithQuietOnSuccess(QuietOnSuccess ?? false)
            .WithArbitrary(Arbitrary)
            .WithRunner(runner);
        if (Parallelism is { } degree and not 0)
            config = config.WithParallelRunConfig(new ParallelRunConfig(degree));
        return string.IsNullOrWhiteSpace(Replay) ? config : ReplayToken.Parse(Replay).ApplyTo(config);
    }

    // The class is the one that runs, not the one that declares the method: a derived test class in another assembly
    // is configured where it stands.
    private static IEnumerable<PropertyAttribute?> Levels(Type testClass, MethodInfo method)
    {
        yield return method.GetCustomAttribute<PropertyAttribute>();
        for (Type? type = testClass; type is not null; type = type.DeclaringType)
            yield return type.GetCustomAttribute<PropertiesAttribute>();
        yield return testClass.Assembly.GetCustomAttribute<PropertiesAttribute>();
    }

    private PropertySettings Within(PropertySettings outer) => new()
    {
        MaxTest = MaxTest ?? outer.MaxTest,
        MaxRejected = MaxRejected ?? outer.MaxRejected,
        StartSize = StartSize ?? outer.StartSize,
        EndSize = EndSize ?? outer.EndSize,
        Replay = Replay ?? outer.Replay,
        Parallelism = Parallelism ?? outer.Parallelism,
        Verbose = Verbose ?? outer.Verbose,
        QuietOnSuccess = QuietOnSuccess ?? outer.QuietOnSuccess,
        Arbitrary = [.. Arbitrary, .. outer.Arbitrary],
    };
}
