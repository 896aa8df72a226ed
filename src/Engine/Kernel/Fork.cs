// dup_mmap: the child gets the parent's mappings at once, then mapping by mapping its page tables. The parent's
// other threads run on: they store through their translations until the one flush at the end.
// Not covered: huge pages, a manager that closes before it reads EVENT_FORK; single entries (Fork.Copy).

using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Kernel;

internal static partial class Fork
{
    private enum Stage : byte
    {
        Lock,
        DupVmas,
        BeginVma,
        LockGroup,
        CopyEntry,
        WriteProtect,
        EndVma,
        Flush,
        RaiseEvent,
        WaitForManager,
        MakeVisible,
        UndoGroup,
        FreeChild,
    }

    public static Progress Step(Context c, ref Task t) => (Stage)t.Stage switch
    {
        Stage.Lock => Lock(c, ref t),                 // mmap_lock of both for writing, up to the end
        Stage.DupVmas => DupVmas(c, ref t),           // nobody sees the child yet
        Stage.BeginVma => BeginVma(c, ref t),         // write_protect_seq odd: GUP-fast keeps out
        Stage.LockGroup => LockGroup(c, ref t),       // both PT locks, kept for the entries under one PMD
        Stage.CopyEntry => CopyEntry(c, ref t),       // looks at the pins; GUP-fast may pin right behind
        Stage.WriteProtect => WriteProtect(c, ref t), // from here on no new translation lets stores through
        Stage.EndVma => EndVma(c, ref t),             // write_protect_seq even again
        Stage.Flush => Flush(c, ref t),               // until here stores go through old translations
        Stage.RaiseEvent => RaiseEvent(c, ref t),     // EVENT_FORK: no lock any more, and nobody sees the child yet
        Stage.WaitForManager => WaitForManager(c, ref t),
        Stage.MakeVisible => MakeVisible(c, ref t),   // the child can run
        Stage.UndoGroup => UndoGroup(c, ref t),       // no memory: what the child got is given back
        Stage.FreeChild => FreeChild(c, ref t),       // and the child was never there
    };

    private static Progress Lock(Context c, ref Task t)
    {
        if (!c.MmAt(t.Mm).IsLive || c.MmAt(t.Child).State != MmState.Free)
        {
            return t.Finish(c, Errno.EAGAIN); // somebody else was faster since the operation began
        }

        if (!t.TryWriteMmap(c, t.Mm))
        {
            return Progress.Wait;
        }

        c.ChangeMm(t.Child) = default;
        c.Machine.SetState(ref c.Touched, t.Child, MmState.Forking);
        t.TryWriteMmap(c, t.Child);
        return t.Next(Stage.DupVmas);
    }

    private static Progress DupVmas(Context c, ref Task t)
    {
        int count = c.MmAt(t.Mm).VmaCount;
        for (int i = 0; i < count; i++)
        {
            ref readonly Vma vma = ref c.VmaAt(t.Mm, i);
            if (vma.Has(VmFlags.DontCopy))
            {
                c.Reach(Goal.ForkLeftOut);
            }
            else if (!DupVma(c, ref t, in vma))
            {
                t.Set(TaskFlags.Failing);
                return t.Next(Stage.Flush);
            }
        }

        t.OuterCursor = 0;
        return t.Next(Stage.BeginVma);
    }

    /// <summary>A copy of a mapping; false if it needs a userfaultfd context that there is no place for.</summary>
    private static bool DupVma(Context c, ref Task t, in Vma vma)
    {
        MmId child = t.Child;
        Vma copy = vma;
        copy.Flags &= ~VmFlags.Locked;
        if (StaysRegistered(c, in vma))
        {
            var parent = new UffdId((byte)(vma.Uffd - 1));
            if (!Userfaultfd.TryDupContext(c, parent, child, out UffdId made))
            {
                return false;
            }

            t.Argument = vma.Uffd;
            copy.Uffd = (byte)(made.Value + 1);
        }
        else
        {
            copy.Flags &= ~VmFlags.UffdAny;
            copy.Uffd = 0;
        }

        if (vma.Has(VmFlags.WipeOnFork))
        {
            copy.Flags &= ~VmFlags.AnonVma;
            c.Reach(Goal.ForkWiped);
        }

        VmaTree.Insert(c, child, in copy);
        VmaTree.SetPageProt(c, child, c.MmAt(child).VmaCount - 1); // write-notify ends with the registration
        return true;
    }

    /// <summary>UFFD_FEATURE_EVENT_FORK: the child stays registered, with a context of its own.</summary>
    private static bool StaysRegistered(Context c, in Vma vma) =>
        vma.Uffd != 0
        && (c.Machine.UffdAt(new UffdId((byte)(vma.Uffd - 1))).Features & UffdFeatures.EventFork) != 0;

    private static Progress BeginVma(Context c, ref Task t)
    {
        int count = c.MmAt(t.Mm).VmaCount;
        while (t.OuterCursor < count && !CopiesPageTables(c, in c.VmaAt(t.Mm, t.OuterCursor)))
        {
            t.OuterCursor++;
        }

        if (t.OuterCursor == count)
        {
            return t.Next(Stage.Flush);
        }

        ref readonly Vma vma = ref c.VmaAt(t.Mm, t.OuterCursor);
        t.Cursor = vma.Start;
        t.End = vma.End;
        if (vma.IsCow && c.Has(Fix.GupFastForkSeq))
        {
            c.ChangeMmBesideCounts(t.Mm).WriteProtectSeq++;
            t.Set(TaskFlags.RaisedSeq);
        }

        return t.Next(Stage.LockGroup);
    }

    /// <summary>
    /// vma_needs_copy: without anonymous pages and without protection to be kept the child finds everything by faults.
    /// </summary>
    private static bool CopiesPageTables(Context c, in Vma vma) =>
        (vma.Has(VmFlags.AnonVma) || (vma.UffdWp && StaysRegistered(c, in vma)))
        && (vma.Flags & (VmFlags.DontCopy | VmFlags.WipeOnFork)) == 0;

    private static Progress EndVma(Context c, ref Task t)
    {
        if (t.Has(TaskFlags.RaisedSeq))
        {
            c.ChangeMmBesideCounts(t.Mm).WriteProtectSeq++;
            t.Clear(TaskFlags.RaisedSeq);
        }

        t.OuterCursor++;
        return t.Next(t.Has(TaskFlags.Failing) ? Stage.Flush : Stage.BeginVma);
    }

    /// <summary>
    /// Whether or not an entry lost its write bit: a flush that reclaim put off is still to come, and until then the
    /// parent's other threads store into pages whose swap entries the child has now too.
    /// </summary>
    private static Progress Flush(Context c, ref Task t)
    {
        if (TlbFlush.MustWait(c, in t, t.Mm))
        {
            return TlbFlush.Wait(c, t.Mm);
        }

        TlbFlush.Mm(c, t.Mm);
        TlbFlush.Settle(c, ref t, t.Mm);

        t.Cursor = 0;
        return t.Next(t.Has(TaskFlags.Failing) ? Stage.UndoGroup
            : t.Argument != 0 ? Stage.RaiseEvent
            : Stage.MakeVisible);
    }

    /// <summary>dup_userfaultfd_complete.</summary>
    private static Progress RaiseEvent(Context c, ref Task t)
    {
        t.UnlockMmaps(c);
        c.Reach(Goal.UffdForkEvent);
        Userfaultfd.Raise(c, t.Actor, new UffdId((byte)(t.Argument - 1)), UffdFaultFlags.Fork);
        return t.Next(Stage.WaitForManager);
    }

    private static Progress WaitForManager(Context c, ref Task t)
    {
        if (c.Machine.EventAt(t.Actor).State == UffdEventState.Pending)
        {
            return c.Wait(WaitKind.Userfault, t.Argument - 1);
        }

        Userfaultfd.RemoveEvent(c, t.Actor);
        c.Machine.ChangeUffd(ref c.Touched, new UffdId((byte)(t.Argument - 1))).Changing--;
        return t.Next(Stage.MakeVisible);
    }

    private static Progress MakeVisible(Context c, ref Task t)
    {
        c.Machine.SetState(ref c.Touched, t.Child, MmState.Live);
        return t.Finish(c, Errno.None);
    }

    /// <summary>The child ran nowhere, so there is nothing to flush; but rmap walks may hold its PT locks.</summary>
    private static Progress UndoGroup(Context c, ref Task t)
    {
        var first = new EntryIndex(t.Child, new Va(t.Cursor));
        if (!t.MayLockPt(c, first))
        {
            return TaskOps.WaitForPt(c, first);
        }

        for (int i = 0; i < Limits.HpagePmdNr; i++)
        {
            Zap(c, new EntryIndex((byte)(first.Value + i)));
        }

        c.Machine.SetPmd(ref c.Touched, first, default);
        t.Cursor += Limits.HpagePmdNr;
        return t.Next(t.Cursor == Limits.PagesPerMm ? Stage.FreeChild : Stage.UndoGroup);
    }

    private static void Zap(Context c, EntryIndex entry)
    {
        Pte pte = c.PteAt(entry);
        c.SetPte(entry, Pte.None);
        if (pte.IsSwap)
        {
            Swapfile.FreeSwapAndCache(c, pte.Slot);
        }
        else if (pte.IsPresent)
        {
            Rmap.Remove(c, pte.Pfn);
        }
    }

    /// <summary>What the parent lost stays lost: its entries remain read-only and its pages possibly shared.</summary>
    private static Progress FreeChild(Context c, ref Task t)
    {
        if (c.MmAt(t.Child).TlbFlushPending != 0)
        {
            return c.Wait(WaitKind.FileMappings, t.Child.Value);
        }

        for (int last = c.MmAt(t.Child).VmaCount - 1; last >= 0; last--)
        {
            VmaTree.RemoveAt(c, t.Child, last); // never an inode's last mapping: the parent's is left
        }

        if (t.Argument != 0)
        {
            Userfaultfd.UndoDupContext(c, new UffdId((byte)(t.Argument - 1)));
        }

        TlbFlush.Batched(c, t.Child);
        c.ChangeMm(t.Child) = default;
        return t.Finish(c, Errno.ENOMEM);
    }
}
