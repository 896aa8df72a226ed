// mmap and munmap: each takes mmap_lock; munmap lets Zap clear the entries of its range, and then changes the mappings;
// so does mmap with MAP_FIXED, under one lock, so that nobody finds the place free.
// Not covered: how entries are cleared (Zap), mremap (Mremap.cs).

using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Kernel;

/// <summary>mmap with MAP_FIXED_NOREPLACE, or with MAP_FIXED.</summary>
internal static class Mmap
{
    /// <summary>MAP_FIXED, in Task.Seq.</summary>
    public const int Replaces = 256;

    private enum Stage : byte
    {
        Map,
        Replace,
    }

    /// <summary>
    /// Argument: rights as VmFlags; Argument2: VmaKind; Slot: inode; Cursor: page offset; Seq: whether it replaces.
    /// </summary>
    public static Progress Step(Context c, ref Task t) => (Stage)t.Stage switch
    {
        Stage.Map => Map(c, ref t),         // or, of what it replaces, the entries are zapped
        Stage.Replace => Replace(c, ref t), // ...and the mappings go in the same stage in which the new one comes
    };

    private static Progress Map(Context c, ref Task t)
    {
        int end = t.Va.Value + t.Length;
        if (t.Length == 0 || end > Limits.PagesPerMm)
        {
            return t.Finish(c, Errno.EINVAL);
        }

        if (!t.TryWriteMmap(c, t.Mm))
        {
            return Progress.Wait;
        }

        bool overlaps = VmaTree.Overlaps(c, t.Mm, t.Va.Value, end);
        if (overlaps && t.Seq == 0)
        {
            return t.Finish(c, Errno.EEXIST);
        }

        int added = overlaps && Munmap.IsHoleInOne(c, t.Mm, t.Va, end) ? 2 : 1;
        if (c.MmAt(t.Mm).VmaCount + added > Limits.VmasPerMm)
        {
            return t.Finish(c, Errno.ENOMEM);
        }

        var kind = (VmaKind)t.Argument2;
        if (!IsOfKind(in c.Machine.InodeAt(new InodeId(t.Slot.Value)), kind))
        {
            return t.Finish(c, Errno.EAGAIN); // somebody else has made another inode of it while this one waited
        }

        return overlaps ? ZapReplaced(c, ref t, end) : Insert(c, ref t);
    }

    /// <summary>What it maps: kept beside <see cref="Replaces"/> while Zap needs the other place.</summary>
    public static VmaKind KindOf(ref readonly Task t) => (VmaKind)((t.Seq & 0xff) != 0 ? t.Seq & 0xff : t.Argument2);

    private static Progress ZapReplaced(Context c, ref Task t, int end)
    {
        c.Reach(Goal.MmapReplaced);
        t.Seq = (ushort)(Replaces | t.Argument2); // what Zap needs for itself
        t.FaultVa = new Va(t.Cursor);
        UffdEvents.OweUnmap(c, ref t, t.Va.Value, end, UffdEvents.Turn.Unmap);
        Zap.Prepare(ref t, t.Va.Value, end, dropMarkers: true);
        return t.Call(KernelPath.ZapPageRange, Stage.Replace);
    }

    private static Progress Replace(Context c, ref Task t)
    {
        t.Argument2 = (byte)KindOf(ref t);
        t.Cursor = t.FaultVa.Value;
        Munmap.RemoveVmas(c, t.Mm, t.Va.Value, t.Va.Value + t.Length);
        return Insert(c, ref t);
    }

    private static Progress Insert(Context c, ref Task t)
    {
        var kind = (VmaKind)t.Argument2;
        var vma = new Vma
        {
            Flags = (VmFlags)t.Argument | VmFlags.MayWrite | VmFlags.SoftDirty,
            Kind = kind,
            Start = t.Va.Value,
            End = (byte)(t.Va.Value + t.Length),
        };
        if (kind != VmaKind.Anon)
        {
            bool isPrivate = kind is VmaKind.MemfdPrivate or VmaKind.FilePrivate;
            vma.Flags |= isPrivate ? VmFlags.None : VmFlags.Shared;
            vma.Inode = new InodeId(t.Slot.Value);
            vma.PageOffset = t.Cursor;
            ref Inode inode = ref c.Machine.ChangeInode(ref c.Touched, vma.Inode);
            if (kind == VmaKind.SharedAnon && !inode.Exists)
            {
                inode.Size = t.Length; // shmem_zero_setup: what mremap adds later lies behind its end
            }

            inode.Flags |= InodeFlags.Exists | kind switch
            {
                VmaKind.SharedAnon => InodeFlags.Unlinked,
                VmaKind.FilePrivate => InodeFlags.OnDisk,
                VmaKind.None or VmaKind.Anon or VmaKind.MemfdShared or VmaKind.MemfdPrivate or VmaKind.HugetlbShared
                    or VmaKind.HugetlbPrivate => InodeFlags.None,
            };
        }

        VmaTree.Insert(c, t.Mm, in vma);
        VmaTree.SetPageProt(c, t.Mm, c.Machine.FindVma(t.Mm, t.Va));
        VmaTree.Merge(c, t.Mm);
        return UffdEvents.Finish(c, ref t, Errno.None);
    }

    private static bool IsOfKind(ref readonly Inode inode, VmaKind kind) => !inode.Exists || kind switch
    {
        VmaKind.FilePrivate => inode.IsOnDisk,
        VmaKind.MemfdShared or VmaKind.MemfdPrivate => (inode.Flags & ~InodeFlags.Exists) == 0,
        VmaKind.SharedAnon => (inode.Flags & InodeFlags.Unlinked) != 0,
        VmaKind.None or VmaKind.Anon or VmaKind.HugetlbShared or VmaKind.HugetlbPrivate => true,
    };
}

/// <summary>munmap.</summary>
internal static class Munmap
{
    private enum Stage : byte
    {
        Begin,
        Remove,
    }

    public static Progress Step(Context c, ref Task t) => (Stage)t.Stage switch
    {
        Stage.Begin => Begin(c, ref t),
        Stage.Remove => Remove(c, ref t),
    };

    /// <summary>Takes [start, end) out of the mappings, and truncates inodes that have no other name.</summary>
    public static void RemoveVmas(Context c, MmId mm, int start, int end)
    {
        for (int i = c.MmAt(mm).VmaCount - 1; i >= 0; i--)
        {
            Vma vma = c.VmaAt(mm, i);
            if (vma.Start >= end || vma.End <= start)
            {
                continue;
            }

            if (vma.Start < start)
            {
                VmaTree.SplitAt(c, mm, vma.End > end ? end : vma.End);
                c.ChangeVma(mm, i).End = (byte)start;
            }
            else if (vma.End > end)
            {
                ref Vma rest = ref c.ChangeVma(mm, i);
                rest.PageOffset = (byte)(vma.IsAnon ? 0 : vma.PageOffset + end - vma.Start);
                rest.Start = (byte)end;
            }
            else
            {
                VmaTree.RemoveAt(c, mm, i);
                if (!vma.IsAnon)
                {
                    Shmem.EvictIfUnused(c, vma.Inode);
                }
            }
        }
    }

    private static Progress Begin(Context c, ref Task t)
    {
        int end = t.Va.Value + t.Length;
        if (t.Length == 0 || end > Limits.PagesPerMm)
        {
            return t.Finish(c, Errno.EINVAL);
        }

        if (!t.TryWriteMmap(c, t.Mm))
        {
            return Progress.Wait;
        }

        if (c.MmAt(t.Mm).VmaCount == Limits.VmasPerMm && IsHoleInOne(c, t.Mm, t.Va, end))
        {
            return t.Finish(c, Errno.ENOMEM); // only what leaves one mapping more than there were is refused
        }

        UffdEvents.OweUnmap(c, ref t, t.Va.Value, end, UffdEvents.Turn.Unmap);
        Zap.Prepare(ref t, t.Va.Value, end, dropMarkers: true);
        return t.Call(KernelPath.ZapPageRange, Stage.Remove);
    }

    /// <summary>Whether a hole there leaves one mapping more than there were.</summary>
    public static bool IsHoleInOne(Context c, MmId mm, Va start, int end)
    {
        int index = c.Machine.FindVma(mm, start);
        return index >= 0 && c.VmaAt(mm, index).Start < start.Value && c.VmaAt(mm, index).End > end;
    }

    private static Progress Remove(Context c, ref Task t)
    {
        RemoveVmas(c, t.Mm, t.Va.Value, t.Va.Value + t.Length);
        return UffdEvents.Finish(c, ref t, Errno.None);
    }
}
