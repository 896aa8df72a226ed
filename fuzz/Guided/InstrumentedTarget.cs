// A target on a copy of the engine whose kernel is instrumented, loaded beside this process's own engine in a load
// context of its own: with its own generator, its own coverage map and its own compiled code. So the plain engine
// loses nothing, and every thread can have a copy. The copy is told what to run by types of the base library.
// Not covered: instrumenting (SharpFuzz), what is run (GuidedLoop).

using System;
using System.IO;
using System.Reflection;
using System.Runtime.Loader;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Generators.Guided;
using SharpFuzz.Common;
using Instrumenter = SharpFuzz.Fuzzer;

namespace MmFuzz.Cli;

/// <summary>Runs programs on an instrumented engine.</summary>
internal sealed class InstrumentedTarget : IGuidedTarget
{
    /// <summary>What is instrumented: the kernel's paths, and not those who watch them.</summary>
    private const string Watched = "MmFuzz.Engine.Kernel.";

    /// <summary>Copies are never unloaded, so a thread keeps the one that it has.</summary>
    [ThreadStatic]
    private static EngineCopy? ofThisThread;

    private static readonly Lazy<byte[]> Engine = new(InstrumentEngine);

    private readonly Func<ReadOnlyMemory<byte>, long> run;
    private readonly nint edges;
    private readonly byte[] program = new byte[ByteChoices.MostBytes];
    private Memory<byte> shapes;

    private InstrumentedTarget(Profile profile, Feedback feedback, int length)
    {
        EngineCopy copy = ofThisThread ??= new EngineCopy();
        MethodInfo export = copy.Of(typeof(GuidedTarget)).GetMethod(nameof(GuidedTarget.Export))!;
        edges = (nint)copy.Of(typeof(Trace)).GetProperty(nameof(Trace.Address))!.GetValue(null)!;
        string kernel = new MmProgram(profile, []).Print();
        Action<Memory<byte>> map = given => shapes = given;
        run = (Func<ReadOnlyMemory<byte>, long>)export.Invoke(null, [kernel, (int)feedback, length, map])!;
    }

    /// <inheritdoc/>
    public unsafe Span<byte> Edges => new((void*)edges, Trace.EdgeBytes);

    /// <inheritdoc/>
    public Span<byte> Shapes => shapes.Span;

    /// <summary>
    /// A target with that feedback, for this thread, whose targets share one map of edges. Without edges it runs on
    /// this process's own engine.
    /// </summary>
    public static IGuidedTarget Make(Profile profile, Feedback feedback, int length) =>
        (feedback & Feedback.Edges) != 0
            ? new InstrumentedTarget(profile, feedback, length)
            : new GuidedTarget(profile, feedback, length);

    /// <inheritdoc/>
    public GuidedOutcome Run(ReadOnlySpan<byte> bytes)
    {
        int length = Math.Min(bytes.Length, program.Length);
        bytes[..length].CopyTo(program);
        long packed = run(program.AsMemory(0, length));
        bool violated = packed < 0;
        packed = violated ? ~packed : packed;
        return new GuidedOutcome((int)(packed & int.MaxValue), (int)(packed >> 32), violated);
    }

    private static byte[] InstrumentEngine()
    {
        string path = typeof(Profile).Assembly.Location;
        using FileStream read = File.OpenRead(path);
        var written = new MemoryStream();
        Instrumenter.Instrument(
            read, written, type => type.StartsWith(Watched, StringComparison.Ordinal), Path.GetDirectoryName(path)!);
        return written.ToArray();
    }

    /// <summary>Loads the engine instrumented, and who uses it or is used by it once more.</summary>
    private sealed class EngineCopy : AssemblyLoadContext
    {
        /// <summary>The copy of a type.</summary>
        public Type Of(Type original) =>
            LoadFromAssemblyName(original.Assembly.GetName()).GetType(original.FullName!, throwOnError: true)!;

        protected override Assembly? Load(AssemblyName assemblyName)
        {
            foreach (Type copied in (Type[])[typeof(GuidedTarget), typeof(Trace)])
            {
                if (copied.Assembly.GetName().Name == assemblyName.Name)
                {
                    return LoadFromAssemblyPath(copied.Assembly.Location);
                }
            }

            return typeof(Profile).Assembly.GetName().Name == assemblyName.Name
                ? LoadFromStream(new MemoryStream(Engine.Value))
                : null; // as everybody else has it
        }
    }
}
