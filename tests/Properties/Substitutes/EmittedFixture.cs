// What this file covers: test classes made while a test runs, so that attributes can carry values that only a run
// knows (a replay token) and an assembly can carry settings without imposing them on this whole suite.
// What it does not cover: methods of their own; an emitted class inherits all of its properties.

using System;
using System.Linq;
using System.Reflection;
using System.Reflection.Emit;
using System.Threading;
using FsCheck.Xunit;

namespace MmFuzz.Tests.Substitutes;

/// <summary>Emits test classes.</summary>
internal static class EmittedFixture
{
    private static int emitted;

    /// <summary>A class that inherits <typeparamref name="TBase"/>, which must be public, alone in an
    /// assembly.</summary>
    /// <param name="onClass">What [Properties] on the class sets, by name; null for no such attribute.</param>
    /// <param name="onAssembly">The same for the assembly.</param>
    internal static Type Create<TBase>(
        (string Setting, object Value)? onClass = null, (string Setting, object Value)? onAssembly = null)
    {
        AssemblyBuilder assembly = AssemblyBuilder.DefineDynamicAssembly(
            new AssemblyName($"Emitted{Interlocked.Increment(ref emitted)}"), AssemblyBuilderAccess.RunAndCollect);
        if (onAssembly is { } outer)
            assembly.SetCustomAttribute(Properties(outer.Setting, outer.Value));
        TypeBuilder type = assembly.DefineDynamicModule("Emitted").DefineType(
            typeof(TBase).Name + "Emitted", TypeAttributes.Public | TypeAttributes.Class, typeof(TBase));
        if (onClass is { } inner)
            type.SetCustomAttribute(Properties(inner.Setting, inner.Value));
        return type.CreateType();
    }

    private static CustomAttributeBuilder Properties(string setting, object value) => new(
        typeof(PropertiesAttribute).GetConstructors().Single(), [],
        [typeof(PropertiesAttribute).GetProperty(setting)!], [value]);
}
