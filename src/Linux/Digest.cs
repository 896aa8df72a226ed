// What the kernel showed as one number, the same for the same observations: page frames count by the order in which
// they appear after an operation, since their numbers, and when one comes back, are chance. Programs may be added in
// any order. Not covered: the swap-cache bit, which goes when write-back ends.

using System.Collections.Generic;
using System.Numerics;
using MmFuzz.Engine.State;

namespace MmFuzz.Linux;

/// <summary>A running digest.</summary>
internal sealed class Digest
{
    private const ulong Prime = 0x9e3779b97f4a7c15;
    private readonly Dictionary<ulong, ulong> names = [];

    /// <summary>The sum over all programs.</summary>
    public ulong Value { get; private set; }

    /// <summary>Adds a program.</summary>
    public void Add(ulong number, PreparedProgram prepared)
    {
        ulong hash = Mix(number + Prime);
        for (int i = 0; i < prepared.Count; i++)
        {
            hash = Of(hash, prepared.Kernel(i));
        }

        foreach (ulong value in prepared.KernelLoads)
        {
            hash = Mix(hash ^ value);
        }

        Value += hash;
    }

    private ulong Of(ulong hash, StepRecord step)
    {
        hash = Mix(hash ^ ((ulong)step.Status << 48) ^ ((ulong)(ushort)step.Error << 32) ^ step.Live);
        foreach (ulong value in step.Values)
        {
            hash = Mix(hash ^ value);
        }

        foreach (Completion one in step.Completions)
        {
            hash = Mix(hash ^ one.Value ^ ((ulong)one.Actor << 56) ^ ((ulong)(ushort)one.Error << 40));
        }

        foreach (SeenEvent one in step.Events)
        {
            hash = Mix(hash ^ one.Actor ^ ((ulong)one.Flags << 8) ^ ((ulong)one.Page << 16) ^ ((ulong)one.Uffd << 24));
        }

        for (int left = step.Handles; left != 0; left &= left - 1)
        {
            int handle = BitOperations.TrailingZeroCount(left);
            hash = Mix(hash ^ ((ulong)handle << 8) ^ step.HandleCounts[handle]);
            for (int page = 0; page < step.HandleCounts[handle]; page++)
            {
                hash = Mix(hash ^ step.HandleValues[(handle * Limits.HandlePages) + page]);
            }
        }

        names.Clear();
        for (int entry = 0; entry < Limits.Entries; entry++)
        {
            PageWord page = step.Pages[entry];
            if (page.Word != 0)
            {
                PageBits bits = page.Bits & ~PageBits.SwapCache;
                ulong seen = ((ulong)entry << 58) ^ ((ulong)page.Mapcount << 32) ^ ((ulong)bits << 16);
                hash = Mix(hash ^ seen ^ Name(page));
            }
        }

        return hash;
    }

    private ulong Name(PageWord page)
    {
        if (!page.HasFrame)
        {
            return 0;
        }

        if (!names.TryGetValue(page.Number, out ulong name))
        {
            name = (ulong)names.Count + 1;
            names[page.Number] = name;
        }

        return name;
    }

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
        value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
        return value ^ (value >> 31);
    }
}
