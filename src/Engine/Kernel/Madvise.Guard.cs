// madvise(MADV_GUARD_INSTALL and MADV_GUARD_REMOVE): with mmap_lock for reading, one mapping of the range after the
// other. Guards are put where nothing is; whatever else is met, all of the mapping's part is zapped and looked through
// again, and if faults are faster three times, the call starts anew. Removing takes guards away and nothing else.
// Not covered: what an access meets (Memory), special mappings, the per-VMA lock.

using System;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Kernel;

/// <summary>What is done about guards.</summary>
internal enum GuardBehaviour : byte
{
    /// <summary>MADV_GUARD_INSTALL.</summary>
    Install,

    /// <summary>MADV_GUARD_REMOVE.</summary>
    Remove,
}

/// <summary>
/// Argument: the advice; Done: how often the part in hand was zapped; FaultVa: where last; Faults: fresh beginnings.
/// </summary>
internal static class MadviseGuard
{
    /// <summary>MAX_MADVISE_GUARD_RETRIES.</summary>
    private const int Retries = 3;

    /// <summary>Beginning anew so often while nobody else runs is without end.</summary>
    private const int EndlessRestarts = 4;

    private enum Stage : byte
    {
        Begin,
        NextVma,
        Install,
        Zapped,
        Flush,
        Remove,
    }

    public static Progress Step(Context c, ref Task t) => (Stage)t.Stage switch
    {
        Stage.Begin => Begin(c, ref t),     // mmap_lock for reading
        Stage.NextVma => NextVma(c, ref t),
        Stage.Install => Install(c, ref t), // PT lock inside, one entry
        Stage.Zapped => Zapped(c, ref t),   // faults may have been faster
        Stage.Flush => Flush(c, ref t),     // nothing to do up to 6.18
        Stage.Remove => Remove(c, ref t),   // PT lock inside, one entry
    };

    private static Progress Begin(Context c, ref Task t)
    {
        if (t.Length == 0 || !c.Has(Fix.MadviseGuard))
        {
            return t.Finish(c, c.Has(Fix.MadviseGuard) ? Errno.None : Errno.EINVAL);
        }

        if (!t.TryReadMmap(c, t.Mm))
        {
            return Progress.Wait;
        }

        t.OuterCursor = t.Va.Value;
        t.Clear(TaskFlags.MetHole);
        return t.Next(Stage.NextVma);
    }

    private static Progress NextVma(Context c, ref Task t)
    {
        int end = t.Va.Value + t.Length;
        int index = VmaTree.NextVma(c, t.Mm, t.OuterCursor, end);
        if (index < 0)
        {
            bool hole = t.Has(TaskFlags.MetHole) || t.OuterCursor != end;
            return t.Finish(c, hole ? Errno.ENOMEM : Errno.None);
        }

        ref readonly Vma vma = ref c.VmaAt(t.Mm, index);
        bool locked = vma.Has(VmFlags.Locked) && (GuardBehaviour)t.Argument == GuardBehaviour.Install;
        if (locked || (!vma.IsAnon && !c.Has(Fix.MadviseGuardFile)))
        {
            return t.Finish(c, Errno.EINVAL);
        }

        t.Set(vma.Start > t.OuterCursor ? TaskFlags.MetHole : TaskFlags.None);
        t.OuterCursor = Math.Max(t.OuterCursor, vma.Start);
        t.Cursor = t.OuterCursor;
        t.End = (byte)Math.Min(end, vma.End);
        t.Done = 0;
        if ((GuardBehaviour)t.Argument == GuardBehaviour.Remove)
        {
            return t.Next(Stage.Remove);
        }

        Memory.PrepareAnonVma(c, t.Mm, index); // of shared memory too: fork has to copy the page tables
        return t.Next(Stage.Install);
    }

    private static Progress Install(Context c, ref Task t)
    {
        if (t.Cursor == t.End)
        {
            return c.Has(Fix.GuardFlush) ? t.Next(Stage.Flush) : EndVma(ref t);
        }

        var entry = new EntryIndex(t.Mm, new Va(t.Cursor));
        if (!t.MayLockPt(c, entry))
        {
            return TaskOps.WaitForPt(c, entry);
        }

        Pte pte = c.PteAt(entry);
        if (pte.IsNone || (pte.IsMarker && c.Has(Fix.GuardOverMarker)))
        {
            SetGuard(c, entry);
        }
        else if (!pte.IsGuard)
        {
            c.Reach(t.Done > 0 && !pte.IsMarker ? Goal.GuardMetFault : Goal.GuardMetPage);
            t.FaultVa = entry.Va;
            Zap.Prepare(ref t, t.OuterCursor, t.End, dropMarkers: false);
            return t.Call(KernelPath.ZapPageRange, Stage.Zapped);
        }

        t.Cursor++;
        return t.Next(Stage.Install);
    }

    private static void SetGuard(Context c, EntryIndex entry)
    {
        if (c.Machine.PmdAt(entry).Kind == PmdKind.None)
        {
            c.Machine.SetPmd(ref c.Touched, entry, Pmd.Table);
        }

        c.Reach(Goal.GuardInstalled);
        c.SetPte(entry, Pte.Guard());
        c.Effect = new MemoryEffect(MemoryEffectKind.GuardInstalled, entry, default, default);
    }

    private static Progress Zapped(Context c, ref Task t)
    {
        t.Done++;
        t.Cursor = t.OuterCursor;
        return t.Done == Retries ? Restart(c, ref t) : t.Next(Stage.Install);
    }

    /// <summary>
    /// restart_syscall: back to user mode, and in again. Where what is met does not go away, only a deadly signal ends
    /// that.
    /// </summary>
    private static Progress Restart(Context c, ref Task t)
    {
        t.Faults++;
        if (t.Faults > EndlessRestarts)
        {
            c.Warning = KernelWarning.EndlessRestart;
            return t.Finish(c, Errno.SIGKILL);
        }

        var first = new EntryIndex(t.Mm, t.Va);
        c.Effect = new MemoryEffect(
            MemoryEffectKind.DiscardEnds, first, default, default, Until: t.End); // mappings behind are untouched
        t.UnlockMmaps(c);
        return t.Next(Stage.Begin);
    }

    private static Progress EndVma(ref Task t)
    {
        t.OuterCursor = t.End;
        return t.Next(Stage.NextVma);
    }

    /// <summary>What was empty may have been emptied by others, whose flush is still to come.</summary>
    private static Progress Flush(Context c, ref Task t)
    {
        if (c.MmAt(t.Mm).TlbFlushPending != 0 || TlbFlush.IsBatched(c, t.Mm))
        {
            if (TlbFlush.MustWait(c, in t, t.Mm))
            {
                return TlbFlush.Wait(c, t.Mm);
            }

            TlbFlush.Range(c, t.Mm, t.OuterCursor, t.End);
        }

        return EndVma(ref t);
    }

    private static Progress Remove(Context c, ref Task t)
    {
        if (t.Cursor == t.End)
        {
            return EndVma(ref t);
        }

        var entry = new EntryIndex(t.Mm, new Va(t.Cursor));
        if (!t.MayLockPt(c, entry))
        {
            return TaskOps.WaitForPt(c, entry);
        }

        if (c.PteAt(entry).IsGuard)
        {
            c.Reach(Goal.GuardRemoved);
            c.SetPte(entry, Pte.None);
            c.Effect = new MemoryEffect(MemoryEffectKind.GuardRemoved, entry, default, default);
        }

        t.Cursor++;
        return t.Next(Stage.Remove);
    }
}
