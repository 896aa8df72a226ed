// mfill_atomic: UFFDIO_COPY, ZEROPAGE, CONTINUE and POISON put entries where none are, page by page, with mmap_lock for
// reading. What was put before an error stays, its waiters are woken, and the answer is EAGAIN.
// Not covered: hugetlb, huge pages in the way, sources that must be faulted in, UFFDIO_MOVE.

using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Kernel;

/// <summary>What mfill_atomic fills with.</summary>
internal enum FillMode : byte
{
    /// <summary>UFFDIO_COPY.</summary>
    Copy,

    /// <summary>UFFDIO_ZEROPAGE.</summary>
    Zeropage,

    /// <summary>UFFDIO_CONTINUE.</summary>
    Continue,

    /// <summary>UFFDIO_POISON.</summary>
    Poison,
}

internal static class UffdFill
{
    /// <summary>UFFDIO_COPY_MODE_WP, UFFDIO_CONTINUE_MODE_WP.</summary>
    public const int ModeWp = 1;

    /// <summary>Every mode's DONTWAKE.</summary>
    public const int ModeDontwake = 2;

    private enum Stage : byte
    {
        Begin,
        Prepare,
        FindFolio,
        Install,
        Unlock,
        Wake,
    }

    /// <summary>Argument: context; Argument2: modes; Cursor: what it fills with.</summary>
    public static Progress Step(Context c, ref Task t) => (Stage)t.Stage switch
    {
        Stage.Begin => Begin(c, ref t),         // arguments, mmap_lock for reading, the one mapping
        Stage.Prepare => Prepare(c, ref t),     // no PT lock: a page of its own, or what the page cache has
        Stage.FindFolio => FindFolio(c, ref t), // the page cache's page comes back locked, or not at all
        Stage.Install => Install(c, ref t),     // PT lock inside: the entry, if there is none yet
        Stage.Unlock => Unlock(c, ref t),       // from here on the mapping may go before its waiters are woken
        Stage.Wake => Wake(c, ref t),
    };

    private static FillMode ModeOf(in Task t) => (FillMode)t.Cursor;

    private static bool Protects(in Task t) => (t.Argument2 & ModeWp) != 0;

    private static ref readonly Vma VmaOf(Context c, in Task t) => ref c.VmaAt(t.Mm, c.Machine.FindVma(t.Mm, t.Va));

    private static EntryIndex Entry(in Task t) => new(t.Mm, new Va((byte)(t.Va.Value + t.Done)));

    private static Progress Begin(Context c, ref Task t)
    {
        var uffd = new UffdId(t.Argument);
        MmId mm = c.Machine.UffdAt(uffd).Mm;
        if (Userfaultfd.IsChanging(c, uffd))
        {
            return t.Finish(c, Errno.EAGAIN);
        }

        if (!Userfaultfd.IsRange(t.Va, t.Length) || !IsKnown(c, in t))
        {
            return t.Finish(c, Errno.EINVAL);
        }

        if (!Userfaultfd.IsWatching(c, uffd))
        {
            return t.Finish(c, Errno.ESRCH);
        }

        if (!t.TryReadMmap(c, mm))
        {
            return Progress.Wait;
        }

        t.Mm = mm;
        Errno errno = Check(c, in t);
        return errno == Errno.None ? t.Next(Stage.Prepare) : t.Finish(c, errno);
    }

    /// <summary>Whether the release has this ioctl, and this mode of it.</summary>
    private static bool IsKnown(Context c, in Task t) => ModeOf(in t) switch
    {
        FillMode.Copy or FillMode.Zeropage => true,
        FillMode.Continue => c.Has(Fix.UffdMinorShmem) && (!Protects(in t) || c.Has(Fix.UffdContinueWp)),
        FillMode.Poison => c.Has(Fix.UffdPoison),
    };

    /// <summary>
    /// One mapping that any userfaultfd watches, in whatever mode, must hold the whole range; protecting needs MODE_WP.
    /// </summary>
    private static Errno Check(Context c, in Task t)
    {
        int index = c.Machine.FindVma(t.Mm, t.Va);
        if (index >= 0 && c.Has(Fix.MfillPreparesFirst) && !c.VmaAt(t.Mm, index).IsShared)
        {
            Memory.PrepareAnonVma(c, t.Mm, index); // uffd_mfill_lock, which looks at nothing else
        }

        if (index < 0 || c.VmaAt(t.Mm, index).Uffd == 0 || c.VmaAt(t.Mm, index).End < t.Va.Value + t.Length)
        {
            return Errno.ENOENT;
        }

        ref readonly Vma vma = ref c.VmaAt(t.Mm, index);
        bool refused = (Protects(in t) && !vma.UffdWp) || (ModeOf(in t) == FillMode.Continue && vma.IsAnon)
            || vma.Kind == VmaKind.FilePrivate; // WP_ASYNC may watch it, but nothing can fill it
        return refused ? Errno.EINVAL : Errno.None;
    }

    private static Progress Prepare(Context c, ref Task t)
    {
        ref readonly Vma vma = ref VmaOf(c, in t);
        if (c.Machine.PmdAt(Entry(in t)).Kind == PmdKind.None)
        {
            c.Machine.SetPmd(ref c.Touched, Entry(in t), Pmd.Table);
        }

        if (!vma.IsShared)
        {
            Memory.PrepareAnonVma(c, t.Mm, c.Machine.FindVma(t.Mm, t.Va));
        }

        FillMode mode = ModeOf(in t);
        if (mode == FillMode.Continue)
        {
            return Lookup(c, ref t, in vma);
        }

        if (mode == FillMode.Copy || (mode == FillMode.Zeropage && vma.IsShared))
        {
            if (!PageAlloc.Alloc(c, ref t, out Pfn fresh))
            {
                return Stop(c, ref t, Errno.ENOMEM);
            }

            t.NewPfn = fresh;
        }

        return t.Next(Stage.Install);
    }

    /// <summary>
    /// shmem_get_folio that allocates nothing: a hole is an error, and so is what lies behind the end; what swap has is
    /// read in.
    /// </summary>
    private static Progress Lookup(Context c, ref Task t, in Vma vma)
    {
        CacheIndex index = vma.CacheIndexOf(Entry(in t).Va);
        if (Shmem.IsBehindEnd(c, index))
        {
            return Stop(c, ref t, Errno.EINVAL);
        }

        if (c.Machine.CacheAt(index).Kind == CacheKind.Hole)
        {
            return Stop(c, ref t, Errno.EFAULT);
        }

        t.FaultVa = Entry(in t).Va;
        return Shmem.FindForWrite(ref t, index, Stage.FindFolio);
    }

    private static Progress FindFolio(Context c, ref Task t)
    {
        t.Mm = c.Machine.UffdAt(new UffdId(t.Argument)).Mm;
        return t.Result == FaultResult.Oom ? Stop(c, ref t, Errno.ENOMEM)
            : t.Result == FaultResult.Hwpoison ? Stop(c, ref t, Errno.EIO)
            : t.HoldCount == 0 ? t.Next(Stage.Prepare) // it was reclaimed or moved meanwhile
            : t.Next(Stage.Install);
    }

    private static Progress Install(Context c, ref Task t)
    {
        EntryIndex entry = Entry(in t);
        if (!t.MayLockPt(c, entry))
        {
            return TaskOps.WaitForPt(c, entry);
        }

        ref readonly Vma vma = ref VmaOf(c, in t);
        if (!vma.IsAnon && Shmem.IsBehindEnd(c, vma.CacheIndexOf(entry.Va)))
        {
            GiveBack(c, ref t);
            return Stop(c, ref t, Errno.EFAULT); // mfill_file_over_size
        }

        if (!IsFree(c, in t, in vma, entry))
        {
            GiveBack(c, ref t);
            return Stop(c, ref t, Errno.EEXIST);
        }

        c.Reach(Goal.UffdFilled);
        switch (ModeOf(in t))
        {
            case FillMode.Copy:
                var token = new Token(entry, c.Machine.NextSerial());
                InstallNew(c, ref t, in vma, entry, token);
                break;
            case FillMode.Zeropage when vma.IsShared:
                InstallNew(c, ref t, in vma, entry, Token.Zero);
                break;
            case FillMode.Zeropage:
                EntryBits bits = EntryBits.Young | (Memory.PageProt(in vma) & ~EntryBits.Write);
                bits = Carry.Over(c, Transition.UffdFill, MemoryKind.Anon, EntryBits.None, bits);
                c.SetPte(entry, Pte.Present(Pfn.Zero, bits));
                c.Effect = new MemoryEffect(MemoryEffectKind.Fill, entry, Pfn.Zero, Token.Zero);
                break;
            case FillMode.Continue:
                InstallCached(c, ref t, in vma, entry);
                break;
            case FillMode.Poison:
                c.SetPte(entry, Pte.Poisoned());
                c.Effect = new MemoryEffect(MemoryEffectKind.Poison, entry, Pfn.Zero, Token.Zero);
                break;
        }

        t.Done++;
        return t.Next(t.Done < t.Length ? Stage.Prepare : Stage.Unlock);
    }

    /// <summary>
    /// COPY and CONTINUE overwrite markers; ZEROPAGE of private memory and POISON do not. New pages of shared memory
    /// must be new to the page cache, too.
    /// </summary>
    private static bool IsFree(Context c, in Task t, in Vma vma, EntryIndex entry)
    {
        Pte pte = c.PteAt(entry);
        FillMode mode = ModeOf(in t);
        bool strict = mode == FillMode.Poison || (mode == FillMode.Zeropage && !vma.IsShared);
        bool adds = vma.IsShared && mode is FillMode.Copy or FillMode.Zeropage;
        bool marker = pte.IsNoneMostly && !(pte.IsGuard && c.Has(Fix.FillKeepsGuard));
        return (strict ? pte.IsNone : marker)
            && !(adds && c.Machine.CacheAt(vma.CacheIndexOf(entry.Va)).Kind != CacheKind.Hole);
    }

    private static void InstallNew(Context c, ref Task t, in Vma vma, EntryIndex entry, Token token)
    {
        Pfn pfn = t.NewPfn;
        c.Machine.SetContent(ref c.Touched, pfn, token);
        EntryBits bits = NewBits(c, in t, in vma, fromCache: false);
        bits = vma.IsShared
            ? Carry.Over(c, Transition.UffdFill, MemoryKind.Shmem, EntryBits.None, bits)
            : Carry.Over(c, Transition.UffdFill, MemoryKind.Anon, EntryBits.None, bits | EntryBits.Exclusive);
        if (vma.IsShared)
        {
            ref Frame frame = ref c.ChangeFrame(pfn);
            frame.Kind = FrameKind.Shmem;
            frame.Mapcount = 1;
            Shmem.AddToPageCache(c, pfn, vma.CacheIndexOf(entry.Va));
            t.HandOver(pfn);
        }
        else
        {
            Memory.AddNewAnonRmap(c, ref t, pfn, (bits & EntryBits.Exclusive) != 0);
        }

        c.SetPte(entry, Pte.Present(pfn, bits));
        c.Effect = new MemoryEffect(MemoryEffectKind.Fill, entry, pfn, token, Protects: Protects(in t));
    }

    private static void InstallCached(Context c, ref Task t, in Vma vma, EntryIndex entry)
    {
        c.ChangeFrame(t.Pfn).Mapcount++;
        EntryBits bits = NewBits(c, in t, in vma, fromCache: true);
        bits = Carry.Over(c, Transition.UffdFill, Rmap.KindOf(in c.FrameAt(t.Pfn)), EntryBits.None, bits);
        c.SetPte(entry, Pte.Present(t.Pfn, bits));
        TaskOps.UnlockPage(c, t.Pfn);
        t.HandOver(t.Pfn);
        Token content = c.FrameAt(t.Pfn).Content;
        c.Effect = new MemoryEffect(MemoryEffectKind.Continue, entry, t.Pfn, content, Protects: Protects(in t));
    }

    /// <summary>
    /// Dirty; writable if the mapping is, unless the page is one of the page cache in a private mapping, or protected.
    /// Up to 5.17 only a mapping that is writable now is protected.
    /// </summary>
    private static EntryBits NewBits(Context c, in Task t, in Vma vma, bool fromCache)
    {
        bool protects = Protects(in t) && (vma.Has(VmFlags.Write) || c.Has(Fix.UffdCopyWpReadonly));
        EntryBits bits = Carry.MkDirty(EntryBits.Young | (Memory.PageProt(in vma) & ~EntryBits.Write));
        bits |= fromCache && !vma.IsShared ? EntryBits.None : Memory.MaybeMkWrite(in vma);
        return protects ? Carry.MkUffdWp(c, bits & ~EntryBits.Write) : bits;
    }

    private static void GiveBack(Context c, ref Task t)
    {
        if (t.HoldCount == 0)
        {
            return;
        }

        Pfn pfn = t.Holds[0];
        if (ModeOf(in t) == FillMode.Continue)
        {
            TaskOps.UnlockPage(c, pfn);
        }

        t.Drop(c, pfn);
    }

    private static Progress Stop(Context c, ref Task t, Errno errno)
    {
        if (t.Done == 0)
        {
            return t.Finish(c, errno);
        }

        c.Reach(Goal.UffdFilledInPart);
        return t.Next(Stage.Unlock);
    }

    private static Progress Unlock(Context c, ref Task t)
    {
        t.UnlockMmaps(c);
        return t.Next(Stage.Wake);
    }

    private static Progress Wake(Context c, ref Task t)
    {
        if ((t.Argument2 & ModeDontwake) == 0)
        {
            Userfaultfd.Wake(c, new UffdId(t.Argument), t.Mm, t.Va.Value, t.Va.Value + t.Done);
        }

        return t.Finish(c, t.Done == t.Length ? Errno.None : Errno.EAGAIN);
    }
}
