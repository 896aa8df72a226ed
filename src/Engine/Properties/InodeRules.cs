// What an inode's page must hold: what was last stored to it, wherever it is now: page cache, swap, disk, or nowhere.
// Not covered: the entries that map it (EntryRules).

using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Properties;

internal static class InodeRules
{
    public static Violation? Check(Checker checker, in World w, CacheIndex index)
    {
        ref readonly CacheEntry cached = ref w.Machine.CacheAt(index);
        Token expected = w.Reference.FileAt(index).Value;
        bool cut = w.Reference.FileAt(index).Place == FilePlace.Behind;
        bool onDisk = w.Machine.InodeAt(index.Inode).IsOnDisk;
        Token found = onDisk ? cached.Disk : Token.Zero;
        if (cached.Kind == CacheKind.Page)
        {
            ref readonly Frame frame = ref w.Machine.FrameAt(cached.Pfn);
            if (frame.Locked)
            {
                return null; // migration has moved it and not copied yet; the unlock touches it again
            }

            found = frame.Content;
        }
        else if (cached.Kind == CacheKind.Swap)
        {
            ref readonly SwapSlot slot = ref w.Machine.SlotAt(cached.Slot);
            if (SlotRules.IsBeingFilled(in w.Machine, in slot))
            {
                return null;
            }

            found = SlotRules.ContentOf(in w.Machine, in slot);
        }

        checker.Note(Clause.BehindEnd, cut);
        if (cut && cached.Kind != CacheKind.Hole)
        {
            return Behind(onDisk ? MemoryKind.File : MemoryKind.Shmem, index, cached.Kind);
        }

        bool foreign = found.Serial > expected.Serial; // newer than all that was stored to it
        checker.Note((1ul << (int)Clause.InodeContentLost) | (1ul << (int)Clause.FileHoldsForeign));
        return found == expected || !w.Machine.InodeAt(index.Inode).Exists
            ? null
            : Lost(foreign ? Clause.FileHoldsForeign : Clause.InodeContentLost,
                onDisk ? MemoryKind.File : MemoryKind.Shmem, index, found, expected);
    }

    private static Violation Behind(MemoryKind kind, CacheIndex index, CacheKind found) =>
        Contracts.BehindEnd(kind, index.ToString(), $"the page cache has a {found}");

    private static Violation Lost(Clause clause, MemoryKind kind, CacheIndex index, Token found, Token expected) =>
        new(clause, kind, index.ToString(), $"the inode page holds {found}, expected {expected}");
}
