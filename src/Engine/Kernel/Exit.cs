// exit_mmap: the process and what is left of its other thread go away. What others still hold of its pages
// (handles, the swap cache, shared memory) stays. Not covered: signals, the parent's wait.

using System.Numerics;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Kernel;

internal static class Exit
{
    private enum Stage : byte
    {
        Begin,
        Teardown,
    }

    public static Progress Step(Context c, ref Task t) => (Stage)t.Stage switch
    {
        Stage.Begin => Begin(c, ref t),
        Stage.Teardown => Teardown(c, ref t),
    };

    /// <summary>The other thread of a process.</summary>
    public static ActorId Sibling(ActorId actor) => new((byte)(actor.Value ^ Limits.Mms));

    private static Progress Begin(Context c, ref Task t)
    {
        ref readonly Task other = ref c.Machine.TaskAt(Sibling(t.Actor));
        if (!other.IsIdle && (KernelPath)(byte)other.Stack[0] is KernelPath.MadviseRemove
            or KernelPath.PinnedCall or KernelPath.MadviseGuard or KernelPath.MemoryFailure)
        {
            return c.Wait(WaitKind.Sibling, Sibling(t.Actor).Value); // at a file or a disk, without mmap_lock
        }

        if (!t.TryWriteMmap(c, t.Mm))
        {
            return Progress.Wait;
        }

        KillSibling(c, in t);
        c.Machine.SetState(ref c.Touched, t.Mm, MmState.Exiting);
        Zap.Prepare(ref t, 0, Limits.PagesPerMm, dropMarkers: true);
        return t.Call(KernelPath.ZapPageRange, Stage.Teardown);
    }

    /// <summary>
    /// The other thread can only be waiting for a userfault (Operations sees to it, and Begin): a fatal signal ends
    /// that wait, and whatever GUP had taken for it is given back.
    /// </summary>
    private static void KillSibling(Context c, ref readonly Task t)
    {
        ActorId sibling = Sibling(t.Actor);
        if (((c.Machine.BusyTasks >> sibling.Value) & 1) == 0)
        {
            return;
        }

        ref Task other = ref c.Machine.ChangeTask(ref c.Touched, sibling);
        while (other.HoldCount > 0)
        {
            int last = other.HoldCount - 1;
            other.Drop(c, other.Holds[last], ((other.PinnedHolds >> last) & 1) != 0);
        }

        if (c.Machine.HandleAt(other.Handle).Kind == HandleKind.Reserved && ReservesHandle(in other))
        {
            c.Machine.ChangeHandle(ref c.Touched, other.Handle) = default;
        }

        c.Machine.ChangeEvent(ref c.Touched, sibling) = default;
        Idle(c, sibling);
    }

    private static bool ReservesHandle(ref readonly Task other) =>
        other.Depth > 0 && !other.Has(TaskFlags.Populates | TaskFlags.MemoryFailure)
        && (KernelPath)(byte)other.Stack[0] is KernelPath.GupSlow or KernelPath.GupFast;

    /// <summary>Leaves an actor without a task.</summary>
    private static void Idle(Context c, ActorId actor)
    {
        ref Task task = ref c.Machine.ChangeTask(ref c.Touched, actor);
        task = default;
        task.Actor = actor;
        task.Child = MmId.None;
        c.Machine.NoteEnded(actor);
    }

    private static Progress Teardown(Context c, ref Task t)
    {
        MmId mm = t.Mm;
        if (c.MmAt(mm).TlbFlushPending != 0)
        {
            return c.Wait(WaitKind.FileMappings, mm.Value); // free_pgtables: its mappings leave their files' trees
        }

        Munmap.RemoveVmas(c, mm, 0, Limits.PagesPerMm);
        for (int pages = c.Machine.PagesCached(mm); pages != 0; pages &= pages - 1)
        {
            TlbFlush.Page(c, mm, new Va((byte)BitOperations.TrailingZeroCount(pages)));
        }

        for (int va = 0; va < Limits.PagesPerMm; va += Limits.HpagePmdNr)
        {
            c.Machine.SetPmd(ref c.Touched, new EntryIndex(mm, new Va((byte)va)), default);
        }

        for (int i = 0; i < Limits.Uffds; i++)
        {
            var uffd = new UffdId((byte)i);
            if (c.Machine.UffdAt(uffd).Mm == mm)
            {
                c.Machine.ChangeUffd(ref c.Touched, uffd).Mm = MmId.None;
            }
        }

        t.MmapWrite = 0;
        c.ChangeMm(mm) = default;
        c.Touched.AddFlushed(mm);
        return t.Finish(c, Errno.None);
    }
}
