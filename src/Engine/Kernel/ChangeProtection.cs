// change_protection: walks a part of one mapping and gives each entry what mprotect, UFFDIO_WRITEPROTECT or
// UFFDIO_UNREGISTER want of it. tlb_flush_pending is up meanwhile, and one flush at the end covers all entries: until
// then other CPUs store through what they have cached. Not covered: huge entries, device entries.

using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Kernel;

internal static class ChangeProtection
{
    private enum Stage : byte
    {
        Begin,
        Entry,
        Flush,
        End,
    }

    public static Progress Step(Context c, ref Task t) => (Stage)t.Stage switch
    {
        Stage.Begin => Begin(c, ref t), // raises tlb_flush_pending before the first entry changes
        Stage.Entry => Entry(c, ref t), // PT lock inside, one entry
        Stage.Flush => Flush(c, ref t), // no PT lock: faults met the new entries long before
        Stage.End => End(c, ref t),
    };

    /// <summary>The bits of a migration entry, with write and exclusive as its kind says them.</summary>
    public static EntryBits MigrationBits(Pte pte) => pte.Kind switch
    {
        PteKind.MigrationWrite => pte.Bits | EntryBits.Write,
        PteKind.MigrationReadExclusive => pte.Bits | EntryBits.Exclusive,
        PteKind.MigrationRead or PteKind.None or PteKind.Present or PteKind.Swap or PteKind.DevicePrivate
            or PteKind.DeviceExclusive or PteKind.HwPoison or PteKind.Marker or PteKind.PoisonMarker
            or PteKind.GuardMarker => pte.Bits,
    };

    /// <summary>The bits of a migration entry that is read only from now on; what was writable is exclusive.</summary>
    public static EntryBits MigrationReadBits(Context c, Pte pte, EntryBits bits)
    {
        bool exclusive = (bits & EntryBits.Write) != 0 && c.FrameAt(pte.Pfn).IsAnon && c.Profile.TracksExclusive;
        return (bits & ~EntryBits.Write) | (exclusive ? EntryBits.Exclusive : EntryBits.None);
    }

    /// <summary>What kind of memory an entry that stands for a page maps.</summary>
    public static MemoryKind KindOf(Context c, Pte pte) => pte.IsSwap || pte.Pfn.IsZeroPage
        ? MemoryKind.Anon
        : Rmap.KindOf(in c.FrameAt(pte.Pfn));

    /// <summary>Writes a present entry with these bits, and its page's exclusivity if they change that.</summary>
    public static void SetPresent(Context c, EntryIndex entry, Pfn pfn, EntryBits bits)
    {
        bool exclusive = (bits & EntryBits.Exclusive) != 0;
        if (c.FrameAt(pfn).IsAnon && c.FrameAt(pfn).AnonExclusive != exclusive)
        {
            Memory.SetExclusive(c, ref c.ChangeFrame(pfn), exclusive);
        }

        c.SetPte(entry, Pte.Present(pfn, bits));
    }

    /// <summary>Whether a present entry lets less through than it did, so that cached translations must go.</summary>
    public static bool IsWeaker(Pte old, Pte now) =>
        (old.Write && !now.Write) || (!old.Protnone && now.Protnone);

    private static Progress Begin(Context c, ref Task t)
    {
        TlbFlush.BeginGather(c, ref t, t.Mm);
        t.Clear(TaskFlags.Changed);
        t.Entry = t.Cursor; // where the flush begins
        return t.Next(Stage.Entry);
    }

    private static Progress Entry(Context c, ref Task t)
    {
        for (int page = t.Cursor; page < t.End; page++)
        {
            var entry = new EntryIndex(t.Mm, new Va((byte)page));
            bool locked = !t.MayLockPt(c, entry);
            if (locked || (TlbFlush.IsBatched(c, t.Mm) && TlbFlush.MustWait(c, in t, t.Mm)))
            {
                if (page > t.Cursor)
                {
                    t.Cursor = (byte)page; // what was passed is passed, even if it changes while this one is waited for
                    return t.Next(Stage.Entry);
                }

                return locked ? TaskOps.WaitForPt(c, entry) : TlbFlush.Wait(c, t.Mm);
            }

            // an entry that reclaim has emptied must not hide a translation that still lives
            TlbFlush.Batched(c, t.Mm);
            if (Change(c, ref t, entry))
            {
                t.Cursor = (byte)(page + 1);
                return t.Next(t.Cursor < t.End ? Stage.Entry : Stage.Flush);
            }
        }

        return t.Next(Stage.Flush);
    }

    private static Progress Flush(Context c, ref Task t) =>
        TlbFlush.TryGathered(c, in t) ? t.Next(Stage.End) : TlbFlush.Wait(c, t.Mm);

    private static Progress End(Context c, ref Task t)
    {
        TlbFlush.FinishGather(c, ref t);
        return t.Return();
    }

    /// <summary>Gives one entry what is wanted of it; false if that is what it has.</summary>
    private static bool Change(Context c, ref Task t, EntryIndex entry)
    {
        Pte pte = c.PteAt(entry);
        ref readonly Vma vma = ref c.VmaAt(t.Mm, c.Machine.FindVma(t.Mm, entry.Va));
        switch (pte.Kind)
        {
            case PteKind.None:
                return t.Change == ProtectionChange.UffdProtect && Mark(c, in vma, entry);
            case PteKind.Present:
                return ChangePresent(c, ref t, in vma, entry, pte);
            case PteKind.Marker:
                return t.Change == ProtectionChange.UffdResolve && Replace(c, entry, pte, Carry.Marker(
                    c, Way(in t), Carry.KindOf(in vma), pte.Bits, EntryBits.None, Unset(in t)));
            case PteKind.PoisonMarker:
                return t.Change == ProtectionChange.UffdResolve && c.Has(Fix.PoisonResolve)
                    && Replace(c, entry, pte, Carry.Poisoned(
                        c, Way(in t), Carry.KindOf(in vma), pte.Bits, EntryBits.None, Unset(in t)));
            case PteKind.GuardMarker:
                return t.Change == ProtectionChange.UffdResolve && c.Has(Fix.PoisonResolve)
                    && Replace(c, entry, pte, Carry.Guard(
                        c, Way(in t), Carry.KindOf(in vma), pte.Bits, EntryBits.None, Unset(in t)));
            case PteKind.Swap:
                if (c.Profile.TracksExclusive && !c.Has(Fix.MprotectSwapPage))
                {
                    pte.PfnSwapEntryToPage(); // nobody asks for the page before exclusivity is a matter of pages
                }

                EntryBits swapped = Carry.Over(c, Way(in t), MemoryKind.Anon, pte.Bits, Set(in t), Unset(in t));
                return Replace(c, entry, pte, Pte.Swap(pte.Slot, swapped));
            case PteKind.HwPoison:
                return Replace(c, entry, pte, Pte.HwPoison(pte.Pfn, Carry.Over(
                    c, Way(in t), KindOf(c, pte), pte.Bits, Set(in t), Unset(in t))));
            case PteKind.MigrationRead:
            case PteKind.MigrationReadExclusive:
            case PteKind.MigrationWrite:
                return Replace(c, entry, pte, Migrating(c, in t, pte));
            default:
                return false;
        }
    }

    /// <summary>Protects what is not there: memory of a file may be mapped any time; the fault must know.</summary>
    private static bool Mark(Context c, in Vma vma, EntryIndex entry)
    {
        bool wants = !vma.IsAnon
            || (c.Machine.UffdAt(new UffdId((byte)(vma.Uffd - 1))).Features & UffdFeatures.WpUnpopulated) != 0;
        if (wants && c.Machine.PmdAt(entry).Kind == PmdKind.None)
        {
            c.Machine.SetPmd(ref c.Touched, entry, Pmd.Table);
        }

        return wants && Replace(c, entry, Pte.None, Carry.Marker(
            c, Transition.UffdProtect, Carry.KindOf(in vma), EntryBits.None, EntryBits.UffdWp));
    }

    /// <summary>Writes an entry that gives the hardware no less than before; false if it stays as it is.</summary>
    public static bool Replace(Context c, EntryIndex entry, Pte old, Pte now)
    {
        if (old == now)
        {
            return false;
        }

        c.SetPte(entry, now);
        return true;
    }

    /// <summary>
    /// A writable migration entry loses its write bit whatever the new protection is: what it may get back is known
    /// only when the page is there again. That it is exclusive stays on record (5.19).
    /// </summary>
    private static Pte Migrating(Context c, in Task t, Pte pte)
    {
        EntryBits from = MigrationBits(pte);
        EntryBits set = Set(in t);
        if (pte.Kind == PteKind.MigrationWrite && c.FrameAt(pte.PfnSwapEntryToPage()).IsAnon
            && c.Has(Fix.MprotectMigrationExclusive) && c.Has(Fix.MigrationReadExclusive))
        {
            set |= EntryBits.Exclusive;
        }

        EntryBits bits = Carry.Over(c, Way(in t), KindOf(c, pte), from, set, Unset(in t) | EntryBits.Write);
        return Pte.Migration(pte.Pfn, bits);
    }

    private static bool ChangePresent(Context c, ref Task t, in Vma vma, EntryIndex entry, Pte pte)
    {
        if (t.Change == ProtectionChange.NumaHint && !NumaBalancing.MayHint(c, in vma, pte))
        {
            return false;
        }

        EntryBits from = pte.Bits | Memory.ExclusiveBit(in c.FrameAt(pte.Pfn));
        EntryBits right = t.Change switch
        {
            ProtectionChange.Mprotect => MprotectRights(c, in vma, pte),
            ProtectionChange.UffdProtect => pte.Bits & EntryBits.Protnone,
            ProtectionChange.UffdResolve => ResolveRights(c, in t, in vma, pte),
            ProtectionChange.NumaHint => NumaBalancing.HintRights(c, pte),
        };
        EntryBits clear = (EntryBits.Write | EntryBits.Protnone | Unset(in t)) & ~right;
        EntryBits bits = Carry.Over(c, Way(in t), KindOf(c, pte), from, right | Set(in t), clear);
        Pte now = Pte.Present(pte.Pfn, bits);
        if (now == pte && bits == from)
        {
            return false;
        }

        SetPresent(c, entry, pte.Pfn, bits);
        t.Set(TaskFlags.Changed);
        if (IsWeaker(pte, now))
        {
            TlbFlush.Owe(ref t, t.Mm);
        }

        return true;
    }

    /// <summary>
    /// vm_page_prot, which for a shared mapping without write-notify holds the write bit whatever uffd_wp says; else
    /// the write bit only where no fault would have to do anything first.
    /// </summary>
    private static EntryBits MprotectRights(Context c, in Vma vma, Pte pte)
    {
        EntryBits right = Memory.PageProt(in vma);
        EntryBits bits = (pte.Bits & ~EntryBits.Protnone) | right;
        bool tries = vma.IsShared || c.Has(Fix.MprotectTryWritable);
        return tries && CanChangePteWritable(c, in vma, pte, bits) ? right | EntryBits.Write : right;
    }

    /// <summary>
    /// Up to 6.2 a private entry loses its write bit even if it was never protected, and a shared one gets it even if
    /// soft-dirty tracking wants a fault; since 6.3 the rules are those of mprotect. UNREGISTER gives nothing back.
    /// </summary>
    private static EntryBits ResolveRights(Context c, in Task t, in Vma vma, Pte pte)
    {
        EntryBits protnone = pte.Bits & EntryBits.Protnone;
        if (Way(in t) == Transition.Unregister)
        {
            return protnone | (pte.Bits & EntryBits.Write);
        }

        if (!c.Has(Fix.UffdResolveWritable))
        {
            return protnone | (vma.IsShared ? Memory.MaybeMkWrite(in vma) : EntryBits.None);
        }

        EntryBits right = protnone | (Memory.PageProt(in vma) & EntryBits.Write);
        return CanChangePteWritable(c, in vma, pte, (pte.Bits | right) & ~EntryBits.UffdWp)
            ? right | EntryBits.Write
            : right;
    }

    /// <summary>can_change_pte_writable: whether a write fault would only set the write bit.</summary>
    public static bool CanChangePteWritable(Context c, in Vma vma, Pte pte, EntryBits bits)
    {
        bool tracked = vma.SoftDirtyTracked && c.Has(Fix.MprotectSoftDirty); // up to 5.19 the test was inverted
        bool notified = (vma.UffdWp && (bits & EntryBits.UffdWp) != 0)
            || (tracked && (bits & EntryBits.SoftDirty) == 0);
        bool dirty = (bits & EntryBits.Dirty) != 0;
        if (!vma.Has(VmFlags.Write) || (bits & EntryBits.Protnone) != 0 || notified)
        {
            return false;
        }

        ref readonly Frame frame = ref c.FrameAt(pte.Pfn);
        return vma.IsShared
            ? dirty
            : frame.IsAnon && frame.AnonExclusive && (dirty || c.Has(Fix.ChangeWritableClean));
    }

    private static EntryBits Set(in Task t) =>
        t.Change == ProtectionChange.UffdProtect ? EntryBits.UffdWp : EntryBits.None;

    private static EntryBits Unset(in Task t) =>
        t.Change == ProtectionChange.UffdResolve ? EntryBits.UffdWp : EntryBits.None;

    /// <summary>Which transition it is; UNREGISTER is a resolve whose caller is another.</summary>
    private static Transition Way(in Task t) => t.Change switch
    {
        ProtectionChange.Mprotect => Transition.Mprotect,
        ProtectionChange.UffdProtect => Transition.UffdProtect,
        ProtectionChange.UffdResolve =>
            (KernelPath)(byte)t.Stack[t.Depth - 2] is KernelPath.UffdUnregister or KernelPath.UffdRegister
            ? Transition.Unregister
            : Transition.UffdResolve,
        ProtectionChange.NumaHint => Transition.NumaHint,
    };
}
