// What this file covers: finding a Chromium on this machine, and tests that need one: without it they are skipped, each
// by its name and with the reason, and counted as skipped.
// What it does not cover: talking to it (Browser.cs).

using System;
using System.IO;
using System.Linq;
using Xunit;

namespace MmFuzz.Tests.Reports.Browsers;

/// <summary>Finds a browser.</summary>
internal static class Chromium
{
    private static readonly string[] Names =
        ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome"];

    /// <summary>Its file; null if there is none.</summary>
    internal static string? Path { get; } = Environment.GetEnvironmentVariable("MMFUZZ_CHROMIUM") ?? Find();

    /// <summary>Why no test can use it; null if they can.</summary>
    internal static string? WhyNot { get; } = !OperatingSystem.IsLinux() ? "skipped: a browser is driven on Linux only"
        : Path is null ? $"skipped: found none of {string.Join(", ", Names)} on the PATH, nor MMFUZZ_CHROMIUM"
        : null;

    private static string? Find() => (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':')
        .SelectMany(static folder => Names.Select(name => System.IO.Path.Combine(folder, name)))
        .FirstOrDefault(File.Exists);
}

/// <summary>A test that needs a browser.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute() => Skip = Chromium.WhyNot;
}

/// <summary>A test with data that needs a browser.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BrowserTheoryAttribute : TheoryAttribute
{
    public BrowserTheoryAttribute() => Skip = Chromium.WhyNot;
}
