// Executes operations stage by stage, watched: after each stage the contracts, the properties and the warnings; at
// the end the result; then whoever was woken runs on, in slot order. What `start` began moves only by `step`.
// Not covered: where operations come from (src/Generators), what is done about a violation (shrinking, reports).

using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Kernel;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.Properties;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine;

/// <summary>What became of an operation; one number, which fits a register.</summary>
public readonly record struct Outcome
{
    private readonly ulong bits;

    /// <summary>An outcome.</summary>
    /// <param name="skip">Why it was skipped; none if it ran.</param>
    /// <param name="ended">Whether it has returned (else it is blocked, or was only started).</param>
    /// <param name="errno">Its result, if it has returned.</param>
    /// <param name="value">What it read.</param>
    /// <param name="number">The reader's event (actor), or the soft-dirty bit.</param>
    public Outcome(SkipReason skip, bool ended, Errno errno, Token value, byte number) =>
        bits = (ulong)skip | (ended ? 1ul << 8 : 0) | ((ulong)errno << 16) | ((ulong)value.Value << 24)
            | ((ulong)number << 40);

    private Outcome(ulong bits) => this.bits = bits;

    /// <summary>The outcome of a load or store that needed no kernel.</summary>
    /// <param name="value">What it read.</param>
    public static Outcome OfHit(Token value) => new(1ul << 8 | 1ul << 9 | ((ulong)value.Value << 24));

    /// <summary>Why it was skipped; none if it ran.</summary>
    public SkipReason Skip => (SkipReason)(byte)bits;

    /// <summary>Whether it has returned (else it is blocked, or was only started).</summary>
    public bool Ended => ((bits >> 8) & 1) != 0;

    /// <summary>Whether it was a load or store that needed no kernel.</summary>
    public bool IsHit => ((bits >> 9) & 1) != 0;

    /// <summary>Its result, if it has returned.</summary>
    public Errno Errno => (Errno)(byte)(bits >> 16);

    /// <summary>What it read.</summary>
    public Token Value => new((ushort)(bits >> 24));

    /// <summary>The reader's event (actor), or the soft-dirty bit.</summary>
    public byte Number => (byte)(bits >> 40);
}

/// <summary>Runs operations on one world.</summary>
public sealed partial class Runner
{
    /// <summary>Stages of one operation, at most: more is a loop without end.</summary>
    private const int EndlessStages = 4000;

    private readonly Context context;
    private readonly Checker checker;
    private uint allowed;
    private int expectedPages;

    /// <summary>Makes a runner with an empty machine in which p0 lives.</summary>
    public Runner(Profile profile)
    {
        context = new Context(profile);
        checker = new Checker(profile);
        Reset();
    }

    /// <summary>The surroundings: machine, goals, observer.</summary>
    public Context Context => context;

    /// <summary>The checker: what was judged.</summary>
    public Checker Checker => checker;

    /// <summary>The world, to be looked at.</summary>
    public ref readonly World World => ref context.World;

    /// <summary>The kernel. Changing it keeps the world as it is.</summary>
    public Profile Profile
    {
        get => context.Profile;
        set
        {
            context.Profile = value;
            checker.Profile = value;
        }
    }

    /// <summary>The first violation since the last reset or restore; null for none.</summary>
    public Violation? Violation { get; private set; }

    /// <summary>Stages executed since the runner was made.</summary>
    public long Stages { get; private set; }

    /// <summary>Whether every stage checks everything, not only what it touched.</summary>
    public bool ChecksEverything
    {
        get => checker.ChecksEverything;
        set => checker.ChecksEverything = value;
    }

    /// <summary>Back to an empty machine in which p0 lives.</summary>
    public void Reset()
    {
        State.World.Reset(out context.World);
        context.Machine.SetState(ref context.Touched, default, MmState.Live);
        checker.Forget();
        Forget();
    }

    /// <summary>Copies the world out.</summary>
    public void Save(ref World target) => State.World.Copy(in context.World, ref target);

    /// <summary>Copies a world in.</summary>
    public void Restore(ref readonly World source)
    {
        State.World.Copy(in source, ref context.World);
        checker.Forget(in context.World);
        Forget();
    }

    /// <summary>Executes one operation, and what it wakes.</summary>
    public Outcome Execute(in Operation op, ushort line = 0)
    {
        try
        {
            if (Hits(in op))
            {
                return Outcome.OfHit(context.Machine.TaskAt(op.Actor).Value); // nobody waits for that
            }

            Outcome outcome = Dispatch(in op, line);
            if (Violation is null && outcome.Skip == SkipReason.None && context.Machine.BlockedTasks != 0)
            {
                RunWoken();
            }

            if (context.TouchedSets.Mms != 0)
            {
                CheckCounts(); // what stages have put off
            }

            return outcome;
        }
        catch (EncodingException misuse)
        {
            ReportMisuse(misuse);
            return new Outcome(SkipReason.None, false, Errno.None, default, 0);
        }
    }

    private void ReportMisuse(EncodingException misuse) =>
        Report(new Violation(Clause.Misuse, MemoryKind.Anon, context.Actor.ToString(), misuse.Message));

    /// <summary>Lets what was started and what was woken run on, in slot order, as far as anybody can.</summary>
    public void Drain()
    {
        bool moved = true;
        while (moved && Violation is null)
        {
            moved = false;
            for (byte a = 0; a < Limits.Actors && Violation is null; a++)
            {
                var step = new Operation { Kind = OperationKind.Step, Actor = new ActorId(a), Number = byte.MaxValue };
                moved |= Execute(in step).Skip == SkipReason.None;
            }
        }
    }

    private void Forget()
    {
        context.Touched = default;
        context.Effect = default;
        context.Warning = KernelWarning.None;
        Violation = null;
    }

    private void Report(Violation? violation)
    {
        if (violation is not null && Judges)
        {
            Violation ??= violation;
        }
    }

    private Outcome Dispatch(in Operation op, ushort line)
    {
        if (op.Kind == OperationKind.Step)
        {
            return StepStarted(in op);
        }

        SkipReason skip = Enabled.Check(in context.World.Machine, in op);
        if (skip != SkipReason.None)
        {
            return new Outcome(skip, false, Errno.None, default, 0);
        }

        bool alone = !op.IsStarted;
        if (alone)
        {
            Expect(in op); // what others come in between of may answer otherwise
        }

        KindTraits traits = Enabled.TraitsOf(op.Kind);
        if ((traits & KindTraits.NeedsActor) == 0)
        {
            return RunImmediate(in op);
        }

        Starter.Begin(context, in op, line);
        if ((traits & KindTraits.TakesPages) != 0)
        {
            HandleId handle = op.TakesHandle ? op.Handle : context.Machine.TaskAt(op.Actor).Handle;
            HandleContracts.Begun(ref context.World, ref context.Touched, handle);
        }

        Advance(op.Actor, alone ? int.MaxValue : 1, alone);
        return OutcomeOf(op.Actor);
    }

    /// <summary>What the operation may answer, and how many pages it may take or report.</summary>
    private void Expect(in Operation op)
    {
        allowed = ErrnoContract.Allowed(in context.World, Profile, in op);
        if ((Enabled.TraitsOf(op.Kind) & KindTraits.AnswersPages) != 0)
        {
            expectedPages = op.Kind == OperationKind.Scan
                ? ScanContracts.Expected(in context.World, in op)
                : ErrnoContract.GupPages(in context.World, Profile, in op);
        }
    }

    private Outcome OutcomeOf(ActorId actor)
    {
        ref readonly Task task = ref context.Machine.TaskAt(actor);
        return new Outcome(SkipReason.None, task.IsIdle, (Errno)task.Errno, task.Value, 0);
    }

    private Outcome StepStarted(in Operation op)
    {
        ref readonly Task task = ref context.Machine.TaskAt(op.Actor);
        if (task.IsIdle || !task.IsStarted)
        {
            return new Outcome(SkipReason.NothingStarted, false, Errno.None, default, 0);
        }

        int moved = Advance(op.Actor, op.Number, alone: false, isStep: true);
        return moved == 0
            ? new Outcome(SkipReason.WouldWait, false, Errno.None, default, 0)
            : OutcomeOf(op.Actor);
    }
}
