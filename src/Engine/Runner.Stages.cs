// Stages of one task, until it ends, waits or has moved as far as it may: after each the contracts and the checks, at
// the end the result. Many stages have nothing remarkable and touch nothing: that is asked first, and costs little.
// Not covered: which task moves (Runner.cs, Runner.Waiting.cs), accesses that need no stage (Runner.Hit.cs).

using System.Runtime.CompilerServices;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Kernel;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.Properties;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine;

public sealed partial class Runner
{
    /// <summary>Executes stages until the path ends, waits, or has moved as far as it may; answers how many.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)] // one copy, for the cache of instructions
    private int Advance(ActorId actor, int stages, bool alone, bool isStep = false)
    {
        Context c = context;
        ref Task task = ref c.Machine.ChangeTask(ref c.TouchedSets, actor);
        int moved = 0;
        bool between = (c.Machine.BusyTasks & ~(1 << actor.Value)) != 0;
        // every stage asks entries and counts for what they have
        checker.Note((1ul << (int)Clause.Misuse) | (between ? 1ul << (int)Clause.WithoutLock : 0));

        // what others did in between may be why it faults again: only a loop alone is endless
        byte faultsKept = c.Machine.LastMover == actor ? byte.MaxValue : (byte)0;
        int mremap = task.Operation == (byte)OperationKind.Mremap ? byte.MaxValue : 0;
        int watched = c.Observer is null ? 0 : 1;
        c.Actor = actor;
        while (moved < stages && task.Depth != 0)
        {
            int unlocked = (task.Locks - 1) >> 31; // all ones, or 0
            c.Effect = default;
            if (watched != 0)
            {
                c.Observer!.BeforeStage(c, actor);
            }

            if (Dispatcher.Step(c, ref task) == Progress.Wait)
            {
                if (moved > 0 || !isStep)
                {
                    Block(ref task, alone); // a step that would wait at once is skipped, and changes no byte
                }

                break;
            }

            moved++;
            task.Faults &= faultsKept;
            faultsKept = byte.MaxValue;
            int remarkable = (int)c.Effect.Kind | (int)c.Warning | ((int)task.State & (int)TaskState.Blocked)
                | (task.Locks & unlocked) | (task.MmapWrite & mremap) | watched;
            if (remarkable != 0)
            {
                Remark(ref task, unlocked != 0, alone);
            }

            if (task.Depth == 0)
            {
                End(ref task, alone);
            }

            if (checker.HasWork(in c.TouchedSets))
            {
                Check();
            }

            if (Violation is not null || moved > EndlessStages)
            {
                break;
            }
        }

        NoteMoved(actor, moved);
        return moved;
    }

    private void NoteMoved(ActorId actor, int stages)
    {
        Stages += stages;
        if (stages != 0)
        {
            context.Machine.NoteMoved(actor);
        }

        if (stages > EndlessStages)
        {
            ReportEndless(actor);
        }
    }

    private void ReportEndless(ActorId actor) =>
        Report(new Violation(Clause.EndlessFault, MemoryKind.Anon, actor.ToString(), "the path never ends"));

    /// <summary>What a stage did, for the contracts.</summary>
    private void Remark(ref Task task, bool unlocked, bool alone)
    {
        if (task.State == TaskState.Blocked)
        {
            task.State = TaskState.Running;
            task.WaitKind = WaitKind.None;
            task.WaitOn = 0;
            context.Machine.NoteBlocked(task.Actor, blocked: false);
        }

        if (unlocked && task.Locks != 0)
        {
            Contracts.LockTaken(ref context.World, ref context.Touched, in task);
        }

        if (task.Operation == (byte)OperationKind.Mremap && task.MmapWrite != 0)
        {
            Contracts.MremapMoved(ref context.World, ref context.Touched, in task);
        }

        if (context.Effect.Kind != MemoryEffectKind.None)
        {
            CountEffect();
            Report(Contracts.Landed(ref context.World, ref context.Touched, Profile, in context.Effect));
            if (context.Effect.Kind is MemoryEffectKind.DiscardBegins or MemoryEffectKind.DiscardEnds)
            {
                Contracts.Discarding(ref context.World, ref context.Touched, in context.Effect, in task);
            }
            else if (context.Effect.Kind == MemoryEffectKind.HolePunched && !alone)
            {
                Contracts.HoleRaced(ref context.World, ref context.Touched, context.Effect.File);
            }
        }

        if (context.Warning != KernelWarning.None)
        {
            Report(Warn(context.Warning, task.Actor));
            context.Warning = KernelWarning.None;
        }

        context.Observer?.AfterStage(context, task.Actor);
        if (context.Effect.Kind >= MemoryEffectKind.Announced && task.Depth != 0)
        {
            JudgeOnTheWay(in task, alone);
        }
    }

    private void End(ref Task task, bool alone)
    {
        context.Machine.NoteEnded(task.Actor);
        Report(LockRules.CheckEnded(checker, in task));
        checker.Note(Clause.EndlessFault, task.Faults != 0);
        if ((OperationKind)task.Operation == OperationKind.Exit)
        {
            Report(LockRules.CheckGone(in context.World, in task));
        }

        if (alone)
        {
            JudgeResult(in task);
        }

        const ulong Accesses = 1ul << (int)OperationKind.Load | 1ul << (int)OperationKind.Store;
        if (((Accesses >> task.Operation) & 1) == 0)
        {
            EndCall(in task, alone); // what accesses did was judged as it landed
        }

        (ActorId actor, byte errno, Token value) = (task.Actor, task.Errno, task.Value);
        task = default;
        task.Actor = actor;
        task.Child = MmId.None;
        task.Errno = errno;
        task.Value = value;
    }

    private void EndCall(in Task task, bool alone)
    {
        Report(Contracts.Ended(ref context.World, ref context.Touched, Profile, in task, alone));
        context.Touched.Entries |= InFlight.LeftToJudge(in task);
        if (alone && Discards(in task))
        {
            int start = task.Va.Value + Kept(in task);
            int end = System.Math.Min(task.Va.Value + task.Length, Limits.PagesPerMm);
            Report(TlbRules.CheckReturned(checker, in context.World, task.Mm, start, end));
        }
    }

    private void CheckCounts()
    {
        if (!Judges || checker.HasWork(in context.TouchedSets))
        {
            Check();
            return;
        }

        Report(LockRules.CheckCounts(checker, in context.World, context.TouchedSets.Mms));
        context.Touched = default;
    }

    private void Check()
    {
        if (!Judges)
        {
            context.Touched = default;
            return;
        }

        if (ChecksEverything)
        {
            context.Touched = Touched.All;
        }

        Report(checker.Check(ref context.World, ref context.Touched));
    }
}
