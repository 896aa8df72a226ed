// Loads and stores that need no kernel, on pages of which everything is known: what a program does most. They are
// executed and judged as any other access, without a task to carry them through their one stage. What is not as plain
// as that goes the long way, which does the same, byte for byte (a test compares them).
// Not covered: faults, stale translations, memory of which more than one content is allowed (Runner.cs).

using MmFuzz.Engine.Kernel;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.Properties;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine;

public sealed partial class Runner
{
    /// <summary>What a row may not have: then content or result is not a matter of course.</summary>
    private const RowFlags NotPlain = RowFlags.Open | RowFlags.ProtectionUnknown | RowFlags.HasFile | RowFlags.Poisoned
        | RowFlags.Guarded | RowFlags.Lazyfree | RowFlags.Doubled | RowFlags.WipeOnFork;

    /// <summary>
    /// Whether accesses may be executed without a task. Not while somebody watches the stages, or everything is to be
    /// checked, or nothing.
    /// </summary>
    public bool TakesShortcuts { get; set; } = true;

    /// <summary>Loads and stores, since the runner was made, that needed no kernel.</summary>
    public long AccessesThatHit { get; private set; }

    /// <summary>Executes a load or store that plainly hits; false, and nothing changed, if it does not.</summary>
    private bool Hits(in Operation op)
    {
        if (op.Kind is not (OperationKind.Load or OperationKind.Store) || op.IsStarted)
        {
            return false;
        }

        ref World w = ref context.World;
        var entry = new EntryIndex(op.Process, op.Va);
        int cpu = op.Actor.Cpu;
        bool store = op.Kind == OperationKind.Store;
        if (!Hardware.Hits(in w.Machine, cpu, entry, store, out bool cached) || !IsPlain(in w, entry, store))
        {
            return false;
        }

        Pfn pfn = w.Machine.PteAt(entry).Pfn;
        if (cached && w.Machine.TlbAt(cpu, entry.Va).Pfn != pfn)
        {
            return false; // a stale translation
        }

        if (!cached)
        {
            Hardware.Walk(context, cpu, entry, store);
        }

        Count(store);
        ref Task task = ref w.Machine.ChangeTask(ref context.Touched, op.Actor);
        task.Errno = (byte)Errno.None;
        task.Value = store ? default : w.Machine.FrameAt(pfn).Content;
        w.Machine.Moves(op.Actor);
        if (store)
        {
            Store(ref w, entry, pfn);
        }

        if ((context.Touched.Entries | context.Touched.Contents) != 0)
        {
            Check();
        }

        return true;
    }

    /// <summary>
    /// Whether an access must succeed and find, or leave, one content only; and nothing that others have under way
    /// could make a difference.
    /// </summary>
    private bool IsPlain(in World w, EntryIndex entry, bool store)
    {
        ref readonly PageRow row = ref w.Reference.RowAt(entry);
        Pte pte = w.Machine.PteAt(entry);
        if (!pte.IsPresent)
        {
            return false;
        }

        ref readonly Frame frame = ref w.Machine.FrameAt(pte.Pfn);
        ref readonly FileRow file = ref w.Reference.FileAt(row.File);
        bool shared = row.HasAny(RowFlags.Shared);
        RowFlags needed = RowFlags.Mapped | (store ? RowFlags.Write : RowFlags.Read);
        RowFlags relevant = needed | NotPlain | (store ? RowFlags.UffdProtected : RowFlags.None);
        return ((row.Flags & relevant) == needed)
            & (!store | pte.HasBit(EntryBits.Write))
            & (frame.Content == (shared ? file.Value : row.Value))
            & !frame.HwPoison
            & (w.Machine.PtLockOwner(entry.PtLock) == 0)
            & (!shared | (w.Machine.BusyTasks == 0 & file.Place == FilePlace.Inside))
            & !(store && !shared && w.Machine.BusyTasks != 0 && IsForking(in w.Machine, entry.Mm))
            & TakesShortcuts & Judges & !ChecksEverything & context.Observer is null;
    }

    private static bool IsForking(in Machine machine, MmId mm) => InFlight.AnyBusy(in machine, OperationKind.Fork);

    private void Store(ref World w, EntryIndex entry, Pfn pfn)
    {
        var token = new Token(entry, w.Machine.NextSerial());
        w.Machine.SetContent(ref context.Touched, pfn, token);
        Report(Contracts.Landed(
            ref w, ref context.Touched, new MemoryEffect(MemoryEffectKind.Store, entry, pfn, token)));
    }

    private void Count(bool store)
    {
        Stages++;
        AccessesThatHit++;
        checker.Count(store ? Clause.StoreWithoutEvent : Clause.WrongLoad);
        checker.Count(Clause.WrongResult);
    }
}
