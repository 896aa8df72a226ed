// What a kernel path is handed: the machine, the profile, and the observers of what it does. The World's other
// half, the reference memory, is kept here too but is out of reach for kernel paths (a test sees to it).
// Not covered: who drives the paths (Runner) and who checks them (Properties).

using System.Runtime.CompilerServices;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Kernel;

/// <summary>Watches tasks move, for traces and explanations; costs nothing when absent.</summary>
public interface IStageObserver
{
    /// <summary>A task is about to execute a stage.</summary>
    /// <param name="context">The machine before it.</param>
    /// <param name="actor">Whose task.</param>
    void BeforeStage(Context context, ActorId actor);

    /// <summary>A task has executed a stage.</summary>
    /// <param name="context">The machine after it.</param>
    /// <param name="actor">Whose task.</param>
    void AfterStage(Context context, ActorId actor);

    /// <summary>An operation without stages has been executed.</summary>
    /// <param name="context">The machine after it.</param>
    void AfterImmediate(Context context)
    {
    }
}

/// <summary>The surroundings of kernel paths. One per runner, used again for every program.</summary>
public sealed class Context
{
    /// <summary>Both halves; kernel paths use <see cref="Machine"/> only.</summary>
    public World World;

    /// <summary>The access that landed in the last stage.</summary>
    public MemoryEffect Effect;

    internal Touched TouchedSets;
    private readonly long[] goals = new long[GoalNames.Count];
    private Profile profile = null!;

    /// <summary>Makes a context with an empty machine.</summary>
    /// <param name="profile">The kernel.</param>
    public Context(Profile profile)
    {
        Profile = profile;
        World.Reset(out World);
    }

    /// <summary>The kernel.</summary>
    public Profile Profile
    {
        get => profile;
        set
        {
            profile = value;
            Mutations = value.Mutants.IsEmpty ? null : new Mutations(value);
        }
    }

    /// <summary>Generated faults at work, or a count of what entries pass; null, and free, for neither.</summary>
    public Mutations? Mutations { get; set; }

    /// <summary>The machine.</summary>
    public ref Machine Machine => ref World.Machine;

    /// <summary>What was changed since it was last cleared.</summary>
    public ref Touched Touched => ref TouchedSets;

    /// <summary>The warning of the last stage.</summary>
    public KernelWarning Warning { get; set; }

    /// <summary>What a stage that must wait waits for; the runner notes it if the task blocks.</summary>
    public (WaitKind Kind, byte On) Waiting { get; private set; }

    /// <summary>Whose stage is being executed.</summary>
    public ActorId Actor { get; set; }

    /// <summary>Who watches; null for nobody.</summary>
    public IStageObserver? Observer { get; set; }

    /// <summary>How often each goal was reached.</summary>
    public long[] Goals => goals;

    /// <summary>Whether the kernel has the fix.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Has(Fix fix) => Profile.Has(fix);

    /// <summary>Counts a goal.</summary>
    public void Reach(Goal goal) => goals[(int)goal]++;

    /// <summary>The answer of a stage that must wait.</summary>
    public Progress Wait(WaitKind kind, int on)
    {
        Waiting = (kind, (byte)on);
        return Progress.Wait;
    }

    internal Pte PteAt(EntryIndex index) => World.Machine.PteAt(index);

    internal void SetPte(EntryIndex index, Pte pte)
    {
        int owner = World.Machine.PtLockOwner(index.PtLock);
        if (owner != 0 && owner != Actor.Value + 1 && !IsHardwareUpdate(PteAt(index), pte))
        {
            Warning = KernelWarning.EntryChangedWithoutLock;
        }

        World.Machine.SetPte(ref TouchedSets, index, pte);
    }

    internal ref readonly Frame FrameAt(Pfn pfn) => ref World.Machine.FrameAt(pfn);

    internal ref Frame ChangeFrame(Pfn pfn) => ref World.Machine.ChangeFrame(ref TouchedSets, pfn);

    internal ref readonly Mm MmAt(MmId mm) => ref World.Machine.MmAt(mm);

    internal ref Mm ChangeMm(MmId mm) => ref World.Machine.ChangeMm(ref TouchedSets, mm);

    internal ref Mm ChangeMmBesideCounts(MmId mm) => ref World.Machine.ChangeMmBesideCounts(ref TouchedSets, mm);

    internal ref readonly Vma VmaAt(MmId mm, int index) => ref World.Machine.VmaAt(mm, index);

    internal ref Vma ChangeVma(MmId mm, int index) => ref World.Machine.ChangeVma(ref TouchedSets, mm, index);

    internal ref readonly SwapSlot SlotAt(SlotId slot) => ref World.Machine.SlotAt(slot);

    internal ref SwapSlot ChangeSlot(SlotId slot) => ref World.Machine.ChangeSlot(ref TouchedSets, slot);

    internal ref CacheEntry ChangeCache(CacheIndex index) => ref World.Machine.ChangeCache(ref TouchedSets, index);

    /// <summary>The hardware sets young and dirty without any lock.</summary>
    private static bool IsHardwareUpdate(Pte from, Pte to) =>
        from.IsPresent && to == from.With(to.Bits & (EntryBits.Young | EntryBits.Dirty));
}
