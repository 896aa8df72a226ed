// Lists what is in a world, thing by thing, in short texts. Not covered: mappings, userfaultfds and locks
// (StateItems.Around.cs), comparing (StateTable), pictures (MappingDiagram).

using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using MmFuzz.Engine.State;

namespace MmFuzz.Reports;

/// <summary>Lists the things of a world.</summary>
public static partial class StateItems
{
    /// <summary>Everything that is not empty, in order.</summary>
    public static ImmutableArray<StateItem> Of(in World world)
    {
        var items = new List<StateItem>();
        AddMappings(items, in world.Machine);
        AddEntries(items, in world);
        AddFrames(items, in world.Machine);
        AddBacking(items, in world.Machine);
        AddTlbs(items, in world.Machine);
        AddHandles(items, in world.Machine);
        AddUffds(items, in world.Machine);
        AddProcesses(items, in world.Machine);
        AddPtLocks(items, in world.Machine);
        AddThreads(items, in world.Machine);
        return StateTable.Sort(items);
    }

    /// <summary>A frame in words.</summary>
    public static string Frame(in Frame frame)
    {
        int pins = frame.Refcount / Limits.GupPinCountingBias;
        int others = frame.Refcount % Limits.GupPinCountingBias;
        string count = pins == 0
            ? string.Create(CultureInfo.InvariantCulture, $"refcount {others}")
            : string.Create(
                CultureInfo.InvariantCulture, $"refcount {others} + {pins} pin{(pins == 1 ? string.Empty : "s")}");
        var words = new List<string>
        {
            frame.Kind switch
            {
                FrameKind.Free => "free",
                FrameKind.Zero => "the zero page",
                FrameKind.Anon => frame.AnonExclusive ? "anonymous, exclusive" : "anonymous, maybe shared",
                FrameKind.Shmem => "of a memfd",
                FrameKind.File => "of a file",
                FrameKind.Hugetlb => "from the pool",
                FrameKind.DevicePrivate => "in a device",
                FrameKind.Fresh => "being filled",
            },
            count,
            string.Create(CultureInfo.InvariantCulture, $"mapcount {frame.Mapcount}"),
            "holds " + Content(frame.Content),
        };
        AddWord(words, frame.InSwapCache, $"in the swap cache of {frame.Slot}");
        AddWord(words, frame.InPageCache, $"is {frame.Cache}");
        AddWord(words, frame.Dirty, "dirty");
        AddWord(words, frame.Writeback, "under writeback");
        AddWord(words, frame.HwPoison, "memory failed");
        AddWord(words, frame.Locked, $"locked by t{frame.LockOwner - 1}");
        return string.Join(", ", words);
    }

    /// <summary>A content in words.</summary>
    public static string Content(Token token) => token.IsZero ? "zeros" : token.ToString();

    /// <summary>What the process must find at the page, in words.</summary>
    public static string MustHold(in Reference reference, EntryIndex entry)
    {
        ref readonly PageRow row = ref reference.RowAt(entry);
        if (row.ShowsFile && reference.FileAt(row.File).Place == FilePlace.Behind)
        {
            return "nothing (SIGBUS)";
        }

        if (row.HasAny(RowFlags.Shared))
        {
            return Content(reference.FileAt(row.File).Value);
        }

        if (!row.IsOpen)
        {
            return Content(row.Value);
        }

        var ways = new List<string>();
        AddWord(ways, row.HasAny(RowFlags.MayBeOld), Content(row.Value));
        AddWord(ways, row.HasAny(RowFlags.MayBeZero), "zeros");
        AddWord(ways, row.HasAny(RowFlags.MayBeNewer), $"a store of {row.Source} from #{row.Since} on");
        AddWord(ways, row.HasAny(RowFlags.MayBeAnything), "anything");
        return string.Join(" or ", ways);
    }

    private static void AddWord(List<string> words, bool holds, string word)
    {
        if (holds)
        {
            words.Add(word);
        }
    }

    private static void AddEntries(List<StateItem> items, in World world)
    {
        for (byte i = 0; i < Limits.Entries; i++)
        {
            var entry = new EntryIndex(i);
            ref readonly PageRow row = ref world.Reference.RowAt(entry);
            Pte pte = world.Machine.PteAt(entry);
            bool holds = !pte.IsNone || row.IsOpen || !row.Value.IsZero
                || row.HasAny(RowFlags.UffdProtected | RowFlags.SoftDirty | RowFlags.Guarded);
            if (!pte.IsNone)
            {
                items.Add(new StateItem(StateGroup.Entry, i, entry.ToString(), Entry(pte))
                {
                    Mm = entry.Mm,
                    Page = entry.Va.Value,
                    Links = NamedBy(pte),
                });
            }

            if (row.HasAny(RowFlags.Mapped) && holds)
            {
                string text = MustHold(in world.Reference, entry)
                    + (row.HasAny(RowFlags.Guarded) ? ", behind a guard" : string.Empty)
                    + (row.HasAny(RowFlags.UffdProtected) ? ", write-protected by userfaultfd" : string.Empty)
                    + (row.HasAny(RowFlags.SoftDirty) ? ", written since clear-refs" : string.Empty);
                items.Add(new StateItem(StateGroup.MustRead, i, entry.ToString(), text)
                {
                    Mm = entry.Mm,
                    Page = entry.Va.Value,
                });
            }
        }
    }

    private static ImmutableArray<StateLink> NamedBy(Pte pte) =>
        pte.IsPresent || pte.IsMigration ? [StateLink.To(pte.Pfn)]
        : pte.IsSwap ? [StateLink.To(pte.Slot)]
        : [];

    private static string Entry(Pte pte) =>
        pte.IsPresent && (pte.Bits & EntryBits.Write) == 0 ? $"{pte} (read-only)" : pte.ToString();

    private static void AddFrames(List<StateItem> items, in Machine machine)
    {
        for (byte i = 1; i < Limits.Frames; i++)
        {
            ref readonly Frame frame = ref machine.FrameAt(new Pfn(i));
            if (frame.Kind != FrameKind.Free || frame.Refcount != 0)
            {
                items.Add(new StateItem(StateGroup.Frame, i, new Pfn(i).ToString(), Frame(in frame)));
            }
        }
    }

    private static void AddBacking(List<StateItem> items, in Machine machine)
    {
        for (byte i = 0; i < Limits.SwapSlots; i++)
        {
            ref readonly SwapSlot slot = ref machine.SlotAt(new SlotId(i));
            if (slot.InUse)
            {
                string cached = slot.HasCachePage ? $", cached by {slot.CachePage}" : string.Empty;
                string reader = slot.Reader != 0 ? $", being read by t{slot.Reader - 1}" : string.Empty;
                string text = string.Create(
                    CultureInfo.InvariantCulture, $"count {slot.Count}, holds {Content(slot.Content)}{cached}{reader}");
                items.Add(new StateItem(StateGroup.Slot, i, new SlotId(i).ToString(), text)
                {
                    Links = slot.HasCachePage ? [StateLink.To(slot.CachePage)] : [],
                });
            }
        }

        for (byte i = 0; i < Limits.CachePages; i++)
        {
            var index = new CacheIndex(i);
            ref readonly CacheEntry cache = ref machine.CacheAt(index);
            if (cache.Kind != CacheKind.Hole)
            {
                string text = cache.Kind == CacheKind.Page ? cache.Pfn.ToString() : $"in swap {cache.Slot}";
                text += IsBehindEnd(in machine, index) ? ", behind the end" : string.Empty;
                items.Add(new StateItem(StateGroup.File, i, index.ToString(), text)
                {
                    Links = [cache.Kind == CacheKind.Page ? StateLink.To(cache.Pfn) : StateLink.To(cache.Slot)],
                });
            }
            else if (IsBehindEnd(in machine, index) && !IsShared(in machine, index))
            {
                items.Add(new StateItem(StateGroup.File, i, index.ToString(), "behind the end"));
            }
        }
    }

    private static bool IsBehindEnd(in Machine machine, CacheIndex index) =>
        index.Index >= machine.InodeAt(index.Inode).Size;

    /// <summary>Whether it is shared anonymous memory, which is never cut, and ends where its mapping did.</summary>
    private static bool IsShared(in Machine machine, CacheIndex index) =>
        (machine.InodeAt(index.Inode).Flags & InodeFlags.Unlinked) != 0;

    private static void AddTlbs(List<StateItem> items, in Machine machine)
    {
        for (int cpu = 0; cpu < Limits.Cpus; cpu++)
        {
            for (byte va = 0; va < Limits.PagesPerMm; va++)
            {
                TlbEntry entry = machine.TlbAt(cpu, new Va(va));
                if (entry.IsValid)
                {
                    string text = $"{entry.Pfn}{(entry.Write ? " write" : " (read-only)")}";
                    items.Add(new StateItem(
                        StateGroup.Tlb, (cpu * Limits.PagesPerMm) + va, $"cpu{cpu}, {entry.Mm}:{va}", text)
                    {
                        Mm = entry.Mm,
                        Page = va,
                        Links = [StateLink.To(entry.Pfn)],
                    });
                }
            }
        }
    }

    private static void AddHandles(List<StateItem> items, in Machine machine)
    {
        for (byte i = 0; i < Limits.Handles; i++)
        {
            ref readonly GupHandle handle = ref machine.HandleAt(new HandleId(i));
            if (!handle.IsLive)
            {
                continue;
            }

            string kind = handle.Kind == HandleKind.Pin ? "pin" : handle.Kind == HandleKind.Pipe ? "pipe" : "reference";
            var pages = new List<string>();
            var links = ImmutableArray.CreateBuilder<StateLink>();
            for (int page = 0; page < handle.Count; page++)
            {
                links.Add(StateLink.To(handle.Pages[page]));
                pages.Add(handle.Pages[page].IsZeroPage ? "zero page" : handle.Pages[page].ToString());
            }

            string text = string.Create(
                CultureInfo.InvariantCulture,
                $"{kind}{(handle.IsWrite ? " rw" : " r")} of {handle.Mm}:{handle.Va.Value}: {string.Join(' ', pages)}");
            items.Add(new StateItem(StateGroup.Handle, i, new HandleId(i).ToString(), text)
            {
                Links = links.ToImmutable(),
            });
        }
    }

    private static void AddProcesses(List<StateItem> items, in Machine machine)
    {
        for (byte i = 0; i < Limits.Mms; i++)
        {
            ref readonly Mm mm = ref machine.MmAt(new MmId(i));
            var words = new List<string>();
            AddWord(words, mm.State == MmState.Live, "lives");
            AddWord(words, mm.State == MmState.Forking, "being forked");
            AddWord(words, mm.State == MmState.Exiting, "exiting");
            AddWord(words, (mm.WriteProtectSeq & 1) != 0, "write_protect_seq raised");
            AddWord(words, mm.TlbFlushPending != 0, $"{mm.TlbFlushPending} flush pending");
            AddWord(words, mm.TlbFlushBatched, "reclaim owes a flush");
            AddWord(words, mm.MmapWriter != 0, $"mmap_lock held by t{mm.MmapWriter - 1}");
            AddWord(words, mm.MmapReaders != 0, $"{mm.MmapReaders} read mmap_lock");
            if (words.Count > 0)
            {
                items.Add(new StateItem(StateGroup.Process, i, new MmId(i).ToString(), string.Join(", ", words))
                {
                    Mm = new MmId(i),
                });
            }
        }
    }

    private static void AddThreads(List<StateItem> items, in Machine machine)
    {
        for (byte i = 0; i < Limits.Actors; i++)
        {
            ref readonly Task task = ref machine.TaskAt(new ActorId(i));
            if (task.Depth == 0)
            {
                continue;
            }

            string wait = task.State == TaskState.Blocked
                ? $", waits for {OutcomeWords.Waiting(in task)}"
                : string.Empty;
            string text = $"in {StageNames.Of(task.Path)}, next {StageNames.Of(task.Path, task.Stage)}"
                + $"{Held(in task)}{wait}";
            items.Add(new StateItem(StateGroup.Thread, i, new ActorId(i).ToString(), text) { Links = HeldBy(in task) });
        }
    }
}
