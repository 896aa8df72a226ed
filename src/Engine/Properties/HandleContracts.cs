// What a device, or the reader of a pipe, must see through a handle. A pin that the specification keeps coherent
// follows its owner's page until that is discarded; any other handle sees the page as it was when it was taken, and
// possibly what was stored through the same entry later, but never what somebody else stored.
// Not covered: whether pin and page table name the same page (PinRules).

using System.Numerics;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Properties;

/// <summary>Contracts of handles with the reference memory.</summary>
public static partial class HandleContracts
{
    /// <summary>The page of the owner that a handle's page belongs to: where it was taken, or moved to since.</summary>
    public static EntryIndex EntryOf(in Reference reference, HandleId id, int page) =>
        reference.HandleAt(id).Entries[page];

    /// <summary>Whether the page must follow its owner's page.</summary>
    public static bool IsStrong(in HandleRow row, int page) => ((StrongPages(in row) >> page) & 1) != 0;

    /// <summary>Bit i: page i of the handle must.</summary>
    public static uint StrongPages(in HandleRow row) => (uint)(row.Attached & ~row.Weak);

    /// <summary>Pages will be taken: the handle is being filled.</summary>
    public static void Begun(ref World w, ref Touched touched, HandleId id) =>
        w.Reference.ChangeHandle(ref touched, id) = default;

    /// <summary>
    /// A discard begins or ends while pages are being taken from its range: those need not be what is mapped then.
    /// </summary>
    internal static void MarkDiscarded(ref World w, ref Touched touched, in Task t, int start, int end)
    {
        ulong kind = InFlight.KindOf(in t);
        if ((kind & (InFlight.Discards | InFlight.Mremap)) != 0)
        {
            MarkTakers(ref w, ref touched, t.Mm, start, end);
        }
        else if ((kind & InFlight.Free) != 0)
        {
            Contracts.MarkRemote(ref w, ref touched, t.Mm, start, end); // what is in swap already, goes at once
        }
    }

    /// <summary>Who takes pages from there right now need not have what is mapped then.</summary>
    internal static void MarkTakers(ref World w, ref Touched touched, MmId mm, int start, int end)
    {
        Contracts.MarkRemote(ref w, ref touched, mm, start, end);
        for (int busy = w.Machine.BusyTasks; busy != 0; busy &= busy - 1)
        {
            ref readonly Task task = ref w.Machine.TaskAt(new ActorId((byte)BitOperations.TrailingZeroCount(busy)));
            bool takes = InFlight.IsTaking(in w.Machine, in task);
            for (int i = 0; i < task.Length && takes && task.Mm == mm; i++)
            {
                bool inside = task.Va.Value + i >= start && task.Va.Value + i < end;
                w.Reference.ChangeHandle(ref touched, task.Handle).Weak |= (byte)(inside ? 1 << i : 0);
            }
        }
    }

    /// <summary>Pages were taken.</summary>
    internal static Violation? Taken(ref World w, ref Touched touched, Profile profile, in Task t, bool alone)
    {
        ref readonly GupHandle handle = ref w.Machine.HandleAt(t.Handle);
        ref HandleRow row = ref w.Reference.ChangeHandle(ref touched, t.Handle);
        byte discarded = row.Weak;
        row = default;
        Violation? violation = null;
        for (int i = 0; i < handle.Count; i++)
        {
            var taken = new EntryIndex(handle.Mm, new Va((byte)(handle.Va.Value + i)));
            bool disturbed = ((discarded >> i) & 1) != 0 || InFlight.Any(in w.Machine, taken, InFlight.Mremap);
            row.Entries[i] = Place(in w.Machine, in handle, i, disturbed);
            bool attached = !disturbed || Names(in w.Machine, row.Entries[i], handle.Pages[i]);
            row.Attached |= attached ? (byte)(1 << i) : (byte)0;
            row.Moved |= row.Entries[i] != taken || !attached ? (byte)(1 << i) : (byte)0;
            violation ??= PageTaken(ref w, ref touched, profile, in handle, ref row, i, alone, disturbed);
            if (disturbed && !w.Machine.FrameAt(handle.Pages[i]).IsAnon)
            {
                row.Weak |= (byte)(1 << i); // the mapping that is there now is not the one it was taken through
            }

            if (w.Machine.FrameAt(handle.Pages[i]).IsIsolated)
            {
                row.Attached &= (byte)~(1 << i); // its memory has failed meanwhile: nobody else has it any more
            }
        }

        return violation;
    }

    /// <summary>A discard has taken pages away from their handles, where they are not mapped (again) now.</summary>
    internal static void Detach(ref World w, ref Touched touched, MmId mm, int start, int end, bool privateOnly)
    {
        for (int h = 0; h < Limits.Handles; h++)
        {
            var id = new HandleId((byte)h);
            ref readonly GupHandle handle = ref w.Machine.HandleAt(id);
            for (int i = 0; i < handle.Count && handle.IsLive && handle.Mm == mm; i++)
            {
                EntryIndex entry = EntryOf(in w.Reference, id, i);
                int va = entry.Va.Value;
                bool shared = ((w.Reference.HandleAt(id).Shared >> i) & 1) != 0;
                if (va >= start && va < end && !shared && !Names(in w.Machine, entry, handle.Pages[i]))
                {
                    Free(ref w, ref touched, id, i);
                }
                else if (va >= start && va < end && !privateOnly)
                {
                    w.Reference.ChangeHandle(ref touched, id).Attached &= (byte)~(1 << i);
                }
            }
        }
    }

    /// <summary>mremap has moved a page, and what handles name of it follows.</summary>
    internal static void Follow(
        ref World w, ref Touched touched, EntryIndex from, EntryIndex to, bool pinsToo = true)
    {
        for (byte h = 0; h < Limits.Handles; h++)
        {
            var id = new HandleId(h);
            ref readonly GupHandle handle = ref w.Machine.HandleAt(id);
            for (int i = 0; i < handle.Count && handle.IsLive; i++)
            {
                bool attached = ((w.Reference.HandleAt(id).Attached >> i) & 1) != 0 && (pinsToo || !handle.IsPin);
                if (attached && EntryOf(in w.Reference, id, i) == from)
                {
                    ref HandleRow row = ref w.Reference.ChangeHandle(ref touched, id);
                    row.Entries[i] = to;
                    row.Moved |= (byte)(1 << i);
                }
            }
        }
    }

    /// <summary>Pages of inodes that are gone belong to their handles alone.</summary>
    internal static void DetachEvicted(ref World w, ref Touched touched)
    {
        for (int h = 0; h < Limits.Handles; h++)
        {
            var id = new HandleId((byte)h);
            ref readonly GupHandle handle = ref w.Machine.HandleAt(id);
            for (int i = 0; i < handle.Count && handle.IsLive; i++)
            {
                bool shared = ((w.Reference.HandleAt(id).Shared >> i) & 1) != 0;
                if (shared && !w.Machine.FrameAt(handle.Pages[i]).InPageCache)
                {
                    Free(ref w, ref touched, id, i);
                }
            }
        }
    }

    /// <summary>
    /// The memory of a page has failed: nobody but its handles has it any more. If only one owner has taken its entry
    /// away, those that were taken from there.
    /// </summary>
    internal static void Abandon(ref World w, ref Touched touched, Pfn pfn, EntryIndex? owner = null)
    {
        for (byte h = 0; h < Limits.Handles; h++)
        {
            var id = new HandleId(h);
            ref readonly GupHandle handle = ref w.Machine.HandleAt(id);
            for (int i = 0; i < handle.Count && handle.IsLive; i++)
            {
                bool concerned = owner is null || owner == EntryOf(in w.Reference, id, i);
                if (concerned && handle.Pages[i] == pfn && ((w.Reference.HandleAt(id).Shared >> i) & 1) == 0)
                {
                    Free(ref w, ref touched, id, i);
                }
            }
        }
    }

    /// <summary>A device is about to read, or a pipe to be read: what it will get must be allowed.</summary>
    public static Violation? Read(ref World w, ref Touched touched, HandleId id, int page)
    {
        ref readonly GupHandle handle = ref w.Machine.HandleAt(id);
        ref readonly HandleRow row = ref w.Reference.HandleAt(id);
        EntryIndex entry = row.Entries[page];
        Token found = w.Machine.FrameAt(handle.Pages[page]).Content;
        if (((row.Shared >> page) & 1) != 0)
        {
            Token expected = w.Reference.FileAt(w.Machine.FrameAt(handle.Pages[page]).Cache).Value;
            return found == expected ? null : Foreign(id, page, found, expected.ToString(), MemoryKind.Shmem);
        }

        if (IsStrong(in row, page))
        {
            ref readonly PageRow owner = ref w.Reference.RowAt(entry);
            if (!Rows.Allows(in w.Reference, in owner, found))
            {
                return new Violation(Clause.DeviceReadsOther, MemoryKind.Anon, $"{id}[{page}]",
                    $"the device reads {found}, {entry} must hold {Rows.Describe(in w.Reference, in owner)}");
            }

            Contracts.Observed(ref w, ref touched, entry, found);
            return null;
        }

        bool moved = ((row.Moved >> page) & 1) != 0;
        bool own = !found.IsZero && (found.Origin == entry || (moved && found.Origin.Mm == entry.Mm));
        return own || found == row.Values[page]
            ? null
            : Foreign(id, page, found, $"{row.Values[page]} or a store of {entry}", MemoryKind.Anon);
    }

    /// <summary>A device has written.</summary>
    public static void Wrote(ref World w, ref Touched touched, HandleId id, int page, Token token)
    {
        ref readonly GupHandle handle = ref w.Machine.HandleAt(id);
        if (((w.Reference.HandleAt(id).Shared >> page) & 1) != 0)
        {
            CacheIndex file = w.Machine.FrameAt(handle.Pages[page]).Cache;
            FileContracts.Written(ref w, ref touched, file, token);
        }
        else if (IsStrong(in w.Reference.HandleAt(id), page))
        {
            Contracts.Written(ref w, ref touched, EntryOf(in w.Reference, id, page), token);
        }
        else
        {
            WroteDetached(ref w, ref touched, id, page, token);
        }
    }

    /// <summary>
    /// A call has written the page that it took. What is promised of a pin is promised of it; a plain reference (direct
    /// I/O up to 6.4) is as good as a write from outside: it meets its owner if the entry still names the page.
    /// </summary>
    internal static void CallWrote(ref World w, ref Touched touched, HandleId id, in MemoryEffect effect)
    {
        ref readonly HandleRow row = ref w.Reference.HandleAt(id);
        bool promised = IsStrong(in row, 0) || (row.Shared & 1) != 0;
        Wrote(ref w, ref touched, id, 0, effect.Token);
        if (!promised && w.Machine.FrameAt(effect.Pfn).IsAnon)
        {
            Contracts.RemoteStoreLanded(ref w, ref touched, in effect, isPromised: false);
        }
    }

    /// <summary>
    /// A page of an inode that is gone belongs to all handles on it, whosever they were. A page that mremap has taken
    /// out of its target may still be read through translations that it has yet to flush.
    /// </summary>
    private static void WroteDetached(ref World w, ref Touched touched, HandleId id, int page, Token token)
    {
        w.Reference.ChangeHandle(ref touched, id).Values[page] = token;
        Pfn pfn = w.Machine.HandleAt(id).Pages[page];
        EntryIndex entry = EntryOf(in w.Reference, id, page);
        ulong cpus = (w.Machine.TlbsNaming(pfn) >> (entry.Va.Value * Limits.Cpus)) & ((1ul << Limits.Cpus) - 1);
        bool translated = cpus != 0
            && w.Machine.FrameAt(pfn).IsAnon && w.Reference.RowAt(entry).IsPrivate
            && InFlight.Any(in w.Machine, entry, InFlight.Mremap);
        if (translated)
        {
            w.Reference.ChangeRow(ref touched, entry).Flags |= RowFlags.MayBeAnything;
        }

        DetachedPageWritten(ref w, ref touched, pfn, token);
    }

    /// <summary>
    /// A page that was a file's, and is in no page cache any more, or whose memory has failed, was written: all its
    /// handles see.
    /// </summary>
    internal static void DetachedPageWritten(ref World w, ref Touched touched, Pfn pfn, Token token)
    {
        ref readonly Frame frame = ref w.Machine.FrameAt(pfn);
        bool seen = frame.Kind is FrameKind.Shmem or FrameKind.File || frame.IsIsolated;
        for (byte h = 0; h < Limits.Handles && seen; h++)
        {
            var other = new HandleId(h);
            ref readonly GupHandle handle = ref w.Machine.HandleAt(other);
            for (int i = 0; i < handle.Count && handle.IsLive; i++)
            {
                if (handle.Pages[i] == pfn)
                {
                    w.Reference.ChangeHandle(ref touched, other).Values[i] = token;
                }
            }
        }
    }

    private static Violation Foreign(HandleId id, int page, Token found, string expected, MemoryKind kind) =>
        new(Clause.HandleReadsForeign, kind, $"{id}[{page}]", $"read {found}, expected {expected}");

    private static void Free(ref World w, ref Touched touched, HandleId id, int page)
    {
        ref readonly GupHandle handle = ref w.Machine.HandleAt(id);
        ref HandleRow row = ref w.Reference.ChangeHandle(ref touched, id);
        byte bit = (byte)(1 << page);
        if ((row.Attached & bit) != 0 || (row.Shared & bit) != 0)
        {
            row.Values[page] = w.Machine.FrameAt(handle.Pages[page]).Content;
            row.Attached &= (byte)~bit;
            row.Shared &= (byte)~bit;
        }
    }

    private static Violation? PageTaken(
        ref World w, ref Touched touched, Profile profile, in GupHandle handle, ref HandleRow row, int i, bool alone,
        bool disturbed)
    {
        EntryIndex entry = row.Entries[i];
        Pfn pfn = handle.Pages[i];
        Pte pte = w.Machine.PteAt(entry);
        bool mapped = pte.IsPresent && pte.Pfn == pfn;
        bool isProtected = w.Reference.RowAt(entry).HasAny(RowFlags.UffdProtected);
        bool shared = w.Machine.FrameAt(pfn).Kind is FrameKind.Shmem or FrameKind.File;
        byte bit = (byte)(1 << i);
        Token found = w.Machine.FrameAt(pfn).Content;
        row.Values[i] = found;
        bool ofFile = w.Machine.FrameAt(pfn).InPageCache
            && !(handle.IsWrite && mapped && !disturbed // else it may have been taken through another mapping
                && w.Reference.RowAt(entry).HasAny(RowFlags.HasFile)); // a copy must it be
        row.Shared |= shared && ofFile ? bit : (byte)0;
        row.Moved |= w.Reference.RowAt(entry).HasAny(RowFlags.Doubled) ? bit : (byte)0; // stores through both places
        row.Weak |= IsKeptCoherent(profile, in handle) && !w.Machine.FrameAt(pfn).IsIsolated
            && (w.Machine.FrameAt(pfn).IsAnon || IsLongtermPrivate(profile, in handle, in w.Reference.RowAt(entry)))
            ? (byte)0
            : bit;
        if (!alone)
        {
            return null;
        }

        if (mapped && Rows.Allows(in w.Reference, in w.Reference.RowAt(entry), found))
        {
            Contracts.Observed(ref w, ref touched, entry, found);
        }

        if (!handle.IsWrite)
        {
            return null;
        }

        w.Reference.ChangeRow(ref touched, entry).Flags |= RowFlags.SoftDirty;
        return isProtected && !InFlight.Any(in w.Machine, entry, InFlight.Protection)
            ? new Violation(Clause.GupWithoutEvent, shared ? MemoryKind.Shmem : MemoryKind.Anon, entry.ToString(),
                $"{pfn} was taken for writing while userfaultfd protects the page; no event was raised")
            : null;
    }

    /// <summary>Which pins stay coherent: since 5.19 all, before only those for reading and writing.</summary>
    private static bool IsKeptCoherent(Profile profile, in GupHandle handle) =>
        (handle.IsPin || (handle.IsOfCall && profile.Contract.Has(Fix.DirectIoPin)))
        && (handle.IsWrite || profile.Contract.Has(Fix.AnonExclusiveReuse));

    /// <summary>Since 6.2 long-term pins of private memory have a page of their own, whatever was there.</summary>
    private static bool IsLongtermPrivate(Profile profile, in GupHandle handle, in PageRow owner) =>
        (handle.Flags & HandleFlags.Longterm) != 0 && owner.IsPrivate && profile.Contract.Has(Fix.LongtermUnshare);
}
