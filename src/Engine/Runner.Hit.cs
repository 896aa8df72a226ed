// Loads and stores that need no kernel: what programs do most. They are executed and judged as any other access,
// without a task to carry them through their one stage; the long way does the same, byte for byte (a test compares
// them). Where no more than one content is allowed, and nothing under way could matter, one look is all it takes.
// Not covered: faults, accesses that are only started (Runner.cs).

using System.Numerics;
using MmFuzz.Engine.Kernel;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.Properties;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine;

public sealed partial class Runner
{
    /// <summary>What a row may not have: then content or result is not a matter of course.</summary>
    private const RowFlags NotPlain = RowFlags.Open | RowFlags.ProtectionUnknown | RowFlags.HasFile | RowFlags.Poisoned
        | RowFlags.Guarded | RowFlags.Lazyfree | RowFlags.Doubled;

    /// <summary>Whether accesses that hit are executed without a task, if nobody watches the stages.</summary>
    public bool TakesShortcuts { get; set; } = true;

    /// <summary>Loads and stores, since the runner was made, that were executed so.</summary>
    public long AccessesThatHit { get; private set; }

    /// <summary>Executes a load or store that needs no kernel; false, and nothing changed, if it needs it.</summary>
    private bool Hits(in Operation op)
    {
        if (op.Kind is not (OperationKind.Load or OperationKind.Store))
        {
            return false;
        }

        ref World w = ref context.World;
        var entry = new EntryIndex(op.Process, op.Va);
        bool store = op.Kind == OperationKind.Store;
        bool goes = Hardware.Hits(in w.Machine, op.Actor.Cpu, entry, store, out bool cached)
            & TakesShortcuts & context.Observer is null & !op.IsStarted & Enabled.CanAccess(in w.Machine, in op);
        if (!goes)
        {
            return false;
        }

        bool plain = IsPlain(in w, entry, store);
        allowed = plain ? 0 : ErrnoContract.Allowed(in w, Profile, in op);
        Stages++;
        AccessesThatHit++;
        context.Actor = op.Actor;
        Pfn pfn = cached ? w.Machine.TlbAt(op.Actor.Cpu, op.Va).Pfn : Hardware.Walk(context, op.Actor.Cpu, entry, store).Pfn;
        Hardware.CountStale(context, entry, pfn, store);
        ref Task task = ref w.Machine.ChangeTask(ref context.Touched, op.Actor);
        task.Errno = (byte)Errno.None;
        task.Value = store ? default : w.Machine.FrameAt(pfn).Content;
        w.Machine.NoteMoved(op.Actor);
        checker.Count(store ? Clause.StoreWithoutEvent : Clause.WrongLoad);
        checker.Count(Clause.WrongResult);
        if (plain)
        {
            LandPlainly(ref w, entry, pfn, store);
        }
        else
        {
            Land(ref w, entry, pfn, store);
        }

        return true;
    }

    /// <summary>
    /// Whether an access must succeed, finds or leaves one content only in a page that nobody else maps or caches, and
    /// nothing that others have under way could make a difference.
    /// </summary>
    private bool IsPlain(in World w, EntryIndex entry, bool store)
    {
        ref readonly PageRow row = ref w.Reference.RowAt(entry);
        Pte pte = w.Machine.PteAt(entry);
        ref readonly Frame frame = ref w.Machine.FrameAt(pte.PresentPfn);
        const FrameFlags Cached = FrameFlags.SwapCache | FrameFlags.PageCache | FrameFlags.HwPoison;
        RowFlags needed = RowFlags.Mapped | (store ? RowFlags.Write : RowFlags.Read);
        RowFlags relevant = needed | NotPlain | RowFlags.Shared | (store ? RowFlags.UffdProtected : RowFlags.None);
        return ((row.Flags & relevant) == needed)
            & pte.IsPresent & (!store | pte.HasBit(EntryBits.Write))
            & (frame.Content == row.Value) & ((frame.Flags & Cached) == 0)
            & (w.Machine.PtLockOwner(entry.PtLock) == 0)
            & (w.Machine.BusyTasks == 0 || !InFlight.AnyBusy(in w.Machine, OperationKind.Fork))
            & Judges & !ChecksEverything;
    }

    private void LandPlainly(ref World w, EntryIndex entry, Pfn pfn, bool store)
    {
        if (store)
        {
            var token = new Token(entry, w.Machine.NextSerial());
            w.Machine.SetContent(ref context.Touched, pfn, token);
            Contracts.StoredPlainly(ref w, ref context.Touched, entry, token);
        }

        ulong touched = context.Touched.Entries | context.Touched.Rows | context.Touched.Contents;
        if (touched == 0)
        {
            return;
        }

        bool alone = !store || BitOperations.IsPow2(w.Machine.EntriesMapping(pfn));
        if (alone && EntryRules.LooksRight(checker, in w, entry) && TlbRules.Agree(in w.Machine, entry))
        {
            context.Touched = default;
        }
        else
        {
            Check();
        }
    }

    private void Land(ref World w, EntryIndex entry, Pfn pfn, bool store)
    {
        Token token = store ? new Token(entry, w.Machine.NextSerial()) : w.Machine.FrameAt(pfn).Content;
        if (store)
        {
            w.Machine.SetContent(ref context.Touched, pfn, token);
        }

        MemoryEffectKind kind = store ? MemoryEffectKind.Store : MemoryEffectKind.Load;
        Report(Contracts.Landed(ref w, ref context.Touched, new MemoryEffect(kind, entry, pfn, token)));
        if (!ErrnoContract.Allows(allowed, Errno.None))
        {
            Report(WrongErrno(Errno.None, store ? OperationKind.Store : OperationKind.Load));
        }

        Check();
    }
}
