// Loads and stores that need no kernel: what programs do most. They are executed and judged as any other access,
// without a task to carry them through their one stage; the long way does the same, byte for byte (a test compares
// them). Where one content is allowed only, and nothing under way could matter, that is one look (Runner.Plain.cs).
// Not covered: faults, accesses that are only started (Runner.cs).

using MmFuzz.Engine.Kernel;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.Properties;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine;

public sealed partial class Runner
{
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
        bool store = op.Kind == OperationKind.Store;
        if (!TakesShortcuts || context.Observer is not null || !Enabled.CanAccess(in w.Machine, in op) || op.IsStarted)
        {
            return false;
        }

        bool cached = false;
        bool plain = Judges && !ChecksEverything && context.TouchedSets.IsEmpty
            && (store ? IsPlain(in w, in op, store: true, out cached) : IsPlain(in w, in op, store: false, out cached));
        if (plain)
        {
            AccessesThatHit++;
            Stages++;
            AccessPlainly(ref w, in op, store, cached);
            return true;
        }

        return Lands(ref w, in op, store);
    }

    private bool Lands(ref World w, in Operation op, bool store)
    {
        var entry = new EntryIndex(op.Process, op.Va);
        if (!Hardware.Hits(in w.Machine, op.Actor.Cpu, entry, store, out bool cached))
        {
            return false;
        }

        allowed = ErrnoContract.Allowed(in w, Profile, in op);
        Stages++;
        AccessesThatHit++;
        context.Actor = op.Actor;
        Pfn pfn = cached
            ? w.Machine.TlbAt(op.Actor.Cpu, op.Va).Pfn
            : Hardware.Walk(context, op.Actor.Cpu, entry, store).Pfn;
        Hardware.CountStale(context, entry, pfn, store);
        Token token = store ? new Token(entry, w.Machine.NextSerial()) : w.Machine.FrameAt(pfn).Content;
        if (store)
        {
            w.Machine.SetContent(ref context.Touched, pfn, token);
        }

        ref Task task = ref w.Machine.ChangeTask(ref context.Touched, op.Actor);
        task.Errno = (byte)Errno.None;
        task.Value = store ? default : token;
        w.Machine.NoteMoved(op.Actor);
        checker.Note(store ? Clause.StoreWithoutEvent : Clause.WrongLoad);
        checker.Note(Clause.WrongResult);
        MemoryEffectKind kind = store ? MemoryEffectKind.Store : MemoryEffectKind.Load;
        Report(Contracts.Landed(ref w, ref context.Touched, Profile, new MemoryEffect(kind, entry, pfn, token)));
        if (!ErrnoContract.Allows(allowed, Errno.None))
        {
            Report(WrongErrno(Errno.None, op.Kind));
        }

        Check();
        return true;
    }
}
