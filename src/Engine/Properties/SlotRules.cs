// What a swap slot must be: its use count equals the entries, inode pages and paths in flight that name it, and an
// entry that says "exclusive" is its only user. Also what it stands for, for the rules of content (EntryRules,
// InodeRules).

using System.Numerics;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Properties;

internal static class SlotRules
{
    public static Violation? Check(Checker checker, in World w, SlotId id)
    {
        ref readonly SwapSlot slot = ref w.Machine.SlotAt(id);
        ulong entries = w.Machine.EntriesSwapped(id);
        int users = BitOperations.PopCount(entries) + BitOperations.PopCount(w.Machine.CachesSwapped(id))
            + Tasks(in w.Machine, id);
        checker.Note(Clause.SwapCount);
        if (slot.Count != users)
        {
            return WrongCount(id, slot.Count, users);
        }

        for (ulong left = entries; left != 0; left &= left - 1)
        {
            var entry = new EntryIndex((byte)BitOperations.TrailingZeroCount(left));
            bool exclusive = w.Machine.PteAt(entry).SwapExclusive;
            if (exclusive)
            {
                checker.Note(Clause.SwapExclusiveShared);
            }

            if (exclusive && users > 1 && w.Machine.PtLockOwner(entry.PtLock) == 0)
            {
                return NotOnly(entry, id, users);
            }
        }

        return null;
    }

    /// <summary>swapoff has returned, and nobody came in between: nothing uses the area any more.</summary>
    public static Violation? CheckEmpty(in World w)
    {
        for (byte i = 0; i < Limits.SwapSlots; i++)
        {
            var id = new SlotId(i);
            if (w.Machine.SlotAt(id).InUse)
            {
                return new Violation(Clause.SwapCount, MemoryKind.Anon, id.ToString(),
                    $"swapoff has returned, but the slot has {w.Machine.SlotAt(id).Count} users");
            }
        }

        return null;
    }

    /// <summary>Whether its page in the swap cache is being read in or written out: it says nothing yet.</summary>
    internal static bool IsBeingFilled(in Machine machine, in SwapSlot slot) =>
        slot.HasCachePage && machine.FrameAt(slot.CachePage).Locked;

    /// <summary>What whoever swaps it in gets: the page in the swap cache, or what the area holds.</summary>
    internal static Token ContentOf(in Machine machine, in SwapSlot slot) =>
        slot.HasCachePage ? machine.FrameAt(slot.CachePage).Content : slot.Content;

    private static Violation WrongCount(SlotId id, int count, int users) =>
        new(Clause.SwapCount, MemoryKind.Anon, id.ToString(), $"use count is {count}, but {users} users exist");

    private static Violation NotOnly(EntryIndex entry, SlotId id, int users) =>
        new(Clause.SwapExclusiveShared, MemoryKind.Anon, entry.ToString(),
            $"the entry says that it is the only user of {id}, which has {users}");

    private static int Tasks(in Machine machine, SlotId id)
    {
        int count = 0;
        for (int busy = machine.BusyTasks; busy != 0; busy &= busy - 1)
        {
            ref readonly Task task = ref machine.TaskAt(new ActorId((byte)BitOperations.TrailingZeroCount(busy)));
            count += task.Has(TaskFlags.HoldsSlot) && task.Slot == id ? 1 : 0;
        }

        return count;
    }
}
