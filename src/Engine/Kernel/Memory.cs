// handle_mm_fault: takes mmap_lock, finds the mapping, checks the access, reads the entry without a lock and goes
// on to the path that knows what to do; and do_anonymous_page. All later locks compare with what was read here.
// Not covered: shared memory, files (Shmem), swap (Memory.SwapPage), COW (Memory.WpPage).

using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Kernel;

internal static class Memory
{
    private enum FaultStage : byte
    {
        Enter,
        Leave,
        ClearMarker,
    }

    private enum AnonStage : byte
    {
        Begin,
        Install,
    }

    public static Progress HandleMmFault(Context c, ref Task t) => (FaultStage)t.Stage switch
    {
        FaultStage.Enter => Enter(c, ref t),
        FaultStage.Leave => Leave(c, ref t),
        FaultStage.ClearMarker => ClearMarker(c, ref t),
    };

    public static Progress DoAnonymousPage(Context c, ref Task t) => (AnonStage)t.Stage switch
    {
        AnonStage.Begin => BeginAnonymous(c, ref t),
        AnonStage.Install => InstallAnonymous(c, ref t),
    };

    /// <summary>The protection that a mapping gives an entry made from vm_page_prot.</summary>
    public static EntryBits PageProt(in Vma vma) =>
        (vma.Has(VmFlags.PageProtWrite) ? EntryBits.Write : EntryBits.None)
        | ProtnoneBit(in vma);

    /// <summary>What vm_page_prot says of access from user mode; only FOLL_FORCE faults where there is none.</summary>
    public static EntryBits ProtnoneBit(in Vma vma) => vma.IsInaccessible ? EntryBits.Protnone : EntryBits.None;

    /// <summary>maybe_mkwrite.</summary>
    public static EntryBits MaybeMkWrite(in Vma vma) => vma.Has(VmFlags.Write) ? EntryBits.Write : EntryBits.None;

    /// <summary>userfaultfd_pte_wp.</summary>
    public static bool UserfaultfdPteWp(in Vma vma, Pte pte) => vma.UffdWp && pte.UffdWp;

    /// <summary>Makes a fresh page an anonymous one mapped by one entry, whose reference it takes over.</summary>
    public static void AddNewAnonRmap(Context c, ref Task t, Pfn pfn, bool exclusive)
    {
        ref Frame frame = ref c.ChangeFrame(pfn);
        frame.Kind = FrameKind.Anon;
        frame.Mapcount = 1;
        SetExclusive(c, ref frame, exclusive);
        t.HandOver(pfn);
    }

    /// <summary>anon_vma_prepare; a mapping that has one already is left untouched.</summary>
    public static void PrepareAnonVma(Context c, MmId mm, int index)
    {
        if (!c.VmaAt(mm, index).Has(VmFlags.AnonVma))
        {
            c.ChangeVma(mm, index).Flags |= VmFlags.AnonVma;
        }
    }

    /// <summary>Sets or clears PageAnonExclusive, in kernels that have it.</summary>
    public static void SetExclusive(Context c, ref Frame frame, bool exclusive)
    {
        if (c.Profile.TracksExclusive)
        {
            frame.Flags = exclusive
                ? frame.Flags | FrameFlags.AnonExclusive
                : frame.Flags & ~FrameFlags.AnonExclusive;
        }
    }

    /// <summary>The exclusivity of the page as a bit of the entry that maps it.</summary>
    public static EntryBits ExclusiveBit(in Frame frame) =>
        frame.AnonExclusive ? EntryBits.Exclusive : EntryBits.None;

    private static Progress Enter(Context c, ref Task t)
    {
        if (!t.ReadsMmap() && t.MmapWrite == 0)
        {
            if (!t.TryReadMmap(c, t.Mm))
            {
                return Progress.Wait;
            }

            t.Set(TaskFlags.FaultTookLock);
        }

        int index = c.Machine.FindVma(t.Mm, t.FaultVa);
        if (index < 0)
        {
            t.Result = FaultResult.Sigsegv;
            return Leave(c, ref t);
        }

        ref readonly Vma vma = ref c.VmaAt(t.Mm, index);
        bool user = (t.FaultFlags & FaultFlags.User) != 0; // GUP has checked already, by rules of its own
        if (user && !vma.Has(t.IsWrite ? VmFlags.Write : VmFlags.Read))
        {
            t.Result = FaultResult.Sigsegv;
            return Leave(c, ref t);
        }

        if (c.Machine.PmdAt(t.FaultEntry).Kind == PmdKind.None)
        {
            c.Machine.SetPmd(ref c.Touched, t.FaultEntry, Pmd.Table);
        }

        Pte pte = c.PteAt(t.FaultEntry);
        t.Original = pte;
        t.Result = FaultResult.Done;
        return HandlePteFault(c, ref t, in vma, pte);
    }

    private static Progress HandlePteFault(Context c, ref Task t, in Vma vma, Pte pte)
    {
        switch (pte.Kind)
        {
            case PteKind.None:
                return t.Call(vma.IsAnon ? KernelPath.DoAnonymousPage : KernelPath.DoSharedFault, FaultStage.Leave);
            case PteKind.Marker:
                c.Reach(Goal.MarkerFault);
                return HandleMarker(c, ref t, in vma);
            case PteKind.GuardMarker:
                c.Reach(Goal.GuardFault);
                t.Result = FaultResult.Sigsegv;
                return Leave(c, ref t);
            case PteKind.Swap:
                return t.Call(KernelPath.DoSwapPage, FaultStage.Leave);
            case PteKind.MigrationRead:
            case PteKind.MigrationReadExclusive:
            case PteKind.MigrationWrite:
                return t.Call(KernelPath.MigrationEntryWait, FaultStage.Leave);
            case PteKind.Present when pte.Protnone && !vma.IsInaccessible:
                return t.Call(KernelPath.DoNumaPage, FaultStage.Leave);
            case PteKind.Present:
                bool breaks = t.IsWrite || t.IsUnshare;
                return breaks && !pte.Write
                    ? t.Call(KernelPath.DoWpPage, FaultStage.Leave)
                    : Leave(c, ref t); // spurious: somebody else was faster, or the translation was stale
            default:
                t.Result = FaultResult.Hwpoison;
                return Leave(c, ref t);
        }
    }

    private static Progress HandleMarker(Context c, ref Task t, in Vma vma)
    {
        if (vma.UffdWp)
        {
            return t.Call(vma.IsAnon ? KernelPath.DoAnonymousPage : KernelPath.DoSharedFault, FaultStage.Leave);
        }

        return t.Next(FaultStage.ClearMarker);
    }

    /// <summary>pte_marker_clear: the mapping is not registered (any more).</summary>
    private static Progress ClearMarker(Context c, ref Task t)
    {
        if (!t.MayLockPt(c, t.FaultEntry))
        {
            return TaskOps.WaitForPt(c, t.FaultEntry);
        }

        if (c.PteAt(t.FaultEntry) == t.Original)
        {
            c.SetPte(t.FaultEntry, Pte.None);
        }

        return Leave(c, ref t);
    }

    private static Progress Leave(Context c, ref Task t)
    {
        if (t.Has(TaskFlags.FaultTookLock))
        {
            t.Clear(TaskFlags.FaultTookLock);
            if (t.ReadsMmap())
            {
                c.ChangeMm(t.Mm).MmapReaders--;
                t.MmapRead &= (byte)~(1 << t.Mm.Value);
            }
        }

        return t.Return();
    }

    private static Progress BeginAnonymous(Context c, ref Task t)
    {
        int index = c.Machine.FindVma(t.Mm, t.FaultVa);
        if (t.IsWrite)
        {
            if (!PageAlloc.Alloc(c, ref t, out Pfn pfn))
            {
                return t.Return(FaultResult.Oom);
            }

            PrepareAnonVma(c, t.Mm, index);
            t.NewPfn = pfn;
            return t.Next(AnonStage.Install);
        }

        if (!t.MayLockPt(c, t.FaultEntry))
        {
            return TaskOps.WaitForPt(c, t.FaultEntry);
        }

        if (c.PteAt(t.FaultEntry) == t.Original)
        {
            if (c.VmaAt(t.Mm, index).UffdMissing)
            {
                return t.Jump(KernelPath.HandleMissing);
            }

            EntryBits bits = EntryBits.Young | (PageProt(in c.VmaAt(t.Mm, index)) & ~EntryBits.Write);
            bits = t.Original.IsMarker ? Carry.MkUffdWp(c, bits) : bits;
            bits = Carry.Over(c, Transition.Fault, MemoryKind.Anon, EntryBits.None, bits);
            c.SetPte(t.FaultEntry, Pte.Present(Pfn.Zero, bits));
        }

        return t.Return();
    }

    private static Progress InstallAnonymous(Context c, ref Task t)
    {
        if (!t.MayLockPt(c, t.FaultEntry))
        {
            return TaskOps.WaitForPt(c, t.FaultEntry);
        }

        if (c.PteAt(t.FaultEntry) != t.Original)
        {
            t.Drop(c, t.NewPfn);
            return t.Return();
        }

        ref readonly Vma vma = ref c.VmaAt(t.Mm, c.Machine.FindVma(t.Mm, t.FaultVa));
        if (vma.UffdMissing)
        {
            t.Drop(c, t.NewPfn);
            return t.Jump(KernelPath.HandleMissing);
        }

        EntryBits bits = Carry.MkDirty(EntryBits.Young | MaybeMkWrite(in vma) | ProtnoneBit(in vma));
        bits = t.Original.IsMarker ? Carry.MkUffdWp(c, bits & ~EntryBits.Write) : bits;
        bits = Carry.Over(c, Transition.Fault, MemoryKind.Anon, EntryBits.None, bits | EntryBits.Exclusive);
        AddNewAnonRmap(c, ref t, t.NewPfn, (bits & EntryBits.Exclusive) != 0);
        c.SetPte(t.FaultEntry, Pte.Present(t.NewPfn, bits));
        return t.Return();
    }
}
