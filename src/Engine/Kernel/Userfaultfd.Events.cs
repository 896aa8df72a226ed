// Events about changes of the address space other than fork: EVENT_REMAP, EVENT_UNMAP and EVENT_REMOVE. Who makes the
// change counts it in mmap_changing at once, drops mmap_lock, and then waits for each event until a manager has read
// it or the descriptor is closed. Not covered: EVENT_FORK (Fork.cs), a fatal signal that ends the wait.

using System.Numerics;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Kernel;

internal static class UffdEvents
{
    private enum Stage : byte
    {
        Raise,
        Wait,
    }

    /// <summary>An event's place in the order: bits of Task.Done, one for each context and turn.</summary>
    public enum Turn : byte
    {
        /// <summary>EVENT_UNMAP of munmap's range, of what mmap replaces, or of mremap's target.</summary>
        Unmap,

        /// <summary>EVENT_REMAP.</summary>
        Remap,

        /// <summary>EVENT_UNMAP of what mremap has cut off.</summary>
        UnmapTail,

        /// <summary>EVENT_UNMAP of what mremap has left.</summary>
        UnmapSource,

        /// <summary>EVENT_REMOVE, of who has no source.</summary>
        Remove = UnmapSource,
    }

    /// <summary>A discard tells before it begins; what changes mappings, when it is over.</summary>
    private static UffdFaultFlags KindOf(in Task t) =>
        (Turn)(BitOperations.TrailingZeroCount(t.Done) / Limits.Uffds) switch
        {
            Turn.Remap => UffdFaultFlags.Remap,
            Turn.Remove when !t.Has(TaskFlags.Announces) => UffdFaultFlags.Remove,
            _ => UffdFaultFlags.Unmap,
        };

    public static Progress Step(Context c, ref Task t) => (Stage)t.Stage switch
    {
        Stage.Raise => Raise(c, ref t), // no lock any more: the manager can read it from here on
        Stage.Wait => Wait(c, ref t),   // and nobody may fill or protect until it has
    };

    /// <summary>Whether the mapping's context wants to hear of such a change.</summary>
    public static bool Wants(Context c, in Vma vma, UffdFeatures feature) =>
        vma.Uffd != 0 && (c.Machine.UffdAt(new UffdId((byte)(vma.Uffd - 1))).Features & feature) != 0;

    /// <summary>Notes that the task owes the mapping's context an event: from now on the space changes.</summary>
    public static void Owe(Context c, ref Task t, in Vma vma, Turn turn)
    {
        int bit = 1 << (((int)turn * Limits.Uffds) + vma.Uffd - 1);
        if ((t.Done & bit) == 0)
        {
            t.Done |= (byte)bit;
            c.Machine.ChangeUffd(ref c.Touched, new UffdId((byte)(vma.Uffd - 1))).Changing++;
        }
    }

    /// <summary>userfaultfd_unmap_prep: one event for each context that watches a mapping of the range.</summary>
    public static void OweUnmap(Context c, ref Task t, int start, int end, Turn turn)
    {
        for (int index = VmaTree.NextVma(c, t.Mm, start, end); index >= 0;
            index = VmaTree.NextVma(c, t.Mm, c.VmaAt(t.Mm, index).End, end))
        {
            ref readonly Vma vma = ref c.VmaAt(t.Mm, index);
            if (Wants(c, in vma, UffdFeatures.EventUnmap))
            {
                Owe(c, ref t, in vma, turn);
            }
        }
    }

    /// <summary>The change is over: its result is known, and the events owed are raised without any lock.</summary>
    public static Progress Finish(Context c, ref Task t, Errno errno)
    {
        if (t.Done == 0)
        {
            return t.Finish(c, errno);
        }

        Announce(c, ref t, errno);
        return t.Jump(KernelPath.UserfaultfdEvent);
    }

    /// <summary>The change is over, and its result known, though the call has yet to return.</summary>
    public static void Announce(Context c, ref Task t, Errno errno)
    {
        t.UnlockMmaps(c);
        t.Errno = (byte)errno;
        t.Set(TaskFlags.Announces);
        c.Effect = new MemoryEffect(MemoryEffectKind.Announced, default, default, default);
    }

    /// <summary>What was announced before is told to those who have to hear of it.</summary>
    public static Progress FinishAnnounced(Context c, ref Task t)
    {
        t.UnlockMmaps(c);
        return t.Done == 0 ? t.Return() : t.Jump(KernelPath.UserfaultfdEvent);
    }

    /// <summary>Whether any mapping of the range has a context that wants to hear of such a change.</summary>
    public static bool AnyWants(Context c, MmId mm, int start, int end, UffdFeatures feature)
    {
        if (c.Machine.UffdAt(new UffdId(0)).Features == 0 && c.Machine.UffdAt(new UffdId(1)).Features == 0)
        {
            return false;
        }

        int index = VmaTree.NextVma(c, mm, start, end);
        while (index >= 0 && !Wants(c, in c.VmaAt(mm, index), feature))
        {
            index = VmaTree.NextVma(c, mm, c.VmaAt(mm, index).End, end);
        }

        return index >= 0;
    }

    /// <summary>userfaultfd_remove: drops mmap_lock, waits for the manager, and goes on without the lock.</summary>
    public static Progress Remove<TStage>(Context c, ref Task t, in Vma vma, TStage then)
        where TStage : unmanaged, System.Enum
    {
        Owe(c, ref t, in vma, Turn.Remove);
        t.UnlockMmaps(c);
        return t.Call(KernelPath.UserfaultfdEvent, then);
    }

    /// <summary>Tells the reference memory of one mapping's part of a discard, from Task.OuterCursor on.</summary>
    public static void Report(Context c, in Task t, MemoryEffectKind kind)
    {
        var first = new EntryIndex(t.Mm, new Va(t.OuterCursor));
        c.Effect = new MemoryEffect(kind, first, default, default, Until: t.End);
    }

    private static UffdId Context(in Task t) =>
        new((byte)(BitOperations.TrailingZeroCount(t.Done) % Limits.Uffds));

    private static Progress Raise(Context c, ref Task t)
    {
        UffdId uffd = Context(in t);
        if (!c.Machine.UffdAt(uffd).IsOpen)
        {
            return Over(c, ref t); // closed meanwhile: nobody is to be told
        }

        UffdFaultFlags kind = KindOf(in t);
        c.Reach(kind switch
        {
            UffdFaultFlags.Remap => Goal.UffdRemapEvent,
            UffdFaultFlags.Remove => Goal.UffdRemoveEvent,
            _ => Goal.UffdUnmapEvent,
        });
        Userfaultfd.Raise(c, t.Actor, uffd, kind);
        return t.Next(Stage.Wait);
    }

    private static Progress Wait(Context c, ref Task t)
    {
        UffdId uffd = Context(in t);
        if (c.Machine.EventAt(t.Actor).State == UffdEventState.Pending)
        {
            return c.Wait(WaitKind.Userfault, uffd.Value);
        }

        Userfaultfd.RemoveEvent(c, t.Actor);
        if (c.Machine.UffdAt(uffd).IsOpen)
        {
            c.Machine.ChangeUffd(ref c.Touched, uffd).Changing--;
        }

        return Over(c, ref t);
    }

    private static Progress Over(Context c, ref Task t)
    {
        t.Done &= (byte)(t.Done - 1);
        return t.Done != 0 ? t.Next(Stage.Raise) : t.Return();
    }
}
