// The model's side of a differential run: executes a program and records of each operation what the kernel must show,
// in the kernel's terms. Properties judge nothing here: that is for the fuzzer; here the kernel is the judge.
// Not covered: the kernel's side (ExecutorClient), comparing them (Comparison).

using System;
using System.Collections.Generic;
using System.Numerics;
using MmFuzz.Engine;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Kernel;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.State;

namespace MmFuzz.Linux;

/// <summary>Runs programs on the model.</summary>
internal sealed partial class ModelSide : IStageObserver
{
    private const short NotFound = 2;
    private const short BadAddress = 14;
    private readonly Runner runner;
    private readonly Dictionary<ushort, ushort> values = [];
    private readonly int[] waitingLines = new int[Limits.UserActors];
    private readonly (ushort Line, byte Events)[] waiting = new (ushort, byte)[Limits.UserActors];
    private ReadOnlyMemory<Operation> program;
    private int line;
    private bool movesAmongRegistered;
    private bool outgrowsInode;
    private bool hadManyMappings;
    private bool leftLocked;

    /// <summary>Makes the side of a kernel.</summary>
    public ModelSide(Profile profile)
    {
        runner = new Runner(profile) { Judges = false };
        runner.Context.Observer = this;
    }

    /// <summary>The kernel.</summary>
    public Profile Profile
    {
        get => runner.Profile;
        set => runner.Profile = value;
    }

    /// <summary>The machine.</summary>
    public ref readonly Machine Machine => ref runner.World.Machine;

    /// <summary>Begins a program.</summary>
    public void Begin(ReadOnlyMemory<Operation> operations)
    {
        program = operations;
        runner.Reset();
        values.Clear();
        Array.Clear(waiting);
        leftLocked = false;
        line = 0;
    }

    /// <summary>Executes the next operation; answers why it was skipped.</summary>
    /// <param name="record">What it shows.</param>
    /// <param name="wakesLastFirst">Who runs on first if it wakes several.</param>
    public SkipReason Execute(StepRecord record, bool wakesLastFirst)
    {
        record.Clear();
        runner.WakesLastFirst = wakesLastFirst;
        ref readonly Operation op = ref program.Span[line];
        int blocked = runner.World.Machine.BlockedTasks;
        hadManyMappings = HasManyMappings(in op); // a refusal may have joined some before it gave up
        movesAmongRegistered = op.Kind == OperationKind.Mremap && !op.Has(OperationFlags.InPlace)
            && (IsRegistered(op.Process, op.Number - 1) || IsRegistered(op.Process, op.Number + op.NewLength));
        record.LeftLocked = leftLocked;
        leftLocked |= op.Kind == OperationKind.Mremap && op.Has(OperationFlags.DontUnmap) && IsLocked(in op);
        outgrowsInode = op.Kind == OperationKind.Mremap && OutgrowsInode(in op);
        if (op.Kind is OperationKind.PipeRead or OperationKind.DevRead)
        {
            ReadHandle(in op, record.Values); // before the pipe gives its pages back
        }

        Outcome outcome = runner.Execute(in op, (ushort)line);
        if (outcome.Skip != SkipReason.None)
        {
            line++;
            return outcome.Skip;
        }

        if (op.Kind == OperationKind.DevWrite)
        {
            values[outcome.Value.Value] = Translation.ValueOf(line);
        }

        record.Status = outcome.Ended ? StepStatus.Ended : StepStatus.Blocked;
        if (!outcome.Ended && op.Actor.IsUser)
        {
            waitingLines[op.Actor.Value] = line;
        }

        record.Error = outcome.Ended ? ErrorNumbers.Of(outcome.Errno) : (short)0;
        if (op.ReadsPage && outcome is { Ended: true, Errno: Errno.None })
        {
            record.Values.Add(BytesOf(outcome.Value));
        }
        else if (op.Kind == OperationKind.Scan && outcome.Ended)
        {
            record.Values.Add(outcome.Value.Value);
        }
        else if (op.Kind == OperationKind.Pagemap)
        {
            record.Values.Add(outcome.Number);
        }

        RecordCompletions(blocked, op.Kind == OperationKind.Exit ? op.Process : MmId.None, record);
        GiveBackParts(in op, record);
        RecordEvents(record);
        RecordPages(record);
        RecordHandles(record);
        record.MayMove = MayMove(in op, record);
        record.Renewed = Renewed(in op);
        record.MayLoseMark = record.MayMove == 0 ? 0 : record.MayMove & MarkedAndWritable();
        record.PinsReferred = op.Kind == OperationKind.Pin && record.MayMove != 0 && IsReferredTo(in op);
        line++;
        return SkipReason.None;
    }

    /// <summary>
    /// pin_user_pages answers with fewer pages where not all can be had; io_uring gives those back and answers EFAULT.
    /// </summary>
    private void GiveBackParts(in Operation op, StepRecord record)
    {
        if (op.Kind == OperationKind.Pin && record is { Status: StepStatus.Ended, Error: 0 } && GivesBack(in op))
        {
            record.Error = BadAddress;
        }

        for (int i = 0; i < record.Completions.Count; i++)
        {
            Completion one = record.Completions[i];
            ref readonly Operation begun = ref program.Span[waitingLines[one.Actor]];
            if (begun.Kind == OperationKind.Pin && one.Error == 0 && GivesBack(in begun))
            {
                record.Completions[i] = one with { Error = BadAddress };
            }
        }
    }

    /// <summary>Unpins, if it is a pin for writing of which only a part was had; answers whether it is.</summary>
    private bool GivesBack(in Operation pin)
    {
        bool part = pin.Has(OperationFlags.Write) && Machine.HandleAt(pin.Handle).Count < pin.Length;
        if (part)
        {
            var unpin = new Operation
            {
                Kind = OperationKind.Unpin,
                Slot = pin.Handle.Value,
                Actor = ActorId.Outside0,
            };
            runner.Execute(in unpin, (ushort)line);
        }

        return part;
    }

    /// <summary>
    /// Loads pages of every process at leisure, as long as no load waits or fails; answers which, and what they read.
    /// </summary>
    public void LoadInTheEnd(Span<ushort> masks, List<ulong> read)
    {
        for (byte p = 0; p < Limits.Mms; p++)
        {
            masks[p] = 0;
            var process = new MmId(p);
            var actor = new ActorId(p);
            if (!runner.World.Machine.MmAt(process).IsLive || !runner.World.Machine.TaskAt(actor).IsIdle
                || runner.World.Machine.BlockedTasks != 0)
            {
                continue;
            }

            for (byte page = 0; page < Limits.PagesPerMm; page++)
            {
                if (!runner.World.Machine.PteAt(new EntryIndex(process, new Va(page))).NamesPage)
                {
                    continue;
                }

                var load = new Operation
                {
                    Kind = OperationKind.Load,
                    Process = process,
                    Actor = actor,
                    Va = new Va(page),
                    Length = 1,
                };
                Outcome outcome = runner.Execute(in load, ushort.MaxValue);
                if (outcome is not { Skip: SkipReason.None, Ended: true, Errno: Errno.None })
                {
                    break;
                }

                masks[p] |= (ushort)(1 << page);
                read.Add(BytesOf(outcome.Value));
            }
        }
    }

    void IStageObserver.BeforeStage(Context context, ActorId actor)
    {
    }

    void IStageObserver.AfterStage(Context context, ActorId actor)
    {
        MemoryEffect effect = context.Effect;
        bool wrote = effect.Kind is MemoryEffectKind.Store or MemoryEffectKind.RemoteStore
            or MemoryEffectKind.FileWrite or MemoryEffectKind.Fill or MemoryEffectKind.CallWrote;
        if (wrote && !effect.Token.IsZero)
        {
            int of = context.Machine.TaskAt(actor).Line;
            int offset = effect.Kind == MemoryEffectKind.Fill && of < program.Length
                ? effect.Entry.Va.Value - program.Span[of].Va.Value
                : 0;
            values[effect.Token.Value] = (ushort)(Translation.ValueOf(of) + offset);
        }
    }

    private bool IsRegistered(MmId process, int page)
    {
        int index = page is < 0 or >= Limits.PagesPerMm ? -1 : Machine.FindVma(process, new Va((byte)page));
        return index >= 0 && Machine.VmaAt(process, index).Uffd != 0;
    }

    private ulong BytesOf(Token token) =>
        token.IsZero ? 0
        : values.TryGetValue(token.Value, out ushort value) ? Translation.BytesOf(value)
        : ulong.MaxValue;

    private void ReadHandle(in Operation op, List<ulong> read)
    {
        ref readonly GupHandle handle = ref runner.World.Machine.HandleAt(op.Handle);
        int first = op.Kind == OperationKind.PipeRead ? 0 : op.Number;
        int last = op.Kind == OperationKind.PipeRead ? handle.Count - 1 : op.Number;
        for (int page = first; page <= last && handle.IsLive && page < handle.Count; page++)
        {
            read.Add(BytesOf(runner.World.Machine.FrameAt(handle.Pages[page]).Content));
        }
    }

    private void RecordCompletions(int blocked, MmId leaving, StepRecord record)
    {
        for (int left = blocked; left != 0; left &= left - 1)
        {
            var actor = new ActorId((byte)BitOperations.TrailingZeroCount(left));
            ref readonly Task task = ref runner.World.Machine.TaskAt(actor);
            if (task.IsIdle && actor.IsUser && actor.Mm != leaving)
            {
                ref readonly Operation begun = ref program.Span[waitingLines[actor.Value]];
                bool loads = begun.ReadsPage && task.Errno == (byte)Errno.None;
                record.WokeDiscard |= begun.Length > 1
                    && begun.Kind is OperationKind.Dontneed or OperationKind.Free or OperationKind.Remove;
                record.Completions.Add(new Completion(
                    actor.Value, ErrorNumbers.Of((Errno)task.Errno), loads ? BytesOf(task.Value) : 0));
            }
        }
    }

    /// <summary>A thread that waits anew has raised an event; one whose event was there already has not.</summary>
    private void RecordEvents(StepRecord record)
    {
        ref readonly Machine machine = ref runner.World.Machine;
        for (byte a = 0; a < Limits.UserActors; a++)
        {
            var actor = new ActorId(a);
            ref readonly Task task = ref machine.TaskAt(actor);
            ref readonly UffdEvent seen = ref machine.EventAt(actor);
            bool waits = !task.IsIdle && task.State == TaskState.Blocked && task.WaitKind == WaitKind.Userfault
                && (seen.Flags & UffdFaultFlags.Changes) == 0;
            (ushort, byte) now = waits ? ((ushort)(task.Line + 1), task.Events) : default;
            if (waits && now != waiting[a])
            {
                record.Events.Add(new SeenEvent(seen.Uffd.Value, seen.Flags, seen.Va.Value, a));
            }

            waiting[a] = now;
        }
    }

    private void RecordPages(StepRecord record)
    {
        ref readonly Machine machine = ref runner.World.Machine;
        for (byte p = 0; p < Limits.Mms; p++)
        {
            var process = new MmId(p);
            if (!machine.MmAt(process).IsLive)
            {
                continue;
            }

            record.Live |= (byte)(1 << p);
            for (byte page = 0; page < Limits.PagesPerMm; page++)
            {
                var entry = new EntryIndex(process, new Va(page));
                Pte pte = machine.PteAt(entry);
                if (!pte.IsNone)
                {
                    record.Pages[entry.Value] = WordOf(in machine, pte);
                }
            }
        }
    }

    private static PageWord WordOf(in Machine machine, Pte pte)
    {
        PageBits bits = pte.UffdWp ? PageBits.UffdWp : PageBits.None;
        if (pte.IsPresent)
        {
            bits |= PageBits.Present;
            if (pte.IsZeroPage)
            {
                return new PageWord(bits | PageBits.Zero, 0, 0);
            }

            ref readonly Frame frame = ref machine.FrameAt(pte.Pfn);
            bits |= frame.IsAnon ? PageBits.Anon : PageBits.File;
            bits |= frame is { IsAnon: true, AnonExclusive: true } ? PageBits.AnonExclusive : PageBits.None;
            bits |= frame.Mapcount == 1 ? PageBits.MappedOnce : PageBits.None;
            bits |= frame.InSwapCache ? PageBits.SwapCache : PageBits.None;
            bits |= frame.Ksm ? PageBits.Ksm : PageBits.None;
            return new PageWord(bits, frame.Mapcount, pte.Pfn.Value);
        }

        bits |= pte.IsGuard ? PageBits.Guard : PageBits.None;
        return new PageWord(bits | PageBits.Swap, 0, pte.IsSwap ? pte.Slot.Value + 1ul : 0);
    }

    private void RecordHandles(StepRecord record)
    {
        ref readonly Machine machine = ref runner.World.Machine;
        for (byte h = 0; h < Limits.Handles; h++)
        {
            ref readonly GupHandle handle = ref machine.HandleAt(new HandleId(h));
            bool shows = handle.Kind == HandleKind.Pipe || (handle.IsPin && handle.IsWrite);
            if (!shows)
            {
                continue; // held by FUSE, where looking would leave a trace
            }

            record.Handles |= (byte)(1 << h);
            record.HandleCounts[h] = handle.Count;
            for (int page = 0; page < handle.Count; page++)
            {
                record.HandleValues[(h * Limits.HandlePages) + page] =
                    BytesOf(machine.FrameAt(handle.Pages[page]).Content);
            }
        }
    }
}
