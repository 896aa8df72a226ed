// What an operation does to the reference memory: when it has its locks (a discard opens rows, a fork remembers them),
// when a load or store lands, and when it ends. Written from the specification, not from what the engine did.
// Not covered: handles (HandleContracts), results (ErrnoContract).

using System.Numerics;
using System.Runtime.CompilerServices;
using MmFuzz.Engine.Fixes;
using MmFuzz.Engine.Operations;
using MmFuzz.Engine.State;

namespace MmFuzz.Engine.Properties;

/// <summary>Contracts of operations with the reference memory.</summary>
public static partial class Contracts
{
    /// <summary>The operation has just got mmap_lock, for the first time or again.</summary>
    public static void LockTaken(ref World w, ref Touched touched, in Task t)
    {
        if (t.Has(TaskFlags.Announces))
        {
            return; // its change is over: it only faults in what is new
        }

        Disturb(ref w, ref touched, in t);
        switch ((OperationKind)t.Operation)
        {
            case OperationKind.Dontneed or OperationKind.Free when t.Has(TaskFlags.Notifies):
                break; // each part has its own beginning
            case OperationKind.Munmap or OperationKind.Dontneed or OperationKind.Exit or OperationKind.Guard
                or OperationKind.Mmap:
                BeginDiscard(ref w, ref touched, in t);
                break;
            case OperationKind.Fork:
                for (int va = 0; va < Limits.PagesPerMm; va++)
                {
                    RememberForChild(ref w, ref touched, in t, new Va((byte)va));
                }

                break;
            case OperationKind.Free:
                BeginFree(ref w, ref touched, in t);
                break;
            case OperationKind.Mremap:
                BeginMremap(ref w, ref touched, in t);
                break;
            case OperationKind.Wp or OperationKind.Unwp or OperationKind.Scan:
                BeginWriteProtect(ref w, ref touched, in t);
                break;
            default:
                break;
        }
    }

    private static void BeginDiscard(ref World w, ref Touched touched, in Task t)
    {
        int end = EndOfDiscard(in w, in t);
        for (int va = t.Va.Value; va < end; va++)
        {
            EntryIndex entry = At(in t, va);
            if (w.Reference.RowAt(entry).IsPrivate)
            {
                ref PageRow row = ref w.Reference.ChangeRow(ref touched, entry);
                Rows.OpenForDiscard(ref row, entry, w.Machine.Serial);
                FileContracts.Opened(in w, ref row, entry);
            }
        }
    }

    private static void BeginWriteProtect(ref World w, ref Touched touched, in Task t)
    {
        (int start, int end) = InFlight.RangeOf(in t);
        for (int va = start; va < end; va++)
        {
            var entry = new EntryIndex(t.Mm, new Va((byte)va));
            bool disturbed = InFlight.AnyOther(in w.Machine, entry, InFlight.Protection, t.Actor);
            ref PageRow row = ref w.Reference.ChangeRow(ref touched, entry);
            row.Flags &= ~(RowFlags.WasPopulated | RowFlags.Disturbed);
            row.Flags |= w.Machine.PteAt(entry).IsNone ? RowFlags.None : RowFlags.WasPopulated;
            row.Flags |= disturbed ? RowFlags.Disturbed : RowFlags.None;
        }
    }

    /// <summary>A change of protection, or a discard, begins or ends: others under way may find either.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // most operations are something else
    private static void Disturb(ref World w, ref Touched touched, in Task t)
    {
        if ((InFlight.KindOf(in t) & InFlight.Protection) != 0 && !t.Mm.IsNone)
        {
            DisturbPages(ref w, ref touched, in t);
        }
    }

    private static void DisturbPages(ref World w, ref Touched touched, in Task t)
    {
        (int start, int end) = InFlight.RangeOf(in t);
        HandleContracts.MarkDiscarded(ref w, ref touched, in t, start, end);
        if ((OperationKind)t.Operation == OperationKind.Mremap && !MremapRequest.Of(in t).StaysInPlace)
        {
            int newEnd = t.Argument + MremapRequest.Of(in t).NewLength;
            HandleContracts.MarkDiscarded(ref w, ref touched, in t, t.Argument, newEnd);
        }

        bool beside = (w.Machine.BusyTasks & ~(1 << t.Actor.Value)) != 0;
        for (int va = start; va < end && beside; va++)
        {
            var entry = new EntryIndex(t.Mm, new Va((byte)va));
            if (InFlight.AnyOther(in w.Machine, entry, InFlight.WriteProtect, t.Actor))
            {
                w.Reference.ChangeRow(ref touched, entry).Flags |= RowFlags.Disturbed;
            }
        }
    }

    /// <summary>A load or store has landed.</summary>
    public static Violation? Landed(ref World w, ref Touched touched, Profile profile, in MemoryEffect effect)
    {
        bool pastMappings = effect.Kind is MemoryEffectKind.FileWrite or MemoryEffectKind.RemoteStore
            or MemoryEffectKind.HoleBegins or MemoryEffectKind.HolePunched or MemoryEffectKind.SizeChanged
            or MemoryEffectKind.Truncated or MemoryEffectKind.PageFailed or MemoryEffectKind.PageDropped;
        if (!pastMappings && !w.Reference.RowAt(effect.Entry).HasAny(RowFlags.Mapped))
        {
            return PastMappings(ref w, ref touched, in effect); // through a translation of what is gone: property tlb
        }

        if (effect.Kind is MemoryEffectKind.Load or MemoryEffectKind.Store)
        {
            if (GuardContracts.Landed(in w, in effect) is { } passed)
            {
                return passed;
            }

            if (IsBesideHole(in w, in effect))
            {
                if (effect.Kind == MemoryEffectKind.Store)
                {
                    StoredIntoHole(ref w, ref touched, in effect);
                }

                return null;
            }
        }

        return effect.Kind switch
        {
            MemoryEffectKind.None or MemoryEffectKind.DiscardBegins or MemoryEffectKind.DiscardEnds
                or MemoryEffectKind.Announced or MemoryEffectKind.PageTaken or MemoryEffectKind.CallRead
                or MemoryEffectKind.CallWrote => null, // the runner's, who knows by whom
            MemoryEffectKind.Load => LoadLanded(ref w, ref touched, in effect),
            MemoryEffectKind.Store => StoreLanded(ref w, ref touched, in effect),
            MemoryEffectKind.Fill or MemoryEffectKind.Continue or MemoryEffectKind.Poison =>
                UffdContracts.Filled(ref w, ref touched, in effect),
            MemoryEffectKind.GuardInstalled or MemoryEffectKind.GuardRemoved =>
                GuardContracts.Changed(ref w, ref touched, in effect),
            MemoryEffectKind.PageFailed => FailureContracts.Failed(ref w, ref touched, in effect),
            MemoryEffectKind.PageDropped => FailureContracts.Dropped(ref w, ref touched, in effect),
            MemoryEffectKind.FailureFreed => FailureContracts.Freed(ref w, ref touched, in effect),
            MemoryEffectKind.FileWrite => FileWritten(ref w, ref touched, in effect),
            MemoryEffectKind.HoleBegins => HoleBegins(ref w, ref touched, effect.File),
            MemoryEffectKind.HolePunched => HolePunched(ref w, ref touched, effect.File),
            MemoryEffectKind.SizeChanged => SizeChanged(ref w, ref touched, effect.File.Inode, effect.Until),
            MemoryEffectKind.Truncated => Truncated(ref w, ref touched, effect.File.Inode, effect.Until),
            MemoryEffectKind.RemoteStore => RemoteStoreLanded(
                ref w, ref touched, in effect, isPromised: profile.Contract.Has(Fix.AnonExclusiveReuse)),
            MemoryEffectKind.Locked or MemoryEffectKind.Unlocked => MlockFixed(ref w, ref touched, in effect),
            MemoryEffectKind.Move => MoveContract.Landed(ref w, ref touched, in effect),
            MemoryEffectKind.ResolveAsync => ScanContracts.ResolvedAsync(ref w, ref touched, in effect),
        };
    }

    private static Violation? FileWritten(ref World w, ref Touched touched, in MemoryEffect effect)
    {
        Extended(ref w, ref touched, effect.File);
        FileContracts.Written(ref w, ref touched, effect.File, effect.Token);
        return null;
    }

    /// <summary>A process page was written: by its own CPU or by a device through a pin.</summary>
    public static void Written(ref World w, ref Touched touched, EntryIndex entry, Token token)
    {
        MarkForks(ref w, ref touched, entry);
        ref PageRow row = ref w.Reference.ChangeRow(ref touched, entry);
        if (row.HasAny(RowFlags.Shared))
        {
            FileContracts.Written(ref w, ref touched, row.File, token);
        }
        else if (row.IsOpen && InFlight.Any(in w.Machine, entry, InFlight.Discards))
        {
            bool moved = token.Origin != row.Source; // taken for another page, which UFFDIO_MOVE has brought here
            row.Flags |= RowFlags.StoredWhileOpen | (moved ? RowFlags.MayBeAnything : RowFlags.None);
        }
        else
        {
            Rows.Close(ref row, token);
        }

        KeepLazyfree(in w.Machine, ref row, entry);
        MirrorWritten(ref w, ref touched, entry);
    }

    /// <summary>A process or a device has seen what the page holds: it holds that and nothing else.</summary>
    public static void Observed(ref World w, ref Touched touched, EntryIndex entry, Token value)
    {
        ref readonly PageRow row = ref w.Reference.RowAt(entry);
        if (value.IsZero && row.HasAny(RowFlags.Lazyfree) && !row.IsOpen && !row.Value.IsZero)
        {
            LazyfreeGone(ref w, ref touched, entry);
        }

        if (row.IsPrivate && row.IsOpen && !InFlight.Any(in w.Machine, entry, InFlight.Discards)
            && !FileContracts.MayStillChange(in w, in row, entry, value) && !TakesZeroPage(in w, in row, value))
        {
            Rows.CloseAsSeen(in w.Reference, ref w.Reference.ChangeRow(ref touched, entry), value);
        }
    }

    private static Violation? LoadLanded(ref World w, ref Touched touched, in MemoryEffect effect)
    {
        ref readonly PageRow row = ref w.Reference.RowAt(effect.Entry);
        if (!Rows.Allows(in w.Reference, in row, effect.Token))
        {
            return WrongLoad(in w, in row, in effect);
        }

        Observed(ref w, ref touched, effect.Entry, effect.Token);
        return null;
    }

    private static Violation WrongLoad(in World w, in PageRow row, in MemoryEffect effect) =>
        new(Clause.WrongLoad, KindOf(in row), effect.Entry.ToString(),
            $"the load returned {effect.Token}, the page must hold {Rows.Describe(in w.Reference, in row)}");

    private static Violation WroteThrough(in PageRow row, in MemoryEffect effect) =>
        new(Clause.StoreWithoutEvent, KindOf(in row), effect.Entry.ToString(),
            $"store {effect.Token} landed in {effect.Pfn} while userfaultfd protects the page; no event came");

    private static Violation? StoreLanded(ref World w, ref Touched touched, in MemoryEffect effect)
    {
        EntryIndex entry = effect.Entry;
        bool guarded = w.Reference.RowAt(entry).HasAny(RowFlags.UffdProtected);
        Written(ref w, ref touched, entry, effect.Token);
        ref PageRow row = ref w.Reference.ChangeRow(ref touched, entry);
        row.Flags |= IsZapped(in w.Machine, in row, entry) ? RowFlags.None : RowFlags.SoftDirty;
        if (guarded && !InFlight.Any(in w.Machine, entry, InFlight.Protection)
            && !InFlight.PunchesHole(in w.Machine, in row))
        {
            return WroteThrough(in row, in effect);
        }

        return null;
    }

    /// <summary>
    /// A store has landed in a page that holds one content, is not protected, and that nobody forks or frees; if it is
    /// shared, nobody maps the file privately.
    /// </summary>
    internal static void StoredPlainly(ref World w, ref Touched touched, EntryIndex entry, Token token)
    {
        ref PageRow row = ref w.Reference.ChangeRow(ref touched, entry);
        row.Flags = (row.Flags & ~RowFlags.Lazyfree) | RowFlags.SoftDirty;
        if (row.HasAny(RowFlags.Shared))
        {
            w.Reference.ChangeFile(ref touched, row.File).Value = token;
        }
        else
        {
            Rows.Close(ref row, token);
        }
    }

    /// <summary>
    /// The mark of shared memory lives in its entry: a store through the translation of a zapped one leaves none, even
    /// if the page is mapped again before the flush.
    /// </summary>
    private static bool IsZapped(in Machine machine, in PageRow row, EntryIndex entry)
    {
        Pte pte = machine.PteAt(entry);
        bool stale = !pte.IsPresent || !pte.Write;
        return row.HasAny(RowFlags.Shared) && stale
            && (!pte.NamesPage || machine.MmAt(entry.Mm).TlbFlushBatched
                || InFlight.Any(in machine, entry, InFlight.Discards)
                || InFlight.PunchesHole(in machine, in row));
    }

    /// <summary>The kind of memory that a row describes.</summary>
    internal static MemoryKind KindOf(in PageRow row) =>
        row.HasAny(RowFlags.Shared) ? MemoryKind.Shmem : MemoryKind.Anon;

    private static void RememberForChild(ref World w, ref Touched touched, in Task t, Va va)
    {
        const RowFlags Watched = RowFlags.Registration | RowFlags.UffdProtected | RowFlags.ProtectionUnknown;
        const RowFlags Dropped = RowFlags.WasPopulated | RowFlags.StoredWhileOpen | RowFlags.Disturbed
            | RowFlags.Mlocked | RowFlags.Resident;
        PageRow row = w.Reference.RowAt(new EntryIndex(t.Mm, va));
        if (ScanContracts.Has(in w, in row, UffdFeatures.EventFork))
        {
            row.Flags ^= RowFlags.Registered; // the child's context is the other one
            bool unclear = InFlight.Any(in w.Machine, new EntryIndex(t.Mm, va), InFlight.Protection);
            row.Flags |= unclear ? RowFlags.ProtectionUnknown : RowFlags.None;
        }
        else
        {
            row.Flags &= ~Watched;
        }

        if (row.HasAny(RowFlags.Guarded))
        {
            row.Flags &= ~(RowFlags.UffdProtected | RowFlags.ProtectionUnknown); // the child's is made anew
        }

        int index = w.Machine.FindVma(t.Mm, va); // with anonymous pages, or guards, somewhere
        bool copies = !row.HasAny(RowFlags.Shared) || row.HasAny(RowFlags.WatchesWp)
            || (index >= 0 && w.Machine.VmaAt(t.Mm, index).Has(VmFlags.AnonVma));
        row.Flags &= ~(Dropped | (copies ? RowFlags.None : RowFlags.Poisoned));
        if (row.HasAny(RowFlags.WipeOnFork))
        {
            row.Flags &= ~(RowFlags.SoftDirty | RowFlags.Lazyfree | RowFlags.Poisoned | RowFlags.UffdProtected
                | RowFlags.Guarded);
            Rows.Close(ref row, Token.Zero);
        }

        if (row.HasAny(RowFlags.DontFork))
        {
            row = default;
        }
        else if (!row.IsOpen)
        {
            row.Since = (ushort)(w.Machine.Serial + 1);
        }

        w.Reference.ChangeRow(ref touched, new EntryIndex(t.Child, va)) = row;
    }

    /// <summary>Stores that race with fork may or may not be in the child, page by page.</summary>
    private static void MarkForks(ref World w, ref Touched touched, EntryIndex entry)
    {
        bool forks = InFlight.AnyBusy(in w.Machine, OperationKind.Fork);
        for (int busy = forks ? w.Machine.BusyTasks : 0; busy != 0; busy &= busy - 1)
        {
            ref readonly Task task = ref w.Machine.TaskAt(new ActorId((byte)BitOperations.TrailingZeroCount(busy)));
            if (task.Operation == (byte)OperationKind.Fork && task.Mm == entry.Mm
                && w.Machine.MmAt(task.Child).State == MmState.Forking
                && !w.Reference.RowAt(entry).HasAny(RowFlags.WipeOnFork))
            {
                w.Reference.ChangeRow(ref touched, new EntryIndex(task.Child, entry.Va)).Flags |=
                    RowFlags.StoredWhileOpen;
            }
        }
    }
}
