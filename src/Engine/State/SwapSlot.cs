// A slot of the swap area: use count, the page that caches it, what is on the device.
// Not covered: allocation and freeing (Kernel/Swapfile).

using System;

namespace MmFuzz.Engine.State;

/// <summary>Flags of a slot.</summary>
[Flags]
public enum SlotFlags : byte
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>
    /// SWAP_HAS_CACHE: a page caches it, or a fault has reserved it while it reads past the cache (6.8).
    /// </summary>
    HasCache = 1,

    /// <summary>Something was written to the device.</summary>
    Written = 2,

    /// <summary>The device cannot read it.</summary>
    Bad = 4,
}

/// <summary>A slot of the swap area.</summary>
public struct SwapSlot
{
    /// <summary>What is on the device.</summary>
    public Token Content;

    /// <summary>swap_map: entries, inode entries and paths in flight that name it.</summary>
    public byte Count;

    /// <summary>Flags.</summary>
    public SlotFlags Flags;

    /// <summary>The page in the swap cache; frame 0 stands for none.</summary>
    public Pfn CachePage;

    /// <summary>Who has reserved it to read past the swap cache: actor + 1, or 0.</summary>
    public byte Reader;

    private readonly ushort reserved;

    /// <summary>Whether a page caches it.</summary>
    public readonly bool HasCachePage => CachePage.Value != 0;

    /// <summary>Whether it is in use by anything.</summary>
    public readonly bool InUse => Count != 0 || (Flags & SlotFlags.HasCache) != 0;

    /// <summary>Whether the unused bytes are 0, as they always are.</summary>
    public readonly bool IsCanonical => reserved == 0;
}
