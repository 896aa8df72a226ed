// What files under /proc say of the machine: the kernel's release, its configuration, its swap areas.
// Not covered: what can only be found out by trying (Capabilities).

using System;
using System.IO;
using System.IO.Compression;
using MmFuzz.Engine.Fixes;

namespace MmFuzz.Linux;

/// <summary>Facts of the machine.</summary>
public static class HostFacts
{
    private const string Swaps = "/proc/swaps";
    private const int PriorityColumn = 4;

    /// <summary>The kernel's release; a question mark where there is no Linux.</summary>
    public static string Release() => ReadOr("/proc/sys/kernel/osrelease", "?").Trim();

    /// <summary>
    /// The model of a kernel: its release, or the nearest that is modelled; io_uring, which stands for every driver
    /// here, does not mark the pages dirty that it gives back.
    /// </summary>
    public static Profile ProfileOf(string release)
    {
        string[] parts = release.Split('.', '-', '+');
        string numbers = parts.Length > 1 ? $"{parts[0]}.{parts[1]}" : release;
        bool read = KernelVersion.TryParse(numbers, out KernelVersion found);
        KernelVersion oldest = Profile.Known[0];
        KernelVersion version = !read || found > KernelVersion.Newest ? KernelVersion.Newest
            : found < oldest ? oldest
            : found;
        return Profile.Of(version).Without(Fix.UnpinDirty).WithSwap(IsSwapInMemory()
            ? SwapDevice.Synchronous
            : SwapDevice.Asynchronous);
    }

    /// <summary>Whether there is any swap area.</summary>
    public static bool HasSwap() => ReadOr(Swaps, string.Empty).TrimEnd('\n').Split('\n').Length > 1;

    /// <summary>Whether a part of the memory, of whichever node, must stay movable.</summary>
    public static bool HasMovableMemory()
    {
        bool movable = false;
        foreach (string line in ReadOr("/proc/zoneinfo", string.Empty).Split('\n'))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words is ["Node", ..])
            {
                movable = words[^1] == "Movable";
            }
            else if (movable && words is ["managed", not "0"])
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the kernel says that it is built with an option.</summary>
    public static bool IsConfigured(string option)
    {
        try
        {
            using FileStream file = File.OpenRead("/proc/config.gz");
            using var text = new StreamReader(new GZipStream(file, CompressionMode.Decompress));
            return text.ReadToEnd().Contains($"\n{option}=y\n", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Whether the swap area that is used first is in memory (zram); so it is if there is none yet.</summary>
    private static bool IsSwapInMemory()
    {
        string best = "zram";
        int most = int.MinValue;
        foreach (string line in ReadOr(Swaps, string.Empty).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] words = line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > PriorityColumn && int.TryParse(words[PriorityColumn], out int priority)
                && priority > most)
            {
                (best, most) = (words[0], priority);
            }
        }

        return best.Contains("zram", StringComparison.Ordinal);
    }

    private static string ReadOr(string path, string otherwise)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return otherwise;
        }
    }
}
