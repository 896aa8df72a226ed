// The one place where an entry is rebuilt when it passes a transition: which bits are carried on, and the
// generated faults that drop or invent one. What a path sets or clears for reasons of its own it hands over.
// Not covered: whether a path may set what it sets (the paths), which mutants are equivalent (the matrix).

using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Kernel;

internal static class Carry
{
    private const EntryBits Tracking = EntryBits.SoftDirty | EntryBits.UffdWp;
    private const EntryBits Used = EntryBits.Young | EntryBits.Dirty;

    /// <summary>
    /// The bits of the new entry; <see cref="EntryBits.Exclusive"/> speaks for the page of a present one.
    /// </summary>
    public static EntryBits Over(
        Context c,
        Transition transition,
        MemoryKind kind,
        EntryBits from,
        EntryBits set = EntryBits.None,
        EntryBits clear = EntryBits.None)
    {
        EntryBits bits = ((from & Kept(transition)) | set) & ~clear;
        return c.Mutations is { } mutations ? mutations.Apply(transition, kind, bits) : bits;
    }

    /// <summary>What stays, or comes, where no page is: a marker, if the bits say protected.</summary>
    public static Pte Marker(
        Context c,
        Transition transition,
        MemoryKind kind,
        EntryBits from,
        EntryBits set = EntryBits.None,
        EntryBits clear = EntryBits.None) =>
        (Over(c, transition, kind, from, set, clear) & EntryBits.UffdWp) != 0 ? Pte.UffdWpMarker() : Pte.None;

    /// <summary>A poison marker stays one; of its bits only uffd_wp means anything.</summary>
    public static Pte Poisoned(
        Context c,
        Transition transition,
        MemoryKind kind,
        EntryBits from,
        EntryBits set = EntryBits.None,
        EntryBits clear = EntryBits.None) =>
        Pte.Poisoned().With(Over(c, transition, kind, from, set, clear) & EntryBits.UffdWp);

    /// <summary>A guard stays one; of its bits only uffd_wp means anything.</summary>
    public static Pte Guard(
        Context c,
        Transition transition,
        MemoryKind kind,
        EntryBits from,
        EntryBits set = EntryBits.None,
        EntryBits clear = EntryBits.None) =>
        Pte.Guard().With(Over(c, transition, kind, from, set, clear) & EntryBits.UffdWp);

    /// <summary>What kind of memory is to come where an entry holds no page.</summary>
    public static MemoryKind KindOf(in Vma vma) =>
        vma.IsAnon ? MemoryKind.Anon : vma.Kind == VmaKind.FilePrivate ? MemoryKind.File : MemoryKind.Shmem;

    /// <summary>pte_mkuffd_wp on bits; since 6.3 it takes the write bit away itself.</summary>
    public static EntryBits MkUffdWp(Context c, EntryBits bits) =>
        (c.Has(Fix.MkUffdWpWriteProtect) ? bits & ~EntryBits.Write : bits) | EntryBits.UffdWp;

    /// <summary>pte_mkdirty: on x86 making an entry dirty in software also makes it soft-dirty.</summary>
    public static EntryBits MkDirty(EntryBits bits) => bits | EntryBits.Dirty | EntryBits.SoftDirty;

    private static EntryBits Kept(Transition transition) => transition switch
    {
        Transition.ForkParent => Used | Tracking | EntryBits.Protnone | EntryBits.Exclusive,
        Transition.ForkChild => EntryBits.Dirty | Tracking | EntryBits.Protnone | EntryBits.Exclusive,
        Transition.ForkEarlyCopy => EntryBits.UffdWp,
        Transition.SwapOut => Tracking | EntryBits.Exclusive,
        Transition.SwapIn => Tracking | EntryBits.Exclusive,
        Transition.Swapoff => Tracking | EntryBits.Exclusive,
        Transition.MigrateBegin => EntryBits.Write | Used | Tracking | EntryBits.Exclusive,
        Transition.MigrateEnd => EntryBits.Write | Used | Tracking | EntryBits.Exclusive,
        Transition.PmdSplit => EntryBits.Write | EntryBits.Young | Tracking | EntryBits.Exclusive,
        Transition.Collapse => EntryBits.None,
        Transition.Zap => EntryBits.UffdWp,
        Transition.Mremap => EntryBits.Write | Used | Tracking | EntryBits.Protnone | EntryBits.Exclusive,
        Transition.Mprotect => EntryBits.Write | Used | Tracking | EntryBits.Exclusive,
        Transition.UffdProtect => EntryBits.Write | Used | Tracking | EntryBits.Protnone | EntryBits.Exclusive,
        Transition.UffdResolve => EntryBits.Write | Used | Tracking | EntryBits.Protnone | EntryBits.Exclusive,
        Transition.Unregister => EntryBits.Write | Used | Tracking | EntryBits.Protnone | EntryBits.Exclusive,
        Transition.NumaHint => Used | Tracking | EntryBits.Exclusive,
        Transition.NumaFault => Used | Tracking | EntryBits.Exclusive,
        Transition.CowCopy => EntryBits.None,
        Transition.WpReuse => EntryBits.Write | Used | Tracking | EntryBits.Exclusive,
        Transition.Unshare => Tracking,
        Transition.ZeroPageRemap => EntryBits.None,
        Transition.ClearRefs => EntryBits.Write | Used | Tracking | EntryBits.Protnone | EntryBits.Exclusive,
        Transition.Lazyfree => EntryBits.Write | Tracking | EntryBits.Protnone | EntryBits.Exclusive,
        Transition.KsmMerge => EntryBits.None,
        Transition.Fault => EntryBits.None,
        Transition.UffdFill => EntryBits.None,
        Transition.WpAsync => EntryBits.Write | Used | Tracking | EntryBits.Protnone | EntryBits.Exclusive,
        Transition.PagemapScan => EntryBits.Write | Used | Tracking | EntryBits.Protnone | EntryBits.Exclusive,
        Transition.Cold => EntryBits.Write | Used | Tracking | EntryBits.Protnone | EntryBits.Exclusive,
        Transition.PutBack => EntryBits.Write | Used | Tracking | EntryBits.Protnone | EntryBits.Exclusive,
        Transition.UffdMove => EntryBits.Dirty | Tracking | EntryBits.Exclusive,
    };
}
