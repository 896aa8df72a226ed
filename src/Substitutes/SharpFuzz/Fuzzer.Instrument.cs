// Instruments assemblies: reads one, counts the edges of the types that are asked for, and writes it. Constructors are
// left out (static ones run once, whenever the runtime likes), and the symbols are dropped, since they would not fit.
// Not covered: a method's edges (MethodEdges), the command line (SharpFuzz.CommandLine).

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Mono.Cecil;
using SharpFuzz.Common;

namespace SharpFuzz;

/// <summary>Fuzzing with coverage, under AFL++, libFuzzer or by oneself.</summary>
public static partial class Fuzzer
{
    /// <summary>Instruments an assembly in place.</summary>
    /// <param name="path">The assembly.</param>
    /// <param name="matcher">Whether a type, by its full name, is to be instrumented.</param>
    /// <returns>The full names of the types that were.</returns>
    public static IEnumerable<string> Instrument(string path, Func<string, bool> matcher)
    {
        ArgumentNullException.ThrowIfNull(path);
        var written = new MemoryStream();
        IReadOnlyList<string> types;
        using (FileStream read = File.OpenRead(path))
        {
            types = Instrument(read, written, matcher, Path.GetDirectoryName(Path.GetFullPath(path))!);
        }

        string temporary = path + ".instrumenting";
        File.WriteAllBytes(temporary, written.ToArray());
        File.Move(temporary, path, overwrite: true);
        string symbols = Path.ChangeExtension(path, ".pdb");
        File.Delete(symbols);
        return types;
    }

    /// <summary>Reads an assembly and writes it instrumented.</summary>
    /// <param name="source">The assembly.</param>
    /// <param name="target">Where to write it.</param>
    /// <param name="matcher">Whether a type, by its full name, is to be instrumented.</param>
    /// <param name="references">The directory with the assemblies that it references.</param>
    /// <returns>The full names of the types that were.</returns>
    public static IReadOnlyList<string> Instrument(
        Stream source, Stream target, Func<string, bool> matcher, string references)
    {
        ArgumentNullException.ThrowIfNull(matcher);
        using var resolver = new DefaultAssemblyResolver();
        resolver.AddSearchDirectory(references);
        resolver.AddSearchDirectory(Path.GetDirectoryName(typeof(object).Assembly.Location)!);
        using AssemblyDefinition assembly = Read(source, resolver);
        ModuleDefinition module = assembly.MainModule;
        if (IsInstrumented(module))
        {
            throw new InstrumentationException($"{module.Name} is already instrumented");
        }

        FieldReference map = module.ImportReference(typeof(Trace).GetField(nameof(Trace.Map)));
        var edges = new MethodEdges(map, new EdgeIds());
        var instrumented = new List<string>();
        foreach (TypeDefinition type in module.GetTypes().Where(type => matcher(type.FullName)))
        {
            MethodDefinition[] methods = [.. type.Methods.Where(method => method.HasBody && !method.IsConstructor)];
            if (methods.Length > 0)
            {
                Array.ForEach(methods, edges.Instrument);
                instrumented.Add(type.FullName);
            }
        }

        if (instrumented.Count == 0)
        {
            throw new InstrumentationException($"{module.Name} has no type that is asked for");
        }

        assembly.Write(target);
        return instrumented;
    }

    private static AssemblyDefinition Read(Stream source, DefaultAssemblyResolver resolver)
    {
        try
        {
            return AssemblyDefinition.ReadAssembly(
                source, new ReaderParameters { AssemblyResolver = resolver, ReadSymbols = false, InMemory = true });
        }
        catch (BadImageFormatException bad)
        {
            throw new InstrumentationException("this is no .NET assembly", bad);
        }
    }

    private static bool IsInstrumented(ModuleDefinition module) =>
        module.GetMemberReferences().Any(member =>
            member.DeclaringType?.FullName == typeof(Trace).FullName && member.Name is nameof(Trace.Map));
}
