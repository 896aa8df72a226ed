// What an inode's page must hold: what was last stored to it, wherever it is now: page cache, swap, or nowhere.
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
        Token found = Token.Zero;
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
            if (slot.HasCachePage && w.Machine.FrameAt(slot.CachePage).Locked)
            {
                return null; // being read in or written out
            }

            found = slot.HasCachePage ? w.Machine.FrameAt(slot.CachePage).Content : slot.Content;
        }

        checker.Count(Clause.InodeContentLost);
        return found == expected || !w.Machine.InodeAt(index.Inode).Exists
            ? null
            : Lost(index, cached.Kind, found, expected);
    }

    private static Violation Lost(CacheIndex index, CacheKind kind, Token found, Token expected) =>
        new(Clause.InodeContentLost, MemoryKind.Shmem, index.ToString(),
            $"the inode page ({kind}) holds {found}, expected {expected}");
}
