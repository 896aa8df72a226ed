// Distills a corpus: of programs that cover the same, the shortest stays. Features are taken in the order of their
// rarity, so that a program that alone covers something is in before common features ask for one.
// Not covered: the smallest set that covers everything, which nobody finds in time; programs that violate something.

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Numerics;

namespace MmFuzz.Generators.Guided;

/// <summary>Distills.</summary>
public static class Distiller
{
    private const int ClassBits = 3;

    /// <summary>The members that together cover what all do, in their order.</summary>
    public static ImmutableArray<int> Keep(IGuidedTarget target, IReadOnlyList<byte[]> programs)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(programs);
        var covers = new int[programs.Count][];
        for (int i = 0; i < covers.Length; i++)
        {
            covers[i] = FeaturesOf(target, programs[i]);
        }

        var shortest = new Dictionary<int, (int Program, int Programs)>();
        int[] order = [.. Enumerable.Range(0, covers.Length).OrderBy(i => programs[i].Length).ThenBy(i => i)];
        foreach (int program in order)
        {
            foreach (int feature in covers[program])
            {
                shortest[feature] = shortest.TryGetValue(feature, out (int Program, int Programs) known)
                    ? known with { Programs = known.Programs + 1 }
                    : (program, 1);
            }
        }

        var covered = new HashSet<int>();
        var kept = new SortedSet<int>();
        foreach ((int feature, (int program, _)) in
            shortest.OrderBy(one => one.Value.Programs).ThenBy(one => one.Key))
        {
            if (!covered.Contains(feature))
            {
                kept.Add(program);
                covered.UnionWith(covers[program]);
            }
        }

        return [.. kept];
    }

    /// <summary>What a program covers: places with the class of their count; nothing if it violates.</summary>
    private static int[] FeaturesOf(IGuidedTarget target, byte[] program)
    {
        bool violated = target.Run(program).Violated;
        var features = new List<int>();
        Collect(target.Edges, 0, features);
        Collect(target.Shapes, target.Edges.Length, features);
        return violated ? [] : [.. features];
    }

    private static void Collect(Span<byte> map, int first, List<int> features)
    {
        for (int place = 0; place < map.Length; place++)
        {
            if (map[place] != 0)
            {
                int kind = BitOperations.Log2(Coverage.ClassOf(map[place]));
                features.Add(((first + place) << ClassBits) | kind);
            }
        }

        map.Clear();
    }
}
