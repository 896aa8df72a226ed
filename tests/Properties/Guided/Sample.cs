// What this file covers: nothing by itself; it is the small assembly part that the instrumenter is tried on. Every
// method has a shape of its own: branches, a loop, switches, values that wait on the stack, protected regions.
// What it does not cover: whether it is instrumented rightly (InstrumenterTests).

using System;
using System.Globalization;

namespace MmFuzz.Tests.Guided.Sampled;

public static class Sample
{
    private static readonly int Start = int.Parse("5", CultureInfo.InvariantCulture);

    public static int Branch(int x) => x > 3 ? 10 : 20;

    public static int Loop(int times)
    {
        int sum = 0;
        for (int i = 0; i < times; i++)
        {
            sum += i % 2 == 0 ? i : -i;
        }

        return sum;
    }

    public static string Switch(int x) => x switch
    {
        0 => "none",
        1 or 2 => "few",
        3 => "three",
        4 => "four",
        _ => x < 0 ? "less" : "many",
    };

    public static int OnTheStack(int x) =>
        Add(x, x > 0 ? 1 : 2, Add(x, x > 1 && x < 9 ? Start : 0, x == 7 ? 1 : 0));

    public static string Protected(string text)
    {
        string way = string.Empty;
        try
        {
            way += int.Parse(text, CultureInfo.InvariantCulture) > 5 ? "high" : "low";
        }
        catch (FormatException) when (text.Length > 2)
        {
            way += "long";
        }
        catch (FormatException)
        {
            way += text.Length == 0 ? "empty" : "short";
        }
        finally
        {
            way += text.StartsWith('-') ? "!" : ".";
        }

        return way;
    }

    public static int Manage<T>(T[] items, T wanted)
        where T : IEquatable<T>
    {
        foreach (T item in items)
        {
            if (item.Equals(wanted))
            {
                return Array.IndexOf(items, wanted);
            }
        }

        return -1;
    }

    private static int Add(int a, int b, int c) => a + (10 * b) + (100 * c);
}
