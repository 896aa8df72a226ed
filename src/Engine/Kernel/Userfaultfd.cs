// handle_userfault, and what a manager does at once: open, read an event, wake. A thread that meets a protected or a
// missing page queues an event, looks at the entry again, drops mmap_lock and sleeps; woken, its fault starts anew.
// Not covered: WP_ASYNC (do_wp_page), who raises events about changes (Userfaultfd.Events), UFFDIO_COPY and its kin.

using System.Numerics;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Kernel;

internal static class Userfaultfd
{
    private enum Stage : byte
    {
        Queue,
        Recheck,
        Sleep,
    }

    /// <summary>handle_userfault, for a page that is protected.</summary>
    public static Progress HandleProtected(Context c, ref Task t) => HandleUserfault(c, ref t, UffdFaultFlags.Wp);

    /// <summary>...that is missing.</summary>
    public static Progress HandleMissing(Context c, ref Task t) => HandleUserfault(c, ref t, UffdFaultFlags.None);

    /// <summary>...that lacks its entry only.</summary>
    public static Progress HandleMinor(Context c, ref Task t) => HandleUserfault(c, ref t, UffdFaultFlags.Minor);

    private static Progress HandleUserfault(Context c, ref Task t, UffdFaultFlags reason) => (Stage)t.Stage switch
    {
        Stage.Queue => Queue(c, ref t, reason), // mmap_lock held: the manager can read the event from here on
        Stage.Recheck => Recheck(c, ref t),     // a resolve before the event was queued has woken nobody
        Stage.Sleep => Sleep(c, ref t),         // no lock: the mapping may change or go meanwhile
    };

    /// <summary>
    /// userfaultfd(2) with UFFDIO_API: a context that watches one address space; EINVAL for features that the release
    /// does not know.
    /// </summary>
    public static Errno Open(Context c, UffdId uffd, MmId mm, UffdFeatures features)
    {
        if (((features & UffdFeatures.WpUnpopulated) != 0 && !c.Has(Fix.UffdWpUnpopulated))
            || ((features & UffdFeatures.WpAsync) != 0 && !c.Has(Fix.UffdWpAsync)))
        {
            return Errno.EINVAL;
        }

        ref Uffd context = ref c.Machine.ChangeUffd(ref c.Touched, uffd);
        bool isAsync = (features & UffdFeatures.WpAsync) != 0;
        context.Features = features | (isAsync ? UffdFeatures.WpUnpopulated : UffdFeatures.None);
        context.Mm = mm;
        context.Open = 1;
        return Errno.None;
    }

    /// <summary>read(2): takes note of the first event not yet read; EAGAIN if there is none.</summary>
    public static Errno Read(Context c, UffdId uffd, out ActorId whose)
    {
        if (Find(c, uffd, changes: false, out whose))
        {
            c.Machine.ChangeEvent(ref c.Touched, whose).State = UffdEventState.Read;
            return Errno.None;
        }

        if (Find(c, uffd, changes: true, out whose))
        {
            Complete(c, whose, uffd);
            return Errno.None;
        }

        return Errno.EAGAIN;
    }

    /// <summary>The event not yet read that was queued first; faults come before changes.</summary>
    private static bool Find(Context c, UffdId uffd, bool changes, out ActorId whose)
    {
        int pending = 0;
        for (int i = 0; i < Limits.UserActors; i++)
        {
            ref readonly UffdEvent queued = ref c.Machine.EventAt(new ActorId((byte)i));
            bool change = (queued.Flags & UffdFaultFlags.Changes) != 0;
            bool counts = queued.State == UffdEventState.Pending && queued.Uffd == uffd && change == changes;
            pending |= counts ? 1 << i : 0;
        }

        whose = default;
        for (int left = pending; left != 0; left &= left - 1)
        {
            whose = new ActorId((byte)BitOperations.TrailingZeroCount(left));
            if ((c.Machine.EventAt(whose).Before & pending) == 0)
            {
                break;
            }
        }

        return pending != 0;
    }

    /// <summary>The actor's event becomes the last one in the queue.</summary>
    private static void Enqueue(Context c, ActorId actor, UffdId uffd, Va va, UffdFaultFlags flags)
    {
        int before = 0;
        for (int i = 0; i < Limits.UserActors; i++)
        {
            var other = new ActorId((byte)i);
            if (other != actor && c.Machine.EventAt(other).State == UffdEventState.Pending)
            {
                before |= 1 << i;
                c.Machine.ChangeEvent(ref c.Touched, other).Before &= (byte)~(1 << actor.Value);
            }
        }

        c.Machine.ChangeEvent(ref c.Touched, actor) = new UffdEvent
        {
            State = UffdEventState.Pending,
            Uffd = uffd,
            Va = va,
            Flags = flags,
            Before = (byte)before,
        };
    }

    /// <summary>UFFDIO_WAKE.</summary>
    public static Errno WakeRange(Context c, UffdId uffd, Va va, int length)
    {
        if (!IsRange(va, length))
        {
            return Errno.EINVAL;
        }

        Wake(c, uffd, c.Machine.UffdAt(uffd).Mm, va.Value, va.Value + length);
        return Errno.None;
    }

    /// <summary>wake_userfault: wakes who waits in the range, whether or not the manager has read the event.</summary>
    public static void Wake(Context c, UffdId uffd, MmId mm, int start, int end)
    {
        for (int i = 0; i < Limits.UserActors; i++)
        {
            var actor = new ActorId((byte)i);
            ref readonly UffdEvent queued = ref c.Machine.EventAt(actor);
            bool sleeps = queued.State is UffdEventState.Pending or UffdEventState.Read
                && (queued.Flags & UffdFaultFlags.Changes) == 0;
            if (sleeps && queued.Uffd == uffd && actor.Mm == mm && queued.Va.Value >= start && queued.Va.Value < end)
            {
                c.Machine.ChangeEvent(ref c.Touched, actor).State = UffdEventState.Woken;
            }
        }
    }

    /// <summary>Takes a thread's event off the queue.</summary>
    public static void RemoveEvent(Context c, ActorId actor) =>
        c.Machine.ChangeEvent(ref c.Touched, actor) = default;

    /// <summary>validate_range: not empty, and inside the address space.</summary>
    public static bool IsRange(Va va, int length) => length > 0 && va.Value + length <= Limits.PagesPerMm;

    /// <summary>Whether the context is open and the process that it watches still lives (mmget_not_zero).</summary>
    public static bool IsWatching(Context c, UffdId uffd)
    {
        ref readonly Uffd context = ref c.Machine.UffdAt(uffd);
        return context.IsOpen && !context.Mm.IsNone && c.MmAt(context.Mm).IsLive;
    }

    /// <summary>userfaultfd_wp_async: registered for write-protection that the kernel resolves itself.</summary>
    public static bool IsWpAsync(Context c, in Vma vma) =>
        vma.UffdWp && (c.Machine.UffdAt(new UffdId((byte)(vma.Uffd - 1))).Features & UffdFeatures.WpAsync) != 0;

    /// <summary>mmap_changing: an event about a change of the address space is not yet read.</summary>
    public static bool IsChanging(Context c, UffdId uffd) => c.Machine.UffdAt(uffd).Changing != 0;

    /// <summary>
    /// dup_userfaultfd: a child of a mapping with EVENT_FORK is registered with a context of its own, which gets its
    /// descriptor when the manager reads the event; false if there is no place for one.
    /// </summary>
    public static bool TryDupContext(Context c, UffdId parent, MmId child, out UffdId made)
    {
        made = new UffdId((byte)(1 - parent.Value));
        ref readonly Uffd now = ref c.Machine.UffdAt(made);
        if (now.Mm == child)
        {
            return true; // made for an earlier mapping
        }

        if (!now.IsFree)
        {
            return false;
        }

        ref Uffd context = ref c.Machine.ChangeUffd(ref c.Touched, made);
        context.Features = c.Machine.UffdAt(parent).Features;
        context.Mm = child;
        c.Machine.ChangeUffd(ref c.Touched, parent).Changing++;
        return true;
    }

    /// <summary>dup_userfaultfd_fail: the fork has failed, and its context goes.</summary>
    public static void UndoDupContext(Context c, UffdId parent)
    {
        ref Uffd context = ref c.Machine.ChangeUffd(ref c.Touched, new UffdId((byte)(1 - parent.Value)));
        context = default;
        context.Mm = MmId.None;
        c.Machine.ChangeUffd(ref c.Touched, parent).Changing--;
    }

    /// <summary>Queues an event about a change of the address space, whose maker waits until it is read.</summary>
    public static void Raise(Context c, ActorId actor, UffdId uffd, UffdFaultFlags flags) =>
        Enqueue(c, actor, uffd, default, flags);

    /// <summary>
    /// The manager has read of a change: its maker goes on, and a child's context has its descriptor. The address space
    /// counts as changing until the maker runs.
    /// </summary>
    private static void Complete(Context c, ActorId whose, UffdId uffd)
    {
        ref UffdEvent read = ref c.Machine.ChangeEvent(ref c.Touched, whose);
        read.State = UffdEventState.Woken;
        if ((read.Flags & UffdFaultFlags.Fork) != 0)
        {
            c.Machine.ChangeUffd(ref c.Touched, new UffdId((byte)(1 - uffd.Value))).Open = 1;
        }
    }

    /// <summary>
    /// The descriptor is closed: whoever waits for an event about a change to be read goes on. (Not a fork whose child
    /// would be left with half a context: Fork.cs does not cover that.)
    /// </summary>
    public static void EndEvents(Context c, UffdId uffd)
    {
        for (int i = 0; i < Limits.UserActors; i++)
        {
            ref readonly UffdEvent queued = ref c.Machine.EventAt(new ActorId((byte)i));
            bool change = (queued.Flags & (UffdFaultFlags.Changes & ~UffdFaultFlags.Fork)) != 0;
            if (queued.State == UffdEventState.Pending && queued.Uffd == uffd && change)
            {
                c.Machine.ChangeEvent(ref c.Touched, new ActorId((byte)i)).State = UffdEventState.Woken;
            }
        }
    }

    private static Progress Queue(Context c, ref Task t, UffdFaultFlags reason)
    {
        int index = c.Machine.FindVma(t.Mm, t.FaultVa);
        int named = index < 0 ? 0 : c.VmaAt(t.Mm, index).Uffd;
        if (named == 0 || !c.Machine.UffdAt(new UffdId((byte)(named - 1))).IsOpen)
        {
            // the context is closing: no SIGBUS, so that a manager may close right after its last resolve
            DropMmap(c, ref t);
            return t.Return(FaultResult.Retry);
        }

        var uffd = new UffdId((byte)(named - 1));
        bool mayBlock = (t.FaultFlags & FaultFlags.AllowRetry) != 0 && t.Actor.IsUser;
        if ((c.Machine.UffdAt(uffd).Features & UffdFeatures.Sigbus) != 0 || !mayBlock)
        {
            return t.Return(FaultResult.Sigbus);
        }

        if ((t.FaultFlags & FaultFlags.RetryNowait) != 0)
        {
            c.Reach(Goal.NowaitGaveUp);
            return t.Return(FaultResult.Retry); // mmap_lock stays, and nobody hears of it
        }

        Enqueue(c, t.Actor, uffd, t.FaultVa, reason | (t.IsWrite ? UffdFaultFlags.Write : UffdFaultFlags.None));
        return t.Next(Stage.Recheck);
    }

    private static Progress Recheck(Context c, ref Task t)
    {
        bool wait = true;
        if (c.Has(Fix.UserfaultRecheck))
        {
            if (!t.MayLockPt(c, t.FaultEntry))
            {
                return TaskOps.WaitForPt(c, t.FaultEntry);
            }

            bool protects = (c.Machine.EventAt(t.Actor).Flags & UffdFaultFlags.Wp) != 0;
            wait = MustWait(c, c.PteAt(t.FaultEntry), protects);
        }

        DropMmap(c, ref t);
        if (!wait)
        {
            c.Reach(Goal.UffdRecheckedAway);
            RemoveEvent(c, t.Actor);
            return t.Return(FaultResult.Retry);
        }

        c.Reach(Goal.UffdEvent);
        CountReason(c, c.Machine.EventAt(t.Actor).Flags);
        t.Events++;
        return t.Next(Stage.Sleep);
    }

    private static void CountReason(Context c, UffdFaultFlags flags)
    {
        if ((flags & UffdFaultFlags.Wp) == 0)
        {
            c.Reach((flags & UffdFaultFlags.Minor) != 0 ? Goal.UffdMinorEvent : Goal.UffdMissingEvent);
        }
    }

    private static Progress Sleep(Context c, ref Task t)
    {
        ref readonly UffdEvent queued = ref c.Machine.EventAt(t.Actor);
        if (queued.State is UffdEventState.Pending or UffdEventState.Read)
        {
            return c.Wait(WaitKind.Userfault, queued.Uffd.Value);
        }

        RemoveEvent(c, t.Actor);
        t.Faults = 0; // it slept: only faults in a row, without a manager's answer in between, are an endless loop
        return t.Return(FaultResult.Retry);
    }

    /// <summary>
    /// userfaultfd_must_wait: of a protected page it asks for the write bit, not for uffd_wp. Up to 6.18 a thread
    /// sleeps on a guard too that somebody has installed meanwhile.
    /// </summary>
    private static bool MustWait(Context c, Pte pte, bool protects) =>
        (pte.IsNoneMostly && !(pte.IsGuard && c.Has(Fix.FillKeepsGuard))) || (protects && pte.IsPresent && !pte.Write);

    private static void DropMmap(Context c, ref Task t)
    {
        t.Clear(TaskFlags.FaultTookLock);
        if (t.ReadsMmap())
        {
            c.ChangeMm(t.Mm).MmapReaders--;
            t.MmapRead &= (byte)~(1 << t.Mm.Value);
        }
    }
}
