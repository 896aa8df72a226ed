// What this file covers: that the World is one flat value: no references, no byte that no field names, no larger than
// the design allows; that unused bytes stay 0, so that equality of bytes is equality of worlds; copies and hashes.
// What it does not cover: what the parts mean (PteTests.cs, IdsTests.cs) and what changes them (Scenarios/).

using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Runtime.CompilerServices;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.State;
using MmFuzz.Generators;
using Xunit;

namespace MmFuzz.Tests.State;

public class WorldLayoutTests
{
    [Fact]
    public void The_world_holds_no_references() =>
        Assert.False(RuntimeHelpers.IsReferenceOrContainsReferences<World>());

    [Fact]
    public void The_world_is_no_larger_than_the_design_allows() =>
        Assert.InRange(World.Size, 1, Limits.WorldBytes);

    [Fact]
    public void The_search_for_padding_sees_a_gap_before_and_behind_a_field()
    {
        Assert.Equal(3, Unnamed(typeof(GapBetween)));
        Assert.Equal(3, Unnamed(typeof(GapBehind)));
        Assert.Equal(0, Unnamed(typeof(NoGap)));
    }

    [Fact]
    public void Every_byte_of_the_world_belongs_to_a_named_field() =>
        Assert.Empty(Parts(typeof(World)).Distinct().Where(part => Unnamed(part) != 0).Select(part => part.Name));

    [Fact]
    public void The_search_for_padding_looks_into_tasks_and_rows() =>
        Assert.Superset(
            new HashSet<Type> { typeof(Task), typeof(PageRow), typeof(Frame), typeof(GupHandle) },
            Parts(typeof(World)).ToHashSet());

    [Fact]
    public void A_copy_equals_its_source_until_either_changes()
    {
        World.Reset(out World source);
        World copy = default;
        World.Copy(in source, ref copy);
        Assert.True(source == copy);
        Assert.Equal(source.GetHashCode(), copy.GetHashCode());

        Touched touched = default;
        copy.Machine.SetPte(ref touched, default, Pte.UffdWpMarker());
        Assert.True(source != copy);
        Assert.False(Machine.SameBytes(in source.Machine, in copy.Machine));
    }

    [Fact]
    public void A_world_that_is_reset_is_the_same_whatever_it_was_before()
    {
        World.Reset(out World fresh);
        var fuzzer = new Fuzzer(Profile.Newest, seed: 7);
        fuzzer.RunProgram(0);
        World used = fuzzer.Runner.World;
        Assert.True(fresh != used);
        World.Reset(out used);
        Assert.True(fresh == used);
    }

    [Fact]
    public void Unused_bytes_stay_0_whatever_a_program_does()
    {
        var fuzzer = new Fuzzer(Profile.Newest, seed: 11);
        for (ulong program = 0; program < 300; program++)
        {
            fuzzer.RunProgram(Fuzzer.Apart(program));
            Assert.Empty(NotCanonical(in fuzzer.Runner.World));
        }
    }

    private static List<string> NotCanonical(in World w)
    {
        List<string> found = [];
        void Note(bool canonical, string what)
        {
            if (!canonical)
                found.Add(what);
        }

        for (byte i = 0; i < Limits.Mms; i++)
        {
            var mm = new MmId(i);
            Note(w.Machine.MmAt(mm).IsCanonical, $"{mm}");
            for (int v = 0; v < Limits.VmasPerMm; v++)
                Note(w.Machine.VmaAt(mm, v).IsCanonical, $"mapping {v} of {mm}");
        }

        for (byte i = 0; i < Limits.Handles; i++)
        {
            Note(w.Machine.HandleAt(new HandleId(i)).IsCanonical, $"g{i}");
        }

        for (byte i = 0; i < Limits.SwapSlots; i++)
            Note(w.Machine.SlotAt(new SlotId(i)).IsCanonical, $"slot{i}");
        for (byte i = 0; i < Limits.CachePages; i++)
            Note(w.Reference.FileAt(new CacheIndex(i)).IsCanonical, $"row of inode page {i}");
        return found;
    }

    /// <summary>The types of all fields, and of theirs, the World's own among them.</summary>
    private static IEnumerable<Type> Parts(Type type) =>
        type.IsPrimitive || type.IsEnum
            ? []
            : Fields(type).SelectMany(field => Parts(field.FieldType)).Prepend(type);

    /// <summary>How many bytes of a type belong to none of its fields.</summary>
    private static int Unnamed(Type type)
    {
        int named = Fields(type).Sum(field => SizeOf(field.FieldType));
        int times = type.GetCustomAttribute<InlineArrayAttribute>()?.Length ?? 1;
        return SizeOf(type) - (named * times);
    }

    private static FieldInfo[] Fields(Type type) =>
        type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);

    private static int SizeOf(Type type) =>
        (int)typeof(Unsafe).GetMethod(nameof(Unsafe.SizeOf))!.MakeGenericMethod(type).Invoke(null, null)!;

    private record struct GapBetween(byte First, int Second);

    private record struct GapBehind(int First, byte Second);

    private record struct NoGap(int First, short Second, byte Third, byte Fourth);
}
