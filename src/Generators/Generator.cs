// Choices to programs: each record becomes one operation, executed as it is drawn. The kind depends on the swarm
// profile and the record only; operands are mapped onto the live target nearest to the drawn number; what is not
// enabled is not emitted, and the next record is untouched by that. The program is what was recorded.
// Not covered: shrinking, which works on operations.

using System;
using System.Numerics;
using System.Runtime.CompilerServices;
using MmFuzz.Engine;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.State;

namespace MmFuzz.Generators;

/// <summary>What a run is restricted to; without one, everything goes.</summary>
public interface IOperationFilter
{
    /// <summary>Bit n: operations of kind n are drawn.</summary>
    ulong Kinds { get; }

    /// <summary>Makes an operation one that may stay; false if there is none like it.</summary>
    bool Fit(in Machine machine, ref Operation op);
}

/// <summary>Generates and runs programs.</summary>
public sealed partial class Generator
{
    /// <summary>Operations of one program, at most, beside its set-up.</summary>
    public const int MaxLength = 4096;

    /// <summary>Operations of the set-up, at most.</summary>
    public const int MostSetUp = 4;

    /// <summary>Operations at the end of a program in which the last process may exit.</summary>
    private const int LastWords = 10;

    /// <summary>What a record counts for when nobody lives: few of them become anything.</summary>
    private const int RecordsOfTheDead = 16;

    private const byte FileInode = 1;
    private const KindTraits Accesses = KindTraits.NeedsActor | KindTraits.RunsInProcess | KindTraits.NeedsProcess;

    private readonly Swarm swarm = new();
    private readonly Operation[] recorded = new Operation[MaxLength + 32];
    private int count;
    private int end;
    private int records; // that may still be drawn
    private int waiting; // started actors that could not go on when they were asked last
    private Runner runner = null!;

    /// <summary>The program that was generated last, without skipped lines.</summary>
    public ReadOnlySpan<Operation> Recorded => recorded.AsSpan(0, count);

    /// <summary>Operations executed since the generator was made (skipped ones not counted).</summary>
    public long Operations { get; private set; }

    /// <summary>What became of the operations since the generator was made.</summary>
    public OutcomeTable Outcomes { get; } = new();

    /// <summary>What programs are restricted to; then nothing is only started, either.</summary>
    public IOperationFilter? Filter { get; set; }

    /// <summary>Swarm profile of the last program.</summary>
    public Swarm Swarm => swarm;

    /// <summary>Resets the runner and runs one program on it; stops at the first violation.</summary>
    /// <typeparam name="TSource">A class: it is handed on, and knows what it has given.</typeparam>
    public void Run<TSource>(Runner target, TSource source, int length)
        where TSource : class, IChoiceSource
    {
        runner = target;
        runner.Reset();
        count = 0;
        waiting = 0;
        source.TryNext(out ChoiceRecord profile);
        swarm.Draw(profile, Filter?.Kinds ?? ulong.MaxValue);
        SetUp();
        end = count + length;
        records = 4 * length;
        bool goes = true;
        while (goes)
        {
            goes = swarm.Hits ? Round(source) : Anything(source);
        }

        Operations += count;
    }

    /// <summary>
    /// Five of anything, six that meet a page: half of all enter the kernel. One after the other, not by a pattern
    /// that is looked up: so the processor can tell what comes next. False when the program is over.
    /// </summary>
    private bool Round<TSource>(TSource source)
        where TSource : class, IChoiceSource
        => Pair(source, store: false) && Pair(source, store: true)
            && Pair(source, store: false) && Pair(source, store: true)
            && Pair(source, store: false) && Met(source, store: true);

    private bool Pair<TSource>(TSource source, bool store)
        where TSource : class, IChoiceSource
        => Anything(source) && Met(source, store);

    [MethodImpl(MethodImplOptions.NoInlining)] // one copy, for the cache of instructions
    private bool Anything<TSource>(TSource source)
        where TSource : class, IChoiceSource
    {
        if (!Goes(source, out ChoiceRecord record))
        {
            return false;
        }

        ref Operation op = ref recorded[count]; // made where it stays: what is copied must be waited for
        op = default;
        if (TryMake(record, ref op) && Fits(ref op))
        {
            Execute(in op);
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)] // one copy, for the cache of instructions
    private bool Met<TSource>(TSource source, bool store)
        where TSource : class, IChoiceSource
    {
        if (!Goes(source, out ChoiceRecord record))
        {
            return false;
        }

        Hit(record, store);
        return true;
    }

    private bool Goes<TSource>(TSource source, out ChoiceRecord record)
        where TSource : class, IChoiceSource
    {
        record = default;
        records -= Machine.LiveMms != 0 ? 1 : RecordsOfTheDead;
        return count < end && records >= 0 && runner.Violation is null && source.TryNext(out record);
    }

    private ref readonly Machine Machine => ref runner.World.Machine;

    /// <summary>Executes an operation, which stands where it would be recorded.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)] // one copy, for the cache of instructions
    private void Execute(in Operation op)
    {
        Outcome outcome = runner.Execute(in op, (ushort)count);
        Outcomes.Count(in op, in outcome);
        if (outcome.IsHit)
        {
            count++;
            waiting = 0; // what the long way would do: the program must not depend on who takes a shortcut
            return;
        }

        bool skipped = outcome.Skip != SkipReason.None;
        waiting = (skipped ? waiting : 0) | (outcome.Skip == SkipReason.WouldWait ? 1 << op.Actor.Value : 0);
        count += skipped ? 0 : 1;
    }

    private void SetUp(Operation op)
    {
        recorded[count] = op;
        Execute(in recorded[count]);
    }

    /// <summary>The ground to stand on: something mapped, and perhaps watched.</summary>
    private void SetUp()
    {
        int pages = Math.Max(2, swarm.HotPages);
        switch (swarm.Mappings)
        {
            case SetUpMappings.Anon:
                Operation anon = Map(VmaKind.Anon, 0, pages);
                anon.Flags = swarm.ReadOnly ? OperationFlags.Read : OperationFlags.Write;
                SetUp(anon);
                break;
            case SetUpMappings.Memfd:
                SetUp(Map(VmaKind.MemfdShared, 0, pages));
                break;
            case SetUpMappings.Both:
                SetUp(Map(VmaKind.Anon, 0, pages));
                SetUp(Map(VmaKind.MemfdShared, 8, pages));
                break;
            case SetUpMappings.PrivateMemfd:
                Operation copied = Map(VmaKind.MemfdPrivate, 0, pages);
                copied.Flags = swarm.Registers ? OperationFlags.Read : OperationFlags.Write;
                SetUp(copied);
                SetUp(Map(VmaKind.MemfdShared, 8, pages));
                break;
            case SetUpMappings.File:
                Operation file = Map(VmaKind.FilePrivate, 0, pages);
                file.Flags = swarm.Registers ? OperationFlags.Read : OperationFlags.Write;
                SetUp(file);
                break;
        }

        if (swarm.Registers && swarm.Mappings != SetUpMappings.File) // which nobody can watch
        {
            bool knows = swarm.Features switch
            {
                UffdFeatures.WpAsync => runner.Profile.Has(Fix.UffdWpAsync),
                UffdFeatures.WpUnpopulated => runner.Profile.Has(Fix.UffdWpUnpopulated),
                _ => true,
            };
            var open = new Operation { Kind = OperationKind.UffdOpen, Number = (byte)swarm.Features };
            if (!knows || !Fits(ref open))
            {
                open.Number = 0;
            }

            if (!Fits(ref open))
            {
                return; // there is no userfaultfd to be had
            }

            SetUp(open);
            SetUp(new Operation
            {
                Kind = OperationKind.Register,
                Length = Limits.PagesPerMm,
                Number = (byte)swarm.Modes,
                Actor = ActorId.Outside0,
            });
        }
    }

    private static Operation Map(VmaKind kind, int start, int pages) => new()
    {
        Kind = OperationKind.Mmap,
        Mapping = kind,
        Va = new Va((byte)start),
        Length = (byte)pages,
        Flags = OperationFlags.Write,
        Slot = kind == VmaKind.FilePrivate ? FileInode : (byte)0,
    };

    /// <summary>Whether the filter lets it stay, perhaps as another one.</summary>
    private bool Fits(ref Operation op) =>
        Filter is null || (((Filter.Kinds >> (int)op.Kind) & 1) != 0 && Filter.Fit(in Machine, ref op));

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // into the one who calls it
    private bool TryMake(ChoiceRecord record, ref Operation op)
    {
        op.Kind = swarm.KindOf(record[0]);
        if (op.Kind == OperationKind.Exit && IsNeeded)
        {
            op.Kind = OperationKind.Fork; // else the program would be over
        }

        if (op.Kind == OperationKind.Step)
        {
            return MakeStep(record, ref op) || MakeAnswer(record, ref op);
        }

        return !MakeActor(record, ref op)
            ? MakeRoom(record, ref op)
            : MakeOperands(record, ref op) || MakeTarget(record, ref op);
    }

    /// <summary>Whether the program would be over without the process that lives.</summary>
    private bool IsNeeded => BitOperations.IsPow2(Machine.LiveMms) && count < end - LastWords;

    /// <summary>A load or store of the page nearest to the drawn one that needs no kernel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // into the one who calls it
    private void Hit(ChoiceRecord record, bool store)
    {
        ref Operation op = ref recorded[count];
        op = default;
        if (!PickProcess(record, Accesses, ref op) || !PickActor(record, Accesses, ref op))
        {
            return;
        }

        int open = Machine.PagesOpen(op.Process, out int writable);
        int stores = writable & -Number(store);
        int kind = Number(store & ((stores != 0) | (open == 0))); // a load where there is nothing to be stored to
        op.Kind = (OperationKind)((int)OperationKind.Load + kind);
        if (open == 0)
        {
            PickRange(record, ref op); // a fault, so that there is something next time
        }
        else
        {
            op.Va = new Va((byte)Nearest(kind != 0 ? stores : open, record[3] & (Limits.PagesPerMm - 1)));
        }

        op.Length = 1;
        int before = waiting & -Number(open != 0);
        Execute(in op);
        waiting |= before; // nobody who waits can go on for an access of a page that is there
    }

    /// <summary>Who does it, in whose memory, and whether it is only started.</summary>
    private bool MakeActor(ChoiceRecord record, ref Operation op)
    {
        KindTraits traits = Enabled.TraitsOf(op.Kind);
        int staged = (int)(traits & KindTraits.NeedsActor) & Number(record[1] < swarm.Staged);
        op.Flags = (OperationFlags)(staged * (int)OperationFlags.Started);
        return PickProcess(record, traits, ref op) && PickActor(record, traits, ref op);
    }

    private bool MakeStep(ChoiceRecord record, ref Operation op)
    {
        int started = Machine.StartedTasks & ~waiting; // who was not started runs to its end, or waits
        if (started == 0)
        {
            return false;
        }

        op.Actor = new ActorId((byte)Nearest(started, record[2] % Limits.Actors));
        op.Number = StepsOf(record[3]);
        return true;
    }

    /// <summary>Mostly one stage: every place to be interrupted at is one where somebody else may come in.</summary>
    private static byte StepsOf(int drawn) => (byte)(drawn switch
    {
        < 168 => 1,
        < 200 => 2,
        < 220 => 3,
        < 248 => Math.Max(1, drawn % 8),
        _ => 20,
    });

    private static int Number(bool one) => Unsafe.BitCast<bool, byte>(one);

    /// <summary>
    /// The member of a set of 16 bits nearest to a number, counting up and around; the number, of an empty set.
    /// </summary>
    private static int Nearest(int set, int number)
    {
        uint twice = (uint)(set | (set << 16)) >> number; // no branch: it would go either way
        return (number + BitOperations.TrailingZeroCount(twice)) & 15;
    }

    /// <summary>A process that lives, and has a thread at leisure if one of its own is to act.</summary>
    private bool PickProcess(ChoiceRecord record, KindTraits traits, ref Operation op)
    {
        int busy = Machine.BusyTasks;
        int inside = -Number((traits & KindTraits.RunsInProcess) != 0);
        int needed = -Number((traits & KindTraits.NeedsProcess) != 0);
        int able = Machine.LiveMms & ~(busy & (busy >> Limits.Mms) & inside);
        op.Process = new MmId((byte)(Nearest(able, record[2] & 3) & needed & 3));
        return (needed == 0) | (able != 0);
    }

    private bool PickActor(ChoiceRecord record, KindTraits traits, ref Operation op)
    {
        if ((traits & KindTraits.NeedsActor) == 0)
        {
            return true;
        }

        int inside = Number((traits & KindTraits.RunsInProcess) != 0);
        bool seldom = op.Kind is OperationKind.Migrate or OperationKind.ForceWrite;
        int second = (inside & Number((record[2] & 0xfc) < swarm.SecondThreads))
            | ((inside ^ 1) & Number(seldom ^ (record[2] & 0x70) == 0));
        int first = inside != 0 ? op.Process.Value : ActorId.Outside0.Value;
        int distance = inside != 0 ? Limits.Mms : 1;
        int busy = Machine.BusyTasks >> first;
        int both = (busy & 1) | ((busy >> distance) & 1) << 1;
        second ^= (both >> second) & 1; // the other one, if that is busy
        op.Actor = new ActorId((byte)(first + (second * distance)));
        return both != 3;
    }
}
