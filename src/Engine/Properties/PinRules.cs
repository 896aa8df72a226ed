// Pins: pin and page table name the same page until the owner discards it, and a pinned anonymous page stays
// exclusive. Not covered: what is read and written through a handle (HandleContracts).

using System.Numerics;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Properties;

internal static class PinRules
{
    /// <summary>Checks handles, bit h for handle h, that what was touched concerns.</summary>
    public static Violation? Check(Checker checker, in World w, in Touched touched, int handles)
    {
        ulong entries = touched.Entries | touched.Rows;
        ulong frames = touched.Frames;
        for (; handles != 0; handles &= handles - 1)
        {
            int h = BitOperations.TrailingZeroCount(handles);
            var id = new HandleId((byte)h);
            ref readonly GupHandle handle = ref w.Machine.HandleAt(id);
            ref readonly HandleRow row = ref w.Reference.HandleAt(id);
            uint strong = HandleContracts.StrongPages(in row);
            uint fresh = (uint)touched.Handles >> h;
            for (int i = 0; i < handle.Count; i++, strong >>= 1)
            {
                EntryIndex entry = row.Entries[i];
                uint changed = fresh | (uint)(frames >> handle.Pages[i].Value);
                uint moved = changed | (uint)(entries >> entry.Value);
                if ((moved & strong & 1) != 0 && CheckSamePage(checker, in w, id, i, entry) is { } replaced)
                {
                    return replaced;
                }

                if ((changed & 1) != 0 && handle.IsPin && CheckExclusive(checker, in w, id, i) is { } shared)
                {
                    return shared;
                }
            }
        }

        return null;
    }

    /// <summary>Property: pins stay coherent through COW.</summary>
    private static Violation? CheckSamePage(Checker checker, in World w, HandleId id, int page, EntryIndex entry)
    {
        Pfn pinned = w.Machine.HandleAt(id).Pages[page];
        bool ofFile = w.Machine.FrameAt(pinned).Kind is FrameKind.Shmem or FrameKind.File;
        if (w.Machine.PtLockOwner(entry.PtLock) != 0 || (ofFile && !w.Reference.RowAt(entry).IsPrivate)
            || w.Machine.FrameAt(pinned).HwPoison)
        {
            return null;
        }

        checker.Note(Clause.PageReplaced);
        Pte pte = w.Machine.PteAt(entry);
        Pfn mapped = pte.IsPresent || pte.IsMigration ? pte.Pfn
            : pte.IsSwap ? w.Machine.SlotAt(pte.Slot).CachePage
            : default;
        if (mapped == pinned || InFlight.Any(in w.Machine, entry, InFlight.Discards | InFlight.Mremap | InFlight.Free)
            || FileContracts.IsBeingCut(in w, in w.Reference.RowAt(entry)))
        {
            return null;
        }

        return Replaced(id, pinned, entry, pte);
    }

    private static Violation Replaced(HandleId id, Pfn pinned, EntryIndex entry, Pte pte) =>
        new(Clause.PageReplaced, MemoryKind.Anon, entry.ToString(),
            $"{id} pins {pinned}, but the entry is {pte}: device and process no longer see each other's stores");

    /// <summary>Property: a pinned anonymous page stays exclusive.</summary>
    private static Violation? CheckExclusive(Checker checker, in World w, HandleId id, int page)
    {
        Pfn pinned = w.Machine.HandleAt(id).Pages[page];
        ref readonly Frame frame = ref w.Machine.FrameAt(pinned);
        if (!frame.IsAnon || !checker.Profile.TracksExclusive)
        {
            return null;
        }

        checker.Note(Clause.PinnedButShared);
        return frame.AnonExclusive
            ? null
            : Shared(id, pinned);
    }

    private static Violation Shared(HandleId id, Pfn pinned) =>
        new(Clause.PinnedButShared, MemoryKind.Anon, pinned.ToString(),
            $"{id} pins the page, but it is not exclusive");
}
