// The mappings of an address space as a sorted list: inserting, removing, splitting and joining them, and the
// protection that fresh entries get from them. Callers hold mmap_lock for writing.
// Not covered: what happens to the entries below (Zap, ChangeProtection).

using System;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Kernel;

internal static class VmaTree
{
    /// <summary>What two neighbours must have in common to be joined; VM_SOFTDIRTY and the like are or-ed.</summary>
    private const VmFlags Ignored = VmFlags.SoftDirty | VmFlags.AnonVma | VmFlags.PageProtWrite;

    /// <summary>Puts a mapping where it belongs; the caller has checked that there is room and no overlap.</summary>
    public static void Insert(Context c, MmId mm, in Vma vma)
    {
        int count = c.MmAt(mm).VmaCount;
        int place = count;
        while (place > 0 && c.VmaAt(mm, place - 1).Start > vma.Start)
        {
            c.ChangeVma(mm, place) = c.VmaAt(mm, place - 1);
            place--;
        }

        c.ChangeVma(mm, place) = vma;
        c.ChangeMmBesideCounts(mm).VmaCount++;
        CountMapping(c, in vma, 1);
    }

    /// <summary>Takes a mapping out.</summary>
    public static void RemoveAt(Context c, MmId mm, int index)
    {
        CountMapping(c, in c.VmaAt(mm, index), -1);
        int last = --c.ChangeMmBesideCounts(mm).VmaCount;
        for (int i = index; i < last; i++)
        {
            c.ChangeVma(mm, i) = c.VmaAt(mm, i + 1);
        }

        c.ChangeVma(mm, last) = default;
    }

    /// <summary>Whether any mapping lies in [start, end).</summary>
    public static bool Overlaps(Context c, MmId mm, int start, int end) => MappedPages(c, mm, start, end) > 0;

    /// <summary>How many pages of [start, end) are mapped.</summary>
    public static int MappedPages(Context c, MmId mm, int start, int end)
    {
        int pages = 0;
        for (int i = 0; i < c.MmAt(mm).VmaCount; i++)
        {
            ref readonly Vma vma = ref c.VmaAt(mm, i);
            pages += Math.Max(0, Math.Min(end, vma.End) - Math.Max(start, vma.Start));
        }

        return pages;
    }

    /// <summary>How many more mappings it takes to give [start, end) mappings of its own: 0 to 2.</summary>
    private static int CountSplits(Context c, MmId mm, int start, int end) =>
        (Straddles(c, mm, start) ? 1 : 0) + (Straddles(c, mm, end) ? 1 : 0);

    /// <summary>Splits the mapping that straddles <paramref name="va"/>; false if there are too many already.</summary>
    public static bool SplitAt(Context c, MmId mm, int va)
    {
        for (int i = 0; i < c.MmAt(mm).VmaCount; i++)
        {
            Vma upper = c.VmaAt(mm, i);
            if (va <= upper.Start || va >= upper.End)
            {
                continue;
            }

            if (c.MmAt(mm).VmaCount == Limits.VmasPerMm)
            {
                return false;
            }

            c.ChangeVma(mm, i).End = (byte)va;
            upper.PageOffset = (byte)(upper.IsAnon ? 0 : upper.PageOffset + va - upper.Start);
            upper.Start = (byte)va;
            Insert(c, mm, in upper);
            return true;
        }

        return true;
    }

    /// <summary>
    /// Makes [start, end), which lies in one mapping, a mapping of its own: its index, or -1 if there would be too
    /// many.
    /// </summary>
    public static int Isolate(Context c, MmId mm, int start, int end)
    {
        bool room = c.MmAt(mm).VmaCount + CountSplits(c, mm, start, end) <= Limits.VmasPerMm;
        return room && SplitAt(c, mm, start) && SplitAt(c, mm, end)
            ? c.Machine.FindVma(mm, new Va((byte)start))
            : -1;
    }

    /// <summary>The first mapping that has a page in [start, end): its index, or -1.</summary>
    public static int NextVma(Context c, MmId mm, int start, int end)
    {
        int count = start < end ? c.MmAt(mm).VmaCount : 0;
        for (int i = 0; i < count; i++)
        {
            ref readonly Vma vma = ref c.VmaAt(mm, i);
            if (vma.End > start)
            {
                return vma.Start < end ? i : -1;
            }
        }

        return -1;
    }

    /// <summary>vma_merge: joins neighbours that are alike; the joined one is soft-dirty if either was.</summary>
    public static void Merge(Context c, MmId mm)
    {
        for (int i = 1; i < c.MmAt(mm).VmaCount;)
        {
            Vma right = c.VmaAt(mm, i);
            if (!AreAlike(in c.VmaAt(mm, i - 1), in right))
            {
                i++;
                continue;
            }

            RemoveAt(c, mm, i);
            ref Vma left = ref c.ChangeVma(mm, i - 1);
            left.End = right.End;
            left.Flags |= right.Flags & Ignored;
            SetPageProt(c, mm, i - 1);
        }
    }

    /// <summary>
    /// vma_set_page_prot: a fresh entry of a shared writable mapping is writable, unless its first store must be
    /// noticed (write-notify: soft-dirty since 3.18, userfaultfd since 6.2); of a private one never.
    /// </summary>
    public static void SetPageProt(Context c, MmId mm, int index)
    {
        ref Vma vma = ref c.ChangeVma(mm, index);
        bool notify = (vma.SoftDirtyTracked && c.Has(Fix.SoftDirtyNotify))
            || (vma.UffdWp && c.Has(Fix.UffdWriteNotify));
        bool write = vma.IsShared && vma.Has(VmFlags.Write) && !notify;
        vma.Flags = write ? vma.Flags | VmFlags.PageProtWrite : vma.Flags & ~VmFlags.PageProtWrite;
    }

    private static bool AreAlike(in Vma left, in Vma right) =>
        left.End == right.Start && left.Kind == right.Kind && left.Inode == right.Inode && left.Uffd == right.Uffd
        && ((left.Flags ^ right.Flags) & ~Ignored) == 0
        && (left.IsAnon || left.PageOffset + (left.End - left.Start) == right.PageOffset);

    private static bool Straddles(Context c, MmId mm, int va)
    {
        for (int i = 0; i < c.MmAt(mm).VmaCount; i++)
        {
            ref readonly Vma vma = ref c.VmaAt(mm, i);
            if (va > vma.Start && va < vma.End)
            {
                return true;
            }
        }

        return false;
    }

    private static void CountMapping(Context c, in Vma vma, int change)
    {
        if (!vma.IsAnon)
        {
            ref Inode inode = ref c.Machine.ChangeInodeCounts(ref c.Touched, vma.Inode);
            inode.Mappings = (byte)(inode.Mappings + change);
            inode.PrivateMappings = (byte)(inode.PrivateMappings + (vma.IsShared ? 0 : change));
        }
    }
}
