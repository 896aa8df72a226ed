// What this file covers: an instrumented assembly does what it did, counts each way out of a branch apart, has the same
// numbers each time, and is refused a second time; the command line `sharpfuzz`.
// What it does not cover: the engine, instrumented (InstrumentedEngineTests).

using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using MmFuzz.Tests.Cli;
using MmFuzz.Tests.Guided.Sampled;
using SharpFuzz;
using Xunit;
using Trace = SharpFuzz.Common.Trace;

namespace MmFuzz.Tests.Guided;

public class InstrumenterTests
{
    private static readonly string Tests = typeof(Sample).Assembly.Location;
    private static readonly Lazy<Type> Counted = new(() => Load(Instrumented()));

    [Fact]
    public void An_instrumented_method_answers_as_before()
    {
        foreach ((string method, object[] arguments) in Calls())
            Assert.Equal(Call(typeof(Sample), method, arguments), Call(Counted.Value, method, arguments));
    }

    [Theory]
    [InlineData("Branch", 3, 4)]
    [InlineData("Switch", 1, 3)]
    [InlineData("Switch", 3, 4)]
    [InlineData("Switch", -1, 9)]
    [InlineData("OnTheStack", 1, 5)]
    [InlineData("Protected", "9", "1")]
    [InlineData("Protected", "ab", "abc")]
    [InlineData("Protected", "", "a")]
    [InlineData("Protected", "-1", "1")]
    public void Another_way_through_a_method_is_another_edge(string method, object one, object other) =>
        Assert.NotEqual(Edges(method, one).Keys, Edges(method, other).Keys);

    [Theory]
    [InlineData("Branch", 4, 9)]
    [InlineData("Switch", 1, 2)]
    public void The_same_way_is_the_same_edges(string method, object one, object other) =>
        Assert.Equal(Edges(method, one), Edges(method, other));

    [Fact]
    public void How_often_a_loop_runs_is_counted()
    {
        Dictionary<int, byte> three = Edges("Loop", 3);
        Dictionary<int, byte> seven = Edges("Loop", 7);
        Assert.Equal(three.Keys.Order(), seven.Keys.Order());
        Assert.Equal(3, three.Values.Max());
        Assert.Equal(7, seven.Values.Max());
    }

    [Fact]
    public void Methods_share_no_edge() =>
        Assert.Empty(Edges("Branch", 1).Keys.Intersect(Edges("Loop", 1).Keys));

    [Fact]
    public void The_same_assembly_always_gets_the_same_numbers()
    {
        Type again = Load(Instrumented());
        Assert.Equal(Edges(Counted.Value, "Switch", 4), Edges(again, "Switch", 4));
    }

    [Fact]
    public void An_instrumented_assembly_is_refused() =>
        Assert.Contains(
            "already instrumented",
            Assert.Throws<InstrumentationException>(() => Instrument(Instrumented(), _ => true)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void An_assembly_without_a_type_that_is_asked_for_is_refused() =>
        Assert.Throws<InstrumentationException>(() => Instrument(File.ReadAllBytes(Tests), _ => false));

    [Fact]
    public void The_command_line_instruments_in_place_once_and_says_why_not_twice()
    {
        using var place = new Place();
        string copy = Path.Combine(place.Root, Path.GetFileName(Tests));
        foreach (string file in Directory.GetFiles(Path.GetDirectoryName(Tests)!, "*.dll"))
            File.Copy(file, Path.Combine(place.Root, Path.GetFileName(file)));

        (int code, string words) = SharpFuzz(copy, "MmFuzz.Tests.Guided.Sampled");
        Assert.Equal((0, true), (code, words.Contains("1 types instrumented", StringComparison.Ordinal)));
        byte[] once = File.ReadAllBytes(copy);
        (code, words) = SharpFuzz(copy, "MmFuzz.Tests.Guided.Sampled");
        Assert.Equal((1, true), (code, words.Contains("already instrumented", StringComparison.Ordinal)));
        Assert.Equal(once, File.ReadAllBytes(copy));
        Assert.Equal(1, SharpFuzz(place.With("no.dll", "no assembly")).Code);
        Assert.Equal(1, SharpFuzz(Path.Combine(place.Root, "missing.dll")).Code);
    }

    private static IEnumerable<(string Method, object[] Arguments)> Calls()
    {
        foreach (string method in (string[])["Branch", "Loop", "Switch", "OnTheStack"])
        {
            for (int x = -2; x < 12; x++)
                yield return (method, [x]);
        }

        foreach (string text in (string[])["9", "1", "-7", "", "a", "-a", "abc"])
            yield return ("Protected", [text]);
    }

    private static object? Call(Type type, string method, params object[] arguments) =>
        type.GetMethod(method)!.Invoke(null, arguments);

    private static Dictionary<int, byte> Edges(string method, params object[] arguments) =>
        Edges(Counted.Value, method, arguments);

    /// <summary>Places of the map that are not 0 after a call, and how much they are.</summary>
    private static Dictionary<int, byte> Edges(Type type, string method, params object[] arguments)
    {
        Call(type, method, arguments); // so that what runs once has run
        Trace.Clear();
        Call(type, method, arguments);
        var map = new byte[Trace.EdgeBytes];
        Marshal.Copy(Trace.Address, map, 0, map.Length);
        return map.Index().Where(at => at.Item != 0).ToDictionary(at => at.Index, at => at.Item);
    }

    private static byte[] Instrumented() =>
        Instrument(
            File.ReadAllBytes(Tests), name => name.StartsWith("MmFuzz.Tests.Guided.Sampled", StringComparison.Ordinal));

    private static byte[] Instrument(byte[] assembly, Func<string, bool> matcher)
    {
        var written = new MemoryStream();
        Fuzzer.Instrument(new MemoryStream(assembly), written, matcher, Path.GetDirectoryName(Tests)!);
        return written.ToArray();
    }

    private static Type Load(byte[] assembly) =>
        new AssemblyLoadContext(null).LoadFromStream(new MemoryStream(assembly)).GetType(typeof(Sample).FullName!)!;

    private static (int Code, string Words) SharpFuzz(params string[] arguments)
    {
        string tool = Path.Combine(AppContext.BaseDirectory, "sharpfuzz.dll");
        using Process process = Process.Start(new ProcessStartInfo("dotnet", ["exec", tool, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        string words = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, words);
    }
}
