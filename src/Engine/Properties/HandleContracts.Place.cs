// Which page of its owner a handle's page is: the one where it was taken, unless it moved or went meanwhile.
// Not covered: what must be seen through the handle (HandleContracts).

using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Properties;

public static partial class HandleContracts
{
    /// <summary>
    /// Whether the entry, or who has it in hand under its lock, names the page: others may have mapped and taken it
    /// while a discard was under way.
    /// </summary>
    internal static bool Names(in Machine machine, EntryIndex entry, Pfn pfn)
    {
        Pte pte = machine.PteAt(entry);
        if (((pte.IsPresent || pte.IsMigration) && pte.Pfn == pfn)
            || (pte.IsSwap && machine.SlotAt(pte.Slot).CachePage == pfn))
        {
            return true;
        }

        int owner = machine.PtLockOwner(entry.PtLock);
        return owner != 0 && HasInHand(in machine.TaskAt(new ActorId((byte)(owner - 1))), entry, pfn);
    }

    /// <summary>
    /// Where the owner has a page that was taken. An anonymous page may have moved with mremap while it was being
    /// taken; a page of a file stays where it was taken, wherever else the owner maps it.
    /// </summary>
    private static EntryIndex Place(in Machine machine, in GupHandle handle, int page, bool disturbed)
    {
        var taken = new EntryIndex(handle.Mm, new Va((byte)(handle.Va.Value + page)));
        Pfn pfn = handle.Pages[page];
        if (!disturbed || Names(in machine, taken, pfn) || !machine.FrameAt(pfn).IsAnon)
        {
            return taken;
        }

        for (int va = 0; va < Limits.PagesPerMm; va++)
        {
            var moved = new EntryIndex(handle.Mm, new Va((byte)va));
            if (Names(in machine, moved, pfn))
            {
                return moved;
            }
        }

        return taken;
    }

    /// <summary>Whether the task has this very entry in hand; its lock covers others too.</summary>
    private static bool HasInHand(in Task task, EntryIndex entry, Pfn pfn)
    {
        bool byPage = task.Depth != 0 && task.Path is KernelPath.TryToMigrate or KernelPath.TryToUnmap;
        EntryIndex inHand = byPage ? new EntryIndex(task.Entry) : new EntryIndex(task.Mm, task.FaultVa);
        return task.Carried.IsPresent && task.Carried.Pfn == pfn && inHand == entry;
    }
}
