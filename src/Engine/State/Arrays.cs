// The inline arrays that the machine is made of. Not covered: who may write them (Machine).

using System.Runtime.CompilerServices;

namespace MmFuzz.Engine.State;

/// <summary>Frames of one handle.</summary>
[InlineArray(Limits.HandlePages)]
public struct HandlePages
{
    private Pfn first;
}

/// <summary>References of one task in flight.</summary>
[InlineArray(Limits.Holds)]
public struct HoldArray
{
    private Pfn first;
}

/// <summary>Calls of one task.</summary>
[InlineArray(Limits.PathDepth)]
public struct PathStack
{
    private ushort first;
}

/// <summary>All page-table entries.</summary>
[InlineArray(Limits.Entries)]
internal struct PteArray
{
    private Pte first;
}

/// <summary>All PMD entries.</summary>
[InlineArray(Limits.Pmds)]
internal struct PmdArray
{
    private Pmd first;
}

/// <summary>Owners of all page-table locks, plus 1.</summary>
[InlineArray(Limits.Pmds)]
internal struct PtLockArray
{
    private byte first;
}

/// <summary>All address spaces.</summary>
[InlineArray(Limits.Mms)]
internal struct MmArray
{
    private Mm first;
}

/// <summary>All mappings.</summary>
[InlineArray(Limits.Mms * Limits.VmasPerMm)]
internal struct VmaArray
{
    private Vma first;
}

/// <summary>All frames.</summary>
[InlineArray(Limits.Frames)]
internal struct FrameArray
{
    private Frame first;
}

/// <summary>All TLBs.</summary>
[InlineArray(Limits.TlbEntries)]
internal struct TlbArray
{
    private TlbEntry first;
}

/// <summary>The swap area.</summary>
[InlineArray(Limits.SwapSlots)]
internal struct SlotArray
{
    private SwapSlot first;
}

/// <summary>Pages of all inodes.</summary>
[InlineArray(Limits.CachePages)]
internal struct CacheArray
{
    private CacheEntry first;
}

/// <summary>All inodes.</summary>
[InlineArray(Limits.Inodes)]
internal struct InodeArray
{
    private Inode first;
}

/// <summary>All handles.</summary>
[InlineArray(Limits.Handles)]
internal struct HandleArray
{
    private GupHandle first;
}

/// <summary>All tasks.</summary>
[InlineArray(Limits.Actors)]
internal struct TaskArray
{
    private Task first;
}

/// <summary>All userfaultfd contexts.</summary>
[InlineArray(Limits.Uffds)]
internal struct UffdArray
{
    private Uffd first;
}

/// <summary>All userfaultfd events.</summary>
[InlineArray(Limits.UserActors)]
internal struct EventArray
{
    private UffdEvent first;
}

/// <summary>The reference memory's rows of private pages.</summary>
[InlineArray(Limits.Entries)]
internal struct RowArray
{
    private PageRow first;
}

/// <summary>The reference memory's rows of inode pages.</summary>
[InlineArray(Limits.CachePages)]
internal struct FileRowArray
{
    private FileRow first;
}

/// <summary>The reference memory's rows of handles.</summary>
[InlineArray(Limits.Handles)]
internal struct HandleRowArray
{
    private HandleRow first;
}

/// <summary>The owner's pages that the pages of one handle belong to.</summary>
[InlineArray(Limits.HandlePages)]
public struct HandleEntries
{
    private EntryIndex first;
}

/// <summary>What the pages of one handle should read.</summary>
[InlineArray(Limits.HandlePages)]
public struct HandleTokens
{
    private Token first;
}
